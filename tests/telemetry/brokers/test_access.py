"""Who may publish and hear where."""

import pytest

from fleet.errors import InvalidValueError
from telemetry.brokers.access import (
    Device,
    DeviceBook,
    DeviceKind,
    covers,
    hash_password,
    password_matches,
)
from tests.telemetry.field import OFFICE_KEY, STATION, STATION_KEY, TOPICS, book, devices

P = "kakehashi-drill/1/yamanaka"


@pytest.mark.parametrize(
    ("username", "topic", "allowed"),
    [
        ("tent-1", f"{P}/tent-1/up/track", True),
        ("tent-1", f"{P}/vehicle/kite-1/state", True),
        ("tent-1", f"{P}/tent-2/up/track", False),
        ("tent-1", f"{P}/tent-1/receipt", False),
        ("tent-1", f"{P}/tent-1/down/request", False),
        ("tent-1", f"{P}/tent-1/alarm", True),
        ("tent-1", f"{P}/tent-2/alarm", False),
        ("tent-1", f"{P}/office/alarm", False),
        ("town-office", f"{P}/office/alarm", True),
        ("wall", f"{P}/tent-1/alarm", False),
        ("tent-1", "kakehashi/1/yamanaka/tent-1/up/track", False),
        ("town-office", f"{P}/tent-1/receipt", True),
        ("town-office", "kakehashi-drill/1/other/tent-1/receipt", False),
        ("wall", f"{P}/vehicle/kite-1/state", False),
        ("nobody", f"{P}/tent-1/up/track", False),
        (None, f"{P}/tent-1/up/track", False),
    ],
)
def test_publishing_is_for_ones_own_topics(username: str | None, topic: str, allowed: bool) -> None:
    assert book().allows_publish(username, topic) is allowed


@pytest.mark.parametrize(
    ("username", "topic_filter", "allowed"),
    [
        ("tent-1", f"{P}/tent-1/receipt", True),
        ("tent-1", f"{P}/tent-1/down/request", True),
        ("tent-1", f"{P}/+/receipt", False),
        ("tent-1", "#", False),
        ("tent-1", f"{P}/tent-2/down/request", False),
        ("tent-1", f"{P}/office/alarm", True),
        ("tent-1", f"{P}/tent-2/alarm", False),
        ("tent-1", f"{P}/+/alarm", False),
        ("town-office", f"{P}/+/alarm", True),
        ("town-office", f"{P}/+/up/#", True),
        ("town-office", f"{P}/#", True),
        ("town-office", "kakehashi-drill/1/#", False),
        ("town-office", "#", False),
        ("wall", f"{P}/vehicle/+/state", True),
        ("wall", f"{P}/vehicle/kite-1/state", True),
        ("wall", f"{P}/vehicle/#", False),
        ("wall", f"{P}/#", False),
    ],
)
def test_hearing_is_for_ones_own_topics(username: str, topic_filter: str, allowed: bool) -> None:
    assert book().allows_subscribe(username, topic_filter) is allowed


@pytest.mark.parametrize(
    ("wide", "narrow", "covered"),
    [
        ("a/#", "a/b/c", True),
        ("a/#", "a", True),
        ("a/+", "a/b", True),
        ("a/+", "a/+", True),
        ("a/+", "a/b/c", False),
        ("a/b", "a/+", False),
        ("a/+", "a/#", False),
        ("a/b", "a", False),
        ("a", "a/b", False),
    ],
)
def test_a_filter_covers_what_it_matches_and_no_more(wide: str, narrow: str, covered: bool) -> None:
    assert covers(wide, narrow) is covered


def test_only_the_right_key_signs_in() -> None:
    devices_now = book()
    assert devices_now.sign_in("tent-1", STATION_KEY)
    assert not devices_now.sign_in("tent-1", OFFICE_KEY)
    assert not devices_now.sign_in("tent-1", None)
    assert not devices_now.sign_in(None, STATION_KEY)
    assert not devices_now.sign_in("", "")


def test_a_revoked_device_may_do_nothing_any_more() -> None:
    devices_now = book()
    devices_now.replace(device for device in devices() if device.username != "tent-1")
    assert not devices_now.sign_in("tent-1", STATION_KEY)
    assert not devices_now.allows_publish("tent-1", f"{P}/tent-1/up/track")


@pytest.mark.parametrize("damaged", ["", "plain", "$6$x$y$z", "$7$0$AA==$AA==", "$7$101$!!$AA==", "$7$many$AA==$AA=="])
def test_a_damaged_hash_matches_nothing(damaged: str) -> None:
    assert not password_matches(STATION_KEY, damaged)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(InvalidValueError):
        hash_password("secret", bytes(12))


@pytest.mark.parametrize("username", ["a:b", "a\nb", "", "UPPER"])
def test_a_name_that_could_break_a_brokers_file_is_refused(username: str) -> None:
    with pytest.raises(InvalidValueError):
        Device(username=username, password_hash="x", kind=DeviceKind.OFFICE, topics=TOPICS)


def test_a_station_needs_its_name_and_others_have_none() -> None:
    with pytest.raises(InvalidValueError):
        Device(username="a", password_hash="x", kind=DeviceKind.STATION, topics=TOPICS)
    with pytest.raises(InvalidValueError):
        Device(username="a", password_hash="x", kind=DeviceKind.OFFICE, topics=TOPICS, station=STATION)


def test_an_empty_book_lets_nobody_in() -> None:
    assert not DeviceBook().sign_in("tent-1", STATION_KEY)
