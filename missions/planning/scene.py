"""All that a plan is made from, resolved once: who flies, from where to where, over what."""

import math
from dataclasses import dataclass

import numpy as np

from fleet.errors import NotFoundError
from fleet.ids import SiteId, VehicleId
from fleet.positions import FloatArray, LonLat, Position, distance_m
from fleet.text import Text
from missions.planning.energy import Speeds, Wind, wind_from
from missions.planning.no_fly import NoFly, no_fly_of
from missions.values.aircraft import Aircraft
from missions.values.conditions import Conditions
from missions.values.request import DeliveryRequest
from missions.values.town import Place, Town

AT_DEPOT_M = 30.0
"""Within this of its depot an aircraft counts as standing on it and lands where it took off."""

LEAST_DISTANCE_M = 50.0
"""Nearer than this there is nothing to fly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The request, the town, the aircraft and the three places of the flight, on the ground (m above mean sea level).

    A ground height is NaN where the terrain has no data.
    """

    request: DeliveryRequest
    town: Town
    conditions: Conditions
    aircraft: Aircraft
    depot: Place
    site: Place
    home: Position
    target: Position
    landing: Position
    no_fly: NoFly

    @property
    def wind(self) -> Wind:
        """Return the wind as a velocity."""
        return wind_from(self.conditions.wind_mps, self.conditions.wind_from_deg)

    @property
    def speeds(self) -> Speeds:
        """Return the autopilot's speeds by the town's rules."""
        rules = self.town.rules
        return Speeds(cruise_mps=rules.cruise_mps, climb_mps=rules.climb_mps, descent_mps=rules.descent_mps)

    def local_m(self, place: LonLat | Position) -> FloatArray:
        """Return east and north in metres of the terrain's frame."""
        ground = place.ground if isinstance(place, Position) else place
        return np.array(self.town.terrain.frame.local_of(ground))

    def is_too_near(self) -> bool:
        """Return whether the aircraft already stands at the destination."""
        return distance_m(self.home.ground, self.target.ground) < LEAST_DISTANCE_M

    def has_ground(self) -> bool:
        """Return whether the terrain is known at all three places."""
        return not any(math.isnan(end.alt_amsl_m) for end in (self.home, self.target, self.landing))


def scene_of(request: DeliveryRequest, town: Town, vehicle_id: VehicleId, conditions: Conditions) -> Scene:
    """Return the scene; raises NotFoundError for an aircraft, depot or landing site that the town does not have."""
    aircraft = town.aircraft.get(vehicle_id)
    if aircraft is None:
        raise NotFoundError(
            Text(f"機体「{vehicle_id}」は登録されていません", f"the town has no aircraft {vehicle_id!r}"),
            Text("登録済みの機体を選んでください", "choose one of the town's aircraft"),
            vehicle_id=vehicle_id,
        )
    depot = _place(town, aircraft.home_site_id)
    site = _place(town, request.site_id)
    depot_ground = _on_ground(town, depot.at)
    home = depot_ground if conditions.home is None else _on_ground(town, conditions.home.ground)
    landing = home if distance_m(home.ground, depot.at) <= AT_DEPOT_M else depot_ground
    target = _on_ground(town, site.at)
    frame = town.terrain.frame
    ends_m = np.array([frame.local_of(end.ground) for end in (home, target, landing)])
    return Scene(
        request=request,
        town=town,
        conditions=conditions,
        aircraft=aircraft,
        depot=depot,
        site=site,
        home=home,
        target=target,
        landing=landing,
        no_fly=no_fly_of(town, ends_m),
    )


def _place(town: Town, place_id: SiteId) -> Place:
    place = town.place(place_id)
    if place is None:
        raise NotFoundError(
            Text(f"場所「{place_id}」は登録されていません", f"the town has no place {place_id!r}"),
            Text("登録済みの場所を選んでください", "choose one of the town's places"),
            site_id=place_id,
        )
    return place


def _on_ground(town: Town, at: LonLat) -> Position:
    """Return a place as the autopilot will get it (1e-7 degrees) on the terrain (whole centimetres)."""
    lon_deg, lat_deg = round(at.lon_deg, 7), round(at.lat_deg, 7)
    ground_m = town.terrain.elevation_of(LonLat(lon_deg=lon_deg, lat_deg=lat_deg))
    return Position(lon_deg=lon_deg, lat_deg=lat_deg, alt_amsl_m=round(ground_m, 2))
