"""What the vehicle does by itself."""

import pytest

from sim.vehicle.mission_item import Kind
from sim.vehicle.modes import Mode
from tests.sim.pad import HOME_ITEM, Pad, plain, waypoint


def test_silence_of_the_ground_station_brings_it_home_and_a_heartbeat_clears_only_the_failsafe() -> None:
    pad = Pad()
    pad.set_parameter("FS_GCS_ENABLE", 1)
    pad.set_parameter("FS_OPTIONS", 0)
    pad.take_off(20.0)
    pad.heartbeat()
    pad.live(5.0, silent=True)
    modes = [pad.vehicle.mode]
    pad.live(0.5, silent=True)
    modes.append(pad.vehicle.mode)
    pad.heartbeat()
    assert pad.texts()[-2:] == ["GCS Failsafe", "GCS Failsafe Cleared"]
    assert [*modes, pad.vehicle.mode] == [Mode.GUIDED, Mode.RTL, Mode.RTL]


def test_a_mission_goes_on_in_silence_where_it_is_told_to() -> None:
    pad = Pad()
    pad.set_parameter("FS_GCS_ENABLE", 1)
    pad.set_parameter("FS_OPTIONS", 2)
    pad.upload([HOME_ITEM, waypoint(0, 0, 10.0, 22), waypoint(347720000, 1332300000, 20.0), plain(20)])
    pad.command(176, 1, 4)
    pad.command(400, 1)
    pad.command(176, 1, 3)
    pad.command(300)
    pad.live(20.0)
    pad.live(10.0, silent=True)
    assert pad.vehicle.mode is Mode.AUTO
    assert "GCS Failsafe - Continuing Auto Mode" in pad.texts()


def landing(pad: Pad, mode: Mode) -> None:
    """Fly at 20 m, out of the way home's fixed height, and sink to land in a mode."""
    pad.take_off(20.0)
    pad.heartbeat()
    assert pad.command(176, 1, mode) == 0
    for _ in range(200):
        if pad.vehicle.landing:
            return
        pad.live(0.5)
    raise AssertionError(pad.texts()[-3:])


def silence(pad: Pad) -> str:
    pad.live(1.0)
    pad.live(6.0, silent=True)
    return next(t for t in pad.texts() if t.startswith("GCS"))


@pytest.mark.parametrize(
    ("mode", "options", "text", "afterwards"),
    [
        (Mode.LAND, 16, "GCS Failsafe", Mode.RTL),
        (Mode.LAND, 8, "GCS Failsafe - Continuing Landing", Mode.LAND),
        (Mode.RTL, 8, "GCS Failsafe - Continuing Landing", Mode.LAND),
        (Mode.RTL, 16, "GCS Failsafe", Mode.RTL),
    ],
)
def test_silence_breaks_off_a_landing_but_where_the_options_let_it_go_on(
    mode: Mode, options: int, text: str, afterwards: Mode
) -> None:
    pad = Pad()
    pad.set_parameter("FS_GCS_ENABLE", 1)
    pad.set_parameter("FS_OPTIONS", options)
    landing(pad, mode)
    assert silence(pad) == text
    assert pad.vehicle.mode is afterwards


def test_a_landing_that_the_battery_asked_for_goes_on_in_silence() -> None:
    pad = Pad()
    for name, value in (("FS_GCS_ENABLE", 1), ("FS_OPTIONS", 0), ("BATT_FS_LOW_ACT", 1)):
        pad.set_parameter(name, value)
    pad.take_off(40.0)
    pad.set_parameter("BATT_LOW_MAH", 3250)
    assert silence(pad) == "GCS + Battery Failsafe - Continuing Landing"
    assert pad.vehicle.mode is Mode.LAND


@pytest.mark.parametrize(("options", "afterwards"), [(16, Mode.RTL), (8, Mode.LAND)])
def test_a_low_battery_breaks_off_a_landing_but_where_the_options_let_it_go_on(options: int, afterwards: Mode) -> None:
    pad = Pad()
    pad.set_parameter("FS_OPTIONS", options)
    pad.set_parameter("BATT_FS_LOW_ACT", 2)
    landing(pad, Mode.LAND)
    pad.set_parameter("BATT_LOW_MAH", 3250)
    pad.live(0.5)
    assert pad.vehicle.mode is afterwards


def test_a_lesser_action_of_the_battery_never_follows_a_greater_one() -> None:
    pad = Pad()
    pad.set_parameter("BATT_FS_LOW_ACT", 1)
    pad.set_parameter("BATT_FS_CRT_ACT", 2)
    pad.take_off(40.0)
    pad.set_parameter("BATT_LOW_MAH", 3250)
    pad.live(1.0)
    pad.set_parameter("BATT_CRT_MAH", 3250)
    pad.live(1.0)
    assert pad.texts()[-1].startswith("Battery 1 is critical")
    assert pad.vehicle.mode is Mode.LAND


def test_a_fence_crossed_in_a_landing_leads_home() -> None:
    pad = Pad()
    for name, value in (("FENCE_ENABLE", 1), ("FENCE_TYPE", 1), ("FENCE_ALT_MAX", 60), ("FS_OPTIONS", 8)):
        pad.set_parameter(name, value)
    landing(pad, Mode.LAND)
    pad.set_parameter("FENCE_ALT_MAX", 5)
    pad.live(0.5)
    assert pad.vehicle.mode is Mode.RTL


def test_used_charge_counts_as_a_low_battery_too() -> None:
    pad = Pad()
    pad.take_off(20.0)
    pad.set_parameter("BATT_FS_LOW_ACT", 1)
    pad.set_parameter("BATT_LOW_MAH", 3250)
    pad.live(5.0)
    assert pad.vehicle.mode is Mode.LAND


def test_a_low_battery_that_recovers_in_time_is_let_pass() -> None:
    pad = Pad()
    for name, value in (("BATT_LOW_VOLT", 11.5), ("BATT_LOW_TIMER", 5), ("BATT_FS_LOW_ACT", 2)):
        pad.set_parameter(name, value)
    pad.take_off(20.0)
    pad.set_parameter("SIM_BATT_VOLTAGE", 11.0)
    pad.live(4.0)
    pad.set_parameter("SIM_BATT_VOLTAGE", 12.6)
    pad.live(10.0)
    assert pad.vehicle.mode is Mode.GUIDED


def test_the_height_fence_sends_it_home_and_says_so() -> None:
    pad = Pad()
    for name, value in (("FENCE_ENABLE", 1), ("FENCE_TYPE", 1), ("FENCE_ALT_MAX", 25)):
        pad.set_parameter(name, value)
    pad.take_off(20.0)
    pad.set_parameter("FENCE_ALT_MAX", 15)
    pad.live(1.0)
    assert pad.vehicle.mode is Mode.RTL
    assert "Max Alt fence breached" in pad.texts()


def test_arming_inside_an_exclusion_circle_is_refused() -> None:
    pad = Pad()
    pad.upload([(0, 5004, 50.0, 0.0, 0.0, 0.0, 347700000, 1332300000, 0.0)], Kind.FENCE)
    pad.set_parameter("FENCE_ENABLE", 1)
    assert pad.command(400, 1) == 4
    assert pad.texts()[-1] == "Arm: vehicle outside Polygon fence"


@pytest.mark.parametrize(("rally_m", "goes_to_rally"), [(150.0, True), (600.0, False)])
def test_the_nearest_rally_point_within_reach_is_home(rally_m: float, goes_to_rally: bool) -> None:
    pad = Pad()
    lat = 347700000 + round(rally_m / 110_929.0 * 1e7)
    pad.upload([(3, 5100, 0.0, 0.0, 0.0, 0.0, lat, 1332300000, 30.0)], Kind.RALLY)
    pad.set_parameter("RALLY_INCL_HOME", 0)
    pad.take_off(20.0)
    pad.command(20)
    pad.until("Disarming motors")
    north = pad.vehicle.kin.position[1]
    assert north == pytest.approx(rally_m if goes_to_rally else 0.0, abs=1.0)


def test_smart_return_follows_its_own_track_round_a_corner() -> None:
    pad = Pad()
    pad.upload(
        [
            HOME_ITEM,
            waypoint(0, 0, 15.0, 22),
            waypoint(347706000, 1332300000, 15.0),
            waypoint(347706000, 1332307000, 15.0),
        ]
    )
    pad.command(176, 1, 4)
    pad.command(400, 1)
    pad.command(176, 1, 3)
    pad.command(300)
    pad.until("Reached command #3")
    assert pad.command(176, 1, 21) == 0
    nearest = 1e9
    for _ in range(300):
        pad.live(0.5)
        east, north, _ = pad.vehicle.kin.position
        nearest = min(nearest, ((north - 66.6) ** 2 + east**2) ** 0.5)
    assert nearest < 8.0
    assert not pad.vehicle.armed
