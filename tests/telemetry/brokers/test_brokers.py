"""What every broker we start must hold, over the embedded one and a real Mosquitto."""

import asyncio
import contextlib
import os
import secrets
import shutil
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiomqtt
import pytest

from fleet.errors import BadInputError, UnavailableError
from telemetry.brokers.access import DeviceBook
from telemetry.brokers.embedded import EmbeddedBroker
from telemetry.brokers.external import external_broker
from telemetry.brokers.mosquitto import MosquittoBroker
from telemetry.mqtt_address import MqttAddress
from tests.telemetry.field import OFFICE_KEY, STATION, STATION_KEY, TOPICS, book, devices, office_at, station_at, until

Broker = EmbeddedBroker | MosquittoBroker
KINDS = ["embedded", pytest.param("mosquitto", marks=pytest.mark.peer)]
QUIET_S = 0.4


def need_mosquitto() -> None:
    if shutil.which("mosquitto") is None and not Path("/usr/sbin/mosquitto").exists():
        reason = "mosquitto is not installed"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


def make(kind: str, devices_now: DeviceBook, folder: Path, port: int = 0) -> Broker:
    if kind == "embedded":
        return EmbeddedBroker(book=devices_now, port=port)
    need_mosquitto()
    return MosquittoBroker(book=devices_now, folder=folder / "mosquitto", port=port)


@asynccontextmanager
async def started(kind: str, folder: Path) -> AsyncIterator[Broker]:
    async with make(kind, book(), folder) as broker:
        yield broker


async def heard(client: aiomqtt.Client, within_s: float = QUIET_S) -> list[str]:
    """Return the topics heard within a short time."""
    topics: list[str] = []
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            messages = aiter(client.messages)
            while True:
                topics.append((await anext(messages)).topic.value)
    return topics


async def heard_of(client: aiomqtt.Client, count: int, within_s: float) -> int:
    """Return how many messages were heard: `count` as soon as they are, fewer after `within_s`."""
    found = 0
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            while found < count:
                await anext(aiter(client.messages))
                found += 1
    return found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("username", "password"),
    [("tent-1", "not the key at all"), ("nobody", STATION_KEY), ("", ""), ("town-office", STATION_KEY)],
)
async def test_who_has_not_the_key_is_not_let_in(kind: str, username: str, password: str, tmp_path: Path) -> None:
    async with started(kind, tmp_path) as broker:
        address = MqttAddress(host="127.0.0.1", port=broker.port, username=username, password=password)
        with pytest.raises(aiomqtt.MqttError):
            async with address.connected(queue_messages=10):
                pass


@pytest.mark.parametrize("kind", KINDS)
async def test_nobody_is_anonymous(kind: str, tmp_path: Path) -> None:
    async with started(kind, tmp_path) as broker:
        with pytest.raises(aiomqtt.MqttError):
            async with aiomqtt.Client("127.0.0.1", broker.port):
                pass


@pytest.mark.parametrize("kind", KINDS)
async def test_a_station_is_heard_on_its_own_topics_only(kind: str, tmp_path: Path) -> None:
    own = f"{TOPICS.prefix}/tent-1/up/track"
    async with (
        started(kind, tmp_path) as broker,
        office_at(broker.port).connected(queue_messages=10) as office,
        station_at(broker.port).broker.connected(queue_messages=10) as station,
    ):
        await office.subscribe(f"{TOPICS.prefix}/#", qos=1)
        for topic in (f"{TOPICS.prefix}/tent-2/up/track", f"{TOPICS.prefix}/tent-1/receipt", own):
            await station.publish(topic, b"x", qos=1)
        assert await heard(office) == [own]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_station_hears_nothing_of_others(kind: str, tmp_path: Path) -> None:
    async with (
        started(kind, tmp_path) as broker,
        office_at(broker.port).connected(queue_messages=10) as office,
        station_at(broker.port).broker.connected(queue_messages=10) as station,
    ):
        for topic_filter in ("#", f"{TOPICS.prefix}/tent-2/receipt", f"{TOPICS.prefix}/+/down/request"):
            with contextlib.suppress(aiomqtt.MqttError):
                await station.subscribe(topic_filter, qos=1)
        await station.subscribe(TOPICS.receipt(STATION), qos=1)
        await office.publish(f"{TOPICS.prefix}/tent-2/receipt", b"x", qos=1)
        await office.publish(f"{TOPICS.prefix}/tent-2/down/request", b"x", qos=1)
        await office.publish(TOPICS.receipt(STATION), b"x", qos=1)
        assert set(await heard(station)) == {TOPICS.receipt(STATION)}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_vehicles_state_is_there_for_who_comes_later(kind: str, tmp_path: Path) -> None:
    topic = f"{TOPICS.prefix}/vehicle/kite-1/state"
    async with started(kind, tmp_path) as broker:
        async with station_at(broker.port).broker.connected(queue_messages=10) as station:
            await station.publish(topic, b"{}", qos=1, retain=True)
            await asyncio.sleep(0.1)
        wall = MqttAddress(host="127.0.0.1", port=broker.port, username="wall", password=OFFICE_KEY)
        async with wall.connected(queue_messages=10) as client:
            await client.subscribe(f"{TOPICS.prefix}/vehicle/+/state", qos=0)
            assert await heard(client) == [topic]


async def test_a_revoked_device_is_not_heard_though_still_connected(tmp_path: Path) -> None:
    devices_now = book()
    async with (
        make("embedded", devices_now, tmp_path) as broker,
        office_at(broker.port).connected(queue_messages=10) as office,
        station_at(broker.port).broker.connected(queue_messages=10) as station,
    ):
        await office.subscribe(TOPICS.every_up(), qos=0)
        devices_now.replace(device for device in devices() if device.username != "tent-1")
        await station.publish(f"{TOPICS.prefix}/tent-1/up/track", b"x", qos=0)
        assert await heard(office) == []


@pytest.mark.parametrize("kind", KINDS)
async def test_a_revoked_device_is_thrown_out(kind: str, tmp_path: Path) -> None:
    devices_now = book()
    async with (
        make(kind, devices_now, tmp_path) as broker,
        office_at(broker.port).connected(queue_messages=10) as office,
        station_at(broker.port).broker.connected(queue_messages=10) as station,
    ):
        devices_now.replace(device for device in devices() if device.username != "tent-1")
        await broker.reload()
        with pytest.raises(aiomqtt.MqttError):
            await heard(station, within_s=10.0)
        await office.subscribe(TOPICS.every_up(), qos=1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("username", "password"), [("town-office", "guessed it, did I"), ("tent-1", STATION_KEY)])
async def test_nobody_can_push_another_device_out_by_its_client_id(
    kind: str, username: str, password: str, tmp_path: Path
) -> None:
    async with started(kind, tmp_path) as broker, office_at(broker.port).connected(queue_messages=10) as office:
        await office.subscribe(TOPICS.every_up(), qos=0)
        for clean in (True, False):
            thief = aiomqtt.Client(
                "127.0.0.1",
                broker.port,
                username=username,
                password=password,
                identifier=office.identifier,
                clean_session=clean,
            )
            with pytest.raises(aiomqtt.MqttError):
                await thief.__aenter__()
        async with station_at(broker.port).broker.connected(queue_messages=1) as station:
            await station.publish(f"{TOPICS.prefix}/tent-1/up/track", b"x", qos=0)
            assert await heard(office) == [f"{TOPICS.prefix}/tent-1/up/track"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("first", [b"GET / HTTP/1.1\r\n\r\n", b"\x10\xff\xff\xff\x7f", b"\x10\x05abcde", b"\x30\x02ab"])
async def test_who_does_not_speak_mqtt_is_shown_the_door(kind: str, first: bytes, tmp_path: Path) -> None:
    async with started(kind, tmp_path) as broker:
        reader, writer = await asyncio.open_connection("127.0.0.1", broker.port)
        writer.write(first)
        async with asyncio.timeout(3.0):
            assert await reader.read() == b""
        writer.close()
        async with office_at(broker.port).connected(queue_messages=1) as office:
            await office.subscribe(TOPICS.every_up(), qos=0)


@pytest.mark.peer
async def test_a_killed_mosquitto_is_back_within_seconds(tmp_path: Path) -> None:
    broker = make("mosquitto", book(), tmp_path)
    assert isinstance(broker, MosquittoBroker)
    async with broker:
        first = broker.process_id
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await until(lambda: broker.process_id not in (None, first) and broker.restarts == 1, within_s=5.0)
        async with asyncio.timeout(5.0):
            await _connect_when_up(broker)


async def _connect_when_up(broker: MosquittoBroker) -> None:
    while True:
        with contextlib.suppress(aiomqtt.MqttError):
            async with office_at(broker.port).connected(queue_messages=1):
                return
        await asyncio.sleep(0.1)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_taken_port_is_named(kind: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UnavailableError) as caught:
            await make(kind, book(), tmp_path, port).start()
    assert str(port) in caught.value.what.en


def test_an_outside_broker_is_named_by_url(tmp_path: Path) -> None:
    plain = external_broker("mqtt://broker.example", username="a", password="b")
    assert (plain.host, plain.port, plain.ca_file) == ("broker.example", 1883, None)
    secure = external_broker("mqtts://broker.example:8999", username="a", password="b", ca_file=tmp_path / "ca.pem")
    assert secure.ca_file is not None
    assert (secure.port, secure.ca_file.path) == (8999, tmp_path / "ca.pem")


@pytest.mark.parametrize(
    "url", ["http://x", "mqtt://", "mqtt://a:b@x", "mqtt://x:port", "mqtts://x", "mqtt://x/path", "x:1883"]
)
def test_a_url_that_is_no_broker_is_refused(url: str) -> None:
    with pytest.raises(BadInputError):
        external_broker(url, username="a", password="b")


async def _mistaken() -> None:
    raise RuntimeError("nobody thought of this")


async def test_a_watch_that_fell_keeps_no_broker_from_ending(tmp_path: Path) -> None:
    broker = MosquittoBroker(book=book(), folder=tmp_path / "mosquitto", port=0)
    broker.port = broker.door.bind("127.0.0.1", 0)
    broker._watch = asyncio.create_task(_mistaken())
    await asyncio.sleep(0)
    await broker.stop()
    with socket.create_server(("127.0.0.1", broker.port)):
        assert broker._watch is None


async def test_no_message_is_lost_to_others_who_come_and_go_meanwhile(tmp_path: Path) -> None:
    sent, over = 150, asyncio.Event()
    async with (
        started("embedded", tmp_path) as broker,
        office_at(broker.port).connected(queue_messages=sent) as office,
        office_at(broker.port).connected(queue_messages=sent) as second,
        station_at(broker.port).broker.connected(queue_messages=10) as station,
    ):
        wall = MqttAddress(host="127.0.0.1", port=broker.port, username="wall", password=OFFICE_KEY)

        async def come_and_go() -> None:
            while not over.is_set():
                async with wall.connected(queue_messages=sent) as client:
                    await client.subscribe(f"{TOPICS.prefix}/vehicle/kite-{secrets.token_hex(4)}/state", qos=0)

        await office.subscribe(TOPICS.every_up(), qos=0)
        await second.subscribe(f"{TOPICS.prefix}/tent-1/#", qos=0)  # it is asked after the first one
        moving = [asyncio.create_task(come_and_go()) for _ in range(4)]
        try:
            for _ in range(sent):
                await station.publish(f"{TOPICS.prefix}/tent-1/up/track", b"x", qos=1)
            counts = [await heard_of(client, sent, within_s=20.0) for client in (office, second)]
        finally:
            over.set()
            await asyncio.gather(*moving)
        assert counts == [sent, sent]
