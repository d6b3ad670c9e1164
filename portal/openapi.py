"""Completes the OpenAPI document: problems as they are really sent, how one signs in, and the live messages' shapes."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from portal.schemas import LiveMessage, ProblemOut, WireModel

OPEN_PATHS = frozenset({"/api/session", "/api/setup", "/api/invitations", "/api/health"})
_REFERENCE = "#/components/schemas/{model}"
_WORDS = {
    "401": "Nobody is signed in.",
    "403": "Not allowed: role, origin or CSRF token.",
    "404": "There is no such thing.",
    "409": "Not in a state that allows this.",
    "422": "The input is not valid.",
    "default": "Any other problem.",
}


def is_open(path: str, method: str) -> bool:
    """Return whether a route of the interface needs no sign-in."""
    return path in OPEN_PATHS and (path, method.lower()) != ("/api/session", "delete")


def binary(*media_types: str, conflict: bool = False) -> dict[int | str, dict[str, Any]]:
    """Return what FastAPI is told of a route that answers with bytes and takes If-None-Match."""
    content = {media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in media_types}
    responses: dict[int | str, dict[str, Any]] = {
        200: {"description": "The bytes.", "content": content},
        304: {"description": "The browser has it already."},
    }
    return responses | ({409: {"description": _WORDS["409"]}} if conflict else {})


def install_openapi(app: FastAPI, cookie: str, live: type[WireModel]) -> None:
    """Make `app.openapi()` return the completed document; `live` is the shape of the live state."""
    plain = app.openapi

    def completed() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _complete(plain(), cookie, live)
        return app.openapi_schema

    app.openapi = completed  # type: ignore[method-assign]


def _complete(document: dict[str, Any], cookie: str, live: type[WireModel]) -> dict[str, Any]:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    models = [(model, "serialization") for model in (ProblemOut, LiveMessage, live)]
    _, extra = models_json_schema(models, ref_template=_REFERENCE)  # type: ignore[arg-type]
    for name, schema in extra["$defs"].items():
        schemas.setdefault(name, schema)
    components["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": cookie},
        "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token"},
    }
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            _complete_operation(path, method, operation)
    return document


def _complete_operation(path: str, method: str, operation: dict[str, Any]) -> None:
    to_all = is_open(path, method)
    responses: dict[str, Any] = operation["responses"]
    codes = ["default", "403"] if method != "get" or not to_all else ["default"]
    if not to_all or (path, method) == ("/api/session", "post"):
        codes.append("401")
    if not to_all:
        codes.append("403")
        operation["security"] = [{"session": []} if method == "get" else {"session": [], "csrf": []}]
    if "{" in path:
        codes.append("404")
    if path in ("/api/people", "/api/setup") or "409" in responses:
        codes.append("409")
    if "requestBody" in operation or "parameters" in operation:
        codes.append("422")
    for code in codes:
        responses[code] = _problem(code)


def _problem(code: str) -> Mapping[str, Any]:
    schema = {"$ref": _REFERENCE.format(model="ProblemOut")}
    return {"description": _WORDS[code], "content": {"application/problem+json": {"schema": schema}}}
