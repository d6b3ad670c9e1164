"""The simulated companion computer: renders each shutter's picture, spools it and hands it to the station."""

import asyncio
import contextlib
from collections import deque
from types import TracebackType
from typing import Protocol, Self

import structlog

from fleet.errors import FleetError
from sim.camera.back_off import BackOff
from sim.camera.hand_over_http import Outcome
from sim.camera.spool import HandOver, Spool
from sim.camera_port import Shutter

_LOG = structlog.get_logger(__name__)
_MAX_WAITING_SHUTTERS = 200


class PictureSource(Protocol):
    """Where pictures come from."""

    def picture(self, shutter: Shutter) -> bytes:
        """Return the JPEG of a shutter; may take a while, called in a thread."""
        ...


class Station(Protocol):
    """To whom they go."""

    async def send(self, data: bytes, about: HandOver) -> Outcome:
        """Return what became of a hand-over."""
        ...


class CompanionCamera:
    """A `sim.camera_port.Camera` that delivers; use as an async context manager, in whose time it works.

    `shutter` may be called from any thread. Beyond 200 shutters not yet rendered the oldest is dropped and counted in
    `missed`. Pictures spooled by an earlier run are handed over too.
    """

    def __init__(
        self, source: PictureSource, spool: Spool, station: Station, *, back_off: BackOff | None = None
    ) -> None:
        self._source = source
        self._spool = spool
        self._station = station
        self._back_off = back_off or BackOff()
        self._shutters: deque[Shutter] = deque()
        self._tasks: list[asyncio.Task[None]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._shot = asyncio.Event()
        self._spooled = asyncio.Event()
        self._disk = asyncio.Lock()
        self._rendering = False
        self.taken = 0
        self.missed = 0
        self.delivered = 0

    def shutter(self, shutter: Shutter) -> None:
        """Take note of a picture to be rendered."""
        if len(self._shutters) >= _MAX_WAITING_SHUTTERS:
            self._shutters.popleft()
            self.missed += 1
        self._shutters.append(shutter)
        self.taken += 1
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._shot.set)

    @property
    def pending(self) -> int:
        """Return how many pictures are taken and not at the station yet."""
        return len(self._shutters) + len(self._spool) + int(self._rendering)

    async def __aenter__(self) -> Self:
        """Start to render and to hand over."""
        self._loop = asyncio.get_running_loop()
        self._shot.set()
        self._spooled.set()
        self._tasks = [asyncio.create_task(self._render_all()), asyncio.create_task(self._hand_over_all())]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop; what is spooled stays for the next run."""
        self._loop = None
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _render_all(self) -> None:
        while True:
            await self._shot.wait()
            self._shot.clear()
            while self._shutters:
                shutter = self._shutters.popleft()
                self._rendering = True
                try:
                    await self._render(shutter)
                except FleetError as error:
                    self.missed += 1
                    _LOG.error("picture_lost", image_index=shutter.image_index, error=str(error))
                finally:
                    self._rendering = False
                self._spooled.set()

    async def _render(self, shutter: Shutter) -> None:
        data = await asyncio.to_thread(self._source.picture, shutter)
        about = HandOver(
            vehicle_id=shutter.vehicle_id,
            image_index=shutter.image_index,
            captured_at_s=shutter.at_s,
            file_name=shutter.file_name,
        )
        async with self._disk:
            await asyncio.to_thread(self._spool.put, data, about)

    async def _hand_over_all(self) -> None:
        failures = 0
        while True:
            await self._spooled.wait()
            self._spooled.clear()
            while len(self._spool):
                try:
                    outcome = await self._hand_over_oldest()
                except FleetError as error:
                    _LOG.warning("spool_fails", error=str(error))
                    outcome = Outcome.LATER
                failures = failures + 1 if outcome is Outcome.LATER else 0
                await asyncio.sleep(self._back_off.wait_s(failures))

    async def _hand_over_oldest(self) -> Outcome:
        async with self._disk:
            waiting = await asyncio.to_thread(self._spool.oldest)
        if waiting is None:
            return Outcome.ACCEPTED
        data = await asyncio.to_thread(waiting.data)
        outcome = await self._station.send(data, waiting.about)
        async with self._disk:
            if outcome is Outcome.ACCEPTED:
                await asyncio.to_thread(self._spool.done, waiting)
                self.delivered += 1
            elif outcome is Outcome.REFUSED:
                await asyncio.to_thread(self._spool.set_aside, waiting)
        return outcome
