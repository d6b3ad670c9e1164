"""The town bundle: a folder that is the town.

    town.toml        names, code, station, credits, airspace_checked, [rules], [terrain] and its grid
    terrain.tif      heights (Cloud Optimized GeoTIFF)
    places.gpkg      depots, stations, landing_sites, shelters, settlements
    airspace.gpkg    no_fly, did, airport, emergency_use
    map.gpkg         boundary, rivers, roads
    aircraft/*.toml  one file an aircraft

Every error is a BadInputError that names file, layer and row, what is wrong and how to mend it.
"""

from dataclasses import dataclass, field
from pathlib import Path

from fleet.errors import BadInputError, InvalidValueError
from fleet.ids import StationId, TownId, check_name
from fleet.text import Text
from missions.formats.bad_input import bad_input
from missions.formats.bounds import check_rules
from missions.formats.bundle_aircraft import AIRCRAFT_FOLDER, read_aircraft, write_aircraft
from missions.formats.bundle_airspace import read_airspace, write_airspace
from missions.formats.bundle_identity import TOWN_FILE
from missions.formats.bundle_map import read_boundary, read_lines, write_map
from missions.formats.bundle_places import read_places, write_places
from missions.formats.toml_values import read_table, table_of, toml_text, value_of
from missions.terrain.cog import read_cog, write_cog
from missions.terrain.grid import Terrain
from missions.terrain.local_grid import LocalGrid, grid_of
from missions.values.rules import FlightRules
from missions.values.town import AirspaceKind, PlaceKind, Town

TERRAIN_FILE = "terrain.tif"


@dataclass(frozen=True, slots=True, kw_only=True)
class _TerrainNote:
    """Where the heights are from; without `grid` one is laid over the file."""

    synthetic: bool
    source: Text
    grid: LocalGrid | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _TownFile:
    """`town.toml` as it is written."""

    id: TownId
    code: str
    station_id: StationId
    name: Text
    terrain: _TerrainNote
    rules: FlightRules = field(default_factory=FlightRules)
    credits: tuple[str, ...] = ()
    airspace_checked: tuple[AirspaceKind, ...] = ()


def write_town(town: Town, folder: Path) -> None:
    """Write the bundle in place of what was there; `town.toml` comes last, so that half a bundle is never read."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / TOWN_FILE).unlink(missing_ok=True)
    write_cog(town.terrain, folder / TERRAIN_FILE)
    write_places(folder, town.places)
    write_airspace(folder, town.airspace)
    write_map(folder, town.boundary, town.lines)
    write_aircraft(folder, town.aircraft.values())
    note = _TerrainNote(synthetic=town.terrain.synthetic, source=town.terrain.source, grid=grid_of(town.terrain))
    written = _TownFile(
        id=town.id,
        code=town.code,
        station_id=town.station_id,
        name=town.name,
        terrain=note,
        rules=town.rules,
        credits=town.credits,
        airspace_checked=town.airspace_checked,
    )
    (folder / TOWN_FILE).write_text(toml_text(table_of(written)), encoding="utf-8")


def read_town(folder: Path) -> Town:
    """Return the town of a bundle, checked. Raises BadInputError."""
    if not folder.is_dir():
        what = Text("町のフォルダがありません", "there is no such town folder")
        cure = Text(
            "kakehashi town make-demo か kakehashi town import で作ってください",
            "make one with kakehashi town make-demo or kakehashi town import",
        )
        raise bad_input(folder.name, what, cure)
    head = value_of(read_table(folder / TOWN_FILE, TOWN_FILE), _TownFile, TOWN_FILE)
    _check_names(head)
    check_rules(head.rules, TOWN_FILE)
    terrain = _read_terrain(folder / TERRAIN_FILE, head.terrain)
    town = Town(
        id=head.id,
        name=head.name,
        code=head.code,
        boundary=read_boundary(folder),
        rules=head.rules,
        places=read_places(folder, terrain),
        airspace=read_airspace(folder),
        lines=read_lines(folder),
        aircraft=read_aircraft(folder),
        terrain=terrain,
        station_id=head.station_id,
        credits=head.credits,
        airspace_checked=head.airspace_checked,
    )
    _check_whole(town)
    return town


def _check_names(head: _TownFile) -> None:
    for key, value in (("id", head.id), ("station_id", head.station_id)):
        try:
            check_name(value)
        except InvalidValueError as error:
            cure = error.cure or Text(f"{key} を直してください", f"mend {key}")
            raise bad_input(TOWN_FILE, Text(f"{key}: {error.what.ja}", f"{key}: {error.what.en}"), cure) from error


def _read_terrain(path: Path, note: _TerrainNote) -> Terrain:
    if not path.is_file():
        cure = Text(
            "標高の GeoTIFF を terrain.tif として置いてください", "put a GeoTIFF of heights there as terrain.tif"
        )
        raise bad_input(TERRAIN_FILE, Text("ファイルがありません", "the file is missing"), cure)
    return read_cog(path, note.grid, synthetic=note.synthetic, source=note.source)


def _check_whole(town: Town) -> None:
    """Check what only shows when all the files are read."""
    depots = {place.id for place in town.places_of(PlaceKind.DEPOT)}
    if not depots:
        what = Text("拠点が一つもありません", "there is no depot")
        raise bad_input("places.gpkg", what, Text("拠点を一つ加えてください", "add a depot"), layer="depots")
    if not town.aircraft:
        what = Text("機体が一つもありません", "there is no aircraft")
        raise bad_input(
            AIRCRAFT_FOLDER, what, Text("機体のファイルを一つ加えてください", "add the file of an aircraft")
        )
    for aircraft in town.aircraft.values():
        if aircraft.home_site_id not in depots:
            known = ", ".join(sorted(depots))
            what = Text(
                f"home_site_id「{aircraft.home_site_id}」という拠点はありません",
                f"home_site_id {aircraft.home_site_id!r} is no depot",
            )
            cure = Text(f"拠点の id にしてください: {known}", f"use the id of a depot: {known}")
            raise bad_input(f"{AIRCRAFT_FOLDER}/{aircraft.id}.toml", what, cure)


__all__ = ["BadInputError", "read_town", "write_town"]
