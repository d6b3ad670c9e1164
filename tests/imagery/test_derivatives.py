import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fleet.errors import BadInputError, FleetError, TooLargeError
from imagery.camera_tags import CameraTags, tagged_jpeg
from imagery.derivatives import Examined, PictureLimits, examine
from imagery.file_kind import FileKind
from tests.imagery.samples import TAGS, jpeg, picture, png
from tests.shared_data import shared

LIMITS = PictureLimits()


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    target = io.BytesIO()
    picture.save(target, kind, **options)
    return target.getvalue()


def test_copies_keep_to_their_sizes() -> None:
    found = examine(jpeg(4000, 3000), LIMITS)
    assert (found.width_px, found.height_px) == (4000, 3000)
    assert opened(found.preview_jpeg).size == (1600, 1200)
    assert opened(found.thumbnail_jpeg).size == (320, 240)
    assert len(found.thumbnail_jpeg) <= 20_000


@pytest.mark.parametrize("size", [(65_000, 10), (10, 65_000), (40_000, 1)])
def test_a_sliver_of_a_picture_gets_copies(size: tuple[int, int]) -> None:
    found = examine(saved(Image.new("RGB", size), "JPEG"), LIMITS)
    assert (found.width_px, found.height_px) == size
    assert max(opened(found.preview_jpeg).size) <= 1600
    assert min(opened(found.thumbnail_jpeg).size) == 1


def test_the_noisiest_thumbnail_is_small_all_the_same() -> None:
    noise = Image.effect_noise((1200, 900), 120).convert("RGB")
    assert len(examine(saved(noise, "JPEG", quality=95), LIMITS).thumbnail_jpeg) <= 20_000


def test_copies_carry_no_metadata() -> None:
    target = io.BytesIO()
    picture(800, 600).save(target, "JPEG", comment=b"serial 1234", icc_profile=b"profile" * 20)
    found = examine(tagged_jpeg(target.getvalue(), TAGS), LIMITS)
    assert found.tags.lon_deg is not None
    for copy in (found.preview_jpeg, found.thumbnail_jpeg):
        assert set(opened(copy).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        for trace in (b"Exif", b"KAKESIM", b"serial", b"drone-dji", b"profile"):
            assert trace not in copy


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied(orientation: int) -> None:
    upright = Image.new("RGB", (400, 200), "white")
    upright.paste("red", (0, 0, 100, 100))
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }.get(orientation)
    stored = upright if undo is None else upright.transpose(undo)
    data = tagged_jpeg(saved(stored, "JPEG", quality=95), CameraTags(orientation=orientation))
    found = examine(data, LIMITS)
    assert (found.width_px, found.height_px) == (400, 200)
    preview = opened(found.preview_jpeg)
    assert preview.size == (400, 200)
    pixels = np.asarray(preview)
    red, green, _ = pixels[30, 30]
    assert red > 200
    assert green < 80
    assert pixels[170, 370].min() > 200


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_gets_copies(mode: str) -> None:
    base = picture(2000, 1500)
    shown = (
        base.convert("L").convert("I").point(lambda v: v * 256).convert("I;16")
        if mode == "I;16"
        else base.convert(mode)
    )
    found = examine(saved(shown, "PNG"), LIMITS)
    assert found.kind is FileKind.PNG
    assert opened(found.preview_jpeg).size == (1600, 1200)
    assert np.ptp(np.asarray(opened(found.thumbnail_jpeg).convert("L"))) > 60


@pytest.mark.parametrize("options", [{"progressive": True}, {"subsampling": 0}, {"restart_marker_rows": 1}])
def test_every_kind_of_jpeg_gets_copies(options: dict[str, object]) -> None:
    assert examine(saved(picture(), "JPEG", **options), LIMITS).width_px == 640


def test_a_cmyk_jpeg_gets_copies() -> None:
    assert opened(examine(saved(picture().convert("CMYK"), "JPEG"), LIMITS).preview_jpeg).mode == "RGB"


def test_a_bomb_is_refused_before_decoding() -> None:
    bomb = png(10_000, 10_000)
    assert len(bomb) < 110_000
    with pytest.raises(TooLargeError) as refusal:
        examine(bomb, LIMITS)
    assert "100 MP" in refusal.value.what.ja
    assert refusal.value.cure is not None


def test_a_file_over_the_limit_is_refused() -> None:
    with pytest.raises(TooLargeError):
        examine(jpeg(), PictureLimits(max_bytes=1000))


def test_a_jpeg_cut_anywhere_is_refused() -> None:
    data = jpeg(1800, 1350, quality=60)
    for cut in range(4, len(data) - 2, max(1, len(data) // 60)):
        with pytest.raises(BadInputError):
            examine(data[:cut], LIMITS)


def test_a_cut_is_seen_at_the_reduced_scale_exactly_as_at_the_full_one() -> None:
    data = jpeg(3400, 2600, quality=50)
    for missing in [*range(40), 100, 1000, 10_000]:
        cut = data[: len(data) - missing]
        try:
            opened(cut)
            whole = True
        except OSError:
            whole = False
        assert accepted(cut) is whole, missing


def accepted(data: bytes) -> bool:
    try:
        examine(data, LIMITS)
    except FleetError:
        return False
    return True


def test_a_png_with_a_wrong_checksum_is_refused() -> None:
    data = bytearray(saved(picture(), "PNG"))
    data[len(data) // 2] ^= 0xFF
    with pytest.raises(BadInputError):
        examine(bytes(data), LIMITS)


def test_a_picture_that_is_also_a_page_is_encoded_anew() -> None:
    polyglot = jpeg() + b"<html><script>alert(1)</script></html>"
    found = examine(polyglot, LIMITS)
    assert b"<script>" not in found.preview_jpeg
    assert b"<script>" not in found.thumbnail_jpeg


@pytest.mark.parametrize("head", [b"<svg><script/></svg>", b"GIF89a/*<html>*/", b"%PDF-1.4"])
def test_a_page_that_pretends_is_refused(head: bytes) -> None:
    with pytest.raises(BadInputError):
        examine(head + jpeg(), LIMITS)


def test_real_pictures_pass() -> None:
    for name in ("adobe_xmp_coords.jpg", "neg_corrupt_exif.jpg", "neg_empty_exif.jpg", "sensefly_tiny_1.jpg"):
        found = examine(shared("data", "images", name).read_bytes(), LIMITS)
        assert isinstance(found, Examined)
        assert opened(found.thumbnail_jpeg).size[0] <= 320


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 1_000_000), st.binary(min_size=1, max_size=12), st.sampled_from(["JPEG", "PNG"]))
def test_no_change_of_a_picture_raises_anything_but_a_refusal(position: int, patch: bytes, kind: str) -> None:
    data = bytearray(tagged_jpeg(jpeg(64, 48), TAGS) if kind == "JPEG" else saved(picture(64, 48), "PNG"))
    at = position % len(data)
    data[at : at + len(patch)] = patch
    try:
        found = examine(bytes(data), PictureLimits(max_pixels=1_000_000))
    except (BadInputError, TooLargeError):
        return
    assert opened(found.thumbnail_jpeg).format == "JPEG"
