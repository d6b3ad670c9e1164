"""The energy account of a flight: what there is, what it needs, what must be left."""

from missions.planning.energy import Cost
from missions.planning.flight import Flight
from missions.planning.flight_cost import flight_costs, turn_back_m
from missions.planning.scene import Scene
from missions.values.plan import Energy

_KG_STEP = 0.1


def usable_wh(scene: Scene) -> float:
    """Return the energy that may be planned with, from the battery as it stands.

    What the battery always keeps back (1 - usable_fraction of its capacity) is kept back from a part-full one too.
    """
    battery = scene.aircraft.battery
    remaining = scene.conditions.battery_remaining_fraction
    if remaining is None:
        return battery.usable_wh
    capacity_wh = battery.capacity_mah * battery.nominal_v / 1000.0
    return max(0.0, capacity_wh * (remaining - (1.0 - battery.usable_fraction)))


def reserve_wh(scene: Scene) -> float:
    """Return what must be left at landing: the town's share of a full battery, whatever it holds at the start."""
    return scene.aircraft.battery.usable_wh * scene.town.rules.reserve_fraction


def energy_of(scene: Scene, flight: Flight, costs: list[Cost]) -> Energy:
    """Return the account of a flight whose legs cost `costs`."""
    usable, reserve = usable_wh(scene), reserve_wh(scene)
    needed = sum(cost.energy_wh for cost in costs)
    return Energy(
        needed_wh=needed,
        usable_wh=usable,
        reserve_wh=reserve,
        left_at_landing_wh=usable - needed,
        last_turn_back_m=turn_back_m(scene, flight, payload_kg=scene.request.mass_kg, budget_wh=usable - reserve),
    )


def no_flight_energy(scene: Scene) -> Energy:
    """Return the account where there is no flight."""
    usable = usable_wh(scene)
    return Energy(
        needed_wh=0.0,
        usable_wh=usable,
        reserve_wh=reserve_wh(scene),
        left_at_landing_wh=usable,
        last_turn_back_m=None,
    )


def mass_within_reserve_kg(scene: Scene, flight: Flight) -> float | None:
    """Return the greatest load (whole 0.1 kg, below the request's) that leaves the reserve; None if none does."""
    budget_wh = usable_wh(scene) - reserve_wh(scene)
    low, high = 0, int(scene.request.mass_kg / _KG_STEP)
    if not _fits(scene, flight, 0.0, budget_wh):
        return None
    while low < high:
        middle = (low + high + 1) // 2
        if _fits(scene, flight, middle * _KG_STEP, budget_wh):
            low = middle
        else:
            high = middle - 1
    return round(low * _KG_STEP, 1)


def _fits(scene: Scene, flight: Flight, mass_kg: float, budget_wh: float) -> bool:
    return sum(cost.energy_wh for cost in flight_costs(scene, flight, mass_kg)) <= budget_wh
