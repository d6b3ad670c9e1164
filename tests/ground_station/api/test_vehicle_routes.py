"""What can be asked of an aircraft over HTTP, and what cannot."""

import asyncio
import errno
from types import SimpleNamespace

import pytest

from fleet.disk_health import Place
from fleet.errors import RefusedError, UnavailableError
from fleet.ids import CommandId, VehicleId
from fleet.text import Text
from ground_station.api import vehicle_routes
from ground_station.api.station_of import station_of
from ground_station.flight.vehicles.flight_command import Action, CommandState, FlightCommand
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


class _Flying:
    """Aircraft of which `kite-2` cannot be told anything."""

    def states(self) -> list[SimpleNamespace]:
        return [
            SimpleNamespace(vehicle_id=VehicleId(f"kite-{number}"), armed=armed)
            for number, armed in ((1, True), (2, True), (3, False), (4, True))
        ]

    async def order(self, page_id: str, vehicle_id: VehicleId, action: Action, *, author: str) -> FlightCommand:
        if vehicle_id == "kite-2":
            raise UnavailableError(Text("機体と通信できません", "it is not heard"), Text("待ってください", "wait"))
        return FlightCommand(
            id=CommandId(page_id),
            vehicle_id=vehicle_id,
            action=action,
            author=author,
            created_at_s=0.0,
            expires_at_s=5.0,
            state=CommandState.SENT,
            text=Text("送信中", "sending"),
            changed_at_s=0.0,
        )


async def test_clearing_the_sky_says_of_each_aircraft_that_flies_whether_it_was_told(served: Served) -> None:
    flying, founder = _Flying(), served.founder
    served.app.dependency_overrides[station_of] = lambda: SimpleNamespace(aircraft=flying, commands=flying)
    answer = await founder.client.post("/api/sky-clear", json={"id": "clear-01"}, headers=founder.csrf)
    assert answer.status_code == 202
    told = {one["vehicle_id"]: (one["command_id"], one["problem"], one["problem_cure"]) for one in answer.json()}
    assert told == {
        "kite-1": ("clear-01-kite-1", None, None),
        "kite-2": (
            None,
            {"ja": "機体と通信できません", "en": "it is not heard"},
            {"ja": "待ってください", "en": "wait"},
        ),
        "kite-4": ("clear-01-kite-4", None, None),
    }


async def test_health_names_a_place_that_refuses_though_the_outbox_does_not_answer(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang() -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(served.station.relay, "status", hang)
    monkeypatch.setattr(vehicle_routes, "HEALTH_WITHIN_S", 0.05)
    with pytest.raises(OSError, match="full"), served.station.disk.writes(Place.OUTBOX).write():
        raise OSError(errno.ENOSPC, "full")
    async with asyncio.timeout(10.0):
        health = (await served.founder.client.get("/api/health")).json()
    assert health["status"] == "degraded"
    assert health["details"]["storage"].startswith("outbox: 役場へ送る記録に書けません")
    assert health["details"]["pending_records"] == "unknown"
