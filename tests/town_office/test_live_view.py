from dataclasses import replace

import msgspec
import pytest

from fleet.ids import StationId, TownId
from telemetry.bodies import Body
from telemetry.making import make_record
from telemetry.store import ReceivedRecord
from tests.town_office.field import STATION, VEHICLE, small_town, station_health, vehicle_state
from town_office.live_view import LastPictures, LiveView

T0 = 1_780_000_000.0


def received(
    body: Body, *, received_at_s: float, recorded_at_s: float | None = None, station: str = STATION
) -> ReceivedRecord:
    made = make_record(body, record_id="r", recorded_at_s=received_at_s if recorded_at_s is None else recorded_at_s)
    return ReceivedRecord(
        id="r",
        town=TownId("yamanaka"),
        station=StationId(station),
        lane=made.lane,
        kind=made.kind,
        schema=1,
        recorded_at_s=made.recorded_at_s,
        received_at_s=received_at_s,
        body_packed=msgspec.msgpack.encode(made.body),
        typed=body,
        key=made.key,
    )


@pytest.fixture
def view() -> LiveView:
    return LiveView(small_town())


def test_an_aircraft_is_fresh_then_stale_then_lost_when_nothing_comes(view: LiveView) -> None:
    view.hear(received(vehicle_state(T0), received_at_s=T0))
    links = [view.vehicle(VEHICLE, T0 + age_s).link for age_s in (0.0, 3.0, 3.1, 10.0, 10.1, 3600.0)]
    assert links == ["fresh", "fresh", "stale", "stale", "lost", "lost"]


def test_a_link_is_never_better_than_the_station_says(view: LiveView) -> None:
    lost = msgspec.structs.replace(vehicle_state(T0), link="lost")
    view.hear(received(lost, received_at_s=T0))
    assert view.vehicle(VEHICLE, T0).link == "lost"


def test_a_position_that_waited_out_a_cut_is_not_shown_as_fresh(view: LiveView) -> None:
    view.hear(received(station_health(at_s=T0), received_at_s=T0))
    view.hear(received(vehicle_state(T0 - 300.0), received_at_s=T0, recorded_at_s=T0 - 300.0))
    assert view.vehicle(VEHICLE, T0).link == "lost"


def test_a_word_repeated_while_an_aircraft_is_silent_stays_as_old_as_its_position(view: LiveView) -> None:
    last_word = msgspec.structs.replace(vehicle_state(T0), link="lost")
    for second in range(301):
        now_s = T0 + second
        view.hear(received(station_health(at_s=now_s), received_at_s=now_s))
        view.hear(received(last_word, received_at_s=now_s))
    shown = view.vehicle(VEHICLE, T0 + 300.0)
    assert (shown.received_at_s, shown.known_at_s) == (T0 + 300.0, T0)


def test_an_age_is_told_by_the_office_s_clock_however_wrong_the_station_s_is(view: LiveView) -> None:
    for second in range(5):
        at_s = T0 + second
        view.hear(received(vehicle_state(at_s - 400.0), received_at_s=at_s, recorded_at_s=at_s - 400.0))
    assert view.vehicle(VEHICLE, T0 + 4.0).known_at_s == T0 + 4.0


def test_a_station_whose_clock_is_minutes_off_still_shows_fresh_aircraft(view: LiveView) -> None:
    for second in range(5):
        at_s = T0 + second
        view.hear(received(vehicle_state(at_s - 400.0), received_at_s=at_s, recorded_at_s=at_s - 400.0))
    assert view.vehicle(VEHICLE, T0 + 4.0).link == "fresh"


def test_an_aircraft_not_heard_of_for_a_day_is_no_longer_shown(view: LiveView) -> None:
    view.hear(received(vehicle_state(T0), received_at_s=T0))
    assert VEHICLE in view.vehicles(T0 + 86_000.0)
    assert VEHICLE not in view.vehicles(T0 + 86_500.0)


def test_the_town_names_its_own_aircraft_and_others_go_by_their_id(view: LiveView) -> None:
    view.hear(received(vehicle_state(T0, vehicle="kakehashi-1"), received_at_s=T0))
    view.hear(received(vehicle_state(T0, vehicle="visitor"), received_at_s=T0))
    assert view.vehicle("kakehashi-1", T0).name.ja == "かけはし1号"
    assert view.vehicle("visitor", T0).name.en == "visitor"


def test_of_two_stations_the_later_position_counts(view: LiveView) -> None:
    view.hear(received(vehicle_state(T0, lon_deg=133.1), received_at_s=T0))
    late = received(vehicle_state(T0 - 5.0, lon_deg=133.2), received_at_s=T0 + 0.2, station="ridge")
    view.hear(received(station_health(at_s=T0), received_at_s=T0, station="ridge"))
    assert view.hear(late) is None
    assert view.vehicle(VEHICLE, T0).lon_deg == 133.1
    view.hear(received(vehicle_state(T0 + 1.0, lon_deg=133.3), received_at_s=T0 + 1.0, station="ridge"))
    assert view.vehicle(VEHICLE, T0 + 1.0).station_id == "ridge"


def test_when_one_station_falls_silent_the_other_takes_over(view: LiveView) -> None:
    view.hear(received(station_health(at_s=T0 - 60.0), received_at_s=T0 - 60.0, station="ridge"))
    view.hear(received(vehicle_state(T0), received_at_s=T0))
    behind = received(vehicle_state(T0 - 40.0), received_at_s=T0 + 11.0, station="ridge")
    assert view.hear(behind) == VEHICLE


def test_a_station_is_connected_while_it_was_heard_within_ten_seconds(view: LiveView) -> None:
    view.hear(received(station_health(), received_at_s=T0))
    assert view.stations(T0 + 10.0)[STATION].connected
    assert not view.stations(T0 + 10.1)[STATION].connected


def test_a_station_never_heard_is_listed_as_not_connected(view: LiveView) -> None:
    station = view.stations(T0)[STATION]
    assert (station.name.ja, station.heard_at_s, station.connected) == ("運航局", None, False)


def test_what_has_not_arrived_is_summed_over_the_lanes(view: LiveView) -> None:
    view.hear(received(station_health(pictures=12), received_at_s=T0))
    station = view.stations(T0)[STATION]
    assert (station.pending_records, station.pending_pictures, station.pending_bytes) == (42, 12, 1_900_300)
    assert station.oldest_pending_s == 480.0


def test_an_older_health_report_does_not_replace_a_newer_one(view: LiveView) -> None:
    view.hear(received(station_health(pictures=3, at_s=T0), received_at_s=T0))
    view.hear(received(station_health(pictures=9, at_s=T0 - 5.0), received_at_s=T0 + 1.0))
    assert view.stations(T0 + 1.0)[STATION].pending_pictures == 3


def test_a_record_of_an_unknown_kind_only_says_that_the_station_lives(view: LiveView) -> None:
    unknown = replace(received(vehicle_state(T0), received_at_s=T0), typed=None, kind="weather.report")
    assert view.hear(unknown) is None
    assert view.vehicles(T0) == {}
    assert view.stations(T0)[STATION].heard_at_s == T0


def test_the_picture_that_changed_longest_ago_makes_room() -> None:
    last = LastPictures(limit=2)
    assert [list(last.take(picture_id)) for picture_id in ("a", "b", "a", "c", "c")] == [[], [], [], ["b"], []]
