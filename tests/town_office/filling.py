"""A database that already holds something, for offices that open it."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from fleet.ids import PictureId, StationId, TownId, VehicleId
from imagery.library_sql import insert_picture
from imagery.pictures import Picture, PictureState, Release
from telemetry.bodies import Body
from telemetry.engine_sql import writing
from telemetry.making import make_record
from telemetry.records import Record
from telemetry.store import ReceivedRecord
from telemetry.store_sql import SqlRecordStore
from tests.town_office.field import (
    LAT,
    LON,
    STATION,
    VEHICLE,
    alert,
    delivery_state,
    request_state,
    track,
    vehicle_state,
)
from town_office.alerts_sql import AlertHandler
from town_office.database import migrate, open_database
from town_office.deliveries_sql import DeliveryHandler
from town_office.requests_sql import RequestHandler

T0 = 1_780_000_000.0
JPEG = b"\xff\xd8\xff\xe0 a thumbnail \xff\xd9"


def received(record: Record, body: Body, *, station: str = STATION) -> ReceivedRecord:
    """Return a record as ingest hands it to the store, one second under way."""
    return ReceivedRecord(
        id=record.id,
        town=TownId("yamanaka"),
        station=StationId(station),
        lane=record.lane,
        kind=record.kind,
        schema=1,
        recorded_at_s=record.recorded_at_s,
        received_at_s=record.recorded_at_s + 1.0,
        body_packed=msgspec.msgpack.encode(record.body),
        typed=body,
        key=record.key,
    )


def numbered(bodies: Sequence[Body], *, station: str = STATION) -> list[ReceivedRecord]:
    """Return one record a second, in order."""
    return [
        received(make_record(body, record_id=f"record-{number}", recorded_at_s=T0 + number), body, station=station)
        for number, body in enumerate(bodies)
    ]


def stored_picture(number: int) -> Picture:
    """Return a picture taken `number` seconds after T0, 0.001° east of the last, of which the thumbnail has come."""
    return Picture(
        id=PictureId(f"picture-{number}"),
        sha256=hashlib.sha256(b"%d" % number).hexdigest(),
        size_bytes=100_000,
        media_type="image/jpeg",
        width_px=4000,
        height_px=3000,
        taken_at_s=T0 + number,
        lon_deg=LON + number * 0.001,
        lat_deg=LAT,
        alt_amsl_m=600.0,
        alt_home_m=None,
        heading_deg=90.0,
        pitch_deg=-90.0,
        view_deg=None,
        vehicle_id=VehicleId(VEHICLE),
        delivery_id=None,
        image_index=number,
        station_id=StationId(STATION),
        who=VEHICLE,
        source="companion",
        before_after="after",
        simulated=True,
        state=PictureState.THUMBNAIL,
        chunks_total=3,
        chunks_have=0,
        release=Release.UNREVIEWED,
        received_at_s=T0 + number + 2.0,
    )


def fill(folder: Path, *, pictures: int) -> None:
    """Make an office's database with something of everything in it."""
    folder.mkdir(exist_ok=True)
    engine = open_database(f"sqlite:///{folder / 'office.sqlite'}")
    migrate(engine)
    store = SqlRecordStore(engine, (RequestHandler(), DeliveryHandler(), AlertHandler()))
    bodies: list[Body] = [delivery_state(), request_state(), alert(), vehicle_state(T0)]
    store.store(numbered([*bodies, *(track(T0 + second) for second in range(20))]))
    with writing(engine) as connection:
        for number in range(pictures):
            insert_picture(connection, stored_picture(number), thumbnail=JPEG)
    engine.dispose()
