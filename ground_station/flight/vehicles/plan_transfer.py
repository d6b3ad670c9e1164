"""Puts a plan on board and proves it: upload, read back, compare by meaning, again if it is worth it.

An upload edits the list on board in place and cannot be rolled back, so nothing counts as on board until it was read
back equal; whatever fails in between leaves a mixture, and says so.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from fleet.errors import ExpiredError, FleetError, RefusedError, UnavailableError
from fleet.text import Text
from ground_station.flight.protocols.comparison import Difference, differences
from ground_station.flight.protocols.exchange import Target
from ground_station.flight.protocols.mission_download import MissionDownload
from ground_station.flight.protocols.mission_upload import MissionUpload
from ground_station.flight.protocols.transfer import TransferEnd, TransferResult
from ground_station.flight.vehicles.conversation import Conversation
from missions.values.mission_item import MissionItem, MissionType

WHOLE_TRANSFERS = 6

_NAMES = {
    MissionType.MISSION: Text("飛行計画", "mission"),
    MissionType.FENCE: Text("飛行範囲（フェンス）", "fence"),
    MissionType.RALLY: Text("退避点", "rally points"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferProgress:
    """How far a plan is on its way; `attempt` counts whole transfers from 1."""

    kind: MissionType
    attempt: int
    reading_back: bool
    text: Text


Progress: TypeAlias = Callable[[TransferProgress], None]


class Presence(Protocol):
    """Whether the aircraft is still the one that the transfer began with."""

    def check_present(self) -> None:
        """Raise UnavailableError if it was lost or restarted since."""
        ...


class PlanTransfer:
    """Moves lists between this station and one aircraft."""

    def __init__(self, target: Target, conversation: Conversation, presence: Presence) -> None:
        self._target = target
        self._conversation = conversation
        self._presence = presence

    async def place(self, kind: MissionType, items: Sequence[MissionItem], progress: Progress | None = None) -> int:
        """Put `items` on board and return how many whole transfers it took.

        Raises RefusedError if the aircraft will not have them or they differ when read back, ExpiredError if it stops
        answering, UnavailableError if it is lost or restarts in the middle.
        """
        failure: FleetError = _silence(kind)
        for attempt in range(1, WHOLE_TRANSFERS + 1):
            _tell(progress, kind, attempt, reading_back=False)
            sent = await self._conversation.run(MissionUpload(self._target, items, kind))
            self._presence.check_present()
            if sent.end not in (TransferEnd.DONE, TransferEnd.UNSURE):
                failure = _failed(kind, sent)
                if not sent.worth_another_try:
                    raise failure
                continue
            _tell(progress, kind, attempt, reading_back=True)
            try:
                found = differences(items, await self.read(kind), kind)
            except ExpiredError as error:
                failure = error
                continue
            if not found:
                return attempt
            failure = _different(kind, found)
        raise failure

    async def read(self, kind: MissionType) -> tuple[MissionItem, ...]:
        """Return the list on board; raises ExpiredError, RefusedError or UnavailableError."""
        failure: FleetError = _silence(kind)
        for _ in range(3):
            result = await self._conversation.run(MissionDownload(self._target, kind))
            self._presence.check_present()
            if result.end is TransferEnd.DONE:
                return result.items
            failure = _failed(kind, result)
            if not result.worth_another_try:
                break
        raise failure


def _tell(progress: Progress | None, kind: MissionType, attempt: int, *, reading_back: bool) -> None:
    if progress is None:
        return
    name = _NAMES[kind]
    again = Text("", "") if attempt == 1 else Text(f"（{attempt} 回目）", f" (attempt {attempt})")
    doing = Text("を読み戻して確認中", "reading back") if reading_back else Text("を送信中", "sending")
    text = Text(f"{name.ja}{doing.ja}{again.ja}", f"{doing.en} the {name.en}{again.en}")
    progress(TransferProgress(kind=kind, attempt=attempt, reading_back=reading_back, text=text))


def _failed(kind: MissionType, result: TransferResult) -> FleetError:
    name = _NAMES[kind]
    what = Text(f"{name.ja}: {result.text.ja}", f"{name.en}: {result.text.en}")
    if result.end is TransferEnd.REFUSED:
        return RefusedError(what, result.cure, kind=kind.name, code=result.code)
    return ExpiredError(what, result.cure, kind=kind.name)


def _different(kind: MissionType, found: Sequence[Difference]) -> RefusedError:
    name = _NAMES[kind]
    first = found[0].text
    return RefusedError(
        Text(
            f"{name.ja}: 機体から読み戻したものが送ったものと違います。{first.ja}",
            f"{name.en}: what was read back is not what was sent; {first.en}",
        ),
        Text(
            "送り直してください。直らなければ計画を作り直してください", "send it again; if that fails make a new plan"
        ),
        kind=kind.name,
        differences=len(found),
    )


def _silence(kind: MissionType) -> ExpiredError:
    return ExpiredError(
        Text(f"{_NAMES[kind].ja}: 機体が答えません", f"{_NAMES[kind].en}: the aircraft does not answer"),
        Text("電波を確かめてください", "check the radio"),
    )


def lost_in_transfer() -> UnavailableError:
    """Return the error for an aircraft that fell silent in the middle."""
    return UnavailableError(
        Text(
            "転送の途中で機体との通信が途絶えました。機体に残った計画は使えません",
            "the aircraft was lost in the middle of the transfer; what is on board now must not be flown",
        ),
        Text("通信が戻ったら、計画をもう一度送ってください", "when it is back, send the plan again"),
    )


def sender_changed_in_transfer() -> UnavailableError:
    """Return the error for an aircraft that is heard from another address since the transfer began."""
    return UnavailableError(
        Text(
            "転送の途中で機体の送信元が替わりました。機体に残った計画は使えません",
            "the aircraft's sender changed in the middle of the transfer; what is on board now must not be flown",
        ),
        Text("機体を目で確かめてから、計画をもう一度送ってください", "look at the aircraft, then send the plan again"),
    )


def restarted_in_transfer() -> UnavailableError:
    """Return the error for an aircraft that restarted in the middle."""
    return UnavailableError(
        Text(
            "転送の途中で機体が再起動しました。機体に残った計画は使えません",
            "the aircraft restarted in the middle of the transfer; what is on board now must not be flown",
        ),
        Text(
            "起動を待って（約 40 秒）、計画をもう一度送ってください",
            "wait until it is up (about 40 s), then send the plan again",
        ),
    )
