from hypothesis import given
from hypothesis import strategies as st
from pymavlink.dialects.v20 import ardupilotmega as dialect

from ground_station.flight.links.frames import FrameCodec, FrameParser


def _frames(count: int) -> list[bytes]:
    codec = FrameCodec(1, 1)
    return [codec.pack(dialect.MAVLink_heartbeat_message(2, 3, 81, number, 3, 3)) for number in range(count)]


def test_frames_are_found_however_the_stream_is_cut() -> None:
    stream = b"".join(_frames(5))
    for step in (1, 3, 7, len(stream)):
        parser = FrameParser()
        found = [frame for at in range(0, len(stream), step) for frame in parser.feed(stream[at : at + step])]
        assert [frame.sequence for frame in found] == [0, 1, 2, 3, 4]
        assert parser.malformed == 0


def test_a_wrong_checksum_is_dropped_and_the_next_good_frame_is_read() -> None:
    first, second = _frames(2)
    broken = bytearray(first)
    broken[12] ^= 0x55
    parser = FrameParser()
    found = parser.feed(bytes(broken) + second)
    assert [frame.sequence for frame in found] == [1]
    assert parser.malformed >= 1


def test_garbage_before_a_frame_costs_only_the_garbage() -> None:
    parser = FrameParser()
    found = parser.feed(b"Init ArduCopter V4.7\n\xfd\x01" + b"\xff" * 8 + _frames(1)[0])
    assert len(found) == 1


def test_a_cut_datagram_is_counted_and_does_not_eat_the_next_one() -> None:
    first, second = _frames(2)
    parser = FrameParser()
    assert parser.datagram(first[:-3]) == []
    assert len(parser.datagram(second)) == 1
    assert parser.malformed == 1


def test_mavlink_1_frames_are_read() -> None:
    codec = dialect.MAVLink(None, srcSystem=51, srcComponent=68)
    raw = bytes(dialect.MAVLink_radio_status_message(200, 190, 95, 20, 21, 0, 0).pack(codec, force_mavlink1=True))
    frame = FrameParser().feed(raw)[0]
    assert (frame.system_id, frame.message_id) == (51, dialect.MAVLINK_MSG_ID_RADIO_STATUS)
    message = FrameCodec(255, 190).decode(frame)
    assert message is not None
    assert message.txbuf == 95


def test_a_message_that_is_not_in_the_dialect_is_skipped_whole() -> None:
    unknown = bytes([0xFD, 4, 0, 0, 9, 1, 1, 0xFE, 0xFE, 0xFE, 1, 2, 3, 4, 0, 0])
    parser = FrameParser()
    assert len(parser.feed(unknown + _frames(1)[0])) == 1
    assert (parser.unknown, parser.malformed) == (1, 0)


@given(st.binary(max_size=600), st.integers(0, 3))
def test_no_bytes_whatsoever_raise_or_hide_a_following_frame(noise: bytes, good: int) -> None:
    parser = FrameParser()
    codec = FrameCodec(255, 190)
    found = parser.feed(noise)
    tail = b"".join(_frames(good + 20))
    found += parser.feed(tail)
    for frame in found:
        codec.decode(frame)
    assert sum(1 for frame in found if frame.message_id == 0 and frame.system_id == 1) >= good


@given(st.integers(0, 200), st.integers(0, 255))
def test_one_changed_byte_never_gives_another_frame(at: int, value: int) -> None:
    original = _frames(1)[0]
    changed = bytearray(original)
    changed[at % len(changed)] = value
    found = FrameParser().datagram(bytes(changed))
    assert [frame.raw for frame in found] in ([], [original])
