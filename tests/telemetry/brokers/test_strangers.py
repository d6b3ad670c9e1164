"""Strangers at a broker's port, over the embedded one and a real Mosquitto: they make room, and devices stay."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiomqtt
import pytest

from fleet.places import PlaceLimits
from telemetry.brokers import mosquitto
from telemetry.brokers.doorkeeper import KNOCK_WITHIN_S
from telemetry.brokers.mosquitto import MosquittoBroker
from tests.telemetry.brokers.test_brokers import KINDS, Broker, heard, started
from tests.telemetry.field import TOPICS, office_at, station_at, until

CROWD = 520
SHORT_CONNECT = b"\x10\x20\x00\x04MQ"
WITHIN_S = 20.0


@asynccontextmanager
async def crowd(broker: Broker, first: bytes = b"") -> AsyncIterator[list[asyncio.StreamReader]]:
    """Connect a crowd that says nothing, or begins and does not go on."""
    opened = [await asyncio.open_connection("127.0.0.1", broker.port) for _ in range(CROWD)]
    for _, writer in opened:
        writer.write(first)
    try:
        yield [reader for reader, _ in opened]
    finally:
        for _, writer in opened:
            writer.transport.abort()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("first", [b"", SHORT_CONNECT], ids=["silent", "slow"])
async def test_a_device_comes_in_and_one_inside_stays_whoever_stands_at_the_port(
    kind: str, first: bytes, tmp_path: Path
) -> None:
    topic = f"{TOPICS.prefix}/tent-1/up/track"
    async with started(kind, tmp_path) as broker, office_at(broker.port).connected(queue_messages=10) as office:
        await office.subscribe(TOPICS.every_up(), qos=0)
        broker.door._knock_within_s = 3600.0  # so that no stranger goes by himself
        async with crowd(broker, first):
            async with (
                asyncio.timeout(WITHIN_S),
                station_at(broker.port).broker.connected(queue_messages=10) as station,
            ):
                await station.publish(topic, b"x", qos=1)
            assert await heard(office) == [topic]
            assert broker.door.places.strangers <= broker.door.places.limits.per_address


@pytest.mark.parametrize("kind", KINDS)
async def test_who_says_nothing_is_gone_after_three_seconds(kind: str, tmp_path: Path) -> None:
    async with started(kind, tmp_path) as broker, crowd(broker) as strangers:
        async with asyncio.timeout(KNOCK_WITHIN_S + 7.0):
            ends = await asyncio.gather(*(reader.read() for reader in strangers), return_exceptions=True)
        assert all(end == b"" or isinstance(end, ConnectionError) for end in ends)
        await until(lambda: broker.door.places.strangers == 0, within_s=5.0)


@pytest.mark.parametrize("kind", KINDS)
async def test_strangers_who_fill_every_place_push_no_device_out(kind: str, tmp_path: Path) -> None:
    async with started(kind, tmp_path) as broker, office_at(broker.port).connected(queue_messages=10) as office:
        await office.subscribe(TOPICS.every_up(), qos=0)
        limits = PlaceLimits(total=6, strangers=4, per_address=3, busy_strangers=2, per_person=3)
        broker.door.places.limits = limits
        async with crowd(broker), station_at(broker.port).broker.connected(queue_messages=10) as station:
            assert len(broker.door.places) <= limits.total
            await station.publish(f"{TOPICS.prefix}/tent-1/up/track", b"x", qos=1)
            assert await heard(office) == [f"{TOPICS.prefix}/tent-1/up/track"]


@pytest.mark.peer
@pytest.mark.parametrize("version", [aiomqtt.ProtocolVersion.V311, aiomqtt.ProtocolVersion.V5])
async def test_mosquitto_is_spoken_to_in_either_version(version: aiomqtt.ProtocolVersion, tmp_path: Path) -> None:
    async with started("mosquitto", tmp_path) as broker:
        address = office_at(broker.port)
        async with aiomqtt.Client(
            "127.0.0.1", broker.port, username=address.username, password=address.password, protocol=version
        ) as client:
            await client.subscribe(TOPICS.every_up(), qos=1)
        with pytest.raises(aiomqtt.MqttError, match=r"(?i)authori[sz]ed"):
            async with aiomqtt.Client(
                "127.0.0.1", broker.port, username=address.username, password="not the key at all", protocol=version
            ):
                pass


async def test_an_empty_client_id_is_nobodys(tmp_path: Path) -> None:
    async with started("embedded", tmp_path) as broker:
        office, station = office_at(broker.port), station_at(broker.port).broker
        clients = [
            aiomqtt.Client("127.0.0.1", broker.port, username=one.username, password=one.password, identifier="")
            for one in (office, station)
        ]
        async with clients[0], clients[1]:
            assert len(broker.door.places) == 2


@pytest.mark.peer
async def test_who_comes_while_mosquitto_starts_again_waits_for_it(tmp_path: Path) -> None:
    async with started("mosquitto", tmp_path) as broker:
        assert isinstance(broker, MosquittoBroker)
        process_id = broker.process_id
        assert process_id is not None
        os.kill(process_id, signal.SIGKILL)
        await until(lambda: broker.process_id != process_id, within_s=5.0)
        async with asyncio.timeout(WITHIN_S), office_at(broker.port).connected(queue_messages=1) as office:
            await office.subscribe(TOPICS.every_up(), qos=0)
        await until(lambda: broker.restarts == 1, within_s=5.0)


@pytest.mark.peer
async def test_who_comes_while_mosquitto_cannot_start_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mosquitto, "START_WITHIN_S", 0.5)
    monkeypatch.setattr(mosquitto, "RESTART_FIRST_S", 60.0)
    async with started("mosquitto", tmp_path) as broker:
        assert isinstance(broker, MosquittoBroker)
        process_id = broker.process_id
        assert process_id is not None
        os.kill(process_id, signal.SIGKILL)
        await until(lambda: broker.process_id is None, within_s=5.0)
        with pytest.raises(aiomqtt.MqttError, match=r"(?i)unavailable"):
            async with office_at(broker.port).connected(queue_messages=1):
                pass
