"""A flight command as a value: who wanted what of which aircraft, until when, and what became of it."""

from dataclasses import dataclass
from enum import StrEnum

from fleet.ids import CommandId, VehicleId
from fleet.text import Text


class Action(StrEnum):
    """What an aircraft can be told to do."""

    ARM = "arm"
    DISARM = "disarm"
    TAKE_OFF = "take_off"
    START_MISSION = "start_mission"
    HOLD = "hold"
    RECALL = "recall"
    LAND = "land"
    RESUME = "resume"
    RELEASE_LOAD = "release_load"
    GRAB_LOAD = "grab_load"
    RESTART = "restart"

    @property
    def text(self) -> Text:
        """Return the action in words."""
        return _WORDS[self]


_WORDS = {
    Action.ARM: Text("モーター始動", "arm"),
    Action.DISARM: Text("モーター停止", "disarm"),
    Action.TAKE_OFF: Text("離陸", "take off"),
    Action.START_MISSION: Text("飛行開始", "start the flight"),
    Action.HOLD: Text("待機", "hold"),
    Action.RECALL: Text("帰還", "recall"),
    Action.LAND: Text("その場に着陸", "land here"),
    Action.RESUME: Text("飛行再開", "resume the flight"),
    Action.RELEASE_LOAD: Text("荷を放す", "release the load"),
    Action.GRAB_LOAD: Text("荷をつかむ", "grab the load"),
    Action.RESTART: Text("機体の再起動", "restart the autopilot"),
}


SAFER = frozenset({Action.HOLD, Action.RECALL, Action.LAND})
"""What makes an aircraft in the air safer; never refused for want of anything but a link."""

FLIGHT_STARTING = frozenset({Action.ARM, Action.TAKE_OFF, Action.START_MISSION})
"""What begins a flight: only of the flight that was read back, after a last look."""


class CommandState(StrEnum):
    """The life of a command; the last four are ends."""

    SENT = "sent"
    ACCEPTED = "accepted"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    EXPIRED = "expired"
    NOT_CONFIRMED = "not_confirmed"

    @property
    def is_end(self) -> bool:
        """Return True if nothing more becomes of the command."""
        return self in _ENDS


_ENDS = frozenset({CommandState.DONE, CommandState.REFUSED, CommandState.EXPIRED, CommandState.NOT_CONFIRMED})

STATE_TEXTS = {
    CommandState.SENT: Text("送信中", "sending"),
    CommandState.ACCEPTED: Text("機体が受領", "the aircraft accepted it"),
    CommandState.RUNNING: Text("実行中", "under way"),
    CommandState.DONE: Text("完了", "done"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightCommand:
    """One command at one moment of its life. Times are Unix seconds."""

    id: CommandId
    vehicle_id: VehicleId
    action: Action
    author: str
    created_at_s: float
    expires_at_s: float
    state: CommandState
    text: Text
    changed_at_s: float
