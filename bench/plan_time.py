"""How long a 10 km delivery takes to plan over the demonstration town's 10 m terrain, all checks included.

Beside it, in the same run: one minimum-cost path of scikit-image over the same grid, which is a part of the work.
Prints one JSON object; run as `python -m bench.plan_time`.
"""

import json
import statistics
import time
from dataclasses import replace

import numpy as np
from skimage.graph import MCP_Geometric

from fleet.ids import PlanId, RequestId, SiteId
from fleet.positions import LonLat, distance_m
from missions.formats.demo_town import make_demo_town
from missions.planning.planner import plan_delivery
from missions.values.conditions import Conditions
from missions.values.plan import Plan
from missions.values.request import DeliveryRequest, Urgency
from missions.values.town import Place, PlaceKind, Town

SEED = 34
RUNS = 9
BUDGET_S = 0.5
_ENDS = ((133.2075, 34.7205), (133.2925, 34.7805))
"""South-west and north-east, about 10 km apart."""


def far_town() -> Town:
    """Return the demonstration town with a depot and a landing site 10 km apart."""
    town = make_demo_town(SEED)
    ends = [LonLat(lon_deg=lon, lat_deg=lat) for lon, lat in _ENDS]
    kinds = (PlaceKind.DEPOT, PlaceKind.LANDING_SITE)
    places = [
        Place(
            id=SiteId(f"bench-{kind.value.replace('_', '-')}"),
            kind=kind,
            name=town.name,
            at=at,
            ground_amsl_m=town.terrain.elevation_of(at),
        )
        for kind, at in zip(kinds, ends, strict=True)
    ]
    aircraft = {name: replace(one, home_site_id=places[0].id) for name, one in town.aircraft.items()}
    return replace(town, places=(*places, *town.places), aircraft=aircraft)


def plan_once(town: Town) -> Plan:
    """Plan the delivery between the two ends."""
    request = DeliveryRequest(
        id=RequestId("bench"),
        item="water",
        mass_kg=4.0,
        site_id=town.places[1].id,
        urgency=Urgency.URGENT,
        requested_by="bench",
        requested_at_s=0.0,
    )
    conditions = Conditions(wind_mps=3.0, wind_from_deg=250.0, now_s=0.0, plan_id=PlanId("bench"))
    return plan_delivery(request, town, next(iter(town.aircraft)), conditions)


def peer_once(town: Town) -> None:
    """Find one minimum-cost path over the full grid between the same ends."""
    terrain = town.terrain
    cost = 1.0 + np.asarray(terrain.heights_m, dtype=np.float64) / 100.0
    cells = []
    for place in town.places[:2]:
        east_m, north_m = terrain.frame.local_of(place.at)
        cells.append(
            (round((north_m - terrain.south_m) / terrain.cell_m), round((east_m - terrain.west_m) / terrain.cell_m))
        )
    search = MCP_Geometric(cost)
    search.find_costs(cells[:1], cells[1:])
    search.traceback(cells[1])


def main() -> None:
    """Run ours and the peer in turn and print the medians."""
    town = far_town()
    plan = plan_once(town)
    ours_s: list[float] = []
    peer_s: list[float] = []
    cpu_s: list[tuple[float, float]] = []
    for _ in range(RUNS):
        started, started_cpu = time.perf_counter(), time.process_time()
        plan_once(town)
        between, between_cpu = time.perf_counter(), time.process_time()
        peer_once(town)
        ours_s.append(between - started)
        peer_s.append(time.perf_counter() - between)
        cpu_s.append((between_cpu - started_cpu, time.process_time() - between_cpu))
    report = {
        "benchmark": "plan_time",
        "seed": SEED,
        "runs": RUNS,
        "grid": list(town.terrain.heights_m.shape),
        "straight_m": round(distance_m(town.places[0].at, town.places[1].at)),
        "route_there_and_back_m": round(plan.distance_m),
        "legs": len(plan.legs),
        "findings": len(plan.findings),
        "plan_s_median": round(statistics.median(ours_s), 4),
        "plan_cpu_s_median": round(statistics.median(ours for ours, _ in cpu_s), 4),
        "plan_s_worst": round(max(ours_s), 4),
        "peer": "one skimage.graph.MCP_Geometric path over the same grid",
        "peer_s_median": round(statistics.median(peer_s), 4),
        "peer_cpu_s_median": round(statistics.median(peer for _, peer in cpu_s), 4),
        "budget_s": BUDGET_S,
        "within_budget": statistics.median(ours_s) <= BUDGET_S,
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
