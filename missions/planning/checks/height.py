"""Does every leg keep its height: over the ground in its corridor, and under the ceiling?"""

from fleet.text import Text
from missions.planning.legs import EN_ROUTE, Measured
from missions.planning.place_names import near
from missions.planning.scene import Scene
from missions.values.finding import Cure, Finding, Level
from missions.values.plan import Leg

_ROUNDING_M = 0.05


def check_heights(scene: Scene, legs: tuple[Leg, ...], measured: list[Measured]) -> list[Finding]:
    """Return findings `leg.clearance` and `leg.ceiling`: one a leg that breaks a rule, or one that all keep it."""
    if not legs:
        return []
    pairs = list(zip(legs, measured, strict=True))
    low = [_too_low(scene, leg, seen) for leg, seen in pairs if _is_low(scene, leg, seen)]
    high = [_too_high(scene, leg, seen) for leg, seen in pairs if _is_high(scene, seen)]
    return [*(low or [_all_clear(scene, pairs)]), *(high or [_all_under(scene, measured)])]


def _is_low(scene: Scene, leg: Leg, seen: Measured) -> bool:
    en_route = leg.phase in EN_ROUTE and not seen.vertical
    return en_route and seen.min_clearance_m < scene.town.rules.clearance_m - _ROUNDING_M


def _is_high(scene: Scene, seen: Measured) -> bool:
    return seen.max_agl_m > scene.town.rules.ceiling_agl_m + _ROUNDING_M


def _too_low(scene: Scene, leg: Leg, seen: Measured) -> Finding:
    where = near(scene.town, seen.lowest_at)
    needed_home_m = seen.needed_amsl_m - scene.home.alt_amsl_m
    return Finding(
        level=Level.REFUSE,
        rule="leg.clearance",
        text=Text(
            f"区間 {leg.number} は地面まで {seen.min_clearance_m:.0f} m しかありません: {where.ja}",
            f"leg {leg.number} clears the ground by only {seen.min_clearance_m:.0f} m: {where.en}",
        ),
        at=seen.lowest_at,
        leg=leg.number,
        cure=Cure(
            text=Text(
                f"区間 {leg.number} を離陸地点から {needed_home_m:.0f} m の高さまで上げる",
                f"raise leg {leg.number} to {needed_home_m:.0f} m above take-off",
            ),
            action="raise_leg_m",
            value=round(needed_home_m, 0),
        ),
    )


def _too_high(scene: Scene, leg: Leg, seen: Measured) -> Finding:
    where = near(scene.town, seen.highest_at)
    over_m = seen.max_agl_m - scene.town.rules.ceiling_agl_m
    return Finding(
        level=Level.REFUSE,
        rule="leg.ceiling",
        text=Text(
            f"区間 {leg.number} は地表から {seen.max_agl_m:.0f} m で高すぎます: {where.ja}",
            f"leg {leg.number} is {seen.max_agl_m:.0f} m above ground, too high: {where.en}",
        ),
        at=seen.highest_at,
        leg=leg.number,
        cure=Cure(
            text=Text(f"区間 {leg.number} を {over_m:.0f} m 下げる", f"lower leg {leg.number} by {over_m:.0f} m"),
            action="lower_leg_m",
            value=round(over_m, 0),
        ),
        source=scene.town.rules.ceiling_source,
    )


def _all_clear(scene: Scene, pairs: list[tuple[Leg, Measured]]) -> Finding:
    en_route = [(leg, seen) for leg, seen in pairs if leg.phase in EN_ROUTE and not seen.vertical]
    leg, seen = min(en_route, key=lambda pair: pair[1].min_clearance_m, default=pairs[0])
    half_m = scene.town.rules.corridor_half_width_m
    return Finding(
        level=Level.OK,
        rule="leg.clearance",
        text=Text(
            f"経路の左右 {half_m:.0f} m まで、地面から {seen.min_clearance_m:.0f} m 以上あります",
            f"at least {seen.min_clearance_m:.0f} m over all ground within {half_m:.0f} m of the route",
        ),
        at=seen.lowest_at,
        leg=leg.number,
    )


def _all_under(scene: Scene, measured: list[Measured]) -> Finding:
    seen = max(measured, key=lambda one: one.max_agl_m)
    return Finding(
        level=Level.OK,
        rule="leg.ceiling",
        text=Text(
            f"一番高い所で地表から {seen.max_agl_m:.0f} m です（{scene.town.rules.ceiling_agl_m:.0f} m まで）",
            f"at most {seen.max_agl_m:.0f} m above ground (limit {scene.town.rules.ceiling_agl_m:.0f} m)",
        ),
        at=seen.highest_at,
        source=scene.town.rules.ceiling_source,
    )
