"""Which areas does the flight touch, and could it go round the ones that forbid it?"""

from shapely.geometry import LineString, Point

from fleet.text import Text
from missions.planning.flight import Flight
from missions.planning.local_shapes import to_local
from missions.planning.place_names import near
from missions.planning.scene import Scene
from missions.values.finding import Cure, Finding, Level
from missions.values.town import AirspaceArea, AirspaceKind

_RULES = {
    AirspaceKind.DENSELY_INHABITED: ("airspace.did", Text("人口集中地区", "densely inhabited district")),
    AirspaceKind.AIRPORT: ("airspace.airport", Text("空港等の周辺", "airport surroundings")),
    AirspaceKind.EMERGENCY_USE: ("airspace.emergency_use", Text("緊急用務空域", "emergency-use airspace")),
}
_NEEDED = {
    AirspaceKind.NO_FLY: Text("飛行禁止区域", "no-fly areas"),
    AirspaceKind.DENSELY_INHABITED: Text("人口集中地区", "densely inhabited districts"),
    AirspaceKind.AIRPORT: Text("空港等の周辺", "airport surroundings"),
}
"""What a town's data must tell of. Emergency-use airspace comes and goes by notice, so it is no part of this."""
_NO_DATA_CURE = Text(
    "国（DIPS・地理院地図など）の地図で経路を確かめ、区域を町のデータに取り込む"
    "（airspace.gpkg、town import の --did・--airports。無いと確かめた種類は town.toml の airspace_checked に書く）",
    "check the route on the authority's map (DIPS, GSI maps) and import the areas into the town's data (airspace.gpkg, "
    "town import --did --airports; list a kind that was checked and has none in town.toml's airspace_checked)",
)
_PERMIT = Text(
    "許可か、132 条の 92 の依頼の記録を確かめる", "check the permit, or the record of an article 132-92 request"
)


def check_airspace(scene: Scene, flight: Flight | None) -> list[Finding]:
    """Return findings `site.no_fly`, `route.no_fly`, and one for each kind of area that is only warned of.

    Of a kind that the town has no data on nothing is said but `airspace.no_data`.
    """
    findings = _no_data(scene)
    if scene.town.knows_airspace(AirspaceKind.NO_FLY):
        findings += [*_ends(scene), *_route(scene, flight)]
    return [*findings, *_warned(scene, flight)]


def _no_data(scene: Scene) -> list[Finding]:
    missing = [name for kind, name in _NEEDED.items() if not scene.town.knows_airspace(kind)]
    if not missing:
        return []
    ja, en = "・".join(name.ja for name in missing), ", ".join(name.en for name in missing)
    return [
        Finding(
            level=Level.WARN,
            rule="airspace.no_data",
            text=Text(
                f"町のデータに空域の情報がありません（{ja}）。飛んでよい空域かは確かめていません",
                f"the town has no airspace data ({en}); whether the flight is allowed there was not checked",
            ),
            cure=Cure(text=_NO_DATA_CURE),
        )
    ]


def _ends(scene: Scene) -> list[Finding]:
    if not scene.no_fly.inside:
        text = Text("離陸地点も届け先も飛行禁止区域の外です", "both ends lie outside no-fly areas")
        return [Finding(level=Level.OK, rule="site.no_fly", text=text)]
    findings = []
    for zone in scene.no_fly.inside:
        ends = ((scene.site.name, scene.target), (scene.depot.name, scene.home), (scene.depot.name, scene.landing))
        name, end = min(ends, key=lambda one: zone.local.distance(Point(scene.local_m(one[1]))))
        is_inside = zone.local.intersects(Point(scene.local_m(end)))
        findings.append(
            Finding(
                level=Level.REFUSE,
                rule="site.no_fly",
                text=Text(
                    f"{name.ja}は飛行禁止区域「{zone.area.name.ja}」の{'中' if is_inside else 'すぐ縁'}です",
                    f"{name.en} lies {'inside' if is_inside else 'at the edge of'} the no-fly area {zone.area.name.en}",
                ),
                at=end.ground,
                source=zone.area.source,
                cure=Cure(text=Text("区域の外の場所を選ぶ", "choose a place outside it"), action="choose_site"),
            )
        )
    return findings


def _route(scene: Scene, flight: Flight | None) -> list[Finding]:
    margin_m = scene.town.rules.no_fly_margin_m
    if flight is None:
        if not scene.has_ground() or not scene.no_fly.zones or scene.is_too_near():
            return []
        names = scene.no_fly.zones[0].area
        return [
            Finding(
                level=Level.REFUSE,
                rule="route.no_fly",
                text=Text(
                    f"飛行禁止区域（{names.name.ja}など）を避けて通る道がありません",
                    f"there is no way round the no-fly areas ({names.name.en} and others)",
                ),
                source=names.source,
                cure=Cure(text=Text("別の拠点か届け先を選ぶ", "choose another depot or destination")),
            )
        ]
    touched = [zone for zone in scene.no_fly.zones if zone.local.intersects(_line(scene, flight))]
    if touched:
        area = touched[0].area
        text = Text(
            f"経路が飛行禁止区域「{area.name.ja}」を通ります", f"the route enters the no-fly area {area.name.en}"
        )
        return [Finding(level=Level.REFUSE, rule="route.no_fly", text=text, source=area.source)]
    text = Text(
        f"経路は飛行禁止区域から {margin_m:.0f} m 以上離れています",
        f"the route keeps {margin_m:.0f} m from no-fly areas",
    )
    close = [zone for zone in scene.no_fly.zones if zone.margin_m < margin_m]
    if close:
        text = Text(
            f"経路は飛行禁止区域の外です（「{close[0].area.name.ja}」には近い）",
            f"the route stays outside no-fly areas (but close to {close[0].area.name.en})",
        )
    return [Finding(level=Level.OK, rule="route.no_fly", text=text)]


def _warned(scene: Scene, flight: Flight | None) -> list[Finding]:
    if flight is None:
        return []
    line = _line(scene, flight)
    findings: list[Finding] = []
    for kind, (rule, name) in _RULES.items():
        areas = [area for area in scene.town.airspace if area.kind is kind]
        touched = [finding for area in areas if (finding := _touch(scene, line, area, rule, name)) is not None]
        findings += touched
        if not touched and (scene.town.knows_airspace(kind) or kind not in _NEEDED):
            source = areas[0].source if areas else None
            text = Text(f"経路は{name.ja}を通りません", f"the route crosses no {name.en}")
            if kind is AirspaceKind.EMERGENCY_USE:
                text = _no_emergency_use(text, is_registered=bool(areas))
            findings.append(Finding(level=Level.OK, rule=rule, text=text, source=source))
    return findings


def _no_emergency_use(text: Text, *, is_registered: bool) -> Text:
    if not is_registered:
        text = Text("町のデータに緊急用務空域はありません", "the town's data holds no emergency-use airspace")
    return Text(f"{text.ja}（飛ぶ前に最新の公示を確かめる）", f"{text.en} (check the latest notice before the flight)")


def _touch(scene: Scene, line: LineString, area: AirspaceArea, rule: str, name: Text) -> Finding | None:
    crossed = to_local(scene.town.terrain.frame, area.area).intersection(line)
    if crossed.is_empty:
        return None
    first = crossed.representative_point()
    at = scene.town.terrain.frame.place_of(first.x, first.y)
    where = near(scene.town, at)
    return Finding(
        level=Level.WARN,
        rule=rule,
        text=Text(
            f"経路が{name.ja}「{area.name.ja}」を通ります: {where.ja}",
            f"the route crosses {name.en} {area.name.en}: {where.en}",
        ),
        at=at,
        source=area.source,
        cure=Cure(text=_PERMIT),
    )


def _line(scene: Scene, flight: Flight) -> LineString:
    return LineString([scene.local_m(at) for at in (flight.start, *(stop.at for stop in flight.stops))])
