"""The aircraft of a town bundle, a TOML file each. Reads without the libraries that maps and terrain need."""

from collections.abc import Iterable
from pathlib import Path

from fleet.ids import VehicleId, check_name
from fleet.text import Text
from missions.formats.bad_input import bad_input
from missions.formats.bounds import check_aircraft
from missions.formats.toml_values import read_table, table_of, toml_text, value_of
from missions.values.aircraft import Aircraft

AIRCRAFT_FOLDER = "aircraft"


def write_aircraft(bundle: Path, fleet: Iterable[Aircraft]) -> None:
    """Write the aircraft of a bundle in place of those that were there."""
    folder = bundle / AIRCRAFT_FOLDER
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.toml"):
        old.unlink()
    for aircraft in fleet:
        (folder / f"{check_name(aircraft.id)}.toml").write_text(toml_text(table_of(aircraft)), encoding="utf-8")


def read_aircraft(bundle: Path) -> dict[VehicleId, Aircraft]:
    """Return the aircraft of a bundle in the order of their system ids; raises BadInputError naming the file."""
    fleet: dict[VehicleId, Aircraft] = {}
    systems: dict[int, str] = {}
    for path in sorted((bundle / AIRCRAFT_FOLDER).glob("*.toml")):
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
