"""Arming, modes and orders, as facts of the real one say."""

from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.ids import VehicleId
from sim.vehicle.mission_item import Kind
from sim.vehicle.modes import Mode
from tests.sim.pad import HOME_ITEM, Pad, plain, waypoint
from tests.sim.recording import read_recording

GUIDED, AUTO, LOITER, RTL, LAND, BRAKE, SMART_RTL = 4, 3, 5, 6, 9, 17, 21
ACCEPTED, DENIED, UNSUPPORTED, FAILED = 0, 2, 3, 4


def guided_target(lat: int, lon: int, height_m: float) -> dialect.MAVLink_message:
    return dialect.MAVLink_set_position_target_global_int_message(
        0, 1, 1, 6, 3576, lat, lon, height_m, 0, 0, 0, 0, 0, 0, 0, 0
    )


@pytest.mark.parametrize(
    ("age_s", "reason"),
    [(0.5, "Arm: System not initialised"), (5.0, "Arm: Accels inconsistent"), (30.0, "Arm: Need Position Estimate")],
)
def test_arming_is_refused_until_it_knows_where_it_is(age_s: float, reason: str) -> None:
    pad = Pad(preflight_s=0.0)
    pad.live(age_s)
    assert pad.command(400, 1) == FAILED
    assert reason in pad.texts()
    pad.live(42.0 - age_s)
    assert pad.command(400, 1) == ACCEPTED


def test_an_armed_vehicle_that_does_not_fly_disarms_itself_after_ten_seconds() -> None:
    pad = Pad()
    assert pad.command(176, 1, GUIDED) == ACCEPTED
    assert pad.command(400, 1) == ACCEPTED
    assert pad.until("Disarming motors") == pytest.approx(10.0, abs=0.6)


def test_take_off_needs_guided_and_armed() -> None:
    pad = Pad()
    assert pad.command(22, 0, 0, 0, 0, 0, 0, 10) == FAILED
    pad.command(400, 1)
    assert pad.command(22, 0, 0, 0, 0, 0, 0, 10) == FAILED
    pad.command(176, 1, GUIDED)
    assert pad.command(22, 0, 0, 0, 0, 0, 0, 10) == ACCEPTED


def test_ten_metres_are_reached_about_nine_seconds_after_arming() -> None:
    pad = Pad()
    pad.command(176, 1, GUIDED)
    pad.command(400, 1)
    pad.command(22, 0, 0, 0, 0, 0, 0, 10)
    pad.live(9.5)
    assert pad.vehicle.alt_home_m == pytest.approx(9.5, abs=0.6)


def test_auto_without_a_mission_is_refused() -> None:
    pad = Pad()
    assert pad.command(176, 1, AUTO) == FAILED
    assert "Mode change to AUTO failed: init failed" in pad.texts()


def test_an_unknown_mode_or_command_is_refused() -> None:
    pad = Pad()
    assert pad.command(176, 1, 99) == FAILED
    assert pad.command(31999) == UNSUPPORTED


def test_disarming_in_the_air_needs_force() -> None:
    pad = Pad()
    pad.take_off()
    assert pad.command(400, 0) == FAILED
    assert pad.command(400, 0, 21196) == ACCEPTED
    assert not pad.vehicle.armed


def test_termination_stops_the_motors_and_it_falls() -> None:
    pad = Pad()
    pad.take_off(60.0)
    assert pad.command(185, 1) == ACCEPTED
    pad.live(10.0)
    assert pad.vehicle.kin.on_ground
    assert any(t.startswith(("SIM Hit ground at 14", "SIM Hit ground at 15")) for t in pad.texts())


def test_guided_flies_to_a_target_and_keeps_its_place_for_one_outside_the_fence() -> None:
    pad = Pad()
    corners = [(34.768, 133.228), (34.768, 133.232), (34.772, 133.232), (34.772, 133.228)]
    fence = [(0, 5001, 4.0, 0.0, 0.0, 0.0, round(a * 1e7), round(o * 1e7), 0.0) for a, o in corners]
    assert pad.upload(fence, Kind.FENCE) == 0
    pad.set_parameter("FENCE_ENABLE", 1)
    pad.set_parameter("FENCE_TYPE", 4)
    pad.take_off()
    pad.tell(guided_target(347705000, 1332300000, 25.0))
    pad.live(20.0)
    assert pad.vehicle.kin.position[1] == pytest.approx(55.5, abs=1.0)
    known = len(pad.heard)
    pad.tell(guided_target(347730000, 1332300000, 25.0))
    assert len(pad.heard) == known
    pad.live(10.0)
    assert pad.vehicle.kin.position[1] == pytest.approx(55.5, abs=1.0)


def test_a_velocity_lasts_until_the_time_out() -> None:
    pad = Pad()
    pad.take_off()
    pad.tell(dialect.MAVLink_set_position_target_local_ned_message(0, 1, 1, 1, 3527, 0, 0, 0, 3.0, 0, 0, 0, 0, 0, 0, 0))
    pad.live(2.5)
    assert pad.vehicle.kin.velocity[1] == pytest.approx(3.0, abs=0.3)
    pad.live(5.0)
    assert pad.vehicle.kin.velocity[1] == pytest.approx(0.0, abs=0.2)


@pytest.mark.parametrize(("mode", "lands"), [(RTL, True), (LAND, True), (SMART_RTL, True), (BRAKE, False)])
def test_modes_come_home_land_or_stay(mode: int, lands: bool) -> None:
    pad = Pad()
    pad.take_off(20.0)
    pad.tell(guided_target(347704000, 1332303000, 20.0))
    pad.live(20.0)
    assert pad.command(176, 1, mode) == ACCEPTED
    pad.live(90.0)
    assert pad.vehicle.armed is not lands
    east, north, up = pad.vehicle.kin.position
    home = mode in {RTL, SMART_RTL}
    assert (abs(east) < 1.5 and abs(north) < 1.5) is home
    assert up == pytest.approx(0.0 if lands else 20.0, abs=0.3)


def test_loiter_with_the_stick_at_the_bottom_sinks_and_an_override_holds_it() -> None:
    pad = Pad()
    pad.take_off(30.0)
    assert pad.command(176, 1, LOITER) == ACCEPTED
    pad.live(4.0)
    assert pad.vehicle.alt_home_m < 25.0
    pad.tell(dialect.MAVLink_rc_channels_override_message(1, 1, 1500, 1500, 1500, 1500, 65535, 65535, 65535, 65535))
    pad.live(2.0)
    held = pad.vehicle.alt_home_m
    pad.tell(dialect.MAVLink_rc_channels_override_message(1, 1, 1500, 1500, 1500, 1500, 65535, 65535, 65535, 65535))
    pad.live(2.5)
    assert pad.vehicle.alt_home_m == pytest.approx(held, abs=0.5)


def test_reposition_and_speed_by_command() -> None:
    pad = Pad()
    pad.take_off()
    assert pad.command(178, 1, 4.0) == ACCEPTED
    answers = pad.tell(
        dialect.MAVLink_command_int_message(1, 1, 6, 192, 0, 0, -1, 1, 0, float("nan"), 347710000, 1332300000, 30.0)
    )
    assert [m.result for m in answers if m.get_type() == "COMMAND_ACK"] == [ACCEPTED]
    pad.live(15.0)
    assert pad.vehicle.kin.velocity[1] == pytest.approx(4.0, abs=0.2)


def test_a_reboot_keeps_parameters_and_plans_and_starts_anew() -> None:
    pad = Pad()
    pad.set_parameter("RTL_ALT", 3300)
    assert pad.upload([HOME_ITEM, waypoint(0, 0, 20.0, 22), plain(20)]) == 0
    assert pad.command(246, 1) == ACCEPTED
    pad.live(0.5)
    assert pad.vehicle.now_s < 1.0
    assert pad.command(400, 1) == FAILED
    assert pad.vehicle.params["RTL_ALT"] == 3300.0
    pad.live(45.0)
    assert len(pad.vehicle.items()) == 3
    assert pad.command(400, 1) == ACCEPTED
    assert pad.command(246, 1) == FAILED


def test_a_pilots_stabilize_with_the_throttle_down_falls() -> None:
    pad = Pad()
    pad.take_off(30.0)
    assert pad.command(176, 1, Mode.STABILIZE) == ACCEPTED
    pad.live(6.0)
    assert pad.vehicle.kin.on_ground


def test_stream_rates_and_intervals_are_kept() -> None:
    pad = Pad()
    pad.tell(dialect.MAVLink_request_data_stream_message(1, 1, 6, 4, 1))
    assert pad.command(511, 245, 500_000) == ACCEPTED
    assert pad.command(511, 9999, 500_000) == FAILED
    pad.heard.clear()
    pad.live(10.0)
    assert len(pad.of_kind("GLOBAL_POSITION_INT")) == pytest.approx(40, abs=1)
    assert len(pad.of_kind("EXTENDED_SYS_STATE")) == pytest.approx(20, abs=1)
    assert len(pad.of_kind("HEARTBEAT")) == pytest.approx(10, abs=1)
    assert pad.command(510, 245) == ACCEPTED
    assert pad.of_kind("MESSAGE_INTERVAL")[-1].interval_us == 500_000


def _version(pad: Pad) -> Any:
    assert pad.command(512, 148) == ACCEPTED
    return pad.of_kind("AUTOPILOT_VERSION")[-1]


def test_its_chip_has_the_form_of_the_recorded_ones_and_stays_through_a_reboot() -> None:
    pad = Pad()
    (recorded, *_) = (heard.message for heard in read_recording("delivery") if heard.kind == "AUTOPILOT_VERSION")
    ours = _version(pad)
    assert ours.uid == recorded.uid == 0
    assert [bool(byte) for byte in ours.uid2] == [bool(byte) for byte in recorded.uid2]
    assert pad.command(246, 1) == ACCEPTED
    pad.live(5.0)
    assert _version(pad).uid2 == ours.uid2


def test_no_two_vehicles_share_a_chip_though_they_share_a_number() -> None:
    chips = {bytes(_version(Pad(id=VehicleId(name))).uid2) for name in ("hato-1", "hato-2", "tobi-1", "x")}
    assert len(chips) == 4


def test_it_names_itself_as_simulated() -> None:
    pad = Pad()
    assert pad.command(512, 148) == ACCEPTED
    assert bytes(pad.of_kind("AUTOPILOT_VERSION")[-1].flight_custom_version) == b"KAKESIM1"
    pad.tell(dialect.MAVLink_param_request_read_message(1, 1, b"SIM_KAKEHASHI", -1))
    assert pad.of_kind("PARAM_VALUE")[-1].param_value == 1.0


def test_time_questions_are_answered() -> None:
    answers = Pad().tell(dialect.MAVLink_timesync_message(0, 1234))
    assert [(m.ts1, m.tc1 > 0) for m in answers if m.get_type() == "TIMESYNC"] == [(1234, True)]
