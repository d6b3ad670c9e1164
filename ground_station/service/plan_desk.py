"""Plans: made from requests in a process of their own, kept on disk, found again after a restart."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, replace

import msgspec
from shapely.errors import ShapelyError

from fleet.clock import Clock
from fleet.errors import FleetError, NotFoundError, UnavailableError
from fleet.ids import PlanId, RequestId, VehicleId, new_id
from fleet.positions import Position
from fleet.text import Text
from ground_station.service.documents_sql import SqlDocuments
from ground_station.service.plan_codec import decode_plan, encode_plan
from ground_station.service.planning_pool import PlanningPool
from ground_station.service.request_book import RequestBook
from missions.values.conditions import Conditions
from missions.values.finding import Level
from missions.values.plan import Plan

_COLLECTION = "plans"
_KEPT_IN_MEMORY = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanWish:
    """How to plan a request. `mass_kg` replaces the request's; `home` is where the aircraft stands."""

    vehicle_id: VehicleId
    wind_mps: float = 0.0
    wind_from_deg: float = 0.0
    mass_kg: float | None = None
    battery_remaining_fraction: float | None = None
    home: Position | None = None


class PlanDesk:
    """Makes and keeps plans."""

    def __init__(self, *, pool: PlanningPool, documents: SqlDocuments, requests: RequestBook, clock: Clock) -> None:
        self._pool = pool
        self._documents = documents
        self._requests = requests
        self._clock = clock
        self._recent: OrderedDict[PlanId, Plan] = OrderedDict()

    async def plan(self, request_id: RequestId, wish: PlanWish) -> Plan:
        """Return a new plan, kept on disk; raises NotFoundError, ExpiredError or UnavailableError."""
        entry = self._requests.get(request_id)
        request = entry.request if wish.mass_kg is None else replace(entry.request, mass_kg=wish.mass_kg)
        now_s = self._clock.now_s()
        conditions = Conditions(
            wind_mps=wish.wind_mps,
            wind_from_deg=wish.wind_from_deg,
            now_s=now_s,
            plan_id=PlanId(new_id(now_s)),
            battery_remaining_fraction=wish.battery_remaining_fraction,
            home=wish.home,
        )
        plan = await self._pool.plan(request, wish.vehicle_id, conditions)
        await asyncio.to_thread(self._documents.put_json, _COLLECTION, plan.id, encode_plan(plan), now_s)
        if plan.verdict is not Level.REFUSE:
            await self._requests.planned(request_id, plan.id, now_s)
        self._remember(plan)
        return plan

    async def get(self, plan_id: PlanId) -> Plan:
        """Return a plan; raises NotFoundError."""
        known = self._recent.get(plan_id)
        if known is not None:
            return known
        plan = await asyncio.to_thread(self.load, plan_id)
        self._remember(plan)
        return plan

    def recent(self, plan_id: PlanId) -> Plan | None:
        """Return a plan if it is in memory."""
        return self._recent.get(plan_id)

    def load(self, plan_id: PlanId) -> Plan:
        """Return a plan from disk; blocking. Raises NotFoundError or UnavailableError."""
        content = self._documents.get_json(_COLLECTION, plan_id)
        if content is None:
            raise NotFoundError(
                Text("その飛行計画はありません", "there is no such plan"),
                Text("もう一度計画してください", "plan again"),
            )
        try:
            plan = decode_plan(content)
        except (msgspec.DecodeError, ShapelyError, RecursionError, UnicodeDecodeError, FleetError) as error:
            raise self._set_aside(plan_id, str(error)) from error
        if plan.id != plan_id:
            raise self._set_aside(plan_id, "it says that it is another")
        return plan

    def _set_aside(self, plan_id: PlanId, reason: str) -> UnavailableError:
        self._documents.set_aside(_COLLECTION, plan_id, reason)
        return UnavailableError(
            Text(f"飛行計画を読めません: {reason}", f"the plan cannot be read: {reason}"),
            Text("もう一度計画してください", "plan again"),
        )

    def _remember(self, plan: Plan) -> None:
        self._recent[plan.id] = plan
        while len(self._recent) > _KEPT_IN_MEMORY:
            self._recent.popitem(last=False)
