"""Is the terrain known, real, and flat enough at the landing site?"""

import math

import numpy as np

from fleet.positions import LonLat
from fleet.text import Text
from missions.planning.legs import Measured
from missions.planning.place_names import near
from missions.planning.scene import Scene
from missions.values.finding import Cure, Finding, Level
from missions.values.town import PlaceKind

_LANDING_KINDS = frozenset({PlaceKind.LANDING_SITE, PlaceKind.DEPOT})
_SLOPE_REACH_M = 10.0
_SURVEY_DOUBT_M = 5.0
_FLATTER = Cure(text=Text("平らな着陸場を選ぶ", "choose a flatter site"), action="choose_site")
_IMPORT = Text("この場所の標高データを取り込む", "import terrain for this place")


def check_ground(scene: Scene, measured: list[Measured]) -> list[Finding]:
    """Return findings `terrain.synthetic`, `terrain.coverage`, `site.kind`, `site.slope`, and where they fail
    `site.distance` and `site.height`.
    """
    return [
        _source(scene),
        *_coverage(scene, measured),
        _kind(scene),
        *_slope(scene),
        *_distance(scene),
        *_surveyed(scene),
    ]


def _source(scene: Scene) -> Finding:
    terrain = scene.town.terrain
    if terrain.synthetic:
        return Finding(
            level=Level.WARN,
            rule="terrain.synthetic",
            text=Text(
                "合成地形で計画しました。本物の山の高さではありません",
                "planned on synthetic terrain: these are not the heights of real mountains",
            ),
            source=terrain.source.ja,
            cure=Cure(text=Text("本物の標高データを取り込む", "import real terrain")),
        )
    return Finding(
        level=Level.OK,
        rule="terrain.synthetic",
        text=Text(f"標高データ: {terrain.source.ja}", f"terrain: {terrain.source.en}"),
        source=terrain.source.ja,
    )


def _coverage(scene: Scene, measured: list[Measured]) -> list[Finding]:
    ends = ((scene.home, "離陸地点", "the take-off place"), (scene.target, "届け先", "the destination"))
    findings = [
        _missing(Text(f"{ja}の標高データがありません", f"there is no terrain at {en}"), end.ground, None)
        for end, ja, en in (*ends, (scene.landing, "帰着地点", "the landing place"))
        if math.isnan(end.alt_amsl_m)
    ][:2]
    for number, leg in enumerate(measured, start=1):
        if leg.missing_at is not None:
            where = near(scene.town, leg.missing_at)
            text = Text(
                f"区間 {number} の下に標高データがない所があります: {where.ja}",
                f"there is no terrain under part of leg {number}: {where.en}",
            )
            findings.append(_missing(text, leg.missing_at, number))
    if findings or not measured:
        return findings
    text = Text("全ての区間の下に標高データがあります", "there is terrain under every leg")
    return [Finding(level=Level.OK, rule="terrain.coverage", text=text)]


def _missing(text: Text, at: LonLat, leg: int | None) -> Finding:
    return Finding(level=Level.REFUSE, rule="terrain.coverage", text=text, at=at, leg=leg, cure=Cure(text=_IMPORT))


def _kind(scene: Scene) -> Finding:
    name = scene.site.name
    if scene.site.kind in _LANDING_KINDS:
        return Finding(
            level=Level.OK,
            rule="site.kind",
            text=Text(f"{name.ja}は登録された着陸場です", f"{name.en} is a registered landing site"),
            at=scene.site.at,
        )
    return Finding(
        level=Level.REFUSE,
        rule="site.kind",
        text=Text(f"{name.ja}は着陸場として登録されていません", f"{name.en} is not registered as a landing site"),
        at=scene.site.at,
        cure=Cure(text=Text("近くの着陸場を選ぶ", "choose a landing site nearby"), action="choose_site"),
    )


def _distance(scene: Scene) -> list[Finding]:
    if not scene.has_ground() or not scene.is_too_near():
        return []
    return [
        Finding(
            level=Level.REFUSE,
            rule="site.distance",
            text=Text(f"機体は届け先の{scene.site.name.ja}にあります", f"the aircraft stands at {scene.site.name.en}"),
            at=scene.site.at,
            cure=Cure(text=Text("別の届け先を選ぶ", "choose another destination"), action="choose_site"),
        )
    ]


def _surveyed(scene: Scene) -> list[Finding]:
    surveyed_m, terrain_m = scene.site.ground_amsl_m, scene.target.alt_amsl_m
    if math.isnan(terrain_m) or abs(surveyed_m - terrain_m) <= _SURVEY_DOUBT_M:
        return []
    name = scene.site.name
    return [
        Finding(
            level=Level.WARN,
            rule="site.height",
            text=Text(
                f"{name.ja}の高さが違います: 登録 {surveyed_m:.0f} m、地形 {terrain_m:.0f} m",
                f"the height of {name.en} differs: {surveyed_m:.0f} m registered, {terrain_m:.0f} m by terrain",
            ),
            at=scene.site.at,
            cure=Cure(text=Text("着陸場の高さを確かめる", "check the height of the landing site")),
        )
    ]


def _slope(scene: Scene) -> list[Finding]:
    """Return the steepest slope of the terrain's plane fitted around the site."""
    slope_deg = site_slope_deg(scene)
    if math.isnan(slope_deg):
        return []
    limit_deg = scene.town.rules.site_slope_limit_deg
    name = scene.site.name
    steep = slope_deg > limit_deg
    return [
        Finding(
            level=Level.REFUSE if steep else Level.OK,
            rule="site.slope",
            text=Text(
                f"{name.ja}の傾きは {slope_deg:.0f}°{'で急すぎます' if steep else 'です'}（{limit_deg:.0f}° まで）",
                f"the slope at {name.en} is {slope_deg:.0f}°{', too steep' if steep else ''} (up to {limit_deg:.0f}°)",
            ),
            at=scene.site.at,
            cure=Cure(text=Text("平らな着陸場を選ぶ", "choose a flatter site"), action="choose_site")
            if steep
            else None,
        )
    ]


def site_slope_deg(scene: Scene) -> float:
    """Return the slope at the destination in degrees, from heights 10 m to each side; NaN where one is unknown."""
    east_m, north_m = scene.local_m(scene.target)
    step = np.array([-_SLOPE_REACH_M, _SLOPE_REACH_M, 0.0, 0.0])
    heights_m = scene.town.terrain.elevation_at_local_m(east_m + step, north_m + step[::-1])
    run_m = 2.0 * _SLOPE_REACH_M
    rise = math.hypot((heights_m[1] - heights_m[0]) / run_m, (heights_m[3] - heights_m[2]) / run_m)
    return math.degrees(math.atan(rise))
