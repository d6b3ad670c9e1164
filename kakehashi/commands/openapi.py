"""`kakehashi openapi`: writes both services' OpenAPI documents, from which the pages' types are made."""

import json
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from fleet.audit_file import AuditFile
from fleet.clock import SystemClock
from fleet.realm import Realm
from kakehashi.output_place import require_folder_place, writing


def openapi(folder: Annotated[Path, typer.Argument(help="書き出し先 / where to write")]) -> None:
    """Write `station.json` and `office.json`."""
    import asyncio

    require_folder_place(folder)
    with tempfile.TemporaryDirectory() as scratch:
        documents = asyncio.run(_documents(Path(scratch)))
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name, document in documents.items():
            (folder / f"{name}.json").write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n")


async def _documents(scratch: Path) -> dict[str, object]:
    from ground_station.api.app import create_app as station_app
    from ground_station.field_station import FieldStation
    from ground_station.flight.socket_client import SocketFlight
    from ground_station.station_setup import StationSetup
    from missions.formats.demo_town import make_demo_town
    from telemetry.mqtt_address import MqttAddress
    from town_office.api.app import create_app as office_app
    from town_office.office import OfficeSettings, TownOffice

    clock = SystemClock()
    town = make_demo_town()
    broker = MqttAddress(host="127.0.0.1", port=1, username="none", password="x" * 16)
    (scratch / "station").mkdir()
    station = FieldStation(
        StationSetup(
            town=town,
            bundle=scratch,
            folder=scratch / "station",
            realm=Realm.DRILL,
            broker=broker,
            flight=SocketFlight(scratch / "station" / "flight.sock", realm=Realm.DRILL, town=town.id),
            vehicles=(),
            audit=AuditFile(scratch / "station" / "audit.jsonl", clock),
            clock=clock,
        )
    )
    settings = OfficeSettings(
        town=town,
        realm=Realm.DRILL,
        database_url=f"sqlite:///{scratch / 'office.sqlite'}",
        pictures_folder=scratch / "pictures",
        audit_file=scratch / "office.jsonl",
        pages_folder=scratch,
        broker=broker,
    )
    async with TownOffice.open(settings, clock) as office:
        return {
            "station": station_app(station, device_keys={}, pages=scratch).openapi(),
            "office": office_app(office).openapi(),
        }
