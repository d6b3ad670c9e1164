"""The town as a value: who it is, its places, its airspace and its aircraft.

Geometry is shapely in WGS 84 lon, lat order; heights name their datum.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from shapely.geometry import LineString, MultiPolygon, Polygon

from fleet.ids import SiteId, StationId, TownId, VehicleId
from fleet.positions import LonLat
from fleet.text import Text
from missions.terrain.grid import Terrain
from missions.values.aircraft import Aircraft
from missions.values.rules import FlightRules


class PlaceKind(StrEnum):
    """What a place is for."""

    DEPOT = "depot"
    LANDING_SITE = "landing_site"
    SHELTER = "shelter"
    STATION = "station"
    SETTLEMENT = "settlement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A named place. `ground_amsl_m` is surveyed where known, else read from the terrain."""

    id: SiteId
    kind: PlaceKind
    name: Text
    at: LonLat
    ground_amsl_m: float
    detail: Mapping[str, str] = field(default_factory=dict)


class AirspaceKind(StrEnum):
    """What an area means for a flight."""

    NO_FLY = "no_fly"
    DENSELY_INHABITED = "did"
    AIRPORT = "airport"
    EMERGENCY_USE = "emergency_use"


@dataclass(frozen=True, slots=True, kw_only=True)
class AirspaceArea:
    """An area with a rule. `no_fly` is refused; the others are warned of with their source."""

    id: str
    kind: AirspaceKind
    name: Text
    area: Polygon | MultiPolygon
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MapLine:
    """A road or a river, for the map only."""

    kind: str
    name: Text
    line: LineString


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """Everything a station or the town office knows of its town.

    `airspace_checked` are the kinds of area that somebody looked for in the whole town: only of these does having no
    area mean that there is none.
    """

    id: TownId
    name: Text
    code: str
    boundary: Polygon | MultiPolygon
    rules: FlightRules
    places: tuple[Place, ...]
    airspace: tuple[AirspaceArea, ...]
    lines: tuple[MapLine, ...]
    aircraft: Mapping[VehicleId, Aircraft]
    terrain: Terrain
    station_id: StationId
    credits: tuple[str, ...] = ()
    airspace_checked: tuple[AirspaceKind, ...] = ()

    def knows_airspace(self, kind: AirspaceKind) -> bool:
        """Return whether there is data on areas of one kind: some areas, or a note that they were looked for."""
        return kind in self.airspace_checked or any(area.kind is kind for area in self.airspace)

    def place(self, place_id: SiteId) -> Place | None:
        """Return the place of that id, or None."""
        return next((place for place in self.places if place.id == place_id), None)

    def places_of(self, kind: PlaceKind) -> tuple[Place, ...]:
        """Return the places of one kind, in the order of the bundle."""
        return tuple(place for place in self.places if place.kind is kind)
