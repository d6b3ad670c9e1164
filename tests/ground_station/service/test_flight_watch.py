"""What becomes of a request when its flight has ended: delivered, open again, or not known before somebody looked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from msgspec import structs

from fleet.clock import ManualClock
from fleet.errors import UnavailableError
from fleet.text import Text
from ground_station.flight.feed import Update
from ground_station.flight.vehicles.state import LinkState
from ground_station.flight.vehicles.telemetry import Telemetry
from ground_station.service.delivery import DeliveryState
from ground_station.service.delivery_book import DeliveryBook
from ground_station.service.flight_progress import FlightProgress, FlightStage
from ground_station.service.flight_watch import FlightWatch, Watchers
from ground_station.service.request_book import RequestBook, RequestState
from ground_station.service.town_feed import VehicleNews
from tests.ground_station.flight.vehicles.test_replay import Replay
from tests.ground_station.plan_values import PLAN_VALUE
from tests.ground_station.service.desk_world import REQUEST, WISH, Plans
from tests.ground_station.service.fake_core import Disk
from tests.ground_station.service.test_flight_progress import DELIVERY

HOMEWARD = FlightProgress(stage=FlightStage.RETURNING, was_armed=True, was_airborne=True)


@dataclass
class FullDisk(Disk):
    """Paper that takes nothing of one collection."""

    full_of: str = ""

    def put_all(self, documents: Sequence[tuple[str, str, Any]], at_s: float) -> None:
        if any(collection == self.full_of for collection, _, _ in documents):
            raise UnavailableError(Text("ディスクが一杯です", "the disk is full"))
        super().put_all(documents, at_s)


async def _landed(progress: FlightProgress, disk: FullDisk) -> tuple[DeliveryBook, RequestBook, FlightWatch]:
    book, requests = DeliveryBook(cast("Any", Disk())), RequestBook(disk)
    await requests.add(replace(WISH, state=RequestState.FLYING), 0.0)
    flying = replace(DELIVERY, request_id=REQUEST, plan_id=PLAN_VALUE.id, progress=progress)
    await book.save(flying, 0.0)
    plans, nobody = cast("Any", Plans()), cast("Any", None)
    watch = FlightWatch(
        mirror=nobody, town=nobody, book=book, plans=plans, requests=requests, clock=ManualClock(), watchers=nobody
    )
    return book, requests, watch


async def _follow(watch: FlightWatch) -> None:
    on_ground = next(state for state in Replay("delivery").states() if not state.armed)
    await watch._follow(structs.replace(on_ground, vehicle_id=DELIVERY.vehicle_id))


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


async def test_motors_that_stop_before_it_left_the_ground_bring_delivery_and_request_back_together() -> None:
    book, requests, watch = await _landed(FlightProgress(was_armed=True), FullDisk())
    await _follow(watch)
    assert book.get(DELIVERY.id).state is DeliveryState.CHECKING
    assert requests.get(REQUEST).state is RequestState.PLANNED


async def test_a_core_that_has_just_started_ends_no_flight_and_no_alert(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its aircraft are unheard at first, which is neither motors off nor the end of what was wrong."""
    book, requests, watch = await _landed(replace(HOMEWARD, place_reached=True), FullDisk())
    shown: list[str] = []
    over: list[str] = []
    watch._watchers = Watchers(
        on_vehicle=lambda news: shown.append(news.activity.en),
        on_alert=lambda vehicle_id, news: None,
        on_alert_over=lambda vehicle_id, subject: over.append(subject),
    )
    monkeypatch.setattr(
        watch,
        "news",
        lambda state: VehicleNews(
            state=state, at_s=0.0, alt_agl_m=None, activity=watch.activity(state, None), delivery_id=None
        ),
    )
    watch._mirror = cast("Any", SimpleNamespace(report=lambda _: SimpleNamespace(silence=Text("", ""))))
    watch._town = cast("Any", SimpleNamespace(aircraft={}))
    in_air = next(state for state in Replay("delivery").states() if state.armed and state.in_air)
    in_air = structs.replace(in_air, vehicle_id=DELIVERY.vehicle_id, critical_since_s=1.0)
    unheard = structs.replace(
        in_air, telemetry=Telemetry(), link=LinkState.LOST, link_age_s=None, critical_since_s=None
    )
    for state in (in_air, unheard):
        await watch._take(Update(states=(state,), events=()))
    assert shown[-1] == "unknown"
    assert over == []
    assert book.get(DELIVERY.id).state is DeliveryState.RETURNING
    assert requests.get(REQUEST).state is RequestState.FLYING
    await _follow(watch)
    assert book.get(DELIVERY.id).state is DeliveryState.RECALLED
