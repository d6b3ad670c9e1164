"""From a checked frame to a pymavlink message, in a third of pymavlink's time: what is checked is not checked again.

Only messages of numbers are decoded here (arrays of them too); those with text are left to pymavlink. Fields are those
of the MAVLink XML in wire units; bytes that the sender cut off the end are zeros (MAVLink 2, payload truncation).
"""

from collections.abc import Mapping
from typing import Any, Protocol

from pymavlink.dialects.v20 import ardupilotmega as dialect

_V1 = 0xFE
_HEADER_V1_BYTES, _HEADER_V2_BYTES = 6, 10


class Wire(Protocol):
    """What a decoder needs of a frame."""

    @property
    def raw(self) -> bytes:
        """Return the whole frame."""
        ...

    @property
    def system_id(self) -> int:
        """Return who sent it."""
        ...

    @property
    def component_id(self) -> int:
        """Return which part of it did."""
        ...

    @property
    def sequence(self) -> int:
        """Return its number."""
        ...


_OF_ITS_FRAME = {
    "get_srcSystem": lambda message: message.wire_frame.system_id,
    "get_srcComponent": lambda message: message.wire_frame.component_id,
    "get_seq": lambda message: message.wire_frame.sequence,
    "get_msgbuf": lambda message: bytearray(message.wire_frame.raw),
}
"""What pymavlink's messages answer, here from the frame when asked."""


class Decoder:
    """Decodes one kind of message."""

    __slots__ = ("_arrays", "_kind", "_names", "_size_bytes", "_unpack")

    def __init__(self, kind: Any) -> None:
        shared = {
            "_header": dialect.MAVLink_header(kind.id),
            "_payload": None,
            "_crc": None,
            "_fieldnames": kind.fieldnames,
            "_type": kind.msgname,
            "_signed": False,
            "_link_id": None,
            "_instances": None,
            "_instance_field": kind.instance_field,
            "_instance_offset": kind.instance_offset,
        }
        self._kind = type(kind.__name__, (kind,), {**shared, **_OF_ITS_FRAME})
        self._names: tuple[str, ...] = tuple(kind.ordered_fieldnames)
        self._unpack = kind.unpacker.unpack
        self._size_bytes: int = kind.unpacker.size
        lengths: list[int] = kind.lengths
        self._arrays = _places(lengths) if max(lengths, default=1) > 1 else None

    def decode(self, frame: Wire) -> Any:
        """Return the message; any payload is one."""
        raw = frame.raw
        start = _HEADER_V1_BYTES if raw[0] == _V1 else _HEADER_V2_BYTES
        payload = raw[start : start + raw[1]]
        if len(payload) != self._size_bytes:
            payload = payload[: self._size_bytes].ljust(self._size_bytes, b"\0")
        values = self._unpack(payload)
        if self._arrays is not None:
            values = [values[at] if end is None else list(values[at:end]) for at, end in self._arrays]
        message: Any = object.__new__(self._kind)
        fields = message.__dict__ = dict(zip(self._names, values, strict=True))
        fields["wire_frame"] = frame
        return message


def _places(lengths: list[int]) -> tuple[tuple[int, int | None], ...]:
    """Return where each field begins in what was unpacked, and where an array ends."""
    places: list[tuple[int, int | None]] = []
    at = 0
    for length in lengths:
        places.append((at, None if length == 1 else at + length))
        at += length
    return tuple(places)


def _has_text(kind: Any) -> bool:
    return "s" in kind.unpacker.format or "c" in bytes(kind.native_format).decode()


DECODERS: Mapping[int, Decoder] = {
    number: Decoder(kind) for number, kind in dialect.mavlink_map.items() if not _has_text(kind)
}
"""Message id → its decoder; those with text are missing."""
