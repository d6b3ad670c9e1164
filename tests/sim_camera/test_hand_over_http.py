import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from sim.camera.hand_over_http import HttpHandOver, Outcome, StationAddress
from sim.camera.spool import HandOver

ABOUT = HandOver(vehicle_id="drone-1", image_index=3, captured_at_s=1_780_000_000.125, file_name="drone-1-00003.jpg")


@dataclass
class Server:
    """A real HTTP/1.1 server on loopback that answers with `status` and keeps what it was sent."""

    status: int = 201
    head: str = ""
    body: bytes = b""
    url: str = ""
    open_writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = dict(line.split(": ", 1) for line in self.head.lower().split("\r\n")[1:] if ": " in line)
        self.body = await reader.readexactly(int(headers["content-length"]))
        writer.write(f"HTTP/1.1 {self.status} X\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}".encode())
        await writer.drain()
        writer.close()

    def fields(self) -> dict[str, bytes]:
        kind = next(line for line in self.head.split("\r\n") if line.lower().startswith("content-type"))
        message = email.message_from_bytes(kind.encode() + b"\r\n\r\n" + self.body, policy=email.policy.HTTP)
        found: dict[str, bytes] = {}
        for part in message.iter_parts():
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            found[str(part.get_param("name", header="content-disposition"))] = content
        return found


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    listener = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    async with listener:
        made.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
        yield made


async def send(server: Server) -> Outcome:
    async with HttpHandOver(StationAddress(url=server.url + "/", device_key="key-1")) as hand_over:
        return await hand_over.send(b"\xff\xd8jpeg", ABOUT)


async def test_the_station_gets_file_fields_and_key(server: Server) -> None:
    assert await send(server) is Outcome.ACCEPTED
    assert server.head.startswith("POST /api/companion/pictures HTTP/1.1")
    assert "authorization: bearer key-1" in server.head.lower()
    assert server.fields() == {
        "file": b"\xff\xd8jpeg",
        "vehicle_id": b"drone-1",
        "image_index": b"3",
        "captured_at": b"1780000000.125",
    }


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (201, Outcome.ACCEPTED),
        (200, Outcome.ACCEPTED),
        (400, Outcome.REFUSED),
        (413, Outcome.REFUSED),
        (415, Outcome.REFUSED),
        (422, Outcome.REFUSED),
        (401, Outcome.LATER),
        (408, Outcome.LATER),
        (429, Outcome.LATER),
        (500, Outcome.LATER),
        (503, Outcome.LATER),
        (302, Outcome.LATER),
    ],
)
async def test_only_a_lasting_refusal_ends_the_trying(server: Server, status: int, outcome: Outcome) -> None:
    server.status = status
    assert await send(server) is outcome


async def test_a_station_that_is_not_there_is_tried_later() -> None:
    async with HttpHandOver(StationAddress(url="http://127.0.0.1:9", device_key="k")) as hand_over:
        assert await hand_over.send(b"x", ABOUT) is Outcome.LATER
