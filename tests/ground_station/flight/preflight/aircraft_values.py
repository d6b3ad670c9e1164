"""An aircraft that is ready to fly, as a value; tests change one thing of it."""

from typing import Any

from msgspec import structs

from fleet.ids import VehicleId
from ground_station.flight.vehicles.state import LinkState, VehicleState
from ground_station.flight.vehicles.telemetry import (
    BatteryState,
    EkfState,
    GpsState,
    Heartbeat,
    Motion,
    SensorHealth,
    Simulated,
    Telemetry,
)
from tests.ground_station.plan_values import HOME

HEARD_S = 100.0
PRE_ARM = 1 << 28

GOOD = Telemetry(
    heartbeat=Heartbeat(received_s=HEARD_S, mode_number=0, armed=False, system_status=3, vehicle_type=2, autopilot=3),
    motion=Motion(
        received_s=HEARD_S,
        boot_s=90.0,
        position=HOME,
        alt_home_m=0.0,
        north_mps=0.0,
        east_mps=0.0,
        climb_mps=0.0,
        groundspeed_mps=0.0,
        heading_deg=None,
    ),
    battery=BatteryState(received_s=HEARD_S, voltage_v=50.0, current_a=0.1, percent=95, consumed_mah=0.0),
    gps=GpsState(received_s=HEARD_S, fix_type=3, satellites=12, hdop=0.9),
    ekf=EkfState(
        received_s=HEARD_S,
        flags=831,
        velocity_variance=0.1,
        position_variance=0.1,
        height_variance=0.1,
        compass_variance=0.1,
    ),
    sensors=SensorHealth(received_s=HEARD_S, present=PRE_ARM, enabled=PRE_ARM, healthy=PRE_ARM, load_percent=20.0),
)


def ready_aircraft(*, at_s: float = HEARD_S, **changes: Any) -> VehicleState:
    """Return the aircraft as known at `at_s`; `changes` are fields of its state."""
    state = VehicleState(
        vehicle_id=VehicleId("hato-1"),
        system_id=1,
        at_s=at_s,
        link=LinkState.FRESH,
        link_age_s=0.0,
        telemetry=GOOD,
        simulated=Simulated.YES,
        texts=(),
        reboots=0,
        duplicate_suspected=False,
        other_station=None,
        round_trip_s=None,
        plan_on_board="digest",
    )
    return structs.replace(state, **changes)


def reporting(name: str, **values: Any) -> Telemetry:
    """Return the good reports with some values of one of them changed."""
    return structs.replace(GOOD, **{name: structs.replace(getattr(GOOD, name), **values)})
