"""What the page sees of aircraft and stations now, judged by time. Pure: records and `now_s` in, entities out.

A link is never better than what was heard: without news it turns stale and then lost by itself. Unix seconds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from fleet.ids import SiteId, StationId, VehicleId
from fleet.text import Text
from missions.values.town import Town
from portal.schemas import TextOut
from telemetry.bodies import Bilingual, StationHealth, VehicleState
from telemetry.store import ReceivedRecord
from town_office.api.schemas import StationOut, VehicleOut
from town_office.station_clock import StationClock

STALE_AFTER_S = 3.0
LOST_AFTER_S = 10.0
CONNECTED_WITHIN_S = 10.0
KEPT_S = 24 * 3600.0

Link = Literal["fresh", "stale", "lost"]
_WORST_LAST: Sequence[Link] = ("fresh", "stale", "lost")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    body: VehicleState
    station: StationId
    received_at_s: float


@dataclass(slots=True)
class _Station:
    heard_at_s: float | None = None
    health: StationHealth | None = None
    clock: StationClock = field(default_factory=StationClock)


class LiveView:
    """The newest of every aircraft and station of a town."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._vehicles: dict[str, _Heard] = {}
        self._stations: dict[StationId, _Station] = {town.station_id: _Station()}

    def hear(self, record: ReceivedRecord) -> str | None:
        """Take in a stored record; return the id of the aircraft whose state changed, if one did."""
        station = self._stations.setdefault(record.station, _Station())
        if station.heard_at_s is None or record.received_at_s > station.heard_at_s:
            station.heard_at_s = record.received_at_s
        body = record.typed
        if isinstance(body, StationHealth):
            station.clock.note(recorded_at_s=record.recorded_at_s, received_at_s=record.received_at_s)
            if station.health is None or body.at_s >= station.health.at_s:
                station.health = body
        if not isinstance(body, VehicleState):
            return None
        station.clock.note(recorded_at_s=body.at_s, received_at_s=record.received_at_s)
        news = _Heard(body=body, station=record.station, received_at_s=record.received_at_s)
        if not self._counts(news):
            return None
        self._vehicles[body.vehicle_id] = news
        return body.vehicle_id

    def _counts(self, news: _Heard) -> bool:
        """Of two stations that hear one aircraft, the later position counts, unless its station has fallen silent."""
        known = self._vehicles.get(news.body.vehicle_id)
        if known is None or known.station == news.station:
            return True
        silent = news.received_at_s - known.received_at_s > LOST_AFTER_S
        return silent or self._at_s(news) > self._at_s(known)

    def _at_s(self, heard: _Heard) -> float:
        """Return by our clock when the aircraft was there."""
        clock = self._stations[heard.station].clock
        return heard.received_at_s - clock.late_s(recorded_at_s=heard.body.at_s, received_at_s=heard.received_at_s)

    def vehicles(self, now_s: float) -> Mapping[str, VehicleOut]:
        """Return every aircraft heard of within a day."""
        gone = [key for key, heard in self._vehicles.items() if now_s - heard.received_at_s > KEPT_S]
        for key in gone:
            del self._vehicles[key]
        return {key: self._vehicle_out(heard, now_s) for key, heard in self._vehicles.items()}

    def vehicle(self, vehicle_id: str, now_s: float) -> VehicleOut:
        """Return one aircraft that was heard of."""
        return self._vehicle_out(self._vehicles[vehicle_id], now_s)

    def stations(self, now_s: float) -> Mapping[str, StationOut]:
        """Return every station, heard of or not."""
        return {key: self._station_out(key, station, now_s) for key, station in self._stations.items()}

    def _vehicle_out(self, heard: _Heard, now_s: float) -> VehicleOut:
        body = heard.body
        known_at_s = self._at_s(heard)
        known = self._town.aircraft.get(VehicleId(body.vehicle_id))
        return VehicleOut(
            id=body.vehicle_id,
            station_id=heard.station,
            name=text_out(known.name if known is not None else Text(body.vehicle_id, body.vehicle_id)),
            at_s=body.at_s,
            received_at_s=round(heard.received_at_s, 3),
            known_at_s=round(known_at_s, 3),
            link=link_now(body.link, now_s - known_at_s),
            simulated=body.simulated,
            lon_deg=body.lon_deg,
            lat_deg=body.lat_deg,
            alt_amsl_m=body.alt_amsl_m,
            alt_agl_m=body.alt_agl_m,
            heading_deg=body.heading_deg,
            groundspeed_mps=body.groundspeed_mps,
            battery_percent=body.battery_percent,
            mode=body.mode,
            armed=body.armed,
            activity=text_out(body.activity),
            delivery_id=body.delivery_id,
        )

    def _station_out(self, station_id: StationId, station: _Station, now_s: float) -> StationOut:
        place = self._town.place(SiteId(station_id))
        health, heard_at_s = station.health, station.heard_at_s
        lanes = () if health is None else health.pending.values()
        return StationOut(
            id=station_id,
            name=text_out(place.name if place is not None else Text(station_id, station_id)),
            heard_at_s=None if heard_at_s is None else round(heard_at_s, 3),
            connected=heard_at_s is not None and now_s - heard_at_s <= CONNECTED_WITHIN_S,
            pending_records=sum(lane.records for lane in lanes),
            pending_pictures=0 if health is None else health.pictures_pending,
            pending_bytes=sum(lane.bytes for lane in lanes),
            oldest_pending_s=None if health is None else health.oldest_pending_s,
        )


def link_now(reported: Link, age_s: float) -> Link:
    """Return the worse of what the station said of its link and what the age of its word says."""
    by_age: Link = "fresh" if age_s <= STALE_AFTER_S else "stale" if age_s <= LOST_AFTER_S else "lost"
    return max(reported, by_age, key=_WORST_LAST.index)


def text_out(text: Text | Bilingual) -> TextOut:
    """Return a sentence for the wire."""
    return TextOut(ja=text.ja, en=text.en)


class LastPictures:
    """Which pictures are the `limit` that came or changed last, so that one that completes late reaches the pages."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._ids: dict[str, None] = {}

    def take(self, picture_id: str) -> Sequence[str]:
        """Take in a picture that is new or has changed; return the ids that make room for it."""
        self._ids.pop(picture_id, None)
        self._ids[picture_id] = None
        leaving = list(self._ids)[: -self._limit]
        for one in leaving:
            del self._ids[one]
        return leaving
