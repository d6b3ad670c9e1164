"""What a failsafe is put down to, in recordings of a real ArduCopter."""

import pytest

from ground_station.service.failsafe_cause import failsafe_cause
from tests.ground_station.vehicles.test_replay import Replay


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gcs_lost", ["no word from the ground: it is coming home by itself"]),
        ("battery_low", ["battery low: the aircraft is coming home by itself"]),
        ("delivery", []),
    ],
)
def test_the_first_cause_that_is_told_is_the_true_one_and_stays(name: str, said: list[str]) -> None:
    told: list[str] = []
    for state in Replay(name).states():
        cause = failsafe_cause(state)
        if cause is not None and told[-1:] != [cause.en]:
            told.append(cause.en)
    assert told == said
