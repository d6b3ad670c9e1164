"""A broker's authority is read off the event loop, and what is wrong with its file is said in words."""

import os
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import certifi
import pytest

from fleet.clock import SystemClock
from fleet.errors import BadInputError, UnavailableError
from fleet.text import Text
from telemetry import alarm_mqtt
from telemetry.alarm_mqtt import AlarmLine, AlarmTopics
from telemetry.ca_file import CaFile
from telemetry.ingest_mqtt import OfficeAddress, OfficeIngest
from telemetry.mqtt_address import MqttAddress, UntrustedError
from telemetry.outbox_memory import MemoryOutbox
from telemetry.relay_mqtt import StationAddress, StationRelay
from telemetry.store_memory import MemoryRecordStore
from tests.telemetry.field import STATION, TOPICS, running, until

CLOCK = SystemClock()


def _readers() -> int:
    return sum(thread.name == "ca file" for thread in threading.enumerate())


@pytest.fixture
def hanging(tmp_path: Path) -> Iterator[Path]:
    """A file whose opening hangs, as on a share that is gone: a pipe into which nobody writes."""
    path = tmp_path / "ca.pem"
    os.mkfifo(path)
    yield path
    writer = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    deadline_s = time.monotonic() + 5.0
    while _readers() and time.monotonic() < deadline_s:
        os.write(writer, b"no certificate\n")
        os.close(writer)
        time.sleep(0.05)
        writer = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    os.close(writer)


def _missing(path: Path) -> None:
    path.unlink(missing_ok=True)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _no_pem(path: Path) -> None:
    path.write_bytes(os.urandom(4096))


def _folder(path: Path) -> None:
    path.mkdir()


BROKEN: dict[Callable[[Path], None], type[Exception]] = {
    _missing: BadInputError,
    _empty: BadInputError,
    _no_pem: BadInputError,
    _folder: UnavailableError,
}


async def test_what_the_file_holds_is_trusted_and_nothing_else() -> None:
    context = await CaFile(Path(certifi.where())).context()
    assert context.check_hostname
    assert context.get_ca_certs()


@pytest.mark.parametrize("break_it", BROKEN)
async def test_a_file_that_cannot_be_used_is_named_and_one_that_is_mended_is_read(
    break_it: Callable[[Path], None], tmp_path: Path
) -> None:
    path = tmp_path / "ca.pem"
    break_it(path)
    authority = CaFile(path)
    with pytest.raises(BROKEN[break_it]) as raised:
        await authority.context()
    assert str(path) in str(raised.value)
    if path.is_dir():
        path.rmdir()
    path.write_bytes(Path(certifi.where()).read_bytes())
    assert (await authority.context()).get_ca_certs()


async def test_a_file_that_hangs_holds_up_one_thread_and_its_caller_for_as_long_as_it_is_given(hanging: Path) -> None:
    """A reading on the loop would never come back."""
    authority = CaFile(hanging, within_s=0.1)
    for _ in range(3):
        with pytest.raises(UnavailableError, match=r"0\.1 s"):
            await authority.context()
        assert _readers() == 1


def _relay(broker: MqttAddress) -> tuple[Any, Callable[[], Text | None]]:
    address = StationAddress(topics=TOPICS, station=STATION, broker=broker)
    relay = StationRelay(address=address, outbox=MemoryOutbox(), clock=CLOCK)
    return relay, lambda: next(iter(relay._faults.values()), None)


def _ingest(broker: MqttAddress) -> tuple[Any, Callable[[], Text | None]]:
    ingest = OfficeIngest(address=OfficeAddress(topics=TOPICS, broker=broker), store=MemoryRecordStore(), clock=CLOCK)
    return ingest, lambda: ingest.status().fault


@pytest.mark.parametrize("line", [_relay, _ingest])
async def test_a_line_says_that_the_file_is_missing_and_goes_on_trying(
    line: Callable[[MqttAddress], tuple[Any, Callable[[], Text | None]]], tmp_path: Path
) -> None:
    path = tmp_path / "ca.pem"
    broker = MqttAddress(host="127.0.0.1", port=1, username="one", password="secret", ca_file=CaFile(path))
    service, fault = line(broker)
    async with running(service.run):
        await until(lambda: fault() is not None, within_s=5.0)
        said = fault()
        assert said is not None
        assert f"{path} がありません" in said.ja
        assert f"there is no authority's file {path}" in said.en
        path.write_bytes(Path(certifi.where()).read_bytes())
        await until(lambda: str(path) not in str(fault()), within_s=10.0)


async def test_alarms_go_on_being_tried_without_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarm_mqtt, "RECONNECT_FIRST_S", 0.02)
    tries = 0

    class Counted(CaFile):
        async def context(self) -> ssl.SSLContext:
            nonlocal tries
            tries += 1
            return await super().context()

    broker = MqttAddress(host="127.0.0.1", port=1, username="one", password="x", ca_file=Counted(tmp_path / "ca.pem"))
    topics = AlarmTopics(speak=TOPICS.office_alarm, listen=TOPICS.every_alarm, speaker_of=TOPICS.read_alarm)
    line = AlarmLine(broker=broker, topics=topics, clock=CLOCK, on_heard=lambda *_: None)
    async with running(line.run):
        await until(lambda: tries >= 3, within_s=10.0)
    with pytest.raises(UntrustedError):
        async with replace(broker).connected(queue_messages=1):
            pass
