"""A station in the field as the office sees it: outbox, relay and pictures, without aircraft."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from imagery.folder_store import FolderStore
from imagery.intake import PictureIntake
from imagery.pictures import Picture, PictureContext
from imagery.station_pictures import StationPictures, StoredChunks
from imagery.tables_sql import create_picture_tables
from telemetry.bodies import Body
from telemetry.codec import DownMessage
from telemetry.engine_sql import open_engine
from telemetry.outbox_sqlite import SqliteOutbox
from telemetry.relay_mqtt import StationRelay
from tests.imagery.samples import noisy_jpeg
from tests.town_office.field import CLOCK, STATION, VEHICLE, record, running, station_at

CONTEXT = PictureContext(who=VEHICLE, vehicle_id=VEHICLE, delivery_id=None, image_index=0, simulated=True)


class FieldStation:
    """Puts records and pictures on their way, and notes what the town asks."""

    def __init__(self, relay: StationRelay, pictures: StationPictures, outbox: SqliteOutbox) -> None:
        self.relay = relay
        self.pictures = pictures
        self.outbox = outbox

    async def say(self, *bodies: Body) -> None:
        await self.relay.put([record(body) for body in bodies])

    async def photograph(self, *, seed: int = 1, chunks: int = 4) -> Picture:
        """Take in a picture of several chunks with the camera's place and time."""
        return await self.pictures.accept(noisy_jpeg(chunks, seed=seed), CONTEXT)

    def is_empty(self) -> bool:
        """Return whether the town has everything."""
        return sum(lane.records for lane in self.outbox.pending().values()) == 0


@asynccontextmanager
async def field_station(folder: Path, port: int, asked: list[DownMessage]) -> AsyncIterator[FieldStation]:
    """Run a station whose town's requests are put into `asked`, each once."""
    folder.mkdir(exist_ok=True)
    engine = open_engine(f"sqlite:///{folder / 'station.sqlite'}")
    create_picture_tables(engine)
    store = FolderStore(folder / "pictures")
    outbox = SqliteOutbox(folder / "outbox.sqlite")

    async def on_down(message: DownMessage) -> None:
        if await pictures.on_down(message.kind, message.body):
            return
        if message.id not in {one.id for one in asked}:
            asked.append(message)

    relay = StationRelay(
        address=station_at(port), outbox=outbox, clock=CLOCK, bodies=StoredChunks(store), on_down=on_down
    )
    async with PictureIntake() as intake:
        pictures = StationPictures(
            station_id=STATION, engine=engine, store=store, intake=intake, clock=CLOCK, put=relay.put
        )
        async with running(relay.run):
            yield FieldStation(relay, pictures, outbox)
    outbox.close()
    engine.dispose()
