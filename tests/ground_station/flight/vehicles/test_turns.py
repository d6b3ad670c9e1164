"""Orders to one aircraft whose paper takes its time: what makes it safer is held up and replaced by nothing less."""

import itertools

import pytest

from ground_station.flight.vehicles.flight_command import SAFER, Action
from ground_station.flight.vehicles.turns import Turns

OTHERS = [action for action in Action if action not in SAFER]
SAFEST = sorted(SAFER)


@pytest.mark.parametrize(("safer", "other"), list(itertools.product(SAFEST, OTHERS)))
def test_what_is_safer_goes_out_whatever_came_after_it(safer: Action, other: Action) -> None:
    turns = Turns()
    first = turns.arrive(safer)
    second = turns.arrive(other)
    assert turns.take(second, other)
    assert turns.take(first, safer)


@pytest.mark.parametrize(("safer", "other"), list(itertools.product(SAFEST, OTHERS)))
def test_another_order_whose_paper_came_late_does_not_follow_what_is_safer_and_newer(
    safer: Action, other: Action
) -> None:
    turns = Turns()
    first = turns.arrive(other)
    second = turns.arrive(safer)
    assert turns.take(second, safer)
    assert not turns.take(first, other)


@pytest.mark.parametrize(("first", "second"), list(itertools.product(SAFEST, SAFEST)))
def test_of_two_that_are_safer_the_newer_stands(first: Action, second: Action) -> None:
    turns = Turns()
    older, newer = turns.arrive(first), turns.arrive(second)
    assert not turns.take(older, first)
    assert turns.take(newer, second)


@pytest.mark.parametrize(("first", "second"), list(itertools.product(OTHERS, OTHERS)))
def test_an_order_that_never_gets_its_paper_stands_in_nobodys_way(first: Action, second: Action) -> None:
    turns = Turns()
    older, newer = turns.arrive(first), turns.arrive(second)
    assert turns.take(older, first)
    assert turns.take(newer, second)
    assert not turns.take(older, first)
