"""The port between a link and the medium it runs over."""

from collections.abc import Callable
from typing import Protocol, TypeAlias

from fleet.errors import UnavailableError

Peer: TypeAlias = tuple[str, int] | None
"""Who sent a datagram; None where the medium has only one other end."""

Receive: TypeAlias = Callable[[bytes, Peer], None]


class Transport(Protocol):
    """One way to move bytes. It is opened, lives until it breaks or is closed, and may be opened again."""

    @property
    def keeps_frames_whole(self) -> bool:
        """Return True where each receipt is a datagram of whole frames."""
        ...

    @property
    def delivers_late(self) -> bool:
        """Return True where what was sent to a frozen other end is kept, and arrives when it thaws."""
        ...

    async def open(self, receive: Receive) -> None:
        """Connect, and hand whatever arrives to `receive`; raises UnavailableError saying why not."""
        ...

    async def broken(self) -> UnavailableError:
        """Wait until the connection ends by itself; return why."""
        ...

    def send(self, data: bytes, peer: Peer) -> bool:
        """Send without waiting; False if nothing was sent (not open, nobody heard yet, or the other end is stuck)."""
        ...

    async def close(self) -> None:
        """Let go of the medium and drop what is unsent; closing twice changes nothing."""
        ...
