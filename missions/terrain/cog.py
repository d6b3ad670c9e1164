"""Terrain in GeoTIFF files: any one is read; a Cloud Optimized GeoTIFF (tiled, with overviews) is written.

Heights are metres above mean sea level. Written in EPSG:6671 (Japan's plane zone III) where that fits, else in UTM.
"""

from pathlib import Path

import numpy as np
import rasterio
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError
from rasterio._err import CPLE_BaseError
from rasterio.errors import RasterioError

from fleet.errors import BadInputError
from fleet.positions import LonLat
from fleet.text import Text
from missions.terrain.grid import Terrain
from missions.terrain.local_grid import LocalGrid, grid_of, grid_over
from missions.terrain.raster import WGS84, Raster, from_grid, into_grid

_NO_DATA = -9999.0
_MOST_PIXELS = 100_000_000
_PLANE_ZONE_3 = (130.5, 33.5, 134.6, 36.9)
_MAKE_TIFF = Text(
    "標高の GeoTIFF（メートル、座標系つき、1 バンド）を用意してください",
    "provide a GeoTIFF of heights in metres, one band, with its coordinate system",
)


def crs_for(place: LonLat) -> CRS:
    """Return EPSG:6671 in the west of Honshu and round it, else the UTM zone of the place on WGS 84."""
    west, south, east, north = _PLANE_ZONE_3
    if west <= place.lon_deg <= east and south <= place.lat_deg <= north:
        return CRS.from_epsg(6671)
    zone = min(int((place.lon_deg + 180.0) // 6.0) + 1, 60)
    return CRS.from_epsg((32600 if place.lat_deg >= 0.0 else 32700) + zone)


def read_raster(path: Path) -> Raster:
    """Return the heights of a GeoTIFF (or whatever else GDAL opens) as they are. Raises BadInputError."""
    try:
        with rasterio.open(path) as source:
            if source.width * source.height > _MOST_PIXELS:
                raise _bad(path, Text("大きすぎます（1 億画素まで）", "is too large (at most 100 million pixels)"))
            if source.crs is None:
                raise _bad(path, Text("座標系がありません", "has no coordinate system"))
            values = source.read(1, masked=True).astype(np.float32)
            crs = CRS.from_user_input(source.crs)
            heights_m = np.asarray(values.filled(np.nan), dtype=np.float32)
            Transformer.from_crs(crs, WGS84)  # fails for a local system that lies nowhere on the earth
            return Raster(heights_m=heights_m, transform=source.transform, crs=crs)
    except (RasterioError, CPLE_BaseError, ProjError, OSError, ValueError) as error:
        what = Text("GeoTIFF として読めません", f"cannot be read as a GeoTIFF ({error})")
        raise _bad(path, what) from error


def cell_of(raster: Raster) -> float:
    """Return the raster's cell in metres, as it is in the middle."""
    west, south, east, north = raster.bounds_deg()
    corner = LonLat(lon_deg=west, lat_deg=south)
    grid = grid_over((west, south, east, north), 1000.0)
    east_m, north_m = grid.frame.local_of(LonLat(lon_deg=east, lat_deg=north))
    west_m, south_m = grid.frame.local_of(corner)
    rows, columns = raster.heights_m.shape
    return float(max((north_m - south_m) / max(rows - 1, 1), (east_m - west_m) / max(columns - 1, 1)))


def read_cog(
    path: Path, grid: LocalGrid | None = None, *, synthetic: bool = False, source: Text | None = None
) -> Terrain:
    """Return the heights of a GeoTIFF in a local grid; NaN where the file has none.

    Without `grid`, one is laid over the file with its own cell (in half metres). Raises BadInputError.
    """
    raster = read_raster(path)
    if grid is None:
        grid = grid_over(raster.bounds_deg(), max(round(cell_of(raster) * 2.0) / 2.0, 0.5))
    heights_m = into_grid(raster, grid)
    if not np.isfinite(heights_m).any():
        raise _bad(path, Text("この範囲の標高がありません", "has no heights in this area"))
    return Terrain(
        frame=grid.frame,
        west_m=grid.west_m,
        south_m=grid.south_m,
        cell_m=grid.cell_m,
        heights_m=heights_m,
        synthetic=synthetic,
        source=source or Text(path.name, path.name),
    )


def write_cog(terrain: Terrain, path: Path) -> None:
    """Write the terrain as a Cloud Optimized GeoTIFF. Reading it back gives the heights within some centimetres."""
    grid = grid_of(terrain)
    raster = from_grid(terrain.heights_m, grid, crs_for(LonLat(lon_deg=grid.lon_deg, lat_deg=grid.lat_deg)))
    heights_m = np.where(np.isfinite(raster.heights_m), raster.heights_m, np.float32(_NO_DATA))
    profile = {
        "driver": "COG",
        "dtype": "float32",
        "count": 1,
        "height": heights_m.shape[0],
        "width": heights_m.shape[1],
        "crs": rasterio.CRS.from_wkt(raster.crs.to_wkt()),
        "transform": raster.transform,
        "nodata": _NO_DATA,
        "blocksize": 256,
        "compress": "DEFLATE",
        "predictor": "YES",
        "overview_resampling": "AVERAGE",
    }
    with rasterio.open(path, "w", **profile) as target:
        target.write(heights_m, 1)
        target.update_tags(
            synthetic="yes" if terrain.synthetic else "no", source_ja=terrain.source.ja, source_en=terrain.source.en
        )


def _bad(path: Path, what: Text) -> BadInputError:
    return BadInputError(Text(f"{path.name}: {what.ja}", f"{path.name} {what.en}"), _MAKE_TIFF, file=str(path))
