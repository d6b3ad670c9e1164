"""Is there energy for the flight, and does the reserve stay untouched?"""

from fleet.positions import distance_m
from fleet.text import Text
from missions.planning.energy_account import mass_within_reserve_kg
from missions.planning.flight import Flight
from missions.planning.scene import Scene
from missions.values.finding import Cure, Finding, Level
from missions.values.plan import Energy
from missions.values.town import Place, PlaceKind


def check_endurance(scene: Scene, flight: Flight | None, energy: Energy) -> list[Finding]:
    """Return findings `energy.short` and `energy.reserve`; none without a flight."""
    if flight is None:
        return []
    short = energy.left_at_landing_wh < 0.0
    into_reserve = energy.left_at_landing_wh < energy.reserve_wh
    cure = _cure(scene, flight) if into_reserve else None
    needed, usable = energy.needed_wh, energy.usable_wh
    return [
        Finding(
            level=Level.REFUSE if short else Level.OK,
            rule="energy.short",
            text=Text(
                f"電池が足り{'ません' if short else 'ます'}: {needed:.0f} Wh 必要、{usable:.0f} Wh 使えます",
                f"the battery is {'too small' if short else 'enough'}: {needed:.0f} Wh needed, {usable:.0f} Wh usable",
            ),
            cure=cure if short else None,
        ),
        _reserve(energy, into_reserve, cure),
    ]


def _reserve(energy: Energy, into_reserve: bool, cure: Cure | None) -> Finding:
    left, reserve = energy.left_at_landing_wh, energy.reserve_wh
    words = Text("が足りません", "is not kept") if into_reserve else Text("が残ります", "is kept")
    return Finding(
        level=Level.REFUSE if into_reserve else Level.OK,
        rule="energy.reserve",
        text=Text(
            f"着陸時の予備{words.ja}: 残り {left:.0f} Wh、予備 {reserve:.0f} Wh",
            f"the reserve {words.en}: {left:.0f} Wh left at landing, reserve {reserve:.0f} Wh",
        ),
        cure=cure,
    )


def _cure(scene: Scene, flight: Flight) -> Cure:
    """Return the first of: take some of the load off, fly from a nearer depot, fit a full battery, send in two."""
    possible_kg = mass_within_reserve_kg(scene, flight)
    if possible_kg is not None and possible_kg > 0.0:
        remove_kg = round(scene.request.mass_kg - possible_kg, 1)
        return Cure(
            text=Text(f"荷物を {remove_kg:.1f} kg 減らす", f"remove {remove_kg:.1f} kg of the load"),
            action="remove_mass_kg",
            value=remove_kg,
        )
    nearer = _nearer_depot(scene)
    if nearer is not None:
        return Cure(
            text=Text(f"近い拠点「{nearer.name.ja}」から飛ばす", f"fly from the nearer depot {nearer.name.en}"),
            action=f"choose_depot:{nearer.id}",
        )
    return Cure(
        text=Text("満充電の電池か、遠くまで飛べる機体を使う", "use a full battery or an aircraft that flies farther"),
        action="choose_aircraft",
    )


def _nearer_depot(scene: Scene) -> Place | None:
    here_m = distance_m(scene.home.ground, scene.site.at)
    depots = [(distance_m(place.at, scene.site.at), place) for place in scene.town.places_of(PlaceKind.DEPOT)]
    nearer = [(away_m, place) for away_m, place in depots if away_m < here_m and place.id != scene.depot.id]
    return min(nearer, key=lambda entry: entry[0])[1] if nearer else None
