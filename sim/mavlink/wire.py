"""MAVLink 2 frames packed fast, byte for byte what pymavlink packs.

The checksum is CRC-16/MCRF4XX (MAVLink's "X.25"), the bit-reversed twin of the CRC that the standard library has in C:
so bytes are reversed by a table, summed, and the sum reversed back.
"""

import binascii
import re
from functools import cache
from struct import Struct, error
from typing import NamedTuple

from pymavlink.dialects.v20 import ardupilotmega

_REVERSED = bytes(int(f"{n:08b}"[::-1], 2) for n in range(256))
_HEADER = Struct("<BBBBBBHB")
_SUM = Struct("<H")
_CODE = re.compile(r"(\d*)([a-zA-Z])")
_BITS = {"b": 8, "h": 16, "i": 32, "q": 64}
_RANGES = {code: (-(1 << bits - 1), (1 << bits - 1) - 1) for code, bits in _BITS.items()}
_RANGES |= {code.upper(): (0, (1 << bits) - 1) for code, bits in _BITS.items()}
_CRC_EXTRA = [bytes([n]) for n in range(256)]


class Packet(NamedTuple):
    """A message without the header that differs from link to link."""

    msg_id: int
    crc_extra: int
    payload: bytes


def checksum(data: bytes) -> int:
    """Return the CRC-16/MCRF4XX of `data`."""
    mirrored = binascii.crc_hqx(data.translate(_REVERSED), 0xFFFF)
    return _REVERSED[mirrored & 0xFF] << 8 | _REVERSED[mirrored >> 8]


def frame(packet: Packet, *, sequence: int, system_id: int, component_id: int) -> bytes:
    """Return the unsigned MAVLink 2 frame of a packet."""
    msg_id, crc_extra, payload = packet
    header = _HEADER.pack(len(payload), 0, 0, sequence, system_id, component_id, msg_id & 0xFFFF, msg_id >> 16)
    body = header + payload
    return b"\xfd" + body + _SUM.pack(checksum(body + _CRC_EXTRA[crc_extra]))


class Message:
    """One message type: packs values given in wire order (by falling size, as the frame holds them)."""

    __slots__ = ("_struct", "crc_extra", "fields", "msg_id", "name")

    def __init__(self, name: str) -> None:
        kind = getattr(ardupilotmega, f"MAVLink_{name.lower()}_message")
        self.name = name
        self.msg_id: int = kind.id
        self.crc_extra: int = kind.crc_extra
        self.fields: tuple[str, ...] = tuple(kind.ordered_fieldnames)
        self._struct: Struct = kind.unpacker

    def pack(self, *values: float | bytes) -> Packet:
        """Return the packet, trailing zeros cut but for the first byte; whole numbers are held to their range."""
        try:
            payload = self._struct.pack(*values)
        except error:
            payload = self._struct.pack(*self._held_to_range(values))
        payload = payload.rstrip(b"\0")
        return Packet(self.msg_id, self.crc_extra, payload or b"\0")

    def _held_to_range(self, values: tuple[float | bytes, ...]) -> list[float | bytes]:
        codes = "".join(
            code if code == "s" else code * int(count or 1) for count, code in _CODE.findall(self._struct.format)
        )
        held: list[float | bytes] = []
        for code, value in zip(codes, values, strict=True):
            limits = _RANGES.get(code)
            held.append(value if limits is None or isinstance(value, bytes) else min(max(value, limits[0]), limits[1]))
        return held


@cache
def message(name: str) -> Message:
    """Return the message type of that name."""
    return Message(name)
