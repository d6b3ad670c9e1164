"""Is the wind within the town's limit, and can the aircraft make way against it?"""

from fleet.text import Text
from missions.planning.energy import Cost
from missions.planning.scene import Scene
from missions.values.finding import Cure, Finding, Level

_NEAR_LIMIT = 0.8
_WAIT = Text("風が弱まるまで待つ", "wait until the wind drops")


def check_wind(scene: Scene, costs: list[Cost]) -> list[Finding]:
    """Return findings `wind.limit` and, where there are legs, `wind.headwind`."""
    findings = [_limit(scene)]
    held = [number for number, cost in enumerate(costs, start=1) if cost.held_back]
    if held:
        findings.append(
            Finding(
                level=Level.REFUSE,
                rule="wind.headwind",
                text=Text(
                    f"区間 {held[0]} は向かい風が強く、計画の半分の速さも出ません",
                    f"on leg {held[0]} the head wind leaves less than half of the planned speed",
                ),
                leg=held[0],
                cure=Cure(text=_WAIT),
            )
        )
    elif costs:
        findings.append(
            Finding(
                level=Level.OK,
                rule="wind.headwind",
                text=Text("全ての区間で風に逆らって進めます", "the aircraft makes way against the wind on every leg"),
            )
        )
    return findings


def _limit(scene: Scene) -> Finding:
    wind_mps, limit_mps = scene.conditions.wind_mps, scene.town.rules.wind_limit_mps
    level = Level.OK
    if wind_mps > limit_mps:
        level = Level.REFUSE
    elif wind_mps > limit_mps * _NEAR_LIMIT:
        level = Level.WARN
    words = {
        Level.OK: Text("制限の中です", "within the limit"),
        Level.WARN: Text("制限に近いです", "close to the limit"),
        Level.REFUSE: Text("制限を超えています", "over the limit"),
    }
    return Finding(
        level=level,
        rule="wind.limit",
        text=Text(
            f"風 {wind_mps:.1f} m/s は{words[level].ja}（制限 {limit_mps:.1f} m/s）",
            f"a wind of {wind_mps:.1f} m/s is {words[level].en} ({limit_mps:.1f} m/s)",
        ),
        cure=None if level is Level.OK else Cure(text=_WAIT),
    )
