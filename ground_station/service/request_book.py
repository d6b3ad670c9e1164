"""The station's requests: its own and the town office's, each kept on disk before anyone is told of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Literal, Protocol

import msgspec

from fleet.errors import ConflictError, NotFoundError
from fleet.ids import DeliveryId, RequestId
from fleet.text import Text
from missions.values.request import DeliveryRequest


class RequestState(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    PLANNED = "planned"
    FLYING = "flying"
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"


class Documents(Protocol):
    """Where JSON documents are kept, durably."""

    def put(self, collection: str, document_id: str, body: Any, at_s: float) -> None:
        """Add or replace one."""
        ...

    def all(self, collection: str) -> Any:
        """Return all of a collection, oldest change first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StationRequest:
    """A request, who sent it and what became of it."""

    request: DeliveryRequest
    source: Literal["station", "office"]
    state: RequestState = RequestState.OPEN
    delivery_id: DeliveryId | None = None


class RequestBook:
    """All requests by id. Blocking on changes; call from a thread."""

    COLLECTION = "requests"

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._requests: dict[RequestId, StationRequest] = {}
        for body in documents.all(self.COLLECTION):
            entry = msgspec.convert(body, StationRequest)
            self._requests[entry.request.id] = entry

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

    def add(self, entry: StationRequest, now_s: float) -> StationRequest:
        """Keep a new request; one with a known id changes nothing and the known one is returned."""
        known = self._requests.get(entry.request.id)
        return known if known is not None else self._save(entry, now_s)

    def move(
        self, request_id: RequestId, state: RequestState, now_s: float, delivery_id: DeliveryId | None = None
    ) -> StationRequest:
        """Set where a request stands."""
        entry = self.get(request_id)
        moved = replace(entry, state=state, delivery_id=delivery_id or entry.delivery_id)
        return entry if moved == entry else self._save(moved, now_s)

    def withdraw(self, request_id: RequestId, now_s: float) -> StationRequest:
        """Withdraw a request; raises ConflictError once it flies."""
        if self.get(request_id).state in {RequestState.FLYING, RequestState.DELIVERED}:
            raise ConflictError(
                Text("飛行中・配送済みの依頼は取り下げられません", "a request that flies or is delivered stays"),
                Text("機体を戻すには「帰還」を使ってください", "to bring the aircraft back, use Recall"),
            )
        return self.move(request_id, RequestState.WITHDRAWN, now_s)

    def _save(self, entry: StationRequest, now_s: float) -> StationRequest:
        self._documents.put(self.COLLECTION, entry.request.id, entry, now_s)
        self._requests[entry.request.id] = entry
        return entry
