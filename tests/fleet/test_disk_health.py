"""The register of writes: when a place goes into alarm, when the alarm is over, and that it stays bounded."""

import errno
import threading

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from fleet.disk_health import CLEAR_AFTER_S, MAX_UNDER_WAY, Cause, DiskHealth, Place, cause_of, slow_after_s
from fleet.disk_words import CURES, PLACE_NAMES, alarm_text, shown
from fleet.errors import UnavailableError
from fleet.text import Text


def refuse(health: DiskHealth, at_s: float, place: Place = Place.OUTBOX, cause: Cause = Cause.FULL) -> None:
    health.was_refused(health.begin(place, at_s), cause, at_s)


def write(health: DiskHealth, at_s: float, took_s: float = 0.0, place: Place = Place.OUTBOX) -> None:
    health.went_well(health.begin(place, at_s), at_s + took_s)


def test_nothing_is_said_of_places_that_take_what_is_written() -> None:
    health = DiskHealth()
    for place in Place:
        write(health, 1.0, place=place)
    assert health.alarms(2.0) == ()


@pytest.mark.parametrize("place", Place)
@pytest.mark.parametrize("cause", Cause)
def test_a_refused_write_is_an_alarm_in_words_with_a_cure(place: Place, cause: Cause) -> None:
    health = DiskHealth()
    refuse(health, 5.0, place, cause)
    (alarm,) = health.alarms(6.0)
    assert (alarm.place, alarm.cause, alarm.since_s, alarm.refused) == (place, cause, 5.0, 1)
    text = alarm_text(alarm)
    assert PLACE_NAMES[place].ja in text.ja
    assert PLACE_NAMES[place].en in text.en
    assert shown(alarm).cure == CURES[cause]


def test_an_alarm_ends_only_with_a_write_that_began_later_and_went_well() -> None:
    health = DiskHealth()
    refuse(health, 0.0)
    assert health.alarms(1000.0) != ()
    write(health, CLEAR_AFTER_S - 0.5)
    assert health.alarms(1000.0) != ()
    write(health, CLEAR_AFTER_S + 0.1)
    assert health.alarms(1000.0) == ()


def test_a_write_that_began_before_the_refusal_proves_nothing() -> None:
    health = DiskHealth()
    early = health.begin(Place.OUTBOX, 0.0)
    refuse(health, 0.5)
    health.went_well(early, 1.9)
    assert len(health.alarms(2.0)) == 1


def test_a_disk_that_takes_every_second_write_stays_in_alarm() -> None:
    health = DiskHealth()
    for second in range(0, 60, 2):
        refuse(health, float(second))
        write(health, second + 1.0)
        assert len(health.alarms(second + 1.5)) == 1
    assert health.alarms(60.0)[0].refused == 30


def test_one_places_good_write_says_nothing_of_another() -> None:
    health = DiskHealth()
    refuse(health, 0.0, Place.AUDIT)
    write(health, 100.0, place=Place.OUTBOX)
    assert [alarm.place for alarm in health.alarms(101.0)] == [Place.AUDIT]


@pytest.mark.parametrize("place", Place)
def test_a_write_that_does_not_come_back_is_slow_while_it_still_hangs(place: Place) -> None:
    health = DiskHealth()
    hanging = health.begin(place, 10.0)
    limit_s = slow_after_s(place)
    assert limit_s <= 5.0
    assert health.alarms(10.0 + limit_s) == ()
    (alarm,) = health.alarms(10.1 + limit_s)
    assert (alarm.cause, alarm.since_s) == (Cause.SLOW, 10.0)
    write(health, 12.0 + limit_s, place=place)
    assert len(health.alarms(500.0)) == 1
    health.went_well(hanging, 500.0)
    write(health, 500.0 + CLEAR_AFTER_S, place=place)
    assert health.alarms(510.0) == ()


def test_a_late_write_is_slow_although_nobody_looked_meanwhile() -> None:
    health = DiskHealth()
    write(health, 0.0, took_s=10.0)
    assert health.alarms(10.0)[0].cause is Cause.SLOW


def test_refused_says_more_than_slow() -> None:
    health = DiskHealth()
    write(health, 0.0, took_s=3.0)
    refuse(health, 4.0, cause=Cause.LOCKED)
    write(health, 5.0, took_s=3.0)
    (alarm,) = health.alarms(9.0)
    assert (alarm.cause, alarm.since_s) == (Cause.LOCKED, 0.0)


def test_what_was_lost_is_counted_for_the_alarm_and_remembered_after_it() -> None:
    health = DiskHealth()
    for second in range(62):
        refuse(health, float(second))
        health.lose(Place.OUTBOX, 2, float(second))
    (alarm,) = health.alarms(62.0)
    assert alarm.lost == 124
    assert "124 件" in alarm_text(alarm).ja
    write(health, 62.0 + CLEAR_AFTER_S)
    assert health.alarms(70.0) == ()
    assert health.lost_lately(Place.OUTBOX, within_s=600.0, now_s=70.0) == 124
    assert health.lost_lately(Place.OUTBOX, within_s=600.0, now_s=700.0) == 0
    refuse(health, 800.0)
    assert health.alarms(800.0)[0].lost == 0


def test_a_write_that_ended_for_the_callers_own_reason_changes_nothing() -> None:
    health = DiskHealth()
    health.withdraw(health.begin(Place.AUDIT, 0.0))
    assert health.alarms(100.0) == ()
    refuse(health, 100.0, Place.AUDIT)
    health.withdraw(health.begin(Place.AUDIT, 200.0))
    assert len(health.alarms(201.0)) == 1


def test_any_number_of_hanging_writes_takes_bounded_memory_and_still_ends() -> None:
    health = DiskHealth()
    writes = [health.begin(Place.OUTBOX, 0.0) for _ in range(MAX_UNDER_WAY * 10)]
    assert len(health._standing[Place.OUTBOX].under_way) == MAX_UNDER_WAY
    assert len(health.alarms(100.0)) == 1
    for one in writes:
        health.was_refused(one, Cause.FULL, 100.0)
    assert health._standing[Place.OUTBOX].under_way == {}
    assert health.alarms(101.0)[0].refused == MAX_UNDER_WAY * 10


def test_writers_in_many_threads_lose_no_count() -> None:
    health = DiskHealth()

    def work() -> None:
        for _ in range(500):
            refuse(health, 1.0)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert health.alarms(2.0)[0].refused == 2000


@given(st.lists(st.tuples(st.sampled_from(["refuse", "write", "slow"]), st.floats(0.0, 20.0)), max_size=40))
def test_an_alarm_stands_from_the_first_bad_write_until_a_good_one_long_after_the_last(
    steps: list[tuple[str, float]],
) -> None:
    health = DiskHealth()
    now_s, bad_at_s, open_alarm = 0.0, float("-inf"), False
    for kind, pause_s in steps:
        now_s += pause_s
        if kind == "refuse":
            refuse(health, now_s)
        else:
            took_s = 3.0 if kind == "slow" else 0.0
            write(health, now_s, took_s=took_s)
            now_s += took_s
        if kind != "write":
            bad_at_s, open_alarm = now_s, True
        elif now_s - bad_at_s >= CLEAR_AFTER_S:
            open_alarm = False
        assert bool(health.alarms(now_s)) is open_alarm


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), Cause.FULL),
        (OSError(errno.EDQUOT, "quota"), Cause.FULL),
        (OSError(errno.EROFS, "Read-only file system"), Cause.READ_ONLY),
        (PermissionError(errno.EACCES, "Permission denied"), Cause.READ_ONLY),
        (OSError(errno.EIO, "Input/output error"), Cause.BROKEN),
        (FileNotFoundError(errno.ENOENT, "gone"), Cause.GONE),
        (OSError("no number"), Cause.OTHER),
        (RuntimeError("database or disk is full"), Cause.FULL),
        (RuntimeError("attempt to write a readonly database"), Cause.READ_ONLY),
        (RuntimeError("database is locked"), Cause.LOCKED),
        (RuntimeError("disk I/O error"), Cause.BROKEN),
        (RuntimeError("database disk image is malformed"), Cause.BROKEN),
        (RuntimeError("unable to open database file"), Cause.GONE),
        (RuntimeError("connection to server at 127.0.0.1 failed"), Cause.UNANSWERED),
        (sa.exc.TimeoutError("QueuePool limit reached, connection timed out"), Cause.UNANSWERED),
        (RuntimeError("something else"), Cause.OTHER),
    ],
)
def test_the_cause_is_found_beneath_what_it_was_raised_as(error: Exception, cause: Cause) -> None:
    wrapped = UnavailableError(Text("書けません", "cannot be written"))
    wrapped.__cause__ = error
    assert cause_of(wrapped) is cause
    assert cause_of(error) is cause
