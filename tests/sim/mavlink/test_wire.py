"""Frames packed here equal pymavlink's, byte for byte."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymavlink.dialects.v20 import ardupilotmega as dialect
from pymavlink.generator.mavcrc import x25crc

from sim.mavlink import telemetry
from sim.mavlink.session import Session
from sim.mavlink.wire import checksum, frame
from tests.sim.pad import Pad, waypoint


@given(st.binary(max_size=300))
def test_the_checksum_is_mavlinks(data: bytes) -> None:
    assert checksum(data) == x25crc(data).crc


@pytest.fixture(scope="module")
def flown() -> Pad:
    pad = Pad(has_camera=True)
    pad.tell(dialect.MAVLink_request_data_stream_message(1, 1, 0, 4, 1))
    pad.take_off(10.0)
    pad.command(203)
    pad.upload([waypoint(347700000, 1332300000, 10.0), waypoint(347710000, 1332300000, 20.0)])
    pad.tell(dialect.MAVLink_mission_request_list_message(1, 1, 0))
    pad.tell(dialect.MAVLink_mission_request_int_message(1, 1, 1, 0))
    pad.tell(dialect.MAVLink_param_request_list_message(1, 1))
    pad.live(3.0)
    return pad


def test_every_frame_of_a_flight_equals_what_pymavlink_packs_from_its_fields(flown: Pad) -> None:
    kinds = set()
    for message in flown.heard:
        raw = bytes(message.get_msgbuf())
        packer = dialect.MAVLink(None, 1, 1)
        packer.seq = message.get_header().seq
        assert raw == bytes(_again(message).pack(packer)), message
        kinds.add(message.get_type())
    assert len(kinds) >= 30


def _again(message: Any) -> Any:
    """Return a fresh message with the fields of one that was parsed."""
    values = []
    for name in message.fieldnames:
        value = getattr(message, name)
        values.append(value.encode() if isinstance(value, str) else value)
    return type(message)(*values)


@pytest.mark.parametrize("msg_id", sorted(telemetry.BUILDERS))
def test_every_message_can_be_asked_for(flown: Pad, msg_id: int) -> None:
    packet = telemetry.BUILDERS[msg_id](flown.vehicle)
    if packet is None:
        assert msg_id in {87, 162}  # no target, no fence
        return
    parsed = dialect.MAVLink(None).parse_buffer(frame(packet, sequence=1, system_id=1, component_id=1))
    assert [m.get_msgId() for m in parsed] == [msg_id]


@given(st.lists(st.binary(min_size=1, max_size=60), max_size=20))
def test_garbage_never_raises_and_the_next_good_frame_is_read(chunks: list[bytes]) -> None:
    session = Session(1, 0.0)
    for chunk in chunks:
        session.parse(chunk)
    good = bytes(dialect.MAVLink_heartbeat_message(6, 8, 0, 0, 4, 3).pack(dialect.MAVLink(None, 255, 190)))
    # A false start may swallow as much as the longest frame; after that it is in step again.
    read = [m for _ in range(40) for m in session.parse(good)]
    assert any(m.get_type() == "HEARTBEAT" for m in read)
    assert all(m.get_type() == "HEARTBEAT" for m in session.parse(good))
