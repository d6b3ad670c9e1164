"""What an aircraft has shown itself to be is proof only until it restarts, or another one answers under its number."""

from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.ids import VehicleId
from ground_station.flight.vehicles.state import Timing
from ground_station.flight.vehicles.telemetry import Simulated
from ground_station.flight.vehicles.tracker import Tracker


def _version(custom: bytes, uid: int) -> object:
    return dialect.MAVLink_autopilot_version_message(0, 0, 0, 0, 0, list(custom), [0] * 8, [0] * 8, 0, 0, uid)


def _simulated() -> Tracker:
    tracker = Tracker(vehicle_id=VehicleId("hato-1"), timing=Timing())
    tracker.take(_version(b"KAKESIM1", 1), 0.0)
    tracker.parameters_read({"SIM_SPEEDUP": 1.0})
    tracker.plan_on_board = "plan-1"
    assert _verdict(tracker) is Simulated.YES
    return tracker


def _verdict(tracker: Tracker) -> Simulated:
    return tracker.evidence.verdict


def test_after_a_restart_it_must_be_shown_again_what_it_is() -> None:
    tracker = _simulated()
    for now_s, boot_s in ((100.0, 100.0), (101.0, 0.5), (102.0, 1.5)):
        tracker.boot_clock(boot_s, now_s)
    assert _verdict(tracker) is Simulated.UNKNOWN
    assert tracker.telemetry.identity is None
    assert tracker.parameters == {}


def test_another_aircraft_under_the_same_number_inherits_nothing() -> None:
    tracker = _simulated()
    tracker.take(_version(b"a1b2c3d4", 2), 1.0)
    assert _verdict(tracker) is Simulated.UNKNOWN
    assert tracker.plan_on_board is None
    assert tracker.telemetry.identity is not None
    tracker.parameters_read({"RTL_ALT": 1500.0})
    assert _verdict(tracker) is Simulated.NO
