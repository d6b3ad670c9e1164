"""Every command's book: in the audit chain before it is sent, and its end there too."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from fleet.audit import AuditTrail
from fleet.clock import Clock
from fleet.errors import ConflictError, NotFoundError
from fleet.ids import CommandId, VehicleId, new_id
from fleet.text import Text
from ground_station.flight.vehicles.flight_command import STATE_TEXTS, Action, CommandState, FlightCommand

CommandListener: TypeAlias = Callable[[FlightCommand], None]
_MOST_KEPT = 500


class CommandLedger:
    """Opens commands, moves them on, and tells listeners of each step. Keeps the last 500 in memory."""

    def __init__(self, audit: AuditTrail, clock: Clock) -> None:
        self._audit = audit
        self._clock = clock
        self._commands: OrderedDict[CommandId, FlightCommand] = OrderedDict()
        self._listeners: list[CommandListener] = []

    def subscribe(self, listener: CommandListener) -> Callable[[], None]:
        """Call `listener` with every new state of every command; return what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def command(self, command_id: CommandId) -> FlightCommand:
        """Return a command as it stands; raises NotFoundError."""
        try:
            return self._commands[command_id]
        except KeyError as error:
            raise NotFoundError(
                Text("その指示はありません", "there is no such command"), command_id=command_id
            ) from error

    def recent(self) -> tuple[FlightCommand, ...]:
        """Return the commands kept, oldest first."""
        return tuple(self._commands.values())

    async def open(
        self, action: Action, vehicle_id: VehicleId, *, author: str, lifetime_s: float, detail: Mapping[str, object]
    ) -> FlightCommand:
        """Return a new command once it is durable in the audit chain.

        Raises UnavailableError if the chain cannot be written; then nothing may be sent.
        """
        now_s = self._clock.now_s()
        command = FlightCommand(
            id=CommandId(new_id(now_s)),
            vehicle_id=vehicle_id,
            action=action,
            author=author,
            created_at_s=now_s,
            expires_at_s=now_s + lifetime_s,
            state=CommandState.SENT,
            text=STATE_TEXTS[CommandState.SENT],
            changed_at_s=now_s,
        )
        await self._write(command, {"expires_at_s": command.expires_at_s, **detail})
        self._keep(command)
        return command

    async def note_parameter(self, vehicle_id: VehicleId, name: str, value: float, *, author: str) -> None:
        """Write down that a parameter is about to be set; raises UnavailableError, then it may not be sent."""
        await asyncio.to_thread(
            self._audit.append,
            actor=author,
            action="parameter.set",
            subject=vehicle_id,
            detail={"name": name, "value": value},
        )

    async def advance(self, command_id: CommandId, state: CommandState, text: Text | None = None) -> FlightCommand:
        """Move a command on and return it; an ended one stays as it ended (ConflictError)."""
        command = self.command(command_id)
        if command.state.is_end:
            raise ConflictError(Text("この指示は終わっています", "this command has ended"), state=command.state.value)
        words = text or STATE_TEXTS.get(state, command.text)
        if command.state is state and command.text == words:
            return command
        moved = replace(command, state=state, text=words, changed_at_s=self._clock.now_s())
        self._keep(moved)
        if state.is_end:
            await self._write(moved, {"text": moved.text.as_dict()})
        return moved

    def _keep(self, command: FlightCommand) -> None:
        self._commands[command.id] = command
        while len(self._commands) > _MOST_KEPT:
            self._commands.popitem(last=False)
        for listener in tuple(self._listeners):
            listener(command)

    async def _write(self, command: FlightCommand, detail: Mapping[str, object]) -> None:
        await asyncio.to_thread(
            self._audit.append,
            actor=command.author,
            action=f"command.{command.action.value}.{command.state.value}",
            subject=command.vehicle_id,
            detail={"command_id": command.id, **detail},
        )
