"""A station among strangers, in small: its operator is answered over open connections and over a new one."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import websockets

from fleet.places import PlaceLimits
from kakehashi.web_server import WebServer
from tests.ground_station.api.conftest import Served

IDLE = 600
LIMITS = PlaceLimits.of(400)
ANSWER_WITHIN_S = 10.0


async def test_the_operators_word_is_answered_whoever_stands_at_the_port(served: Served) -> None:
    cookies, csrf = dict(served.founder.client.cookies), served.founder.csrf
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    word = {"id": "a-word-of-the-operator", "action": "recall"}
    async with (
        WebServer(served.app, "127.0.0.1", 0, limits=LIMITS) as server,
        httpx.AsyncClient(base_url=server.address, cookies=cookies, trust_env=False, timeout=ANSWER_WITHIN_S) as page,
        websockets.connect(
            f"{server.address.replace('http', 'ws')}/api/live", additional_headers={"Cookie": cookie}
        ) as live,
    ):
        assert (await page.get("/api/town")).status_code == 200
        port = int(server.address.rpartition(":")[2])
        async with _crowd(port):
            answer = await page.post("/api/vehicles/kakehashi-1/commands", json=word, headers=csrf)
            assert answer.status_code not in (401, 403, 404, 413, 422, 429)
            async with httpx.AsyncClient(base_url=server.address, cookies=cookies, timeout=ANSWER_WITHIN_S) as new:
                assert (await new.get("/api/town")).status_code == 200
            async with asyncio.timeout(ANSWER_WITHIN_S):
                while json.loads(await live.recv())["type"] != "beat":
                    pass
            assert server.door.places.strangers <= LIMITS.per_address
            assert server.door.places.turned_out >= IDLE - LIMITS.per_address


@asynccontextmanager
async def _crowd(port: int) -> AsyncIterator[None]:
    """Connect strangers who say nothing, but for a hundred who send a head that never ends."""
    writers = [(await asyncio.open_connection("127.0.0.1", port))[1] for _ in range(IDLE)]
    drip = asyncio.create_task(_slow_heads(writers[-100:]))
    try:
        yield
    finally:
        drip.cancel()
        await asyncio.gather(drip, return_exceptions=True)
        for writer in writers:
            writer.transport.abort()


async def _slow_heads(writers: list[asyncio.StreamWriter]) -> None:
    for writer in writers:
        writer.write(b"GET / HTTP/1.1\r\nX-Slow: ")
    while True:
        await asyncio.sleep(0.05)
        for writer in writers:
            writer.write(b"x")
