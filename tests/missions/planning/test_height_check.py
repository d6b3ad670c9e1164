"""The height check on legs that a planner would not draw: what it says and which cure it names."""

import pytest

from fleet.positions import Position
from missions.planning.checks.height import check_heights
from missions.planning.legs import measured_leg
from missions.planning.scene import Scene, scene_of
from missions.values.finding import Finding, Level
from missions.values.plan import Leg, Phase
from tests.missions.planning import small_town as towns


def scene() -> Scene:
    return scene_of(towns.request(), towns.town_of(towns.ridge(160.0)), towns.AIRCRAFT, towns.conditions())


def at(east_m: float, north_m: float, alt_amsl_m: float) -> Position:
    place = towns.FRAME.place_of(east_m, north_m)
    return Position(lon_deg=place.lon_deg, lat_deg=place.lat_deg, alt_amsl_m=alt_amsl_m)


def checked(start: Position, end: Position, phase: Phase = Phase.OUTBOUND) -> list[Finding]:
    here = scene()
    measured = measured_leg(here, start, end)
    leg = Leg(
        number=3,
        phase=phase,
        start=start,
        end=end,
        mission_seq=5,
        duration_s=1.0,
        energy_wh=1.0,
        energy_left_wh=1.0,
        min_clearance_m=measured.min_clearance_m,
        max_agl_m=measured.max_agl_m,
    )
    return check_heights(here, (leg,), [measured])


def test_a_leg_too_low_between_its_ends_names_the_height_that_would_do() -> None:
    low, high = checked(at(1000.0, 900.0, 400.0), at(2200.0, 900.0, 400.0))
    assert (low.rule, low.level, low.leg) == ("leg.clearance", Level.REFUSE, 3)
    assert low.cure is not None
    assert low.cure.action == "raise_leg_m"
    assert low.cure.value == pytest.approx(200.0, abs=1.0)
    assert low.cure.text.en == f"raise leg 3 to {low.cure.value:.0f} m above take-off"
    assert low.at is not None
    assert towns.FRAME.local_of(low.at)[0] == pytest.approx(1600.0, abs=10.0)
    assert high.level is Level.OK


def test_the_named_height_cures_the_leg() -> None:
    raised = scene().home.alt_amsl_m + 200.5
    low, _ = checked(at(1400.0, 900.0, raised), at(1800.0, 900.0, raised))
    assert low.level is Level.OK


def test_a_leg_too_high_over_the_ground_below_is_refused_with_the_source() -> None:
    _, high = checked(at(900.0, 900.0, 460.0), at(2200.0, 900.0, 460.0))
    assert (high.rule, high.level) == ("leg.ceiling", Level.REFUSE)
    assert high.cure is not None
    assert high.cure.value == pytest.approx(10.0, abs=1.0)
    assert high.source is not None
    assert "132条の85" in high.source


def test_ground_beside_the_leg_counts() -> None:
    beside = checked(at(1430.0, 700.0, 420.0), at(1430.0, 1100.0, 420.0))[0]
    farther = checked(at(1380.0, 700.0, 420.0), at(1380.0, 1100.0, 420.0))[0]
    assert beside.level is Level.REFUSE
    assert farther.level is Level.OK


def test_climbs_and_descents_on_the_spot_may_be_near_the_ground() -> None:
    low, _ = checked(at(900.0, 900.0, 300.0), at(900.0, 900.0, 345.0), Phase.CLIMB)
    assert low.level is Level.OK
