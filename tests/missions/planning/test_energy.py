import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from missions.planning.energy import Motion, Speeds, air_density_kgpm3, cost_of, power_w, wind_from
from tests.missions.planning.small_town import aircraft

CALM = wind_from(0.0, 0.0)
SPEEDS = Speeds(cruise_mps=10.0, climb_mps=2.5, descent_mps=1.5)
FLYER = aircraft()


def motion(east_m: float = 0.0, north_m: float = 0.0, up_m: float = 0.0) -> Motion:
    return Motion(east_m=east_m, north_m=north_m, up_m=up_m, mean_alt_amsl_m=0.0)


def hover_w(mass_kg: float, alt_amsl_m: float = 0.0) -> float:
    return power_w(FLYER, mass_kg=mass_kg, airspeed_mps=0.0, climb_mps=0.0, alt_amsl_m=alt_amsl_m)


def test_hover_at_empty_mass_at_sea_level_is_what_was_measured() -> None:
    assert hover_w(18.0) == pytest.approx(1700.0)


def test_hover_grows_with_mass_to_the_power_of_one_and_a_half() -> None:
    assert hover_w(25.0) / hover_w(18.0) == pytest.approx((25.0 / 18.0) ** 1.5)


def test_thin_air_costs_more_by_the_root_of_density() -> None:
    assert air_density_kgpm3(1500.0) == pytest.approx(1.058, abs=0.002)
    assert hover_w(18.0, 1500.0) / hover_w(18.0) == pytest.approx(math.sqrt(1.225 / 1.058), abs=0.001)


def test_climb_costs_the_weight_times_its_rate_over_the_efficiency() -> None:
    ideal_w = (18.0 * 9.80665) ** 1.5 / math.sqrt(2.0 * 1.225 * 2.39)
    climbing = power_w(FLYER, mass_kg=18.0, airspeed_mps=0.0, climb_mps=2.5, alt_amsl_m=0.0)
    assert climbing - hover_w(18.0) == pytest.approx(18.0 * 9.80665 * 2.5 / (ideal_w / 1700.0))


def test_a_descent_is_never_cheaper_a_second_than_hover() -> None:
    sinking = power_w(FLYER, mass_kg=18.0, airspeed_mps=0.0, climb_mps=-2.0, alt_amsl_m=0.0)
    assert sinking == hover_w(18.0)


def test_the_slowest_of_run_and_climb_sets_the_time() -> None:
    flat = cost_of(motion(east_m=100.0), aircraft=FLYER, mass_kg=18.0, speeds=SPEEDS, wind=CALM)
    steep = cost_of(motion(east_m=100.0, up_m=100.0), aircraft=FLYER, mass_kg=18.0, speeds=SPEEDS, wind=CALM)
    down = cost_of(motion(up_m=-30.0), aircraft=FLYER, mass_kg=18.0, speeds=SPEEDS, wind=CALM)
    assert flat.duration_s == pytest.approx(10.0)
    assert steep.duration_s == pytest.approx(40.0)
    assert down.duration_s == pytest.approx(20.0)


def test_a_head_wind_costs_more_and_a_tail_wind_less() -> None:
    costs = [
        cost_of(
            motion(east_m=1000.0), aircraft=FLYER, mass_kg=18.0, speeds=SPEEDS, wind=wind_from(5.0, from_deg)
        ).energy_wh
        for from_deg in (90.0, 0.0, 270.0)
    ]
    assert costs[0] > costs[1] > costs[2]


def test_wind_comes_from_where_it_says() -> None:
    westerly = wind_from(8.0, 270.0)
    assert westerly.east_mps == pytest.approx(8.0)
    assert westerly.north_mps == pytest.approx(0.0, abs=1e-9)


def test_a_wind_that_holds_the_aircraft_back_is_reported() -> None:
    held = cost_of(motion(east_m=1000.0), aircraft=FLYER, mass_kg=18.0, speeds=SPEEDS, wind=wind_from(13.0, 90.0))
    free = cost_of(motion(east_m=-1000.0), aircraft=FLYER, mass_kg=18.0, speeds=SPEEDS, wind=wind_from(13.0, 90.0))
    assert held.held_back
    assert held.duration_s == pytest.approx(1000.0 / 3.0)
    assert not free.held_back


def test_a_wind_over_the_greatest_airspeed_gives_a_finite_cost() -> None:
    storm = cost_of(motion(north_m=1000.0), aircraft=FLYER, mass_kg=18.0, speeds=SPEEDS, wind=wind_from(40.0, 90.0))
    assert storm.held_back
    assert math.isfinite(storm.energy_wh)


def test_a_dwell_is_hover() -> None:
    waiting = cost_of(replace(motion(), dwell_s=60.0), aircraft=FLYER, mass_kg=18.0, speeds=SPEEDS, wind=CALM)
    assert waiting.energy_wh == pytest.approx(1700.0 / 60.0)


@given(
    east_m=st.floats(-5000.0, 5000.0),
    north_m=st.floats(-5000.0, 5000.0),
    up_m=st.floats(-300.0, 300.0),
    wind_mps=st.floats(0.0, 12.0),
    from_deg=st.floats(0.0, 360.0),
)
def test_more_load_never_costs_less(
    east_m: float, north_m: float, up_m: float, wind_mps: float, from_deg: float
) -> None:
    wind = wind_from(wind_mps, from_deg)
    flown = motion(east_m, north_m, up_m)
    light, heavy = (
        cost_of(flown, aircraft=FLYER, mass_kg=mass_kg, speeds=SPEEDS, wind=wind) for mass_kg in (18.0, 25.0)
    )
    assert heavy.duration_s == light.duration_s
    assert heavy.energy_wh >= light.energy_wh
