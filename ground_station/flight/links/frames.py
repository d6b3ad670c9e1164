"""Cuts a byte stream into checked MAVLink frames and decodes those that are wanted.

Framing, checksum (CRC-16/MCRF4XX with the message's CRC_EXTRA) and signature length follow the MAVLink 1 and 2
serialisation guide. Decoding a frame into its fields costs more than checking it, so the two are apart: a link checks
everything and decodes only what someone needs. The dialect is pymavlink's.
"""

from typing import Any, NamedTuple, TypeAlias

from fastcrc.crc16 import mcrf4xx
from pymavlink.dialects.v20 import ardupilotmega as dialect

from ground_station.flight.links.decoding import DECODERS

Message: TypeAlias = Any
"""A pymavlink message object (`MAVLink_*_message`); its fields are those of the MAVLink XML, wire units."""

_V1 = 0xFE
_V2 = 0xFD
_SIGNED = 0x01
_SIGNATURE_BYTES = 13
_AROUND_V2_BYTES = 12
_CRC_EXTRA: dict[int, bytes] = {number: bytes((kind.crc_extra,)) for number, kind in dialect.mavlink_map.items()}


class Frame(NamedTuple):
    """One whole frame whose checksum was right."""

    raw: bytes
    message_id: int
    system_id: int
    component_id: int
    sequence: int
    signed: bool


class FrameParser:
    """Finds frames in what one peer sends. Whatever is no good frame is counted in `malformed` and skipped."""

    __slots__ = ("_buffer", "malformed", "unknown")

    def __init__(self) -> None:
        self._buffer = b""
        self.malformed = 0
        self.unknown = 0

    def feed(self, data: bytes) -> list[Frame]:
        """Return the frames that `data` completes; the rest waits for more bytes of the stream."""
        buffer = self._buffer + data if self._buffer else data
        frames, used = self._cut(buffer)
        self._buffer = buffer[used:]
        return frames

    def datagram(self, data: bytes) -> list[Frame]:
        """Return the frames of one datagram; a frame never goes on in the next one."""
        if (
            len(data) >= _AROUND_V2_BYTES
            and data[0] == _V2
            and data[2] == 0
            and data[1] + _AROUND_V2_BYTES == len(data)
        ):
            frame = _checked(data)
            if frame is not None:
                return [frame]
        frames, used = self._cut(data)
        if used < len(data):
            self.malformed += 1
        return frames

    def _cut(self, buffer: bytes) -> tuple[list[Frame], int]:
        frames: list[Frame] = []
        at = 0
        end = len(buffer)
        while at < end:
            if buffer[at] not in (_V1, _V2):
                at = _next_magic(buffer, at)
                self.malformed += 1
                continue
            length = _frame_length(buffer, at)
            if length is None or at + length > end:
                break
            if length == 0:
                self.malformed += 1
                at += 1
                continue
            frame = _checked(buffer[at : at + length])
            if frame is not None:
                frames.append(frame)
                at += length
            elif _is_unknown(buffer, at) and (at + length == end or buffer[at + length] in (_V1, _V2)):
                self.unknown += 1
                at += length
            else:
                self.malformed += 1
                at += 1
        return frames, at


class FrameCodec:
    """Decodes frames, and packs messages with this station's ids and a running sequence number."""

    def __init__(self, system_id: int, component_id: int) -> None:
        self._codec = dialect.MAVLink(None, srcSystem=system_id, srcComponent=component_id)
        self.undecodable = 0

    def decode(self, frame: Frame) -> Message | None:
        """Return the message of a checked frame, or None (counted) if its payload makes no sense."""
        decoder = DECODERS.get(frame.message_id)
        if decoder is not None:
            return decoder.decode(frame)
        try:
            return self._codec.decode(bytearray(frame.raw))
        except dialect.MAVError:
            self.undecodable += 1
            return None

    def pack(self, message: Message) -> bytes:
        """Return the MAVLink 2 frame of `message`."""
        raw = bytes(message.pack(self._codec))
        self._codec.seq = (self._codec.seq + 1) % 256
        return raw


def _next_magic(buffer: bytes, at: int) -> int:
    places = [place for place in (buffer.find(_V2, at), buffer.find(_V1, at)) if place >= 0]
    return min(places, default=len(buffer))


def _frame_length(buffer: bytes, at: int) -> int | None:
    """Return the whole frame's length, None while the header is not all there, 0 for a header that cannot be."""
    if buffer[at] == _V1:
        return buffer[at + 1] + 8 if at + 1 < len(buffer) else None
    if at + 2 >= len(buffer):
        return None
    flags = buffer[at + 2]
    if flags & ~_SIGNED:
        return 0
    return buffer[at + 1] + 12 + (_SIGNATURE_BYTES if flags & _SIGNED else 0)


def _message_id(raw: bytes, at: int) -> int:
    return raw[at + 5] if raw[at] == _V1 else raw[at + 7] | raw[at + 8] << 8 | raw[at + 9] << 16


def _is_unknown(buffer: bytes, at: int) -> bool:
    return _message_id(buffer, at) not in _CRC_EXTRA


def _checked(raw: bytes) -> Frame | None:
    is_v1 = raw[0] == _V1
    message_id = raw[5] if is_v1 else raw[7] | raw[8] << 8 | raw[9] << 16
    extra = _CRC_EXTRA.get(message_id)
    if extra is None:
        return None
    signed = not is_v1 and raw[2] & _SIGNED != 0
    end = len(raw) - _SIGNATURE_BYTES if signed else len(raw)
    if mcrf4xx(raw[1 : end - 2] + extra) != raw[end - 2] | raw[end - 1] << 8:
        return None
    if is_v1:
        return _frame(Frame, (raw, message_id, raw[3], raw[4], raw[2], False))
    return _frame(Frame, (raw, message_id, raw[5], raw[6], raw[4], signed))


_frame = tuple.__new__
"""Builds the named tuple without its own `__new__`, which would take a third of the time of checking a frame."""
