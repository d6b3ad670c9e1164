"""What was dropped stays counted until it is written down, whatever becomes of the note."""

import pytest

from fleet.errors import UnavailableError
from fleet.text import Text
from ground_station.flight.journal.intake import Intake
from ground_station.flight.journal.lanes import Waiting
from ground_station.flight.journal.limits import JournalLimits
from ground_station.flight.journal.taken import TakenIds
from tests.ground_station.flight.journal.troubled import STAMP, draft


def _overflowing() -> Intake:
    intake = Intake(JournalLimits(most_waiting=1), TakenIds(10))
    for action in ("first", "second"):
        intake.put(Waiting(draft=draft(action), urgent=False, kept=True))
    return intake


@pytest.mark.parametrize("fate", ["did not fit", "refused"])
def test_a_note_that_was_not_written_is_made_again(fate: str) -> None:
    intake = _overflowing()
    hand = intake.take()
    assert (hand.dropped.count, [item.draft.action for item in hand.items]) == (1, ["second"])
    if fate == "refused":
        intake.refused(hand, UnavailableError(Text("満杯", "full")))
    else:
        intake.wrote(hand, (), noted=False, now=STAMP)
    again = intake.take()
    assert (again.dropped.count, [item.draft.action for item in again.items]) == (1, ["second"])


def test_a_note_that_was_written_is_not_made_again() -> None:
    intake = _overflowing()
    intake.wrote(intake.take(), (), noted=True, now=STAMP)
    assert intake.take().dropped.count == 0
    assert intake.counts().dropped == 1
