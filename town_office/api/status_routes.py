"""Routes of tracks and of the service's own health."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from fleet.ids import VehicleId
from portal.guard import Viewer
from telemetry.history_sql import MAX_POINTS
from town_office.api.schemas import HealthOut, TrackOut, TrackPointOut
from town_office.office import TownOffice

_DAY_S = 86400.0

VehicleName = Annotated[str, Path(pattern="^[0-9A-Za-z-]{1,64}$")]
Seconds = Annotated[float | None, Query(ge=0.0, le=1e11, allow_inf_nan=False, description="Unix seconds")]


def status_router(office: TownOffice) -> APIRouter:
    """Return the routes `/api/vehicles/{id}/track` and `/api/health`."""
    router = APIRouter(prefix="/api", tags=["status"])

    @router.get("/vehicles/{vehicle_id}/track")
    def read_track(
        vehicle_id: VehicleName,
        _: Viewer,
        since_s: Seconds = None,
        until_s: Seconds = None,
        limit: Annotated[int, Query(ge=1, le=MAX_POINTS)] = 2000,
    ) -> TrackOut:
        """Return where an aircraft was, oldest first: since ≤ time < until, the last day unless told."""
        end_s = office.clock.now_s() + 1.0 if until_s is None else until_s
        start_s = end_s - _DAY_S if since_s is None else since_s
        points = office.tracks.between(VehicleId(vehicle_id), start_s=start_s, end_s=end_s, max_points=limit)
        return TrackOut(
            vehicle_id=vehicle_id,
            points=[
                TrackPointOut(
                    at_s=point.at_s, lon_deg=point.lon_deg, lat_deg=point.lat_deg, alt_amsl_m=point.alt_amsl_m
                )
                for point in points
            ],
        )

    @router.get("/health")
    async def read_health() -> HealthOut:
        """Say how the service stands; open to a supervisor."""
        return await office.health()

    return router
