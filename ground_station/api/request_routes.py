"""Routes of requests and of the plans made from them."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from fleet.errors import NotFoundError
from fleet.ids import PlanId, RequestId, SiteId, VehicleId, new_id
from fleet.text import Text
from ground_station.api.live_view import request_out
from ground_station.api.plan_view import plan_out
from ground_station.api.schemas import PlanIn, PlanOut, RequestIn, RequestOut
from ground_station.api.station_of import Station
from ground_station.field_station import FieldStation
from ground_station.flight.vehicles.state import LinkState
from ground_station.service.plan_desk import PlanWish
from ground_station.service.request_book import StationRequest
from missions.formats.qgc_plan_writer import qgc_plan_of, write_qgc_plan
from missions.formats.wpl import write_wpl
from missions.values.request import DeliveryRequest, Urgency
from missions.values.town import PlaceKind
from portal.guard import Planner, Viewer

router = APIRouter(prefix="/api", tags=["requests"])

Name = Annotated[str, Path(pattern="^[0-9A-Za-z-]{1,64}$")]


@router.get("/requests")
async def read_requests(station: Station, _: Viewer) -> list[RequestOut]:
    """Return all requests, oldest first."""
    return [request_out(entry) for entry in station.requests.all.values()]


@router.post("/requests", status_code=201)
async def add_request(body: RequestIn, station: Station, person: Planner) -> RequestOut:
    """Write down a wish for a delivery."""
    if body.site_id not in {site.id for site in station.town.places_of(PlaceKind.LANDING_SITE)}:
        raise NotFoundError(
            Text(f"着陸場 {body.site_id} はこの町の地図にありません", f"the town has no landing site {body.site_id}"),
            Text("着陸場の一覧から選んでください", "choose one from the list of landing sites"),
        )
    now_s = station.clock.now_s()
    request = DeliveryRequest(
        id=RequestId(new_id(now_s)),
        item=body.item,
        mass_kg=body.mass_kg,
        site_id=SiteId(body.site_id),
        urgency=Urgency(body.urgency),
        requested_by=person.name,
        requested_at_s=now_s,
        note=body.note,
    )
    return request_out(await station.requests.add(StationRequest(request=request, source="station"), now_s))


@router.delete("/requests/{request_id}")
async def withdraw_request(request_id: Name, station: Station, _: Planner) -> RequestOut:
    """Withdraw a request that does not fly yet."""
    return request_out(await station.requests.withdraw(RequestId(request_id), station.clock.now_s()))


@router.post("/requests/{request_id}/plans", status_code=201)
async def make_plan(request_id: Name, body: PlanIn, station: Station, _: Planner) -> PlanOut:
    """Plan a request for an aircraft, from where it stands."""
    wish = _wish(station, body)
    return plan_out(await station.plans.plan(RequestId(request_id), wish))


def _wish(station: FieldStation, body: PlanIn) -> PlanWish:
    known = list(station.mirror.vehicle_ids) or list(station.town.aircraft)
    vehicle_id = VehicleId(body.vehicle_id) if body.vehicle_id is not None else known[0]
    battery = home = None
    if vehicle_id in station.mirror.vehicle_ids:
        state = station.mirror.state(vehicle_id)
        telemetry = state.telemetry
        if state.link is LinkState.FRESH and not state.armed:
            home = None if telemetry.motion is None else telemetry.motion.position
            percent = None if telemetry.battery is None else telemetry.battery.percent
            battery = None if percent is None else percent / 100.0
    return PlanWish(
        vehicle_id=vehicle_id,
        wind_mps=body.wind_mps,
        wind_from_deg=body.wind_from_deg,
        mass_kg=body.mass_kg,
        battery_remaining_fraction=battery,
        home=home,
    )


@router.get("/plans/{plan_id}")
async def read_plan(plan_id: Name, station: Station, _: Viewer) -> PlanOut:
    """Return a plan."""
    return plan_out(await station.plans.get(PlanId(plan_id)))


@router.get("/plans/{plan_id}/mission.plan", response_class=Response)
async def read_qgc_plan(plan_id: Name, station: Station, _: Viewer) -> Response:
    """Return the plan as a QGroundControl file."""
    plan = await station.plans.get(PlanId(plan_id))
    content = write_qgc_plan(qgc_plan_of(plan, cruise_mps=station.town.rules.cruise_mps))
    return _file(content, f"{plan_id}.plan", "application/json")


@router.get("/plans/{plan_id}/mission.waypoints", response_class=Response)
async def read_waypoints(plan_id: Name, station: Station, _: Viewer) -> Response:
    """Return the plan's mission as QGC WPL 110."""
    plan = await station.plans.get(PlanId(plan_id))
    return _file(write_wpl(plan.items).encode(), f"{plan_id}.waypoints", "text/plain")


def _file(content: bytes, name: str, media_type: str) -> Response:
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
