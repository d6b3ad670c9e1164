"""Lines of a service's standard output: events, or nothing."""

import pytest

from kakehashi.events import parse_event


@pytest.mark.parametrize("line", [b"", b"ready", b"{}", b'{"kind":"\xff","service":"x"}', b"[" * 100_000, b"\xff\xfe"])
def test_what_is_no_event_is_none(line: bytes) -> None:
    assert parse_event(line) is None
