"""The HTTP application of the flight core's own page: its state, and the four orders that make an aircraft safer.

Who may: somebody signed in at the desk who may fly, known by the same cookie, from this page or the desk's page; or who
has the station code. Nothing here reads or writes a disk.
"""

import asyncio
import base64
import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from fleet.error_kinds import status_of
from fleet.errors import (
    BadInputError,
    FleetError,
    ForbiddenError,
    TooLargeError,
    UnauthenticatedError,
    UnconfirmedError,
)
from fleet.ids import CommandId, VehicleId
from fleet.places import prove_place
from fleet.realm import Realm
from fleet.text import Text
from ground_station.flight.core import FlightCore
from ground_station.flight.order import Beat, Heard, Order
from ground_station.flight.page.code import CodeDoor
from ground_station.flight.page.view import command_view, page_state
from ground_station.flight.vehicles.flight_command import Action, FlightCommand

_log = structlog.get_logger(__name__)

_PAGE = Path(__file__).parent / "page.html"
_MOST_BODY_BYTES = 4096
_BY_CODE = Text("局の番号", "station code")

Handler = Callable[[Request], Awaitable[Response]]


class HeardBody(msgspec.Struct, frozen=True, kw_only=True):
    """The last beat that the page heard, and its own elapsed time since, s."""

    boot_id: str
    stamp_s: float
    elapsed_s: float


class OrderBody(msgspec.Struct, frozen=True, kw_only=True):
    """One order; `vehicle_id` is None for all that fly or may fly (sky clear, which is recall)."""

    id: Annotated[str, msgspec.Meta(min_length=1)]
    action: Literal["hold", "recall", "land"]
    heard: HeardBody
    vehicle_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDoor:
    """Who may come in, and from where: `desk_port` is the port of the desk's pages on the same host."""

    realm: Realm
    cookie: str
    code: CodeDoor
    desk_port: int


def create_app(core: FlightCore, door: PageDoor) -> Starlette:
    """Return the application."""
    page = _Page(core, door)
    return Starlette(
        routes=[
            Route("/", page.home, methods=["GET"]),
            Route("/flight", page.show, methods=["GET"]),
            Route("/flight/state", page.guarded(page.state), methods=["GET", "OPTIONS"]),
            Route("/flight/orders", page.guarded(page.order), methods=["POST", "OPTIONS"]),
        ]
    )


class _Page:
    def __init__(self, core: FlightCore, door: PageDoor) -> None:
        self._core = core
        self._door = door
        self._html = _PAGE.read_text(encoding="utf-8")

    async def home(self, request: Request) -> Response:
        """Lead to the page."""
        del request
        return RedirectResponse("/flight")

    async def show(self, request: Request) -> Response:
        """Return the page; it loads nothing else."""
        del request
        return Response(self._html, media_type="text/html; charset=utf-8", headers=page_headers(self._html))

    def guarded(self, handler: Handler) -> Handler:
        """Return a handler that answers the desk's page too, and every error in words."""

        async def answer(request: Request) -> Response:
            allowed = self._allowed_origin(request)
            try:
                if request.method == "OPTIONS":
                    response = Response(status_code=204)
                else:
                    response = await handler(request)
            except FleetError as error:
                response = _problem(error)
            response.headers["Cache-Control"] = "no-store"
            response.headers["Vary"] = "Origin"
            if allowed is not None:
                response.headers["Access-Control-Allow-Origin"] = allowed
                response.headers["Access-Control-Allow-Credentials"] = "true"
                response.headers["Access-Control-Allow-Headers"] = "content-type, authorization"
                response.headers["Access-Control-Allow-Methods"] = "GET, POST"
                response.headers["Access-Control-Max-Age"] = "600"
            return response

        return answer

    async def state(self, request: Request) -> Response:
        """Return the beat, the aircraft, the last commands and the alarms."""
        self._who(request)
        return JSONResponse(page_state(self._core.whole_report(), self._door.realm))

    async def order(self, request: Request) -> Response:
        """Give an order to one aircraft, or recall all whose motors may run; each answers for itself."""
        author = self._who(request)
        body = await _body(request)
        if body.vehicle_id is not None:
            given = await self._core.begin(_order(body, VehicleId(body.vehicle_id), body.id, author))
            return JSONResponse(command_view(given), status_code=202)
        flying = [state.vehicle_id for state in self._core.station.states() if state.may_be_armed]
        orders = [_order(body, vehicle_id, f"{body.id}-{vehicle_id}", author) for vehicle_id in flying]
        answers = await asyncio.gather(*(self._core.begin(order) for order in orders), return_exceptions=True)
        return JSONResponse([_answer(vehicle, answer) for vehicle, answer in zip(flying, answers, strict=True)], 202)

    def _who(self, request: Request) -> str:
        """Return who asks, for the record; raises UnauthenticatedError, ForbiddenError or TooManyError."""
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "code":
            self._door.code.require(given, request.client.host if request.client else "")
            prove_place(request.scope, "code")
            return _BY_CODE.ja
        session = self._core.sessions.who(request.cookies.get(self._door.cookie))
        if session is None:
            raise UnauthenticatedError(
                Text("ログインしていません", "nobody is signed in"),
                Text("局の番号を入れるか、運航の画面でログインしてください", "enter the station code, or sign in"),
            )
        if request.method != "GET" and not self._from_a_page(request):
            raise ForbiddenError(Text("ほかのサイトからの操作は受け付けません", "orders from another site are refused"))
        prove_place(request.scope, session.token_digest)
        return session.person

    def _from_a_page(self, request: Request) -> bool:
        origin = request.headers.get("origin")
        if origin is None:
            return False
        try:
            here = urlsplit(origin).netloc == request.headers.get("host")
        except ValueError:
            return False
        return here or self._allowed_origin(request) == origin

    def _allowed_origin(self, request: Request) -> str | None:
        """Return the origin of the request if it is just the desk's on this host."""
        origin = request.headers.get("origin")
        if origin is None:
            return None
        try:
            asking, here = urlsplit(origin), urlsplit(f"//{request.headers.get('host', '')}")
            same = asking.hostname == here.hostname and asking.port == self._door.desk_port
        except ValueError:
            return None
        return origin if same and asking.scheme in {"http", "https"} else None


def page_headers(html: str) -> dict[str, str]:
    """Return the headers of a page that loads nothing, whose one script and one style are known by their hashes."""
    scripts, styles = _hashes(html, "script"), _hashes(html, "style")
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; script-src {scripts}; style-src {styles}; connect-src 'self'; img-src data:; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-cache",
    }


def _hashes(html: str, tag: str) -> str:
    parts = [part.split(f"</{tag}>", 1)[0] for part in html.split(f"<{tag}>")[1:]]
    digests = [base64.b64encode(hashlib.sha256(part.encode()).digest()).decode() for part in parts]
    return " ".join(f"'sha256-{digest}'" for digest in digests) or "'none'"


async def _body(request: Request) -> OrderBody:
    content = b""
    async for part in request.stream():
        content += part
        if len(content) > _MOST_BODY_BYTES:
            raise TooLargeError(Text("送られたデータが大きすぎます", "too much was sent"))
    try:
        return msgspec.json.decode(content, type=OrderBody)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise BadInputError(
            Text(f"指示が読めません: {error}", f"the order cannot be read: {error}"),
            Text("画面を読み込み直してください", "reload the page"),
        ) from error


def _order(body: OrderBody, vehicle_id: VehicleId, command_id: str, author: str) -> Order:
    heard = Heard(beat=Beat(boot_id=body.heard.boot_id, stamp_s=body.heard.stamp_s), elapsed_s=body.heard.elapsed_s)
    action = Action.RECALL if body.vehicle_id is None else Action(body.action)
    return Order(id=CommandId(command_id), vehicle_id=vehicle_id, action=action, author=author, heard=heard)


def _answer(vehicle_id: VehicleId, answer: FlightCommand | BaseException) -> dict[str, Any]:
    if isinstance(answer, FlightCommand):
        return {"vehicle_id": vehicle_id, "command": command_view(answer), "problem": None, "cure": None}
    if not isinstance(answer, FleetError):
        # The others' answers must still be told; nobody knows what became of this one.
        _log.error("an order of the page fell", vehicle=vehicle_id, exc_info=answer)
        answer = UnconfirmedError(
            Text("地上局の処理が思わぬ誤りで止まりました", "the station's work on it ended by an unforeseen error"),
            Text("機体の今の様子を見て、もう一度押してください", "look what the aircraft does, then press again"),
        )
    cure = None if answer.cure is None else answer.cure.as_dict()
    return {"vehicle_id": vehicle_id, "command": None, "problem": answer.what.as_dict(), "cure": cure}


def _problem(error: FleetError) -> Response:
    status = status_of(error)
    body = {
        "type": f"urn:kakehashi:problem:{error.code}",
        "title": error.what.en,
        "status": status,
        "detail": error.what.ja,
        "code": error.code,
        "what": error.what.as_dict(),
        "cure": None if error.cure is None else error.cure.as_dict(),
    }
    return Response(json.dumps(body, ensure_ascii=False), status, media_type="application/problem+json")
