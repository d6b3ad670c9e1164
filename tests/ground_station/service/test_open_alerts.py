"""Which alerts are open, and what an aircraft shows to be over after the station restarted."""

import pytest
from msgspec import structs

from fleet.ids import VehicleId
from fleet.text import Text
from ground_station.flight.vehicles.state import LinkState, VehicleState
from ground_station.service.alerts import AlertLevel, AlertNews, over_since_restart
from ground_station.service.open_alerts import OpenAlert, OpenAlerts
from tests.ground_station.flight.vehicles.test_replay import Replay
from tests.ground_station.service.fake_core import Disk

VEHICLE = VehicleId("hato-1")


def _alert(subject: str, alert_id: str) -> OpenAlert:
    news = AlertNews(subject=subject, level=AlertLevel.ACT, text=Text("異常", "fault"))
    return OpenAlert(id=alert_id, vehicle_id=VEHICLE, news=news, at_s=5.0)


async def test_what_ends_by_itself_outlives_a_restart_and_nothing_else_does() -> None:
    disk = Disk()
    alerts = OpenAlerts(disk)
    for subject in ("link", "failsafe", "a-note"):
        alerts.add(_alert(subject, subject))
    alerts.end(VEHICLE, "link")
    await alerts.save(6.0)
    assert OpenAlerts(disk).all == (_alert("failsafe", "failsafe"),)


async def test_only_what_was_raised_before_the_start_is_from_before() -> None:
    disk = Disk()
    before = OpenAlerts(disk)
    before.add(_alert("failsafe", "1"))
    await before.save(6.0)
    alerts = OpenAlerts(disk)
    alerts.add(_alert("link", "2"))
    assert alerts.from_before(VEHICLE, {"link", "failsafe"}) == ("failsafe",)
    alerts.end(VEHICLE, "failsafe")
    alerts.add(_alert("failsafe", "3"))
    assert alerts.from_before(VEHICLE, {"link", "failsafe"}) == ()


def _heard(*, armed: bool) -> VehicleState:
    state = next(state for state in Replay("delivery").states() if state.armed is armed)
    return structs.replace(state, link=LinkState.FRESH, critical_since_s=None)


@pytest.mark.parametrize(
    ("state", "over"),
    [
        (_heard(armed=False), {"link", "reboot", "failsafe"}),
        (_heard(armed=True), {"link"}),
        (structs.replace(_heard(armed=False), critical_since_s=1.0), {"link", "reboot"}),
        (structs.replace(_heard(armed=False), link=LinkState.STALE), set()),
        (structs.replace(_heard(armed=False), link=LinkState.LOST), set()),
    ],
)
def test_only_an_aircraft_that_is_heard_shows_what_is_over(state: VehicleState, over: set[str]) -> None:
    assert over_since_restart(state) == over
