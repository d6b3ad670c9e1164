"""What becomes of a request when its flight has ended: delivered, open again, or not known before somebody looked."""

from dataclasses import dataclass, replace
from typing import Any, cast

import pytest

from fleet.clock import ManualClock
from fleet.errors import UnavailableError
from fleet.ids import RequestId, SiteId
from fleet.text import Text
from ground_station.service.delivery import DeliveryState
from ground_station.service.delivery_book import DeliveryBook
from ground_station.service.flight_progress import FlightProgress, FlightStage
from ground_station.service.flight_watch import FlightWatch
from ground_station.service.request_book import RequestBook, RequestState, StationRequest
from missions.values.request import DeliveryRequest, Urgency
from tests.ground_station.flight.vehicles.test_replay import Replay
from tests.ground_station.plan_values import PLAN_VALUE
from tests.ground_station.service.desk_world import Plans
from tests.ground_station.service.fake_core import Disk
from tests.ground_station.service.test_flight_progress import DELIVERY

REQUEST = RequestId("request-1")
HOMEWARD = FlightProgress(stage=FlightStage.RETURNING, was_armed=True, was_airborne=True)


@dataclass
class FullDisk(Disk):
    """Paper that takes nothing of one collection."""

    full_of: str = ""

    def put(self, collection: str, document_id: str, body: Any, at_s: float) -> None:
        if collection == self.full_of:
            raise UnavailableError(Text("ディスクが一杯です", "the disk is full"))
        super().put(collection, document_id, body, at_s)


async def _landed(progress: FlightProgress, disk: FullDisk) -> tuple[DeliveryBook, RequestBook, FlightWatch]:
    book, requests = DeliveryBook(cast("Any", Disk())), RequestBook(disk)
    wish = DeliveryRequest(
        id=REQUEST,
        item="水",
        mass_kg=4.0,
        site_id=SiteId("site"),
        urgency=Urgency.LIFE,
        requested_by="役場",
        requested_at_s=0.0,
    )
    await requests.add(StationRequest(request=wish, source="office", state=RequestState.FLYING), 0.0)
    flying = replace(DELIVERY, request_id=REQUEST, plan_id=PLAN_VALUE.id, progress=progress)
    await book.save(flying, 0.0)
    plans, nobody = cast("Any", Plans()), cast("Any", None)
    watch = FlightWatch(
        mirror=nobody, town=nobody, book=book, plans=plans, requests=requests, clock=ManualClock(), watchers=nobody
    )
    return book, requests, watch


async def _follow(watch: FlightWatch) -> None:
    on_ground = next(state for state in Replay("delivery").states() if not state.armed)
    await watch._follow(replace(on_ground, vehicle_id=DELIVERY.vehicle_id))


@pytest.mark.parametrize(
    ("progress", "delivery", "request_state"),
    [
        (replace(HOMEWARD, released=True, place_reached=True), DeliveryState.DONE, RequestState.FLYING),
        (HOMEWARD, DeliveryState.RECALLED, RequestState.OPEN),
        (replace(HOMEWARD, place_reached=True), DeliveryState.RECALLED, RequestState.FLYING),
    ],
)
async def test_a_request_opens_again_only_if_its_load_is_known_to_have_come_back(
    progress: FlightProgress, delivery: DeliveryState, request_state: RequestState
) -> None:
    book, requests, watch = await _landed(progress, FullDisk())
    await _follow(watch)
    assert book.get(DELIVERY.id).state is delivery
    assert requests.get(REQUEST).state is request_state


async def test_what_the_disk_refuses_is_tried_again_with_the_next_news() -> None:
    disk = FullDisk()
    book, requests, watch = await _landed(HOMEWARD, disk)
    disk.full_of = RequestBook.COLLECTION
    with pytest.raises(UnavailableError):
        await _follow(watch)
    assert book.get(DELIVERY.id).state is DeliveryState.RETURNING
    disk.full_of = ""
    await _follow(watch)
    assert book.get(DELIVERY.id).state is DeliveryState.RECALLED
    assert requests.get(REQUEST).state is RequestState.OPEN
