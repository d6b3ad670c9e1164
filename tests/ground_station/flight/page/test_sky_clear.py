"""Sky clear on the core's own page: each aircraft answers for itself, whatever becomes of another's order."""

from types import SimpleNamespace
from typing import Any, cast

import httpx

from fleet.clock import ManualClock
from fleet.ids import CommandId, VehicleId
from fleet.realm import Realm
from fleet.text import Text
from ground_station.flight.order import Order
from ground_station.flight.page.app import PageDoor, create_app
from ground_station.flight.page.code import CodeDoor
from ground_station.flight.vehicles.flight_command import Action, CommandState, FlightCommand

CODE = "12345678"
WELL, ILL = VehicleId("hato-1"), VehicleId("hato-2")


class Core:
    """Two aircraft in the air; the work on one of them falls."""

    station = SimpleNamespace(
        states=lambda: [SimpleNamespace(vehicle_id=each, may_be_armed=True) for each in (ILL, WELL)]
    )

    async def begin(self, order: Order) -> FlightCommand:
        if order.vehicle_id == ILL:
            raise RuntimeError("nobody thought of this aircraft")
        return FlightCommand(
            id=CommandId(order.id),
            vehicle_id=order.vehicle_id,
            action=Action.RECALL,
            author=order.author,
            created_at_s=0.0,
            expires_at_s=5.0,
            state=CommandState.SENT,
            text=Text("送信中", "sending"),
            changed_at_s=0.0,
        )


async def test_a_mistake_with_one_aircraft_hides_no_answer_of_the_others() -> None:
    door = PageDoor(realm=Realm.LIVE, cookie="c", code=CodeDoor(CODE, ManualClock()), desk_port=1)
    transport = httpx.ASGITransport(create_app(cast("Any", Core()), door))
    body = {"id": "c-1", "action": "recall", "heard": {"boot_id": "b", "stamp_s": 0.0, "elapsed_s": 0.0}}
    async with httpx.AsyncClient(transport=transport, base_url="http://core") as client:
        response = await client.post("/flight/orders", json=body, headers={"Authorization": f"Code {CODE}"})
    assert response.status_code == 202
    ill, well = response.json()
    assert (ill["vehicle_id"], ill["command"]) == (ILL, None)
    assert "unforeseen" in ill["problem"]["en"]
    assert ill["cure"] is not None
    assert well["command"]["id"] == f"c-1-{WELL}"
