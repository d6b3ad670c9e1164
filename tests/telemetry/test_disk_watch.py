"""One service's watch: probes begin by themselves, a place in alarm is tried again, hanging disks hold up nothing."""

import errno
import os
import sqlite3
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from fleet.clock import ManualClock
from fleet.disk_health import CLEAR_AFTER_S, Cause, Place
from fleet.errors import UnavailableError
from fleet.text import Text
from telemetry.alarm_mqtt import AlarmTopics
from telemetry.alarm_wire import decode_alarms, encode_alarms
from telemetry.disk_watch import PROBE_EVERY_S, DiskWatch, WatchSettings
from telemetry.engine_sql import open_engine, watch_engine, writing
from telemetry.mqtt_address import MqttAddress


def watch(folder: Path, clock: ManualClock) -> DiskWatch:
    topics = AlarmTopics(speak="a", listen="b", speaker_of=lambda _: "office")
    broker = MqttAddress(host="127.0.0.1", port=9, username="station-1", password="x" * 20)
    settings = WatchSettings(folder=folder, broker=broker, topics=topics, name_of=lambda _: Text("役場", "the office"))
    return DiskWatch(settings, clock)


def probe(disk: DiskWatch) -> None:
    """Look, and wait until what the look began is over."""
    disk.look()
    assert disk._folder.wait(10.0)
    for one in disk._again.values():
        assert one.wait(10.0)


def test_a_full_disk_is_found_within_ten_seconds_though_nobody_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = ManualClock()
    disk = watch(tmp_path, clock)
    probe(disk)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        clock.advance(PROBE_EVERY_S)
        probe(disk)
        assert [one.key for one in disk.look()] == ["folder"]
    assert PROBE_EVERY_S < 10.0
    clock.advance(max(PROBE_EVERY_S, CLEAR_AFTER_S))
    probe(disk)
    assert list(disk.look()) == []


def test_a_disk_that_hangs_is_found_within_ten_seconds_and_looking_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = ManualClock()
    disk = watch(tmp_path, clock)
    hanging, release = threading.Event(), threading.Event()

    def hang(_: int) -> None:
        hanging.set()
        release.wait(30.0)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", hang)
        disk.look()
        assert hanging.wait(10.0)
        clock.advance(10.0 - PROBE_EVERY_S)
        assert [one.key for one in disk.look()] == ["folder"]
        release.set()
        assert disk._folder.wait(10.0)


def test_a_place_in_alarm_is_tried_again_and_only_then(tmp_path: Path) -> None:
    clock = ManualClock()
    disk = watch(tmp_path, clock)
    tries: list[float] = []
    audit = disk.writes(Place.AUDIT)
    refuses = True

    def append() -> None:
        tries.append(clock.monotonic_s())
        with audit.write():
            if refuses:
                raise UnavailableError(Text("満杯", "full"))

    disk.try_again_by(Place.AUDIT, append)
    probe(disk)
    assert tries == []
    with pytest.raises(UnavailableError):
        append()
    for _ in range(3):
        clock.advance(PROBE_EVERY_S)
        probe(disk)
    assert len(tries) == 4
    refuses = False
    clock.advance(PROBE_EVERY_S)
    probe(disk)
    assert list(disk.look()) == []
    clock.advance(100.0)
    probe(disk)
    assert len(tries) == 5


def test_what_others_say_stands_beside_the_own(tmp_path: Path) -> None:
    clock = ManualClock()
    disk = watch(tmp_path, clock)
    with pytest.raises(OSError, match="full"), disk.writes(Place.OUTBOX).write():
        raise OSError(errno.ENOSPC, "full")
    word = decode_alarms(encode_alarms(disk.look(), clock.monotonic_s()))
    assert word is not None
    disk.hear("office", word)
    (heard,) = disk.heard()
    assert heard.key == "office/outbox"
    assert heard.text.ja.startswith("役場が記録できません")
    said = disk.in_words()
    assert said is not None
    assert said.startswith("outbox: 役場へ送る記録に書けません")
    assert "office" not in said.partition("/")[0]


def test_every_writing_transaction_of_a_watched_engine_is_noted(tmp_path: Path) -> None:
    clock = ManualClock()
    disk = watch(tmp_path, clock)
    engine = open_engine(f"sqlite:///{tmp_path / 'database.sqlite'}")
    table = sa.Table("things", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True))
    table.create(engine)
    watch_engine(engine, disk.writes(Place.STATION_DATABASE))

    def refuse(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute("PRAGMA query_only = ON")

    event.listen(engine, "checkout", refuse)
    with pytest.raises(UnavailableError), writing(engine) as connection:
        connection.execute(table.insert().values(id=1))
    event.remove(engine, "checkout", refuse)
    assert [alarm.cause for alarm in disk.alarms()] == [Cause.READ_ONLY]
    engine.dispose()
    clock.advance(CLEAR_AFTER_S)
    with writing(engine) as connection:
        connection.execute(table.insert().values(id=1))
    assert disk.alarms() == ()
    with pytest.raises(sa.exc.IntegrityError), writing(engine) as connection:
        connection.execute(table.insert().values(id=1))
    assert disk.alarms() == ()


def test_more_writers_than_connections_are_told_that_the_database_does_not_answer(tmp_path: Path) -> None:
    clock = ManualClock()
    disk = watch(tmp_path, clock)
    engine = sa.create_engine(
        f"sqlite:///{tmp_path / 'database.sqlite'}", pool_size=1, max_overflow=0, pool_timeout=0.01
    )
    watch_engine(engine, disk.writes(Place.OFFICE_DATABASE))
    with engine.connect(), pytest.raises(UnavailableError), writing(engine):
        pass
    assert [alarm.cause for alarm in disk.alarms()] == [Cause.UNANSWERED]
    engine.dispose()
