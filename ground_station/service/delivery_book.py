"""The station's deliveries: in memory as values, on disk as documents, and who wants to know of changes."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

from fleet.errors import NotFoundError, UnavailableError
from fleet.ids import DeliveryId, VehicleId
from fleet.text import Text
from ground_station.service.delivery import BEFORE_FLIGHT, ENDED, Delivery, DeliveryState
from ground_station.service.documents_sql import SqlDocuments

_COLLECTION = "deliveries"
SAVE_EVERY_S = 5.0

OnDelivery = Callable[[Delivery], None]


class DeliveryBook:
    """All deliveries by id. A change of state is on disk before listeners hear of it; progress every five seconds."""

    def __init__(self, documents: SqlDocuments) -> None:
        self._documents = documents
        self._deliveries: dict[DeliveryId, Delivery] = {}
        self._saved_at_s: dict[DeliveryId, float] = {}
        self._listeners: list[OnDelivery] = []
        self._locks: defaultdict[DeliveryId, asyncio.Lock] = defaultdict(asyncio.Lock)
        for delivery in documents.all(_COLLECTION, Delivery, lambda delivery: delivery.id):
            self._deliveries[delivery.id] = delivery

    @property
    def all(self) -> Mapping[DeliveryId, Delivery]:
        """Return every delivery, oldest first."""
        return self._deliveries

    def subscribe(self, listener: OnDelivery) -> None:
        """Call `listener` with every changed delivery."""
        self._listeners.append(listener)

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
        """Keep a delivery and tell the listeners; writes to disk when its state changed or five seconds went by."""
        before = self._deliveries.get(delivery.id)
        if before == delivery:
            return delivery
        self._deliveries[delivery.id] = delivery
        moved = before is None or _durable(before) != _durable(delivery)
        if moved or now_s - self._saved_at_s.get(delivery.id, 0.0) >= SAVE_EVERY_S:
            self._saved_at_s[delivery.id] = now_s
            try:
                await asyncio.to_thread(self._documents.put, _COLLECTION, delivery.id, delivery, now_s)
            except UnavailableError:
                self._take_back(delivery, before)
                raise
        for listener in self._listeners:
            listener(self._deliveries[delivery.id])
        return delivery

    def row(self, delivery: Delivery) -> tuple[str, str, Delivery]:
        """Return a delivery as the document it is on disk."""
        return _COLLECTION, delivery.id, delivery

    def adopt(self, delivery: Delivery, now_s: float) -> None:
        """Take a delivery that is on disk already for what it is, and tell the listeners."""
        self._deliveries[delivery.id] = delivery
        self._saved_at_s[delivery.id] = now_s
        for listener in self._listeners:
            listener(delivery)

    def _take_back(self, delivery: Delivery, before: Delivery | None) -> None:
        """What is not on disk counts as not saved, so that saving it again writes it."""
        self._saved_at_s.pop(delivery.id, None)
        if self._deliveries.get(delivery.id) is not delivery:
            return
        if before is None:
            del self._deliveries[delivery.id]
        else:
            self._deliveries[delivery.id] = before

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
