"""Serves an ASGI app with uvicorn inside a running event loop, behind our door, without taking over signals."""

import asyncio
import contextlib
import math
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import uvicorn

from fleet.errors import UnavailableError
from fleet.listening_socket import listening_sockets
from fleet.places import PlaceLimits
from fleet.text import Text
from kakehashi.descriptors import descriptor_limit, web_places
from kakehashi.web_door import Door, DoorTimes
from kakehashi.web_protocols import DoorConfig

_START_DEADLINE_S = 10.0
_ACCEPTED_AT_ONCE = 8
"""So few, because whoever is inside waits for them: a request takes some ten turns of the loop."""
_TICKS_A_LOOK = 2


class QuietServer(uvicorn.Server):
    """uvicorn without its own signal handlers: the composition root decides when to stop."""

    def __init__(self, config: DoorConfig) -> None:
        super().__init__(config)
        self._door = config.door

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second: return whether to stop, and now and then close who is overdue."""
        if counter % _TICKS_A_LOOK == 0:
            self._door.close_overdue()
        return await super().on_tick(counter)


class WebServer:
    """One app on one port, FastAPI or any other ASGI app; an async context manager.

    How many may be connected follows from the descriptors that this process may have, unless `limits` says so. Port 0
    takes a free one; read `address` once it serves.
    """

    def __init__(
        self,
        app: Callable[..., Awaitable[Any]],
        host: str,
        port: int,
        *,
        limits: PlaceLimits | None = None,
        times: DoorTimes | None = None,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.door = Door(limits or web_places(descriptor_limit()), times, now_s)
        self._server = QuietServer(
            DoorConfig(
                app,
                self.door,
                host=host,
                port=port,
                log_config=None,
                access_log=False,
                lifespan="off",
                ws_max_size=64 * 1024,
                timeout_keep_alive=math.ceil(self.door.times.idle_proved_s),
                timeout_graceful_shutdown=2,
                server_header=False,
                backlog=_ACCEPTED_AT_ONCE,
            )
        )
        self._host, self._port = host, port
        self._task: asyncio.Task[None] | None = None
        self.address = f"http://{host}:{port}"

    async def __aenter__(self) -> "WebServer":
        """Start serving; raises UnavailableError if the port cannot be had."""
        sockets = await asyncio.to_thread(self._bind)
        self.address = f"http://{self._host}:{sockets[0].getsockname()[1]}"
        self._task = asyncio.create_task(self._server.serve(sockets))
        try:
            async with asyncio.timeout(_START_DEADLINE_S):
                while not self._server.started:
                    if self._task.done():
                        raise self._no_start()
                    await asyncio.sleep(0.02)
        except TimeoutError as error:
            raise self._no_start() from error
        finally:
            if not self._server.started:
                await self._give_up(self._task, sockets)
        return self

    async def _give_up(self, serving: "asyncio.Task[None]", sockets: list[socket.socket]) -> None:
        """Give the port back: else the next start would find it taken, by a server that nobody has."""
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        for each in sockets:
            each.close()

    def _bind(self) -> list[socket.socket]:
        try:
            return listening_sockets(self._host, self._port)
        except OSError as error:
            raise self._no_start() from error

    def _no_start(self) -> UnavailableError:
        return UnavailableError(
            Text(f"{self.address} を開けません", f"cannot serve {self.address}"),
            Text("ポートが空いているか確認してください", "check that the port is free"),
        )

    async def ended(self) -> None:
        """Wait until it serves no more, by itself."""
        if self._task is not None:
            await asyncio.wait({self._task})

    async def __aexit__(self, *_: object) -> None:
        """Stop serving and wait for open requests, two seconds at most."""
        self._server.should_exit = True
        if self._task is not None:
            with contextlib.suppress(asyncio.CancelledError, SystemExit):
                await self._task
