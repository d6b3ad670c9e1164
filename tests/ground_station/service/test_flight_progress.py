"""Where a flight stands, and when a load counts as delivered."""

from dataclasses import replace

import pytest

from fleet.ids import DeliveryId
from fleet.positions import Position
from ground_station.service.delivery import Delivery, DeliveryState, LoadSeen, end_words, followed, seen
from ground_station.service.flight_progress import FlightProgress, FlightSample, FlightStage, advance
from missions.values.plan import Leg, Phase
from tests.ground_station.plan_values import HOME, PLAN_VALUE

SITE = Position(lon_deg=133.25, lat_deg=34.77, alt_amsl_m=520.0)
_PHASES = (Phase.CLIMB, Phase.OUTBOUND, Phase.PLACE, Phase.RETURN, Phase.LAND)
_ENDS = ((HOME, HOME), (HOME, SITE), (SITE, SITE), (SITE, HOME), (HOME, HOME))
PLAN = replace(
    PLAN_VALUE,
    legs=tuple(
        Leg(
            number=index,
            phase=phase,
            start=start,
            end=end,
            mission_seq=index + 1,
            duration_s=60.0,
            energy_wh=10.0,
            energy_left_wh=1000.0,
            min_clearance_m=40.0,
            max_agl_m=100.0,
        )
        for index, (phase, (start, end)) in enumerate(zip(_PHASES, _ENDS, strict=True))
    ),
)
DELIVERY = Delivery(
    id=DeliveryId("d-1"),
    request_id=PLAN.request_id,
    plan_id=PLAN.id,
    vehicle_id=PLAN.vehicle_id,
    site_id=PLAN.site_id,
    item="水",
    mass_kg=4.0,
    state=DeliveryState.RETURNING,
    created_at_s=0.0,
)
OUT, PLACE, BACK, LANDING = 2, 3, 4, 5
THRESHOLD = "PayloadPlace: payload release thrust threshold: 0.314950"


def _sample(seq: int, *texts: str, mode: str = "AUTO", armed: bool = True, landed: bool = False) -> FlightSample:
    return FlightSample(armed=armed, landed=landed, mode=mode, mission_seq=seq, at=None, texts=texts)


def _after(*samples: FlightSample) -> FlightProgress:
    progress = FlightProgress()
    for at_s, sample in enumerate(samples):
        progress = advance(progress, PLAN, sample, float(at_s))
    return progress


@pytest.mark.parametrize("words", ["Gripper load releasing", "Gripper load released"])
def test_a_load_is_delivered_when_the_gripper_says_so_while_it_is_set_down(words: str) -> None:
    progress = _after(_sample(OUT), _sample(PLACE), _sample(PLACE, THRESHOLD), _sample(PLACE, words), _sample(BACK))
    assert progress.released
    assert progress.delivered_at_s == 3.0
    assert progress.stage is FlightStage.RETURNING


def test_words_of_the_gripper_count_in_the_sample_that_shows_the_next_item() -> None:
    assert _after(_sample(PLACE), _sample(BACK, "Gripper load released")).released


def test_the_thrust_at_which_it_would_let_go_proves_no_delivery() -> None:
    progress = _after(_sample(OUT), _sample(PLACE, THRESHOLD), _sample(BACK), _sample(LANDING))
    assert not progress.released
    assert progress.delivered_at_s is None


@pytest.mark.parametrize("seq", [OUT, BACK])
def test_a_load_dropped_on_the_way_is_not_delivered(seq: int) -> None:
    before = (_sample(OUT),) if seq == OUT else (_sample(PLACE), _sample(BACK))
    assert not _after(*before, _sample(seq, "Gripper load releasing")).released


def test_the_first_time_it_let_go_is_kept() -> None:
    progress = _after(_sample(PLACE, "Gripper load releasing"), _sample(PLACE, "Gripper load released"))
    assert progress.delivered_at_s == 0.0


def test_a_late_message_never_takes_a_delivery_back() -> None:
    assert _after(_sample(PLACE), _sample(BACK), _sample(OUT)).stage is FlightStage.RETURNING


def test_a_flight_that_left_its_plan_says_in_which_mode() -> None:
    progress = _after(_sample(OUT), _sample(OUT, mode="RTL"))
    assert progress.left_plan_in == "RTL"
    assert _after(_sample(OUT), _sample(OUT, mode="BRAKE")).holding


def test_landed_is_motors_off_after_the_air() -> None:
    assert _after(_sample(OUT), _sample(1, armed=False, landed=True)).stage is FlightStage.LANDED


def test_motors_that_stop_before_take_off_are_no_landing() -> None:
    progress = _after(_sample(1, landed=True), _sample(1, armed=False, landed=True))
    assert progress.stopped_on_ground
    assert progress.stage is not FlightStage.LANDED


def _landed(end: Position, *, released: bool = False, place_reached: bool = False) -> Delivery:
    flown = FlightProgress(
        stage=FlightStage.RETURNING,
        was_armed=True,
        was_airborne=True,
        released=released,
        place_reached=place_reached,
    )
    landed = advance(flown, PLAN, replace(_sample(1, armed=False, landed=True), at=end.ground), 99.0)
    return followed(replace(DELIVERY, progress=flown), landed, 99.0)


@pytest.mark.parametrize(("end", "is_home"), [(HOME, True), (SITE, False)])
@pytest.mark.parametrize("released", [True, False])
def test_only_a_flight_that_ended_at_its_depot_is_called_home(*, end: Position, is_home: bool, released: bool) -> None:
    delivery = _landed(end, released=released)
    words = end_words(delivery)
    assert (words is None) is is_home
    assert (delivery.problem is None) is is_home
    if words is not None:
        assert ("still on the aircraft" in words.en) is not released


def test_over_the_site_a_lost_word_leaves_the_load_unknown_until_somebody_looks() -> None:
    flying = _after(_sample(OUT), _sample(PLACE), _sample(BACK))
    assert flying.place_reached
    assert not flying.released
    delivery = _landed(HOME, place_reached=True)
    assert delivery.load_unknown
    assert delivery.problem is not None
    assert "not known" in delivery.problem.en
    down = seen(delivery, LoadSeen(set_down=True, name="操縦 太郎", at_s=100.0))
    assert (down.state, down.load_down, down.load_unknown) == (DeliveryState.DONE, True, False)
    aboard = seen(delivery, LoadSeen(set_down=False, name="操縦 太郎", at_s=100.0))
    assert (aboard.state, aboard.load_down, aboard.load_unknown) == (DeliveryState.RECALLED, False, False)
    assert down.problem is aboard.problem is None


def test_a_recall_before_the_site_brings_the_load_home_for_certain() -> None:
    assert not _after(_sample(OUT), _sample(OUT, mode="RTL")).place_reached
    assert not _landed(HOME).load_unknown


def test_seen_loads_of_an_aircraft_that_is_down_elsewhere_still_send_somebody_there() -> None:
    away = _landed(SITE, place_reached=True)
    told = seen(away, LoadSeen(set_down=True, name="操縦 太郎", at_s=100.0))
    assert told.problem is not None
    assert "was set down" in told.problem.en
