"""Records what passed over a link as a tlog: 8 bytes big-endian Unix microseconds, then the frame, both directions.

Mission Planner, MAVProxy and every other MAVLink tool read this. Recording never holds up a flight: frames wait in
memory, one thread writes those of all aircraft, and beyond `MOST_WAITING_BYTES` they are dropped and counted. Nothing
but that thread waits for the disk.
"""

import asyncio
import struct
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from fleet.clock import Clock
from fleet.disk_health import Place, slow_after_s
from fleet.errors import UnavailableError
from fleet.text import Text

MOST_WAITING_BYTES = 4 * 1024 * 1024
_FLUSH_EVERY_S = 1.0
_LAST_WRITE_S = 2.0
_STAMP = struct.Struct(">Q")
_CURE = Text("ディスクの空きを確かめてください", "check the free disk space")


class FrameLog:
    """One tlog file. Frames are recorded at any time after construction and written while `run` runs."""

    def __init__(self, path: Path, clock: Clock, writer: ThreadPoolExecutor) -> None:
        self.path = path
        self._clock = clock
        self._writer = writer
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self.recorded = 0
        self.dropped = 0
        self._refusal: UnavailableError | None = None
        self._begun_s: dict[object, float] = {}

    @property
    def error(self) -> UnavailableError | None:
        """Return why frames are not written now: the last write was refused, or one takes too long; None if not."""
        now_s = self._clock.monotonic_s()
        began_s = next(iter(tuple(self._begun_s.values())), now_s)
        if now_s - began_s <= slow_after_s(Place.FLIGHT_LOG):
            return self._refusal
        return UnavailableError(
            Text(f"飛行記録 {self.path.name} の書き込みが終わりません", f"writing {self.path.name} does not end"),
            _CURE,
        )

    def record(self, raw: bytes) -> None:
        """Keep one frame with the present time."""
        self.record_at(raw, self._clock.now_s())

    def record_at(self, raw: bytes, at_s: float) -> None:
        """Keep one frame with the Unix time it passed, seconds."""
        if self._waiting_bytes + len(raw) + 8 > MOST_WAITING_BYTES:
            self.dropped += 1
            return
        self._waiting.append(_STAMP.pack(round(at_s * 1e6)) + raw)
        self._waiting_bytes += len(raw) + 8
        self.recorded += 1

    async def run(self) -> None:
        """Write once a second until cancelled; `flush` writes the rest."""
        while True:
            await asyncio.sleep(_FLUSH_EVERY_S)
            await self.flush()

    async def flush(self) -> None:
        """Write what waits; a full disk, or no thread, is seen in `error` and the frames are counted as dropped.

        What was taken is written though whoever waits for it is cancelled, as `run` is at a flight's end.
        """
        taken = self._take()
        if taken:
            writing = object()
            self._begun_s[writing] = self._clock.monotonic_s()
            try:
                ended = asyncio.get_running_loop().run_in_executor(self._writer, self._write, writing, taken)
            except RuntimeError as error:  # no thread to be had
                self._begun_s.pop(writing, None)
                self._refused(len(taken), error)
            else:
                await asyncio.shield(ended)

    def _take(self) -> list[bytes]:
        taken = list(self._waiting)
        self._waiting.clear()
        self._waiting_bytes = 0
        return taken

    def _write(self, writing: object, records: list[bytes]) -> None:
        if writing not in self._begun_s:  # counted as dropped when no thread could be had, but left in the queue
            return
        try:
            self.path.parent.mkdir(exist_ok=True)  # not what is above it: a folder taken away stays away
            with self.path.open("ab") as file:
                file.write(b"".join(records))
        except OSError as error:
            self._refused(len(records), error)
        else:
            self._refusal = None
        finally:
            self._begun_s.pop(writing, None)

    def _refused(self, records: int, error: Exception) -> None:
        self.dropped += records
        self._refusal = UnavailableError(
            Text(f"飛行記録 {self.path.name} に書けません（{error}）", f"cannot write {self.path.name}: {error}"),
            _CURE,
        )


class FlightRecorder:
    """Records each flight of one aircraft in a file of its own, from shortly before arming until told to stop.

    Between flights the last `before` frames are kept in memory, so that a flight's file starts with what led to it.
    """

    def __init__(
        self, folder: Path, clock: Clock, *, before: int = 2000, writer: ThreadPoolExecutor | None = None
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._writer = writer or ThreadPoolExecutor(max_workers=1, thread_name_prefix="flight-log")
        self._before: deque[tuple[float, bytes]] = deque(maxlen=before)
        self._log: FrameLog | None = None
        self._task: asyncio.Task[None] | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self._last: FrameLog | None = None

    @property
    def path(self) -> Path | None:
        """Return the file of the flight being recorded, or None between flights."""
        return None if self._log is None else self._log.path

    @property
    def error(self) -> UnavailableError | None:
        """Return why frames of this flight, or of the last, are not written; None if they are."""
        log = self._log or self._last
        return None if log is None else log.error

    def record(self, raw: bytes) -> None:
        """Keep one frame."""
        if self._log is not None:
            self._log.record(raw)
        else:
            self._before.append((self._clock.now_s(), raw))

    def start(self, name: str) -> Path:
        """Begin the file `name`.tlog (a running one goes on); return its path. Needs a running event loop."""
        if self._log is None:
            self._log = FrameLog(self._folder / f"{name}.tlog", self._clock, self._writer)
            for at_s, raw in self._before:
                self._log.record_at(raw, at_s)
            self._before.clear()
            self._task = asyncio.get_running_loop().create_task(self._log.run())
        return self._log.path

    def end(self) -> Path | None:
        """End the file, its rest being written in the background; return its path, or None between flights."""
        log, task = self._log, self._task
        self._log = self._task = None
        if log is None or task is None:
            return None
        task.cancel()
        self._last = log
        closing = asyncio.get_running_loop().create_task(log.flush())
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)
        return log.path

    async def stop(self) -> Path | None:
        """End the file and wait for its rest, two seconds at most; return its path, or None between flights."""
        path = self.end()
        if self._closing:
            await asyncio.wait(self._closing, timeout=_LAST_WRITE_S)
        return path
