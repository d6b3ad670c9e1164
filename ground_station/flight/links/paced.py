"""A transport whose line is slower than we are: what is less urgent waits here, not where nothing can overtake it."""

import asyncio

from fleet.errors import UnavailableError
from ground_station.flight.links.send_queue import Outgoing, SendQueue
from ground_station.flight.links.transport import Peer, Receive, Transport


class PacedTransport:
    """Wraps `inner`; `rate_bytes_s` is what its line carries, None to send everything at once."""

    def __init__(self, inner: Transport, rate_bytes_s: float | None = None) -> None:
        self._inner = inner
        self._queue: SendQueue[Peer] = SendQueue(rate_bytes_s)
        self._line_bytes_s = rate_bytes_s
        self._timer: asyncio.TimerHandle | None = None

    @property
    def keeps_frames_whole(self) -> bool:
        """Return what the transport inside says."""
        return self._inner.keeps_frames_whole

    @property
    def delivers_late(self) -> bool:
        """Return what the transport inside says."""
        return self._inner.delivers_late

    @property
    def dropped(self) -> int:
        """Return how many frames found no place to wait."""
        return self._queue.dropped

    def carries(self, rate_bytes_s: float | None) -> None:
        """Take what the link was measured to carry; never more than its line does."""
        known = [rate for rate in (rate_bytes_s, self._line_bytes_s) if rate is not None]
        self._queue.rate_bytes_s = min(known, default=None)

    async def open(self, receive: Receive) -> None:
        """Open the transport inside; raises UnavailableError as it does. What waited is forgotten."""
        self._queue.clear()
        await self._inner.open(receive)

    async def broken(self) -> UnavailableError:
        """Wait until the transport inside breaks."""
        return await self._inner.broken()

    def send(self, data: bytes, peer: Peer) -> bool:
        """Send or keep for later; False if the transport inside would not have what was sent now."""
        outgoing = self._queue.put(data, peer, asyncio.get_running_loop().time())
        return self._send(outgoing)

    async def close(self) -> None:
        """Close the transport inside and forget what waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._queue.clear()
        await self._inner.close()

    def _send(self, outgoing: list[Outgoing[Peer]]) -> bool:
        sent = [self._inner.send(each.frame, each.peer) for each in outgoing]
        loop = asyncio.get_running_loop()
        wake_s = self._queue.wake_s(loop.time())
        if wake_s is not None and self._timer is None:
            self._timer = loop.call_at(wake_s, self._wake)
        return all(sent)

    def _wake(self) -> None:
        self._timer = None
        self._send(self._queue.due(asyncio.get_running_loop().time()))
