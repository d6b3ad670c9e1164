"""The town as the pages' map takes it: plain JSON, GeoJSON in WGS 84 lon, lat (RFC 7946)."""

from collections.abc import Mapping
from typing import Any

from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from fleet.text import Text
from missions.values.town import Town

_DECIMALS = 6


def town_map(town: Town) -> dict[str, Any]:
    """Return name, bounds, places, aircraft, airspace, lines and boundary of the town as JSON values."""
    return {
        "id": town.id,
        "name": town.name.as_dict(),
        "code": town.code,
        "bounds": town.terrain.bounds(),
        "terrain_synthetic": town.terrain.synthetic,
        "terrain_source": town.terrain.source.as_dict(),
        "credits": list(town.credits),
        "places": [
            {
                "id": place.id,
                "kind": place.kind.value,
                "name": place.name.as_dict(),
                "lon_deg": place.at.lon_deg,
                "lat_deg": place.at.lat_deg,
                "ground_amsl_m": place.ground_amsl_m,
                "detail": dict(place.detail),
            }
            for place in town.places
        ],
        "aircraft": [
            {
                "vehicle_id": aircraft.id,
                "name": aircraft.name.as_dict(),
                "max_payload_kg": aircraft.max_payload_kg,
                "home_site_id": aircraft.home_site_id,
                "gear": aircraft.gear.value,
            }
            for aircraft in town.aircraft.values()
        ],
        "airspace": _collection(
            [
                _feature(area.area, area.name, {"id": area.id, "kind": area.kind.value, "source": area.source})
                for area in town.airspace
            ]
        ),
        "lines": _collection([_feature(line.line, line.name, {"kind": line.kind}) for line in town.lines]),
        "boundary": _collection([_feature(town.boundary, town.name, {})]),
        "ceiling_agl_m": town.rules.ceiling_agl_m,
        "clearance_m": town.rules.clearance_m,
        "reserve_fraction": town.rules.reserve_fraction,
    }


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def _feature(shape: BaseGeometry, name: Text, properties: Mapping[str, str]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": _rounded(mapping(shape)),
        "properties": {"name_ja": name.ja, "name_en": name.en, **properties},
    }


def _rounded(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(item) for item in value]
    return round(value, _DECIMALS) if isinstance(value, float) else value
