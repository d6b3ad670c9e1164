"""What the pages are told of an aircraft: what is not known is told as not known."""

import pytest
from msgspec import structs

from fleet.text import Text
from ground_station.api.live_view import vehicle_out
from ground_station.api.schemas import VehicleOut
from ground_station.flight.vehicles.state import VehicleState
from ground_station.flight.vehicles.telemetry import Landed, LandedState, Telemetry
from tests.ground_station.service.fake_core import aircraft

LANDED = {
    # armed, what it told of being on the ground: what the pages are told
    (True, None): None,
    (True, LandedState.UNKNOWN): None,
    (True, LandedState.ON_GROUND): True,
    (True, LandedState.IN_AIR): False,
    (True, LandedState.TAKING_OFF): False,
    (True, LandedState.LANDING): False,
    (False, None): True,
    (False, LandedState.UNKNOWN): True,
    (False, LandedState.ON_GROUND): True,
    (False, LandedState.IN_AIR): False,
}


def _out(state: VehicleState) -> VehicleOut:
    return vehicle_out(state, name=Text("1号", "1"), now_s=1000.0, alt_agl_m=None, delivery_id=None, problem=None)


@pytest.mark.parametrize(("armed", "word"), LANDED)
def test_whether_it_landed_is_told_only_if_it_told(*, armed: bool, word: LandedState | None) -> None:
    state = aircraft(armed=armed)
    landed = None if word is None else Landed(received_s=0.0, state=word)
    out = _out(structs.replace(state, telemetry=structs.replace(state.telemetry, landed=landed)))
    assert out.landed is LANDED[armed, word]


def test_of_an_aircraft_that_was_never_heard_nothing_is_told() -> None:
    out = _out(structs.replace(aircraft(), telemetry=Telemetry(), link_age_s=None))
    assert (out.armed, out.landed, out.mode, out.mode_text, out.link) == (None, None, None, None, "none")


def test_where_another_sender_of_its_number_is_heard_is_told() -> None:
    assert _out(structs.replace(aircraft(), other_sender="10.0.0.7:14550")).other_sender == "10.0.0.7:14550"
