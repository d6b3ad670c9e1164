"""One attack on a port, in a process of its own, until it is killed: `python -m tests.attacks.stranger idle 8710`."""

import asyncio
import contextlib
import json
import resource
import sys
from collections import Counter

IDLE = 2000
SLOW = 500
BODIES = 4
SIGN_INS = 200
PIECE = b"10000\r\n" + b"x" * 65536 + b"\r\n"


async def idle(port: int) -> None:
    """Connect and say nothing; once closed, connect again."""
    with contextlib.suppress(OSError):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        with contextlib.closing(writer):
            await reader.read()


async def slow(port: int) -> None:
    """Send a head that never ends, a byte at a time."""
    with contextlib.suppress(OSError):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        with contextlib.closing(writer):
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            while not writer.transport.is_closing():
                writer.write(b"x")
                await asyncio.sleep(0.5)


async def body(port: int) -> None:
    """Send a gigabyte where a name and a password are asked for."""
    with contextlib.suppress(OSError):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        with contextlib.closing(writer):
            writer.write(
                b"POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                b"Transfer-Encoding: chunked\r\n\r\n"
            )
            for _ in range(16_384):
                writer.write(PIECE)
                await writer.drain()


async def sign_in(port: int, body: bytes) -> int:
    """Sign in; return the status."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with contextlib.closing(writer):
        head = f"POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        writer.write(head.encode() + b"\r\n\r\n" + body)
        return int((await reader.readline()).split()[1])


async def sign_in_at_once(port: int, body: bytes) -> dict[int, int]:
    """Sign in two hundred times at once; return how often each status came."""
    return dict(Counter(await asyncio.gather(*(sign_in(port, body) for _ in range(SIGN_INS)))))


ATTACKS = {"idle": (idle, IDLE), "slow": (slow, SLOW), "body": (body, BODIES)}


async def attack(name: str, port: int) -> None:
    """Keep so many of one kind going."""
    one, count = ATTACKS[name]

    async def again() -> None:
        while True:
            await one(port)
            await asyncio.sleep(0.5)

    await asyncio.gather(*(again() for _ in range(count)))


if __name__ == "__main__":
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if sys.argv[1] == "sign-in":
        statuses = asyncio.run(sign_in_at_once(int(sys.argv[2]), sys.argv[3].encode()))
        sys.stdout.write(json.dumps(statuses))
    else:
        asyncio.run(attack(sys.argv[1], int(sys.argv[2])))
