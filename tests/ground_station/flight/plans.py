"""Lists of items for tests: those of the recorded delivery, and long ones."""

from typing import Any

from fleet.ids import PlanId, VehicleId
from fleet.positions import Position
from fleet.text import Text
from ground_station.flight.flight_plan import FlightNeeds, FlightPlan
from missions.values.aircraft import PayloadGear
from missions.values.mission_item import MissionItem


def item(seq: int, command: int, *, frame: int = 6, x: int = 0, y: int = 0, z: float = 0.0, **more: Any) -> MissionItem:
    return MissionItem(seq=seq, frame=frame, command=command, x=x, y=y, z=z, **more)


MISSION = (
    item(0, 16, frame=0, x=347_700_000, y=1_332_300_000, z=500.0),
    item(1, 22, z=40.0),
    item(2, 178, param1=1.0, param2=10.0, param3=-1.0),
    item(3, 16, x=347_715_000, y=1_332_307_999, z=60.0),
    item(4, 203, x=1),
    item(5, 16, x=347_730_000, y=1_332_320_000, z=80.37, param1=2.5),
    item(6, 94, x=347_730_000, y=1_332_320_000, z=12.0, param1=20.0),
    item(7, 20),
)
FENCE = tuple(
    item(seq, 5001, frame=0, x=x, y=y, param1=4.0)
    for seq, (x, y) in enumerate(
        [
            (347_500_000, 1_332_099_999),
            (347_500_000, 1_332_500_000),
            (347_900_000, 1_332_500_000),
            (347_900_000, 1_332_099_999),
        ]
    )
)
RALLY = (item(0, 5100, frame=3, x=347_710_000, y=1_332_289_999, z=40.6),)

FLIGHT = FlightPlan(
    id=PlanId("plan-1"),
    vehicle_id=VehicleId("hato-1"),
    home=Position(lon_deg=133.23, lat_deg=34.77, alt_amsl_m=500.0),
    mission=MISSION,
    fence=FENCE,
    rally=RALLY,
    needs=FlightNeeds(
        system_id=1,
        aircraft_name=Text("はと", "Hato"),
        gear=PayloadGear.GRIPPER,
        battery_percent=60.0,
        capacity_mah=36_000.0,
        return_at_mah=9_000,
        return_altitude_home_m=80.0,
        highest_home_m=80.4,
    ),
)


def long_mission(count: int) -> tuple[MissionItem, ...]:
    return (
        MISSION[0],
        *(
            item(seq, 16, x=347_700_000 + 997 * seq, y=1_332_300_000 + 313 * seq, z=40.0 + 0.37 * seq)
            for seq in range(1, count)
        ),
    )
