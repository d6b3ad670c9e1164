"""What a person must know at once about a flight, found by comparing an aircraft's states. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from fleet.text import Text
from ground_station.flight.vehicles.company import COMPANY_S
from ground_station.flight.vehicles.failsafe_cause import failsafe_cause
from ground_station.flight.vehicles.foreign_hand import ForeignAct, ForeignKind
from ground_station.flight.vehicles.modes import mode_text
from ground_station.flight.vehicles.state import LinkState, VehicleState

ENDING_SUBJECTS = frozenset({"link", "failsafe", "reboot", "duplicate", "sender", "other-station", "foreign"})
"""The subjects whose alerts end when their cause does."""


class AlertLevel(StrEnum):
    """How much it presses."""

    WARN = "warn"
    ACT = "act"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertNews:
    """One alert without id and time. `subject` is the kind; one kind a vehicle is open at a time."""

    subject: str
    level: AlertLevel
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """What alerts are drawn from."""

    link: LinkState
    flying: bool
    failsafe: Text | None
    reboots: int
    duplicate: bool
    other_station: int | None
    other_sender: str | None = None
    sender_changes: int = 0
    foreign: ForeignAct | None = None


def alert_view(state: VehicleState) -> AlertView:
    """Return what matters of a state."""
    return AlertView(
        link=state.link,
        flying=state.may_be_in_air,
        failsafe=failsafe_cause(state),
        reboots=state.reboots,
        duplicate=state.duplicate_suspected,
        other_station=state.other_station,
        other_sender=state.other_sender,
        sender_changes=state.sender_changes,
        foreign=state.foreign,
    )


def alerts_between(before: AlertView | None, now: AlertView, *, name: Text, silence: Text) -> list[AlertNews]:
    """Return what became worth saying; `silence` says what the aircraft does when it hears nobody."""
    if before is None:
        return []
    return [*_of_itself(before, now, name, silence), *_of_others(before, now, name)]


def _of_itself(before: AlertView, now: AlertView, name: Text, silence: Text) -> Iterator[AlertNews]:
    if now.link is LinkState.LOST and before.link is not LinkState.LOST and (now.flying or before.flying):
        yield AlertNews(
            subject="link",
            level=AlertLevel.ACT,
            text=Text(f"{name.ja}: 通信が途絶しました。{silence.ja}", f"{name.en}: the link is lost. {silence.en}"),
        )
    if now.failsafe is not None and now.failsafe != before.failsafe:
        yield AlertNews(
            subject="failsafe",
            level=AlertLevel.ACT,
            text=Text(f"{name.ja}: {now.failsafe.ja}", f"{name.en}: {now.failsafe.en}"),
        )
    if now.reboots > before.reboots:
        yield AlertNews(
            subject="reboot",
            level=AlertLevel.ACT if before.flying else AlertLevel.WARN,
            text=Text(f"{name.ja}: 機体が再起動しました", f"{name.en}: the aircraft restarted"),
        )


def _of_others(before: AlertView, now: AlertView, name: Text) -> Iterator[AlertNews]:
    if now.duplicate and not before.duplicate:
        yield AlertNews(subject="duplicate", level=AlertLevel.ACT, text=_duplicate(now.other_sender, name))
    if now.sender_changes > before.sender_changes:
        yield AlertNews(
            subject="sender",
            level=AlertLevel.WARN,
            text=Text(
                f"{name.ja}: 別のアドレスの送信元を、この機体として受け入れました。"
                "機体を目で見て、画面の位置と合っているか確かめてください",
                f"{name.en}: another address was taken for this aircraft; "
                "look at the aircraft and check that it is where the page shows it",
            ),
        )
    if now.foreign is not None and now.foreign != before.foreign:
        level = AlertLevel.ACT if now.flying else AlertLevel.WARN
        yield AlertNews(subject="foreign", level=level, text=_foreign(now.foreign, name))
    if now.other_station is not None and now.other_station != before.other_station:
        yield AlertNews(
            subject="other-station",
            level=AlertLevel.WARN,
            text=Text(
                f"{name.ja}: 別の地上局（番号 {now.other_station}）も通信しています",
                f"{name.en}: another ground station ({now.other_station}) is talking to it",
            ),
        )


def _duplicate(sender: str | None, name: Text) -> Text:
    where = Text("", "") if not sender else Text(f"（{sender}）", f" ({sender})")
    return Text(
        f"{name.ja}: 同じ番号の送信元がもう 1 つあります{where.ja}。指示は、先に聞こえていたほうだけに送ります。"
        "もう 1 機の電源を切るか、番号（MAV_SYSID）を変えてください",
        f"{name.en}: a second sender uses its number{where.en}; orders go only to the one that was there. "
        "Switch the other off, or change its number (MAV_SYSID)",
    )


def foreign_words(act: ForeignAct) -> Text:
    """Return what somebody else did, in words."""
    mode = mode_text(act.mode_number)
    return {
        ForeignKind.MODE: Text(f"飛び方が「{mode.ja}」に変わりました", f"its mode became {mode.en!r}"),
        ForeignKind.ARMED: Text("モーターが始動しました", "it was armed"),
        ForeignKind.DISARMED: Text("飛行中にモーターが停止しました", "it was disarmed in the air"),
        ForeignKind.PLAN: Text("機体の中の計画が書き換えられました", "the plan on board was changed"),
    }[act.kind]


def _foreign(act: ForeignAct, name: Text) -> Text:
    what = foreign_words(act)
    often = Text("", "") if act.count == 1 else Text(f"（{act.count} 回目）", f" ({act.count} times now)")
    return Text(
        f"{name.ja}: この局が指示していないのに、{what.ja}{often.ja}。送信機か別の地上局が操作していないか"
        "確かめ、誰も操作していなければ「待機」か「帰還」を指示してください",
        f"{name.en}: {what.en} without an order from this station{often.en}. Ask whether a transmitter or another "
        "station did it; if nobody did, order hold or recall",
    )


def alerts_over(before: AlertView | None, now: AlertView) -> frozenset[str]:
    """Return the subjects whose alerts are over and need not be shown any more; they stay on record."""
    if before is None:
        return frozenset()
    over = set()
    if now.link is LinkState.FRESH and before.link is not LinkState.FRESH:
        over.add("link")
    if now.failsafe is None and not now.flying and (before.failsafe is not None or before.flying):
        over.add("failsafe")
    if not now.flying and before.flying:
        over.add("reboot")
    if before.duplicate and not now.duplicate:
        over |= {"duplicate", "sender"}
    if before.other_station is not None and now.other_station is None:
        over.add("other-station")
    if before.foreign is not None and now.foreign is None:
        over.add("foreign")
    return frozenset(over)


def over_since_restart(state: VehicleState) -> frozenset[str]:
    """Return the subjects that an aircraft shows to be over, of which the station does not know how they went on.

    Only an aircraft that is heard and not armed shows that a failsafe or a restart in flight is past: while it is armed
    and its height not heard yet, it may be in the air. That nobody else is about shows after a minute of listening.
    """
    if state.link is not LinkState.FRESH or state.telemetry.heartbeat is None:
        return frozenset()
    over = {"link"}
    if state.at_s - (state.at_s if state.heard_since_s is None else state.heard_since_s) > COMPANY_S:
        over |= _not_seen_again(state)
    if not state.armed:
        over.add("reboot")
        if state.critical_since_s is None:
            over.add("failsafe")
    return frozenset(over)


def _not_seen_again(state: VehicleState) -> set[str]:
    over = set()
    if not state.duplicate_suspected:
        over |= {"duplicate", "sender"}
    if state.other_station is None:
        over.add("other-station")
    if state.foreign is None and not state.armed:
        over.add("foreign")
    return over
