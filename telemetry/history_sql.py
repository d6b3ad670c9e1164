"""History: where a vehicle was between two times, thinned to what a map can show."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from fleet.ids import VehicleId
from telemetry.engine_sql import database_unavailable
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
        step_s = max((end_s - start_s) / points, 1e-6)
        columns = (
            track.c.at,
            track.c.lon_deg,
            track.c.lat_deg,
            track.c.alt_amsl_m,
            track.c.alt_agl_m,
            track.c.heading_deg,
            track.c.groundspeed_mps,
        )
        try:
            with self._engine.connect() as connection:
                count = connection.execute(sa.select(sa.func.count()).select_from(track).where(*chosen)).scalar_one()
                query = sa.select(*columns).where(*chosen)
                if count > points:
                    stretch = sa.cast((track.c.at - start_s) / step_s, sa.Integer)
                    firsts = sa.select(sa.func.min(track.c.at)).where(*chosen).group_by(stretch)
                    query = query.where(track.c.at.in_(firsts))
                rows = connection.execute(query.order_by(track.c.at)).all()
        except sa.exc.OperationalError as error:
            raise database_unavailable(error) from error
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
        try:
            with self._engine.connect() as connection:
                return [
                    VehicleId(name) for name in connection.execute(sa.select(track.c.vehicle_id).distinct()).scalars()
                ]
        except sa.exc.OperationalError as error:
            raise database_unavailable(error) from error
