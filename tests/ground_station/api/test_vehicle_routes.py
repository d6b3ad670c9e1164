"""What can be asked of an aircraft over HTTP, and what cannot."""

import pytest

from fleet.errors import RefusedError
from fleet.ids import VehicleId
from ground_station.vehicles.flight_command import Action
from tests.ground_station.api.conftest import FOUNDER, Served

COMMANDS = "/api/vehicles/kakehashi-1/commands"


async def test_no_command_to_an_aircraft_takes_off_past_the_checklist(served: Served) -> None:
    founder = served.founder
    answer = await founder.client.post(COMMANDS, json={"id": "fly-0001", "action": "fly"}, headers=founder.csrf)
    assert answer.status_code == 422
    assert served.station.aircraft.ledger.recent() == ()


@pytest.mark.parametrize("action", [Action.START_MISSION, Action.ARM, Action.TAKE_OFF, Action.RELEASE_LOAD])
async def test_the_command_desk_orders_only_what_needs_no_checklist(served: Served, action: Action) -> None:
    with pytest.raises(RefusedError):
        await served.station.commands.order("page-0001", VehicleId("kakehashi-1"), action, author=FOUNDER)
