"""What can be asked of an aircraft over HTTP, and what cannot."""

import asyncio
import errno
from types import SimpleNamespace

import pytest

from fleet.disk_health import Place
from fleet.errors import UnavailableError
from fleet.ids import VehicleId
from fleet.text import Text
from ground_station.api import vehicle_routes
from ground_station.api.command_schemas import OrderAction
from ground_station.api.live_view import ORDERED_ACTIONS
from ground_station.api.station_of import station_of
from ground_station.flight.order import Order
from ground_station.flight.vehicles.flight_command import Action, CommandState, FlightCommand
from tests.ground_station.api.conftest import FOUNDER, Served
from tests.ground_station.flight.aircraft import eventually

COMMANDS = "/api/vehicles/kakehashi-1/commands"


@pytest.mark.parametrize("action", ["fly", *sorted(set(Action) - set(ORDERED_ACTIONS.values()))])
async def test_no_command_to_an_aircraft_takes_off_past_the_checklist(served: Served, action: str) -> None:
    founder = served.founder
    answer = await founder.client.post(COMMANDS, json={"id": "fly-0001", "action": action}, headers=founder.csrf)
    assert answer.status_code == 422
    assert served.core.station.ledger.recent() == ()


def test_what_can_be_ordered_of_an_aircraft_needs_no_checklist() -> None:
    assert set(ORDERED_ACTIONS) == set(OrderAction)
    assert set(ORDERED_ACTIONS.values()) == {Action.HOLD, Action.RECALL, Action.LAND, Action.RESUME}


@pytest.mark.parametrize("action", sorted(OrderAction))
async def test_an_order_that_comes_twice_is_one_command(served: Served, action: str) -> None:
    founder = served.founder
    heard = {"boot_id": served.core.boot_id, "stamp_s": served.core.beat().stamp_s, "elapsed_s": 0.1}
    for body in ({"heard": heard}, {"heard": heard}, {}):
        asked = {"id": "order-0001", "action": action, **body}
        answer = await founder.client.post(COMMANDS, json=asked, headers=founder.csrf)
        assert answer.status_code == 202, answer.text
        assert (answer.json()["id"], answer.json()["author"]) == ("order-0001", FOUNDER)
    assert [command.id for command in served.core.station.ledger.recent()] == ["order-0001"]


@pytest.mark.parametrize("action", sorted(OrderAction))
@pytest.mark.parametrize(("boot_id", "before_s"), [("of before", 0.0), (None, 20.0)])
async def test_an_order_from_a_page_that_stood_still_or_is_of_before_a_restart_is_refused_and_said(
    served: Served, action: str, boot_id: str | None, before_s: float
) -> None:
    founder, core = served.founder, served.core
    heard = {"boot_id": boot_id or core.boot_id, "stamp_s": core.beat().stamp_s - before_s, "elapsed_s": 0.0}
    asked = {"id": "order-0001", "action": action, "heard": heard}
    answer = await founder.client.post(COMMANDS, json=asked, headers=founder.csrf)
    assert answer.json()["code"] == "expired"
    assert answer.json()["what"]["ja"].endswith("送りませんでした")
    assert core.station.ledger.recent() == ()


async def test_an_order_that_names_no_beat_is_given_the_stations_own(served: Served) -> None:
    founder = served.founder
    await eventually(lambda: served.station.mirror.heard() is not None)
    served.core.boot_id = "another start of the core, which the station has not heard yet"
    asked = {"id": "order-0001", "action": "recall"}
    answer = await founder.client.post(COMMANDS, json=asked, headers=founder.csrf)
    assert answer.status_code == 202 or answer.json()["code"] == "expired"
    taken = served.core.station.ledger.recent()
    assert [command.id for command in taken] == (["order-0001"] if answer.status_code == 202 else [])


async def test_a_station_that_stood_still_carries_out_nothing_of_before(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    founder = served.founder
    monkeypatch.setattr(served.station.wakefulness, "_looked_s", served.station.clock.boottime_s() - 20.0)
    asked = {"id": "order-0001", "action": "land"}
    answer = await founder.client.post(COMMANDS, json=asked, headers=founder.csrf)
    assert answer.json()["code"] == "expired"
    assert served.core.station.ledger.recent() == ()


class _Flying:
    """Aircraft of which `kite-2` cannot be told anything."""

    def __init__(self) -> None:
        self.orders: list[Order] = []

    def states(self) -> list[SimpleNamespace]:
        return [
            SimpleNamespace(vehicle_id=VehicleId(f"kite-{number}"), may_be_armed=armed)
            for number, armed in ((1, True), (2, True), (3, False), (4, True))
        ]

    def heard(self) -> None:
        return None

    def require_awake(self) -> None:
        return None

    async def begin(self, order: Order) -> FlightCommand:
        self.orders.append(order)
        if order.vehicle_id == "kite-2":
            raise UnavailableError(Text("機体と通信できません", "it is not heard"), Text("待ってください", "wait"))
        return FlightCommand(
            id=order.id,
            vehicle_id=order.vehicle_id,
            action=order.action,
            author=order.author,
            created_at_s=0.0,
            expires_at_s=5.0,
            state=CommandState.SENT,
            text=Text("送信中", "sending"),
            changed_at_s=0.0,
        )


async def test_clearing_the_sky_says_of_each_aircraft_that_flies_whether_it_was_told(served: Served) -> None:
    flying, founder = _Flying(), served.founder
    served.app.dependency_overrides[station_of] = lambda: SimpleNamespace(
        mirror=flying, flight=flying, wakefulness=flying
    )
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
    assert {(order.action, order.author) for order in flying.orders} == {(Action.RECALL, FOUNDER)}


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
