"""Errors on the wire of HTTP, written as problem+json (RFC 9457)."""

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from fleet.error_kinds import status_of
from fleet.errors import FleetError
from fleet.text import Text
from portal.body_limits import BodyRefusedError
from portal.input_errors import input_errors

_HTTP_WORDS: dict[int, tuple[str, Text]] = {
    404: ("not-found", Text("ここには何もありません", "there is nothing here")),
    405: ("method-not-allowed", Text("この操作はできません", "this method is not allowed here")),
    413: ("too-large", Text("送られたデータが大きすぎます", "too much was sent")),
}

_log = structlog.get_logger(__name__)


def problem_response(
    status: int, code: str, what: Text, cure: Text | None, headers: dict[str, str] | None = None
) -> JSONResponse:
    """Return a problem+json response."""
    body = {
        "type": f"urn:kakehashi:problem:{code}",
        "title": what.en,
        "status": status,
        "detail": str(what.ja),
        "code": code,
        "what": what.as_dict(),
        "cure": None if cure is None else cure.as_dict(),
    }
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def install_problems(app: FastAPI) -> None:
    """Make the app answer every error as problem+json."""

    @app.exception_handler(FleetError)
    async def on_fleet_error(_: Request, error: FleetError) -> JSONResponse:
        status = status_of(error)
        if status >= 500:
            _log.warning("request failed", code=error.code, what=error.what.en)
        return problem_response(status, error.code, error.what, error.cure)

    @app.exception_handler(RequestValidationError)
    async def on_invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        places = input_errors(error.errors())
        return problem_response(
            422,
            "invalid-value",
            Text(f"入力に誤りがあります: {places.ja}", f"the input is not valid: {places.en}"),
            Text("示された項目を直してください", "correct the named fields"),
        )

    @app.exception_handler(HTTPException)
    async def on_http(_: Request, error: HTTPException) -> JSONResponse:
        if isinstance(error, BodyRefusedError):
            return problem_response(error.status_code, error.code, error.what, error.cure)
        code, what = _HTTP_WORDS.get(
            error.status_code, ("http-error", Text(f"エラー {error.status_code}", str(error.detail)))
        )
        return problem_response(error.status_code, code, what, None, dict(error.headers or {}))

    @app.exception_handler(Exception)
    async def on_fault(_: Request, __: Exception) -> JSONResponse:
        # The server logs the fault itself; the page still gets words.
        return problem_response(
            500,
            "fault",
            Text("内部の不具合で処理できませんでした", "an internal fault stopped this"),
            Text(
                "もう一度試し、続くなら管理者に時刻を伝えてください",
                "try again; if it stays, tell the administrator the time",
            ),
        )
