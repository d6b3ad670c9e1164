"""An aircraft as the planner sees it: airframe, battery and what it can carry."""

from dataclasses import dataclass
from enum import StrEnum

from fleet.ids import SiteId, VehicleId
from fleet.text import Text


class PayloadGear(StrEnum):
    """How the load is let go."""

    GRIPPER = "gripper"
    WINCH = "winch"
    UNLOADED_BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """A battery: what it holds and what it gives."""

    capacity_mah: float
    nominal_v: float
    usable_fraction: float = 0.95

    @property
    def usable_wh(self) -> float:
        """Return the energy that may be planned with, Wh."""
        return self.capacity_mah * self.nominal_v / 1000.0 * self.usable_fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Aircraft:
    """One aircraft type as flown: masses in kg, hover power at `empty_mass_kg` in W.

    `figures_are_examples`: nobody has measured this aircraft; its plans are good for drills only.
    """

    id: VehicleId
    name: Text
    empty_mass_kg: float
    max_payload_kg: float
    hover_power_w: float
    parasite_drag_area_m2: float
    rotor_disc_area_m2: float
    max_airspeed_mps: float
    battery: Battery
    gear: PayloadGear
    home_site_id: SiteId
    mavlink_system_id: int
    has_camera: bool = True
    registration: str = ""
    load_is_nominal: bool = False
    figures_are_examples: bool = False

    def flown_mass_kg(self, payload_kg: float) -> float:
        """Return the mass in the air; a nominal load (a drill's stand-in) is carried in name only, weighing nothing."""
        return self.empty_mass_kg + (0.0 if self.load_is_nominal else payload_kg)
