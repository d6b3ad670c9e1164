"""Bodies are counted while they arrive, part by part where they are forms."""

import pytest
from starlette.requests import HTTPConnection

from portal.body_limits import BodyCount, BodyRefusedError, FormLimits, PlainCount, form_count
from tests.portal.bodies import part

LIMITS = FormLimits(file_field="file", file_bytes=5000, field_bytes=100, part_head_bytes=300, parts=4)
END = b"\r\n--limit--\r\n"
PIECES = [1, 7, 100_000]


def _count(content_type: str = "multipart/form-data; boundary=limit") -> BodyCount:
    return form_count(HTTPConnection({"type": "http", "headers": [(b"content-type", content_type.encode())]}), LIMITS)


def _send(count: BodyCount, body: bytes, piece: int) -> None:
    for place in range(0, len(body), piece):
        count.add(body[place : place + piece])


def _field(name: str, size: int, *, filename: str | None = None, head: str = "") -> bytes:
    return part(name, filename=filename, head=head) + b"x" * size + b"\r\n"


@pytest.mark.parametrize("piece", PIECES)
def test_a_form_within_its_limits_passes(piece: int) -> None:
    body = _field("file", 5000, filename="a.jpg") + _field("vehicle_id", 100) + _field("note", 0)
    count = _count()
    _send(count, body + END, piece)
    with pytest.raises(BodyRefusedError):
        _send(count, b"x" * 100_000, piece)


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize(
    ("body", "said"),
    [
        (_field("file", 5001, filename="a.jpg"), "the file is too large"),
        (_field("file", 3000, filename="a.jpg") + _field("file", 3000, filename="b.jpg"), "the file is too large"),
        (_field("file", 101), "the field file is too large"),
        (_field("vehicle_id", 101), "the field vehicle_id is too large"),
        (_field("vehicle_id", 101, filename="a.jpg"), "the field vehicle_id is too large"),
        (_field("another", 101), "the field another is too large"),
        (_field("ok", 1) + _field("x" * 200, 101), f"the field {'x' * 40} is too large"),
        (_field("ok", 1, head=f"X-Long: {'h' * 300}\r\n"), "a part's head is over 300 bytes"),
        (_field("ok", 1, head=f"{'h' * 300}: x\r\n"), "a part's head is over 300 bytes"),
        (_field("file", 1, filename="a" * 300), "a part's head is over 300 bytes"),
        (_field("ok", 1) * 5, "too many parts: 4 at most"),
        (b"--limit\r\n" + b"x" * 100_000, "."),
        (b"x" * 100_000, "."),
        (_field("ok", 1) + END + b"x" * 100_000, "what was sent is too large"),
    ],
)
def test_what_is_too_much_of_a_form_is_refused_however_it_arrives(body: bytes, said: str, piece: int) -> None:
    with pytest.raises(BodyRefusedError, match=said) as caught:
        _send(_count(), body, piece)
    assert caught.value.status_code in (400, 413)
    assert caught.value.what.ja
    assert caught.value.cure.ja


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        f"multipart/form-data; boundary={'b' * 999}",
    ],
)
def test_an_upload_that_is_no_form_may_hold_a_fields_worth(content_type: str) -> None:
    count = _count(content_type)
    count.add(b"x" * 100)
    with pytest.raises(BodyRefusedError):
        count.add(b"x")


def test_a_plain_body_is_refused_at_the_first_byte_too_much() -> None:
    count = PlainCount(10)
    for _ in range(10):
        count.add(b"x")
    with pytest.raises(BodyRefusedError, match="10 B at most"):
        count.add(b"x")
