"""A flight that was ordered just before the station stopped, once its aircraft is heard again."""

from dataclasses import replace
from typing import Any, cast

import pytest

from ground_station.flight.vehicles.state import LinkState, VehicleState
from ground_station.service.delivery import DeliveryState
from ground_station.service.delivery_book import DeliveryBook
from ground_station.service.flight_progress import FlightProgress
from ground_station.service.ordered_flights import OrderedFlights
from tests.ground_station.flight.vehicles.test_replay import Replay
from tests.ground_station.service.test_delivery_desk import Paper
from tests.ground_station.service.test_flight_progress import DELIVERY

FLYING = replace(DELIVERY, state=DeliveryState.FLYING, progress=FlightProgress())


def _heard(*, armed: bool, link: LinkState = LinkState.FRESH) -> VehicleState:
    state = next(state for state in Replay("delivery").states() if state.armed is armed)
    return replace(state, vehicle_id=FLYING.vehicle_id, link=link)


@pytest.mark.parametrize(
    ("armed", "link", "becomes"),
    [
        (False, LinkState.FRESH, DeliveryState.CHECKING),
        (True, LinkState.FRESH, DeliveryState.FLYING),
        (False, LinkState.LOST, DeliveryState.FLYING),
    ],
)
async def test_it_goes_back_to_its_checks_only_if_the_aircraft_is_heard_on_the_ground(
    *, armed: bool, link: LinkState, becomes: DeliveryState
) -> None:
    book = DeliveryBook(cast("Any", Paper()))
    await book.save(FLYING, 0.0)
    await OrderedFlights(book).look(_heard(armed=armed, link=link), 1.0)
    delivery = book.get(FLYING.id)
    assert delivery.state is becomes
    assert (delivery.problem is not None) is (becomes is DeliveryState.CHECKING)


async def test_a_flight_that_is_ordered_now_is_left_to_begin() -> None:
    book = DeliveryBook(cast("Any", Paper()))
    flights = OrderedFlights(book)
    await book.save(FLYING, 0.0)
    await flights.look(_heard(armed=False), 1.0)
    assert book.get(FLYING.id).state is DeliveryState.FLYING
