"""A record: one thing the field saw or did, on its way to the town office.

Times are Unix seconds, UTC. Bodies hold only what MessagePack holds: None, bool, int, float, str, bytes, lists and
dictionaries with string keys.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from fleet.errors import InvalidValueError
from fleet.ids import RecordId
from fleet.text import Text

MAX_KIND_LENGTH = 64


class Lane(StrEnum):
    """Lanes of the relay, in order of worth: an earlier one never waits behind a later one."""

    ALERT = "alert"
    POSITION = "position"
    THUMBNAIL = "thumbnail"
    RECORD = "record"
    TRACK = "track"
    IMAGE = "image"

    @property
    def rank(self) -> int:
        """Return 0 for the lane worth most, then 1, 2, …"""
        return _RANKS[self]


LANES = tuple(Lane)
_RANKS = {lane: rank for rank, lane in enumerate(LANES)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record as the field makes it.

    `key` is for lane position alone, which keeps only the newest record of a key. `body_ref` names bytes kept
    elsewhere (a photo's chunk): a BodySource adds them to the body when the record is sent. Raises InvalidValueError.
    """

    id: RecordId
    lane: Lane
    kind: str
    recorded_at_s: float
    body: Mapping[str, object]
    schema: int = 1
    key: str | None = None
    body_ref: str | None = None

    def __post_init__(self) -> None:
        """Refuse a record that no lane could carry."""
        if not 0 < len(self.kind) <= MAX_KIND_LENGTH or not math.isfinite(self.recorded_at_s):
            raise InvalidValueError(
                Text("記録の種類か時刻が正しくありません", "the record has no proper kind or time"), kind=self.kind
            )
        if (self.key is not None) is not (self.lane is Lane.POSITION):
            raise InvalidValueError(
                Text(
                    f"記録「{self.kind}」の key は position レーンだけに付けます",
                    f"record {self.kind!r}: a key goes with lane position and with no other",
                ),
                kind=self.kind,
            )
