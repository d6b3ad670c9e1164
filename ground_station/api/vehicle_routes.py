"""Routes of flight commands and of the station's own health."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Request

from fleet.errors import ExpiredError, FleetError, NotFoundError, UnavailableError
from fleet.ids import CommandId, VehicleId
from fleet.text import Text
from ground_station.api.command_schemas import CommandIn, CommandOut, HeardIn, SkyClearIn, SkyClearOut
from ground_station.api.live_view import ORDERED_ACTIONS, command_out
from ground_station.api.plan_view import text_out
from ground_station.api.schemas import HealthOut
from ground_station.api.station_of import Station
from ground_station.field_station import FieldStation
from ground_station.flight.order import Heard, Order
from ground_station.flight.port import AcceptSender
from ground_station.flight.vehicles.flight_command import Action
from ground_station.flight.vehicles.state import LinkState
from portal.guard import Flyer
from telemetry.relay_mqtt import RelayStatus

HEALTH_WITHIN_S = 3.0

router = APIRouter(prefix="/api", tags=["flight"])

Name = Annotated[str, Path(pattern="^[0-9A-Za-z-]{1,64}$")]


async def fresh(station: FieldStation, request: Request, heard: HeardIn | None) -> Heard | None:
    """Return what the giver of an order heard of the core; raises ExpiredError for an order that nobody waits for.

    An order that names no beat is held to this: its giver is still there, the station did not stand still, and the
    core takes it soon after the last beat that the station heard, or not at all.
    """
    if await request.is_disconnected():
        raise ExpiredError(
            Text("指示した画面がもう待っていないので、送りませんでした", "not sent: whoever gave the order is gone"),
            Text("もう一度押してください", "press again"),
        )
    if heard is not None:
        return heard.heard()
    station.wakefulness.require_awake()
    return station.mirror.heard()


@router.post("/vehicles/{vehicle_id}/commands", status_code=202)
async def give_command(
    vehicle_id: Name, body: CommandIn, request: Request, station: Station, person: Flyer
) -> CommandOut:
    """Hold, recall, land or resume; the same `id` again is the same command."""
    order = Order(
        id=CommandId(body.id),
        vehicle_id=VehicleId(vehicle_id),
        action=ORDERED_ACTIONS[body.action],
        author=person.name,
        heard=await fresh(station, request, body.heard),
    )
    return await _give(station, order)


async def _give(station: FieldStation, order: Order) -> CommandOut:
    shown = command_out(await station.flight.begin(order))
    if shown is None:
        raise NotFoundError(Text("その指示はありません", "there is no such command"))
    return shown


@router.post("/vehicles/{vehicle_id}/sender", status_code=204)
async def accept_sender(vehicle_id: Name, station: Station, person: Flyer) -> None:
    """Take the other sender of an aircraft's number for the aircraft; refused while the aircraft may fly."""
    await station.flight.set_up(AcceptSender(vehicle_id=VehicleId(vehicle_id), author=person.name))


@router.post("/sky-clear", status_code=202)
async def clear_the_sky(body: SkyClearIn, request: Request, station: Station, person: Flyer) -> list[SkyClearOut]:
    """Recall every aircraft whose motors may run; each answers for itself, and none holds the others up."""
    heard = await fresh(station, request, body.heard)
    orders = [
        Order(
            id=CommandId(f"{body.id}-{state.vehicle_id}"),
            vehicle_id=state.vehicle_id,
            action=Action.RECALL,
            author=person.name,
            heard=heard,
        )
        for state in station.mirror.states()
        if state.may_be_armed
    ]
    return await asyncio.gather(*(_recall(station, order) for order in orders))


async def _recall(station: FieldStation, order: Order) -> SkyClearOut:
    try:
        given = await _give(station, order)
    except FleetError as error:
        cure = None if error.cure is None else text_out(error.cure)
        return SkyClearOut(
            vehicle_id=order.vehicle_id, command_id=None, problem=text_out(error.what), problem_cure=cure
        )
    return SkyClearOut(vehicle_id=order.vehicle_id, command_id=given.id, problem=None, problem_cure=None)


@router.get("/health")
async def read_health(station: Station) -> HealthOut:
    """Say whether the station works, in words; open to supervisors without signing in."""
    states = station.mirror.states()
    heard = sum(state.link is LinkState.FRESH for state in states)
    flying = sum(state.armed for state in states)
    status = await _relay_status(station)
    pending = None if status is None else sum(waiting.records for waiting in status.pending.values())
    not_kept = station.disk.in_words()
    told = status is not None and status.fault is None and not_kept is None
    well = heard == len(states) and told and station.mirror.reachable and not station.mirror.alarms
    return HealthOut(
        status="ok" if well else "degraded",
        details={
            "aircraft": f"{heard}/{len(states)}",
            "flying": str(flying),
            "office": "connected" if status is not None and status.connected else "not connected",
            "pending_records": "unknown" if pending is None else str(pending),
            "flight_core": "reachable" if station.mirror.reachable else "not reachable",
            "storage": not_kept or "書けます / takes what is written",
        },
    )


async def _relay_status(station: FieldStation) -> RelayStatus | None:
    """Return how the relay stands, or None if its outbox does not say so in time."""
    try:
        async with asyncio.timeout(HEALTH_WITHIN_S):
            return await station.relay.status()
    except (TimeoutError, UnavailableError):
        return None
