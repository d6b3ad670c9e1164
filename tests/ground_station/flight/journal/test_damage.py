"""Whatever became of the files, the journal opens, gives no number twice, and a verification tells what happened."""

from collections.abc import Iterator

import pytest

from fleet.audit import RESUMED
from ground_station.flight.journal.files import CHECKPOINT
from ground_station.flight.journal.limits import SHORTEST_LINE_BYTES
from ground_station.flight.journal.memory import MemoryFolder
from ground_station.flight.journal.verification import verify_journal
from tests.ground_station.flight.journal.troubled import chain, write

FIRST, SECOND = "00000001.journal", "00000002.journal"


def _written(count: int, *, checkpoint: bool) -> MemoryFolder:
    folder = MemoryFolder()
    segments = chain(folder)
    write(segments, *[f"a{number}" for number in range(count)])
    segments.set_checkpoint()
    if not checkpoint:
        del folder.files[CHECKPOINT]
    return folder


def _bits(seed: int) -> Iterator[int]:
    """Yield one of the eight bits, as a linear congruential generator of that seed throws it."""
    while True:
        seed = (1103515245 * seed + 12345) & 0x7FFFFFFF
        yield 1 << (seed >> 16) % 8


def _copy(folder: MemoryFolder) -> MemoryFolder:
    copy = MemoryFolder()
    copy.files = {name: bytearray(content) for name, content in folder.files.items()}
    return copy


def _ends(content: bytes) -> Iterator[int]:
    at = content.find(b"\n")
    while at >= 0:
        yield at + 1
        at = content.find(b"\n", at + 1)


@pytest.mark.parametrize("checkpoint", [True, False])
def test_cut_off_at_any_byte_it_keeps_every_whole_entry_and_goes_on(checkpoint: bool) -> None:
    whole = _written(4, checkpoint=checkpoint)
    content = bytes(whole.files[FIRST])
    ends = list(_ends(content))
    for cut in range(ends[-1] + 1):
        folder = _copy(whole)
        folder.files[FIRST] = bytearray(content[:cut].ljust(len(content), b"\0"))
        kept = sum(end <= cut for end in ends)
        segments = chain(folder)
        assert (0 if segments.last is None else segments.last.number) == kept, cut
        new = write(segments, "after")[-1]
        verdict = verify_journal(folder, None)
        assert verdict.faults == (), cut
        assert verdict.last == new, cut
        is_torn = cut not in {0, *ends}
        assert [finding.file for finding in verdict.set_aside] == ([FIRST] if is_torn else []), cut
        assert new.number > (4 if checkpoint or (is_torn and kept == 3) else kept), cut
        assert chain(folder).last == new, cut


def test_a_flipped_bit_in_any_byte_is_found_and_never_keeps_the_journal_from_going_on() -> None:
    bits = _bits(7)
    whole = _written(4, checkpoint=False)
    for name, step in ((FIRST, 1), (SECOND, 61)):
        for at in range(0, len(whole.files[name]), step):
            folder = _copy(whole)
            folder.files[name][at] ^= next(bits)
            assert len(verify_journal(folder, None).faults) == 1, (name, at)
            new = write(chain(folder), "after")[-1]
            assert new.number > 4, (name, at)
            verdict = verify_journal(folder, None)
            assert verdict.last == new, (name, at)
            assert verdict.faults == (), (name, at)
            assert {finding.file for finding in verdict.set_aside} == {name}, (name, at)


def test_a_flipped_bit_before_the_checkpoint_is_found_by_the_verification_and_stops_nothing() -> None:
    bits = _bits(8)
    whole = _written(4, checkpoint=True)
    for at in range(0, len(whole.files[FIRST]), 3):
        folder = _copy(whole)
        folder.files[FIRST][at] ^= next(bits)
        new = write(chain(folder), "after")[-1]
        assert new.number > 4, at
        verdict = verify_journal(folder, None)
        assert verdict.last == new, at
        assert verdict.faults or verdict.set_aside, at


def test_a_flipped_bit_in_an_older_segment_is_a_fault_of_that_segment() -> None:
    bits = _bits(9)
    whole = _written(40, checkpoint=True)
    assert len(whole.files) > 4
    for at in range(0, len(whole.files[SECOND]), 7):
        folder = _copy(whole)
        folder.files[SECOND][at] ^= next(bits)
        verdict = verify_journal(folder, None)
        assert {finding.file for finding in verdict.faults} <= {SECOND, "00000003.journal"}, at
        assert verdict.faults, at
        assert verdict.last is not None
        assert verdict.last.number == 40, at


@pytest.mark.parametrize("lost", [FIRST, SECOND, "00000003.journal"])
def test_a_segment_taken_out_is_found(lost: str) -> None:
    folder = _written(40, checkpoint=True)
    del folder.files[lost]
    assert verify_journal(folder, None).faults


def test_the_entry_after_a_damage_names_the_file_the_last_good_entry_and_the_numbers_left_out() -> None:
    folder = _written(4, checkpoint=False)
    content = folder.files[FIRST]
    second, third = list(_ends(bytes(content)))[1:3]
    good = chain(folder).last
    assert good is not None
    content[second + 5] ^= 1
    resumed, after = write(chain(folder), "after")
    assert resumed.action == RESUMED
    found = resumed.detail["found"]
    assert isinstance(found, list)
    assert (found[0]["file"], found[0]["offset_bytes"], found[0]["torn"]) == (FIRST, second, False)
    assert resumed.detail["last_number"] == 2
    assert resumed.previous == resumed.detail["last_hash"]
    assert resumed.number > 4
    assert after.number == resumed.number + 1
    assert bytes(content).count(b"\n") == 4  # the damaged file is left as it was
    assert third > second


def test_both_newest_segments_unreadable_still_lets_the_journal_go_on_from_the_last_good_one() -> None:
    folder = _written(40, checkpoint=False)
    used = sorted(name for name in folder.files if any(folder.files[name]))
    for name in used[-2:]:
        folder.files[name][10] ^= 1
    new = write(chain(folder), "after")[-1]
    assert new.number > 40
    verdict = verify_journal(folder, None)
    assert verdict.faults == ()
    assert {finding.file for finding in verdict.set_aside} == set(used[-2:])


def test_nothing_but_rubbish_begins_a_chain_that_names_it() -> None:
    folder = _written(4, checkpoint=False)
    folder.files[FIRST][:] = b"\xff" * len(folder.files[FIRST])
    resumed, _ = write(chain(folder), "after")
    assert resumed.detail["last_number"] == 0
    assert resumed.number == len(folder.files[FIRST]) // SHORTEST_LINE_BYTES + 2


def test_a_blank_segment_among_written_ones_is_never_written() -> None:
    folder = _written(20, checkpoint=False)
    blank = folder.files.pop("00000003.journal")
    folder.files["00000003.journal"] = folder.files[SECOND]
    folder.files[SECOND] = blank
    write(chain(folder), *["more"] * 40)
    assert not any(folder.files[SECOND])
    verdict = verify_journal(folder, None)
    assert (verdict.faults, verdict.entries) == ((), 60)


def test_no_line_is_shorter_than_the_bound_from_which_lost_numbers_are_counted() -> None:
    folder = MemoryFolder()
    segments = chain(folder)
    write(segments, "")
    assert folder.files[FIRST].find(b"\n") + 1 >= SHORTEST_LINE_BYTES
