"""The vehicle's state as MAVLink messages; scales and conventions as ArduCopter 4.7 sends them."""

import hashlib
import math
from collections.abc import Callable

from sim.mavlink.wire import Message, Packet, message
from sim.vehicle import startup
from sim.vehicle.autopilot import Autopilot
from sim.vehicle.fence import ALT_MAX, ALT_MIN
from sim.vehicle.gear import GRIPPER_SERVO_FUNCTION
from sim.vehicle.modes import Mode
from sim.vehicle.orders import prearm_refusal
from sim.vehicle.sequences import leg_of
from sim.vehicle.tasks import TakeOff

_QUADROTOR, _ARDUPILOT, _MAVLINK_VERSION = 2, 3, 3
_CUSTOM, _GUIDED, _STABILIZE, _MANUAL, _ARMED = 1, 8, 16, 64, 128
_CALIBRATING, _STANDBY, _ACTIVE, _CRITICAL = 1, 3, 4, 5
_SENSORS = 1399979055
_SENSORS_ON_GROUND = 1382128687
_SENSORS_ARMED = 1398930479
_PREARM_OK = 1 << 28
_HEALTH_STARTING = 1198627887
_HEALTH_READY = 1467087919
_CAPABILITIES = 64495
_VERSION = 67567616
_ORIGIN_SEVEN = 1e7
_NO_CELL, _FULL_CELL_MV = 65535, 65534
_MIN_ALT, _MAX_ALT, _BOUNDARY = 1, 2, 3

VEHICLE_MARK = b"KAKESIM1"
_CHIP_CHARACTERS = 17


def heartbeat(v: Autopilot) -> Packet:
    """Return HEARTBEAT."""
    base = _CUSTOM | _STABILIZE | _MANUAL
    steering = v.mode is not Mode.STABILIZE and (v.armed or v.mode is Mode.GUIDED or v.mission.running)
    starting = v.now_s < startup.STANDBY_S
    if steering or starting:
        base |= _GUIDED
    if v.armed:
        base |= _ARMED
    return _HEARTBEAT.pack(int(v.mode), _QUADROTOR, _ARDUPILOT, base, system_status(v), _MAVLINK_VERSION)


def system_status(v: Autopilot) -> int:
    """Return MAV_STATE."""
    if v.now_s < startup.STANDBY_S:
        return _CALIBRATING
    if v.in_failsafe:
        return _CRITICAL
    return _ACTIVE if v.armed and not v.landed else _STANDBY


def sys_status(v: Autopilot) -> Packet:
    """Return SYS_STATUS."""
    health = _HEALTH_STARTING
    if v.has_position:
        may_arm = v.armed or prearm_refusal(v) is None
        health = _HEALTH_READY if may_arm else _HEALTH_READY & ~_PREARM_OK
    cells, amps, left = _battery(v)
    return _SYS_STATUS.pack(
        _SENSORS, _SENSORS_ARMED if v.armed else _SENSORS_ON_GROUND, health, 0, cells[0], amps, 0, 0, 0, 0, 0, 0, left,
        0, 0, 0,
    )  # fmt: skip


def _battery(v: Autopilot) -> tuple[list[int], int, int]:
    """Return the voltage in mV over ten cells (what one field cannot hold goes on in the next), cA and percent."""
    capacity = max(1.0, v.params["BATT_CAPACITY"])
    left = max(0, math.floor(100.0 * (1.0 - v.kin.used_mah / capacity)))
    cells = [_NO_CELL] * 10
    rest_mv = round(v.kin.voltage_v * 1000.0)
    for index in range(len(cells)):
        cells[index] = min(rest_mv, _FULL_CELL_MV)
        rest_mv -= cells[index]
        if rest_mv <= 0:
            break
    return cells, min(32767, int(v.kin.current_a * 100.0)), left


def battery_status(v: Autopilot) -> Packet:
    """Return BATTERY_STATUS."""
    cells, amps, left = _battery(v)
    return _BATTERY_STATUS.pack(
        int(v.kin.used_mah), int(v.kin.used_wh * 36.0), 32767, *cells, amps, 0, 0, 0, left, 0,
        1 if v.battery.level == 0 else v.battery.level + 1, 0, 0, 0, 0, 0, 0,
    )  # fmt: skip


def _millis(v: Autopilot) -> int:
    return int(v.now_s * 1000.0) & 0xFFFFFFFF


def _lat_lon(v: Autopilot) -> tuple[int, int]:
    place = v.places.frame.place_of(v.kin.position[0], v.kin.position[1])
    return round(place.lat_deg * _ORIGIN_SEVEN), round(place.lon_deg * _ORIGIN_SEVEN)


def global_position(v: Autopilot) -> Packet:
    """Return GLOBAL_POSITION_INT; zeros before the position is known."""
    kin = v.kin
    heading = int(math.degrees(kin.yaw_rad) * 100.0) % 36000
    if not v.has_origin:
        return _GLOBAL_POSITION.pack(_millis(v), 0, 0, 0, 0, 0, 0, 0, heading)
    lat, lon = _lat_lon(v)
    east, north, up = kin.velocity
    return _GLOBAL_POSITION.pack(
        _millis(v), lat, lon, int((v.places.origin_amsl_m + kin.position[2]) * 1000.0), int(v.alt_home_m * 1000.0),
        int(north * 100.0), int(east * 100.0), int(-up * 100.0), heading,
    )  # fmt: skip


def local_position(v: Autopilot) -> Packet | None:
    """Return LOCAL_POSITION_NED, None before the position is known."""
    if not v.has_position:
        return None
    (east, north, up), (ve, vn, vu) = v.kin.position, v.kin.velocity
    return _LOCAL_POSITION.pack(_millis(v), north, east, -up, vn, ve, -vu)


def _wrapped_yaw(v: Autopilot) -> float:
    return math.remainder(v.kin.yaw_rad, 2.0 * math.pi)


def attitude(v: Autopilot) -> Packet:
    """Return ATTITUDE."""
    kin = v.kin
    return _ATTITUDE.pack(_millis(v), kin.roll_rad, kin.pitch_rad, _wrapped_yaw(v), 0.0, 0.0, kin.yaw_rate_radps)


def vfr_hud(v: Autopilot) -> Packet:
    """Return VFR_HUD."""
    east, north, up = v.kin.velocity
    speed = math.hypot(east, north)
    heading = int(math.degrees(v.kin.yaw_rad)) % 360
    height = v.places.origin_amsl_m + v.kin.position[2] if v.has_origin else 0.0
    return _VFR_HUD.pack(speed, speed, height, up, heading, _throttle_percent(v))


def _throttle_percent(v: Autopilot) -> int:
    if not v.armed or v.kin.on_ground:
        return 0
    return int(max(0.0, min(100.0, 100.0 * v.params["MOT_THST_HOVER"] * 0.9 * v.kin.lift_ratio)))


def gps_raw(v: Autopilot) -> Packet:
    """Return GPS_RAW_INT."""
    if v.now_s < startup.GPS_S or v.params["SIM_GPS1_ENABLE"] == 0.0:
        return _GPS_RAW.pack(0, 0, 0, 0, 65535, 65535, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    lat, lon = _lat_lon(v)
    alt = int((v.places.origin_amsl_m + v.kin.position[2]) * 1000.0)
    east, north, _ = v.kin.velocity
    course = int(math.degrees(math.atan2(east, north)) * 100.0) % 36000
    satellites = max(0, int(v.params["SIM_GPS1_NUMSATS"]))
    return _GPS_RAW.pack(
        int(v.now_s * 1e6), lat, lon, alt, 121, 200, int(math.hypot(east, north) * 100.0), course, 6, satellites,
        alt & 0xFFFFFFFF, 300, 300, 0, 0, 0,
    )  # fmt: skip


def ekf_status(v: Autopilot) -> Packet | None:
    """Return EKF_STATUS_REPORT, None before the filter runs."""
    if v.now_s < startup.STANDBY_S + 1.0:
        return None
    flags = 831 if v.has_position else 167 if v.now_s > 5.0 else 1024
    return _EKF_STATUS.pack(0.0, 0.006, 0.0005, 0.02, 0.0, flags, 0.0)


def mission_current(v: Autopilot) -> Packet:
    """Return MISSION_CURRENT; `total` leaves home out."""
    total = max(0, len(v.items()) - 1)
    return _MISSION_CURRENT.pack(v.mission.index, total, int(v.mission.state), int(v.mode is Mode.AUTO))


def nav_controller(v: Autopilot) -> Packet:
    """Return NAV_CONTROLLER_OUTPUT: where the present leg leads."""
    kin = v.kin
    target = _destination(v)
    if target is None:
        return _NAV_CONTROLLER.pack(0.0, 0.0, 0.0, 0.0, 0.0, int(math.degrees(_wrapped_yaw(v))), 0, 0)
    east, north = target[0] - kin.position[0], target[1] - kin.position[1]
    bearing = int(math.degrees(math.atan2(east, north)) % 360.0)
    return _NAV_CONTROLLER.pack(
        math.degrees(kin.roll_rad), math.degrees(kin.pitch_rad), target[2] - kin.position[2], 0.0, 0.0,
        int(math.degrees(_wrapped_yaw(v))), bearing, min(65535, int(math.hypot(east, north))),
    )  # fmt: skip


def _destination(v: Autopilot) -> tuple[float, float, float] | None:
    leg = leg_of(v.current_task) if v.armed else None
    if leg is None:
        return None
    east, north, up = leg.destination
    return east, north, up + (v.kin.ground_m if leg.above_ground else 0.0)


def position_target(v: Autopilot) -> Packet | None:
    """Return POSITION_TARGET_GLOBAL_INT while there is a target."""
    target = _destination(v)
    if target is None:
        return None
    place = v.places.position(target)
    return _POSITION_TARGET.pack(
        _millis(v), round(place.lat_deg * _ORIGIN_SEVEN), round(place.lon_deg * _ORIGIN_SEVEN), place.alt_amsl_m,
        0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 65016, 0,
    )  # fmt: skip


def extended_state(v: Autopilot) -> Packet:
    """Return EXTENDED_SYS_STATE: 1 on the ground, 2 in the air, 3 taking off, 4 landing."""
    task = v.current_task
    if v.landed:
        landed = 1
    elif isinstance(task, TakeOff) and not task.done:
        landed = 3
    else:
        landed = 4 if v.landing else 2
    return _EXTENDED_STATE.pack(0, landed)


def home_position(v: Autopilot) -> Packet | None:
    """Return HOME_POSITION, None before home is known."""
    if not v.has_origin:
        return None
    place = v.places.position(v.home)
    nan = math.nan
    return _HOME_POSITION.pack(
        round(place.lat_deg * _ORIGIN_SEVEN), round(place.lon_deg * _ORIGIN_SEVEN), int(place.alt_amsl_m * 1000.0),
        v.home[1], v.home[0], -v.home[2], nan, nan, nan, nan, 0.0, 0.0, 0.0, int(v.now_s * 1e6),
    )  # fmt: skip


def global_origin(v: Autopilot) -> Packet | None:
    """Return GPS_GLOBAL_ORIGIN, None before it is set."""
    if not v.has_origin:
        return None
    home = v.identity.home
    return _GLOBAL_ORIGIN.pack(
        round(home.lat_deg * _ORIGIN_SEVEN), round(home.lon_deg * _ORIGIN_SEVEN), int(home.alt_amsl_m * 1000.0),
        int(v.now_s * 1e6),
    )  # fmt: skip


def autopilot_version(v: Autopilot) -> Packet:
    """Return AUTOPILOT_VERSION; the custom version says that this is a simulated vehicle of ours.

    As on ArduCopter's SITL `uid` is 0 and `uid2` holds 17 characters that stay with the vehicle; here they follow from
    its id, so that no two of a fleet share them, whatever their system numbers.
    """
    chip = hashlib.sha256(v.identity.id.encode()).hexdigest()[:_CHIP_CHARACTERS].encode().ljust(18, b"\0")
    return _AUTOPILOT_VERSION.pack(_CAPABILITIES, 0, _VERSION, 0, 0, 0, 0, 0, *VEHICLE_MARK, *([0] * 16), *chip)


def rc_channels(v: Autopilot) -> Packet:
    """Return RC_CHANNELS."""
    return _RC_CHANNELS.pack(_millis(v), *v.sticks.channels, *([0] * 10), 8, 255)


def servo_output(v: Autopilot) -> Packet:
    """Return SERVO_OUTPUT_RAW: four motors, and the gripper where it is set up."""
    motor = 1000 + int(10.0 * _throttle_percent(v) * 1.65) if v.armed else 1000
    outputs = [0] * 16
    outputs[:4] = [motor] * 4
    for number in range(5, 17):
        if v.params[f"SERVO{number}_FUNCTION"] == GRIPPER_SERVO_FUNCTION and v.gripper.ready:
            outputs[number - 1] = v.gripper.pwm_us
    return _SERVO_OUTPUT.pack(int(v.now_s * 1e6) & 0xFFFFFFFF, *outputs[:8], 0, *outputs[8:])


def vibration(v: Autopilot) -> Packet:
    """Return VIBRATION: quiet."""
    return _VIBRATION.pack(int(v.now_s * 1e6), 0.003, 0.003, 0.003, 0, 0, 0)


def wind(v: Autopilot) -> Packet | None:
    """Return WIND as estimated in flight: direction it comes from."""
    if not v.has_position:
        return None
    direction = math.remainder(v.params["SIM_WIND_DIR"], 360.0)
    return _WIND.pack(direction, v.params["SIM_WIND_SPD"], 0.0)


def system_time(v: Autopilot) -> Packet:
    """Return SYSTEM_TIME; the calendar is known once there is GPS."""
    return _SYSTEM_TIME.pack(int(v.unix_s * 1e6) if v.now_s >= startup.GPS_S else 0, _millis(v))


def power_status(_v: Autopilot) -> Packet:
    """Return POWER_STATUS."""
    return _POWER_STATUS.pack(5000, 0, 0)


def meminfo(_v: Autopilot) -> Packet:
    """Return MEMINFO."""
    return _MEMINFO.pack(0, 65535, 524288)


def raw_imu(v: Autopilot) -> Packet:
    """Return RAW_IMU of a body at rest in its own frame."""
    return _RAW_IMU.pack(
        int(v.now_s * 1e6), 0, 0, -1000, 0, 0, int(v.kin.yaw_rate_radps * 1000), 310, -43, 364, 0, 2600
    )


def scaled_pressure(v: Autopilot) -> Packet:
    """Return SCALED_PRESSURE of the standard atmosphere."""
    height = v.places.origin_amsl_m + v.kin.position[2]
    hectopascal = 1013.25 * max(0.1, 1.0 - 2.25577e-5 * height) ** 5.25588
    return _SCALED_PRESSURE.pack(_millis(v), hectopascal, 0.0, 3000, 0)


def fence_status(v: Autopilot) -> Packet | None:
    """Return FENCE_STATUS where the fence is on."""
    if v.params["FENCE_ENABLE"] == 0.0:
        return None
    return _FENCE_STATUS.pack(0, 1 if v.fence_broken else 0, int(v.fence_broken != 0), _breach_type(v.fence_broken), 0)


def _breach_type(broken: int) -> int:
    """Return FENCE_BREACH."""
    if broken & ALT_MIN:
        return _MIN_ALT
    if broken & ALT_MAX:
        return _MAX_ALT
    return _BOUNDARY if broken else 0


_HEARTBEAT = message("HEARTBEAT")
_SYS_STATUS = message("SYS_STATUS")
_BATTERY_STATUS = message("BATTERY_STATUS")
_GLOBAL_POSITION = message("GLOBAL_POSITION_INT")
_LOCAL_POSITION = message("LOCAL_POSITION_NED")
_ATTITUDE = message("ATTITUDE")
_VFR_HUD = message("VFR_HUD")
_GPS_RAW = message("GPS_RAW_INT")
_EKF_STATUS = message("EKF_STATUS_REPORT")
_MISSION_CURRENT = message("MISSION_CURRENT")
_NAV_CONTROLLER = message("NAV_CONTROLLER_OUTPUT")
_POSITION_TARGET = message("POSITION_TARGET_GLOBAL_INT")
_EXTENDED_STATE = message("EXTENDED_SYS_STATE")
_HOME_POSITION = message("HOME_POSITION")
_GLOBAL_ORIGIN = message("GPS_GLOBAL_ORIGIN")
_AUTOPILOT_VERSION = message("AUTOPILOT_VERSION")
_RC_CHANNELS = message("RC_CHANNELS")
_SERVO_OUTPUT = message("SERVO_OUTPUT_RAW")
_VIBRATION = message("VIBRATION")
_WIND = message("WIND")
_SYSTEM_TIME = message("SYSTEM_TIME")
_POWER_STATUS = message("POWER_STATUS")
_MEMINFO = message("MEMINFO")
_RAW_IMU = message("RAW_IMU")
_SCALED_PRESSURE = message("SCALED_PRESSURE")
_FENCE_STATUS = message("FENCE_STATUS")

Builder = Callable[[Autopilot], Packet | None]


def _table() -> dict[int, Builder]:
    pairs: list[tuple[Message, Builder]] = [
        (_HEARTBEAT, heartbeat), (_SYS_STATUS, sys_status), (_BATTERY_STATUS, battery_status),
        (_GLOBAL_POSITION, global_position), (_LOCAL_POSITION, local_position), (_ATTITUDE, attitude),
        (_VFR_HUD, vfr_hud), (_GPS_RAW, gps_raw), (_EKF_STATUS, ekf_status), (_MISSION_CURRENT, mission_current),
        (_NAV_CONTROLLER, nav_controller), (_POSITION_TARGET, position_target), (_EXTENDED_STATE, extended_state),
        (_HOME_POSITION, home_position), (_GLOBAL_ORIGIN, global_origin), (_AUTOPILOT_VERSION, autopilot_version),
        (_RC_CHANNELS, rc_channels), (_SERVO_OUTPUT, servo_output), (_VIBRATION, vibration), (_WIND, wind),
        (_SYSTEM_TIME, system_time), (_POWER_STATUS, power_status), (_MEMINFO, meminfo), (_RAW_IMU, raw_imu),
        (_SCALED_PRESSURE, scaled_pressure), (_FENCE_STATUS, fence_status),
    ]  # fmt: skip
    return {kind.msg_id: builder for kind, builder in pairs}


BUILDERS = _table()
