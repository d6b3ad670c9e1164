"""The bad radio between two real sockets on loopback."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymavlink.dialects.v20 import ardupilotmega as dialect

from sim.fault_channel import Faults
from sim.fault_proxy import FrameCutter, TcpFaultProxy, UdpFaultProxy

CODEC = dialect.MAVLink(None, srcSystem=1, srcComponent=1)
BEAT = bytes(dialect.MAVLink_heartbeat_message(2, 3, 81, 0, 3, 3).pack(CODEC))
CLEAN = Faults()


@asynccontextmanager
async def _echo() -> AsyncIterator[tuple[str, int]]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(4096):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[:2]


async def _read_some(reader: asyncio.StreamReader, size: int, within_s: float = 5.0) -> bytes:
    async with asyncio.timeout(within_s):
        return await reader.readexactly(size)


@given(st.lists(st.integers(1, 60), max_size=20), st.binary(max_size=30))
def test_a_stream_is_cut_into_its_frames_however_it_arrives(cuts: list[int], noise: bytes) -> None:
    noise = noise.replace(b"\xfe", b"").replace(b"\xfd", b"")
    stream = noise + BEAT * 5
    cutter = FrameCutter()
    found: list[bytes] = []
    for cut in cuts:
        found += cutter.feed(stream[:cut])
        stream = stream[cut:]
    found += cutter.feed(stream)
    assert b"".join(found) == noise + BEAT * 5
    assert found.count(BEAT) == 5


async def test_tcp_goes_through_both_ways_and_ends_on_both_sides() -> None:
    async with _echo() as target, TcpFaultProxy(target=target, up=CLEAN, down=CLEAN, seed=1) as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(BEAT * 3)
        assert await _read_some(reader, 3 * len(BEAT)) == BEAT * 3
        writer.write_eof()
        async with asyncio.timeout(5.0):
            with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                await reader.readexactly(1)


async def test_tcp_loss_takes_whole_frames() -> None:
    async with _echo() as target, TcpFaultProxy(target=target, up=Faults(loss=0.5), down=CLEAN, seed=1) as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(BEAT * 400)
        await asyncio.sleep(0.0)
        got = await _read_some(reader, 100 * len(BEAT))
        assert got == BEAT * 100
        writer.close()


async def test_a_frozen_proxy_holds_everything_back_and_lets_it_go() -> None:
    async with _echo() as target, TcpFaultProxy(target=target, up=CLEAN, down=CLEAN, seed=1) as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        proxy.freeze(frozen=True)
        writer.write(BEAT)
        with pytest.raises(TimeoutError):
            await _read_some(reader, 1, within_s=0.3)
        proxy.freeze(frozen=False)
        assert await _read_some(reader, len(BEAT)) == BEAT
        writer.close()


async def test_delay_and_rate_take_their_time() -> None:
    loop = asyncio.get_running_loop()
    up = Faults(delay_s=0.2, rate_bytes_s=10.0 * len(BEAT))
    async with _echo() as target, TcpFaultProxy(target=target, up=up, down=CLEAN, seed=1) as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        began_s = loop.time()
        writer.write(BEAT * 5)
        await _read_some(reader, 5 * len(BEAT))
        assert loop.time() - began_s >= 0.2 + 0.5 - 0.01
        writer.close()


async def test_a_target_that_is_not_there_ends_the_connection() -> None:
    async with _echo() as target:
        pass
    async with TcpFaultProxy(target=target, up=CLEAN, down=CLEAN, seed=1) as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        async with asyncio.timeout(5.0):
            with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                await reader.readexactly(1)
        writer.close()


@dataclass
class Socket(asyncio.DatagramProtocol):
    heard: list[bytes] = field(default_factory=list)
    echoes: bool = False
    transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        self.heard.append(data)
        if self.echoes and self.transport is not None:
            self.transport.sendto(data, addr)


async def test_udp_goes_through_both_ways_with_loss_in_one() -> None:
    loop = asyncio.get_running_loop()
    far, far_end = await loop.create_datagram_endpoint(lambda: Socket(echoes=True), local_addr=("127.0.0.1", 0))
    target = far.get_extra_info("sockname")[:2]
    async with UdpFaultProxy(target=target, up=CLEAN, down=Faults(loss=0.5), seed=1) as proxy:
        near, near_end = await loop.create_datagram_endpoint(Socket, remote_addr=("127.0.0.1", proxy.port))
        for _ in range(200):
            near.sendto(BEAT)
            await asyncio.sleep(0.001)
        for _ in range(100):
            if len(far_end.heard) == 200:
                break
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.1)
        assert len(far_end.heard) == 200
        assert 60 <= len(near_end.heard) <= 140
        near.close()
    far.close()
