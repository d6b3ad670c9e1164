"""Does the autopilot's own straight way home clear the terrain, stay legal and outside no-fly areas?"""

from fleet.text import Text
from missions.planning.place_names import near
from missions.planning.return_home import ReturnHome
from missions.planning.scene import Scene
from missions.values.finding import Cure, Finding, Level
from missions.values.town import AirspaceKind

_BACK_ALONG = Cure(
    text=Text("来た道を戻る設定（SMART_RTL）にする", "set the failsafe to fly back along the way it came (SMART_RTL)"),
    action="use_smart_rtl",
)


def check_way_home(scene: Scene, way: ReturnHome | None) -> list[Finding]:
    """Return findings `return.altitude`, `.ceiling`, `.no_fly` and `.terrain`; none without a flight."""
    if way is None:
        return []
    return [_altitude(scene, way), _ceiling(scene, way), *_no_fly(scene, way), *_terrain(way)]


def _altitude(scene: Scene, way: ReturnHome) -> Finding:
    where = near(scene.town, way.highest_ground_at)
    return Finding(
        level=Level.OK,
        rule="return.altitude",
        text=Text(
            f"自動帰還の高さは離陸地点から {way.altitude_home_m:.0f} m（{where.ja}を越えるため）",
            f"the return altitude is {way.altitude_home_m:.0f} m above take-off (to clear {where.en})",
        ),
        at=way.highest_ground_at,
    )


def _ceiling(scene: Scene, way: ReturnHome) -> Finding:
    limit_m = scene.town.rules.ceiling_agl_m
    where = near(scene.town, way.max_agl_at)
    if way.max_agl_m <= limit_m:
        return Finding(
            level=Level.OK,
            rule="return.ceiling",
            text=Text(
                f"自動帰還でも地表から {way.max_agl_m:.0f} m までです",
                f"the way home stays within {way.max_agl_m:.0f} m above ground",
            ),
            at=way.max_agl_at,
            source=scene.town.rules.ceiling_source,
        )
    return Finding(
        level=Level.WARN,
        rule="return.ceiling",
        text=Text(
            f"まっすぐ自動帰還すると地表から {way.max_agl_m:.0f} m になります: {where.ja}（{limit_m:.0f} m まで）",
            f"flying straight home comes to {way.max_agl_m:.0f} m above ground: {where.en} (limit {limit_m:.0f} m)",
        ),
        at=way.max_agl_at,
        source=scene.town.rules.ceiling_source,
        cure=_BACK_ALONG,
    )


def _no_fly(scene: Scene, way: ReturnHome) -> list[Finding]:
    if not scene.town.knows_airspace(AirspaceKind.NO_FLY):
        return []  # `airspace.no_data` says so
    if way.crosses_no_fly_from is None:
        text = Text("まっすぐ自動帰還しても飛行禁止区域に入りません", "the straight way home enters no no-fly area")
        return [Finding(level=Level.OK, rule="return.no_fly", text=text)]
    where = near(scene.town, way.crosses_no_fly_from)
    return [
        Finding(
            level=Level.WARN,
            rule="return.no_fly",
            text=Text(
                f"{where.ja}からまっすぐ自動帰還すると飛行禁止区域に入ります",
                f"flying straight home from {where.en} enters a no-fly area",
            ),
            at=way.crosses_no_fly_from,
            cure=_BACK_ALONG,
        )
    ]


def _terrain(way: ReturnHome) -> list[Finding]:
    if not way.over_missing_terrain:
        return []
    return [
        Finding(
            level=Level.WARN,
            rule="return.terrain",
            text=Text(
                "自動帰還の線の下に標高データがない所があります",
                "there is no terrain under part of the straight way home",
            ),
            cure=_BACK_ALONG,
        )
    ]
