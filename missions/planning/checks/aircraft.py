"""Does the aircraft stand where it should, with a full battery?"""

from fleet.positions import distance_m
from fleet.text import Text
from missions.planning.scene import AT_DEPOT_M, Scene
from missions.values.finding import Cure, Finding, Level

_FULL = 0.95
_HEIGHT_DOUBT_M = 30.0


def check_aircraft(scene: Scene) -> list[Finding]:
    """Return findings `battery.start`, `aircraft.place` and, where its height is doubtful, `aircraft.height`."""
    findings = [_battery(scene), _place(scene)]
    stands = scene.conditions.home
    if stands is not None and abs(stands.alt_amsl_m - scene.home.alt_amsl_m) > _HEIGHT_DOUBT_M:
        findings.append(
            Finding(
                level=Level.WARN,
                rule="aircraft.height",
                text=Text(
                    f"機体の高さ {stands.alt_amsl_m:.0f} m と地形の {scene.home.alt_amsl_m:.0f} m が違います",
                    f"the aircraft says {stands.alt_amsl_m:.0f} m, the terrain {scene.home.alt_amsl_m:.0f} m",
                ),
                at=scene.home.ground,
                cure=Cure(text=Text("GPS の受信と標高データを確かめる", "check the GPS fix and the terrain data")),
            )
        )
    return findings


def _battery(scene: Scene) -> Finding:
    remaining = scene.conditions.battery_remaining_fraction
    if remaining is None:
        return Finding(
            level=Level.OK,
            rule="battery.start",
            text=Text("電池は満充電として計算しました", "the battery was reckoned as full"),
        )
    low = remaining < _FULL
    return Finding(
        level=Level.WARN if low else Level.OK,
        rule="battery.start",
        text=Text(
            f"電池残量 {remaining:.0%} で計算しました{'（満充電ではありません）' if low else ''}",
            f"reckoned with the battery at {remaining:.0%}{' (not full)' if low else ''}",
        ),
        cure=Cure(text=Text("満充電の電池に替える", "fit a full battery"), action="change_battery") if low else None,
    )


def _place(scene: Scene) -> Finding:
    away_m = distance_m(scene.home.ground, scene.depot.at)
    name = scene.depot.name
    if away_m <= AT_DEPOT_M:
        return Finding(
            level=Level.OK,
            rule="aircraft.place",
            text=Text(f"機体は{name.ja}にあります", f"the aircraft is at {name.en}"),
            at=scene.home.ground,
        )
    return Finding(
        level=Level.WARN,
        rule="aircraft.place",
        text=Text(
            f"機体は{name.ja}から {away_m:.0f} m 離れています。そこから飛び、{name.ja}に着陸します",
            f"the aircraft stands {away_m:.0f} m from {name.en}; it takes off there and lands at {name.en}",
        ),
        at=scene.home.ground,
        cure=Cure(text=Text(f"機体を{name.ja}へ運ぶ", f"carry the aircraft to {name.en}")),
    )
