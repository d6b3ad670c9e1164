"""The station's deliveries: in memory as values, on disk as documents, and who wants to know of changes."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

from fleet.errors import NotFoundError
from fleet.ids import DeliveryId, VehicleId
from fleet.text import Text
from ground_station.service.delivery import BEFORE_FLIGHT, ENDED, Delivery, DeliveryState
from ground_station.service.documents_sql import SqlDocuments
from ground_station.service.kept_rows import Row, keep
from ground_station.service.listeners import Listeners
from ground_station.service.request_book import RequestBook, StationRequest

_COLLECTION = "deliveries"
SAVE_EVERY_S = 5.0

OnDelivery = Callable[[Delivery], None]


class DeliveryBook:
    """All deliveries by id. A change of state is on disk before anybody sees it; progress every five seconds."""

    def __init__(self, documents: SqlDocuments) -> None:
        self._documents = documents
        self._deliveries: dict[DeliveryId, Delivery] = {}
        self._saved_at_s: dict[DeliveryId, float] = {}
        self._doubtful: set[DeliveryId] = set()
        self._listeners = Listeners[Delivery]("deliveries")
        self._locks: defaultdict[DeliveryId, asyncio.Lock] = defaultdict(asyncio.Lock)
        for delivery in documents.all(_COLLECTION, Delivery, lambda delivery: delivery.id):
            self._deliveries[delivery.id] = delivery

    @property
    def all(self) -> Mapping[DeliveryId, Delivery]:
        """Return every delivery, oldest first."""
        return self._deliveries

    def subscribe(self, listener: OnDelivery) -> None:
        """Call `listener` with every changed delivery; what it raises is logged."""
        self._listeners.add(listener)

    def get(self, delivery_id: DeliveryId) -> Delivery:
        """Return one; raises NotFoundError."""
        delivery = self._deliveries.get(delivery_id)
        if delivery is None:
            raise NotFoundError(
                Text("その配送はありません", "there is no such delivery"),
                Text("一覧から選び直してください", "choose it again from the list"),
            )
        return delivery

    def of_vehicle(self, vehicle_id: VehicleId) -> Delivery | None:
        """Return the vehicle's delivery that has not ended."""
        return next(
            (
                delivery
                for delivery in reversed(self._deliveries.values())
                if delivery.vehicle_id == vehicle_id and delivery.state not in ENDED
            ),
            None,
        )

    @asynccontextmanager
    async def alone_with(self, delivery_id: DeliveryId) -> AsyncIterator[Delivery]:
        """Yield a delivery as it stands, with nobody else changing it until the end: every change is made in here.

        Raises NotFoundError. Not to be nested.
        """
        self.get(delivery_id)
        async with self._locks[delivery_id]:
            yield self.get(delivery_id)

    async def save(self, delivery: Delivery, now_s: float) -> Delivery:
        """Keep a delivery and tell the listeners; writes to disk when its state changed or five seconds went by.

        Raises what the disk raises where it has not taken the change; then the delivery stands as before, and saving
        it again writes it.
        """
        before = self._deliveries.get(delivery.id)
        doubtful = delivery.id in self._doubtful
        if before == delivery and not doubtful:
            return delivery
        moved = before is None or _durable(before) != _durable(delivery)
        if moved or doubtful or now_s - self._saved_at_s.get(delivery.id, 0.0) >= SAVE_EVERY_S:
            await self._write(delivery, (), now_s, lambda: self._written(delivery, now_s))
        else:
            self._deliveries[delivery.id] = delivery
            self._listeners.tell(delivery)
        return delivery

    async def save_with(
        self,
        delivery: Delivery,
        requests: RequestBook,
        entry: StationRequest,
        now_s: float,
        *,
        on_disk: Callable[[], None] = lambda: None,
    ) -> None:
        """Keep a delivery and its request in one transaction, then tell of both; raises as `save` does.

        `on_disk` is called as soon as both are, also where the caller is gone by then.
        """

        def adopt() -> None:
            requests.adopt(entry)
            self._adopt_written(delivery, now_s)
            on_disk()
            requests.tell(entry)
            self._listeners.tell(delivery)

        await self._write(delivery, (requests.row(entry),), now_s, adopt)

    async def _write(
        self, delivery: Delivery, others: tuple[Row, ...], now_s: float, adopt: Callable[[], None]
    ) -> None:
        """Write; until it is known to be on disk, the delivery's row is in doubt, and its next change is written."""
        self._doubtful.add(delivery.id)
        await keep(self._documents, [(_COLLECTION, delivery.id, delivery), *others], now_s, adopt)

    def _written(self, delivery: Delivery, now_s: float) -> None:
        self._adopt_written(delivery, now_s)
        self._listeners.tell(delivery)

    def _adopt_written(self, delivery: Delivery, now_s: float) -> None:
        self._saved_at_s[delivery.id] = now_s
        self._doubtful.discard(delivery.id)
        self._deliveries[delivery.id] = delivery

    async def end_unsent(self, now_s: float) -> None:
        """After a restart: a delivery whose upload had not ended must be sent again from its plan."""
        for delivery in tuple(self._deliveries.values()):
            if delivery.state in {DeliveryState.PLANNED, DeliveryState.UPLOADING} or _is_of_before(delivery):
                await self.save(
                    replace(
                        delivery,
                        state=DeliveryState.FAILED,
                        ended_at_s=now_s,
                        problem=Text(
                            "地上局が再起動したため、点検をやり直します", "the station restarted; checks begin anew"
                        ),
                        problem_cure=Text(
                            "もう一度、計画を機体に送ってください", "send the plan to the aircraft again"
                        ),
                    ),
                    now_s,
                )


def _is_of_before(delivery: Delivery) -> bool:
    """Return whether it waits to fly and was kept by a version that knew no digests."""
    return delivery.state in BEFORE_FLIGHT and delivery.flight is None


def _durable(delivery: Delivery) -> tuple[object, ...]:
    progress = delivery.progress
    return (
        delivery.state,
        delivery.on_board,
        delivery.flight,
        delivery.order_id,
        delivery.ticks,
        delivery.problem,
        progress.stage,
        progress.released,
        progress.left_plan_in,
        progress.was_airborne,
    )
