"""Shapes between degrees (WGS 84 lon, lat) and metres of a local frame."""

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from fleet.positions import FloatArray, LocalFrame


def to_local(frame: LocalFrame, shape: BaseGeometry) -> BaseGeometry:
    """Return a shape in degrees as a shape in metres of `frame`."""

    def turned(lon_lat: FloatArray) -> FloatArray:
        return np.column_stack(frame.to_local(lon_lat[:, 0], lon_lat[:, 1]))

    return shapely.transform(shape, turned)


def to_degrees(frame: LocalFrame, shape: BaseGeometry) -> BaseGeometry:
    """Return a shape in metres of `frame` as a shape in degrees."""

    def turned(east_north: FloatArray) -> FloatArray:
        return np.column_stack(frame.to_lon_lat(east_north[:, 0], east_north[:, 1]))

    return shapely.transform(shape, turned)
