"""What a failsafe is put down to, in recordings of a real ArduCopter."""

import pytest
from msgspec import structs

from ground_station.flight.vehicles.failsafe_cause import failsafe_cause
from tests.ground_station.flight.vehicles.test_replay import Replay


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


@pytest.mark.parametrize("words", ["Max Alt fence breached", "Polygon and Circle fences breached"])
def test_a_fence_that_was_left_is_named_though_it_is_only_a_notice(words: str) -> None:
    state = list(Replay("gcs_lost").states())[-1]
    said = structs.replace(state.texts[-1], severity=5, text=words, received_s=state.at_s - 2.0)
    critical = structs.replace(state, critical_since_s=state.at_s - 2.0, texts=(said,))
    cause = failsafe_cause(critical)
    assert cause is not None
    assert "fence" in cause.en
