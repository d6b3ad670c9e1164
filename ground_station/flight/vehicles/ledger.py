"""Every command's book: its beginning on paper before it is sent, its end after, and who wants to know.

Paper never stands between a person and what makes an aircraft safer: an urgent command waits 0.2 s for it at most, and
the end of a command is handed over to be written without waiting at all.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol, TypeAlias, TypedDict

from fleet.clock import Clock
from fleet.errors import ConflictError, NotFoundError
from fleet.ids import CommandId, VehicleId, new_id
from fleet.text import Text
from ground_station.flight.vehicles.flight_command import SAFER, STATE_TEXTS, Action, CommandState, FlightCommand

CommandListener: TypeAlias = Callable[[FlightCommand], None]
LONGEST_WAIT_FOR_PAPER_S = 0.2
"""How long a safer order waits for its entry, s; then it goes out all the same."""
_MOST_KEPT = 500


class Paper(Protocol):
    """Where entries are written, one after the other, by somebody else than the event loop."""

    async def record(self, *, actor: str, action: str, subject: str, detail: Mapping[str, object]) -> object:
        """Return once an entry is durable; raises UnavailableError if it is not, and then it never will be."""
        ...

    async def begin_urgent(
        self, *, actor: str, action: str, subject: str, detail: Mapping[str, object], within_s: float
    ) -> None:
        """Begin an entry that is written whatever happens, before all that wait, and wait so long for it at most."""
        ...

    def hand_over(self, *, actor: str, action: str, subject: str, detail: Mapping[str, object]) -> None:
        """Begin an entry that is written whatever happens, at once or late; returns at once, and never raises."""
        ...


class CommandLedger:
    """Opens commands, moves them on, and tells listeners of each step. Keeps the last 500 in memory."""

    def __init__(self, paper: Paper, clock: Clock) -> None:
        self._paper = paper
        self._clock = clock
        self._commands: OrderedDict[CommandId, FlightCommand] = OrderedDict()
        self._listeners: list[CommandListener] = []

    def subscribe(self, listener: CommandListener) -> Callable[[], None]:
        """Call `listener` with every new state of every command; return what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def find(self, command_id: CommandId) -> FlightCommand | None:
        """Return a command as it stands, or None if it is not in memory."""
        return self._commands.get(command_id)

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
        self,
        action: Action,
        vehicle_id: VehicleId,
        *,
        author: str,
        lifetime_s: float,
        detail: Mapping[str, object],
        command_id: CommandId | None = None,
    ) -> FlightCommand:
        """Return a new command once its entry is durable; one of what is safer after 0.2 s at the latest.

        Raises UnavailableError if the entry of another command cannot be written; then nothing may be sent.
        """
        now_s = self._clock.now_s()
        command = FlightCommand(
            id=command_id or CommandId(new_id(now_s)),
            vehicle_id=vehicle_id,
            action=action,
            author=author,
            created_at_s=now_s,
            expires_at_s=now_s + lifetime_s,
            state=CommandState.SENT,
            text=STATE_TEXTS[CommandState.SENT],
            changed_at_s=now_s,
        )
        entry = _entry(command, {"expires_at_s": command.expires_at_s, **detail})
        if action in SAFER:
            await self._paper.begin_urgent(**entry, within_s=LONGEST_WAIT_FOR_PAPER_S)
        else:
            await self._paper.record(**entry)
        self._keep(command)
        return command

    async def note_parameter(self, vehicle_id: VehicleId, name: str, value: float, *, author: str) -> None:
        """Write down that a parameter is about to be set; raises UnavailableError, then it may not be sent."""
        await self._paper.record(
            actor=author, action="parameter.set", subject=vehicle_id, detail={"name": name, "value": value}
        )

    def note(self, action: str, vehicle_id: VehicleId, detail: Mapping[str, object], *, author: str) -> None:
        """Hand over an entry on something that is no command; nobody waits for it."""
        self._paper.hand_over(actor=author, action=action, subject=vehicle_id, detail=detail)

    def advance(self, command_id: CommandId, state: CommandState, text: Text | None = None) -> FlightCommand:
        """Move a command on and return it; an ended one stays as it ended (ConflictError)."""
        command = self.command(command_id)
        if command.state.is_end:
            raise ConflictError(Text("この指示は終わっています", "this command has ended"), state=command.state.value)
        words = text or STATE_TEXTS.get(state, command.text)
        if command.state is state and command.text == words:
            return command
        moved = replace(command, state=state, text=words, changed_at_s=self._clock.now_s())
        if state.is_end:
            self._paper.hand_over(**_entry(moved, {"text": moved.text.as_dict()}))
        self._keep(moved)
        return moved

    def recall(self, command: FlightCommand) -> None:
        """Take a command of before a restart into memory; nobody is told, nothing is written."""
        self._commands[command.id] = command

    def end_unheard(self, command_id: CommandId, text: Text) -> FlightCommand:
        """End a command of which nobody knows what became."""
        return self.advance(command_id, CommandState.NOT_CONFIRMED, text)

    def _keep(self, command: FlightCommand) -> None:
        self._commands[command.id] = command
        while len(self._commands) > _MOST_KEPT:
            self._commands.popitem(last=False)
        for listener in tuple(self._listeners):
            listener(command)


class _Entry(TypedDict):
    actor: str
    action: str
    subject: str
    detail: Mapping[str, object]


def _entry(command: FlightCommand, detail: Mapping[str, object]) -> _Entry:
    return _Entry(
        actor=command.author,
        action=f"command.{command.action.value}.{command.state.value}",
        subject=command.vehicle_id,
        detail={"command_id": command.id, **detail},
    )
