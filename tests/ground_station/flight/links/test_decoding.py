"""Our decoding says of every message of the dialect what pymavlink's says, whole or cut short, on both wires."""

import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymavlink.dialects.v20 import ardupilotmega as dialect

from ground_station.flight.links.decoding import DECODERS
from ground_station.flight.links.frames import FrameCodec, FrameParser

NUMBERS = sorted(dialect.mavlink_map)
_CODEC = FrameCodec(255, 190)


def _framed(number: int, payload: bytes, *, first_wire: bool) -> bytes:
    if first_wire:
        head = bytes([0xFE, len(payload), 7, 3, 1, number])
    else:
        head = bytes([0xFD, len(payload), 0, 0, 7, 3, 1]) + number.to_bytes(3, "little")
    crc: int = dialect.x25crc(head[1:] + payload + bytes([dialect.mavlink_map[number].crc_extra])).crc
    return bytes(head + payload + crc.to_bytes(2, "little"))


def _comparable(value: Any) -> Any:
    if isinstance(value, list):
        return [_comparable(one) for one in value]
    return struct.pack("<d", value) if isinstance(value, float) else value


def _told(message: Any) -> dict[str, Any]:
    fields = {name: _comparable(getattr(message, name)) for name in type(message).fieldnames}
    return fields | {
        "type": message.get_type(),
        "id": message.get_msgId(),
        "from": (message.get_srcSystem(), message.get_srcComponent(), message.get_seq()),
        "names": message.get_fieldnames(),
    }


@settings(max_examples=600)
@given(st.sampled_from(NUMBERS), st.binary(min_size=255, max_size=255), st.floats(0.0, 1.0), st.booleans())
def test_every_message_is_decoded_as_pymavlink_decodes_it(
    number: int, noise: bytes, share: float, first_wire: bool
) -> None:
    size = dialect.mavlink_map[number].unpacker.size
    whole = first_wire and number < 256
    payload = noise[: size if whole else max(1, round(size * share))]
    raw = _framed(number, payload, first_wire=whole)
    (frame,) = FrameParser().datagram(raw)
    theirs = dialect.MAVLink(None).decode(bytearray(raw))
    ours = _CODEC.decode(frame)
    assert ours is not None
    assert isinstance(ours, dialect.mavlink_map[number])
    assert _told(ours) == _told(theirs)


@pytest.mark.parametrize("number", sorted(DECODERS))
def test_a_decoded_message_can_be_sent_on_as_it_came(number: int) -> None:
    payload = bytes(range(1, 1 + dialect.mavlink_map[number].unpacker.size))
    raw = _framed(number, payload, first_wire=False)
    (frame,) = FrameParser().datagram(raw)
    codec = dialect.MAVLink(None, srcSystem=3, srcComponent=1)
    codec.seq = 7
    message = _CODEC.decode(frame)
    assert message is not None
    assert bytes(message.pack(codec)) == raw


def test_only_messages_with_text_are_left_to_pymavlink() -> None:
    left = {dialect.mavlink_map[number].msgname for number in NUMBERS if number not in DECODERS}
    assert {"STATUSTEXT", "PARAM_VALUE", "PARAM_SET", "CAMERA_IMAGE_CAPTURED"} <= left
    assert not left & {"HEARTBEAT", "GLOBAL_POSITION_INT", "BATTERY_STATUS", "AUTOPILOT_VERSION", "MISSION_ITEM_INT"}
