"""Topics: names cannot widen them, and drills never meet the live world."""

import pytest

from fleet.errors import InvalidValueError
from fleet.ids import StationId, TownId, VehicleId
from fleet.realm import Realm
from telemetry.records import LANES, Lane
from telemetry.topics import Topics, UpTopic
from tests.telemetry.field import STATION, TOPICS

LIVE = Topics(realm=Realm.LIVE, town=TownId("yamanaka"))


def test_topics_are_as_the_wire_says() -> None:
    assert LIVE.up(STATION, Lane.ALERT) == "kakehashi/1/yamanaka/tent-1/up/alert"
    assert LIVE.receipt(STATION) == "kakehashi/1/yamanaka/tent-1/receipt"
    assert LIVE.down(STATION) == "kakehashi/1/yamanaka/tent-1/down/request"
    assert LIVE.vehicle_state(VehicleId("kite-1")) == "kakehashi/1/yamanaka/vehicle/kite-1/state"
    assert TOPICS.up(STATION, Lane.TRACK) == "kakehashi-drill/1/yamanaka/tent-1/up/track"
    assert LIVE.every_up("workers") == "$share/workers/kakehashi/1/yamanaka/+/up/#"


@pytest.mark.parametrize("lane", LANES)
def test_a_topic_of_records_reads_back(lane: Lane) -> None:
    assert LIVE.read_up(LIVE.up(STATION, lane)) == UpTopic(station=STATION, lane=lane)


@pytest.mark.parametrize(
    "topic",
    [
        "kakehashi-drill/1/yamanaka/tent-1/up/track",
        "kakehashi/1/other/tent-1/up/track",
        "kakehashi/2/yamanaka/tent-1/up/track",
        "kakehashi/1/yamanaka/tent-1/up/nothing",
        "kakehashi/1/yamanaka/tent-1/up",
        "kakehashi/1/yamanaka/tent-1/up/track/more",
        "kakehashi/1/yamanaka/tent-1/receipt",
        "kakehashi/1/yamanaka/vehicle/up/track",
        "kakehashi/1/yamanaka/TENT/up/track",
        "",
    ],
)
def test_a_foreign_topic_is_none_of_ours(topic: str) -> None:
    assert LIVE.read_up(topic) is None


def test_alarms_have_topics_of_their_own() -> None:
    assert LIVE.alarm(STATION) == "kakehashi/1/yamanaka/tent-1/alarm"
    assert LIVE.office_alarm == "kakehashi/1/yamanaka/office/alarm"
    assert LIVE.every_alarm == "kakehashi/1/yamanaka/+/alarm"
    assert LIVE.read_alarm(LIVE.alarm(STATION)) == STATION


@pytest.mark.parametrize(
    "topic",
    [
        "kakehashi-drill/1/yamanaka/tent-1/alarm",
        "kakehashi/1/other/tent-1/alarm",
        "kakehashi/1/yamanaka/office/alarm",
        "kakehashi/1/yamanaka/vehicle/alarm",
        "kakehashi/1/yamanaka/tent-1/up/alarm",
        "kakehashi/1/yamanaka/TENT/alarm",
        "tent-1/alarm",
        "",
    ],
)
def test_what_is_no_stations_alarm_is_read_as_none(topic: str) -> None:
    assert LIVE.read_alarm(topic) is None


@pytest.mark.parametrize("name", ["+", "#", "a/b", "", "vehicle", "office"])
def test_a_station_cannot_be_named_so_that_it_means_more(name: str) -> None:
    with pytest.raises(InvalidValueError):
        LIVE.up(StationId(name), Lane.ALERT)


def test_a_town_cannot_be_named_so_that_it_means_more() -> None:
    with pytest.raises(InvalidValueError):
        Topics(realm=Realm.LIVE, town=TownId("+"))
