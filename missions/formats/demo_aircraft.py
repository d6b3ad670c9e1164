"""The aircraft of the demonstration town. Fictional types with plausible figures."""

from fleet.ids import SiteId, VehicleId
from fleet.text import Text
from missions.values.aircraft import Aircraft, Battery, PayloadGear


def demo_aircraft(depot: SiteId) -> dict[VehicleId, Aircraft]:
    """Return a 25 kg class delivery multirotor, and a profile of ArduCopter SITL's quad for drills on it."""
    fleet = (
        Aircraft(
            id=VehicleId("kakehashi-1"),
            name=Text("かけはし1号", "Kakehashi 1"),
            empty_mass_kg=18.0,
            max_payload_kg=7.0,
            hover_power_w=1700.0,
            parasite_drag_area_m2=0.18,
            rotor_disc_area_m2=2.39,
            max_airspeed_mps=16.0,
            battery=Battery(capacity_mah=36_000.0, nominal_v=44.4),
            gear=PayloadGear.GRIPPER,
            home_site_id=depot,
            mavlink_system_id=1,
            figures_are_examples=True,
        ),
        Aircraft(
            id=VehicleId("arducopter-1"),
            name=Text("ArduCopter 訓練機", "ArduCopter SITL trainer"),
            empty_mass_kg=3.0,
            max_payload_kg=5.0,
            hover_power_w=380.0,
            parasite_drag_area_m2=0.03,
            rotor_disc_area_m2=0.2,
            max_airspeed_mps=15.0,
            battery=Battery(capacity_mah=16_000.0, nominal_v=12.6),
            gear=PayloadGear.GRIPPER,
            home_site_id=depot,
            mavlink_system_id=2,
            figures_are_examples=True,
            load_is_nominal=True,
        ),
    )
    return {aircraft.id: aircraft for aircraft in fleet}
