"""The station's requests: its own and the town office's, each kept on disk before anyone is told of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal, Protocol, TypeVar

from fleet.errors import ConflictError, NotFoundError
from fleet.ids import DeliveryId, PlanId, RequestId
from fleet.text import Text
from ground_station.service.kept_rows import Rows, keep
from ground_station.service.listeners import Listeners
from missions.values.request import DeliveryRequest

T = TypeVar("T")


class RequestState(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    PLANNED = "planned"
    FLYING = "flying"
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"


class Documents(Rows, Protocol):
    """Where JSON documents are kept, durably, and read at the start."""

    def all(self, collection: str, kind: type[T], key_of: Callable[[T], str] | None = None) -> list[T]:
        """Return all of a collection that can be read as `kind`, oldest change first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StationRequest:
    """A request, who sent it and what became of it."""

    request: DeliveryRequest
    source: Literal["station", "office"]
    state: RequestState = RequestState.OPEN
    delivery_id: DeliveryId | None = None
    plan_id: PlanId | None = None


class RequestBook:
    """All requests by id, for one event loop."""

    COLLECTION = "requests"

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._requests: dict[RequestId, StationRequest] = {}
        self._listeners = Listeners[StationRequest]("requests")
        for entry in documents.all(self.COLLECTION, StationRequest, lambda entry: entry.request.id):
            self._requests[entry.request.id] = entry

    def subscribe(self, listener: Callable[[StationRequest], None]) -> None:
        """Call `listener` with every changed request, once it is on disk; what it raises is logged."""
        self._listeners.add(listener)

    @property
    def all(self) -> Mapping[RequestId, StationRequest]:
        """Return every request, oldest first."""
        return self._requests

    def get(self, request_id: RequestId) -> StationRequest:
        """Return one; raises NotFoundError."""
        entry = self._requests.get(request_id)
        if entry is None:
            raise NotFoundError(
                Text("その依頼はありません", "there is no such request"),
                Text("一覧から選び直してください", "choose it again from the list"),
            )
        return entry

    async def add(self, entry: StationRequest, now_s: float) -> StationRequest:
        """Keep a new request; one with a known id changes nothing and the known one is returned."""
        known = self._requests.get(entry.request.id)
        return known if known is not None else await self._save(entry, now_s)

    async def move(
        self, request_id: RequestId, state: RequestState, now_s: float, delivery_id: DeliveryId | None = None
    ) -> StationRequest:
        """Set where a request stands."""
        entry = self.get(request_id)
        moved = replace(entry, state=state, delivery_id=delivery_id or entry.delivery_id)
        return entry if moved == entry else await self._save(moved, now_s)

    async def planned(self, request_id: RequestId, plan_id: PlanId, now_s: float) -> StationRequest:
        """Note the newest plan of a request; an open one is planned now."""
        entry = self.get(request_id)
        state = RequestState.PLANNED if entry.state is RequestState.OPEN else entry.state
        return await self._save(replace(entry, state=state, plan_id=plan_id), now_s)

    async def withdraw(self, request_id: RequestId, now_s: float) -> StationRequest:
        """Withdraw a request; raises ConflictError once it flies."""
        if self.get(request_id).state in {RequestState.FLYING, RequestState.DELIVERED}:
            raise ConflictError(
                Text("飛行中・配送済みの依頼は取り下げられません", "a request that flies or is delivered stays"),
                Text("機体を戻すには「帰還」を使ってください", "to bring the aircraft back, use Recall"),
            )
        return await self.move(request_id, RequestState.WITHDRAWN, now_s)

    def row(self, entry: StationRequest) -> tuple[str, str, StationRequest]:
        """Return a request as the document it is on disk."""
        return self.COLLECTION, entry.request.id, entry

    def adopt(self, entry: StationRequest) -> None:
        """Take a request that is on disk already for what it is; `tell` of it once all that goes with it is taken."""
        self._requests[entry.request.id] = entry

    def tell(self, entry: StationRequest) -> None:
        """Tell the listeners of a request that was adopted."""
        self._listeners.tell(entry)

    async def _save(self, entry: StationRequest, now_s: float) -> StationRequest:
        def adopt() -> None:
            self.adopt(entry)
            self.tell(entry)

        await keep(self._documents, [self.row(entry)], now_s, adopt)
        return entry
