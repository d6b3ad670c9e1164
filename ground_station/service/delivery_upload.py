"""Carries plans to aircraft, one after the other: settings, upload with read-back, first checks."""

import asyncio
from dataclasses import replace
from typing import Protocol

import structlog

from fleet.clock import Clock
from fleet.errors import FleetError
from fleet.ids import DeliveryId, VehicleId
from ground_station.flight.vehicles.plan_transfer import TransferProgress
from ground_station.flight.vehicles.vehicle import PlanItems, Vehicle
from ground_station.service.delivery import DeliveryState, checked
from ground_station.service.delivery_book import DeliveryBook
from ground_station.service.plan_desk import PlanDesk
from missions.values.finding import Finding
from missions.values.plan import Plan

_log = structlog.get_logger(__name__)

STATION = "station"
"""The author of what the station does by itself."""


class Vehicles(Protocol):
    """The aircraft this station has."""

    def vehicle(self, vehicle_id: VehicleId) -> Vehicle:
        """Return one; raises NotFoundError, or UnavailableError while it was never heard."""
        ...


class Preflight(Protocol):
    """The machine's own checks of an aircraft for one flight."""

    async def check(self, vehicle: Vehicle, plan: Plan) -> tuple[Finding, ...]:
        """Return every check with its value; reads what it needs from the aircraft."""
        ...

    async def cure(self, vehicle: Vehicle, plan: Plan, *, author: str) -> None:
        """Set on the aircraft what the flight needs, and read it back; raises FleetError."""
        ...


class DeliveryUploads:
    """The queue of deliveries whose plan goes on board; `run` until cancelled."""

    def __init__(
        self, *, book: DeliveryBook, plans: PlanDesk, vehicles: Vehicles, preflight: Preflight, clock: Clock
    ) -> None:
        self._book = book
        self._plans = plans
        self._vehicles = vehicles
        self._preflight = preflight
        self._clock = clock
        self._work: asyncio.Queue[DeliveryId] = asyncio.Queue(maxsize=100)

    async def put(self, delivery_id: DeliveryId) -> None:
        """Queue a delivery in UPLOADING; one that is given up before its turn is passed over."""
        await self._work.put(delivery_id)

    async def run(self) -> None:
        """Upload and check what was begun, one after the other, until cancelled."""
        while True:
            delivery_id = await self._work.get()
            try:
                await self._upload(delivery_id)
            except FleetError as error:
                _log.warning("upload not noted", delivery=delivery_id, what=error.what.en)

    async def _upload(self, delivery_id: DeliveryId) -> None:
        delivery = self._book.get(delivery_id)
        if delivery.state is not DeliveryState.UPLOADING:
            return
        plan = await self._plans.get(delivery.plan_id)
        try:
            vehicle = self._vehicles.vehicle(plan.vehicle_id)
            await self._preflight.cure(vehicle, plan, author=STATION)
            await vehicle.upload_plan(items_of(plan), _ProgressTo(self._book, delivery_id, self._clock))
            findings = await self._preflight.check(vehicle, plan)
        except FleetError as error:
            await self._fail(delivery_id, error)
            return
        latest = self._book.get(delivery_id)
        if latest.state is not DeliveryState.UPLOADING:
            return
        fresh = replace(latest, on_board=True, upload_fraction=1.0, state=DeliveryState.CHECKING)
        await self._book.save(checked(fresh, findings), self._clock.now_s())

    async def _fail(self, delivery_id: DeliveryId, error: FleetError) -> None:
        _log.warning("delivery not begun", delivery=delivery_id, what=error.what.en)
        latest = self._book.get(delivery_id)
        if latest.state is not DeliveryState.UPLOADING:
            return
        now_s = self._clock.now_s()
        failed = replace(
            latest,
            state=DeliveryState.FAILED,
            ended_at_s=now_s,
            problem=error.what,
            problem_cure=error.cure,
        )
        await self._book.save(failed, now_s)


class _ProgressTo:
    """Shows how far an upload has come on its delivery, at most some five times a second."""

    def __init__(self, book: DeliveryBook, delivery_id: DeliveryId, clock: Clock) -> None:
        self._book = book
        self._delivery_id = delivery_id
        self._clock = clock
        self._steps = 0
        self._saves: set[asyncio.Task[None]] = set()

    def __call__(self, progress: TransferProgress) -> None:
        self._steps += 1
        _log.debug("upload", delivery=self._delivery_id, text=progress.text.en)
        save = asyncio.ensure_future(self._save(round(1.0 - 0.85**self._steps, 2)))
        self._saves.add(save)
        save.add_done_callback(self._saves.discard)

    async def _save(self, fraction: float) -> None:
        delivery = self._book.get(self._delivery_id)
        if delivery.state is not DeliveryState.UPLOADING:
            return
        try:
            await self._book.save(replace(delivery, upload_fraction=fraction), self._clock.now_s())
        except FleetError as error:
            _log.warning("progress not kept", delivery=self._delivery_id, what=error.what.en)


def items_of(plan: Plan) -> PlanItems:
    """Return what of a plan goes on board."""
    return PlanItems(name=plan.id, mission=plan.items, fence=plan.fence_items, rally=plan.rally_items)
