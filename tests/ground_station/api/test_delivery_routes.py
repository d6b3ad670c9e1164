"""The checklist over HTTP: who may tick, and whose name stands in the audit chain."""

import pytest

from fleet.audit_file import verify_file
from fleet.ids import DeliveryId, PlanId, RequestId, VehicleId
from fleet.roles import Role
from ground_station.service.delivery import Delivery, DeliveryState
from tests.ground_station.api.conftest import FOUNDER, Served

WISH = {"item": "水", "mass_kg": 4.0, "site_id": "takamuro"}
CHECK = "/api/deliveries/d-1/checks/pad-clear"


@pytest.fixture
async def waiting(served: Served) -> Served:
    """Return the station with the delivery `d-1`, whose plan is on its way to the aircraft."""
    founder, station = served.founder, served.station
    request = (await founder.client.post("/api/requests", json=WISH, headers=founder.csrf)).json()
    made = await founder.client.post(f"/api/requests/{request['id']}/plans", json={}, headers=founder.csrf)
    assert made.status_code == 201, made.text
    plan = await station.plans.get(PlanId(made.json()["id"]))
    now_s = station.clock.now_s()
    delivery = Delivery(
        id=DeliveryId("d-1"),
        request_id=RequestId(request["id"]),
        plan_id=plan.id,
        vehicle_id=VehicleId("kakehashi-1"),
        site_id=plan.site_id,
        item="水",
        mass_kg=plan.payload_kg,
        state=DeliveryState.UPLOADING,
        created_at_s=now_s,
        upload_fraction=0.0,
    )
    await station.deliveries.save(delivery, now_s)
    return served


async def test_the_audit_chain_holds_who_was_signed_in_and_the_name_that_was_typed(waiting: Served) -> None:
    founder = waiting.founder
    for body, action, detail in (
        ({"name": "受取 花子", "ticked": True}, "delivery.tick", {"check": "pad-clear", "name": "受取 花子"}),
        ({"name": "受取 花子", "ticked": False}, "delivery.untick", {"check": "pad-clear"}),
    ):
        answer = await founder.client.post(CHECK, json=body, headers=founder.csrf)
        assert answer.status_code == 200, answer.text
        last, fault = verify_file(waiting.station.setup.folder / "audit.jsonl")
        assert fault is None
        assert last is not None
        assert (last.actor, last.action, last.subject, last.detail) == (FOUNDER, action, "d-1", detail)
        ticked_by = {check["id"]: check["ticked_by"] for check in answer.json()["checks"]}["pad-clear"]
        assert ticked_by == ("受取 花子" if body["ticked"] else None)


async def test_who_may_not_fly_cannot_tick(served: Served) -> None:
    async with served.person("配車 次郎", Role.DISPATCHER) as dispatcher:
        body = {"name": FOUNDER, "ticked": True}
        answer = await dispatcher.client.post(CHECK, json=body, headers=dispatcher.csrf)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
