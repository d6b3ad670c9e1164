"""A delivery that is ready to fly, as a value; tests change one thing of it."""

from dataclasses import replace
from typing import Any

from fleet.ids import DeliveryId, PlanId, RequestId, SiteId, VehicleId
from fleet.text import Text
from ground_station.service.delivery import Delivery, DeliveryState, Tick
from missions.values.finding import Cure, Finding, Level

TICKED = ("pad-clear", "airframe", "load-fixed", "weather", "receiver-ready")
"""What a person must have looked at, by the ids that pages and records use."""
OK = Finding(level=Level.OK, rule="aircraft.gps", text=Text("GPS", "GPS"))
WARNING = Finding(level=Level.WARN, rule="aircraft.other-station", text=Text("別の地上局", "another station"))
REFUSAL = Finding(
    level=Level.REFUSE,
    rule="aircraft.battery",
    text=Text("電池 40 %", "battery 40 %"),
    cure=Cure(text=Text("替える", "change it")),
)

READY = Delivery(
    id=DeliveryId("d-1"),
    request_id=RequestId("r-1"),
    plan_id=PlanId("plan-1"),
    vehicle_id=VehicleId("hato-1"),
    site_id=SiteId("site"),
    item="水",
    mass_kg=4.0,
    state=DeliveryState.READY,
    created_at_s=0.0,
    on_board=True,
    machine_checks=(OK, WARNING),
    ticks={check: Tick(name="花子", at_s=1.0) for check in TICKED},
)


def delivery(**changes: Any) -> Delivery:
    """Return the delivery with some fields changed."""
    return replace(READY, **changes)


def ticks_without(*checks: str) -> dict[str, Tick]:
    """Return all ticks but some."""
    return {check: tick for check, tick in READY.ticks.items() if check not in checks}
