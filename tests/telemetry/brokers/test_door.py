"""The door: what a CONNECT says, and that nothing else is taken for one."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.brokers.door import (
    MAX_CONNECT_BYTES,
    MQTT_3_1_1,
    MQTT_5,
    Knock,
    NoConnectError,
    read_connect,
    remaining_length,
)


def text(value: bytes) -> bytes:
    return struct.pack(">H", len(value)) + value


def connect(flags: int, *fields: bytes, protocol: bytes = b"MQTT", level: int = 4) -> bytes:
    return text(protocol) + bytes([level, flags]) + b"\x00\x3c" + b"".join(text(field) for field in fields)


def test_a_connect_says_who_asks() -> None:
    knock = read_connect(connect(0xC2, b"id", b"tent-1", b"key"))
    assert knock == Knock(client_id="id", username="tent-1", password="key", has_will=False)


def test_who_gives_no_name_asks_as_nobody() -> None:
    assert read_connect(connect(0x02, b"id")).username == ""


def test_mqtt_5_is_told_which_version_is_spoken_here() -> None:
    with pytest.raises(NoConnectError) as caught:
        read_connect(connect(0xC2, b"id", b"tent-1", b"key", level=5))
    assert caught.value.answer == b"\x20\x02\x00\x01"


def test_a_will_is_passed_over() -> None:
    knock = read_connect(connect(0xC6, b"id", b"topic", b"\xff\x00", b"tent-1", b"key"))
    assert (knock.username, knock.password, knock.has_will) == ("tent-1", "key", True)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        connect(0x82, b"id"),
        connect(0xC2, b"id", b"tent-1"),
        connect(0xC2, b"id", b"tent-1", b"key", level=5),
        connect(0xC2, b"id", b"tent-1", b"key", protocol=b"MQIsdp"),
        connect(0xC2, b"id", b"\xff\xfe", b"key"),
    ],
)
def test_what_is_no_whole_connect_is_refused(content: bytes) -> None:
    with pytest.raises(NoConnectError):
        read_connect(content)


@pytest.mark.parametrize(
    ("header", "length"), [(b"\x10\x05", 5), (b"\x10\x80", None), (b"\x10\x80\x01", 128), (b"\x10", None)]
)
def test_the_length_is_read_as_it_comes(header: bytes, length: int | None) -> None:
    assert remaining_length(header) == length


@pytest.mark.parametrize("header", [b"GE", b"\x30\x05", b"\x10\xff\x7f", b"\x10\xff\xff\xff\x7f"])
def test_another_packet_or_one_too_long_is_refused(header: bytes) -> None:
    with pytest.raises(NoConnectError):
        remaining_length(header)


@given(st.binary(max_size=MAX_CONNECT_BYTES))
def test_garbage_raises_nothing_else(content: bytes) -> None:
    try:
        knock = read_connect(content, (MQTT_3_1_1, MQTT_5))
    except NoConnectError:
        return
    assert len(knock.username) <= MAX_CONNECT_BYTES


def _connect_5(flags: int, properties: bytes, *fields: bytes) -> bytes:
    return text(b"MQTT") + bytes([5, flags]) + b"\x00\x3c" + properties + b"".join(fields)


@pytest.mark.parametrize("properties", [b"\x00", b"\x05\x11\x00\x00\x00\x3c", b"\xc8\x01" + b"\x26" * 200])
def test_mqtt_5_is_read_where_it_is_spoken(properties: bytes) -> None:
    content = _connect_5(0xC2, properties, text(b"id"), text(b"tent-1"), text(b"key"))
    knock = read_connect(content, (MQTT_3_1_1, MQTT_5))
    assert (knock.client_id, knock.username, knock.password, knock.version) == ("id", "tent-1", "key", MQTT_5)
    assert knock.refusal == b"\x20\x03\x00\x87\x00"


def test_a_will_of_mqtt_5_has_properties_of_its_own() -> None:
    will = b"\x05\x18\x00\x00\x00\x05" + text(b"topic") + text(b"gone")
    content = _connect_5(0xC6, b"\x00", text(b"id"), will, text(b"tent-1"), text(b"key"))
    assert read_connect(content, (MQTT_5,)).username == "tent-1"


@pytest.mark.parametrize("properties", [b"", b"\xff\xff\xff\xff\xff", b"\xff\xff\x7f", b"\x80"])
def test_properties_that_do_not_end_are_refused(properties: bytes) -> None:
    with pytest.raises(NoConnectError):
        read_connect(_connect_5(0xC2, properties, text(b"id")), (MQTT_5,))
