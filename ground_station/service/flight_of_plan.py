"""From a planner's plan and its aircraft to what the flight core is given. Pure."""

import math

import msgspec

from ground_station.flight.flight_plan import FlightNeeds, FlightPlan
from missions.values.aircraft import Aircraft
from missions.values.mission_item import Frame
from missions.values.plan import Phase, Plan

_WAY_OUT = frozenset({Phase.CLIMB, Phase.OUTBOUND, Phase.APPROACH})
_WAY_BACK = frozenset({Phase.RETURN, Phase.LAND})
_RETURN_MARGIN = 1.2
_ROOM_FOR_THE_PLAN = 0.25
_RELATIVE = frozenset({Frame.GLOBAL_RELATIVE_ALT, Frame.GLOBAL_RELATIVE_ALT_INT})


def flight_of_plan(plan: Plan, aircraft: Aircraft) -> FlightPlan:
    """Return the flight that `plan` is for `aircraft`; the same for a plan that was made and one read from disk."""
    flight = FlightPlan(
        id=plan.id,
        vehicle_id=plan.vehicle_id,
        home=plan.home,
        mission=plan.items,
        fence=plan.fence_items,
        rally=plan.rally_items,
        needs=FlightNeeds(
            system_id=aircraft.mavlink_system_id,
            aircraft_name=aircraft.name,
            gear=aircraft.gear,
            battery_percent=battery_percent(plan, aircraft),
            capacity_mah=aircraft.battery.capacity_mah,
            return_at_mah=return_at_mah(plan, aircraft),
            return_altitude_home_m=float(plan.return_altitude_home_m),
            highest_home_m=float(highest_home_m(plan)),
        ),
    )
    return msgspec.msgpack.decode(msgspec.msgpack.encode(flight, enc_hook=float), type=FlightPlan)


def battery_percent(plan: Plan, aircraft: Aircraft) -> float:
    """Return what must be in the battery at take-off, per cent of its capacity, at most 100."""
    whole_wh = _whole_wh(aircraft)
    unusable_wh = whole_wh - aircraft.battery.usable_wh
    return min(100.0, 100.0 * (plan.energy.needed_wh + plan.energy.reserve_wh + unusable_wh) / whole_wh)


def return_at_mah(plan: Plan, aircraft: Aircraft) -> int:
    """Return the charge left at which the autopilot itself gives up the plan and comes home, mAh."""
    unusable_wh = _whole_wh(aircraft) - aircraft.battery.usable_wh
    return math.floor((charge_to_return_at_wh(plan) + unusable_wh) / aircraft.battery.nominal_v * 1000.0)


def charge_to_return_at_wh(plan: Plan) -> float:
    """Return the usable energy left at which the aircraft should give up its plan and come home, Wh.

    Enough for the dearer of the ways out and back with a margin, so that it reaches home from the farthest point; but
    well below what the plan itself still has when it lands, so that a normal flight is not broken off; and never less
    than the reserve.
    """
    out_wh = sum(leg.energy_wh for leg in plan.legs if leg.phase in _WAY_OUT)
    back_wh = sum(leg.energy_wh for leg in plan.legs if leg.phase in _WAY_BACK)
    kept_wh = plan.energy.left_at_landing_wh - _ROOM_FOR_THE_PLAN * plan.energy.needed_wh
    return max(plan.energy.reserve_wh, min(_RETURN_MARGIN * max(out_wh, back_wh), kept_wh))


def highest_home_m(plan: Plan) -> float:
    """Return the greatest height above home that the plan or its way home reaches, m."""
    heights = [item.z for item in plan.items[1:] if item.frame in _RELATIVE]
    return max([plan.return_altitude_home_m, *heights])


def _whole_wh(aircraft: Aircraft) -> float:
    return aircraft.battery.capacity_mah * aircraft.battery.nominal_v / 1000.0
