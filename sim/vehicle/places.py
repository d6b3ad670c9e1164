"""From the wire's degrees × 1e7 and datums to metres east, north, up of the vehicle's origin, and back."""

from dataclasses import dataclass

from fleet.positions import LocalFrame, LonLat, Position
from fleet.units import degrees_from_e7
from sim.dynamics.path import Vector
from sim.vehicle.mission_item import RELATIVE, TERRAIN, StoredItem


@dataclass(frozen=True, slots=True)
class Places:
    """The vehicle's local frame; `origin_amsl_m` is the height of its zero above mean sea level."""

    frame: LocalFrame
    origin_amsl_m: float

    def point(self, x_e7: int, y_e7: int) -> tuple[float, float]:
        """Return east and north of MAVLink's latitude `x_e7` and longitude `y_e7`."""
        return self.frame.local_of(LonLat(lon_deg=degrees_from_e7(y_e7), lat_deg=degrees_from_e7(x_e7)))

    def position(self, place: Vector) -> Position:
        """Return the geodetic position of a local place."""
        ground = self.frame.place_of(place[0], place[1])
        return Position(lon_deg=ground.lon_deg, lat_deg=ground.lat_deg, alt_amsl_m=self.origin_amsl_m + place[2])

    def target(self, item: StoredItem, *, home: Vector, here: Vector) -> tuple[Vector, bool]:
        """Return where an item leads and whether its height is above the terrain below.

        An item without a place (0, 0) means right here.
        """
        east, north = self.point(item.x, item.y) if item.x or item.y else here[:2]
        if item.frame == TERRAIN:
            return (east, north, item.z), True
        up = home[2] + item.z if item.frame == RELATIVE else item.z - self.origin_amsl_m
        return (east, north, up), False
