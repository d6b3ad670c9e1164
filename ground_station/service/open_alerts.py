"""Alerts whose cause still holds, so that their end can be told to everyone who was told of them. Pure."""

from dataclasses import dataclass

from fleet.ids import VehicleId
from ground_station.service.alerts import AlertNews


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAlert:
    """One alert that people were told of. `at_s` is Unix time."""

    id: str
    vehicle_id: VehicleId
    news: AlertNews
    at_s: float


class OpenAlerts:
    """Which alerts are open, by aircraft and subject."""

    def __init__(self) -> None:
        self._open: dict[tuple[VehicleId, str], list[OpenAlert]] = {}

    def add(self, alert: OpenAlert) -> None:
        """Note that people were told."""
        self._open.setdefault((alert.vehicle_id, alert.news.subject), []).append(alert)

    def end(self, vehicle_id: VehicleId, subject: str) -> tuple[OpenAlert, ...]:
        """Return the open alerts of one subject, oldest first, which are over from now on."""
        return tuple(self._open.pop((vehicle_id, subject), ()))
