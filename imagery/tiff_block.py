"""EXIF's container: a TIFF block of tag directories, read and written in memory (EXIF 2.32 section 4.6; TIFF 6.0).

Reading never raises: a value that points outside the block, loops or has an unknown type is left out.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

TagValue = str | bytes | tuple[float, ...]

EXIF_POINTER: Final = 0x8769
GPS_POINTER: Final = 0x8825

_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_CODES: Final = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d"}
_MAX_ENTRIES: Final = 256
_MAX_VALUE_BYTES: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class TiffBlock:
    """The three directories that matter, tag number to value.

    Text is `str` without its NUL, opaque values are `bytes`, numbers a tuple of floats (a rational with a zero
    denominator is NaN).
    """

    image: Mapping[int, TagValue] = field(default_factory=dict)
    exif: Mapping[int, TagValue] = field(default_factory=dict)
    gps: Mapping[int, TagValue] = field(default_factory=dict)


def read_tiff_block(block: bytes) -> TiffBlock | None:
    """Return the directories of an EXIF block (with or without its `Exif\\0\\0` head); None if it is no TIFF block."""
    body = block.removeprefix(b"Exif\x00\x00")
    order = {b"II": "<", b"MM": ">"}.get(body[:2])
    if order is None or len(body) < 8 or struct.unpack_from(order + "H", body, 2)[0] != 42:
        return None
    reader = _Reader(body, order)
    image = reader.directory(struct.unpack_from(order + "I", body, 4)[0])
    return TiffBlock(
        image=image,
        exif=reader.directory(_pointer(image, EXIF_POINTER)),
        gps=reader.directory(_pointer(image, GPS_POINTER)),
    )


def _pointer(directory: Mapping[int, TagValue], tag: int) -> int:
    value = directory.get(tag)
    return int(value[0]) if isinstance(value, tuple) and value and value[0] == value[0] else 0


class _Reader:
    def __init__(self, body: bytes, order: str) -> None:
        self._body = body
        self._order = order

    def directory(self, offset: int) -> dict[int, TagValue]:
        found: dict[int, TagValue] = {}
        if not 8 <= offset <= len(self._body) - 2:
            return found
        (count,) = struct.unpack_from(self._order + "H", self._body, offset)
        for number in range(min(count, _MAX_ENTRIES)):
            start = offset + 2 + 12 * number
            if start + 12 > len(self._body):
                break
            tag, kind, length = struct.unpack_from(self._order + "HHI", self._body, start)
            value = self._value(kind, length, start + 8)
            if value is not None:
                found.setdefault(tag, value)
        return found

    def _value(self, kind: int, length: int, field_at: int) -> TagValue | None:
        size = _SIZES.get(kind, 0) * length
        if not 0 < size <= _MAX_VALUE_BYTES:
            return None
        at = field_at
        if size > 4:
            (at,) = struct.unpack_from(self._order + "I", self._body, field_at)
        raw = self._body[at : at + size]
        if len(raw) < size:
            return None
        if kind == 2:
            return raw.split(b"\x00", 1)[0].decode("utf-8", "replace").strip()
        if kind == 7:
            return raw
        if kind in {5, 10}:
            pairs = struct.unpack(self._order + ("II" if kind == 5 else "ii") * length, raw)
            return tuple(a / b if b else float("nan") for a, b in zip(pairs[::2], pairs[1::2], strict=True))
        return tuple(float(number) for number in struct.unpack(f"{self._order}{length}{_CODES[kind]}", raw))


@dataclass(frozen=True, slots=True, kw_only=True)
class TagEntry:
    """One value ready to be written: TIFF type, count and little-endian data."""

    kind: int
    count: int
    data: bytes


def ascii_entry(text: str) -> TagEntry:
    """Return a NUL-ended text value; what is not ASCII becomes `?`."""
    data = text.encode("ascii", "replace") + b"\x00"
    return TagEntry(kind=2, count=len(data), data=data)


def short_entry(value: int) -> TagEntry:
    """Return one 16-bit number."""
    return TagEntry(kind=3, count=1, data=struct.pack("<H", value))


def bytes_entry(*values: int) -> TagEntry:
    """Return 8-bit numbers."""
    return TagEntry(kind=1, count=len(values), data=bytes(values))


def rational_entry(*values: float) -> TagEntry:
    """Return non-negative numbers as fractions good to about 1e-7."""
    data = b""
    for value in values:
        fraction = Fraction(value).limit_denominator(10_000_000 if value < 400 else 1000)
        data += struct.pack("<II", fraction.numerator, fraction.denominator)
    return TagEntry(kind=5, count=len(values), data=data)


def _long_entry(value: int) -> TagEntry:
    return TagEntry(kind=4, count=1, data=struct.pack("<I", value))


def write_tiff_block(
    *, image: Mapping[int, TagEntry], exif: Mapping[int, TagEntry], gps: Mapping[int, TagEntry]
) -> bytes:
    """Return an EXIF block, `Exif\\0\\0` head included, little-endian; empty directories are left out."""
    chosen = {tag: _long_entry(0) for tag, part in ((EXIF_POINTER, exif), (GPS_POINTER, gps)) if part}
    first = {**image, **chosen}
    exif_at = 8 + _length(first)
    gps_at = exif_at + (_length(exif) if exif else 0)
    if exif:
        first[EXIF_POINTER] = _long_entry(exif_at)
    if gps:
        first[GPS_POINTER] = _long_entry(gps_at)
    body = b"II" + struct.pack("<HI", 42, 8) + _directory(first, 8)
    if exif:
        body += _directory(exif, exif_at)
    if gps:
        body += _directory(gps, gps_at)
    return b"Exif\x00\x00" + body


def _padded(data: bytes) -> bytes:
    return data + b"\x00" * (len(data) % 2)


def _length(entries: Mapping[int, TagEntry]) -> int:
    return 2 + 12 * len(entries) + 4 + sum(len(_padded(e.data)) for e in entries.values() if len(e.data) > 4)


def _directory(entries: Mapping[int, TagEntry], at: int) -> bytes:
    head = struct.pack("<H", len(entries))
    tail = b""
    tail_at = at + 2 + 12 * len(entries) + 4
    for tag in sorted(entries):
        entry = entries[tag]
        head += struct.pack("<HHI", tag, entry.kind, entry.count)
        if len(entry.data) <= 4:
            head += entry.data.ljust(4, b"\x00")
        else:
            head += struct.pack("<I", tail_at + len(tail))
            tail += _padded(entry.data)
    return head + struct.pack("<I", 0) + tail
