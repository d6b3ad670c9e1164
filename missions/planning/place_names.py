"""Saying where something is, by the nearest named place."""

import math

from fleet.positions import LonLat, bearing_deg, distance_m
from fleet.text import Text
from missions.values.town import Town

_JA = ("北", "北東", "東", "南東", "南", "南西", "西", "北西")
_EN = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
_AT_M = 50.0


def near(town: Town, at: LonLat) -> Text:
    """Return a place in words, such as 「高室集会所の北東 1.2 km」; coordinates where the town has no places."""
    if not town.places:
        text = f"{at.lat_deg:.5f}, {at.lon_deg:.5f}"
        return Text(text, text)
    place = min(town.places, key=lambda candidate: distance_m(candidate.at, at))
    away_m = distance_m(place.at, at)
    if away_m < _AT_M:
        return place.name
    octant = math.floor(bearing_deg(place.at, at) / 45.0 + 0.5) % 8
    away = f"{away_m / 1000.0:.1f} km" if away_m >= 1000.0 else f"{round(away_m, -1):.0f} m"
    return Text(f"{place.name.ja}の{_JA[octant]} {away}", f"{away} {_EN[octant]} of {place.name.en}")
