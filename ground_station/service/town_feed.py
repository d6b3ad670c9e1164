"""What the station tells the town office, as typed records. Pure: the caller gives ids and times."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from fleet.text import Text
from ground_station.flight.vehicles.state import LinkState, VehicleState
from ground_station.flight.vehicles.telemetry import Simulated
from ground_station.service.delivery import BEFORE_FLIGHT, ENDED, Delivery, DeliveryState
from ground_station.service.request_book import StationRequest
from missions.values.plan import Plan
from telemetry import bodies

_PHASE: Mapping[DeliveryState, bodies.DeliveryPhase] = {
    DeliveryState.PLANNED: "planned",
    DeliveryState.UPLOADING: "planned",
    DeliveryState.CHECKING: "planned",
    DeliveryState.READY: "checked",
    DeliveryState.FLYING: "flying",
    DeliveryState.PLACING: "placing",
    DeliveryState.DELIVERED: "delivered",
    DeliveryState.RETURNING: "returning",
    DeliveryState.DONE: "done",
    DeliveryState.RECALLED: "recalled",
    DeliveryState.FAILED: "failed",
}

_LINK: Mapping[LinkState, Literal["fresh", "stale", "lost"]] = {
    LinkState.FRESH: "fresh",
    LinkState.STALE: "stale",
    LinkState.LOST: "lost",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleNews:
    """One vehicle's newest state with what the station makes of it. `at_s` is Unix time of its position."""

    state: VehicleState
    at_s: float
    alt_agl_m: float | None
    activity: Text
    delivery_id: str | None


def bilingual(text: Text) -> bodies.Bilingual:
    """Return the wire form of a sentence."""
    return bodies.Bilingual(ja=text.ja, en=text.en)


def track_body(news: VehicleNews) -> bodies.VehicleTrack | None:
    """Return where the vehicle was, or None while it has no position."""
    motion = news.state.telemetry.motion
    if motion is None:
        return None
    return bodies.VehicleTrack(
        vehicle_id=news.state.vehicle_id,
        at_s=news.at_s,
        lon_deg=motion.position.lon_deg,
        lat_deg=motion.position.lat_deg,
        alt_amsl_m=motion.position.alt_amsl_m,
        alt_home_m=motion.alt_home_m,
        heading_deg=motion.heading_deg or 0.0,
        groundspeed_mps=motion.groundspeed_mps,
        climb_mps=motion.climb_mps,
        alt_agl_m=news.alt_agl_m,
        delivery_id=news.delivery_id,
        simulated=news.state.simulated is Simulated.YES,
    )


def state_body(news: VehicleNews) -> bodies.VehicleState | None:
    """Return the vehicle's newest state, or None while it has no position."""
    motion = news.state.telemetry.motion
    if motion is None:
        return None
    battery = news.state.telemetry.battery
    return bodies.VehicleState(
        vehicle_id=news.state.vehicle_id,
        at_s=news.at_s,
        lon_deg=motion.position.lon_deg,
        lat_deg=motion.position.lat_deg,
        alt_amsl_m=motion.position.alt_amsl_m,
        alt_home_m=motion.alt_home_m,
        heading_deg=motion.heading_deg or 0.0,
        groundspeed_mps=motion.groundspeed_mps,
        climb_mps=motion.climb_mps,
        alt_agl_m=news.alt_agl_m,
        delivery_id=news.delivery_id,
        simulated=news.state.simulated is Simulated.YES,
        mode=news.state.mode,
        armed=news.state.armed,
        link=_LINK[news.state.link],
        activity=bilingual(news.activity),
        battery_percent=None if battery is None or battery.percent is None else float(battery.percent),
        battery_v=None if battery is None else battery.voltage_v,
    )


def delivery_body(
    delivery: Delivery, plan: Plan, text: Text, *, now_s: float, position_at_s: float | None
) -> bodies.DeliveryState:
    """Return how far a delivery has come.

    In the air that is as old as the aircraft's last position (`position_at_s`, Unix; None without one), and so is the
    time of arrival reckoned from it: while the aircraft is silent neither moves on.
    """
    route = [(leg.start.lon_deg, leg.start.lat_deg) for leg in plan.legs[:1]]
    route += [(leg.end.lon_deg, leg.end.lat_deg) for leg in plan.legs]
    in_flight = delivery.state not in BEFORE_FLIGHT and delivery.state not in ENDED
    started_at_s, to_site_s = delivery.started_at_s, delivery.progress.to_site_s
    known_at_s = position_at_s if position_at_s is not None else started_at_s or delivery.created_at_s
    can_reckon = in_flight and started_at_s is not None and position_at_s is not None
    return bodies.DeliveryState(
        delivery_id=delivery.id,
        request_id=delivery.request_id,
        vehicle_id=delivery.vehicle_id,
        plan_id=delivery.plan_id,
        site_id=delivery.site_id,
        item=delivery.item,
        mass_kg=delivery.mass_kg,
        state="unconfirmed" if delivery.load_unheard else _PHASE[delivery.state],
        text=bilingual(text),
        at_s=known_at_s if in_flight else now_s,
        eta_s=known_at_s + to_site_s if can_reckon and to_site_s is not None else None,
        route=route,
        delivered_at_s=delivery.progress.delivered_at_s,
    )


def request_body(entry: StationRequest) -> bodies.RequestState:
    """Return where a request stands."""
    request = entry.request
    return bodies.RequestState(
        request_id=request.id,
        item=request.item,
        mass_kg=request.mass_kg,
        site_id=request.site_id,
        urgency=int(request.urgency),
        requested_by=request.requested_by,
        requested_at_s=request.requested_at_s,
        state=entry.state.value,
        source=entry.source,
    )
