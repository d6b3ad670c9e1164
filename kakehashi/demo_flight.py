"""One delivery from end to end, done by pages alone: the office asks, the station plans, checks and flies it."""

import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from fleet.errors import RefusedError
from fleet.ids import new_id
from fleet.text import Text
from kakehashi.page_client import PageClient

REQUEST_WITHIN_S = 30.0
READY_WITHIN_S = 120.0
CHECKS_WITHIN_S = 90.0
PICTURES_WITHIN_S = 120.0
FLIGHT_WITHIN_S = 3600.0
_ENDED = frozenset({"done", "recalled", "failed"})
_NOT_FLYING = _ENDED | {"checking"}
_OPERATOR = "訓練 太郎"

Say = Callable[[Text], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoWish:
    """What is asked for. `fly` False stops after the plan."""

    site_id: str = "takamuro"
    item: str = "水"
    mass_kg: float = 4.0
    fly: bool = True
    speedup: float = 1.0


@dataclass(slots=True, kw_only=True)
class DemoSummary:
    """What happened, for the JSON at the end."""

    planned: bool = False
    uploaded: bool = False
    delivered: bool = False
    landed_at_depot: bool = False
    pictures_taken: int = 0
    pictures_received: int = 0
    records_received: int = 0
    flight_seconds: float = 0.0
    seconds: float = 0.0
    simulated: bool | None = None
    vehicle: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the summary as JSON values."""
        return asdict(self)

    def succeeded(self, *, fly: bool) -> bool:
        """Return whether everything that was asked for happened, and every picture and record arrived."""
        if not fly:
            return self.planned
        arrived = self.pictures_taken == self.pictures_received and self.records_received > 0
        return self.delivered and self.landed_at_depot and arrived


class DemoFlight:
    """Drives both pages through one delivery."""

    def __init__(self, station: PageClient, office: PageClient, wish: DemoWish, say: Say) -> None:
        self._station = station
        self._office = office
        self._wish = wish
        self._say = say
        self.summary = DemoSummary()

    async def run(self) -> DemoSummary:
        """Fly the delivery and return the summary; raises FleetError where something stops it."""
        began_s = time.monotonic()
        request_id = await self._ask()
        vehicle_id = await self._aircraft_ready()
        plan = await self._plan(request_id, vehicle_id)
        if self._wish.fly:
            await self._fly(plan)
            await self._wait_for_office()
        self.summary.seconds = round(time.monotonic() - began_s, 1)
        return self.summary

    async def _ask(self) -> str:
        wish = self._wish
        asked = await self._office.post(
            "/api/requests", {"item": wish.item, "mass_kg": wish.mass_kg, "site_id": wish.site_id, "urgency": 2}
        )
        request_id = str(asked["id"])
        self._say(Text(f"役場が依頼: {wish.item} {wish.mass_kg:g} kg", f"the office asks for {wish.item}"))
        await self._station.until(
            lambda state: request_id in state.get("requests", {}),
            within_s=REQUEST_WITHIN_S,
            what=Text("依頼が地上局に届きません", "the request does not reach the station"),
        )
        return request_id

    async def _aircraft_ready(self) -> str:
        self._say(Text("機体の準備を待っています", "waiting for the aircraft"))

        def ready(state: dict[str, Any]) -> bool:
            return any(
                one.get("ready") and one.get("simulated") is not None and one.get("lon_deg") is not None
                for one in state.get("vehicles", {}).values()
            )

        state = await self._station.until(
            ready,
            within_s=READY_WITHIN_S,
            what=Text("機体の準備ができません", "no aircraft is ready"),
        )
        vehicle = next(one for one in state["vehicles"].values() if one.get("ready"))
        self.summary.vehicle = str(vehicle["id"])
        self.summary.simulated = vehicle.get("simulated")
        return str(vehicle["id"])

    async def _plan(self, request_id: str, vehicle_id: str) -> dict[str, Any]:
        plan: dict[str, Any] = await self._station.post(f"/api/requests/{request_id}/plans", {"vehicle_id": vehicle_id})
        refusals = [finding for finding in plan["findings"] if finding["level"] == "refuse"]
        if refusals:
            raise RefusedError(Text(**refusals[0]["text"]))
        self.summary.planned = True
        self._say(
            Text(
                f"計画: {plan['distance_m'] / 1000:.1f} km、{plan['duration_s'] / 60:.1f} 分",
                f"planned: {plan['distance_m'] / 1000:.1f} km, {plan['duration_s'] / 60:.1f} min",
            )
        )
        return plan

    async def _fly(self, plan: dict[str, Any]) -> None:
        warnings = [
            {"rule": finding["rule"], "name": _OPERATOR, "reason": "訓練のため確認済み"}
            for finding in plan["findings"]
            if finding["level"] == "warn"
        ]
        delivery = await self._station.post("/api/deliveries", {"plan_id": plan["id"], "accepted_warnings": warnings})
        delivery_id = str(delivery["id"])
        await self._checks(delivery_id)
        await self._station.post(f"/api/deliveries/{delivery_id}/fly", {"id": new_id(time.time())})
        began_s = time.monotonic()
        self._say(Text("飛行開始", "flying"))
        await self._follow(delivery_id)
        self.summary.flight_seconds = round(time.monotonic() - began_s, 1)

    async def _checks(self, delivery_id: str) -> None:
        def uploaded(state: dict[str, Any]) -> bool:
            return self._delivery(state, delivery_id).get("state") in {"checking", "ready", *_ENDED}

        state = await self._station.until(
            uploaded, within_s=CHECKS_WITHIN_S, what=Text("計画が機体に届きません", "the plan is not on board")
        )
        delivery = self._delivery(state, delivery_id)
        if delivery.get("state") in _ENDED:
            raise RefusedError(Text(**delivery["problem"]))
        self.summary.uploaded = True
        self._say(Text("計画が機体に届き、読み返して一致", "the plan is on board and reads back equal"))
        for check in delivery["checks"]:
            if check["by"] == "person":
                body = {"name": _OPERATOR, "ticked": True}
                await self._station.post(f"/api/deliveries/{delivery_id}/checks/{check['id']}", body)
        state = await self._station.until(
            lambda now: self._delivery(now, delivery_id).get("state") == "ready",
            within_s=CHECKS_WITHIN_S,
            what=Text("点検が終わりません", "the checks do not pass"),
        )

    async def _follow(self, delivery_id: str) -> None:
        said = ""

        def ended(state: dict[str, Any]) -> bool:
            nonlocal said
            delivery = self._delivery(state, delivery_id)
            activity = delivery.get("activity", {})
            words = str(activity.get("ja", "")).split(" 残り")[0]
            if words and words != said:
                said = words
                self._say(Text(words, str(activity.get("en", "")).split(",")[0]))
            return delivery.get("state") in _NOT_FLYING

        state = await self._station.until(
            ended, within_s=FLIGHT_WITHIN_S, what=Text("飛行が終わりません", "the flight does not end")
        )
        delivery = self._delivery(state, delivery_id)
        if delivery.get("state") not in _ENDED:
            raise RefusedError(Text(**delivery["problem"]))
        self.summary.delivered = delivery.get("delivered_at_s") is not None
        self.summary.landed_at_depot = delivery.get("state") == "done" and delivery.get("problem") is None
        self.summary.pictures_taken = int(delivery.get("pictures", 0))

    async def _wait_for_office(self) -> None:
        def all_sent(state: dict[str, Any]) -> bool:
            office = state.get("office", {})
            return bool(office.get("connected")) and office.get("pending_pictures") == 0

        state = await self._station.until(
            all_sent, within_s=PICTURES_WITHIN_S, what=Text("写真が役場に届きません", "pictures do not arrive")
        )
        taken = len(state.get("pictures", {}))
        self.summary.pictures_taken = max(self.summary.pictures_taken, taken)

        def received(office: dict[str, Any]) -> bool:
            return self._complete(office) >= taken and any(
                one.get("state") in _ENDED for one in office.get("deliveries", {}).values()
            )

        state = await self._office.until(
            received, within_s=PICTURES_WITHIN_S, what=Text("役場に届いていません", "the office has not received all")
        )
        self.summary.pictures_received = self._complete(state)
        health = await self._office.get("/api/health")
        self.summary.records_received = int(health["details"]["records_received"])
        self._say(Text("役場に全部届きました", "everything arrived at the office"))

    @staticmethod
    def _complete(state: dict[str, Any]) -> int:
        return sum(one.get("state") == "complete" for one in state.get("pictures", {}).values())

    @staticmethod
    def _delivery(state: dict[str, Any], delivery_id: str) -> dict[str, Any]:
        found: dict[str, Any] = state.get("deliveries", {}).get(delivery_id, {})
        return found


def demo_password() -> str:
    """Return a password for one demonstration."""
    return secrets.token_urlsafe(18)
