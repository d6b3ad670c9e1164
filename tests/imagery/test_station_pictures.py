import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from fleet.errors import BadInputError, InvalidValueError, TooLargeError, UnavailableError
from fleet.text import Text
from imagery.bodies import PictureChunk, PictureManifest
from imagery.camera_tags import tagged_jpeg
from imagery.chunks import chunk_count
from imagery.intake import PictureIntake
from imagery.library import PictureQuery
from imagery.pictures import PictureContext
from imagery.station_pictures import StoredChunks
from imagery.tables_sql import pictures
from telemetry.records import Lane, Record
from tests.imagery.samples import CONTEXT, TAGS, Field, jpeg, noisy_jpeg, rows

FULL = UnavailableError(Text("満杯", "disk full"))


@pytest.fixture
def field(tmp_path: Path, intake: PictureIntake) -> Field:
    return Field(tmp_path / "station.sqlite", intake)


async def test_a_picture_is_kept_byte_for_byte_and_its_tags_are_read(field: Field) -> None:
    data = tagged_jpeg(jpeg(), TAGS)
    picture = await field.pictures.accept(data, CONTEXT)
    assert (await field.pictures.reader.original(picture.id)).data == data
    assert picture.lat_deg == pytest.approx(TAGS.lat_deg)
    assert picture.taken_at_s == pytest.approx(TAGS.taken_at_s, abs=0.01)
    assert (picture.heading_deg, picture.alt_home_m, picture.vehicle_id) == (271.5, 88.5, "drone-1")
    assert (await field.pictures.reader.preview(picture.id)).data[:2] == b"\xff\xd8"
    assert len((await field.pictures.reader.thumbnail(picture.id)).data) <= 20_000


async def test_a_file_that_says_nothing_takes_what_its_sender_says(field: Field) -> None:
    context = PictureContext(who="rina", source="phone", captured_at_s=1_700_000_000.0, lon_deg=133.3, lat_deg=34.7)
    picture = await field.pictures.accept(jpeg(), context)
    assert (picture.taken_at_s, picture.lon_deg, picture.lat_deg) == (1_700_000_000.0, 133.3, 34.7)


async def test_manifest_goes_first_and_chunks_by_reference(field: Field) -> None:
    data = noisy_jpeg(4)
    picture = await field.pictures.accept(data, CONTEXT)
    manifest, *chunks = field.sent
    assert (manifest.lane, manifest.kind) == (Lane.THUMBNAIL, PictureManifest.KIND)
    assert len(chunks) == chunk_count(len(data))
    assert {(chunk.lane, chunk.kind) for chunk in chunks} == {(Lane.IMAGE, PictureChunk.KIND)}
    typed = [record.typed for record in field.arrived()]
    assert isinstance(typed[0], PictureManifest)
    assert typed[0].picture_id == picture.id
    assert b"".join(chunk.data for chunk in typed if isinstance(chunk, PictureChunk)) == data
    assert picture.delivered_at_s is None


async def test_a_hundred_copies_at_once_are_one_picture(field: Field) -> None:
    data = jpeg()
    accepted = await asyncio.gather(*(field.pictures.accept(data, CONTEXT) for _ in range(100)))
    assert len({picture.id for picture in accepted}) == 1
    assert list(field.store.originals()) == [accepted[0].sha256]
    assert rows(field.engine, pictures) == 1
    assert len(field.sent) == len({record.id for record in field.sent}) == 1 + chunk_count(len(data))


async def test_a_full_outbox_loses_nothing_and_is_made_up_for_after_a_restart(field: Field) -> None:
    field.fails = FULL
    picture = await field.pictures.accept(noisy_jpeg(3), CONTEXT)
    assert field.sent == []
    assert await field.pictures.enqueue_waiting() == 0
    field.fails = None
    restarted = field.restart()
    assert await restarted.enqueue_waiting() == 1
    assert len(field.sent) == 1 + picture.chunks_total
    assert await restarted.enqueue_waiting() == 0


async def test_records_put_twice_after_a_crash_have_the_same_ids(field: Field) -> None:
    async def put_and_crash(records: Sequence[Record]) -> None:
        field.sent += records
        raise FULL

    field.pictures._put = put_and_crash
    await field.pictures.accept(noisy_jpeg(3), CONTEXT)
    first = [record.id for record in field.sent]
    field.sent.clear()
    field.clock.advance(1000)
    await field.restart().enqueue_waiting()
    assert [record.id for record in field.sent] == first


@pytest.mark.parametrize("data", [b"text", b"", jpeg()[:2000], b"<svg/>"])
async def test_a_refused_file_leaves_nothing(field: Field, data: bytes) -> None:
    with pytest.raises(BadInputError) as refusal:
        await field.pictures.accept(data, CONTEXT)
    assert refusal.value.cure is not None
    assert list(field.store.originals()) == []
    assert rows(field.engine, pictures) == 0
    assert field.sent == []


async def test_a_stream_without_end_is_stopped_at_the_limit(field: Field) -> None:
    given = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal given
        while True:
            given += 1
            yield bytes(1024 * 1024)

    with pytest.raises(TooLargeError):
        await field.pictures.accept_stream(endless(), CONTEXT)
    assert given == 49


async def test_a_stream_is_the_same_picture_as_its_file(field: Field) -> None:
    data = jpeg()

    async def parts() -> AsyncIterator[bytes]:
        for at in range(0, len(data), 777):
            yield data[at : at + 777]

    assert (await field.pictures.accept_stream(parts(), CONTEXT)).id == (await field.pictures.accept(data, CONTEXT)).id


async def test_the_town_gets_the_chunks_it_asks_for_under_new_ids(field: Field) -> None:
    picture = await field.pictures.accept(noisy_jpeg(5), CONTEXT)
    before = {record.id for record in field.sent}
    field.sent.clear()
    body = {"picture_id": picture.id, "sha256": picture.sha256, "indexes": [3, 1, 1, 2000], "attempt": 1}
    assert await field.pictures.on_down("picture.missing", body)
    assert [record.body["index"] for record in field.sent] == [1, 3]
    assert before.isdisjoint({record.id for record in field.sent})


async def test_what_the_town_has_is_marked_delivered_once(field: Field) -> None:
    picture = await field.pictures.accept(jpeg(), CONTEXT)
    for at_s in (5.0, 9.0):
        body = {"picture_id": picture.id, "sha256": picture.sha256, "at_s": at_s}
        assert await field.pictures.on_down("picture.received", body)
    assert (await field.pictures.reader.picture(picture.id)).delivered_at_s == 5.0


async def test_other_messages_are_left_to_others_and_bad_ones_refused(field: Field) -> None:
    assert not await field.pictures.on_down("delivery.request", {})
    with pytest.raises(InvalidValueError):
        await field.pictures.on_down("picture.missing", {"picture_id": "p", "sha256": "../..", "indexes": []})
    unknown = {"picture_id": "p", "sha256": "0" * 64, "indexes": [0]}
    assert await field.pictures.on_down("picture.missing", unknown)
    assert field.sent == []


async def test_a_picture_gone_from_the_store_sends_no_chunks(field: Field) -> None:
    chunks = StoredChunks(field.store)
    assert chunks.load("picture/" + "0" * 64 + "/0") is None
    assert chunks.load("delivery/1") is None
    picture = await field.pictures.accept(jpeg(), CONTEXT)
    assert chunks.load(f"picture/{picture.sha256}/999") is None


async def test_a_damaged_original_does_not_stop_the_others(field: Field) -> None:
    field.fails = FULL
    damaged = await field.pictures.accept(jpeg(seed=1), CONTEXT)
    sound = await field.pictures.accept(jpeg(seed=2), CONTEXT)
    field.fails = None
    field.store._originals[damaged.sha256] = b"rotten"
    assert await field.pictures.enqueue_waiting() == 1
    assert {record.body["sha256"] for record in field.sent} == {sound.sha256}


async def test_weird_words_about_a_picture_stay_words(field: Field) -> None:
    context = PictureContext(who="../../etc/passwd\x00" + "あ" * 4000, source="x" * 4096)
    picture = await field.pictures.accept(jpeg(), context)
    file = await field.pictures.reader.original(picture.id)
    assert file.name == f"{picture.id}.jpg"
    assert len(str(field.sent[0].body["who"])) == 80


async def test_pages_list_what_was_taken_in(field: Field) -> None:
    picture = await field.pictures.accept(jpeg(), CONTEXT)
    page = await field.pictures.reader.page(PictureQuery())
    assert [one.id for one in page.pictures] == [picture.id]


async def test_run_enqueues_what_was_left(field: Field) -> None:
    field.fails = FULL
    await field.pictures.accept(jpeg(), CONTEXT)
    field.fails = None
    task = asyncio.create_task(field.restart().run(every_s=0.01))
    async with asyncio.timeout(5):
        await field.got_some.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
