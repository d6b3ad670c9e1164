import dataclasses
import io
import math
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from imagery.camera_tags import CameraTags, build_exif, build_xmp, read_tags, tagged_jpeg
from imagery.tiff_block import ascii_entry, bytes_entry, rational_entry, read_tiff_block, short_entry, write_tiff_block
from tests.imagery.samples import TAGS, jpeg
from tests.shared_data import shared


def xmp_with(inner: str, *, prefix: str = "drone-dji", namespace: str = "http://www.dji.com/drone-dji/1.0/") -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description xmlns:{prefix}="{namespace}" {inner}</rdf:Description></rdf:RDF></x:xmpmeta>'
    ).encode()


def close(a: float | None, b: float | None, tolerance: float) -> bool:
    return a is not None and b is not None and math.isclose(a, b, abs_tol=tolerance)


def test_what_is_built_is_read_back() -> None:
    read = read_tags(build_exif(TAGS), build_xmp(TAGS))
    assert close(read.lon_deg, TAGS.lon_deg, 1e-7)
    assert close(read.lat_deg, TAGS.lat_deg, 1e-7)
    assert close(read.taken_at_s, TAGS.taken_at_s, 0.001)
    assert close(read.alt_amsl_m, TAGS.alt_amsl_m, 0.01)
    assert close(read.alt_home_m, TAGS.alt_home_m, 0.01)
    assert close(read.gimbal_yaw_deg, 271.5, 0.01)
    assert close(read.gimbal_pitch_deg, -90.0, 0.01)
    assert close(read.aircraft_pitch_deg, -4.25, 0.01)
    assert (read.make, read.model, read.orientation, read.focal_35mm) == ("Kakehashi", "KAKESIM1", 1, 24.0)
    assert read.notes == ()


@pytest.mark.parametrize("lat_deg", [-89.999, -0.5, 12.0, 90.0])
@pytest.mark.parametrize("lon_deg", [-180.0, -0.00001, 133.99999999])
def test_every_quarter_of_the_earth_is_read_back(lon_deg: float, lat_deg: float) -> None:
    exif_only = read_tags(build_exif(CameraTags(lon_deg=lon_deg, lat_deg=lat_deg)), None)
    assert close(exif_only.lon_deg, lon_deg, 1e-7)
    assert close(exif_only.lat_deg, lat_deg, 1e-7)
    xmp_only = read_tags(None, build_xmp(CameraTags(lon_deg=lon_deg, lat_deg=lat_deg)))
    assert close(xmp_only.lon_deg, lon_deg, 1e-8)


def test_pillow_reads_the_same_place_out_of_a_tagged_file() -> None:
    data = tagged_jpeg(jpeg(), TAGS)
    picture = Image.open(io.BytesIO(data))
    picture.load()
    gps = picture.getexif().get_ifd(0x8825)
    degrees, minutes, seconds = (float(part) for part in gps[2])
    assert close(degrees + minutes / 60 + seconds / 3600, TAGS.lat_deg, 1e-6)
    assert gps[1] == "N"
    assert picture.getexif()[0x010F] == "Kakehashi"
    assert b"drone-dji:RelativeAltitude" in picture.info["xmp"]


def test_dji_values_are_read_as_attributes_and_as_elements() -> None:
    attributes = xmp_with('drone-dji:GpsLatitude="+34.5" drone-dji:GpsLongitude="+133.25" >')
    elements = xmp_with(
        "><drone-dji:GpsLatitude>+34.5</drone-dji:GpsLatitude><drone-dji:GpsLongitude>+133.25</drone-dji:GpsLongitude>"
    )
    for packet in (attributes, elements):
        assert (read_tags(None, packet).lat_deg, read_tags(None, packet).lon_deg) == (34.5, 133.25)


def test_the_misspelt_longitude_is_understood() -> None:
    tags = read_tags(None, xmp_with('drone-dji:GpsLatitude="+34.5" drone-dji:GpsLongtitude="+133.25" >'))
    assert tags.lon_deg == 133.25


def test_relative_altitude_is_above_take_off_and_nothing_else() -> None:
    tags = read_tags(None, xmp_with('drone-dji:RelativeAltitude="+88.50" >'))
    assert (tags.alt_home_m, tags.alt_amsl_m) == (88.5, None)


def test_yaw_is_turned_into_a_compass_heading() -> None:
    assert read_tags(None, xmp_with('drone-dji:GimbalYawDegree="-90.0" >')).heading_deg == 270.0


def test_an_aircraft_yaw_serves_where_the_gimbal_says_nothing() -> None:
    assert read_tags(None, xmp_with('drone-dji:FlightYawDegree="+10.0" >')).heading_deg == 10.0


@pytest.mark.parametrize(("height_m", "below"), [(3.5, 1), (3.5, 0)])
def test_altitude_below_the_sea_is_negative(height_m: float, below: int) -> None:
    block = write_tiff_block(image={}, exif={}, gps={5: bytes_entry(below), 6: rational_entry(height_m)})
    assert read_tags(block, None).alt_amsl_m == (-3.5 if below else 3.5)


def test_an_altitude_that_is_negative_twice_stays_below_the_sea() -> None:
    block = bytearray(write_tiff_block(image={}, exif={}, gps={5: bytes_entry(1), 6: rational_entry(3.5)}))
    at = block.index(b"\x06\x00\x05\x00")
    block[at + 2 : at + 4] = b"\x0a\x00"  # SRATIONAL
    value_at = 6 + int.from_bytes(block[at + 8 : at + 12], "little")
    block[value_at : value_at + 4] = (-7).to_bytes(4, "little", signed=True)
    assert read_tags(bytes(block), None).alt_amsl_m == -3.5


def test_time_without_zone_is_taken_as_japan_time_and_said_so() -> None:
    block = write_tiff_block(image={}, exif={0x9003: ascii_entry("2026:07:06 19:30:00")}, gps={})
    tags = read_tags(block, None)
    assert tags.taken_at_s == datetime(2026, 7, 6, 10, 30, tzinfo=UTC).timestamp()
    assert [note for note in tags.notes if "Japan time" in note.en]


@pytest.mark.parametrize("zone", ["+00:9999999999999", "+99999999999999:00", "+24:00", "Z", "+9"])
def test_a_zone_that_is_none_is_taken_as_japan_time(zone: str) -> None:
    exif = {0x9003: ascii_entry("2026:07:06 19:30:00"), 0x9011: ascii_entry(zone)}
    tags = read_tags(write_tiff_block(image={}, exif=exif, gps={}), None)
    assert tags.taken_at_s == datetime(2026, 7, 6, 10, 30, tzinfo=UTC).timestamp()
    assert [note for note in tags.notes if "Japan time" in note.en]


@pytest.mark.parametrize(("reference", "heading_deg"), [("T", 100.0), ("M", None)])
def test_a_direction_from_magnetic_north_is_not_taken_for_true(reference: str, heading_deg: float | None) -> None:
    block = write_tiff_block(image={}, exif={}, gps={16: ascii_entry(reference), 17: rational_entry(100.0)})
    tags = read_tags(block, None)
    assert tags.heading_deg == heading_deg
    assert bool([note for note in tags.notes if "magnetic" in note.en]) == (heading_deg is None)


@pytest.mark.parametrize("status", ["A", "V"])
def test_a_void_fix_gives_no_place_no_height_and_no_time(status: str) -> None:
    gps = {
        9: ascii_entry(status),
        1: ascii_entry("N"),
        2: rational_entry(34, 0, 0),
        3: ascii_entry("E"),
        4: rational_entry(133, 0, 0),
        6: rational_entry(12.0),
        7: rational_entry(1, 2, 3),
        29: ascii_entry("2026:07:06"),
    }
    mirrored = xmp_with(
        'exif:GPSLatitude="34,0N" exif:GPSLongitude="133,0E" >',
        prefix="exif",
        namespace="http://ns.adobe.com/exif/1.0/",
    )
    tags = read_tags(write_tiff_block(image={}, exif={}, gps=gps), mirrored)
    void = status == "V"
    assert [value is None for value in (tags.lat_deg, tags.lon_deg, tags.alt_amsl_m, tags.taken_at_s)] == [void] * 4
    assert bool(tags.notes) == void


def test_a_void_fix_of_the_camera_leaves_the_aircrafts_place() -> None:
    block = write_tiff_block(image={}, exif={}, gps={9: ascii_entry("V")})
    tags = read_tags(block, xmp_with('drone-dji:GpsLatitude="+34.5" drone-dji:GpsLongitude="+133.25" >'))
    assert (tags.lat_deg, tags.lon_deg) == (34.5, 133.25)


def test_no_fix_is_no_place() -> None:
    tags = read_tags(None, xmp_with('drone-dji:GpsLatitude="0.0" drone-dji:GpsLongitude="0.0" >'))
    assert (tags.lon_deg, tags.lat_deg) == (None, None)
    assert tags.notes


@pytest.mark.parametrize("text", ["", "north", "nan", "inf", "1e999", "+-3", "91", "1/0", "١٢٣" * 40])
def test_garbage_numbers_are_left_out_with_a_note(text: str) -> None:
    tags = read_tags(None, xmp_with(f'drone-dji:GpsLatitude="{text}" drone-dji:GpsLongitude="+133" >'))
    assert tags.lat_deg is None
    assert tags.notes


def test_a_packet_that_is_no_xml_is_still_searched() -> None:
    tags = read_tags(None, b'<x:xmpmeta><rdf drone-dji:GpsLatitude="+34.5" drone-dji:GpsLongitude="+133.5" & >')
    assert (tags.lat_deg, tags.lon_deg) == (34.5, 133.5)
    assert [note for note in tags.notes if "XML" in note.en]


def test_an_entity_bomb_is_not_expanded() -> None:
    bomb = (
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        b'<x xmlns:drone-dji="http://www.dji.com/drone-dji/1.0/" drone-dji:GpsLatitude="&b;"/>'
    )
    assert read_tags(None, bomb).lat_deg is None


def test_a_directory_that_points_at_itself_ends() -> None:
    block = bytearray(write_tiff_block(image={0x0112: short_entry(3)}, exif={0x9003: ascii_entry("x" * 20)}, gps={}))
    at = block.index(b"\x69\x87\x04\x00")
    block[at + 8 : at + 12] = (8).to_bytes(4, "little")
    assert read_tags(bytes(block), None).orientation == 3


@given(st.binary(max_size=400))
def test_no_bytes_make_the_parser_raise(data: bytes) -> None:
    for block in (data, b"Exif\x00\x00II*\x00" + data, b"MM\x00*\x00\x00\x00\x08" + data):
        tags = read_tags(block, data)
        assert tags.lon_deg is None or abs(tags.lon_deg) <= 180.0


@settings(max_examples=300)
@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=6))
def test_no_change_of_sound_tags_makes_the_parser_raise(position: int, patch: bytes) -> None:
    for block, which in ((bytearray(build_exif(TAGS)), 0), (bytearray(build_xmp(TAGS)), 1)):
        at = position % len(block)
        block[at : at + len(patch)] = patch
        tags = read_tags(bytes(block), None) if which == 0 else read_tags(None, bytes(block))
        assert tags.lat_deg is None or abs(tags.lat_deg) <= 90.0
        assert tags.taken_at_s is None or math.isfinite(tags.taken_at_s)


@given(
    st.builds(
        CameraTags,
        lon_deg=st.floats(-180, 180),
        lat_deg=st.floats(-90, 90),
        alt_amsl_m=st.floats(-400, 9000),
        alt_home_m=st.none() | st.floats(-400, 9000),
        gimbal_yaw_deg=st.none() | st.floats(0, 359.9),
        taken_at_s=st.none() | st.floats(0, 4e9),
        make=st.none() | st.text(max_size=40),
    )
)
def test_whatever_is_built_reads_back_near(tags: CameraTags) -> None:
    read = read_tags(build_exif(tags), build_xmp(tags))
    assert tags.lon_deg is not None
    assert tags.lat_deg is not None
    if max(abs(tags.lon_deg), abs(tags.lat_deg)) < 1e-7:  # which may be rounded to 0, 0: no fix
        assert read.lon_deg is None or close(read.lon_deg, tags.lon_deg, 1e-6)
    else:
        assert close(read.lon_deg, tags.lon_deg, 1e-6)
        assert close(read.lat_deg, tags.lat_deg, 1e-6)
    assert close(read.alt_amsl_m, tags.alt_amsl_m, 0.02)
    assert (read.alt_home_m is None) == (tags.alt_home_m is None)
    if tags.taken_at_s is not None:
        assert close(read.taken_at_s, tags.taken_at_s, 0.01)


def tags_of(name: str) -> CameraTags:
    picture = Image.open(shared("data", "images", name))
    return read_tags(picture.info.get("exif"), picture.info.get("xmp"))


def test_a_real_picture_with_its_place_in_xmp_alone() -> None:
    tags = tags_of("adobe_xmp_coords.jpg")
    assert close(tags.lat_deg, -4.21601 / 60, 1e-6)
    assert close(tags.lon_deg, 34 + 22.91611 / 60, 1e-6)
    assert close(tags.alt_amsl_m, 1361.69, 0.01)


def test_a_real_sensefly_picture() -> None:
    tags = tags_of("sensefly_tiny_1.jpg")
    assert close(tags.lat_deg, 41 + 13 / 60 + 34.93182 / 3600, 1e-6)
    assert close(tags.lon_deg, -(81 + 42 / 60 + 19.80392 / 3600), 1e-6)
    assert close(tags.gimbal_yaw_deg, 274.931244, 1e-4)
    assert close(tags.gimbal_pitch_deg, 2.36006498 - 90.0, 1e-4)
    assert close(tags.alt_amsl_m, 438.18859, 1e-3)
    assert tags.make == "Canon"


def test_a_real_picture_with_corrupt_exif_still_gives_what_is_sound() -> None:
    tags = tags_of("neg_corrupt_exif.jpg")
    assert tags.make == "OnePlus"
    assert close(tags.lat_deg, 48 + 4 / 60 + 51.76308 / 3600, 1e-5)
    assert tags.lon_deg is not None
    assert tags.lon_deg < 0


def test_a_real_picture_with_empty_exif_says_nothing() -> None:
    tags = tags_of("neg_empty_exif.jpg")
    assert dataclasses.replace(tags, notes=()) == CameraTags()


def test_the_reader_gives_none_for_what_is_no_block() -> None:
    assert read_tiff_block(b"Exif\x00\x00JPEG") is None
