"""What a vehicle says by itself, before it is a MAVLink message."""

from dataclasses import dataclass

from sim.camera_port import Shutter


@dataclass(frozen=True, slots=True)
class Said:
    """A STATUSTEXT."""

    severity: int
    text: str


@dataclass(frozen=True, slots=True)
class ItemReached:
    """A MISSION_ITEM_REACHED."""

    seq: int


@dataclass(frozen=True, slots=True)
class ParameterMoved:
    """An unasked PARAM_VALUE."""

    name: str


@dataclass(frozen=True, slots=True)
class HomeMoved:
    """An unasked HOME_POSITION, with the origin before it where that is new too."""

    with_origin: bool


@dataclass(frozen=True, slots=True)
class PictureTaken:
    """A shutter went."""

    shutter: Shutter


Event = Said | ItemReached | ParameterMoved | HomeMoved | PictureTaken
