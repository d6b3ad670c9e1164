"""Messages that parse but make no sense: each is refused, and the clock that all vehicles share goes on."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymavlink.dialects.v20 import ardupilotmega as dialect

from sim.mavlink.commands import Cmd
from sim.mavlink.wire import message
from sim.vehicle.mission_item import Do, Kind, Result
from sim.vehicle.orders import Answer
from tests.sim.pad import HOME_ITEM, Pad, plain

NAN, INF = math.nan, math.inf
FLOATS = st.one_of(
    st.sampled_from([NAN, INF, -INF, 0.0, 1.0, -1.0, 2.0, 3e38, -3e38, 1e9, 1e-30, 65536.0, 25.0]),
    st.floats(width=32),
)
BYTE, SHORT, LONG = st.integers(0, 255), st.integers(0, 65535), st.integers(-(2**31), 2**31 - 1)
PLACES = st.one_of(LONG, st.sampled_from([0, 347705000, 1332300000, 900_000_000, 1_800_000_000]))
COMMANDS = st.sampled_from([*Cmd, *Do, 510, 511, 512, 520])
FRAMES = st.sampled_from([0, 1, 2, 3, 5, 6, 8, 9, 10, 11])
PARAMETERS = [
    "TERRAIN_SPACING", "GRIP_GRAB", "SIM_WIND_SPD", "SIM_WIND_DIR", "SIM_WIND_TURB", "SIM_WIND_TC", "SIM_PAYLOAD_KG",
    "SIM_BATT_VOLTAGE", "LOIT_BRK_ACCEL", "WPNAV_ACCEL", "WPNAV_ACCEL_Z", "WPNAV_JERK", "WPNAV_SPEED", "WPNAV_SPEED_DN",
    "ANGLE_MAX", "RTL_ALT", "RTL_CONE_SLOPE", "RTL_CLIMB_MIN", "LAND_SPEED", "MOT_THST_HOVER", "BATT_CAPACITY",
    "SRTL_POINTS", "FENCE_ALT_MAX", "FENCE_RADIUS", "FS_OPTIONS", "PILOT_ACCEL_Z", "RC_OVERRIDE_TIME", "RALLY_LIMIT_KM",
    "CIRCLE_RADIUS", "CIRCLE_RATE", "SIM_GPS1_NUMSATS", "WP_YAW_BEHAVIOR", "SERVO9_FUNCTION", "GRIP_TYPE",
]  # fmt: skip


def command_long(command: int, values: list[float]) -> Any:
    return dialect.MAVLink_command_long_message(1, 1, command, 0, *values)


def command_int(command: int, frame: int, values: list[float], x: int, y: int) -> Any:
    return dialect.MAVLink_command_int_message(1, 1, frame, command, 0, 0, *values[:4], x, y, values[4])


def target_global(frame: int, mask: int, values: list[float], x: int, y: int) -> Any:
    return dialect.MAVLink_set_position_target_global_int_message(0, 1, 1, frame, mask, x, y, *values)


def target_local(frame: int, mask: int, values: list[float]) -> Any:
    return dialect.MAVLink_set_position_target_local_ned_message(0, 1, 1, frame, mask, *values)


def old_target(frame: int, values: list[float]) -> Any:
    return dialect.MAVLink_mission_item_message(1, 1, 0, frame, 16, 2, 1, *values)


def numbers(count: int) -> st.SearchStrategy[list[float]]:
    return st.lists(FLOATS, min_size=count, max_size=count)


MASKS = st.sampled_from([0, 3576, 3527, 2552, 4088])
SINGLE = st.one_of(
    st.builds(command_long, COMMANDS, numbers(7)),
    st.builds(command_int, COMMANDS, FRAMES, numbers(5), PLACES, PLACES),
    st.builds(target_global, FRAMES, MASKS, numbers(9), PLACES, PLACES),
    st.builds(target_local, FRAMES, MASKS, numbers(11)),
    st.builds(old_target, FRAMES, numbers(7)),
    st.builds(dialect.MAVLink_set_mode_message, st.just(1), BYTE, st.integers(0, 2**32 - 1)),
    st.builds(
        dialect.MAVLink_param_set_message,
        st.just(1), st.just(1), st.sampled_from(PARAMETERS).map(str.encode), FLOATS, st.just(9),
    ),
    st.builds(dialect.MAVLink_terrain_check_message, LONG, LONG),
    st.builds(
        dialect.MAVLink_rc_channels_override_message, st.just(1), st.just(1), *([SHORT] * 8),
    ),
    st.builds(dialect.MAVLink_mission_set_current_message, st.just(1), st.just(1), SHORT),
    st.builds(dialect.MAVLink_request_data_stream_message, st.just(1), st.just(1), BYTE, SHORT, BYTE),
)  # fmt: skip
PLANS = st.lists(
    st.tuples(FRAMES, st.sampled_from(Do), FLOATS, FLOATS, FLOATS, FLOATS, PLACES, PLACES, FLOATS), max_size=4
)


def airborne() -> Pad:
    """Return a vehicle that hovers at 20 m, with every stream on."""
    pad = Pad()
    pad.tell(dialect.MAVLink_request_data_stream_message(1, 1, 0, 4, 1))
    pad.set_parameter("FENCE_ENABLE", 0)
    assert pad.command(Cmd.DO_SET_MODE, 1, 4) == Answer.ACCEPTED
    assert pad.command(Cmd.COMPONENT_ARM_DISARM, 1) == Answer.ACCEPTED
    motion = pad.simulation.world.motion
    motion.position_m = np.array([[0.0, 0.0, 20.0]])
    motion.on_ground = np.array([False])
    pad.vehicle.enter(pad.vehicle.mode)
    pad.live(0.2)
    return pad


def assert_lives(pad: Pad) -> None:
    kin = pad.vehicle.kin
    assert all(math.isfinite(value) for value in (*kin.position, *kin.velocity, kin.yaw_rad, kin.voltage_v))


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(messages=st.lists(SINGLE, min_size=1, max_size=8))
def test_no_message_stops_the_clock(messages: list[Any]) -> None:
    pad = airborne()
    for sent in messages:
        pad.tell(sent)
        pad.live(0.2)
    pad.live(1.0)
    assert_lives(pad)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(items=PLANS, kind=st.sampled_from(Kind))
def test_no_plan_stops_the_clock(items: list[tuple[Any, ...]], kind: Kind) -> None:
    pad = airborne()
    for one in items:
        pad.upload([HOME_ITEM, one] if kind is Kind.MISSION else [one], kind)
        pad.set_parameter("FENCE_ENABLE", 1)
        pad.command(Cmd.DO_SET_MODE, 1, 3)
        pad.live(1.0)
    pad.command(Cmd.DO_SET_MODE, 1, 6)
    pad.live(1.0)
    assert_lives(pad)


@pytest.mark.parametrize(
    ("command", "values"),
    [(176, (NAN, 4.0)), (512, (NAN,)), (511, (30.0, NAN)), (224, (NAN,)), (2000, (0.0, 1.0, NAN)), (178, (1.0, INF))],
)
def test_a_command_with_a_parameter_that_is_no_number_is_denied(command: int, values: tuple[float, ...]) -> None:
    assert Pad().command(command, *values) == Answer.DENIED


def test_a_parameter_that_is_not_read_may_be_left_open() -> None:
    assert Pad().command(Cmd.DO_SET_MODE, 1.0, 4.0, NAN, NAN, NAN, NAN, NAN) == Answer.ACCEPTED


@pytest.mark.parametrize("height_m", [NAN, INF, 1e30])
def test_a_take_off_to_no_height_at_all_is_refused(height_m: float) -> None:
    pad = Pad()
    pad.command(Cmd.DO_SET_MODE, 1, 4)
    pad.command(Cmd.COMPONENT_ARM_DISARM, 1)
    assert pad.command(Cmd.NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, height_m) == Answer.FAILED


@pytest.mark.parametrize(
    ("item", "kind", "result"),
    [
        (plain(115, 0.0, 0.0, 0.0, NAN), Kind.MISSION, Result.INVALID_PARAM4),
        (plain(177, 1.0, INF), Kind.MISSION, Result.INVALID_PARAM2),
        ((3, 16, 0.0, 0.0, 0.0, NAN, 347710000, 1332300000, 10.0), Kind.MISSION, Result.ACCEPTED),
        ((3, 5001, INF, 0.0, 0.0, 0.0, 347710000, 1332300000, 0.0), Kind.FENCE, Result.INVALID_PARAM1),
        ((3, 5003, INF, 0.0, 0.0, 0.0, 347710000, 1332300000, 0.0), Kind.FENCE, Result.INVALID_PARAM1),
    ],
)
def test_an_item_that_makes_no_sense_names_the_parameter(item: tuple[Any, ...], kind: Kind, result: Result) -> None:
    assert Pad().upload([HOME_ITEM, item] if kind is Kind.MISSION else [item], kind) == result


def test_a_number_too_large_for_its_field_is_sent_as_the_largest() -> None:
    packet = message("TERRAIN_REQUEST").pack(1, 0, 0, -1)
    assert packet.payload == b"\1"
    packet = message("MISSION_ITEM_REACHED").pack(70_000)
    assert packet.payload == b"\xff\xff"
