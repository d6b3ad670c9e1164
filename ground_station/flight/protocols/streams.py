"""Which messages an aircraft is asked to send, and how often, in three tiers; the rest stays off the radio.

Sparse is what take-off checks (none older than 10 s, though every second message be lost) and the watch over failsafes
need: about 150 bytes a second. Rates are messages a second of the aircraft's own time.
"""

from collections.abc import Mapping
from enum import IntEnum

from pymavlink.dialects.v20 import ardupilotmega as dialect

_FASTEST_WALL_HZ = 20.0
_FRAME_BYTES = 12


class Tier(IntEnum):
    """How much is asked for; a higher one is more."""

    SPARSE = 0
    REDUCED = 1
    FULL = 2


_STREAMS: Mapping[int, tuple[float, float, float]] = {
    dialect.MAVLINK_MSG_ID_GLOBAL_POSITION_INT: (0.5, 1.0, 4.0),
    dialect.MAVLINK_MSG_ID_SYS_STATUS: (0.4, 0.5, 2.0),
    dialect.MAVLINK_MSG_ID_MISSION_CURRENT: (0.4, 0.5, 2.0),
    dialect.MAVLINK_MSG_ID_BATTERY_STATUS: (0.4, 0.5, 1.0),
    dialect.MAVLINK_MSG_ID_EXTENDED_SYS_STATE: (0.4, 1.0, 2.0),
    dialect.MAVLINK_MSG_ID_GPS_RAW_INT: (0.4, 0.5, 1.0),
    dialect.MAVLINK_MSG_ID_EKF_STATUS_REPORT: (0.4, 0.5, 1.0),
    dialect.MAVLINK_MSG_ID_NAV_CONTROLLER_OUTPUT: (0.0, 0.5, 1.0),
    dialect.MAVLINK_MSG_ID_HOME_POSITION: (0.05, 0.1, 0.2),
    dialect.MAVLINK_MSG_ID_SIMSTATE: (0.05, 0.1, 0.2),
    dialect.MAVLINK_MSG_ID_SYSTEM_TIME: (0.1, 0.2, 1.0),
    dialect.MAVLINK_MSG_ID_VFR_HUD: (0.0, 0.5, 1.0),
    dialect.MAVLINK_MSG_ID_WIND: (0.0, 0.2, 1.0),
    dialect.MAVLINK_MSG_ID_FENCE_STATUS: (0.2, 0.5, 1.0),
    dialect.MAVLINK_MSG_ID_TERRAIN_REQUEST: (0.5, 1.0, 2.0),
}

JUDGED_BEFORE_TAKE_OFF = frozenset(
    {
        dialect.MAVLINK_MSG_ID_GLOBAL_POSITION_INT,
        dialect.MAVLINK_MSG_ID_SYS_STATUS,
        dialect.MAVLINK_MSG_ID_BATTERY_STATUS,
        dialect.MAVLINK_MSG_ID_GPS_RAW_INT,
        dialect.MAVLINK_MSG_ID_EKF_STATUS_REPORT,
    }
)
"""What take-off checks read and call old after 10 s."""

NOT_NEEDED = frozenset(
    {
        dialect.MAVLINK_MSG_ID_ATTITUDE,
        dialect.MAVLINK_MSG_ID_ATTITUDE_QUATERNION,
        dialect.MAVLINK_MSG_ID_LOCAL_POSITION_NED,
        dialect.MAVLINK_MSG_ID_RAW_IMU,
        dialect.MAVLINK_MSG_ID_SCALED_IMU,
        dialect.MAVLINK_MSG_ID_SCALED_IMU2,
        dialect.MAVLINK_MSG_ID_SCALED_IMU3,
        dialect.MAVLINK_MSG_ID_SCALED_PRESSURE,
        dialect.MAVLINK_MSG_ID_SCALED_PRESSURE2,
        dialect.MAVLINK_MSG_ID_SCALED_PRESSURE3,
        dialect.MAVLINK_MSG_ID_SERVO_OUTPUT_RAW,
        dialect.MAVLINK_MSG_ID_RC_CHANNELS,
        dialect.MAVLINK_MSG_ID_POSITION_TARGET_GLOBAL_INT,
        dialect.MAVLINK_MSG_ID_VIBRATION,
        dialect.MAVLINK_MSG_ID_POWER_STATUS,
        dialect.MAVLINK_MSG_ID_MEMINFO,
        dialect.MAVLINK_MSG_ID_MCU_STATUS,
        dialect.MAVLINK_MSG_ID_AHRS,
        dialect.MAVLINK_MSG_ID_AHRS2,
        dialect.MAVLINK_MSG_ID_TERRAIN_REPORT,
        dialect.MAVLINK_MSG_ID_ESC_TELEMETRY_1_TO_4,
        dialect.MAVLINK_MSG_ID_GPS2_RAW,
        dialect.MAVLINK_MSG_ID_OPTICAL_FLOW,
        dialect.MAVLINK_MSG_ID_RPM,
    }
)
"""What an autopilot or another station may have switched on and this one does not read; stopped below `Tier.FULL`."""


def rates_hz(tier: Tier) -> Mapping[int, float]:
    """Return each message's rate in a tier; 0 is not sent at all. The heartbeat is no stream: it always comes."""
    return {message_id: rates[tier] for message_id, rates in _STREAMS.items()}


def frame_bytes(message_id: int) -> int:
    """Return the length of such a frame, as long as it can be."""
    size: int = dialect.mavlink_map[message_id].unpacker.size
    return size + _FRAME_BYTES


def need_bytes_s(tier: Tier, time_scale: float) -> float:
    """Return what a tier takes of a link in real time, with the heartbeat."""
    heartbeat = frame_bytes(dialect.MAVLINK_MSG_ID_HEARTBEAT) * time_scale
    return heartbeat + sum(
        frame_bytes(message_id) * min(rate_hz * time_scale, _FASTEST_WALL_HZ)
        for message_id, rate_hz in rates_hz(tier).items()
        if message_id != dialect.MAVLINK_MSG_ID_TERRAIN_REQUEST  # comes only while the autopilot lacks terrain
    )


def interval_us(rate_hz: float, time_scale: float) -> float:
    """Return the interval on the aircraft's clock, µs, that keeps the link below 20 a second in real time.

    -1, which stops the message, for a rate of 0.
    """
    if rate_hz <= 0.0:
        return -1.0
    return 1e6 / min(rate_hz, _FASTEST_WALL_HZ / max(time_scale, 1.0))
