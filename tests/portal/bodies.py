"""Bodies that do not end by themselves, how much of them was taken, and the routes that take a body."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
from fastapi import FastAPI

from portal.body_limits import JSON_BYTES, OPEN_BYTES
from portal.openapi import is_open

FORM = {"Content-Type": "multipart/form-data; boundary=limit"}
PIECE_BYTES = 64 * 1024
_GIGABYTE = 1 << 30


@dataclass(slots=True)
class Gigabyte:
    """A body of `first` and then a gigabyte, made as it is asked for; `taken_bytes` counts that."""

    first: bytes = b""
    taken_bytes: int = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Give the body piece by piece."""
        piece = b"x" * PIECE_BYTES
        self.taken_bytes += len(self.first)
        yield self.first
        while self.taken_bytes < _GIGABYTE:
            self.taken_bytes += PIECE_BYTES
            yield piece


def part(name: str, *, filename: str | None = None, head: str = "") -> bytes:
    """Return the head of a form's part, with the boundary of `FORM`."""
    file = "" if filename is None else f'; filename="{filename}"'
    return f'--limit\r\nContent-Disposition: form-data; name="{name}"{file}\r\n{head}\r\n'.encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyRoute:
    """A route that takes a body; `fields` are those of its form, empty where it takes JSON."""

    method: str
    path: str
    fields: tuple[str, ...]


def routes_with_bodies(app: FastAPI) -> list[BodyRoute]:
    """Return every route with a body; path parameters are filled with a name."""
    document = app.openapi()
    return [
        BodyRoute(method=method.upper(), path=re.sub(r"\{[^}]+\}", "none-1", path), fields=_fields(document, operation))
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if "requestBody" in operation
    ]


def _fields(document: dict[str, Any], operation: dict[str, Any]) -> tuple[str, ...]:
    form = operation["requestBody"]["content"].get("multipart/form-data")
    if form is None:
        return ()
    name = form["schema"]["$ref"].rpartition("/")[2]
    return tuple(document["components"]["schemas"][name]["properties"])


async def require_json_limits(
    app: FastAPI, signed_in: httpx.AsyncClient, csrf: dict[str, str], stranger: httpx.AsyncClient
) -> list[str]:
    """Send every route but uploads a gigabyte, however it is announced; return the paths that were tried."""
    tried = []
    for route in routes_with_bodies(app):
        method, path = route.method, route.path
        if route.fields:
            continue
        tried.append(path)
        to_all = is_open(path, method)
        most_bytes = OPEN_BYTES if to_all else JSON_BYTES
        for announced in ({}, {"Content-Length": "10"}, {"Content-Length": str(_GIGABYTE)}):
            headers = {**announced, "Content-Type": "application/json"}
            body = Gigabyte()
            answer = await signed_in.request(method, path, content=body, headers={**csrf, **headers})
            require_told(answer, 413, "too-large")
            assert body.taken_bytes <= most_bytes + PIECE_BYTES, (path, announced, body.taken_bytes)
            body = Gigabyte()
            answer = await stranger.request(method, path, content=body, headers=headers)
            assert answer.status_code == (413 if to_all or len(announced.get("Content-Length", "")) > 2 else 401), path
            assert body.taken_bytes <= (OPEN_BYTES + PIECE_BYTES if to_all else 0), (path, announced)
    return tried


def require_told(answer: httpx.Response, status: int, code: str) -> None:
    """Require a problem in words, in both languages, with what to do."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["code"] == code
    assert all(problem[part][language] for part in ("what", "cure") for language in ("ja", "en"))
