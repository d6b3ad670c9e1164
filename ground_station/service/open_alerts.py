"""Alerts whose cause still holds, so that their end can be told to everyone who was told of them.

They are kept on disk: an alert of before a restart ends when its aircraft is heard without its cause.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass

from fleet.ids import VehicleId
from ground_station.service.alerts import ENDING_SUBJECTS, AlertNews
from ground_station.service.request_book import Documents

_COLLECTION = "open-alerts"
_DOCUMENT = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAlert:
    """One alert that people were told of. `at_s` is Unix time."""

    id: str
    vehicle_id: VehicleId
    news: AlertNews
    at_s: float


class OpenAlerts:
    """Which alerts are open, by aircraft and subject; for one event loop."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._open: dict[tuple[VehicleId, str], list[OpenAlert]] = {}
        self._writing = asyncio.Lock()
        for alerts in documents.all(_COLLECTION, list[OpenAlert]):
            for alert in alerts:
                self.add(alert)
        self._from_before = {alert.id for alert in self.all}

    @property
    def all(self) -> tuple[OpenAlert, ...]:
        """Return every open alert."""
        return tuple(alert for alerts in self._open.values() for alert in alerts)

    def add(self, alert: OpenAlert) -> None:
        """Note that people were told."""
        self._open.setdefault((alert.vehicle_id, alert.news.subject), []).append(alert)

    def end(self, vehicle_id: VehicleId, subject: str) -> tuple[OpenAlert, ...]:
        """Return the open alerts of one subject, oldest first, which are over from now on."""
        return tuple(self._open.pop((vehicle_id, subject), ()))

    def from_before(self, vehicle_id: VehicleId, subjects: Collection[str]) -> tuple[str, ...]:
        """Return those of `subjects` of which an alert is open that was raised before the station started."""
        return tuple(
            subject
            for subject in subjects
            if any(alert.id in self._from_before for alert in self._open.get((vehicle_id, subject), ()))
        )

    async def save(self, now_s: float) -> None:
        """Keep on disk what is open now; only of the subjects that end by themselves. Raises UnavailableError."""
        async with self._writing:
            kept = [alert for alert in self.all if alert.news.subject in ENDING_SUBJECTS]
            await asyncio.to_thread(self._documents.put_all, [(_COLLECTION, _DOCUMENT, kept)], now_s)
