"""Whether a delivery may go on board or take off, and why not. Pure."""

from collections.abc import Iterable, Sequence

from fleet.errors import ConflictError, RefusedError
from fleet.text import Text
from ground_station.service.delivery import BEFORE_FLIGHT, ENDED, AcceptedWarning, Delivery, DeliveryState
from ground_station.service.request_book import RequestState, StationRequest
from missions.values.finding import Level
from missions.values.plan import Plan


def require_flyable(plan: Plan, accepted: Sequence[AcceptedWarning]) -> None:
    """Raise RefusedError for a plan with a refusal, or with a warning that nobody takes on."""
    refusals = [finding for finding in plan.findings if finding.level is Level.REFUSE]
    if refusals:
        worst = refusals[0]
        raise RefusedError(
            Text(f"この計画では飛べません: {worst.text.ja}", f"this plan cannot be flown: {worst.text.en}"),
            worst.cure.text if worst.cure is not None else None,
        )
    taken = {warning.rule for warning in accepted}
    open_rules = [finding for finding in plan.findings if finding.level is Level.WARN and finding.rule not in taken]
    if open_rules:
        raise RefusedError(
            Text(
                f"注意 {len(open_rules)} 件に、引き受ける人の名前と理由がありません: {open_rules[0].text.ja}",
                f"{len(open_rules)} warnings have nobody who takes them on: {open_rules[0].text.en}",
            ),
            Text("それぞれに名前と理由を入力してください", "give a name and a reason for each"),
        )


def require_wanted(entry: StationRequest, deliveries: Iterable[Delivery]) -> None:
    """Raise ConflictError for a request that is withdrawn, delivered, in flight, or perhaps delivered."""
    of_request = [delivery for delivery in deliveries if delivery.request_id == entry.request.id]
    anew = Text("まだ要るなら、新しい依頼を作ってください", "make a new request if it is still needed")
    if any(delivery.state not in BEFORE_FLIGHT | ENDED for delivery in of_request):
        raise ConflictError(
            Text("この依頼は、いま別の配送が飛んでいます", "another delivery flies for this request"), anew
        )
    if any(delivery.load_unknown for delivery in of_request):
        raise ConflictError(
            Text("前の飛行で荷物を下ろしたか、わかりません", "it is not known where the last flight's load is"),
            Text("前の機体を見て、荷物の行方を記録してください", "look at that aircraft and record where the load is"),
        )
    if entry.state is RequestState.WITHDRAWN:
        raise ConflictError(Text("この依頼は取り下げられました", "this request was withdrawn"), anew)
    if entry.state is RequestState.DELIVERED:
        raise ConflictError(Text("この依頼はもう届いています", "this request was delivered already"), anew)


def require_ready(delivery: Delivery) -> None:
    """Raise RefusedError naming what is still open before take-off."""
    if delivery.state is not DeliveryState.READY:
        raise _not_ready(delivery)


def _not_ready(delivery: Delivery) -> RefusedError:
    if delivery.refusals:
        first = delivery.refusals[0]
        return RefusedError(
            Text(f"まだ飛べません: {first.text.ja}", f"it cannot fly yet: {first.text.en}"),
            first.cure.text if first.cure is not None else None,
        )
    if delivery.unticked:
        check = delivery.unticked[0].text
        return RefusedError(
            Text(f"点検が残っています: {check.ja}", f"a check is still open: {check.en}"),
            Text("目で確かめて、名前を入れてください", "look, then tick it with your name"),
        )
    return RefusedError(
        Text("計画が機体に届いていません", "the plan is not on board"),
        Text("もう一度、計画を機体に送ってください", "send the plan to the aircraft again"),
    )
