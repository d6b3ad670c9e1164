"""Bodies of flight commands: what can be asked of an aircraft, and what became of it."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from ground_station.flight.order import Beat, Heard
from portal.schemas import TextOut, WireModel


class OrderAction(StrEnum):
    """What can be asked of a flying aircraft. Take-off is not here: it is asked of a delivery, past its checklist."""

    HOLD = "hold"
    RECALL = "recall"
    LAND = "land"
    RESUME = "resume"


class CommandAction(StrEnum):
    """What a command on view can be."""

    FLY = "fly"
    HOLD = "hold"
    RECALL = "recall"
    LAND = "land"
    RESUME = "resume"


class HeardIn(WireModel):
    """The flight core's last beat that the page heard, and how long ago, s by the page's own elapsed time.

    With it the core judges how old an order is, whatever the page's clock says of the time of day.
    """

    boot_id: str = Field(min_length=1, max_length=64)
    stamp_s: float = Field(ge=0.0, le=1e10)
    elapsed_s: float = Field(ge=0.0, le=1e10)

    def heard(self) -> Heard:
        """Return it as the flight core takes it."""
        return Heard(beat=Beat(boot_id=self.boot_id, stamp_s=self.stamp_s), elapsed_s=self.elapsed_s)


class FlyIn(WireModel):
    """The word to fly. `id` is chosen by the page so that a repeated request is the same command."""

    id: str = Field(min_length=8, max_length=60)
    heard: HeardIn | None = None


class CommandIn(FlyIn):
    """A flight command; `id` and `heard` as in `FlyIn`."""

    action: OrderAction


class SkyClearIn(WireModel):
    """Recall everything that flies. `id` and `heard` as in `FlyIn`."""

    id: str = Field(min_length=8, max_length=24)
    heard: HeardIn | None = None


class CommandOut(WireModel):
    """A command and what became of it.

    `state`: `sent` 送信中, `accepted` 機体が受領, `running` 実行中, `done` 完了, `refused` 拒否, `expired` 期限切れ,
    `not_confirmed` 未確認; `text` says it in words, with the reason or with which failsafe will act.
    """

    id: str
    vehicle_id: str
    action: CommandAction
    author: str
    state: Literal["sent", "accepted", "running", "done", "refused", "expired", "not_confirmed"]
    text: TextOut
    created_at_s: float
    changed_at_s: float


class SkyClearOut(WireModel):
    """What one flying aircraft was given: its command, or why it could not be recalled."""

    vehicle_id: str
    command_id: str | None
    problem: TextOut | None
    problem_cure: TextOut | None
