"""The WebSocket `/api/live`: one a page; ends when the session ends."""

import asyncio
import contextlib

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from starlette.concurrency import run_in_threadpool

from fleet.roles import Permission
from portal.accounts import Session
from portal.guard import session_of
from portal.live_hub import LiveHub
from portal.origin import same_origin

_RECHECK_S = 20.0
_SEND_DEADLINE_S = 20.0
_CLOSE_UNAUTHENTICATED = 4401
_CLOSE_FORBIDDEN = 4403


def live_router(hub: LiveHub) -> APIRouter:
    """Return the route of live state."""
    router = APIRouter()

    @router.websocket("/api/live")
    async def live(socket: WebSocket, cursor: int | None = None) -> None:
        if not same_origin(socket):
            await socket.close(_CLOSE_FORBIDDEN)
            return
        if not _may_see(await run_in_threadpool(session_of, socket)):
            await socket.accept()
            await socket.close(_CLOSE_UNAUTHENTICATED)
            return
        await socket.accept()
        tasks = [
            asyncio.create_task(_send(socket, hub, cursor)),
            asyncio.create_task(_watch_session(socket)),
            asyncio.create_task(_drain(socket)),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await socket.close(_CLOSE_UNAUTHENTICATED)

    return router


def _may_see(session: Session | None) -> bool:
    return session is not None and Permission.SEE in session.person.permissions


async def _send(socket: WebSocket, hub: LiveHub, cursor: int | None) -> None:
    async for message in hub.messages(cursor):
        async with asyncio.timeout(_SEND_DEADLINE_S):
            await socket.send_text(message.decode())


async def _watch_session(socket: WebSocket) -> None:
    while True:
        await asyncio.sleep(_RECHECK_S)
        if not _may_see(await run_in_threadpool(session_of, socket)):
            return


async def _drain(socket: WebSocket) -> None:
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            await socket.receive_text()
