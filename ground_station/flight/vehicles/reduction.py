"""From messages to telemetry: one pure function a message, and the fold over them.

Wire units are MAVLink's (common.xml, ardupilotmega.xml); values that mean "unknown" there become None here.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.positions import Position
from fleet.units import degrees_from_e7
from ground_station.flight.links.frames import Message
from ground_station.flight.vehicles.telemetry import (
    AirData,
    BatteryState,
    Capture,
    EkfState,
    FenceState,
    GpsState,
    Heartbeat,
    Home,
    Identity,
    Landed,
    LandedState,
    MissionProgress,
    MissionReached,
    Motion,
    Navigation,
    Radio,
    SensorHealth,
    Telemetry,
    Wind,
)


class TelemetryFold:
    """Takes messages one by one; `value` is the telemetry so far."""

    __slots__ = ("_parts", "_value")

    def __init__(self) -> None:
        self._parts: dict[str, Any] = {}
        self._value: Telemetry | None = None

    def take(self, message: Message, received_s: float) -> bool:
        """Fold one message in; False if it carries no telemetry or makes no sense."""
        rule = REDUCTIONS.get(message.get_msgId())
        if rule is None:
            return False
        name, reduce = rule
        part = reduce(message, received_s)
        if part is None:
            return False
        self._parts[name] = part
        self._value = None
        return True

    def forget(self, name: str) -> None:
        """Drop one part of the telemetry, which is unknown from now on."""
        if self._parts.pop(name, None) is not None:
            self._value = None

    @property
    def value(self) -> Telemetry:
        """Return the newest of everything; the same object until something changes."""
        if self._value is None:
            self._value = Telemetry(**self._parts)
        return self._value


def _heartbeat(message: Message, received_s: float) -> Heartbeat | None:
    if message.type == dialect.MAV_TYPE_GCS or message.autopilot == dialect.MAV_AUTOPILOT_INVALID:
        return None
    return Heartbeat(
        received_s=received_s,
        mode_number=message.custom_mode,
        armed=bool(message.base_mode & dialect.MAV_MODE_FLAG_SAFETY_ARMED),
        system_status=message.system_status,
        vehicle_type=message.type,
        autopilot=message.autopilot,
    )


def _position(lat_e7: int, lon_e7: int, alt_mm: float) -> Position | None:
    if abs(lat_e7) > 900_000_000 or abs(lon_e7) > 1_800_000_000:
        return None
    return Position(lon_deg=degrees_from_e7(lon_e7), lat_deg=degrees_from_e7(lat_e7), alt_amsl_m=alt_mm / 1000.0)


def _motion(message: Message, received_s: float) -> Motion | None:
    position = _position(message.lat, message.lon, message.alt)
    if position is None:
        return None
    north_mps, east_mps = message.vx / 100.0, message.vy / 100.0
    return Motion(
        received_s=received_s,
        boot_s=message.time_boot_ms / 1000.0,
        position=position,
        alt_home_m=message.relative_alt / 1000.0,
        north_mps=north_mps,
        east_mps=east_mps,
        climb_mps=-message.vz / 100.0,
        groundspeed_mps=math.hypot(north_mps, east_mps),
        heading_deg=None if message.hdg == 65_535 else message.hdg / 100.0,
    )


def _battery(message: Message, received_s: float) -> BatteryState | None:
    if message.id != 0:
        return None
    cells = [cell for cell in message.voltages if cell not in (0, 65_535)]
    return BatteryState(
        received_s=received_s,
        voltage_v=sum(cells) / 1000.0 if cells else None,
        current_a=None if message.current_battery < 0 else message.current_battery / 100.0,
        percent=None if message.battery_remaining < 0 else message.battery_remaining,
        consumed_mah=None if message.current_consumed < 0 else float(message.current_consumed),
    )


def _gps(message: Message, received_s: float) -> GpsState:
    return GpsState(
        received_s=received_s,
        fix_type=message.fix_type,
        satellites=None if message.satellites_visible == 255 else message.satellites_visible,
        hdop=None if message.eph == 65_535 else message.eph / 100.0,
    )


def _ekf(message: Message, received_s: float) -> EkfState:
    return EkfState(
        received_s=received_s,
        flags=message.flags,
        velocity_variance=message.velocity_variance,
        position_variance=message.pos_horiz_variance,
        height_variance=message.pos_vert_variance,
        compass_variance=message.compass_variance,
    )


def _sensors(message: Message, received_s: float) -> SensorHealth:
    return SensorHealth(
        received_s=received_s,
        present=message.onboard_control_sensors_present,
        enabled=message.onboard_control_sensors_enabled,
        healthy=message.onboard_control_sensors_health,
        load_percent=message.load / 10.0,
    )


def _mission(message: Message, received_s: float) -> MissionProgress:
    return MissionProgress(
        received_s=received_s,
        seq=message.seq,
        total=None if message.total == 65_535 else message.total,
        state=message.mission_state,
    )


def _reached(message: Message, received_s: float) -> MissionReached:
    return MissionReached(received_s=received_s, seq=message.seq)


def _landed(message: Message, received_s: float) -> Landed:
    known = message.landed_state in {state.value for state in LandedState}
    return Landed(received_s=received_s, state=LandedState(message.landed_state) if known else LandedState.UNKNOWN)


def _home(message: Message, received_s: float) -> Home | None:
    position = _position(message.latitude, message.longitude, message.altitude)
    return None if position is None else Home(received_s=received_s, position=position)


def _navigation(message: Message, received_s: float) -> Navigation:
    return Navigation(
        received_s=received_s,
        distance_to_waypoint_m=float(message.wp_dist),
        cross_track_m=message.xtrack_error,
        height_error_m=message.alt_error,
    )


def _air(message: Message, received_s: float) -> AirData:
    return AirData(received_s=received_s, airspeed_mps=message.airspeed, throttle_percent=message.throttle)


def _wind(message: Message, received_s: float) -> Wind:
    return Wind(received_s=received_s, from_deg=message.direction % 360.0, speed_mps=message.speed)


def _fence(message: Message, received_s: float) -> FenceState:
    return FenceState(
        received_s=received_s,
        breached=bool(message.breach_status),
        count=message.breach_count,
        kind=message.breach_type,
    )


def _radio(message: Message, received_s: float) -> Radio:
    return Radio(
        received_s=received_s,
        rssi=message.rssi,
        remote_rssi=message.remrssi,
        buffer_free_percent=message.txbuf,
    )


def chip_of(message: Message) -> str | None:
    """Return what tells this autopilot from every other (uid2, else uid of AUTOPILOT_VERSION); None if it has none."""
    unique = bytes(message.uid2).rstrip(b"\0")
    if unique:
        return unique.hex()
    return f"{message.uid:x}" if message.uid else None


def _identity(message: Message, received_s: float) -> Identity:
    version = message.flight_sw_version
    return Identity(
        received_s=received_s,
        capabilities=message.capabilities,
        version=(version >> 24 & 0xFF, version >> 16 & 0xFF, version >> 8 & 0xFF),
        custom_version=bytes(message.flight_custom_version),
        unique_id=chip_of(message) or "0",
    )


def _captured(message: Message, received_s: float) -> Capture | None:
    position = _position(message.lat, message.lon, message.alt)
    if position is None:
        return None
    return Capture(
        received_s=received_s,
        image_index=message.image_index,
        position=position,
        alt_home_m=message.relative_alt / 1000.0,
        file=message.file_url,
    )


def _feedback(message: Message, received_s: float) -> Capture | None:
    position = _position(message.lat, message.lng, message.alt_msl * 1000.0)
    if position is None:
        return None
    return Capture(
        received_s=received_s,
        image_index=message.img_idx,
        position=position,
        alt_home_m=message.alt_rel,
        file="",
    )


REDUCTIONS: Mapping[int, tuple[str, Callable[[Message, float], object | None]]] = {
    dialect.MAVLINK_MSG_ID_HEARTBEAT: ("heartbeat", _heartbeat),
    dialect.MAVLINK_MSG_ID_GLOBAL_POSITION_INT: ("motion", _motion),
    dialect.MAVLINK_MSG_ID_BATTERY_STATUS: ("battery", _battery),
    dialect.MAVLINK_MSG_ID_GPS_RAW_INT: ("gps", _gps),
    dialect.MAVLINK_MSG_ID_EKF_STATUS_REPORT: ("ekf", _ekf),
    dialect.MAVLINK_MSG_ID_SYS_STATUS: ("sensors", _sensors),
    dialect.MAVLINK_MSG_ID_MISSION_CURRENT: ("mission", _mission),
    dialect.MAVLINK_MSG_ID_MISSION_ITEM_REACHED: ("reached", _reached),
    dialect.MAVLINK_MSG_ID_EXTENDED_SYS_STATE: ("landed", _landed),
    dialect.MAVLINK_MSG_ID_HOME_POSITION: ("home", _home),
    dialect.MAVLINK_MSG_ID_NAV_CONTROLLER_OUTPUT: ("navigation", _navigation),
    dialect.MAVLINK_MSG_ID_VFR_HUD: ("air", _air),
    dialect.MAVLINK_MSG_ID_WIND: ("wind", _wind),
    dialect.MAVLINK_MSG_ID_FENCE_STATUS: ("fence", _fence),
    dialect.MAVLINK_MSG_ID_RADIO_STATUS: ("radio", _radio),
    dialect.MAVLINK_MSG_ID_AUTOPILOT_VERSION: ("identity", _identity),
    dialect.MAVLINK_MSG_ID_CAMERA_IMAGE_CAPTURED: ("capture", _captured),
    dialect.MAVLINK_MSG_ID_CAMERA_FEEDBACK: ("capture", _feedback),
}
"""Message id → the part of the telemetry it renews, and how."""
