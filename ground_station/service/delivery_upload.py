"""Carries plans to aircraft, each aircraft for itself: settings, upload with read-back, first checks.

However an upload ends, foreseen or not, its delivery does not stay in UPLOADING: it has failed, and says why.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import structlog

from fleet.clock import Clock
from fleet.errors import FleetError, NotFoundError
from fleet.ids import DeliveryId, VehicleId
from fleet.text import Text
from ground_station.flight.flight_plan import FlightPlan, PlanDigest
from ground_station.flight.port import FlightPort
from ground_station.service.delivery import Delivery, DeliveryState, checked
from ground_station.service.delivery_book import DeliveryBook
from ground_station.service.flight_mirror import FlightMirror
from ground_station.service.flight_of_plan import flight_of_plan
from ground_station.service.plan_desk import PlanDesk
from missions.values.aircraft import Aircraft
from missions.values.plan import Plan
from portal.tending import outcome_of, words_of

_log = structlog.get_logger(__name__)

STATION = "station"
"""The author of what the station does by itself."""
MOST_WAITING = 20
AGAIN_S = 2.0
"""How long until it is tried again to write down that a delivery has failed, s."""

_SEND_AGAIN = Text(
    "もう一度、計画を機体に送ってください。また止まるときは、地上局のログを管理者に渡してください",
    "send the plan to the aircraft again; if it stops again, give the station's log to the administrator",
)


class DeliveryUploads:
    """A queue an aircraft of deliveries whose plan goes on board; `run` until cancelled."""

    def __init__(
        self,
        *,
        book: DeliveryBook,
        plans: PlanDesk,
        port: FlightPort,
        mirror: FlightMirror,
        aircraft: Mapping[VehicleId, Aircraft],
        clock: Clock,
    ) -> None:
        self._book = book
        self._plans = plans
        self._port = port
        self._mirror = mirror
        self._aircraft = aircraft
        self._clock = clock
        self._busy: set[VehicleId] = set()
        self._work: dict[VehicleId, asyncio.Queue[DeliveryId]] = {
            vehicle_id: asyncio.Queue(maxsize=MOST_WAITING) for vehicle_id in mirror.vehicle_ids
        }

    def flight(self, plan: Plan) -> FlightPlan:
        """Return what of a plan goes on board; raises NotFoundError for an aircraft that the town does not have."""
        aircraft = self._aircraft.get(plan.vehicle_id)
        if aircraft is None:
            raise NotFoundError(
                Text(f"機体 {plan.vehicle_id} は町の登録にありません", f"the town has no aircraft {plan.vehicle_id}"),
                Text("町のデータに機体を登録してください", "add the aircraft to the town's data"),
            )
        return flight_of_plan(plan, aircraft)

    def put(self, delivery: Delivery) -> None:
        """Queue a delivery in UPLOADING; one that is given up before its turn is passed over.

        Of an aircraft's deliveries only the newest has not ended: where twenty wait, the oldest makes room.
        """
        work = self._work[delivery.vehicle_id]
        if work.full():
            work.get_nowait()
        work.put_nowait(delivery.id)

    def take_up(self, delivery: Delivery) -> None:
        """Have a core that knows nothing of a checked flight read it back, and bring it again if it is not there.

        Nothing while the aircraft's queue has work already: it is asked again.
        """
        work = self._work[delivery.vehicle_id]
        if work.empty() and delivery.vehicle_id not in self._busy:
            work.put_nowait(delivery.id)

    async def run(self) -> None:
        """Upload and check what was begun, one after the other for each aircraft, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for vehicle_id, work in self._work.items():
                tasks.create_task(self._serve(vehicle_id, work), name=f"uploads {vehicle_id}")

    async def _serve(self, vehicle_id: VehicleId, work: asyncio.Queue[DeliveryId]) -> None:
        while True:
            delivery_id = await work.get()
            self._busy.add(vehicle_id)
            try:
                error = await outcome_of(self._upload(delivery_id))
                if error is not None:
                    await self._end(delivery_id, error)
            finally:
                self._busy.discard(vehicle_id)

    async def _end(self, delivery_id: DeliveryId, error: BaseException) -> None:
        """Write down that a delivery has failed, as often as it takes."""
        foreseen = isinstance(error, FleetError)
        _log.warning("upload ended", delivery=delivery_id, why=words_of(error).en, exc_info=None if foreseen else error)
        while (unwritten := await outcome_of(self._fail(delivery_id, error))) is not None:
            _log.warning("a delivery's failure is not written yet", delivery=delivery_id, why=words_of(unwritten).en)
            await asyncio.sleep(AGAIN_S)

    async def _upload(self, delivery_id: DeliveryId) -> None:
        delivery = self._book.get(delivery_id)
        plan = await self._plans.get(delivery.plan_id)
        if delivery.state in {DeliveryState.CHECKING, DeliveryState.READY}:
            await self._port.place(self.flight(plan), author=STATION, keep=True)
        if delivery.state is not DeliveryState.UPLOADING:
            return
        digest = await self._port.place(self.flight(plan), author=STATION)
        async with self._book.alone_with(delivery_id) as latest:
            if latest.state is DeliveryState.UPLOADING:
                await self._is_on_board(latest, digest)

    async def _is_on_board(self, latest: Delivery, digest: PlanDigest) -> None:
        fresh = replace(latest, on_board=True, flight=digest, upload_fraction=1.0, state=DeliveryState.CHECKING)
        report = self._mirror.report(latest.vehicle_id)
        findings = report.checks if report.flight == digest else ()
        await self._book.save(checked(fresh, findings), self._clock.now_s())

    async def _fail(self, delivery_id: DeliveryId, error: BaseException) -> None:
        if delivery_id not in self._book.all:
            return
        async with self._book.alone_with(delivery_id) as latest:
            if latest.state is DeliveryState.UPLOADING:
                await self._has_failed(latest, error)

    async def _has_failed(self, latest: Delivery, error: BaseException) -> None:
        now_s = self._clock.now_s()
        problem, cure = (error.what, error.cure) if isinstance(error, FleetError) else (_unforeseen(error), _SEND_AGAIN)
        failed = replace(latest, state=DeliveryState.FAILED, ended_at_s=now_s, problem=problem, problem_cure=cure)
        await self._book.save(failed, now_s)


def _unforeseen(error: BaseException) -> Text:
    words = words_of(error)
    return Text(
        f"計画の送り込みが思わぬ誤りで止まりました（{words.ja}）",
        f"sending the plan on board stopped for an unforeseen error ({words.en})",
    )
