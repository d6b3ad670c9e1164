"""History: where a vehicle was between two times, thinned to what a map can show."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from fleet.ids import VehicleId
from telemetry.engine_sql import reading
from telemetry.tables_sql import track

MAX_POINTS = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackPoint:
    """One position: Unix seconds, WGS 84 degrees, metres, metres a second."""

    at_s: float
    lon_deg: float
    lat_deg: float
    alt_amsl_m: float
    alt_agl_m: float | None
    heading_deg: float
    groundspeed_mps: float


class TrackHistory:
    """Reads the tracks in the town's database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def between(
        self, vehicle: VehicleId, *, start_s: float, end_s: float, max_points: int = MAX_POINTS
    ) -> Sequence[TrackPoint]:
        """Return positions with start ≤ time < end in order of time, at most `max_points` of them.

        Thinning keeps the first position of each of `max_points` equal stretches of time, so gaps stay gaps. Raises
        UnavailableError.
        """
        points = min(max(max_points, 1), MAX_POINTS)
        chosen = (track.c.vehicle_id == vehicle, track.c.at >= start_s, track.c.at < end_s)
        columns = (
            track.c.at,
            track.c.lon_deg,
            track.c.lat_deg,
            track.c.alt_amsl_m,
            track.c.alt_agl_m,
            track.c.heading_deg,
            track.c.groundspeed_mps,
        )
        with reading(self._engine) as connection:
            some = sa.select(track.c.at).where(*chosen).limit(points + 1).subquery()
            count = connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one()
            query = sa.select(*columns).where(*chosen)
            if count > points:
                query = query.where(track.c.at.in_(_firsts(vehicle, start_s, (end_s - start_s) / points, points)))
            rows = connection.execute(query.order_by(track.c.at)).all()
        return [
            TrackPoint(
                at_s=row.at,
                lon_deg=row.lon_deg,
                lat_deg=row.lat_deg,
                alt_amsl_m=row.alt_amsl_m,
                alt_agl_m=row.alt_agl_m,
                heading_deg=row.heading_deg,
                groundspeed_mps=row.groundspeed_mps,
            )
            for row in rows
        ][:points]

    def vehicles(self) -> Sequence[VehicleId]:
        """Return the vehicles that have a track."""
        with reading(self._engine) as connection:
            return [VehicleId(name) for name in connection.execute(sa.select(track.c.vehicle_id).distinct()).scalars()]


def _firsts(vehicle: VehicleId, start_s: float, step_s: float, steps: int) -> sa.Select[tuple[float]]:
    """Return the first time in each step: one index seek a step, however many positions lie in it."""
    step = sa.select(sa.literal(0).label("number")).cte("step", recursive=True)
    step = step.union_all(sa.select(step.c.number + 1).where(step.c.number < steps - 1))
    later = track.alias("later")
    first = (
        sa.select(sa.func.min(later.c.at))
        .where(
            later.c.vehicle_id == vehicle,
            later.c.at >= start_s + step.c.number * step_s,
            later.c.at < start_s + (step.c.number + 1) * step_s,
        )
        .scalar_subquery()
    )
    return sa.select(first).select_from(step)
