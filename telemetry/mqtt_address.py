"""Where a broker is and how to sign in; shared by the station's and the office's MQTT tasks."""

import asyncio
import math
import secrets
from collections.abc import AsyncIterator, Awaitable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import aiomqtt

from fleet.errors import FleetError
from fleet.text import Text
from telemetry.ca_file import CaFile

KEEP_ALIVE_S = 15
CANCEL_AGAIN_S = 2.0

T = TypeVar("T")


class Client(aiomqtt.Client):
    """A client whose waits hear a cancellation that comes together with what they wait for.

    aiomqtt waits with `asyncio.wait_for`, which before Python 3.12 forgets such a one (cpython issue 86296): the task
    that was to end goes on, and whoever waits for its end waits for ever.
    """

    async def _wait_for(self, fut: Awaitable[T], timeout: float | None) -> T:  # noqa: ASYNC109
        limit_s = self.timeout if timeout is None else timeout
        try:
            async with asyncio.timeout(None if limit_s == math.inf else limit_s):
                return await fut
        except TimeoutError:
            message = "Operation timed out"
            raise aiomqtt.MqttError(message) from None


class UntrustedError(aiomqtt.MqttError):
    """No connection is tried: whom to trust cannot be read. `what` says why, for people."""

    def __init__(self, what: Text) -> None:
        super().__init__(what.en)
        self.what = what


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttAddress:
    """A broker and the device that signs in to it. `ca_file` turns TLS on."""

    host: str
    port: int
    username: str
    password: str
    ca_file: CaFile | None = None

    @asynccontextmanager
    async def connected(self, *, queue_messages: int) -> AsyncIterator[aiomqtt.Client]:
        """Give a connected client with a fresh, unguessable id; past `queue_messages` waiting ones it drops.

        Unguessable, since a client that signs in under another's id pushes that one out (MQTT 3.1.1, 3.1.4). Raises
        aiomqtt.MqttError, UntrustedError where `ca_file` cannot be used.
        """
        try:
            context = None if self.ca_file is None else await self.ca_file.context()
        except FleetError as error:
            raise UntrustedError(error.what) from error
        client = Client(
            self.host,
            self.port,
            username=self.username,
            password=self.password,
            identifier=f"{self.username}-{secrets.token_hex(8)}",
            clean_session=True,
            keepalive=KEEP_ALIVE_S,
            timeout=10.0,
            tls_context=context,
            max_queued_incoming_messages=queue_messages,
        )
        async with client:
            yield client

    def not_reached(self, error: aiomqtt.MqttError, meanwhile: Text) -> Text:
        """Return in words that the broker is not reached, why, and what becomes of the records meanwhile."""
        where = f"{self.host}:{self.port}"
        why_ja = f"（{error.what.ja}）" if isinstance(error, UntrustedError) else ""
        return Text(
            f"中継サーバー {where} につながりません{why_ja}。{meanwhile.ja}",
            f"the broker {where} is not reached ({error}); {meanwhile.en}",
        )


async def until_first_fails(talks: Sequence[Coroutine[None, None, None]]) -> None:
    """Run all until one ends or fails; end the others and raise what it raised.

    Not a TaskGroup, so that the one MqttError arrives plain, which callers branch on, and so that a talk that does not
    hear that it is cancelled is told again.
    """
    tasks = [asyncio.ensure_future(talk) for talk in talks]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await _end(tasks)
    for task in done:
        if not task.cancelled():
            task.result()


async def _end(tasks: Sequence[asyncio.Future[None]]) -> None:
    """Cancel tasks until every one has ended."""
    left = {task for task in tasks if not task.done()}
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=CANCEL_AGAIN_S)
    await asyncio.gather(*tasks, return_exceptions=True)
