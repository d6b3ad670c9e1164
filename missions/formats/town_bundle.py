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
from fleet.ids import StationId, TownId, VehicleId, check_name
from fleet.text import Text
from missions.formats.bad_input import bad_input
from missions.formats.bounds import check_aircraft, check_rules
from missions.formats.bundle_airspace import read_airspace, write_airspace
from missions.formats.bundle_map import read_boundary, read_lines, write_map
from missions.formats.bundle_places import read_places, write_places
from missions.formats.toml_values import read_table, table_of, toml_text, value_of
from missions.terrain.cog import read_cog, write_cog
from missions.terrain.grid import Terrain
from missions.terrain.local_grid import LocalGrid, grid_of
from missions.values.aircraft import Aircraft
from missions.values.town import AirspaceKind, FlightRules, PlaceKind, Town

TOWN_FILE = "town.toml"
TERRAIN_FILE = "terrain.tif"
AIRCRAFT_FOLDER = "aircraft"


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
    _write_aircraft(town, folder / AIRCRAFT_FOLDER)
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
        aircraft=_read_aircraft(folder / AIRCRAFT_FOLDER),
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


def _write_aircraft(town: Town, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.toml"):
        old.unlink()
    for vehicle_id, aircraft in town.aircraft.items():
        (folder / f"{check_name(vehicle_id)}.toml").write_text(toml_text(table_of(aircraft)), encoding="utf-8")


def _read_aircraft(folder: Path) -> dict[VehicleId, Aircraft]:
    fleet: dict[VehicleId, Aircraft] = {}
    systems: dict[int, str] = {}
    for path in sorted(folder.glob("*.toml")):
        name = f"{AIRCRAFT_FOLDER}/{path.name}"
        aircraft = value_of(read_table(path, name), Aircraft, name)
        if aircraft.id != path.stem:
            what = Text(f"id「{aircraft.id}」がファイル名と違います", f"the id {aircraft.id!r} is not the file's name")
            raise bad_input(
                name, what, Text(f"{aircraft.id}.toml に名前を変えてください", f"rename it {aircraft.id}.toml")
            )
        check_aircraft(aircraft, name)
        if aircraft.mavlink_system_id in systems:
            other = systems[aircraft.mavlink_system_id]
            what = Text(f"mavlink_system_id が {other} と同じです", f"mavlink_system_id is the same as in {other}")
            raise bad_input(name, what, Text("1〜254 の別の番号にしてください", "use another number from 1 to 254"))
        systems[aircraft.mavlink_system_id] = name
        fleet[aircraft.id] = aircraft
    return dict(sorted(fleet.items(), key=lambda one: one[1].mavlink_system_id))


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
