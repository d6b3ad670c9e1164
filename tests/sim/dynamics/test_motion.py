import numpy as np
import pytest

from fleet.errors import InvalidValueError
from sim.dynamics.air import Air
from sim.dynamics.airframe import Airframe, BatteryPack
from sim.dynamics.motion import Motion
from sim.vehicle.kinematics import Row, fly, off

CALM = np.zeros((1, 2))


def hover_at(up_m: float) -> Row:
    return fly(position=(0.0, 0.0, up_m), velocity=(0.0, 0.0, 0.0), accel=(0.0, 0.0, 0.0), yaw_rad=0.0, tilt_rad=0.52)


def airborne(airframe: Airframe | None = None, pack: BatteryPack | None = None) -> Motion:
    motion = Motion([airframe or Airframe()], [pack or BatteryPack()])
    motion.position_m = np.array([[0.0, 0.0, 100.0]])
    motion.on_ground = np.array([False])
    return motion


def live(motion: Motion, row: Row, seconds: float, wind: np.ndarray = CALM) -> None:
    for _ in range(round(seconds / 0.05)):
        motion.step(0.05, np.array([row]), wind)


def test_it_hovers_in_place_at_the_recorded_current() -> None:
    motion = airborne()
    live(motion, hover_at(100.0), 20.0)
    assert motion.position_m[0] == pytest.approx([0.0, 0.0, 100.0], abs=0.01)
    assert motion.current_a[0] == pytest.approx(28.1, abs=0.3)


def test_it_keeps_its_place_in_a_steady_wind_by_leaning_into_it() -> None:
    motion = airborne()
    live(motion, hover_at(100.0), 30.0, np.array([[6.0, 0.0]]))
    assert motion.position_m[0, :2] == pytest.approx([0.0, 0.0], abs=0.2)
    assert motion.thrust_mps2[0, 0] < -1.0
    assert motion.current_a[0] > 28.2


def test_with_the_motors_off_it_falls_and_hits_the_ground_at_its_terminal_speed() -> None:
    motion = airborne()
    live(motion, off(), 20.0)
    assert motion.on_ground[0]
    assert motion.position_m[0, 2] == 0.0
    assert motion.impact_mps[0] == pytest.approx(15.0, abs=0.5)
    assert motion.current_a[0] == 0.0


def test_a_load_costs_more_current() -> None:
    loaded = airborne()
    loaded.load(0, 1.5)
    live(loaded, hover_at(100.0), 10.0)
    assert loaded.current_a[0] == pytest.approx(28.1 * 1.5**1.5, rel=0.02)


def test_another_airframe_and_battery_draw_by_their_own_numbers() -> None:
    big = Airframe(empty_mass_kg=30.0, hover_power_w=6000.0)
    pack = BatteryPack(capacity_mah=22000.0, full_v=50.0, empty_v=42.0, resistance_ohm=0.02)
    motion = airborne(big, pack)
    live(motion, hover_at(100.0), 60.0)
    assert motion.power_w[0] == pytest.approx(6000.0, rel=0.02)
    assert motion.used_wh[0] == pytest.approx(100.0, rel=0.03)
    assert 44.0 < motion.voltage_v[0] < 49.0


def test_vehicles_do_not_disturb_each_other() -> None:
    both = Motion([Airframe(), Airframe()], [BatteryPack(), BatteryPack()])
    both.position_m = np.array([[0.0, 0.0, 100.0], [0.0, 0.0, 100.0]])
    both.on_ground = np.array([False, False])
    alone = airborne()
    for _ in range(200):
        both.step(0.05, np.array([hover_at(110.0), off()]), np.zeros((2, 2)))
        alone.step(0.05, np.array([hover_at(110.0)]), CALM)
    assert both.position_m[0] == pytest.approx(alone.position_m[0])
    assert both.used_mah[0] == pytest.approx(alone.used_mah[0])


def test_gusts_are_seeded_and_have_the_strength_asked_for() -> None:
    def gusts(seed: int) -> np.ndarray:
        air = Air(1, seed)
        air.set_wind(0, speed_mps=5.0, from_deg=270.0, turbulence_mps=1.5, fade_s=5.0)
        seen = []
        for _ in range(40_000):
            air.step(0.05)
            seen.append(air.wind_mps[0].copy())
        return np.array(seen)

    first = gusts(7)
    assert np.array_equal(first, gusts(7))
    assert not np.array_equal(first, gusts(8))
    assert first.mean(axis=0) == pytest.approx([5.0, 0.0], abs=0.4)
    assert first.std(axis=0) == pytest.approx([1.5, 1.5], rel=0.2)


def test_an_aircraft_that_cannot_lift_itself_is_refused() -> None:
    with pytest.raises(InvalidValueError):
        Airframe(thrust_to_weight=0.9)
    with pytest.raises(InvalidValueError):
        BatteryPack(capacity_mah=0.0)
