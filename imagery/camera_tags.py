"""What a camera wrote about a picture: when, where, how high and which way, from EXIF and XMP.

Degrees are WGS 84, heights metres (`amsl` above mean sea level, `home` above take-off, which is what DJI's
RelativeAltitude means). Yaw is clockwise from true north, 0 ≤ yaw < 360; pitch is −90 looking straight down.
Garbage is left out with a note, never an error.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone

from fleet.clock import JST
from fleet.text import Text
from imagery.tiff_block import (
    TagEntry,
    TagValue,
    TiffBlock,
    ascii_entry,
    bytes_entry,
    rational_entry,
    read_tiff_block,
    short_entry,
    write_tiff_block,
)
from imagery.xmp_packet import read_xmp_packet, write_dji_packet

_XMP_NAMES: dict[str, tuple[str, ...]] = {
    "lat_deg": ("drone-dji:GpsLatitude", "exif:GPSLatitude"),
    "lon_deg": ("drone-dji:GpsLongitude", "drone-dji:GpsLongtitude", "exif:GPSLongitude"),
    "alt_amsl_m": ("drone-dji:AbsoluteAltitude", "exif:GPSAltitude"),
    "alt_home_m": ("drone-dji:RelativeAltitude",),
    "gimbal_yaw_deg": ("drone-dji:GimbalYawDegree", "Camera:Yaw"),
    "gimbal_pitch_deg": ("drone-dji:GimbalPitchDegree", "Camera:Pitch"),
    "gimbal_roll_deg": ("drone-dji:GimbalRollDegree", "Camera:Roll"),
    "aircraft_yaw_deg": ("drone-dji:FlightYawDegree",),
    "aircraft_pitch_deg": ("drone-dji:FlightPitchDegree",),
    "aircraft_roll_deg": ("drone-dji:FlightRollDegree",),
}
_LIMITS = {"lat_deg": 90.0, "lon_deg": 180.0, "alt_amsl_m": 20_000.0, "alt_home_m": 20_000.0}
_FIXED = frozenset({1, 2, 3, 4, 5, 6, 7, 29})  # GPS tags that mean nothing without a fix: place, height, time
_SENSOR_WIDTH_35MM = 36.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraTags:
    """Everything a picture says about itself; None where it says nothing usable, `notes` why."""

    taken_at_s: float | None = None
    lon_deg: float | None = None
    lat_deg: float | None = None
    alt_amsl_m: float | None = None
    alt_home_m: float | None = None
    gimbal_yaw_deg: float | None = None
    gimbal_pitch_deg: float | None = None
    gimbal_roll_deg: float | None = None
    aircraft_yaw_deg: float | None = None
    aircraft_pitch_deg: float | None = None
    aircraft_roll_deg: float | None = None
    focal_mm: float | None = None
    focal_35mm: float | None = None
    make: str | None = None
    model: str | None = None
    orientation: int = 1
    notes: tuple[Text, ...] = ()

    @property
    def heading_deg(self) -> float | None:
        """Return which way the picture looks: the gimbal's yaw, else the aircraft's."""
        return self.gimbal_yaw_deg if self.gimbal_yaw_deg is not None else self.aircraft_yaw_deg

    @property
    def horizontal_view_deg(self) -> float | None:
        """Return the horizontal field of view from the 35 mm equivalent focal length."""
        if self.focal_35mm is None or self.focal_35mm <= 0.0:
            return None
        return math.degrees(2.0 * math.atan(_SENSOR_WIDTH_35MM / (2.0 * self.focal_35mm)))


def read_tags(exif: bytes | None, xmp: bytes | None) -> CameraTags:
    """Return the tags of an EXIF block and an XMP packet, either of which may be absent or garbage."""
    notes: list[Text] = []
    block = read_tiff_block(exif) if exif else None
    if exif and block is None:
        notes.append(Text("EXIF が壊れています", "the EXIF block is unreadable"))
    named: dict[str, str] = {}
    if xmp:
        named, sound = read_xmp_packet(xmp)
        if not sound:
            notes.append(Text("XMP が正しい XML ではありません", "the XMP packet is no sound XML"))
    return _combine(block or TiffBlock(), named, notes)


def _combine(block: TiffBlock, named: dict[str, str], notes: list[Text]) -> CameraTags:
    if "V" in {_words(block.gps.get(9)), named.get("exif:GPSStatus")}:  # EXIF 2.32, GPSStatus: measurement void
        notes.append(Text("カメラが測位していないため位置を使いません", "the camera had no fix: its place is left out"))
        block = replace(block, gps={tag: value for tag, value in block.gps.items() if tag not in _FIXED})
        named = {name: value for name, value in named.items() if not name.startswith("exif:GPS")}
    numbers = {name: _xmp_number(name, named, notes) for name in _XMP_NAMES}
    place = _place(block, numbers, notes)
    if numbers["gimbal_yaw_deg"] is None:
        numbers["gimbal_yaw_deg"] = _direction_deg(block, notes)
    if "drone-dji:GimbalPitchDegree" not in named and numbers["gimbal_pitch_deg"] is not None:
        numbers["gimbal_pitch_deg"] -= 90.0  # senseFly counts a level, nadir-looking wing as 0
    height_m = _gps_altitude_m(block)
    orientation = _number(block.image, 0x0112) or 1.0
    return CameraTags(
        taken_at_s=_taken_at_s(block, notes),
        lon_deg=place[0],
        lat_deg=place[1],
        alt_amsl_m=height_m if height_m is not None else numbers["alt_amsl_m"],
        alt_home_m=numbers["alt_home_m"],
        gimbal_yaw_deg=_turn(numbers["gimbal_yaw_deg"]),
        gimbal_pitch_deg=numbers["gimbal_pitch_deg"],
        gimbal_roll_deg=numbers["gimbal_roll_deg"],
        aircraft_yaw_deg=_turn(numbers["aircraft_yaw_deg"]),
        aircraft_pitch_deg=numbers["aircraft_pitch_deg"],
        aircraft_roll_deg=numbers["aircraft_roll_deg"],
        focal_mm=_number(block.exif, 0x920A),
        focal_35mm=_number(block.exif, 0xA405),
        make=_words(block.image.get(0x010F)) or named.get("tiff:Make"),
        model=_words(block.image.get(0x0110)) or named.get("tiff:Model"),
        orientation=int(orientation) if 1 <= orientation <= 8 else 1,
        notes=tuple(notes),
    )


def _direction_deg(block: TiffBlock, notes: list[Text]) -> float | None:
    """Return GPSImgDirection; a magnetic one is left out, since nothing here knows the place's declination."""
    direction_deg = _number(block.gps, 17)
    reference = _words(block.gps.get(16))
    if direction_deg is not None and reference is not None and reference.upper().startswith("M"):
        notes.append(Text("方位が磁北からの値のため使いません", "the direction is from magnetic north and is left out"))
        return None
    return direction_deg


def _turn(angle_deg: float | None) -> float | None:
    return None if angle_deg is None else angle_deg % 360.0 % 360.0


def _words(value: TagValue | None) -> str | None:
    if not isinstance(value, str):
        return None
    return "".join(c for c in value if c.isprintable())[:80] or None


def _number(directory: Mapping[int, TagValue], tag: int) -> float | None:
    value = directory.get(tag)
    if isinstance(value, tuple) and value and math.isfinite(value[0]):
        return float(value[0])
    return None


def _xmp_number(name: str, named: dict[str, str], notes: list[Text]) -> float | None:
    limit = _LIMITS.get(name, 360.0)
    for key in _XMP_NAMES[name]:
        text = named.get(key)
        if text is None:
            continue
        value = _parse_number(text)
        if value is not None and abs(value) <= limit:
            return value
        notes.append(Text(f"{key} の値「{text[:40]}」は使えません", f"{key} has the unusable value {text[:40]!r}"))
    return None


def _parse_number(text: str) -> float | None:
    """Return `+12.5`, `125/10` or XMP's `34,42.2N` as a number."""
    text = text.strip()
    sign = -1.0 if text[-1:] in {"S", "W"} else 1.0
    try:
        if text[-1:] in {"N", "S", "E", "W"}:
            parts = [float(part) for part in text[:-1].split(",")]
            value = sign * sum(part / 60.0**power for power, part in enumerate(parts))
        elif "/" in text:
            above, below = text.split("/", 1)
            value = float(above) / float(below)
        else:
            value = float(text)
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    return value if math.isfinite(value) else None


def _place(block: TiffBlock, numbers: dict[str, float | None], notes: list[Text]) -> tuple[float | None, float | None]:
    lat_deg = _sexagesimal(block.gps.get(2), block.gps.get(1), "S", 90.0)
    lon_deg = _sexagesimal(block.gps.get(4), block.gps.get(3), "W", 180.0)
    if (2 in block.gps or 4 in block.gps) and (lat_deg is None or lon_deg is None):
        notes.append(Text("EXIF の位置が読めません", "the EXIF position is unusable"))
    if lat_deg is None or lon_deg is None:
        lon_deg, lat_deg = numbers["lon_deg"], numbers["lat_deg"]
    if lat_deg is None or lon_deg is None:
        return None, None
    if lat_deg == 0.0 and lon_deg == 0.0:
        notes.append(Text("位置が 0, 0 です（測位前）", "the position is 0, 0: there was no fix"))
        return None, None
    return lon_deg, lat_deg


def _sexagesimal(value: TagValue | None, reference: TagValue | None, negative: str, limit_deg: float) -> float | None:
    if not isinstance(value, tuple) or not 1 <= len(value) <= 3 or not all(map(math.isfinite, value)):
        return None
    degrees = sum(part / 60.0**power for power, part in enumerate(value))
    if isinstance(reference, str) and reference.upper().startswith(negative):
        degrees = -abs(degrees)
    return degrees if abs(degrees) <= limit_deg else None


def _gps_altitude_m(block: TiffBlock) -> float | None:
    height_m = _number(block.gps, 6)
    if height_m is None or abs(height_m) > _LIMITS["alt_amsl_m"]:
        return None
    below = _number(block.gps, 5) == 1.0 or block.gps.get(5) == b"\x01"
    return -abs(height_m) if below else height_m


def _taken_at_s(block: TiffBlock, notes: list[Text]) -> float | None:
    stamped = _gps_time_s(block)
    if stamped is not None:
        return stamped
    for directory, tag, offset_tag in (
        (block.exif, 0x9003, 0x9011),
        (block.exif, 0x9004, 0x9012),
        (block.image, 0x0132, 0x9010),
    ):
        text = _words(directory.get(tag))
        if text is None:
            continue
        zone = _zone(_words(block.exif.get(offset_tag)))
        taken = _parse_time(text, zone or JST)
        if taken is None:
            notes.append(Text(f"撮影時刻「{text[:30]}」が読めません", f"the time {text[:30]!r} is unreadable"))
            continue
        if zone is None:
            notes.append(Text("時差の記載がなく日本時間とみなしました", "no time zone given: taken as Japan time"))
        return taken
    return None


def _gps_time_s(block: TiffBlock) -> float | None:
    date, clock = _words(block.gps.get(29)), block.gps.get(7)
    if date is None or not isinstance(clock, tuple) or len(clock) != 3 or not all(map(math.isfinite, clock)):
        return None
    midnight = _parse_time(f"{date} 00:00:00", UTC)
    seconds = clock[0] * 3600.0 + clock[1] * 60.0 + clock[2]
    return None if midnight is None or not 0.0 <= seconds < 86_401.0 else midnight + seconds


def _parse_time(text: str, zone: timezone) -> float | None:
    try:
        moment = datetime.strptime(text[:19].replace("-", ":"), "%Y:%m:%d %H:%M:%S").replace(tzinfo=zone)
        return moment.timestamp()
    except (ValueError, OverflowError):
        return None


def _zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    try:
        sign = -1 if text.startswith("-") else 1
        hours, minutes = text.lstrip("+-").split(":", 1)
        return timezone(sign * timedelta(hours=int(hours), minutes=int(minutes)))
    except (ValueError, OverflowError):
        return None


def build_exif(tags: CameraTags) -> bytes:
    """Return the EXIF block (APP1 content, `Exif\\0\\0` head included) that says what `tags` says."""
    image: dict[int, TagEntry] = {0x0112: short_entry(tags.orientation)}
    if tags.make is not None:
        image[0x010F] = ascii_entry(tags.make)
    if tags.model is not None:
        image[0x0110] = ascii_entry(tags.model)
    exif: dict[int, TagEntry] = {}
    if tags.taken_at_s is not None:
        local = datetime.fromtimestamp(tags.taken_at_s, JST)
        exif |= {0x9003: ascii_entry(local.strftime("%Y:%m:%d %H:%M:%S")), 0x9011: ascii_entry("+09:00")}
    if tags.focal_mm is not None:
        exif[0x920A] = rational_entry(tags.focal_mm)
    if tags.focal_35mm is not None:
        exif[0xA405] = short_entry(round(tags.focal_35mm))
    return write_tiff_block(image=image, exif=exif, gps=_gps_entries(tags))


def _gps_entries(tags: CameraTags) -> dict[int, TagEntry]:
    gps: dict[int, TagEntry] = {}
    if tags.lat_deg is not None and tags.lon_deg is not None:
        gps |= {
            0: bytes_entry(2, 3, 0, 0),
            1: ascii_entry("S" if tags.lat_deg < 0 else "N"),
            2: rational_entry(*_degrees_minutes_seconds(tags.lat_deg)),
            3: ascii_entry("W" if tags.lon_deg < 0 else "E"),
            4: rational_entry(*_degrees_minutes_seconds(tags.lon_deg)),
            18: ascii_entry("WGS-84"),
        }
    if tags.alt_amsl_m is not None:
        gps |= {5: bytes_entry(int(tags.alt_amsl_m < 0)), 6: rational_entry(abs(tags.alt_amsl_m))}
    if tags.taken_at_s is not None:
        utc = datetime.fromtimestamp(tags.taken_at_s, UTC)
        seconds = utc.second + round(utc.microsecond / 1e6, 3)
        gps |= {7: rational_entry(utc.hour, utc.minute, seconds), 29: ascii_entry(utc.strftime("%Y:%m:%d"))}
    if tags.heading_deg is not None:
        gps |= {16: ascii_entry("T"), 17: rational_entry(round(tags.heading_deg, 2))}
    return gps


def _degrees_minutes_seconds(angle_deg: float) -> tuple[float, float, float]:
    ten_thousandths = round(abs(angle_deg) * 36_000_000)
    minutes, seconds = divmod(ten_thousandths, 600_000)
    degrees, minutes = divmod(minutes, 60)
    return float(degrees), float(minutes), seconds / 10_000


def build_xmp(tags: CameraTags) -> bytes:
    """Return an XMP packet in DJI's manner: `+`-signed attributes; yaw as −180…180 as DJI writes it."""
    values: dict[str, str] = {}

    def put(name: str, value: float | None, digits: int) -> None:
        if value is not None:
            values[name] = f"{value:+.{digits}f}"

    put("AbsoluteAltitude", tags.alt_amsl_m, 2)
    put("RelativeAltitude", tags.alt_home_m, 2)
    put("GpsLatitude", tags.lat_deg, 9)
    put("GpsLongitude", tags.lon_deg, 9)
    for part, yaw_deg, pitch_deg, roll_deg in (
        ("Gimbal", tags.gimbal_yaw_deg, tags.gimbal_pitch_deg, tags.gimbal_roll_deg),
        ("Flight", tags.aircraft_yaw_deg, tags.aircraft_pitch_deg, tags.aircraft_roll_deg),
    ):
        put(f"{part}RollDegree", roll_deg, 2)
        put(f"{part}YawDegree", None if yaw_deg is None else (yaw_deg + 180.0) % 360.0 - 180.0, 2)
        put(f"{part}PitchDegree", pitch_deg, 2)
    return write_dji_packet(values)


def tagged_jpeg(jpeg: bytes, tags: CameraTags) -> bytes:
    """Return a JPEG file with the tags put in right after its JFIF head; raises ValueError if it is no JPEG."""
    if jpeg[:2] != b"\xff\xd8":
        message = "not a JPEG"
        raise ValueError(message)
    at = 2
    if jpeg[2:4] == b"\xff\xe0":
        at += 2 + int.from_bytes(jpeg[4:6], "big")
    segments = b""
    for content in (build_exif(tags), b"http://ns.adobe.com/xap/1.0/\x00" + build_xmp(tags)):
        segments += b"\xff\xe1" + (len(content) + 2).to_bytes(2, "big") + content
    return jpeg[:at] + segments + jpeg[at:]
