"""Routes of deliveries: taking a plan to an aircraft, its checklist, and the word to fly."""

from typing import Annotated

from fastapi import APIRouter, Path, Request

from fleet.ids import CommandId, DeliveryId, PlanId
from ground_station.api.command_schemas import CommandOut, FlyIn
from ground_station.api.live_view import delivery_out, word_given
from ground_station.api.schemas import CureIn, DeliveryIn, DeliveryOut, LoadIn, TickIn
from ground_station.api.station_of import Station
from ground_station.api.vehicle_routes import fresh
from ground_station.field_station import FieldStation
from ground_station.service.delivery import AcceptedWarning, Delivery, Tick
from portal.guard import Flyer, Viewer

router = APIRouter(prefix="/api/deliveries", tags=["deliveries"])

Name = Annotated[str, Path(pattern="^[0-9A-Za-z-]{1,64}$")]
CheckName = Annotated[str, Path(pattern="^[0-9a-z-]{1,40}$")]


async def _shown(station: FieldStation, delivery: Delivery) -> DeliveryOut:
    plan = await station.plans.get(delivery.plan_id)
    return delivery_out(delivery, plan, site_name=station.watch.site_name(delivery), now_s=station.clock.now_s())


@router.get("")
async def read_deliveries(station: Station, _: Viewer) -> list[DeliveryOut]:
    """Return all deliveries, oldest first."""
    return [await _shown(station, delivery) for delivery in tuple(station.deliveries.all.values())]


@router.post("", status_code=201)
async def begin_delivery(body: DeliveryIn, station: Station, person: Flyer) -> DeliveryOut:
    """Send a plan to its aircraft, read it back and run the checks; how far that is, is on the live state."""
    accepted = [
        AcceptedWarning(rule=warning.rule, name=warning.name, reason=warning.reason)
        for warning in body.accepted_warnings
    ]
    return await _shown(station, await station.desk.begin(PlanId(body.plan_id), accepted, author=person.name))


@router.get("/{delivery_id}")
async def read_delivery(delivery_id: Name, station: Station, _: Viewer) -> DeliveryOut:
    """Return a delivery."""
    return await _shown(station, station.deliveries.get(DeliveryId(delivery_id)))


@router.post("/{delivery_id}/checks/{check_id}")
async def tick_check(
    delivery_id: Name, check_id: CheckName, body: TickIn, station: Station, person: Flyer
) -> DeliveryOut:
    """Tick a check that only eyes can make, in the name of who looked, or withdraw the tick."""
    tick = Tick(name=body.name, at_s=station.clock.now_s()) if body.ticked else None
    return await _shown(station, await station.desk.tick(DeliveryId(delivery_id), check_id, tick, author=person.name))


@router.post("/{delivery_id}/cure")
async def cure_delivery(delivery_id: Name, body: CureIn, station: Station, person: Flyer) -> DeliveryOut:
    """Set on the aircraft what the flight needs, read it back, and check again."""
    del body
    return await _shown(station, await station.desk.cure(DeliveryId(delivery_id), author=person.name))


@router.post("/{delivery_id}/cancel")
async def cancel_delivery(delivery_id: Name, station: Station, person: Flyer) -> DeliveryOut:
    """Give up a delivery that has not taken off."""
    return await _shown(station, await station.desk.cancel(DeliveryId(delivery_id), author=person.name))


@router.post("/{delivery_id}/load")
async def record_load(delivery_id: Name, body: LoadIn, station: Station, person: Flyer) -> DeliveryOut:
    """Record where the load is after a flight that ended with no word from the gripper."""
    told = await station.desk.record_load(DeliveryId(delivery_id), set_down=body.set_down, author=person.name)
    return await _shown(station, told)


@router.post("/{delivery_id}/fly", status_code=202)
async def fly_delivery(delivery_id: Name, body: FlyIn, request: Request, station: Station, person: Flyer) -> CommandOut:
    """Give the word to fly; what becomes of it is on the live state, under the same id."""
    heard = await fresh(station, request, body.heard)
    command_id = CommandId(body.id)
    await station.desk.fly(DeliveryId(delivery_id), command_id, heard, author=person.name)
    known = station.command(command_id)
    return word_given(
        station.deliveries.get(DeliveryId(delivery_id)), body.id, person.name, known, station.clock.now_s()
    )
