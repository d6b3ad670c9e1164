"""How large a body may be, counted while it arrives: whatever its head says, and before anything of it is kept."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fleet.text import Text

JSON_BYTES = 1_000_000
OPEN_BYTES = 8 * 1024
"""For routes that need no sign-in: names, passwords and tokens."""
_SHOWN_NAME = 40


class BodyRefusedError(HTTPException):
    """A body is larger than its route takes (413), or cannot be read as what it says it is (400)."""

    def __init__(self, what: Text, cure: Text, *, status: int = 413, code: str = "too-large") -> None:
        super().__init__(status, what.en)
        self.what = what
        self.cure = cure
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class FormLimits:
    """What a form with one file may hold: bytes of the file, of every other field, of each part's head; parts."""

    file_field: str
    file_bytes: int
    field_bytes: int = 1024
    part_head_bytes: int = 2048
    parts: int = 16

    @property
    def total_bytes(self) -> int:
        """Return what the whole body may hold."""
        return self.file_bytes + (self.parts + 1) * (self.field_bytes + self.part_head_bytes)


class BodyCount(Protocol):
    """Counts one request's body."""

    def add(self, body: bytes) -> None:
        """Count what arrived; raises BodyRefusedError."""
        ...


class PlainCount:
    """Counts a body of any kind."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0

    def add(self, body: bytes) -> None:
        """Count what arrived; raises BodyRefusedError once it is too much."""
        self._bytes += len(body)
        if self._bytes > self._most_bytes:
            raise too_large(self._most_bytes)


class FormCount:
    """Counts a multipart form part by part (RFC 7578), with the parser that will read it."""

    def __init__(self, boundary: bytes, limits: FormLimits) -> None:
        self._limits = limits
        self._total = PlainCount(limits.total_bytes)
        self._parts = 0
        self._file_bytes = 0
        self._head_bytes = 0
        self._part_bytes = 0
        self._header = b""
        self._value = b""
        self._name = ""
        self._is_file = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._on_header,
                "on_header_value": self._on_value,
                "on_header_end": self._end_header,
                "on_part_data": self._on_data,
            },
        )

    def add(self, body: bytes) -> None:
        """Count what arrived; raises BodyRefusedError once a part or the whole is too much, or is no form."""
        self._total.add(body)
        try:
            self._parser.write(body)
        except FormParserError as error:
            raise _no_form() from error

    def _begin(self) -> None:
        self._parts += 1
        self._head_bytes = self._part_bytes = 0
        self._name, self._is_file = "", False
        if self._parts > self._limits.parts:
            most = self._limits.parts
            raise BodyRefusedError(
                Text(f"フォームの項目が多すぎます（{most} 個まで）", f"the form has too many parts: {most} at most"),
                Text("項目を減らしてください", "send fewer"),
            )

    def _on_header(self, data: bytes, start: int, end: int) -> None:
        self._count_head(end - start)
        self._header += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._count_head(end - start)
        self._value += data[start:end]

    def _count_head(self, more_bytes: int) -> None:
        self._head_bytes += more_bytes
        most = self._limits.part_head_bytes
        if self._head_bytes > most:
            raise BodyRefusedError(
                Text(f"フォームの項目の見出しが長すぎます（{most} バイトまで）", f"a part's head is over {most} bytes"),
                Text("ファイル名を短くしてください", "use a shorter file name"),
            )

    def _end_header(self) -> None:
        if self._header.lower() == b"content-disposition":
            _, options = parse_options_header(self._value)
            self._name = options.get(b"name", b"").decode(errors="replace")
            self._is_file = b"filename" in options and self._name == self._limits.file_field
        self._header = self._value = b""

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        del data
        if self._is_file:
            self._file_bytes += end - start
            if self._file_bytes > self._limits.file_bytes:
                raise too_large(self._limits.file_bytes, "ファイル", "the file")
            return
        self._part_bytes += end - start
        if self._part_bytes > self._limits.field_bytes:
            shown = self._name[:_SHOWN_NAME] if self._name.isprintable() else "?"
            raise too_large(self._limits.field_bytes, f"項目 {shown} ", f"the field {shown}")


class BodyLimit:
    """ASGI middleware: hands each request's body on only while it keeps to what `count_of` says of its head."""

    def __init__(self, app: ASGIApp, count_of: Callable[[HTTPConnection], BodyCount]) -> None:
        self._app = app
        self._count_of = count_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; what reads its body gets a BodyRefusedError where it is too much."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        count = self._count_of(HTTPConnection(scope))

        async def counted() -> Message:
            message = await receive()
            if message["type"] == "http.request":
                count.add(message.get("body", b""))
            return message

        await self._app(scope, counted, send)


def form_count(connection: HTTPConnection, limits: FormLimits) -> BodyCount:
    """Return what counts the body of an upload's head; one that is no multipart form may hold a field's worth."""
    kind, options = parse_options_header(connection.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        return PlainCount(limits.field_bytes)
    try:
        return FormCount(boundary, limits)
    except FormParserError:
        return PlainCount(limits.field_bytes)


def too_large(most_bytes: int, what_ja: str = "送られたデータ", what_en: str = "what was sent") -> BodyRefusedError:
    """Return the refusal of a body, or of the named part of it, over so many bytes."""
    return BodyRefusedError(
        Text(
            f"{what_ja}が大きすぎます（{_size(most_bytes)}まで）",
            f"{what_en} is too large: {_size(most_bytes)} at most",
        ),
        Text("小さくして、もう一度送ってください", "make it smaller and send it again"),
    )


def _size(count: int) -> str:
    if count >= 1024 * 1024:
        return f"{count // (1024 * 1024)} MiB"
    return f"{count // 1024} KiB" if count >= 1024 else f"{count} B"


def _no_form() -> BodyRefusedError:
    return BodyRefusedError(
        Text("送られたフォームを読めません", "the form that was sent cannot be read"),
        Text("multipart/form-data で送り直してください", "send it again as multipart/form-data"),
        status=400,
        code="bad-form",
    )
