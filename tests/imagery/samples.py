"""Pictures made for tests, and the two sides of the road a picture travels."""

import asyncio
import io
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import sqlalchemy as sa
from PIL import Image

from fleet.clock import ManualClock
from fleet.ids import StationId, TownId, VehicleId
from fleet.realm import Realm
from imagery.bodies import PICTURE_BODIES
from imagery.camera_tags import CameraTags, tagged_jpeg
from imagery.chunks import chunk_digests
from imagery.intake import PictureIntake
from imagery.memory_store import MemoryStore
from imagery.pictures import PictureContext
from imagery.station_pictures import StationPictures, StoredChunks
from imagery.tables_sql import create_picture_tables
from telemetry.codec import WireWriter, add_to_body, encode_record
from telemetry.engine_sql import open_engine
from telemetry.ingest import Ingest
from telemetry.records import Lane, Record
from telemetry.store import ReceivedRecord
from telemetry.topics import Topics

Item = TypeVar("Item")
TOPICS = Topics(realm=Realm.DRILL, town=TownId("demo"))
TAGS = CameraTags(
    taken_at_s=1_780_000_000.25,
    lon_deg=133.2486123,
    lat_deg=34.7036456,
    alt_amsl_m=612.34,
    alt_home_m=88.5,
    gimbal_yaw_deg=271.5,
    gimbal_pitch_deg=-90.0,
    gimbal_roll_deg=0.0,
    aircraft_yaw_deg=271.5,
    aircraft_pitch_deg=-4.25,
    aircraft_roll_deg=1.5,
    focal_mm=4.5,
    focal_35mm=24.0,
    make="Kakehashi",
    model="KAKESIM1",
)
CONTEXT = PictureContext(who="drone-1", vehicle_id=VehicleId("drone-1"), image_index=3, simulated=True)


def picture(width_px: int = 640, height_px: int = 480, *, seed: int = 0) -> Image.Image:
    """Return a picture with soft detail, different for each seed."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 255, (max(height_px // 40, 2), max(width_px // 40, 2), 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((width_px, height_px), Image.Resampling.BICUBIC)


def jpeg(width_px: int = 640, height_px: int = 480, *, seed: int = 0, quality: int = 90) -> bytes:
    """Return a JPEG without metadata."""
    target = io.BytesIO()
    picture(width_px, height_px, seed=seed).save(target, "JPEG", quality=quality)
    return target.getvalue()


def noisy_jpeg(chunks: int, *, seed: int = 0) -> bytes:
    """Return a tagged JPEG whose file needs at least `chunks` chunks."""
    random = np.random.default_rng(seed)
    side = 160
    while True:
        target = io.BytesIO()
        Image.fromarray(random.integers(0, 255, (side, side, 3), dtype=np.uint8)).save(target, "JPEG", quality=95)
        data = tagged_jpeg(target.getvalue(), TAGS)
        if len(chunk_digests(data)) // 8 >= chunks:
            return data
        side = side * 5 // 4


def png(width_px: int, height_px: int, colour_type: int = 0, bits: int = 8) -> bytes:
    """Return a black PNG of any size without building its pixels."""
    channels = {0: 1, 2: 3, 6: 4}[colour_type]
    row = b"\x00" * (1 + (width_px * channels * bits + 7) // 8)
    compressor = zlib.compressobj(9)
    body = b"".join(compressor.compress(row) for _ in range(height_px)) + compressor.flush()
    head = struct.pack(">IIBBBBB", width_px, height_px, bits, colour_type, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


class Field:
    """A station whose outbox is a list; `fails` makes the outbox refuse."""

    def __init__(self, database: Path, intake: PictureIntake) -> None:
        self.clock = ManualClock()
        self.engine = open_engine(f"sqlite:///{database}")
        create_picture_tables(self.engine)
        self.store = MemoryStore()
        self.sent: list[Record] = []
        self.fails: Exception | None = None
        self.got_some = asyncio.Event()
        self.ingest = Ingest(TOPICS, PICTURE_BODIES)
        self.intake = intake
        self.pictures = self.restart()

    def restart(self) -> StationPictures:
        """Return the service as after a new start on the same disk."""
        self.pictures = StationPictures(
            station_id=StationId("north"),
            engine=self.engine,
            store=self.store,
            intake=self.intake,
            clock=self.clock,
            put=self.put,
        )
        return self.pictures

    async def put(self, records: Sequence[Record]) -> None:
        """Take records as an outbox does."""
        if self.fails is not None:
            raise self.fails
        self.sent += records
        self.got_some.set()

    def arrived(self, records: Sequence[Record] | None = None) -> list[ReceivedRecord]:
        """Return records as the office's ingest hands them on, through the real wire encoding."""
        chunks = StoredChunks(self.store)
        received = []
        for record in self.sent if records is None else records:
            payload = encode_record(record)
            if record.body_ref is not None:
                fields = chunks.load(record.body_ref)
                assert fields is not None
                payload = add_to_body(payload, dict(fields))
            received += self._through_the_wire(record.lane, payload)
        return received

    def _through_the_wire(self, lane: Lane, payload: bytes) -> list[ReceivedRecord]:
        topic = TOPICS.up(StationId("north"), lane)
        batch = self.ingest.read(topic, WireWriter().batch("b", [payload]), self.clock.now_s())
        assert batch is not None
        assert not batch.refused
        return [record for _, record in batch.records]


def shuffled(items: Sequence[Item], seed: int) -> list[Item]:
    """Return the items in another order, the same for the same seed."""
    return [items[number] for number in np.random.default_rng(seed).permutation(len(items))]


def rows(engine: sa.Engine, table: sa.Table) -> int:
    """Return how many rows a table has."""
    with engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
