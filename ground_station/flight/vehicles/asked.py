"""What a message of this station asks an aircraft to become: a mode, armed or not, another plan. Pure."""

from dataclasses import dataclass

from pymavlink.dialects.v20 import ardupilotmega as dialect

from ground_station.flight.links.frames import Message
from ground_station.flight.vehicles.modes import CopterMode

_COMMANDS = frozenset({dialect.MAVLINK_MSG_ID_COMMAND_LONG, dialect.MAVLINK_MSG_ID_COMMAND_INT})
_PLAN = frozenset(
    {
        dialect.MAVLINK_MSG_ID_MISSION_COUNT,
        dialect.MAVLINK_MSG_ID_MISSION_ITEM,
        dialect.MAVLINK_MSG_ID_MISSION_ITEM_INT,
        dialect.MAVLINK_MSG_ID_MISSION_CLEAR_ALL,
        dialect.MAVLINK_MSG_ID_MISSION_WRITE_PARTIAL_LIST,
    }
)
_ANY_MODE = frozenset(int(mode) for mode in CopterMode)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The modes that may come of it, whether it arms (None: neither), and whether it changes the plan on board."""

    modes: frozenset[int] = frozenset()
    armed: bool | None = None
    plan: bool = False


_BY_COMMAND = {
    dialect.MAV_CMD_MISSION_START: Asked(modes=frozenset({CopterMode.AUTO}), armed=True),
    dialect.MAV_CMD_NAV_RETURN_TO_LAUNCH: Asked(modes=frozenset({CopterMode.RTL})),
    dialect.MAV_CMD_NAV_LAND: Asked(modes=frozenset({CopterMode.LAND})),
    dialect.MAV_CMD_NAV_LOITER_UNLIM: Asked(modes=frozenset({CopterMode.LOITER})),
    dialect.MAV_CMD_DO_LAND_START: Asked(modes=frozenset({CopterMode.AUTO_RTL, CopterMode.AUTO})),
    dialect.MAV_CMD_DO_RETURN_PATH_START: Asked(modes=frozenset({CopterMode.AUTO_RTL, CopterMode.AUTO})),
    dialect.MAV_CMD_DO_FLIGHTTERMINATION: Asked(armed=False),
    dialect.MAV_CMD_PREFLIGHT_REBOOT_SHUTDOWN: Asked(modes=_ANY_MODE, armed=False),
}


def asked_by(message: Message) -> Asked | None:
    """Return what `message`, sent to an aircraft, asks of it; None for what changes none of it."""
    kind = message.get_msgId()
    if kind in _PLAN:
        return Asked(plan=True)
    if kind == dialect.MAVLINK_MSG_ID_SET_MODE:
        return Asked(modes=frozenset({message.custom_mode}))
    if kind not in _COMMANDS:
        return None
    if message.command == dialect.MAV_CMD_DO_SET_MODE:
        return Asked(modes=frozenset({int(message.param2)}))
    if message.command == dialect.MAV_CMD_COMPONENT_ARM_DISARM:
        return Asked(armed=message.param1 == 1.0)
    return _BY_COMMAND.get(message.command)
