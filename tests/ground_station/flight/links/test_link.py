"""The supervisor of one link over a transport in memory: reconnecting, owners of system ids, counting."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.clock import ManualClock
from fleet.errors import UnavailableError
from fleet.text import Text
from ground_station.flight.links.address import parse_address
from ground_station.flight.links.frame_log import FlightRecorder, FrameLog
from ground_station.flight.links.frames import Frame, FrameCodec
from ground_station.flight.links.link import Link, LinkPhase
from ground_station.flight.links.transport import Peer, Receive
from ground_station.flight.protocols import requests
from tests.ground_station.flight.aircraft import eventually

A: Peer = ("127.0.0.1", 1)
B: Peer = ("127.0.0.1", 2)


@dataclass
class MemoryTransport:
    keeps_frames_whole: bool = True
    delivers_late: bool = False
    failures: int = 0
    opened: int = 0
    sent: list[tuple[bytes, Peer]] = field(default_factory=list)
    receive: Receive | None = None
    ended: asyncio.Future[UnavailableError] | None = None

    async def open(self, receive: Receive) -> None:
        self.opened += 1
        if self.opened <= self.failures:
            raise UnavailableError(Text("断", "refused"))
        self.receive = receive
        self.ended = asyncio.get_running_loop().create_future()

    async def broken(self) -> UnavailableError:
        assert self.ended is not None
        return await self.ended

    def send(self, data: bytes, peer: Peer) -> bool:
        self.sent.append((data, peer))
        return self.receive is not None

    async def close(self) -> None:
        self.receive = None


def _link(transport: MemoryTransport, clock: ManualClock | None = None) -> tuple[Link, list[Frame]]:
    link = Link(parse_address("udpin:127.0.0.1:0"), transport, clock or ManualClock())
    heard: list[Frame] = []
    link.listen(lambda _, frame, __: heard.append(frame))
    return link, heard


def _beat(system_id: int) -> bytes:
    return FrameCodec(system_id, 1).pack(dialect.MAVLink_heartbeat_message(2, 3, 81, 0, 3, 3))


async def test_it_opens_again_after_failures_and_after_a_break() -> None:
    transport = MemoryTransport(failures=1)
    link, heard = _link(transport)
    running = asyncio.create_task(link.run())
    await eventually(lambda: link.status.phase is LinkPhase.OPEN)
    assert transport.opened == 2
    assert transport.ended is not None
    transport.ended.set_result(UnavailableError(Text("切断", "hung up")))
    await eventually(lambda: transport.opened == 3 and link.status.phase is LinkPhase.OPEN)
    assert transport.receive is not None
    transport.receive(_beat(1), A)
    assert len(heard) == 1
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert link.status.phase is LinkPhase.CLOSED


async def _opened(transport: MemoryTransport, link: Link) -> asyncio.Task[None]:
    running = asyncio.create_task(link.run())
    await eventually(lambda: link.status.phase is LinkPhase.OPEN)
    assert transport.receive is not None
    return running


async def test_a_number_stays_with_the_peer_it_was_first_heard_from_however_long_that_one_is_silent() -> None:
    transport, clock = MemoryTransport(), ManualClock()
    link, heard = _link(transport, clock)
    strangers: list[tuple[Frame, Peer]] = []
    link.listen(lambda _, frame, __: heard.append(frame), lambda _, frame, peer, __: strangers.append((frame, peer)))
    running = await _opened(transport, link)
    assert transport.receive is not None
    transport.receive(_beat(1), A)
    transport.receive(_beat(1), B)
    transport.receive(_beat(2), B)
    assert [frame.system_id for frame in heard] == [1, 2]
    clock.advance(3600.0)
    transport.receive(_beat(1), B)
    assert len(heard) == 2
    assert [(frame.system_id, peer) for frame, peer in strangers] == [(1, B), (1, B)]
    assert link.status.duplicate_system == 2
    link.send(requests.heartbeat(), 1)
    assert transport.sent[-1][1] == A
    link.hand_over(1, B)
    transport.receive(_beat(1), B)
    assert len(heard) == 3
    link.send(requests.heartbeat(), 1)
    assert transport.sent[-1][1] == B
    running.cancel()


async def test_a_companion_that_spoke_first_keeps_no_number_from_its_autopilot() -> None:
    transport = MemoryTransport()
    link, heard = _link(transport)
    running = await _opened(transport, link)
    assert transport.receive is not None
    camera = FrameCodec(1, 100).pack(dialect.MAVLink_heartbeat_message(30, 8, 0, 0, 4, 3))
    transport.receive(camera, B)
    transport.receive(_beat(1), A)
    transport.receive(camera, B)
    assert [frame.component_id for frame in heard] == [100, 1]
    link.send(requests.heartbeat(), 1)
    assert transport.sent[-1][1] == A
    running.cancel()


async def test_a_medium_that_delivers_late_is_opened_anew_after_silence_and_on_request() -> None:
    transport, clock = MemoryTransport(delivers_late=True), ManualClock()
    link, _ = _link(transport, clock)
    running = await _opened(transport, link)
    clock.advance(60.0)
    await asyncio.sleep(0.6)
    assert transport.opened == 1
    assert transport.receive is not None
    transport.receive(_beat(1), A)
    clock.advance(5.5)
    await eventually(lambda: transport.opened == 2 and link.status.phase is LinkPhase.OPEN)
    link.discard_unsent()
    await eventually(lambda: transport.opened == 3 and link.status.phase is LinkPhase.OPEN)
    running.cancel()


async def test_a_medium_that_keeps_nothing_stays_open_in_silence() -> None:
    transport, clock = MemoryTransport(), ManualClock()
    link, _ = _link(transport, clock)
    running = await _opened(transport, link)
    assert transport.receive is not None
    transport.receive(_beat(1), A)
    clock.advance(60.0)
    link.discard_unsent()
    await asyncio.sleep(0.6)
    assert transport.opened == 1
    running.cancel()


async def test_what_arrives_broken_is_counted_and_dropped() -> None:
    transport = MemoryTransport()
    link, heard = _link(transport)
    running = await _opened(transport, link)
    assert transport.receive is not None
    transport.receive(b"not mavlink at all", A)
    transport.receive(_beat(1)[:-1], A)
    transport.receive(_beat(1), A)
    assert len(heard) == 1
    assert link.status.malformed >= 2
    running.cancel()


async def test_a_broadcast_reaches_every_peer_once() -> None:
    transport = MemoryTransport()
    link, _ = _link(transport)
    running = await _opened(transport, link)
    assert transport.receive is not None
    for system_id, peer in ((1, A), (2, B), (3, B)):
        transport.receive(_beat(system_id), peer)
    link.broadcast(requests.heartbeat())
    assert {peer for _, peer in transport.sent} == {A, B}
    assert len(transport.sent) == 2
    running.cancel()


async def test_a_full_log_drops_frames_and_a_full_disk_is_told(tmp_path: Path) -> None:
    clock = ManualClock()
    writer = ThreadPoolExecutor(max_workers=1)
    log = FrameLog(tmp_path / "flight.tlog", clock, writer)
    big = b"\xfd" * 1_000_000
    for _ in range(6):
        log.record(big)
    assert (log.recorded, log.dropped) == (4, 2)
    await log.flush()
    assert (tmp_path / "flight.tlog").stat().st_size == 4 * 1_000_008
    nowhere = FrameLog(tmp_path / "flight.tlog" / "below-a-file.tlog", clock, writer)
    nowhere.record(b"x")
    await nowhere.flush()
    assert nowhere.error is not None
    assert nowhere.dropped == 1


async def test_a_disk_that_does_not_answer_is_told_too_until_it_does(tmp_path: Path) -> None:
    clock, writer, held = ManualClock(), ThreadPoolExecutor(max_workers=1), threading.Event()
    recorder = FlightRecorder(tmp_path, clock, writer=writer)
    recorder.start("flight")
    recorder.record(b"frame")
    writer.submit(held.wait)
    recorder.end()
    await asyncio.sleep(0)
    clock.advance(2.0)
    assert recorder.error is None
    clock.advance(0.1)
    assert recorder.error is not None
    assert "does not end" in recorder.error.what.en
    held.set()
    await recorder.stop()
    assert recorder.error is None


async def test_frames_for_which_no_thread_can_be_had_are_counted_and_said_until_the_next_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, writer = ManualClock(), ThreadPoolExecutor(max_workers=1)
    log = FrameLog(tmp_path / "flight.tlog", clock, writer)

    def none_left(_: threading.Thread) -> None:
        message = "can't start new thread"
        raise RuntimeError(message)

    with monkeypatch.context() as machine:
        machine.setattr(threading.Thread, "start", none_left)
        log.record(b"lost")
        await log.flush()
    assert log.dropped == 1
    assert log.error is not None
    assert "new thread" in log.error.what.en
    log.record(b"kept")
    await log.flush()
    clock.advance(60.0)
    assert log.error is None
    assert (tmp_path / "flight.tlog").read_bytes()[8:] == b"kept"


async def test_frames_that_wait_for_another_aircrafts_disk_at_a_flights_end_are_written_all_the_same(
    tmp_path: Path,
) -> None:
    writer, held = ThreadPoolExecutor(max_workers=1), threading.Event()
    writer.submit(held.wait)
    log = FrameLog(tmp_path / "flight.tlog", ManualClock(), writer)
    log.record(b"before the end")
    flushing = asyncio.create_task(log.flush())
    await asyncio.sleep(0)
    flushing.cancel()
    await asyncio.gather(flushing, return_exceptions=True)
    held.set()
    log.record(b"at the end")
    await log.flush()
    written = (tmp_path / "flight.tlog").read_bytes()
    assert written.index(b"before the end") < written.index(b"at the end")
