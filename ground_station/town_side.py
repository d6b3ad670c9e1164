"""The station's side of the line to the town: outbox, relay, pictures, and what goes over them."""

import asyncio
from functools import partial
from types import TracebackType

import sqlalchemy as sa

from fleet.disk_health import Place
from ground_station.service.disk_watch import StationDisk
from ground_station.service.request_book import RequestBook
from ground_station.service.town_link import TownLink
from ground_station.town_side_setup import TownSideSetup
from imagery.folder_store import FolderStore
from imagery.intake import PictureIntake
from imagery.station_pictures import StationPictures, StoredChunks
from telemetry.codec import DownMessage
from telemetry.outbox_sqlite import SqliteOutbox
from telemetry.outbox_watched import WatchedOutbox
from telemetry.relay_mqtt import StationAddress, StationRelay
from telemetry.topics import Topics


class TownSide:
    """What reaches the town office, whenever that can be reached. Use as `async with`; `run` until cancelled."""

    def __init__(self, setup: TownSideSetup, engine: sa.Engine, requests: RequestBook, disk: StationDisk) -> None:
        store = FolderStore(setup.folder / "pictures", watch=disk.writes(Place.PICTURES), broken=setup.broken)
        disk.try_again_by(Place.PICTURES, store.try_writing)
        self._intake = PictureIntake()
        outbox = SqliteOutbox(setup.folder / "outbox.sqlite", broken=setup.broken)
        self._outbox = WatchedOutbox(outbox, disk.writes(Place.OUTBOX))
        self.relay = StationRelay(
            address=StationAddress(
                topics=Topics(realm=setup.realm, town=setup.town.id),
                station=setup.town.station_id,
                broker=setup.broker,
            ),
            outbox=self._outbox,
            clock=setup.clock,
            bodies=StoredChunks(store),
            on_down=self._take_down,
        )
        self.pictures = StationPictures(
            station_id=setup.town.station_id,
            engine=engine,
            store=store,
            intake=self._intake,
            clock=setup.clock,
            put=self.relay.put,
        )
        self.link = TownLink(
            relay=self.relay,
            pictures=self.pictures,
            requests=requests,
            town=setup.town,
            clock=setup.clock,
            on_lost=partial(disk.lose, Place.OUTBOX),
        )

    async def __aenter__(self) -> "TownSide":
        """Start the worker that opens pictures."""
        await self._intake.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it, and close the outbox; what waits there is sent after the next start."""
        await self._intake.__aexit__(kind, error, trace)
        self._outbox.close()

    async def run(self) -> None:
        """Send what waits, and take in pictures that were left over."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.relay.run(), name="relay")
            tasks.create_task(self.pictures.run(), name="pictures")

    async def _take_down(self, message: DownMessage) -> None:
        await self.link.on_down(message)
