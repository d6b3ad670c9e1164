"""Writing a QGroundControl .plan file (version 1; mission, fence and rally points of version 2)."""

import json
from collections.abc import Sequence

from fleet.errors import BadInputError
from fleet.text import Text
from missions.formats.qgc_plan import QgcPlan
from missions.values.mission_item import PLACED_COMMANDS, Command, MissionItem, plain_frame
from missions.values.plan import Plan

_ALTITUDE_MODES = {0: 2, 3: 1, 10: 4}
"""QGroundControl's altitude modes for heights above mean sea level, above home, above terrain."""
_POLYGONS = {Command.FENCE_POLYGON_INCLUSION: True, Command.FENCE_POLYGON_EXCLUSION: False}
_CIRCLES = {Command.FENCE_CIRCLE_INCLUSION: True, Command.FENCE_CIRCLE_EXCLUSION: False}


def qgc_plan_of(plan: Plan, *, cruise_mps: float) -> QgcPlan:
    """Return a plan of ours as what a .plan file holds; raises BadInputError for a plan without a flight."""
    if not plan.items:
        raise BadInputError(
            Text("この計画には経路がありません", "this plan has no route"),
            Text("計画の注意を直してから書き出してください", "mend what its findings say, then export it"),
        )
    return QgcPlan(items=plan.items, fence_items=plan.fence_items, rally_items=plan.rally_items, cruise_mps=cruise_mps)


def write_qgc_plan(plan: QgcPlan) -> bytes:
    """Return the file; frames without their INT form. Raises BadInputError if there is not even a home."""
    if not plan.items:
        raise BadInputError(
            Text("ミッションに離陸地点がありません", "the mission has no home"),
            Text("0 番の項目に離陸地点を入れてください", "make home its item 0"),
        )
    home = plan.items[0]
    document = {
        "fileType": "Plan",
        "groundStation": "QGroundControl",
        "version": 1,
        "mission": {
            "version": 2,
            "firmwareType": plan.firmware_type,
            "vehicleType": plan.vehicle_type,
            "globalPlanAltitudeMode": 1,
            "cruiseSpeed": plan.cruise_mps,
            "hoverSpeed": plan.hover_mps,
            "plannedHomePosition": [*_lat_lon(home), home.z],
            "items": [_simple_item(item) for item in plan.items[1:]],
        },
        "geoFence": _fence(plan.fence_items),
        "rallyPoints": {"version": 2, "points": [[*_lat_lon(item), item.z] for item in plan.rally_items]},
    }
    return json.dumps(document, ensure_ascii=False, indent=4, sort_keys=True, allow_nan=False).encode() + b"\n"


def _simple_item(item: MissionItem) -> dict[str, object]:
    placed = item.command in PLACED_COMMANDS
    frame = plain_frame(item.frame)
    written: dict[str, object] = {
        "type": "SimpleItem",
        "autoContinue": bool(item.autocontinue),
        "command": int(item.command),
        "doJumpId": item.seq,
        "frame": frame,
        "params": [
            item.param1,
            item.param2,
            item.param3,
            item.param4,
            *(_lat_lon(item) if placed else (item.x, item.y)),
            item.z,
        ],
    }
    if placed and frame in _ALTITUDE_MODES:
        written |= {"Altitude": item.z, "AltitudeMode": _ALTITUDE_MODES[frame], "AMSLAltAboveTerrain": None}
    return written


def _fence(items: Sequence[MissionItem]) -> dict[str, object]:
    written: dict[str, object] = {"version": 2}
    polygons: list[object] = []
    circles: list[object] = []
    index = 0
    while index < len(items):
        item = items[index]
        if item.command in _POLYGONS:
            corners = items[index : index + max(1, int(item.param1))]
            inclusion = _POLYGONS[Command(item.command)]
            polygons.append({"polygon": [_lat_lon(corner) for corner in corners], "inclusion": inclusion, "version": 1})
            index += len(corners)
            continue
        if item.command in _CIRCLES:
            circle = {"center": _lat_lon(item), "radius": item.param1}
            circles.append({"circle": circle, "inclusion": _CIRCLES[Command(item.command)], "version": 1})
        elif item.command == Command.FENCE_RETURN_POINT:
            written["breachReturn"] = [*_lat_lon(item), item.z]
        index += 1
    return written | {"polygons": polygons, "circles": circles}


def _lat_lon(item: MissionItem) -> list[float]:
    return [item.x / 1e7, item.y / 1e7]
