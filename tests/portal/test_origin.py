"""Which requests come from our own pages."""

import pytest
from starlette.requests import HTTPConnection

from portal.origin import same_origin


@pytest.mark.parametrize(
    ("origin", "ours"),
    [
        (None, True),
        (b"http://station:8710", True),
        (b"http://other:8710", False),
        (b"null", False),
        (b"http://[::1", False),
        (b"http://[", False),
    ],
)
def test_only_our_own_page_or_no_page_is_our_origin(origin: bytes | None, *, ours: bool) -> None:
    headers = [(b"host", b"station:8710"), *([] if origin is None else [(b"origin", origin)])]
    assert same_origin(HTTPConnection({"type": "http", "headers": headers})) is ours
