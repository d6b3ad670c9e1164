"""Rally points: landing sites near the route where an aircraft may go instead of home."""

import math

import shapely
from shapely.geometry import LineString, Point

from fleet.positions import Position
from fleet.units import e7_from_degrees
from missions.planning.flight import Flight
from missions.planning.scene import Scene
from missions.values.mission_item import Command, Frame, MissionItem
from missions.values.town import PlaceKind

NEAR_ROUTE_M = 800.0
_APART_M = 300.0
_MOST = 5


def rally_sites(scene: Scene, flight: Flight) -> tuple[Position, ...]:
    """Return up to five landing sites within 800 m of the route, nearest first, heights on the ground.

    Neither the destination, where people wait for the load, nor sites beside home, which is nearer to everything.
    """
    route = LineString([scene.local_m(at) for at in (flight.start, *(stop.at for stop in flight.stops))])
    home = Point(scene.local_m(scene.home))
    target = Point(scene.local_m(scene.target))
    found: list[tuple[float, str, Position]] = []
    for place in scene.town.places_of(PlaceKind.LANDING_SITE):
        at = Point(scene.local_m(place.at))
        ground_m = scene.town.terrain.elevation_of(place.at)
        if math.isnan(ground_m) or min(at.distance(home), at.distance(target)) < _APART_M:
            continue
        away_m = float(route.distance(at))
        if away_m <= NEAR_ROUTE_M and not shapely.intersects(scene.no_fly.kept_clear, at):
            position = Position(
                lon_deg=round(place.at.lon_deg, 7), lat_deg=round(place.at.lat_deg, 7), alt_amsl_m=round(ground_m, 2)
            )
            found.append((away_m, place.id, position))
    return tuple(position for _, _, position in sorted(found, key=lambda entry: entry[:2])[:_MOST])


def rally_items(sites: tuple[Position, ...], return_altitude_home_m: float) -> tuple[MissionItem, ...]:
    """Return the sites as items, approached at the return altitude (metres above home)."""
    return tuple(
        MissionItem(
            seq=seq,
            frame=Frame.GLOBAL_RELATIVE_ALT,
            command=Command.RALLY_POINT,
            autocontinue=0,
            x=e7_from_degrees(site.lat_deg),
            y=e7_from_degrees(site.lon_deg),
            z=return_altitude_home_m,
        )
        for seq, site in enumerate(sites)
    )
