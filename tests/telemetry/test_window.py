"""The bulk window: fast links fill, thin links keep their delay short."""

import pytest

from telemetry.window import BulkWindow, WindowLimits

LIMITS = WindowLimits(start_bytes=64_000, min_bytes=8_000, max_bytes=1_000_000, target_delay_s=1.5)


def test_the_window_opens_while_receipts_are_prompt_and_stops_at_its_bound() -> None:
    window = BulkWindow(LIMITS)
    for _ in range(100):
        window.on_receipt(delay_s=0.05, sent_bytes=60_000, under_way_bytes=window.size_bytes)
    assert window.size_bytes == LIMITS.max_bytes


def test_a_window_that_is_hardly_used_does_not_grow() -> None:
    window = BulkWindow(LIMITS)
    for _ in range(5000):
        window.on_receipt(delay_s=0.05, sent_bytes=300, under_way_bytes=600)
    assert window.size_bytes == LIMITS.start_bytes


def test_growth_stops_at_twice_what_is_under_way() -> None:
    window = BulkWindow(LIMITS)
    for _ in range(100):
        window.on_receipt(delay_s=0.05, sent_bytes=60_000, under_way_bytes=100_000)
    assert window.size_bytes == 200_000


def test_a_new_connection_starts_no_wider_than_the_first() -> None:
    window = BulkWindow(LIMITS)
    for _ in range(100):
        window.on_receipt(delay_s=0.05, sent_bytes=60_000, under_way_bytes=window.size_bytes)
    window.on_reconnect()
    assert window.size_bytes == LIMITS.start_bytes
    window.on_loss()
    window.on_reconnect()
    assert window.size_bytes == LIMITS.start_bytes // 2


def test_the_window_closes_while_receipts_are_late_but_never_quite() -> None:
    window = BulkWindow(LIMITS)
    for _ in range(20):
        window.on_receipt(delay_s=6.0, sent_bytes=60_000, under_way_bytes=window.size_bytes)
    assert window.size_bytes == LIMITS.min_bytes


def test_a_loss_halves_the_window() -> None:
    window = BulkWindow(LIMITS)
    window.on_loss()
    assert window.size_bytes == LIMITS.start_bytes // 2


def test_patience_follows_the_delay_seen() -> None:
    window = BulkWindow(LIMITS)
    assert window.late_after_s == 0.0
    for _ in range(50):
        window.on_receipt(delay_s=2.0, sent_bytes=1, under_way_bytes=1)
    assert window.late_after_s == pytest.approx(2.0, rel=0.05)
