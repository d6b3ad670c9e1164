"""Uses a service as its page does: over HTTP and the live WebSocket, signed in, with no access of its own."""

import asyncio
import json
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from fleet.errors import ExpiredError, RefusedError, UnavailableError
from fleet.text import Text
from portal.live import apply_patch

_PATCH_LIMIT_BYTES = 16 * 1024 * 1024


class PageClient:
    """One signed-in page. `state` follows the live state; `until` waits for something to be seen in it."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._http = httpx.AsyncClient(base_url=address, timeout=40.0, trust_env=False)
        self._changed = asyncio.Condition()
        self._following: asyncio.Task[None] | None = None
        self.state: dict[str, Any] = {}

    async def __aenter__(self) -> Self:
        """Open the client."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop following and close."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
        await self._http.aclose()

    async def set_up(self, token: str, name: str, password: str) -> None:
        """Become the first administrator through the one-time link, and follow the live state."""
        self._begin(await self.post("/api/setup", {"token": token, "name": name, "password": password}))

    async def sign_in(self, name: str, password: str) -> None:
        """Sign in, and follow the live state; raises RefusedError."""
        self._begin(await self.post("/api/session", {"name": name, "password": password}))

    def _begin(self, session: dict[str, Any]) -> None:
        self._http.headers["X-CSRF-Token"] = str(session["csrf_token"])
        self._following = asyncio.create_task(self._follow())

    async def get(self, path: str) -> Any:
        """Return what a GET answers; raises RefusedError with the service's own words."""
        return await self._ask("GET", path, None)

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        """Return what a POST answers; raises RefusedError with the service's own words."""
        return await self._ask("POST", path, body)

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        try:
            answer = await self._http.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise UnavailableError(
                Text(f"{self._address} が答えません: {error}", f"{self._address} does not answer: {error}"),
                Text("kakehashi doctor で調べてください", "run `kakehashi doctor`"),
            ) from error
        if answer.is_success:
            return answer.json() if answer.content else None
        raise _problem(answer)

    async def until(self, seen: Callable[[dict[str, Any]], bool], *, within_s: float, what: Text) -> dict[str, Any]:
        """Return the live state once `seen` is true of it; raises ExpiredError naming `what` otherwise."""
        try:
            async with asyncio.timeout(within_s), self._changed:
                while not seen(self.state):
                    await self._changed.wait()
        except TimeoutError as error:
            raise ExpiredError(
                Text(f"{within_s:.0f} 秒待っても {what.ja}", f"after {within_s:.0f} s {what.en}"),
                Text("画面と kakehashi doctor で原因を調べてください", "look at the pages and run `kakehashi doctor`"),
            ) from error
        return self.state

    async def _follow(self) -> None:
        url = self._address.replace("http://", "ws://", 1) + "/api/live"
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._http.cookies.jar)
        cursor: int | None = None
        while True:
            try:
                address = url if cursor is None else f"{url}?cursor={cursor}"
                async with connect(
                    address, additional_headers={"Cookie": cookies}, proxy=None, max_size=_PATCH_LIMIT_BYTES
                ) as socket:
                    async for message in socket:
                        cursor = await self._take(json.loads(message))
            except (OSError, WebSocketException):
                await asyncio.sleep(0.5)

    async def _take(self, message: dict[str, Any]) -> int:
        async with self._changed:
            if message["type"] == "snapshot":
                self.state = message["state"]
            elif message["type"] == "delta":
                self.state = apply_patch(self.state, message["patch"])
            self._changed.notify_all()
        return int(message["cursor"])


def _problem(answer: httpx.Response) -> RefusedError:
    if not answer.headers.get("content-type", "").startswith("application/problem+json"):
        status = answer.status_code
        return RefusedError(Text(f"サービスの答えが {status} でした", f"the service answered {status}"), status=status)
    problem = answer.json()
    cure = problem.get("cure")
    return RefusedError(Text(**problem["what"]), None if cure is None else Text(**cure), status=answer.status_code)
