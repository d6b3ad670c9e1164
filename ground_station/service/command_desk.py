"""Flight commands from pages: a page names its command itself, so pressing twice or sending twice is one command."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable

from fleet.errors import ConflictError, RefusedError
from fleet.ids import CommandId, VehicleId
from fleet.text import Text
from ground_station.flight.autopilot_station import AutopilotStation
from ground_station.flight.vehicles.flight_command import Action, FlightCommand

_REMEMBERED = 500
_ORDERS = frozenset({Action.HOLD, Action.RECALL, Action.LAND, Action.RESUME})

Begin = Callable[[], Awaitable[FlightCommand]]


class CommandDesk:
    """Gives commands to aircraft under the names that pages chose."""

    def __init__(self, station: AutopilotStation) -> None:
        self._station = station
        self._commands: OrderedDict[str, CommandId] = OrderedDict()
        self._names: dict[CommandId, str] = {}
        self._giving: dict[VehicleId, str] = {}

    def page_id(self, command: FlightCommand) -> str:
        """Return the page's name of a command; its own id where no page named it."""
        known = self._names.get(command.id)
        if known is not None:
            return known
        return self._name(command, self._giving.pop(command.vehicle_id, command.id))

    async def give(self, page_id: str, vehicle_id: VehicleId, begin: Begin) -> FlightCommand:
        """Begin a command once; the same name again returns the command as it stands.

        Raises ConflictError while another command to this aircraft is being written down, and what `begin` raises.
        """
        if page_id in self._commands:
            return self._station.ledger.command(self._commands[page_id])
        if vehicle_id in self._giving:
            raise ConflictError(
                Text("前の指示を送っています", "the command before is being sent"),
                Text("1 秒待って、もう一度押してください", "wait a second and press again"),
            )
        self._giving[vehicle_id] = page_id
        try:
            command = await begin()
        finally:
            self._giving.pop(vehicle_id, None)
        self._name(command, page_id)
        return command

    async def order(self, page_id: str, vehicle_id: VehicleId, action: Action, *, author: str) -> FlightCommand:
        """Give an aircraft a command that needs no checklist: hold, recall, land or resume.

        Raises RefusedError for any other action, NotFoundError, ConflictError or UnavailableError.
        """
        if action not in _ORDERS:
            raise RefusedError(
                Text(
                    f"「{action.text.ja}」は点検を済ませた配送からだけできます", f"{action.text.en}: only by a delivery"
                ),
                Text("配送の画面で点検を済ませてください", "go through the delivery's checklist"),
            )
        vehicle = self._station.vehicle(vehicle_id)
        return await self.give(page_id, vehicle_id, lambda: vehicle.begin(action, author=author))

    def _name(self, command: FlightCommand, page_id: str) -> str:
        self._commands[page_id] = command.id
        self._names[command.id] = page_id
        while len(self._commands) > _REMEMBERED:
            _, old = self._commands.popitem(last=False)
            self._names.pop(old, None)
        return page_id
