"""The journal's bounds: how much is kept in memory, how long is waited, how large a file is."""

from dataclasses import dataclass

from fleet.errors import InvalidValueError
from fleet.text import Text

# The shortest line that an entry can have; from it follows how many entries lost bytes may have held at most.
SHORTEST_LINE_BYTES = 200
# Room that the journal's own entries and the remains of an unwritable one need.
SHORTEST_LIMIT_BYTES = 4 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalLimits:
    """What the journal allows itself; raises InvalidValueError if an entry could not fit into a segment."""

    segment_bytes: int = 1 << 20
    most_line_bytes: int = 16 << 10
    most_waiting: int = 2_000
    most_at_once: int = 64
    most_in_tail: int = 2_000
    most_ids: int = 100_000
    most_followers: int = 32
    checkpoint_every: int = 1_000
    retry_s: float = 1.0
    late_after_s: float = 1.0
    patience_s: float = 5.0

    def __post_init__(self) -> None:
        """Check that the journal's own entries fit."""
        if not SHORTEST_LIMIT_BYTES <= self.most_line_bytes <= self.segment_bytes:
            raise InvalidValueError(
                Text(
                    "記録 1 件の上限は 4 KiB から区画の大きさまでにしてください",
                    "the longest entry must be between 4 KiB and the size of a segment",
                ),
                most_line_bytes=self.most_line_bytes,
                segment_bytes=self.segment_bytes,
            )
