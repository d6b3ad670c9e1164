"""Positions: metres agree with the geodesic, and what is no place is refused."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from fleet.errors import InvalidValueError
from fleet.positions import LonLat, bearing_deg, distance_m, frame_at

GEOD = Geod(ellps="WGS84")
LON = st.floats(130.0, 140.0)
LAT = st.floats(30.0, 40.0)
STEP = st.floats(-0.15, 0.15)


@given(lon=LON, lat=LAT, d_lon=STEP, d_lat=STEP)
def test_distances_agree_with_the_geodesic_within_a_thousandth(
    lon: float, lat: float, d_lon: float, d_lat: float
) -> None:
    start = LonLat(lon_deg=lon, lat_deg=lat)
    end = LonLat(lon_deg=lon + d_lon, lat_deg=lat + d_lat)
    _, _, expected_m = GEOD.inv(start.lon_deg, start.lat_deg, end.lon_deg, end.lat_deg)
    assert distance_m(start, end) == pytest.approx(expected_m, rel=1e-3, abs=0.01)


@given(lon=LON, lat=LAT, d_lon=STEP, d_lat=STEP)
def test_bearings_agree_with_the_geodesic(lon: float, lat: float, d_lon: float, d_lat: float) -> None:
    start = LonLat(lon_deg=lon, lat_deg=lat)
    end = LonLat(lon_deg=lon + d_lon, lat_deg=lat + d_lat)
    azimuth_deg, _, length_m = GEOD.inv(start.lon_deg, start.lat_deg, end.lon_deg, end.lat_deg)
    if length_m < 100.0:
        return
    difference_deg = (bearing_deg(start, end) - azimuth_deg + 180.0) % 360.0 - 180.0
    assert abs(difference_deg) < 0.2


@given(east=st.floats(-20_000, 20_000), north=st.floats(-20_000, 20_000))
def test_the_local_frame_comes_back_to_the_same_place(east: float, north: float) -> None:
    frame = frame_at(LonLat(lon_deg=133.25, lat_deg=34.75))
    lon, lat = frame.to_lon_lat(np.array([east]), np.array([north]))
    back_east, back_north = frame.to_local(lon, lat)
    assert math.isclose(float(back_east[0]), east, abs_tol=1e-4)
    assert math.isclose(float(back_north[0]), north, abs_tol=1e-4)


@pytest.mark.parametrize(("lon", "lat"), [(181.0, 0.0), (0.0, 90.1), (math.nan, 0.0), (0.0, math.inf)])
def test_what_is_no_place_is_refused(lon: float, lat: float) -> None:
    with pytest.raises(InvalidValueError, match="緯度"):
        LonLat(lon_deg=lon, lat_deg=lat)
