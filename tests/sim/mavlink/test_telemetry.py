"""What the telemetry says of a vehicle's state."""

from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from sim.dynamics.airframe import BatteryPack
from sim.vehicle.mission_item import Kind
from sim.vehicle.modes import Mode
from tests.sim.pad import Pad

_PREARM_OK = 1 << 28


def asked(pad: Pad, name: str) -> Any:
    """Request a message and return it."""
    answers = pad.tell(
        dialect.MAVLink_command_long_message(1, 1, 512, 0, getattr(dialect, f"MAVLINK_MSG_ID_{name}"), 0, 0, 0, 0, 0, 0)
    )
    return next(m for m in answers if m.get_type() == name)


def test_the_prearm_bit_falls_while_arming_would_be_refused() -> None:
    pad = Pad()
    assert asked(pad, "SYS_STATUS").onboard_control_sensors_health & _PREARM_OK
    pad.upload([(0, 5004, 50.0, 0.0, 0.0, 0.0, 347700000, 1332300000, 0.0)], Kind.FENCE)
    pad.set_parameter("FENCE_ENABLE", 1)
    assert not asked(pad, "SYS_STATUS").onboard_control_sensors_health & _PREARM_OK
    assert pad.command(400, 1) == 4


@pytest.mark.parametrize(("fence", "limit", "kind"), [(1, "FENCE_ALT_MAX", 2), (2, "FENCE_RADIUS", 3)])
def test_a_broken_fence_says_which(fence: int, limit: str, kind: int) -> None:
    pad = Pad()
    for name, value in (("FENCE_ENABLE", 1), ("FENCE_TYPE", fence), ("FENCE_ACTION", 0)):
        pad.set_parameter(name, value)
    pad.take_off(20.0)
    assert asked(pad, "FENCE_STATUS").breach_type == 0
    pad.set_parameter(limit, -1)
    pad.live(0.5)
    assert asked(pad, "FENCE_STATUS").breach_type == kind


def test_the_last_part_of_a_return_is_told_as_landing() -> None:
    pad = Pad()
    pad.take_off(20.0)
    pad.command(176, 1, Mode.RTL)
    pad.live(1.0)
    assert asked(pad, "EXTENDED_SYS_STATE").landed_state == 2
    while not pad.vehicle.landing:
        pad.live(1.0)
    assert asked(pad, "EXTENDED_SYS_STATE").landed_state == 4


def test_a_return_tells_how_far_home_is() -> None:
    pad = Pad()
    pad.take_off(20.0)
    pad.tell(
        dialect.MAVLink_set_position_target_global_int_message(
            0, 1, 1, 6, 3576, 347709000, 1332300000, 20.0, 0, 0, 0, 0, 0, 0, 0, 0
        )
    )
    pad.live(30.0)
    pad.command(176, 1, Mode.RTL)
    pad.live(8.0)
    north = pad.vehicle.kin.position[1]
    assert asked(pad, "NAV_CONTROLLER_OUTPUT").wp_dist == pytest.approx(north, abs=1.0)


def test_a_pack_beyond_65_volts_goes_on_in_the_next_cell() -> None:
    pack = BatteryPack(full_v=70.0, empty_v=55.0)
    pad = Pad(battery=pack)
    cells = asked(pad, "BATTERY_STATUS").voltages
    assert cells[0] + cells[1] == pytest.approx(70_000, abs=500)
    assert cells[2] == 65535
    assert asked(pad, "SYS_STATUS").voltage_battery == 65534
