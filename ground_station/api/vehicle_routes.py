"""Routes of flight commands and of the station's own health."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path

from fleet.errors import FleetError, NotFoundError, UnavailableError
from fleet.ids import VehicleId
from fleet.text import Text
from ground_station.api.command_schemas import CommandIn, CommandOut, SkyClearIn, SkyClearOut
from ground_station.api.live_view import ORDERED_ACTIONS, command_out
from ground_station.api.plan_view import text_out
from ground_station.api.schemas import HealthOut
from ground_station.api.station_of import Station
from ground_station.field_station import FieldStation
from ground_station.flight.vehicles.flight_command import Action
from ground_station.flight.vehicles.state import LinkState
from portal.guard import Flyer
from telemetry.relay_mqtt import RelayStatus

HEALTH_WITHIN_S = 3.0

router = APIRouter(prefix="/api", tags=["flight"])

Name = Annotated[str, Path(pattern="^[0-9A-Za-z-]{1,64}$")]


@router.post("/vehicles/{vehicle_id}/commands", status_code=202)
async def give_command(vehicle_id: Name, body: CommandIn, station: Station, person: Flyer) -> CommandOut:
    """Hold, recall, land or resume; the same `id` again is the same command."""
    return await _give(station, VehicleId(vehicle_id), body.id, ORDERED_ACTIONS[body.action], person.name)


async def _give(station: FieldStation, vehicle_id: VehicleId, page_id: str, action: Action, author: str) -> CommandOut:
    command = await station.commands.order(page_id, vehicle_id, action, author=author)
    shown = command_out(command, page_id)
    if shown is None:
        raise NotFoundError(Text("その指示はありません", "there is no such command"))
    return shown


@router.post("/sky-clear", status_code=202)
async def clear_the_sky(body: SkyClearIn, station: Station, person: Flyer) -> list[SkyClearOut]:
    """Recall every aircraft that flies; each answers for itself, and one that fails holds none of the others up."""
    flying = [state.vehicle_id for state in station.aircraft.states() if state.armed]
    return await asyncio.gather(*(_recall(station, vehicle_id, body.id, person.name) for vehicle_id in flying))


async def _recall(station: FieldStation, vehicle_id: VehicleId, page_id: str, author: str) -> SkyClearOut:
    try:
        given = await _give(station, vehicle_id, f"{page_id}-{vehicle_id}", Action.RECALL, author)
    except FleetError as error:
        cure = None if error.cure is None else text_out(error.cure)
        return SkyClearOut(vehicle_id=vehicle_id, command_id=None, problem=text_out(error.what), problem_cure=cure)
    return SkyClearOut(vehicle_id=vehicle_id, command_id=given.id, problem=None, problem_cure=None)


@router.get("/health")
async def read_health(station: Station) -> HealthOut:
    """Say whether the station works, in words; open to supervisors without signing in."""
    states = station.aircraft.states()
    fresh = sum(state.link is LinkState.FRESH for state in states)
    flying = sum(state.armed for state in states)
    status = await _relay_status(station)
    pending = None if status is None else sum(waiting.records for waiting in status.pending.values())
    not_kept = station.disk.in_words()
    well = fresh == len(states) and status is not None and status.fault is None and not_kept is None
    return HealthOut(
        status="ok" if well else "degraded",
        details={
            "aircraft": f"{fresh}/{len(states)}",
            "flying": str(flying),
            "office": "connected" if status is not None and status.connected else "not connected",
            "pending_records": "unknown" if pending is None else str(pending),
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
