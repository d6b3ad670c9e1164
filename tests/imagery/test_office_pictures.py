import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from fleet.errors import ConflictError, ExpiredError, FleetError, UnavailableError
from fleet.ids import StationId
from fleet.text import Text
from imagery.bodies import PICTURE_BODIES, PictureChunk, PictureManifest, PictureMissing
from imagery.camera_tags import tagged_jpeg
from imagery.chunks import chunk_digests
from imagery.derivatives import Examined
from imagery.intake import DeadlyPictureError, PictureIntake
from imagery.library import PictureQuery
from imagery.memory_store import MemoryStore
from imagery.office_pictures import OfficePictures, OfficeTiming
from imagery.pictures import Picture, PictureState, Release
from imagery.store import sha256_of
from imagery.tables_sql import chunks, pictures
from telemetry.making import make_record
from telemetry.store import ReceivedRecord
from telemetry.store_sql import SqlRecordStore
from tests.imagery.samples import CONTEXT, TAGS, Field, jpeg, noisy_jpeg, rows, shuffled

DISK_FULL = UnavailableError(Text("ディスクがいっぱいです", "the disk is full"))


class FillableStore(MemoryStore):
    """A store whose disk can be full."""

    full = False

    def put(self, data: bytes) -> str:
        if self.full:
            raise DISK_FULL
        return super().put(data)


class SlowIntake(PictureIntake):
    """An intake whose next askings fail as told, and that then checks pictures as ever."""

    def __init__(self, running: PictureIntake) -> None:
        super().__init__(running.limits)
        self._running = running
        self.failures: list[FleetError] = []

    async def examine(self, data: bytes) -> Examined:
        if self.failures:
            raise self.failures.pop()
        return await self._running.examine(data)


class Office:
    """An office with a real record store; what it asks of stations is a list."""

    def __init__(self, engine: sa.Engine, intake: PictureIntake, field: Field) -> None:
        self.engine = engine
        self.store = FillableStore()
        self.asked: list[tuple[StationId, str, Mapping[str, object]]] = []
        self.told: list[Picture] = []
        self.asked_some = asyncio.Event()
        self.ask_fails: FleetError | None = None
        self.field = field
        self.intake = intake
        self.start()

    def start(self) -> None:
        self.pictures = OfficePictures(
            engine=self.engine,
            store=self.store,
            intake=self.intake,
            clock=self.field.clock,
            ask=self.ask,
            on_change=self.told.append,
            timing=OfficeTiming(look_every_s=0.05),
        )
        self.records = SqlRecordStore(self.engine, [self.pictures.handler])

    async def ask(self, station: StationId, kind: str, body: Mapping[str, object]) -> None:
        if self.ask_fails is not None:
            raise self.ask_fails
        self.asked.append((station, kind, body))
        self.asked_some.set()

    async def take(self, arrived: Sequence[ReceivedRecord]) -> Mapping[str, str]:
        stored = self.records.store(arrived)
        self.pictures.on_stored(stored.new)
        await self.pictures.follow_changes()
        return stored.refused

    async def only(self) -> Picture:
        (picture,) = (await self.pictures.reader.page(PictureQuery())).pictures
        return picture


@pytest.fixture
def field(tmp_path: Path, intake: PictureIntake) -> Field:
    return Field(tmp_path / "station.sqlite", intake)


@pytest.fixture
def office(engine: sa.Engine, intake: PictureIntake, field: Field) -> Office:
    return Office(engine, intake, field)


async def test_thumbnail_first_then_the_whole_byte_for_byte(field: Field, office: Office) -> None:
    data = noisy_jpeg(4)
    sent = await field.pictures.accept(data, CONTEXT)
    manifest, *pieces = field.arrived()
    await office.take([manifest])
    early = await office.only()
    assert (early.state, early.chunks_have, early.id) == (PictureState.THUMBNAIL, 0, sent.id)
    assert (await office.pictures.reader.thumbnail(sent.id)).data[:2] == b"\xff\xd8"
    await office.take(pieces)
    whole = await office.only()
    assert whole.state is PictureState.COMPLETE
    assert (await office.pictures.reader.original(sent.id)).data == data
    assert (whole.lat_deg, whole.heading_deg, whole.who) == (sent.lat_deg, sent.heading_deg, "drone-1")
    assert rows(office.engine, chunks) == 0
    assert [picture.state for picture in office.told][-1] is PictureState.COMPLETE


async def test_a_cut_at_every_chunk_never_shows_half_and_resumes(field: Field, office: Office) -> None:
    data = noisy_jpeg(9)
    sent = await field.pictures.accept(data, CONTEXT)
    for record in field.arrived()[:-1]:
        await office.take([record])
        office.start()  # the office is killed after every chunk
        assert await office.pictures.finish_waiting() == 0
        assert (await office.only()).state is not PictureState.COMPLETE
        for read in (office.pictures.reader.original, office.pictures.reader.preview):
            with pytest.raises(ConflictError):
                await read(sent.id)
        assert list(office.store.originals()) == []
    await office.take(field.arrived()[-1:])
    assert (await office.pictures.reader.original(sent.id)).data == data


async def test_any_order_and_repeats_give_one_sound_picture(field: Field, office: Office) -> None:
    data = noisy_jpeg(6)
    await field.pictures.accept(data, CONTEXT)
    for seed in range(5):
        for record in shuffled(field.arrived() * 2, seed):
            await office.take([record])
    picture = await office.only()
    assert picture.state is PictureState.COMPLETE
    assert (await office.pictures.reader.original(picture.id)).data == data
    assert rows(office.engine, pictures) == 1


async def test_the_same_picture_from_two_stations_is_one(field: Field, office: Office, tmp_path: Path) -> None:
    data = jpeg()
    await field.pictures.accept(data, CONTEXT)
    other = Field(tmp_path / "other.sqlite", field.intake)
    other.clock.advance(500)
    await other.pictures.accept(data, CONTEXT)
    await office.take(field.arrived())
    await office.take(other.arrived())
    assert (await office.only()).state is PictureState.COMPLETE


async def test_the_office_asks_for_what_is_missing_and_the_station_sends_it(field: Field, office: Office) -> None:
    data = noisy_jpeg(6)
    sent = await field.pictures.accept(data, CONTEXT)
    arrived = field.arrived()
    await office.take([arrived[0], arrived[1], arrived[4]])
    assert await office.pictures.ask_for_missing() == 0
    field.clock.advance(61)
    assert await office.pictures.ask_for_missing() == 1
    assert await office.pictures.ask_for_missing() == 0
    ((station, kind, body),) = office.asked
    assert (station, kind) == ("north", "picture.missing")
    assert body["indexes"] == [index for index in range(sent.chunks_total) if index not in {0, 3}]
    field.sent.clear()
    assert await field.pictures.on_down(kind, body)
    await office.take(field.arrived())
    assert (await office.pictures.reader.original(sent.id)).data == data


async def test_a_received_picture_is_confirmed_to_its_station(field: Field, office: Office) -> None:
    sent = await field.pictures.accept(jpeg(), CONTEXT)
    await office.take(field.arrived())
    ((_, kind, body),) = office.asked
    assert kind == "picture.received"
    await field.pictures.on_down(kind, body)
    assert (await field.pictures.reader.picture(sent.id)).delivered_at_s is not None


async def test_a_chunk_with_the_wrong_index_is_refused_and_asked_for_again(field: Field, office: Office) -> None:
    data = noisy_jpeg(4)
    sent = await field.pictures.accept(data, CONTEXT)
    arrived = field.arrived()
    moved = arrived[2].typed
    assert isinstance(moved, PictureChunk)
    wrong = forged(arrived[2], msgspec.structs.replace(moved, index=0))
    refused = await office.take([arrived[0], wrong, arrived[2]])
    assert list(refused) == [wrong.id]
    await office.take(arrived[3:])
    field.clock.advance(61)
    await office.pictures.ask_for_missing()
    assert office.asked[-1][2]["indexes"] == [0]
    field.sent.clear()
    await field.pictures.on_down(*office.asked[-1][1:])
    await office.take(field.arrived())
    assert (await office.pictures.reader.original(sent.id)).data == data


async def test_wrong_chunks_that_came_before_their_manifest_are_thrown_out(field: Field, office: Office) -> None:
    data = noisy_jpeg(3)
    await field.pictures.accept(data, CONTEXT)
    arrived = field.arrived()
    early = arrived[1].typed
    assert isinstance(early, PictureChunk)
    await office.take([forged(arrived[1], msgspec.structs.replace(early, data=early.data[::-1]))])
    await office.take(arrived[2:])
    await office.take([arrived[0]])
    assert (await office.only()).chunks_have == len(arrived) - 2


async def test_a_manifest_that_lies_about_the_whole_is_given_up_after_three_askings(
    field: Field, office: Office
) -> None:
    data = noisy_jpeg(2)
    await field.pictures.accept(data, CONTEXT)
    first, *pieces = field.arrived()
    manifest = first.typed
    assert isinstance(manifest, PictureManifest)
    lie = "f" * 64
    await office.take([forged(first, msgspec.structs.replace(manifest, sha256=lie))])
    for attempt in range(6):
        for number, piece in enumerate(pieces):
            chunk = piece.typed
            assert isinstance(chunk, PictureChunk)
            await office.take([forged(piece, msgspec.structs.replace(chunk, sha256=lie), name=f"{attempt}-{number}")])
    picture = await office.only()
    assert picture.state is not PictureState.COMPLETE
    assert picture.fault is not None
    assert [kind for _, kind, _ in office.asked] == [PictureMissing.KIND] * 3
    assert list(office.store.originals()) == []


async def test_a_page_sent_as_a_picture_is_never_shown(field: Field, office: Office) -> None:
    page = b"<html><script>alert(1)</script></html>"
    manifest = PictureManifest(
        picture_id="evil",
        sha256=sha256_of(page),
        size_bytes=len(page),
        media_type="image/jpeg",
        width_px=1,
        height_px=1,
        taken_at_s=0.0,
        who="x",
        source="x",
        thumbnail=page,
        chunk_digests=chunk_digests(page),
    )
    await field.pictures.accept(jpeg(), CONTEXT)
    sample = field.arrived()[0]
    chunk = PictureChunk(picture_id="evil", sha256=manifest.sha256, index=0, data=page)
    await office.take([forged(sample, manifest, name="m"), forged(sample, chunk, name="c")])
    picture = await office.only()
    assert picture.fault is not None
    for read in (office.pictures.reader.original, office.pictures.reader.preview):
        with pytest.raises(ConflictError):
            await read(picture.id)
    assert rows(office.engine, chunks) == 0


async def test_after_a_crash_a_whole_picture_is_finished_at_start(field: Field, office: Office) -> None:
    data = noisy_jpeg(3)
    sent = await field.pictures.accept(data, CONTEXT)
    office.records.store(field.arrived())  # killed before anything else
    office.start()
    assert await office.pictures.finish_waiting() == 1
    assert (await office.pictures.reader.original(sent.id)).data == data


TIMED_OUT = ExpiredError(Text("検査が終わりません", "checking did not end"))
WORKER_DIED = DeadlyPictureError(Text("開けません", "it could not be opened safely"))


@pytest.mark.parametrize("failure", [TIMED_OUT, WORKER_DIED])
async def test_a_slow_moment_at_the_office_costs_no_picture(field: Field, office: Office, failure: FleetError) -> None:
    slow = SlowIntake(office.intake)
    slow.failures = [failure, failure]
    office.intake = slow
    office.start()
    data = noisy_jpeg(2)
    sent = await field.pictures.accept(data, CONTEXT)
    await office.take(field.arrived())
    waiting = await office.only()
    assert (waiting.state, waiting.fault, office.asked) == (PictureState.PARTIAL, None, [])
    assert (await office.pictures.reader.thumbnail(sent.id)).data[:2] == b"\xff\xd8"
    assert await office.pictures.finish_waiting() == 0
    assert len(slow.failures) == 1, "it was tried again without waiting"
    field.clock.advance(30)
    assert await office.pictures.finish_waiting() == 0
    field.clock.advance(30)
    assert await office.pictures.finish_waiting() == 0
    field.clock.advance(30)
    assert await office.pictures.finish_waiting() == 1
    assert (await office.pictures.reader.original(sent.id)).data == data
    assert [kind for _, kind, _ in office.asked] == ["picture.received"]


async def test_a_picture_that_is_slow_every_time_is_given_up_with_its_thumbnail_kept(
    field: Field, office: Office
) -> None:
    slow = SlowIntake(office.intake)
    slow.failures = [TIMED_OUT] * 99
    office.intake = slow
    office.start()
    sent = await field.pictures.accept(jpeg(), CONTEXT)
    await office.take(field.arrived())
    for _ in range(20):
        field.clock.advance(600)
        await office.pictures.finish_waiting()
    assert len(slow.failures) == 94
    assert (await office.only()).fault == "checking did not end"
    assert (await office.pictures.reader.thumbnail(sent.id)).data[:2] == b"\xff\xd8"
    assert list(office.store.originals()) == [sent.sha256]


async def test_the_offices_copies_carry_no_metadata(field: Field, office: Office) -> None:
    sent = await field.pictures.accept(tagged_jpeg(jpeg(), TAGS), CONTEXT)
    await office.take(field.arrived())
    for file in (
        await office.pictures.reader.preview(sent.id),
        await office.pictures.reader.thumbnail(sent.id),
    ):
        assert b"Exif" not in file.data
        assert b"KAKESIM" not in file.data


async def test_a_person_decides_who_may_see(field: Field, office: Office) -> None:
    sent = await field.pictures.accept(jpeg(), CONTEXT)
    await office.take(field.arrived())
    assert (await office.only()).release is Release.UNREVIEWED
    assert (await office.pictures.set_release(sent.id, Release.AGENCIES)).release is Release.AGENCIES
    assert office.told[-1].release is Release.AGENCIES


async def test_run_finishes_pictures_as_they_come(field: Field, office: Office) -> None:
    task = asyncio.create_task(office.pictures.run())
    await field.pictures.accept(jpeg(), CONTEXT)
    stored = await asyncio.to_thread(office.records.store, field.arrived())
    office.pictures.on_stored(stored.new)
    async with asyncio.timeout(10):
        await office.asked_some.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await office.only()).state is PictureState.COMPLETE


async def test_chunks_that_keep_coming_do_not_put_off_asking_for_others(field: Field, office: Office) -> None:
    await field.pictures.accept(noisy_jpeg(3), CONTEXT)
    arrived = field.arrived()
    await office.take(arrived[:2])
    task = asyncio.create_task(office.pictures.run())
    async with asyncio.timeout(10):
        while not office.told[2:]:  # the first look is over
            office.pictures.on_stored(arrived[1:2])
            await asyncio.sleep(0)
        field.clock.advance(61)
        while not office.asked_some.is_set():
            office.pictures.on_stored(arrived[1:2])
            await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert office.asked[0][1] == "picture.missing"


async def test_a_full_disk_at_one_picture_keeps_no_other_from_the_pages(field: Field, office: Office) -> None:
    await field.pictures.accept(jpeg(seed=5), CONTEXT)
    whole = field.arrived()
    field.sent.clear()
    other = await field.pictures.accept(noisy_jpeg(3, seed=6), CONTEXT)
    office.store.full = True
    await office.take(whole + field.arrived()[:1])
    assert other.id in {picture.id for picture in office.told}
    assert await office.pictures.finish_waiting() == 0
    office.store.full = False
    assert await office.pictures.follow_changes() == 1


async def test_a_confirmation_that_could_not_be_sent_is_sent_later(field: Field, office: Office) -> None:
    await field.pictures.accept(jpeg(), CONTEXT)
    office.ask_fails = UnavailableError(Text("送れません", "cannot send"))
    await office.take(field.arrived())
    office.ask_fails = None
    await office.pictures.follow_changes()
    await office.pictures.follow_changes()
    assert [kind for _, kind, _ in office.asked] == ["picture.received"]
    assert office.told[-1].state is PictureState.COMPLETE


async def test_a_picture_the_office_has_is_confirmed_when_it_is_announced_again(
    field: Field, office: Office, tmp_path: Path
) -> None:
    data = jpeg()
    await field.pictures.accept(data, CONTEXT)
    await office.take(field.arrived())
    renewed = Field(tmp_path / "renewed.sqlite", field.intake)
    renewed.clock.advance(500)
    sent = await renewed.pictures.accept(data, CONTEXT)
    await office.take(renewed.arrived()[:1])
    assert [kind for _, kind, _ in office.asked] == ["picture.received"] * 2
    await renewed.pictures.on_down(*office.asked[1][1:])
    assert (await renewed.pictures.reader.picture(sent.id)).delivered_at_s is not None


def forged(like: ReceivedRecord, body: PictureManifest | PictureChunk, *, name: str = "forged") -> ReceivedRecord:
    record = make_record(body, record_id=f"{name}-{like.id}"[:60], recorded_at_s=like.recorded_at_s)
    assert record.kind in PICTURE_BODIES
    return ReceivedRecord(
        id=record.id,
        town=like.town,
        station=like.station,
        lane=record.lane,
        kind=record.kind,
        schema=1,
        recorded_at_s=like.recorded_at_s,
        received_at_s=like.received_at_s,
        body_packed=msgspec.msgpack.encode(record.body),
        typed=body,
    )
