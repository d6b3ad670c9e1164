"""What a setting that is right, wrong or unknown is said to be, for every bound; and which of them are written."""

from collections.abc import Mapping

import pytest

from fleet.errors import RefusedError
from fleet.text import Text
from ground_station.flight.preflight.parameter_checks import apply_required_parameters, parameter_checks, unmet
from ground_station.flight.preflight.required_parameters import Bound, RequiredParameter
from missions.values.finding import Level


def _needed(name: str, bound: Bound = Bound.EQUAL, *, is_wiring: bool = False) -> RequiredParameter:
    return RequiredParameter(
        name=name, value=2.0, why=Text("理由", "the reason"), bound=bound, needs_restart=True, is_wiring=is_wiring
    )


WANTED: Mapping[Bound, str] = {Bound.EQUAL: "2", Bound.AT_LEAST: "≥ 2", Bound.AT_MOST: "≤ 2"}


@pytest.mark.parametrize("bound", Bound)
def test_a_setting_that_is_right_is_ok_with_its_value(bound: Bound) -> None:
    (found,) = parameter_checks([_needed("ANY", bound)], {"ANY": 2.0})
    assert (found.level, found.rule, found.cure) == (Level.OK, "parameter.ANY", None)
    assert found.text == Text("理由: ANY = 2", "the reason: ANY = 2")


@pytest.mark.parametrize("bound", Bound)
@pytest.mark.parametrize("known", [True, False])
def test_a_setting_that_is_wrong_or_unknown_is_refused_with_what_is_needed(bound: Bound, *, known: bool) -> None:
    wrong = 2.5 if bound is Bound.AT_MOST else 1.5
    (found,) = parameter_checks([_needed("ANY", bound)], {"ANY": wrong} if known else {"OTHER": 2.0})
    now = Text(f"{wrong:g}", f"{wrong:g}") if known else Text("未確認", "unknown")
    assert (found.level, found.rule) == (Level.REFUSE, "parameter.ANY")
    assert found.text == Text(
        f"理由: ANY が {now.ja} です（必要 {WANTED[bound]}）", f"the reason: ANY is {now.en}, needed {WANTED[bound]}"
    )
    assert found.cure is not None
    assert found.cure.text == Text("ANY を 2 にする", "set ANY to 2")
    assert (found.cure.action, found.cure.value) == ("set_parameters", 2.0)


@pytest.mark.parametrize("bound", Bound)
def test_wiring_that_is_wrong_has_no_button_but_somebody_to_ask(bound: Bound) -> None:
    (found,) = parameter_checks([_needed("ANY", bound, is_wiring=True)], {})
    assert found.level is Level.REFUSE
    assert found.cure is not None
    assert (found.cure.action, found.cure.value) == (None, None)
    assert f"ANY を {WANTED[bound]} にする" in found.cure.text.ja
    assert f"set ANY to {WANTED[bound]}" in found.cure.text.en


class _Shelf:
    def __init__(self, refuses: str = "") -> None:
        self.rounds: list[dict[str, float]] = []
        self.refuses = refuses

    async def set_parameters(self, values: Mapping[str, float]) -> None:
        self.rounds.append(dict(values))
        if self.refuses in values:
            raise RefusedError(Text("できません", "no"))


REQUIRED = (_needed("RIGHT"), _needed("WRONG"), _needed("MORE", Bound.AT_LEAST), _needed("WIRE", is_wiring=True))
KNOWN = {"RIGHT": 2.0, "WRONG": 3.0, "WIRE": 0.0}


def test_what_is_wrong_or_unknown_is_unmet_in_the_order_it_is_required() -> None:
    assert unmet(REQUIRED, KNOWN) == REQUIRED[1:]
    assert unmet(REQUIRED, {**KNOWN, "WRONG": 2.0, "MORE": 9.0, "WIRE": 2.0}) == ()
    assert len(parameter_checks(REQUIRED, KNOWN)) == len(REQUIRED)


async def test_exactly_what_is_unmet_and_no_wiring_is_set_and_returned() -> None:
    shelf = _Shelf()
    assert await apply_required_parameters(shelf, REQUIRED, KNOWN) == REQUIRED[1:3]
    assert shelf.rounds == [{"WRONG": 2.0, "MORE": 2.0}]


async def test_an_aircraft_that_is_right_is_sent_nothing() -> None:
    shelf = _Shelf()
    assert await apply_required_parameters(shelf, REQUIRED, {"RIGHT": 2.0, "WRONG": 2.0, "MORE": 9.0}) == ()
    assert shelf.rounds == []


async def test_a_setting_that_is_refused_is_told() -> None:
    with pytest.raises(RefusedError):
        await apply_required_parameters(_Shelf(refuses="WRONG"), REQUIRED, KNOWN)
