"""The town's aircraft as the flight core needs them, kept beside its journal when they were read.

A core that is started again under a flight must not stay away because somebody saves a file of the town just then, or
pulled out the stick it lies on: it goes on with what was read last, and says so.
"""

import contextlib
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from fleet.errors import FleetError
from fleet.ids import TownId, VehicleId
from fleet.text import Text
from fleet.whole_file import write_whole
from kakehashi.aircraft_of_run import links_of
from kakehashi.bundle import bundle_folder, bundle_place
from kakehashi.home import Home
from kakehashi.settings import Settings
from missions.formats.bundle_aircraft import read_aircraft
from missions.formats.bundle_identity import read_town_id
from missions.values.aircraft import Aircraft

NAME = "flight-town"
"""The name of the kept file in the station's folder."""
_DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class FlownTown:
    """A town's id and aircraft, in its order; `problem` says in words that they are those of before, or is None."""

    id: TownId
    fleet: Mapping[VehicleId, Aircraft]
    problem: Text | None = None


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    place: str
    id: TownId
    aircraft: tuple[Aircraft, ...]


def read_flown_town(settings: Settings) -> FlownTown:
    """Return the town of a run, or what was kept of it where it cannot be read, or not with this run's aircraft.

    Raises BadInputError as `bundle_folder`, `read_aircraft` and `links_of` where nothing of it was kept.
    """
    place = bundle_place(settings)
    if place is None:
        return _read(bundle_folder(settings))
    try:
        town = _read(place)
        links_of(settings, town.fleet)
    except FleetError as error:
        kept = _kept(_file(settings), place)
        if kept is None:
            return _read(bundle_folder(settings))
        try:
            links_of(settings, kept.fleet)
        except FleetError:
            raise error from None
        return replace(kept, problem=_of_before(error.what))
    return town


def town_of_before(settings: Settings) -> FlownTown | None:
    """Return what was kept of the town of a run, or None; blocks. It says that the town's disk does not answer."""
    place = bundle_place(settings)
    kept = None if place is None else _kept(_file(settings), place)
    if kept is None:
        return None
    links_of(settings, kept.fleet)
    return replace(kept, problem=_of_before(Text("ディスクが答えません", "the disk does not answer")))


def keep_flown_town(settings: Settings, town: FlownTown) -> None:
    """Keep a town that was read, unless it is kept already; blocks. Raises OSError where the disk refuses."""
    place = bundle_place(settings)
    if place is None or town.problem is not None:
        return
    kept = _Kept(place=_named(place), id=town.id, aircraft=tuple(town.fleet.values()))
    body = msgspec.json.encode(kept)
    content = hashlib.sha256(body).digest() + body
    path = _file(settings)
    with contextlib.suppress(OSError):
        if path.read_bytes() == content:
            return
    write_whole(path, content)


def _file(settings: Settings) -> Path:
    return Home(root=settings.home, realm=settings.realm).station / NAME


def _named(place: Path) -> str:
    return os.fsencode(place.absolute()).decode(errors="backslashreplace")


def _read(bundle: Path) -> FlownTown:
    return FlownTown(id=read_town_id(bundle), fleet=read_aircraft(bundle))


def _kept(path: Path, place: Path) -> FlownTown | None:
    """Return what was kept of the town at `place`; None if nothing was, or what was is damaged."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    digest, body = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    if hashlib.sha256(body).digest() != digest:
        return None
    try:
        kept = msgspec.json.decode(body, type=_Kept)
    except (msgspec.MsgspecError, FleetError):  # of another version
        return None
    return FlownTown(id=kept.id, fleet={one.id: one for one in kept.aircraft}) if kept.place == _named(place) else None


def _of_before(why: Text) -> Text:
    return Text(
        f"町のデータを使えないので、前に読んだ機体の登録で動いています（{why.ja}）",
        f"the town cannot be used, so the flight core goes on with the aircraft that it read before: {why.en}",
    )
