"""Which messages an aircraft is asked to send, and how often; the rest stays off the radio."""

from collections.abc import Mapping

from pymavlink.dialects.v20 import ardupilotmega as dialect

_FASTEST_WALL_HZ = 20.0

RATES_HZ: Mapping[int, float] = {
    dialect.MAVLINK_MSG_ID_GLOBAL_POSITION_INT: 4.0,
    dialect.MAVLINK_MSG_ID_SYS_STATUS: 2.0,
    dialect.MAVLINK_MSG_ID_MISSION_CURRENT: 2.0,
    dialect.MAVLINK_MSG_ID_BATTERY_STATUS: 1.0,
    dialect.MAVLINK_MSG_ID_EXTENDED_SYS_STATE: 2.0,
    dialect.MAVLINK_MSG_ID_GPS_RAW_INT: 1.0,
    dialect.MAVLINK_MSG_ID_EKF_STATUS_REPORT: 1.0,
    dialect.MAVLINK_MSG_ID_NAV_CONTROLLER_OUTPUT: 1.0,
    dialect.MAVLINK_MSG_ID_HOME_POSITION: 0.2,
    dialect.MAVLINK_MSG_ID_SIMSTATE: 0.2,
    dialect.MAVLINK_MSG_ID_SYSTEM_TIME: 1.0,
    dialect.MAVLINK_MSG_ID_VFR_HUD: 1.0,
    dialect.MAVLINK_MSG_ID_WIND: 1.0,
    dialect.MAVLINK_MSG_ID_FENCE_STATUS: 1.0,
    dialect.MAVLINK_MSG_ID_TERRAIN_REQUEST: 2.0,
}
"""Messages a second of the aircraft's own time."""


def interval_us(rate_hz: float, time_scale: float) -> float:
    """Return the interval on the aircraft's clock, µs, that keeps the link below 20 a second in real time."""
    return 1e6 / min(rate_hz, _FASTEST_WALL_HZ / max(time_scale, 1.0))
