"""Elevation tiles of 国土地理院 (dem5a_png, dem_png, …): 24 bits a pixel, two's complement centimetres.

x = 65536 R + 256 G + B; x < 2²³ is 0.01 x m, x = 2²³ is no data, above it 0.01 (x − 2²⁴) m.
Pixels are in web Mercator; row 0 is north.
"""

import io
import re
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from affine import Affine
from PIL import Image
from pyproj import CRS

from fleet.errors import InvalidValueError
from fleet.text import Text
from missions.formats.bad_input import bad_input
from missions.terrain.raster import Raster
from missions.terrain.resampling import Float32Array
from missions.terrain.web_mercator import Tile

TILE_PX = 256
_NO_DATA = 1 << 23
_MOST_TILES = 4096
_LARGEST_BYTES = 1_000_000
_HALF_WORLD_M = 20_037_508.342789244
_IN_FOLDERS = re.compile(r"(\d{1,2})/(\d{1,7})/(\d{1,7})\.png$", re.IGNORECASE)
_IN_NAME = re.compile(r"z(\d{1,2})-x(\d{1,7})-y(\d{1,7})\.png$", re.IGNORECASE)
_GET_TILE = Text(
    "国土地理院の標高タイル（PNG、256×256）を用意してください", "provide an elevation tile of GSI (PNG, 256 × 256)"
)


def decode_gsi_dem_png(data: bytes, name: str = "PNG") -> Float32Array:
    """Return the heights of one tile, shape (256, 256), metres, NaN where unknown. Raises BadInputError."""
    if len(data) > _LARGEST_BYTES:
        raise bad_input(name, Text("大きすぎます（1 MB まで）", "is too large (at most 1 MB)"), _GET_TILE)
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as picture:
            if picture.size != (TILE_PX, TILE_PX) or picture.mode not in ("RGB", "RGBA"):
                what = Text(
                    f"{picture.width}×{picture.height}・{picture.mode} の画像で、標高タイルではありません",
                    f"is a {picture.width} × {picture.height} {picture.mode} picture, not an elevation tile",
                )
                raise bad_input(name, what, _GET_TILE)
            pixels = np.asarray(picture)
    except (OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error, OverflowError) as error:
        raise bad_input(name, Text("PNG として読めません", f"cannot be read as a PNG ({error})"), _GET_TILE) from error
    red, green, blue = (pixels[..., band].astype(np.int32) for band in range(3))
    value = (red << 16) | (green << 8) | blue
    signed = np.where(value < _NO_DATA, value, value - (1 << 24))
    known = value != _NO_DATA
    if pixels.shape[2] == 4:
        known &= pixels[..., 3] > 0
    return np.where(known, signed * 0.01, np.nan).astype(np.float32)


def tile_named(path: Path) -> Tile:
    """Return which tile a file is: `…/z/x/y.png` or `…z8-x229-y94.png`. Raises BadInputError."""
    text = path.as_posix()
    found = _IN_FOLDERS.search(text) or _IN_NAME.search(text)
    if found is None:
        what = Text("ファイル名からタイル番号がわかりません", "the name does not tell which tile it is")
        cure = Text(
            "z/x/y.png か …z14-x14256-y6503.png の名前にしてください", "name it z/x/y.png or …z14-x14256-y6503.png"
        )
        raise bad_input(path.name, what, cure)
    z, x, y = (int(number) for number in found.groups())
    try:
        return Tile(z=z, x=x, y=y)
    except InvalidValueError as error:
        raise bad_input(path.name, error.what, error.cure or _GET_TILE) from error


def read_gsi_dem_tiles(paths: Sequence[Path]) -> Raster:
    """Return tiles of one zoom laid side by side in EPSG:3857; NaN where none was given. Raises BadInputError."""
    tiles = {path: tile_named(path) for path in paths}
    zooms = sorted({tile.z for tile in tiles.values()})
    if len(zooms) != 1:
        what = Text(f"ズームが混ざっています: {zooms}", f"the tiles have several zooms: {zooms}")
        raise bad_input(paths[0].name if paths else "PNG", what, Text("一つのズームにしてください", "give one zoom"))
    left, top = min(tile.x for tile in tiles.values()), min(tile.y for tile in tiles.values())
    across = max(tile.x for tile in tiles.values()) - left + 1
    down = max(tile.y for tile in tiles.values()) - top + 1
    if across * down > _MOST_TILES:
        what = Text(f"範囲が広すぎます（{across}×{down} 枚）", f"the tiles cover too much ({across} × {down})")
        raise bad_input(
            paths[0].name, what, Text("町の範囲のタイルだけにしてください", "give only the tiles of the town")
        )
    heights_m = np.full((down * TILE_PX, across * TILE_PX), np.nan, dtype=np.float32)
    for path, tile in tiles.items():
        row, column = (tile.y - top) * TILE_PX, (tile.x - left) * TILE_PX
        heights_m[row : row + TILE_PX, column : column + TILE_PX] = decode_gsi_dem_png(path.read_bytes(), path.name)
    pixel = 2.0 * _HALF_WORLD_M / 2 ** zooms[0] / TILE_PX
    west, north = left * TILE_PX * pixel - _HALF_WORLD_M, _HALF_WORLD_M - top * TILE_PX * pixel
    transform = Affine(pixel, 0.0, west, 0.0, -pixel, north)
    return Raster(heights_m=heights_m, transform=transform, crs=CRS.from_epsg(3857))
