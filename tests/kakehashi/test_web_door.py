"""The door of every HTTP service: how long each may take, and who makes room; over a plain app, without portal."""

import asyncio
from typing import Any

import pytest

from fleet.errors import UnavailableError
from fleet.listening_socket import listening_sockets
from kakehashi import web_server
from kakehashi.web_door import DoorTimes
from kakehashi.web_server import QuietServer, WebServer
from tests.kakehashi.door_client import COOKIE, SMALL, WEBSOCKET, doorway

TIMES = DoorTimes()
POST = "POST /body HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n"


async def test_a_head_that_never_ends_is_closed_in_time_whatever_trickles_in() -> None:
    async with doorway() as way:
        slow, silent = await way.call(), await way.call()
        await slow.say("GET / HTTP/1.1\r\n")
        await way.pass_time(TIMES.head_s - 1.0)
        assert not await slow.is_closed()
        await slow.say("x-slow: 1\r\n")
        await way.pass_time(1.0)
        assert await slow.is_closed()
        assert await silent.is_closed()


async def test_between_two_requests_a_stranger_has_less_time_than_who_is_signed_in() -> None:
    async with doorway() as way:
        stranger, operator = await way.call(), await way.call()
        await stranger.ask()
        await operator.ask(headers=COOKIE)
        await way.pass_time(TIMES.idle_s - 1.0)
        assert b"200" in await stranger.ask()
        await way.pass_time(TIMES.idle_s)
        assert await stranger.is_closed()
        assert b"200" in await operator.ask(headers=COOKIE)
        await way.pass_time(TIMES.idle_proved_s - 1.0)
        assert b"200" in await operator.ask(headers=COOKIE)
        await way.pass_time(TIMES.idle_proved_s)
        assert await operator.is_closed()


async def test_the_head_of_a_later_request_has_its_time_too() -> None:
    async with doorway() as way:
        operator = await way.call()
        await operator.ask(headers=COOKIE)
        await operator.say("GET / HT")
        await way.pass_time(TIMES.head_s - 1.0)
        assert not await operator.is_closed()
        await operator.say("TP/1.1\r\n")
        await way.pass_time(1.0)
        assert await operator.is_closed()


async def test_a_body_has_to_come_on() -> None:
    async with doorway() as way:
        halted, slow = await way.call(), await way.call()
        for caller in (halted, slow):
            await caller.say(POST)
            await caller.say(b"x" * 500)
        await way.settle()
        for _ in range(5):
            await slow.say(b"x" * 1500)
            await way.pass_time(TIMES.body_s - 1.0)
        assert await halted.is_closed()
        assert not await slow.is_closed()
        await slow.say(b"x" * 100)
        await way.pass_time(TIMES.body_s)
        assert await slow.is_closed()


async def test_a_body_that_the_app_does_not_read_is_not_its_senders_fault() -> None:
    async with doorway() as way:
        sender = await way.call()
        await sender.say("POST /deaf HTTP/1.1\r\nhost: x\r\ncontent-length: 9000000\r\n\r\n")
        sender.writer.write(b"x" * 8_000_000)
        await way.pass_time(TIMES.body_s + 1.0)
        assert not await sender.is_closed()


async def test_a_request_that_the_app_takes_long_over_is_left_alone() -> None:
    async with doorway() as way:
        waiting = await way.call()
        await waiting.say("GET /never HTTP/1.1\r\nhost: x\r\n\r\n")
        await way.pass_time(3600.0)
        assert not await waiting.is_closed()


async def test_an_answer_has_to_be_taken() -> None:
    async with doorway() as way:
        deaf, slow = await way.call(), await way.call()
        for caller in (deaf, slow):
            await caller.say("GET /long HTTP/1.1\r\nhost: x\r\n\r\n")
        await way.settle()
        assert len(way.door.places) == 2
        await slow.reader.readexactly(10_000_000)
        await way.pass_time(TIMES.answer_s + 1.0)
        assert len(way.door.places) == 1
        await way.pass_time(TIMES.answer_s + 1.0)
        assert len(way.door.places) == 0


async def test_the_rest_of_a_refused_body_is_thrown_away_for_a_while_and_then_the_connection() -> None:
    async with doorway() as way:
        sender = await way.call()
        await sender.say("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100000000\r\n\r\n")
        async with asyncio.timeout(5.0):
            assert (await sender.reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200")
        for _ in range(4):
            await sender.say(b"x" * 1_000_000)
        await way.pass_time(TIMES.rest_s - 1.0)
        assert not await sender.is_closed()
        await sender.say(b"x")
        await way.pass_time(1.0)
        assert await sender.is_closed()


async def test_a_websocket_of_a_stranger_is_closed_and_that_of_who_is_signed_in_stays() -> None:
    async with doorway() as way:
        stranger, operator = await way.call(), await way.call()
        for caller, headers in ((stranger, WEBSOCKET), (operator, WEBSOCKET + COOKIE)):
            await caller.say(f"GET /live HTTP/1.1\r\nhost: x\r\n{headers}\r\n")
            async with asyncio.timeout(5.0):
                assert b"101" in await caller.reader.readuntil(b"\r\n\r\n")
        await way.pass_time(TIMES.socket_s + 1.0)
        assert await stranger.is_closed()
        await way.pass_time(3600.0)
        assert not await operator.is_closed()
        assert len(way.door.places) == 1


async def test_a_closed_connection_gives_its_place_back_also_as_a_websocket() -> None:
    async with doorway() as way:
        for headers in ("", WEBSOCKET, COOKIE, WEBSOCKET + COOKIE):
            caller = await way.call()
            await caller.say(f"GET / HTTP/1.1\r\nhost: x\r\n{headers}\r\n")
            await way.settle()
            assert len(way.door.places) == 1
            caller.writer.transport.abort()
            await way.settle()
            assert len(way.door.places) == 0


@pytest.mark.parametrize("crowd", ["silent", "slow heads", "slow bodies", "websockets", "answered"])
async def test_whatever_strangers_do_an_operator_is_answered_and_keeps_what_is_open(crowd: str) -> None:
    first = {
        "silent": "",
        "slow heads": "GET / HTTP/1.1\r\nx: ",
        "slow bodies": "POST /body HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nx",
        "websockets": f"GET /live HTTP/1.1\r\nhost: x\r\n{WEBSOCKET}\r\n",
        "answered": "GET / HTTP/1.1\r\nhost: x\r\n\r\n",
    }[crowd]
    async with doorway() as way:
        page, live = await way.call(), await way.call()
        await page.ask(headers=COOKIE)
        await live.say(f"GET /live HTTP/1.1\r\nhost: x\r\n{WEBSOCKET}{COOKIE}\r\n")
        for _ in range(150):
            await (await way.call()).say(first)
        await way.settle()
        assert way.door.places.strangers <= SMALL.per_address
        assert b"200" in await page.ask(headers=COOKIE)
        assert not await live.is_closed()
        assert b"200" in await (await way.call()).ask(headers=COOKIE)


async def test_garbage_is_answered_and_its_connection_closed() -> None:
    async with doorway() as way:
        caller = await way.call()
        await caller.say(b"\x00\x01\x02\r\n\r\n")
        assert await caller.is_closed()
        assert len(way.door.places) == 0


async def test_requests_sent_in_one_go_are_all_answered() -> None:
    async with doorway() as way:
        caller = await way.call()
        await caller.say("GET / HTTP/1.1\r\nhost: x\r\n\r\n" * 5)
        async with asyncio.timeout(5.0):
            for _ in range(5):
                assert (await caller.reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200")


async def test_a_port_that_is_taken_is_named() -> None:
    async with doorway() as way:
        with pytest.raises(UnavailableError, match=str(way.port)):
            await WebServer(lambda *_: asyncio.sleep(0), "127.0.0.1", way.port).__aenter__()


async def _never(*_: Any, **__: Any) -> None:
    await asyncio.Event().wait()


async def test_a_server_that_does_not_start_gives_its_port_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_server, "_START_DEADLINE_S", 0.05)
    monkeypatch.setattr(QuietServer, "startup", _never)
    server = WebServer(_never, "127.0.0.1", 0)
    with pytest.raises(UnavailableError):
        await server.__aenter__()
    port = int(server.address.rpartition(":")[2])
    for one in listening_sockets("127.0.0.1", port):
        one.close()
    assert server._task is not None
    assert server._task.done()
