"""What the town is told of a delivery whose aircraft is silent."""

from dataclasses import replace

import pytest

from fleet.ids import DeliveryId
from fleet.text import Text
from ground_station.service.delivery import Delivery, DeliveryState
from ground_station.service.flight_progress import FlightProgress
from ground_station.service.town_feed import delivery_body
from telemetry import bodies
from tests.ground_station.plan_values import PLAN_VALUE

T0 = 1_780_000_000.0
FLYING = Delivery(
    id=DeliveryId("delivery-1"),
    request_id=PLAN_VALUE.request_id,
    plan_id=PLAN_VALUE.id,
    vehicle_id=PLAN_VALUE.vehicle_id,
    site_id=PLAN_VALUE.site_id,
    item="水",
    mass_kg=4.0,
    state=DeliveryState.FLYING,
    created_at_s=T0 - 900.0,
    started_at_s=T0 - 60.0,
    progress=FlightProgress(was_airborne=True, to_site_s=180.0),
)


def told(delivery: Delivery, *, now_s: float, position_at_s: float | None) -> bodies.DeliveryState:
    words = Text("高室へ飛行中", "flying to Takamuro")
    return delivery_body(delivery, PLAN_VALUE, words, now_s=now_s, position_at_s=position_at_s)


@pytest.mark.parametrize("silent_s", [0.0, 5.0, 300.0])
def test_while_an_aircraft_is_silent_its_delivery_grows_old_and_its_arrival_does_not_move(silent_s: float) -> None:
    body = told(FLYING, now_s=T0 + silent_s, position_at_s=T0)
    assert (body.at_s, body.eta_s) == (T0, T0 + 180.0)


def test_without_any_position_a_flight_is_as_old_as_its_start_and_has_no_arrival() -> None:
    body = told(FLYING, now_s=T0, position_at_s=None)
    assert (body.at_s, body.eta_s) == (T0 - 60.0, None)


@pytest.mark.parametrize("state", [DeliveryState.CHECKING, DeliveryState.RECALLED, DeliveryState.FAILED])
def test_a_delivery_on_the_ground_stands_now_however_long_ago_its_aircraft_was_heard(state: DeliveryState) -> None:
    body = told(replace(FLYING, state=state), now_s=T0, position_at_s=T0 - 3600.0)
    assert (body.at_s, body.eta_s) == (T0, None)


@pytest.mark.parametrize(
    ("state", "heard", "phase"),
    [
        (DeliveryState.RETURNING, False, "unconfirmed"),
        (DeliveryState.RECALLED, False, "unconfirmed"),
        (DeliveryState.RETURNING, True, "returning"),
        (DeliveryState.DONE, True, "done"),
    ],
)
def test_a_flight_that_left_the_site_without_a_word_of_the_load_is_not_told_either_way(
    state: DeliveryState, *, heard: bool, phase: str
) -> None:
    progress = replace(FLYING.progress, place_reached=True, released=heard)
    assert told(replace(FLYING, state=state, progress=progress), now_s=T0, position_at_s=T0).state == phase
