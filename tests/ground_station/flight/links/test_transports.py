"""One contract over every transport that can run on loopback, and each one's own ways to fail."""

import asyncio
import contextlib
import os
import pty
import socket
import termios
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import cast

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.errors import UnavailableError
from ground_station.flight.links.frames import FrameCodec, FrameParser
from ground_station.flight.links.serial_port import SerialTransport
from ground_station.flight.links.tcp import TcpTransport
from ground_station.flight.links.transport import Peer, Transport
from ground_station.flight.links.udp import GATHER_S, MOST_AT_ONCE
from ground_station.flight.links.udp_in import UdpInTransport
from ground_station.flight.links.udp_out import UdpOutTransport
from tests.ground_station.flight.aircraft import eventually


@dataclass
class Inbox:
    data: bytes = b""
    peers: list[Peer] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def __call__(self, data: bytes, peer: Peer) -> None:
        self.data += data
        self.peers.append(peer)
        self.arrived.set()

    async def wait(self) -> bytes:
        async with asyncio.timeout(5.0):
            await self.arrived.wait()
        self.arrived.clear()
        return self.data


class Echo(asyncio.Protocol):
    """Sends back what it gets; on TCP."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        assert isinstance(self.transport, asyncio.Transport)
        if data == b"bye":
            self.transport.close()
        else:
            self.transport.write(data)


class EchoDatagrams(asyncio.DatagramProtocol):
    transport: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.transport.sendto(data, addr)


@pytest.fixture
async def tcp_echo() -> AsyncIterator[int]:
    server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


@pytest.fixture
async def udp_echo() -> AsyncIterator[int]:
    endpoint, _ = await asyncio.get_running_loop().create_datagram_endpoint(EchoDatagrams, local_addr=("127.0.0.1", 0))
    yield endpoint.get_extra_info("sockname")[1]
    endpoint.close()


async def _echoes(transport: Transport, peer: Peer = None) -> bytes:
    inbox = Inbox()
    await transport.open(inbox)
    assert transport.send(b"hello", peer)
    answer = await inbox.wait()
    await transport.close()
    await transport.close()
    assert not transport.send(b"after the end", peer)
    return answer


async def test_tcp_carries_bytes_both_ways(tcp_echo: int) -> None:
    transport = TcpTransport("127.0.0.1", tcp_echo)
    assert await _echoes(transport) == b"hello"
    assert await _echoes(transport) == b"hello"


async def test_udp_out_carries_bytes_both_ways(udp_echo: int) -> None:
    assert await _echoes(UdpOutTransport("127.0.0.1", udp_echo)) == b"hello"


async def test_udp_in_answers_whoever_spoke() -> None:
    transport = UdpInTransport("127.0.0.1", 0)
    inbox = Inbox()
    await transport.open(inbox)
    assert not transport.send(b"nobody is there", None)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as aircraft:
        aircraft.settimeout(5.0)
        aircraft.sendto(b"here", ("127.0.0.1", transport.local_port))
        assert await inbox.wait() == b"here"
        assert transport.send(b"hello", inbox.peers[0])
        assert await asyncio.to_thread(aircraft.recv, 100) == b"hello"
    await transport.close()


async def test_a_serial_line_carries_bytes_both_ways() -> None:
    master, slave = pty.openpty()
    transport = SerialTransport(os.ttyname(slave), 57_600)
    inbox = Inbox()
    await transport.open(inbox)
    os.write(master, b"from the radio")
    while len(inbox.data) < 14:
        await inbox.wait()
    assert transport.send(b"to the radio", None)
    assert await asyncio.to_thread(os.read, master, 100) == b"to the radio"
    await transport.close()
    os.close(master)
    os.close(slave)
    assert inbox.data == b"from the radio"


async def test_a_serial_line_that_takes_no_more_holds_nobody_up_and_tears_no_frame_that_follows() -> None:
    master, slave = pty.openpty()
    os.set_blocking(master, False)
    transport = SerialTransport(os.ttyname(slave), 57_600)
    await transport.open(Inbox())
    codec = FrameCodec(255, 190)
    taken: list[int] = []
    arrived = b""
    for number in range(4_000):
        if transport.send(codec.pack(dialect.MAVLink_ping_message(number, number, 1, 1)), None):
            taken.append(number)
        if number % 1_000 == 999:
            arrived += _all_of(master)
    arrived += _all_of(master)
    pings = [codec.decode(frame) for frame in FrameParser().feed(arrived)]
    assert [ping.seq for ping in pings if ping is not None] == taken
    assert 0 < len(taken) < 4_000
    assert transport.torn > 0
    await transport.close()
    os.close(master)
    os.close(slave)


async def test_a_device_that_is_no_serial_line_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "file", Path("/dev/null")):
        if not path.exists():
            path.write_bytes(b"")
        with pytest.raises(UnavailableError, match="cannot use serial"):
            await SerialTransport(str(path), 57_600).open(Inbox())


@dataclass
class StuckPort:
    """A line whose driver answers with an error that is no OSError, or does not let go of it."""

    opening: Exception | None = None
    closes: threading.Event = field(default_factory=threading.Event)
    flushed: bool = False

    def open(self) -> "StuckPort":
        if self.opening is not None:
            raise self.opening
        return self

    @property
    def in_waiting(self) -> int:
        return 0

    def read(self, size: int) -> bytes:
        self.closes.wait(0.01)
        return b""[:size]

    def reset_output_buffer(self) -> None:
        self.flushed = True

    def close(self) -> None:
        self.closes.wait(30.0)


@pytest.mark.parametrize("error", [termios.error(22, "Invalid argument"), OSError("gone"), ValueError("no baud")])
async def test_whatever_a_driver_says_at_opening_is_said(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    port = StuckPort(opening=error)
    monkeypatch.setattr(SerialTransport, "_connect", lambda _: port.open())
    with pytest.raises(UnavailableError, match="cannot use serial"):
        await SerialTransport("/dev/ttyUSB0", 57_600).open(Inbox())


async def test_a_serial_line_that_does_not_close_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    port = StuckPort()
    monkeypatch.setattr(SerialTransport, "_connect", lambda _: port.open())
    transport = SerialTransport("/dev/ttyUSB0", 57_600)
    await transport.open(Inbox())
    async with asyncio.timeout(10.0):
        await transport.close()
    assert port.flushed
    assert not port.closes.is_set()
    port.closes.set()


def _all_of(descriptor: int) -> bytes:
    found = b""
    with contextlib.suppress(BlockingIOError):
        while True:
            found += os.read(descriptor, 65_536)
    return found


async def test_a_refused_connection_says_where_and_what_to_do() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(UnavailableError) as caught:
        await TcpTransport("127.0.0.1", port).open(Inbox())
    assert f"127.0.0.1:{port} refused" in caught.value.what.en
    assert caught.value.cure is not None


async def test_a_taken_udp_port_is_named() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        with pytest.raises(UnavailableError, match=f"UDP port {port} is used by another program"):
            await UdpInTransport("127.0.0.1", port).open(Inbox())


async def test_a_missing_serial_device_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="cannot use serial"):
        await SerialTransport(str(tmp_path / "ttyUSB9"), 57_600).open(Inbox())


async def test_tcp_notices_that_the_other_end_hung_up(tcp_echo: int) -> None:
    transport = TcpTransport("127.0.0.1", tcp_echo)
    await transport.open(Inbox())
    transport.send(b"bye", None)
    async with asyncio.timeout(5.0):
        error = await transport.broken()
    assert "the other end closed it" in error.what.en
    assert not transport.send(b"too late", None)


async def test_udp_out_notices_that_nobody_listens() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    transport = UdpOutTransport("127.0.0.1", port)
    await transport.open(Inbox())
    transport.send(b"anybody?", None)
    async with asyncio.timeout(5.0):
        error = await transport.broken()
    await transport.close()
    assert "nobody listens" in error.what.en


async def test_a_burst_of_datagrams_arrives_whole_and_lets_others_have_their_turn() -> None:
    transport, inbox = UdpInTransport("127.0.0.1", 0), Inbox()
    turns = 0

    def received(data: bytes, peer: Peer) -> None:
        inbox(data, peer)
        if len(inbox.peers) == 1:
            asyncio.get_running_loop().call_soon(turn)

    def turn() -> None:
        nonlocal turns
        turns = len(inbox.peers)

    await transport.open(received)
    burst = 2 * MOST_AT_ONCE
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for number in range(burst):
            sender.sendto(bytes([number]), ("127.0.0.1", transport.local_port))
        await eventually(lambda: len(inbox.peers) == burst)
    assert inbox.data == bytes(range(burst))
    assert turns == MOST_AT_ONCE
    await transport.close()


async def test_datagrams_that_come_close_together_are_read_together_and_a_late_one_is_still_heard() -> None:
    transport, inbox = UdpInTransport("127.0.0.1", 0), Inbox()
    turns: list[int] = []

    def received(data: bytes, peer: Peer) -> None:
        inbox(data, peer)
        if not turns or turns[-1]:
            turns.append(0)
            asyncio.get_running_loop().call_soon(ended)

    def ended() -> None:
        turns[-1] = len(inbox.peers)

    await transport.open(received)
    many = 200
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for number in range(many):
            sender.sendto(bytes([number]), ("127.0.0.1", transport.local_port))
            await asyncio.sleep(0)
        await eventually(lambda: len(inbox.peers) == many)
        assert inbox.data == bytes(range(many))
        assert len(turns) < many / 2
        await asyncio.sleep(3 * GATHER_S)
        sender.sendto(b"\xff", ("127.0.0.1", transport.local_port))
        await eventually(lambda: inbox.data[-1:] == b"\xff")
    await transport.close()


def _holds(heard: list[bytes], count: int) -> bool:
    return len(heard) == count


async def _hears_on_after_a_mistake(transport: Transport, speak: Callable[[bytes], object]) -> None:
    """Let who takes what comes fall at every second piece, and see that the medium neither ends nor grows deaf."""
    heard: list[bytes] = []
    told: list[object] = []

    def received(data: bytes, peer: Peer) -> None:
        del peer
        heard.append(data)
        if len(heard) % 2:
            raise RuntimeError("nobody thought of this")

    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["exception"]))
    await transport.open(received)
    broken = asyncio.ensure_future(transport.broken())
    for number in range(6):
        speak(bytes([65 + number]))
        await eventually(partial(_holds, heard, number + 1))
    assert b"".join(heard) == b"ABCDEF"
    assert len(told) == 3
    assert not broken.done()
    broken.cancel()
    await transport.close()


async def test_a_mistake_of_who_takes_what_comes_ends_no_tcp_connection(tcp_echo: int) -> None:
    transport = TcpTransport("127.0.0.1", tcp_echo)
    await _hears_on_after_a_mistake(transport, lambda data: transport.send(data, None))


async def test_a_mistake_of_who_takes_what_comes_ends_no_udp_link(udp_echo: int) -> None:
    transport = UdpOutTransport("127.0.0.1", udp_echo)
    await _hears_on_after_a_mistake(transport, lambda data: transport.send(data, None))


async def test_a_mistake_of_who_takes_what_comes_ends_no_udp_port() -> None:
    transport = UdpInTransport("127.0.0.1", 0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as aircraft:
        await _hears_on_after_a_mistake(
            transport, lambda data: aircraft.sendto(data, ("127.0.0.1", transport.local_port))
        )


async def test_a_mistake_of_who_takes_what_comes_ends_no_serial_line() -> None:
    master, slave = pty.openpty()
    await _hears_on_after_a_mistake(SerialTransport(os.ttyname(slave), 57_600), lambda data: os.write(master, data))
    os.close(master)


@pytest.mark.parametrize("well", [0, 20])
async def test_a_mistake_of_who_takes_a_datagram_does_not_make_the_port_deaf(well: int) -> None:
    """The event loop calls a reader that fell again; one that gathers, after some that went well, must see to it."""
    heard: list[bytes] = []
    told: list[object] = []

    def received(data: bytes, peer: Peer) -> None:
        del peer
        heard.append(data)
        if len(heard) > well:
            raise RuntimeError("nobody thought of this datagram")

    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["exception"]))
    transport = UdpInTransport("127.0.0.1", 0)
    await transport.open(received)
    many = 40
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for number in range(many):
            sender.sendto(bytes([number]), ("127.0.0.1", transport.local_port))
            await asyncio.sleep(0)
        await eventually(lambda: len(heard) == many)
        await asyncio.sleep(3 * GATHER_S)
        sender.sendto(b"late", ("127.0.0.1", transport.local_port))
        await eventually(lambda: heard[-1] == b"late")
    assert heard == [*(bytes([number]) for number in range(many)), b"late"]
    assert len(told) == many + 1 - well
    await transport.close()


async def test_a_port_that_is_gathering_datagrams_can_be_closed() -> None:
    transport, inbox = UdpInTransport("127.0.0.1", 0), Inbox()
    await transport.open(inbox)
    port = transport.local_port
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for _ in range(20):
            sender.sendto(b"x", ("127.0.0.1", port))
            await asyncio.sleep(0)
        await eventually(lambda: len(inbox.peers) > 0)
        await transport.close()
        heard = len(inbox.peers)
        await asyncio.sleep(3 * GATHER_S)
    assert len(inbox.peers) == heard
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as next_one:
        next_one.bind(("127.0.0.1", port))
        assert next_one.getsockname()[1] == port


async def test_an_address_that_cannot_be_sent_to_breaks_no_port_that_others_use() -> None:
    transport, inbox = UdpInTransport("127.0.0.1", 0), Inbox()
    await transport.open(inbox)
    assert not transport.send(b"x", ("127.0.0.1", 0))
    assert not transport.send(b"x" * 70_000, ("127.0.0.1", 9))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"still here", ("127.0.0.1", transport.local_port))
        assert await inbox.wait() == b"still here"
    await transport.close()
    await transport.close()
    assert not transport.send(b"x", ("127.0.0.1", 9))
