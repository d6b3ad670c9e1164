"""Conditional requests (RFC 9110, section 13): what a browser has already is not sent again."""

import hashlib

from fastapi import Request


def etag_of(data: bytes) -> str:
    """Return the entity tag of some bytes."""
    return f'"{hashlib.sha256(data).hexdigest()[:32]}"'


def not_modified(request: Request, etag: str) -> bool:
    """Return whether the request's If-None-Match names `etag` (weak comparison)."""
    named = request.headers.get("if-none-match", "")
    tags = {tag.strip().removeprefix("W/") for tag in named.split(",")}
    return "*" in tags or etag in tags
