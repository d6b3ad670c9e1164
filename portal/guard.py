"""What stands before every handler: security headers, same-origin and CSRF checks, size limit, and who is asking."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, TypeAlias
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI, Request, Response
from starlette.requests import HTTPConnection

from fleet.errors import FleetError, ForbiddenError, UnauthenticatedError
from fleet.roles import Permission
from fleet.text import Text
from portal.access import Access
from portal.accounts import Person, Session
from portal.problems import problem_response, status_of

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_JSON_LIMIT_BYTES = 1_000_000

UploadPaths: TypeAlias = Mapping[str, Callable[[Request], object]]
"""Paths that take large bodies, each with the check of who sends: it looks at the head and raises FleetError."""

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
        "worker-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'"
    ),
}


def same_origin(connection: HTTPConnection) -> bool:
    """Return whether the request comes from our own page, or from no page at all (a tool sends no Origin)."""
    origin = connection.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == connection.headers.get("host")


def install_guard(app: FastAPI, *, access: Access, cookie: str, upload_paths: UploadPaths | None = None) -> None:
    """Add the checks that need no sign-in. `upload_paths` take bodies of any size, of those who pass their check.

    That is made before anything of the body is read: a route's own dependencies come only after the whole of it.
    """
    app.state.access = access
    app.state.cookie_name = cookie

    @app.middleware("http")
    async def guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        refusal = _refusal(request, upload_paths or {})
        response = refusal if refusal is not None else await call_next(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if request.url.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def _refusal(request: Request, upload_paths: UploadPaths) -> Response | None:
    if request.method in _SAFE_METHODS:
        return None
    if not same_origin(request):
        what = Text("ほかのサイトからの操作は受け付けません", "changes from another site are refused")
        return problem_response(403, "forbidden", what, None)
    length = request.headers.get("content-length")
    check = upload_paths.get(request.url.path)
    if check is not None:
        return _upload_refusal(request, check)
    if length is None and "transfer-encoding" in request.headers:
        return problem_response(411, "length-required", Text("長さが必要です", "a content length is needed"), None)
    if length is not None and (not length.isdigit() or int(length) > _JSON_LIMIT_BYTES):
        what = Text("送られたデータが大きすぎます", "too much was sent")
        return problem_response(413, "too-large", what, Text("短くしてください", "send less"))
    return None


def _upload_refusal(request: Request, check: Callable[[Request], object]) -> Response | None:
    try:
        check(request)
    except FleetError as error:
        # The server throws away what is still on its way: to cut it off could lose the answer before it is read.
        return problem_response(status_of(error), error.code, error.what, error.cure)
    return None


def access_of(connection: HTTPConnection) -> Access:
    """Return the app's access service."""
    access: Access = connection.app.state.access
    return access


def cookie_name(connection: HTTPConnection) -> str:
    """Return the session cookie's name; browsers share cookies between ports, so each service has its own."""
    name: str = connection.app.state.cookie_name
    return name


def session_of(connection: HTTPConnection) -> Session | None:
    """Return the live session of a request or WebSocket, if there is one; blocking."""
    return access_of(connection).session(connection.cookies.get(cookie_name(connection)))


def signed_in(request: Request) -> Person:
    """Return who is asking; for changes also require the session's CSRF token.

    Raises UnauthenticatedError or ForbiddenError.
    """
    session = session_of(request)
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
