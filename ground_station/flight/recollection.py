"""What a core that was started anew knows of before from its journal: commands, and who spoke for whom. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from fleet.audit import AuditEntry
from fleet.ids import CommandId, VehicleId
from fleet.text import Text
from ground_station.flight.vehicles.flight_command import STATE_TEXTS, Action, CommandState, FlightCommand

HEARD_FROM = "aircraft.heard-from"
"""The action of an entry that says from where an aircraft is heard now."""
RESTARTED = Text(
    "未確認: 飛行の中枢が起動し直したため、機体が従ったかわかりません。機体の動きを見てください",
    "not confirmed: the flight core restarted, so whether the aircraft obeyed is not known; watch what it does",
)


def recollected(entries: Iterable[AuditEntry]) -> tuple[FlightCommand, ...]:
    """Return the commands that `entries` tell of, as they ended, in the order of their beginnings."""
    commands: dict[CommandId, FlightCommand] = {}
    for entry in entries:
        known = _command(entry)
        if known is None:
            continue
        begun = commands.get(known.id)
        if begun is not None:
            known = replace(known, created_at_s=begun.created_at_s, expires_at_s=begun.expires_at_s)
        commands[known.id] = known
    return tuple(commands.values())


def senders(entries: Iterable[AuditEntry]) -> dict[VehicleId, tuple[int, str]]:
    """Return the number of each aircraft and where it spoke from, as `entries` tell it last."""
    found: dict[VehicleId, tuple[int, str]] = {}
    for entry in entries:
        number, sender = entry.detail.get("system_id"), entry.detail.get("sender")
        if entry.action == HEARD_FROM and isinstance(number, int) and isinstance(sender, str):
            found[VehicleId(entry.subject)] = (number, sender)
    return found


def _command(entry: AuditEntry) -> FlightCommand | None:
    """Return the command of one entry, or None for an entry that tells of none."""
    words = entry.action.split(".")
    command_id = entry.detail.get("command_id")
    if len(words) != 3 or words[0] != "command" or not isinstance(command_id, str):
        return None
    try:
        action, state = Action(words[1]), CommandState(words[2])
    except ValueError:
        return None
    expires_at_s = entry.detail.get("expires_at_s")
    return FlightCommand(
        id=CommandId(command_id),
        vehicle_id=VehicleId(entry.subject),
        action=action,
        author=entry.actor,
        created_at_s=entry.at_s,
        expires_at_s=expires_at_s if isinstance(expires_at_s, float | int) else entry.at_s,
        state=state,
        text=_text(entry.detail.get("text")) or STATE_TEXTS.get(state, Text(state.value, state.value)),
        changed_at_s=entry.at_s,
    )


def _text(detail: object) -> Text | None:
    if not isinstance(detail, dict):
        return None
    ja, en = detail.get("ja"), detail.get("en")
    return Text(ja, en) if isinstance(ja, str) and isinstance(en, str) else None
