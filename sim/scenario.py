"""What is simulated: which aircraft, where, of what make, and which clock they live by."""

from dataclasses import dataclass, field

from fleet.errors import InvalidValueError
from fleet.ids import VehicleId
from fleet.positions import Position
from fleet.text import Text
from sim.dynamics.airframe import Airframe, BatteryPack


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedVehicle:
    """One aircraft on the ground at `home`; `parameters` are set over the firmware's defaults before power on.

    `payload_kg` hangs on the gripper from the start; `heading_deg` is where the nose points. `preflight_s` is how long
    ago it was powered on when the simulation starts: 0 for the full start-up, 60 for one that is ready to arm.
    """

    id: VehicleId
    system_id: int
    home: Position
    airframe: Airframe = field(default_factory=Airframe)
    battery: BatteryPack = field(default_factory=BatteryPack)
    payload_kg: float = 0.0
    heading_deg: float = 0.0
    has_camera: bool = True
    parameters: dict[str, float] = field(default_factory=dict)
    preflight_s: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a system id that MAVLink has no room for."""
        if not 1 <= self.system_id <= 250 or self.payload_kg < 0.0:
            raise InvalidValueError(
                Text(
                    f"機体 {self.id} の番号 {self.system_id} か積載 {self.payload_kg} kg が正しくありません",
                    f"vehicle {self.id}: system id {self.system_id} or payload {self.payload_kg} kg is not allowed",
                ),
                Text(
                    "番号は 1〜250、積載は 0 kg 以上にしてください",
                    "use a system id of 1–250 and a payload of 0 kg or more",
                ),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Aircraft that share one clock; `started_at_s` is the Unix time at which it begins."""

    vehicles: tuple[SimulatedVehicle, ...]
    started_at_s: float

    def __post_init__(self) -> None:
        """Refuse two aircraft of one name or number."""
        ids = {v.id for v in self.vehicles}
        numbers = {v.system_id for v in self.vehicles}
        if not self.vehicles or min(len(ids), len(numbers)) != len(self.vehicles):
            raise InvalidValueError(
                Text(
                    "機体がないか、同じ名前か同じ番号の機体があります",
                    "there is no aircraft, or two have the same name or number",
                ),
                Text("機体の一覧を見直してください", "check the list of aircraft"),
            )
