"""What stands before every handler: security headers, same-origin and CSRF checks, size limit, and who is asking."""

import string
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from fleet.error_kinds import status_of
from fleet.errors import FleetError, ForbiddenError, UnauthenticatedError
from fleet.places import prove_place
from fleet.roles import Permission
from fleet.text import Text
from portal.access import Access
from portal.accounts import Person, Session
from portal.body_limits import (
    JSON_BYTES,
    OPEN_BYTES,
    BodyCount,
    BodyLimit,
    FormLimits,
    PlainCount,
    form_count,
    too_large,
)
from portal.openapi import is_open
from portal.origin import same_origin
from portal.problems import problem_response

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A path that takes a form with a file.

    `sender` returns from a request's head the name of the device that sends, or raises FleetError.
    """

    sender: Callable[[Request], str]
    form: FormLimits


UploadPaths = Mapping[str, Upload]

_HOST_CHARACTERS = frozenset(string.ascii_letters + string.digits + ".:-_")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
        "worker-src 'self' blob:; connect-src 'self'{beside}; object-src 'none'; base-uri 'self'; "
        "frame-ancestors 'none'"
    ),
}


def install_guard(
    app: FastAPI,
    *,
    access: Access,
    cookie: str,
    upload_paths: UploadPaths | None = None,
    port_beside: int | None = None,
) -> None:
    """Add the checks that are made before anything of a body is read: a route's own come only after the whole of it.

    Who may not send hears so from the head alone; what they may send is counted while it arrives. `port_beside` is the
    port of a service on the same host that the pages may speak with too.
    """
    app.state.access = access
    app.state.cookie_name = cookie
    uploads = upload_paths or {}

    def count_of(connection: HTTPConnection) -> BodyCount:
        upload = uploads.get(connection.url.path)
        return PlainCount(_most_bytes(connection)) if upload is None else form_count(connection, upload.form)

    app.add_middleware(BodyLimit, count_of=count_of)

    @app.middleware("http")
    async def guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        refusal = await _refusal(request, uploads.get(request.url.path))
        response = refusal if refusal is not None else await call_next(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value.replace("{beside}", _beside(request, port_beside)))
        if request.url.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def _most_bytes(connection: HTTPConnection) -> int:
    known = connection.url.path.startswith("/api/") and not is_open(connection.url.path, connection.scope["method"])
    return JSON_BYTES if known else OPEN_BYTES


async def _refusal(request: Request, upload: Upload | None) -> Response | None:
    """Return what a request's head alone is answered with; None lets it pass.

    The server throws away what is still on its way: to cut it off could lose the answer before it is read.
    """
    if request.method in _SAFE_METHODS:
        return None
    if not same_origin(request):
        what = Text("ほかのサイトからの操作は受け付けません", "changes from another site are refused")
        return problem_response(403, "forbidden", what, None)
    most_bytes = _most_bytes(request) if upload is None else upload.form.total_bytes
    length = request.headers.get("content-length", "0")
    if not length.isdigit() or int(length) > most_bytes:
        refused = too_large(most_bytes)
        return problem_response(413, refused.code, refused.what, refused.cure)
    try:
        if upload is not None:
            prove_place(request.scope, f"device:{upload.sender(request)}")
        elif _most_bytes(request) == JSON_BYTES:
            await run_in_threadpool(signed_in, request)
    except FleetError as error:
        return problem_response(status_of(error), error.code, error.what, error.cure)
    return None


def _beside(request: Request, port: int | None) -> str:
    """Return the sources of that service as the page must name them; its host is the one that the page is seen by."""
    host = request.url.hostname
    if port is None or host is None or not set(host) <= _HOST_CHARACTERS:
        return ""
    return f" {request.url.scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def access_of(connection: HTTPConnection) -> Access:
    """Return the app's access service."""
    access: Access = connection.app.state.access
    return access


def cookie_name(connection: HTTPConnection) -> str:
    """Return the session cookie's name; browsers share cookies between ports, so each service has its own."""
    name: str = connection.app.state.cookie_name
    return name


def session_of(connection: HTTPConnection) -> Session | None:
    """Return the live session of a request or WebSocket, if there is one; blocking.

    The connection's place at the door is kept for it from then on.
    """
    session = access_of(connection).session(connection.cookies.get(cookie_name(connection)))
    if session is not None:
        prove_place(connection.scope, f"session:{session.token_hash}")
    return session


def signed_in(request: Request) -> Person:
    """Return who is asking; for changes also require the session's CSRF token.

    Raises UnauthenticatedError or ForbiddenError.
    """
    session: Session | None = getattr(request.state, "session", None) or session_of(request)
    if session is None:
        raise UnauthenticatedError(
            Text("サインインしていません", "nobody is signed in"),
            Text("サインインしてください", "sign in first"),
        )
    if request.method not in _SAFE_METHODS and request.headers.get("x-csrf-token") != session.csrf_token:
        raise ForbiddenError(
            Text("この画面の合言葉が古くなっています", "the page's token does not match the session"),
            Text("画面を読み込み直してください", "reload the page"),
        )
    request.state.session = session
    return session.person


def require(permission: Permission) -> Callable[[Request], Person]:
    """Return a dependency that lets in only people with `permission`."""

    def check(request: Request) -> Person:
        person = signed_in(request)
        if permission not in person.permissions:
            raise ForbiddenError(
                Text("この操作をする権限がありません", f"this needs the permission {permission}"),
                Text("管理者に役割を確認してください", "ask the administrator about your role"),
            )
        return person

    return check


Viewer = Annotated[Person, Depends(require(Permission.SEE))]
Planner = Annotated[Person, Depends(require(Permission.PLAN))]
Flyer = Annotated[Person, Depends(require(Permission.FLY))]
Requester = Annotated[Person, Depends(require(Permission.REQUEST_DELIVERY))]
Administrator = Annotated[Person, Depends(require(Permission.MANAGE_PEOPLE))]
