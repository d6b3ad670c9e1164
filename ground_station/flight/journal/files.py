"""The journal's ports to its folder: a few plain operations on files, and who owns the folder.

Files are known by name. Every operation raises OSError if the disk refuses; none of them is called while a lock of the
journal is held.
"""

import re
from dataclasses import dataclass
from typing import Protocol

from fleet.audit import AuditEntry, ChainFault

CHECKPOINT = "checkpoint"
_SEGMENT = re.compile(r"(\d{8})\.journal")
MOST_READ_BYTES = 64 << 20


class Files(Protocol):
    """The files of one folder."""

    def names(self) -> list[str]:
        """Return the names of the files; an absent folder has none."""
        ...

    def read(self, name: str, offset_bytes: int = 0, most_bytes: int = MOST_READ_BYTES) -> bytes:
        """Return what stands there, b"" behind the end; raises FileNotFoundError."""
        ...

    def allocate(self, name: str, size_bytes: int) -> None:
        """Make a file of zero bytes whose room on the disk is taken; it is there whole and durable, or not at all."""
        ...

    def write(self, name: str, offset_bytes: int, payload: bytes) -> None:
        """Write in place and return when that is durable; raises FileNotFoundError if the file is gone.

        After an error any part of the payload may stand there. An empty payload makes durable what was written before.
        """
        ...

    def replace(self, name: str, payload: bytes) -> None:
        """Put a file in the place of the one before; either of them is there whole, whatever happens."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OldChain:
    """The chain that the journal goes on from: its last good entry, its first fault, the bytes from there on."""

    name: str
    last: AuditEntry | None
    fault: ChainFault | None
    lost_bytes: int


class Folder(Files, Protocol):
    """The files, and the right to write them."""

    def own(self) -> None:
        """Take the folder; raises ConflictError if another program has it, OSError if the disk refuses."""
        ...

    def give_up(self) -> None:
        """Give the folder back."""
        ...

    def old_chain(self) -> OldChain | None:
        """Return the chain from before the journal, None where there was none; raises OSError."""
        ...


def segment_name(number: int) -> str:
    """Return the name of a segment's file."""
    return f"{number:08d}.journal"


def segment_numbers(names: list[str]) -> list[int]:
    """Return the numbers of the segments among the files, in order."""
    return sorted(int(match[1]) for name in names if (match := _SEGMENT.fullmatch(name)) is not None)
