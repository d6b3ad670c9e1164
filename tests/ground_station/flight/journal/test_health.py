"""The state of the journal in words: what happened, what it means, what to do."""

from dataclasses import replace

import pytest

from ground_station.flight.journal.health import Health, Writing

_WELL = Health(
    writing=Writing.OK,
    for_s=0.0,
    reason="",
    waiting=0,
    waiting_urgent=0,
    dropped=0,
    free_entries=1000,
    room_refused=False,
    set_aside=(),
)


@pytest.mark.parametrize("writing", list(Writing))
def test_every_state_has_words_of_its_own_and_only_one_is_well(writing: Writing) -> None:
    texts = {replace(_WELL, writing=state).text().ja for state in Writing}
    assert len(texts) == len(Writing)
    assert replace(_WELL, writing=writing).is_well is (writing is Writing.OK)


@pytest.mark.parametrize("writing", [Writing.SLOW, Writing.REFUSED])
def test_a_disk_that_does_not_write_is_said_with_what_still_goes_and_how_much_waits(writing: Writing) -> None:
    text = replace(_WELL, writing=writing, for_s=62.0, reason="No space left on device", waiting=155).text()
    for word in ("62", "155", "帰還", "ディスクを確認"):
        assert word in text.ja
    for word in ("62", "155", "recall", "Check the disk"):
        assert word in text.en


def test_the_last_room_on_a_full_disk_is_said_before_it_ends() -> None:
    health = replace(_WELL, room_refused=True, free_entries=42)
    assert not health.is_well
    assert "42" in health.text().ja


def test_what_was_dropped_and_what_was_set_aside_is_said() -> None:
    health = replace(_WELL, dropped=3, set_aside=("00000002.journal",))
    assert not health.is_well
    assert "3 件" in health.text().ja
    assert "00000002.journal" in health.text().en


def test_a_journal_that_is_closed_is_said_with_what_still_goes_and_what_to_do() -> None:
    text = replace(_WELL, writing=Writing.ENDED).text()
    for word in ("帰還", "離陸はできません", "kakehashi flight stop"):
        assert word in text.ja
    for word in ("recall", "take-off does not", "kakehashi flight stop"):
        assert word in text.en
