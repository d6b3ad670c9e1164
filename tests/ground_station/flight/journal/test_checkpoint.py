"""The checkpoint makes the opening quick, and is never believed by itself."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from ground_station.flight.journal.checkpoint import Checkpoint, decode_checkpoint, encode_checkpoint
from ground_station.flight.journal.draft import make_draft
from ground_station.flight.journal.files import CHECKPOINT
from ground_station.flight.journal.journal import Journal
from ground_station.flight.journal.limits import JournalLimits
from ground_station.flight.journal.opening import open_chain
from ground_station.flight.journal.verification import verify_journal
from tests.ground_station.flight.journal.troubled import SMALL, STAMP, TroubledFolder, chain, opened, times, write

MANY = JournalLimits(segment_bytes=1 << 16, most_line_bytes=4096, checkpoint_every=50)


def _checkpoint(folder: TroubledFolder) -> Checkpoint:
    found = decode_checkpoint(bytes(folder.files[CHECKPOINT]))
    assert found is not None
    return found


def _closed(count: int) -> TroubledFolder:
    folder = TroubledFolder()
    segments = chain(folder)
    write(segments, *[f"a{number}" for number in range(count)])
    segments.set_checkpoint()
    return folder


def test_however_long_the_history_only_the_last_segments_are_read() -> None:
    folder = TroubledFolder()
    segments = chain(folder, MANY)
    detail = {"command_id": "c"}
    drafts = [make_draft(STAMP, actor="a", action="x", subject="v", detail=detail, most_bytes=4096) for _ in range(64)]
    while "00000101.journal" not in folder.files:
        segments.write(drafts, STAMP)
        segments.tend(at_leisure=False)  # in haste, every 200 entries
    head = segments.last
    folder.steps.clear()
    assert open_chain(folder).last == head
    read = {name for operation, name in folder.steps if operation == "read"}
    assert read <= {CHECKPOINT, *(f"{number:08d}.journal" for number in range(99, 102))}
    del folder.files[CHECKPOINT]
    folder.steps.clear()
    assert open_chain(folder).last == head
    read = {name for operation, name in folder.steps if operation == "read"}
    assert read == {f"{number:08d}.journal" for number in range(98, 102)}


_WRONG: dict[str, Callable[[Checkpoint], Checkpoint]] = {
    "hash": lambda right: replace(right, hash="0" * 64),
    "number": lambda right: replace(right, number=right.number - 1),
    "place": lambda right: replace(right, start_bytes=right.start_bytes - 7),
    "end": lambda right: replace(right, end_bytes=right.end_bytes + 5000),
    "segment": lambda right: replace(right, segment=77),
    "older segment": lambda right: replace(right, segment=1),
    "negative": lambda right: replace(right, start_bytes=-9, end_bytes=-1),
}


@pytest.mark.parametrize("wrong", _WRONG)
def test_a_checkpoint_that_does_not_fit_is_told_and_the_segments_are_believed(wrong: str) -> None:
    folder = _closed(20)
    folder.files[CHECKPOINT] = bytearray(encode_checkpoint(_WRONG[wrong](_checkpoint(folder))))
    resumed, new = write(chain(folder), "after")
    assert (resumed.number, new.number) == (21, 22)
    assert resumed.detail["checkpoint"] == "it does not fit the segments"
    assert verify_journal(folder, None).faults == ()


@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 40, b"nonsense", None], ids=["empty", "zeros", "nonsense", "absent"]
)
def test_without_a_readable_checkpoint_the_chain_goes_on(content: bytes | None) -> None:
    folder = _closed(20)
    if content is None:
        del folder.files[CHECKPOINT]
    else:
        folder.files[CHECKPOINT] = bytearray(content)
    assert [entry.number for entry in write(chain(folder), "after")] == [21]


def test_a_flipped_bit_in_any_byte_of_the_checkpoint_makes_it_unreadable() -> None:
    content = bytes(_closed(3).files[CHECKPOINT])
    for at in range(len(content)):
        damaged = bytearray(content)
        damaged[at] ^= 4
        assert decode_checkpoint(bytes(damaged)) is None


def test_a_checkpoint_newer_than_the_segments_keeps_its_numbers_from_being_given_again() -> None:
    older, newer = _closed(3), _closed(20)
    older.files[CHECKPOINT] = newer.files[CHECKPOINT]
    assert verify_journal(older, None).faults[0].file == CHECKPOINT
    resumed, new = write(chain(older), "after")
    assert (resumed.number, new.number) == (21, 22)
    assert resumed.detail["last_number"] == 3
    assert verify_journal(older, None).faults == ()


def test_segments_all_gone_are_told_too() -> None:
    folder = _closed(20)
    for name in [name for name in folder.files if name != CHECKPOINT]:
        del folder.files[name]
    assert write(chain(folder), "after")[-1].number == 22


async def _taken_after(folder: TroubledFolder) -> Journal:
    journal = opened(folder)
    for number in range(40):
        await journal.record(actor="a", action="x", subject="v", detail={"command_id": f"c{number}"})
    journal.close(10.0)
    return opened(folder)


@pytest.mark.parametrize("kept", [True, False], ids=["from the checkpoint", "without it"])
async def test_ids_taken_stay_taken_over_restarts(kept: bool) -> None:
    folder = TroubledFolder()
    journal = await _taken_after(folder)
    journal.close(10.0)
    if not kept:
        del folder.files[CHECKPOINT]
    journal = opened(folder)
    assert all(journal.taken(f"c{number}") for number in range(40))
    assert not journal.taken("c40")
    journal.close(10.0)


async def test_at_their_bound_the_oldest_ids_are_forgotten() -> None:
    folder = TroubledFolder()
    few = replace(SMALL, most_ids=10)
    journal = Journal.open(folder, times(), limits=few)
    for number in range(12):
        await journal.record(actor="a", action="x", subject="v", detail={"command_id": f"c{number}"})
    assert [number for number in range(12) if not journal.taken(f"c{number}")] == [0, 1]
    journal.close(10.0)
    journal = Journal.open(folder, times(), limits=few)
    assert [number for number in range(12) if not journal.taken(f"c{number}")] == [0, 1]
    journal.close(10.0)
