"""The commands this station sends, as messages. Each may be repeated without harm."""

from collections.abc import Callable

from pymavlink.dialects.v20 import ardupilotmega as dialect

from ground_station.flight.links.frames import Message
from ground_station.flight.protocols.exchange import Target


def long_command(target: Target, command: int, *parameters: float) -> Callable[[int], Message]:
    """Return the maker of a COMMAND_LONG with up to seven parameters, the rest 0."""
    filled = [*parameters, *([0.0] * (7 - len(parameters)))]

    def make(confirmation: int) -> Message:
        return dialect.MAVLink_command_long_message(
            target.system_id, target.component_id, command, confirmation, *filled
        )

    return make


def set_mode(target: Target, mode_number: int) -> Callable[[int], Message]:
    """Return DO_SET_MODE to an ArduPilot custom mode."""
    enabled = dialect.MAV_MODE_FLAG_CUSTOM_MODE_ENABLED
    return long_command(target, dialect.MAV_CMD_DO_SET_MODE, enabled, mode_number)


def arm(target: Target) -> Callable[[int], Message]:
    """Return COMPONENT_ARM_DISARM to arm, checks on."""
    return long_command(target, dialect.MAV_CMD_COMPONENT_ARM_DISARM, 1.0)


def disarm(target: Target) -> Callable[[int], Message]:
    """Return COMPONENT_ARM_DISARM to disarm, never forced: in the air it is refused."""
    return long_command(target, dialect.MAV_CMD_COMPONENT_ARM_DISARM, 0.0)


def restart(target: Target) -> Callable[[int], Message]:
    """Return PREFLIGHT_REBOOT_SHUTDOWN for the autopilot; an armed one refuses it."""
    return long_command(target, dialect.MAV_CMD_PREFLIGHT_REBOOT_SHUTDOWN, 1.0)


def take_off(target: Target, alt_home_m: float) -> Callable[[int], Message]:
    """Return NAV_TAKEOFF to a height above home, m."""
    return long_command(target, dialect.MAV_CMD_NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, alt_home_m)


def start_mission(target: Target) -> Callable[[int], Message]:
    """Return MISSION_START from where the mission stands."""
    return long_command(target, dialect.MAV_CMD_MISSION_START)


def gripper(target: Target, *, release: bool) -> Callable[[int], Message]:
    """Return DO_GRIPPER for the first gripper."""
    return long_command(target, dialect.MAV_CMD_DO_GRIPPER, 1, 0 if release else 1)


def request_message(target: Target, message_id: int) -> Callable[[int], Message]:
    """Return REQUEST_MESSAGE for one sending of `message_id`."""
    return long_command(target, dialect.MAV_CMD_REQUEST_MESSAGE, message_id)


def message_interval(target: Target, message_id: int, interval_us: float) -> Callable[[int], Message]:
    """Return SET_MESSAGE_INTERVAL in microseconds of the aircraft's clock; -1 stops the message."""
    return long_command(target, dialect.MAV_CMD_SET_MESSAGE_INTERVAL, message_id, interval_us)


def heartbeat() -> Message:
    """Return this station's heartbeat."""
    return dialect.MAVLink_heartbeat_message(
        dialect.MAV_TYPE_GCS, dialect.MAV_AUTOPILOT_INVALID, 0, 0, dialect.MAV_STATE_ACTIVE, 3
    )
