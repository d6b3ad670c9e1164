"""A name that nobody answers for is waited for by its own link alone."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from ground_station.flight.links import names
from ground_station.flight.links.names import HostName
from ground_station.flight.links.tcp import TcpTransport
from ground_station.flight.links.transport import Peer, Transport
from ground_station.flight.links.udp_in import UdpInTransport
from ground_station.flight.links.udp_out import UdpOutTransport
from tests.ground_station.flight.aircraft import eventually

MORE_THAN_THE_LOOP_HAS = 40


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Have a name server that answers for no name ending in .silent; give the names it was asked for."""
    really, over, asked = socket.getaddrinfo, threading.Event(), list[str]()

    def ask(host: str, port: int, **how: int) -> Any:
        if host.endswith(".silent") and not how["flags"] & socket.AI_NUMERICHOST:
            asked.append(host)
            over.wait()
            raise socket.gaierror(socket.EAI_AGAIN, "nobody answers")
        return really(host, port, **how)

    monkeypatch.setattr(socket, "getaddrinfo", ask)
    yield asked
    over.set()


def _nobody(data: bytes, peer: Peer) -> None:
    del data, peer


async def _opens(transport: Transport) -> None:
    async with asyncio.timeout(2.0):
        await transport.open(_nobody)
    await transport.close()


async def test_links_with_an_address_open_while_all_names_hang(asked: list[str]) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    kinds = (TcpTransport, UdpOutTransport, UdpInTransport)
    waiting = [
        asyncio.create_task(kinds[number % 3](f"a{number}.silent", 14_550).open(_nobody))
        for number in range(MORE_THAN_THE_LOOP_HAS)
    ]
    await eventually(lambda: len(asked) == MORE_THAN_THE_LOOP_HAS)
    await _opens(UdpInTransport("127.0.0.1", 0))
    await _opens(UdpOutTransport("127.0.0.1", 9))
    await _opens(TcpTransport("127.0.0.1", port))
    async with asyncio.timeout(2.0):
        assert await asyncio.to_thread(threading.current_thread) is not threading.current_thread()
    assert not any(task.done() for task in waiting)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    server.close()


async def test_a_name_that_hangs_is_given_up_and_asked_for_once(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "SEARCH_S", 0.05)
    name = HostName("one.silent", 14_550, socket.SOCK_DGRAM)
    for _ in range(3):
        with pytest.raises(TimeoutError, match=r"one\.silent"):
            await name.addresses()
    assert asked == ["one.silent"]


async def test_a_name_is_found_and_asked_for_anew_each_time() -> None:
    name = HostName("localhost", 14_550, socket.SOCK_DGRAM)
    for _ in range(2):
        assert (socket.AF_INET, ("127.0.0.1", 14_550)) in await name.addresses()


async def test_a_connection_goes_to_whichever_address_of_a_name_takes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []

    def take(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken.append(writer.get_extra_info("sockname")[0])
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    transport = TcpTransport("vehicle.test", port)
    really = socket.getaddrinfo

    def ask(host: str, *more: Any, **others: Any) -> Any:
        if host != "vehicle.test":
            return really(host, *more, **others)
        if others.get("flags", 0) & socket.AI_NUMERICHOST:
            raise socket.gaierror(socket.EAI_NONAME, "no address")
        return [*really("127.0.0.2", *more, **others), *really("127.0.0.1", *more, **others)]

    monkeypatch.setattr(socket, "getaddrinfo", ask)
    await _opens(transport)
    await eventually(lambda: taken)
    assert taken == ["127.0.0.1"]
    server.close()
