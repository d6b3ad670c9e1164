"""The shape of a delivery: climb, the way out, set down, pictures, the way home, landing; as stops."""

import math
from dataclasses import dataclass

import numpy as np

from fleet.positions import FloatArray, Position
from missions.planning.band import HeightBand, band_over
from missions.planning.flight import Flight, Stop
from missions.planning.flight_cost import flight_costs
from missions.planning.route import Ends, routes_between
from missions.planning.scene import Scene
from missions.planning.search import search_grid
from missions.values.aircraft import PayloadGear
from missions.values.mission_item import Command
from missions.values.plan import Phase

SLOW_DESCENT_MPS = 0.5
"""ArduCopter's touch-down speed (LAND_SPEED) and its descent in NAV_PAYLOAD_PLACE."""
SLOW_LANDING_M = 10.0
"""ArduCopter lands slowly under this height (LAND_ALT_LOW)."""
SET_DOWN_SPARE_M = 5.0
"""How much deeper than expected a set-down may go before it is given up."""
SPOOL_UP_S = 5.0
RELEASE_S = 5.0
PICTURE_S = 2.0
SURVEY_AGL_M = 50.0
SURVEY_RADIUS_M = 35.0
_SURVEY_BEARINGS_DEG = (0.0, 120.0, 240.0)
_NEAR_M = 2000.0
_NEAR_SHARE = 0.35


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Where pictures of the site are taken: around it at one height; no points where none are possible."""

    points_m: tuple[FloatArray, ...]
    alt_amsl_m: float


def delivery_flight(scene: Scene) -> tuple[Flight, HeightBand] | None:
    """Return the flight that costs the least energy and the band it was drawn in, or None if there is no way."""
    if not scene.has_ground() or scene.is_too_near():
        return None
    start_m, end_m = scene.local_m(scene.home), scene.local_m(scene.target)
    landing_m = scene.local_m(scene.landing)
    ends_m = np.vstack((start_m, end_m, landing_m))
    reach_m = float(np.hypot(*(end_m - start_m)))
    rows, columns = scene.town.terrain.heights_m.shape
    for margin_m in (max(_NEAR_M, reach_m * _NEAR_SHARE), max(rows, columns) * scene.town.terrain.cell_m):
        band = band_over(scene.town.terrain, scene.town.rules, ends_m, margin_m)
        flight = _cheapest_flight(scene, band)
        if flight is not None:
            return flight, band
    return None


def _cheapest_flight(scene: Scene, band: HeightBand) -> Flight | None:
    grid = search_grid(band, scene.no_fly)
    survey = _survey(scene, band)
    start_m, end_m = scene.local_m(scene.home), scene.local_m(scene.target)
    ends = Ends(
        start_m=start_m,
        end_m=end_m,
        start_amsl_m=float(band.floor_m(start_m[0], start_m[1])),
        end_amsl_m=survey.alt_amsl_m,
    )
    outward = routes_between(grid, band, scene.no_fly, ends)
    if not outward:
        return None
    if scene.landing == scene.home:
        flights = [_flight(scene, route, route[::-1], survey) for route in outward]
    else:
        landing_m = scene.local_m(scene.landing)
        home_ends = Ends(
            start_m=end_m,
            end_m=landing_m,
            start_amsl_m=survey.alt_amsl_m,
            end_amsl_m=float(band.floor_m(landing_m[0], landing_m[1])),
        )
        homeward = routes_between(grid, band, scene.no_fly, home_ends)
        flights = [_flight(scene, out, back, survey) for out in outward for back in homeward]
    return min(flights, key=lambda flight: _energy_wh(scene, flight), default=None)


def _energy_wh(scene: Scene, flight: Flight) -> float:
    return sum(cost.energy_wh for cost in flight_costs(scene, flight, scene.request.mass_kg))


def _survey(scene: Scene, band: HeightBand) -> Survey:
    """Return the points around the site that lie in the band at one height and outside no-fly areas."""
    site_m = scene.local_m(scene.target)
    top_m = float(band.floor_m(site_m[0], site_m[1]))
    points: list[FloatArray] = []
    low_m = max(top_m, scene.target.alt_amsl_m + SURVEY_AGL_M)
    high_m = max(top_m, float(band.ceiling_m(site_m[0], site_m[1])))
    if not scene.aircraft.has_camera:
        return Survey(points_m=(), alt_amsl_m=top_m)
    for bearing in _SURVEY_BEARINGS_DEG:
        angle = math.radians(bearing)
        point_m = site_m + SURVEY_RADIUS_M * np.array([math.sin(angle), math.cos(angle)])
        previous_m = points[-1] if points else site_m
        floor_m, ceiling_m = _limits_between(band, [(previous_m, point_m), (point_m, site_m)])
        blocked = scene.no_fly.blocks(previous_m, point_m) or scene.no_fly.blocks(point_m, site_m)
        if blocked or max(low_m, floor_m) > min(high_m, ceiling_m):
            continue
        points.append(point_m)
        low_m, high_m = max(low_m, floor_m), min(high_m, ceiling_m)
    return Survey(points_m=tuple(points), alt_amsl_m=min(low_m, high_m))


def _limits_between(band: HeightBand, lines: list[tuple[FloatArray, FloatArray]]) -> tuple[float, float]:
    """Return the highest floor and the lowest ceiling along straight lines."""
    share = np.linspace(0.0, 1.0, 20)[:, None]
    points_m = np.vstack([start + share * (end - start) for start, end in lines])
    east_m, north_m = points_m[:, 0], points_m[:, 1]
    if band.missing_at(east_m, north_m).any():
        return math.inf, -math.inf
    return float(band.floor_m(east_m, north_m).max()), float(band.ceiling_m(east_m, north_m).min())


def _flight(scene: Scene, outward_m: FloatArray, homeward_m: FloatArray, survey: Survey) -> Flight:
    outward = [_position(scene, row) for row in outward_m]
    homeward = [_position(scene, row) for row in homeward_m]
    top = outward[-1]
    stops = [Stop(phase=Phase.CLIMB, at=outward[0], command=Command.NAV_TAKEOFF, dwell_s=SPOOL_UP_S)]
    stops += [Stop(phase=Phase.OUTBOUND, at=at, command=Command.NAV_WAYPOINT) for at in outward[1:-1]]
    stops.append(_picture(scene, Phase.OUTBOUND, top))
    approach_m = scene.target.alt_amsl_m + scene.town.rules.site_approach_agl_m
    if approach_m < top.alt_amsl_m - 1.0:
        stops.append(Stop(phase=Phase.APPROACH, at=_at_height(top, approach_m), command=Command.NAV_WAYPOINT))
    stops.append(_set_down(scene, min(approach_m, top.alt_amsl_m)))
    placed_after = len(stops)
    stops.append(Stop(phase=Phase.SURVEY, at=top, command=Command.NAV_WAYPOINT))
    for point_m in survey.points_m:
        stops.append(_picture(scene, Phase.SURVEY, _position(scene, np.append(point_m, top.alt_amsl_m))))
    if survey.points_m:
        stops.append(_picture(scene, Phase.SURVEY, top))
    stops += [Stop(phase=Phase.RETURN, at=at, command=Command.NAV_WAYPOINT) for at in homeward[1:]]
    stops.append(
        Stop(
            phase=Phase.LAND,
            at=scene.landing,
            command=Command.NAV_LAND,
            dwell_s=SLOW_LANDING_M / SLOW_DESCENT_MPS - SLOW_LANDING_M / scene.town.rules.descent_mps,
        )
    )
    return Flight(start=scene.home, stops=tuple(stops), placed_after=placed_after)


def _picture(scene: Scene, phase: Phase, at: Position) -> Stop:
    camera = scene.aircraft.has_camera
    return Stop(
        phase=phase,
        at=at,
        command=Command.NAV_WAYPOINT,
        dwell_s=PICTURE_S if camera else 0.0,
        param1=PICTURE_S if camera else 0.0,
        shoot=camera,
    )


def _set_down(scene: Scene, from_amsl_m: float) -> Stop:
    """Return the stop that lets the load go on the ground; without a gripper (always refused) a landing is drawn."""
    height_m = from_amsl_m - scene.target.alt_amsl_m
    command = Command.NAV_PAYLOAD_PLACE if scene.aircraft.gear is PayloadGear.GRIPPER else Command.NAV_LAND
    return Stop(
        phase=Phase.PLACE,
        at=scene.target,
        command=command,
        dwell_s=RELEASE_S,
        item_alt_amsl_m=from_amsl_m,
        param1=math.ceil(height_m + SET_DOWN_SPARE_M),
        descent_mps=SLOW_DESCENT_MPS,
    )


def _position(scene: Scene, point: FloatArray) -> Position:
    """Return a local point as the autopilot will get it: 1e-7 degrees, whole centimetres above home."""
    at = scene.town.terrain.frame.place_of(float(point[0]), float(point[1]))
    above_home_m = round(float(point[2]) - scene.home.alt_amsl_m, 2)
    return Position(
        lon_deg=round(at.lon_deg, 7),
        lat_deg=round(at.lat_deg, 7),
        alt_amsl_m=round(scene.home.alt_amsl_m + above_home_m, 2),
    )


def _at_height(at: Position, alt_amsl_m: float) -> Position:
    return Position(lon_deg=at.lon_deg, lat_deg=at.lat_deg, alt_amsl_m=round(alt_amsl_m, 2))
