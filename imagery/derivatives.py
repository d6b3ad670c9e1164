"""Decodes one picture fully and makes its small copies. Pillow, in memory; runs in the worker process only.

A JPEG is decoded at a reduced scale (1/2, 1/4, 1/8), which still reads every coded bit of the file: a truncated one
fails exactly as at full scale, in a third of the time and a quarter of the memory.
"""

import io
import struct
from dataclasses import dataclass

from PIL import Image

from fleet.errors import BadInputError, TooLargeError
from fleet.text import Text
from imagery.camera_tags import CameraTags, read_tags
from imagery.file_kind import FileKind, require_picture

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_REDUCIBLE = {"L", "LA", "RGB", "RGBA", "CMYK", "YCbCr"}
_QUALITIES = (78, 70, 60, 50, 40, 30, 20)
_DECODE_ERRORS = (OSError, SyntaxError, ValueError, EOFError, struct.error, KeyError, IndexError, TypeError)


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureLimits:
    """What is accepted and how large the copies are; pixels and bytes."""

    max_bytes: int = 48 * 1024 * 1024
    max_pixels: int = 60_000_000
    preview_px: int = 1600
    thumbnail_px: int = 320
    thumbnail_bytes: int = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A picture that was decoded to its end. Width and height are as seen, orientation applied."""

    kind: FileKind
    width_px: int
    height_px: int
    tags: CameraTags
    preview_jpeg: bytes
    thumbnail_jpeg: bytes


def examine(data: bytes, limits: PictureLimits) -> Examined:
    """Return what the picture is, with copies that carry no metadata.

    Raises BadInputError for what is no sound JPEG or PNG and TooLargeError for too many bytes or pixels, the latter
    before any pixel is decoded.
    """
    if len(data) > limits.max_bytes:
        raise too_many_bytes(len(data), limits.max_bytes)
    kind = require_picture(data)
    Image.MAX_IMAGE_PIXELS = None
    try:
        picture = Image.open(io.BytesIO(data), formats=["JPEG", "PNG", "MPO"])
    except _DECODE_ERRORS as error:
        raise _broken() from error
    width_px, height_px = picture.size
    if width_px * height_px > limits.max_pixels:
        raise _too_many_pixels(width_px, height_px, limits.max_pixels)
    try:
        small = _decoded(picture, limits.preview_px)
        tags = read_tags(_exif_block(picture), _xmp_packet(picture))
    except _DECODE_ERRORS as error:
        raise _broken() from error
    return _with_copies(small, kind=kind, size_px=(width_px, height_px), tags=tags, limits=limits)


def _decoded(picture: Image.Image, wanted_px: int) -> Image.Image:
    share = min(1.0, wanted_px / max(picture.size))
    picture.draft(None, (max(1, round(picture.width * share)), max(1, round(picture.height * share))))
    picture.load()
    factor = max(picture.size) // (2 * wanted_px)
    small: Image.Image = picture
    if factor >= 2 and picture.mode in _REDUCIBLE:
        small = picture.reduce(factor)
    return _as_rgb(small)


def _as_rgb(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value / 256).convert("L").convert("RGB")
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        ground = Image.new("RGB", picture.size, "white")
        ground.paste(layered, mask=layered.getchannel("A"))
        return ground
    return picture.convert("RGB")


def _with_copies(
    small: Image.Image, *, kind: FileKind, size_px: tuple[int, int], tags: CameraTags, limits: PictureLimits
) -> Examined:
    small = _within(small, limits.preview_px)
    turn = _TURNS.get(tags.orientation)
    if turn is not None:
        small = small.transpose(turn)
    width_px, height_px = size_px[::-1] if tags.orientation >= 5 else size_px
    preview_jpeg = _jpeg(small, 82)
    small = _within(small, limits.thumbnail_px)
    thumbnail_jpeg = b""
    for quality in _QUALITIES:
        thumbnail_jpeg = _jpeg(small, quality)
        if len(thumbnail_jpeg) <= limits.thumbnail_bytes:
            break
    return Examined(
        kind=kind,
        width_px=width_px,
        height_px=height_px,
        tags=tags,
        preview_jpeg=preview_jpeg,
        thumbnail_jpeg=thumbnail_jpeg,
    )


def _within(picture: Image.Image, longest_px: int) -> Image.Image:
    share = longest_px / max(picture.size)
    if share >= 1.0:
        return picture
    size = max(1, round(picture.width * share)), max(1, round(picture.height * share))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    """Encode pixels alone: a fresh image carries no EXIF, XMP, ICC profile or comment."""
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    target = io.BytesIO()
    bare.save(target, "JPEG", quality=quality)
    return target.getvalue()


def _exif_block(picture: Image.Image) -> bytes | None:
    block = picture.info.get("exif")
    return block if isinstance(block, bytes) else None


def _xmp_packet(picture: Image.Image) -> bytes | None:
    packet = picture.info.get("xmp", picture.info.get("XML:com.adobe.xmp"))
    if isinstance(packet, str):
        return packet.encode("utf-8", "replace")
    return packet if isinstance(packet, bytes) else None


def too_many_bytes(size: int, limit: int) -> TooLargeError:
    """Return the refusal of a file of `size` bytes."""
    return TooLargeError(
        Text(
            f"写真が大きすぎます（{size / 1e6:.1f} MB、上限 {limit / 1e6:.0f} MB）",
            f"the picture is too large: {size / 1e6:.1f} MB, the limit is {limit / 1e6:.0f} MB",
        ),
        Text(
            "カメラの画質を下げて撮り直すか、縮小して送ってください",
            "take it at a lower quality, or shrink it before sending",
        ),
        size=size,
    )


def _too_many_pixels(width_px: int, height_px: int, limit: int) -> TooLargeError:
    megapixels = width_px * height_px / 1e6
    return TooLargeError(
        Text(
            f"画素が多すぎます（{width_px} × {height_px}、{megapixels:.0f} MP、上限 {limit / 1e6:.0f} MP）",
            f"too many pixels: {width_px} × {height_px}, {megapixels:.0f} MP, the limit is {limit / 1e6:.0f} MP",
        ),
        Text(
            "小さい画像サイズで撮るか、縮小して送ってください",
            "take it at a smaller image size, or shrink it before sending",
        ),
        pixels=width_px * height_px,
    )


def _broken() -> BadInputError:
    return BadInputError(
        Text("写真が壊れているか、途中で切れています", "the picture is damaged or cut off"),
        Text(
            "元の写真を開けるか確かめて、もう一度送ってください",
            "check that the original opens, then send it once more",
        ),
    )
