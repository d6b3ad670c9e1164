"""QGroundControl .plan files: mission, fence and rally points as values, both ways.

Item 0 of the mission is home, as ArduPilot counts. An open parameter (null) becomes 0, which is what ArduPilot makes
of it. A survey is read as the simple items it comes to, and said so in `notes`; a pattern without any is refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import msgspec

from fleet.errors import BadInputError
from fleet.text import Text
from missions.formats.qgc_document import ComplexItem, Document, GeoFence, Mission, SimpleItem
from missions.values.mission_item import PLACED_COMMANDS, Command, Frame, MissionItem

ARDUPILOT, QUADROTOR = 3, 2
_DOCUMENT_VERSION, _MISSION_VERSION, _FENCE_VERSION, _RALLY_VERSION = 1, 2, 2, 2
_SAVE_AGAIN = Text("新しい QGroundControl で保存し直してください", "save it again with a current QGroundControl")


@dataclass(frozen=True, slots=True, kw_only=True)
class QgcPlan:
    """What a .plan file holds. `notes` say what was read differently from how it was drawn."""

    items: tuple[MissionItem, ...]
    fence_items: tuple[MissionItem, ...] = ()
    rally_items: tuple[MissionItem, ...] = ()
    firmware_type: int = ARDUPILOT
    vehicle_type: int = QUADROTOR
    cruise_mps: float = 10.0
    hover_mps: float = 5.0
    notes: tuple[Text, ...] = ()


def read_qgc_plan(data: bytes) -> QgcPlan:
    """Return a plan; raises BadInputError that says where the file is wrong and what to do."""
    document = _document(data)
    mission = _mission(document)
    notes: list[Text] = []
    drafts = [_home(mission), *(_item(index, item) for index, item in _simple_items(mission, notes))]
    if mission.firmware_type != ARDUPILOT:
        notes.append(
            Text(
                f"ArduPilot 用ではありません（firmwareType {mission.firmware_type}）",
                f"it was not made for ArduPilot (firmwareType {mission.firmware_type})",
            )
        )
    return QgcPlan(
        items=_numbered(drafts),
        fence_items=_numbered(list(_fence_items(document.fence))),
        rally_items=_numbered([_rally_item(point) for point in document.rally.points]),
        firmware_type=mission.firmware_type,
        vehicle_type=mission.vehicle_type,
        cruise_mps=mission.cruise_mps,
        hover_mps=mission.hover_mps,
        notes=tuple(notes),
    )


def _document(data: bytes) -> Document:
    try:
        document = msgspec.json.decode(data, type=Document)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise BadInputError(
            Text(f".plan の中身が読めません: {error}", f"this .plan cannot be read: {error}"), _SAVE_AGAIN
        ) from error
    if document.file_type != "Plan":
        raise BadInputError(
            Text(f"これは {document.file_type} で、Plan ではありません", f"this is a {document.file_type}, not a Plan"),
            Text("Plan のファイルを選んでください", "choose a Plan file"),
        )
    _check_version(Text("ファイル", "the file"), document.version, _DOCUMENT_VERSION)
    return document


def _mission(document: Document) -> Mission:
    mission = document.mission
    if mission is None:
        raise BadInputError(
            Text("この .plan にはミッションがありません", "this .plan has no mission"),
            Text("ミッションを作ってから保存してください", "draw a mission before saving"),
        )
    _check_version(Text("ミッション", "its mission"), mission.version, _MISSION_VERSION)
    fence = document.fence
    if fence.version != _FENCE_VERSION and (fence.polygon or fence.polygons or fence.circles):
        _check_version(Text("フェンス", "its fence"), fence.version, _FENCE_VERSION)
    if document.rally.version != _RALLY_VERSION and document.rally.points:
        _check_version(Text("ラリー点", "its rally list"), document.rally.version, _RALLY_VERSION)
    return mission


def _check_version(part: Text, version: int, known: int) -> None:
    if version != known:
        raise BadInputError(
            Text(
                f"{part.ja}の版 {version} は読めません（{known} だけ）", f"{part.en} has version {version}, not {known}"
            ),
            _SAVE_AGAIN,
            version=version,
        )


def _simple_items(mission: Mission, notes: list[Text]) -> Iterator[tuple[int, SimpleItem]]:
    """Return all simple items with the index of the drawn item they belong to; notes what was taken apart."""
    for index, item in enumerate(mission.items, start=1):
        if isinstance(item, SimpleItem):
            yield index, item
            continue
        transects = _transects(index, item)
        notes.append(
            Text(
                f"{index} 番目の {item.kind} は {len(transects)} 個の項目に開きました",
                f"item {index}, a {item.kind}, was taken apart into {len(transects)} items",
            )
        )
        yield from ((index, part) for part in transects)


def _transects(index: int, item: ComplexItem) -> list[SimpleItem]:
    if item.transects is None:
        raise BadInputError(
            Text(f"{index} 番目の {item.kind} は読めません", f"item {index}, a {item.kind}, cannot be read"),
            Text("QGroundControl で普通の項目に変えてください", "turn it into simple items in QGroundControl"),
            item=index,
        )
    return item.transects.items


def _item(index: int, item: SimpleItem) -> MissionItem:
    if len(item.params) != 7:
        raise _bad_item(index, Text(f"params が {len(item.params)} 個です", f"it has {len(item.params)} params, not 7"))
    params = [0.0 if value is None else value for value in item.params]
    if item.command in PLACED_COMMANDS:
        x, y = _e7(Text(f"{index} 番目の項目", f"item {index}"), params[4:6])
    elif all(value == int(value) and abs(value) < 2**31 for value in params[4:6]):
        x, y = int(params[4]), int(params[5])
    else:
        raise _bad_item(index, Text("params 5 と 6 が整数ではありません", "params 5 and 6 are no whole numbers"))
    return MissionItem(
        seq=0,
        frame=item.frame,
        command=item.command,
        autocontinue=int(item.auto_continue),
        param1=params[0],
        param2=params[1],
        param3=params[2],
        param4=params[3],
        x=x,
        y=y,
        z=params[6],
    )


def _bad_item(index: int, what: Text) -> BadInputError:
    return BadInputError(Text(f"{index} 番目の項目: {what.ja}", f"item {index}: {what.en}"), _SAVE_AGAIN, item=index)


def _home(mission: Mission) -> MissionItem:
    part = Text("plannedHomePosition", "plannedHomePosition")
    x, y = _e7(part, mission.home)
    return MissionItem(seq=0, frame=Frame.GLOBAL, command=Command.NAV_WAYPOINT, x=x, y=y, z=_height(part, mission.home))


def _fence_items(fence: GeoFence) -> Iterator[MissionItem]:
    if fence.breach_return is not None:
        part = Text("breachReturn", "breachReturn")
        yield _corner(Command.FENCE_RETURN_POINT, 0.0, part, fence.breach_return, _height(part, fence.breach_return))
    for index, area in enumerate(fence.polygons, start=1):
        command = Command.FENCE_POLYGON_INCLUSION if area.inclusion else Command.FENCE_POLYGON_EXCLUSION
        part = Text(f"フェンスの多角形 {index}", f"fence polygon {index}")
        for point in area.polygon:
            yield _corner(command, float(len(area.polygon)), part, point)
    for index, circle in enumerate(fence.circles, start=1):
        command = Command.FENCE_CIRCLE_INCLUSION if circle.inclusion else Command.FENCE_CIRCLE_EXCLUSION
        part = Text(f"フェンスの円 {index}", f"fence circle {index}")
        yield _corner(command, circle.circle.radius, part, circle.circle.center)


def _corner(command: Command, param1: float, part: Text, point: list[float], z: float = 0.0) -> MissionItem:
    x, y = _e7(part, point)
    return MissionItem(seq=0, frame=Frame.GLOBAL, command=command, autocontinue=0, param1=param1, x=x, y=y, z=z)


def _rally_item(point: list[float]) -> MissionItem:
    part = Text("ラリー点", "rally point")
    x, y = _e7(part, point)
    z = _height(part, point)
    return MissionItem(
        seq=0, frame=Frame.GLOBAL_RELATIVE_ALT, command=Command.RALLY_POINT, autocontinue=0, x=x, y=y, z=z
    )


def _e7(part: Text, point: list[float]) -> tuple[int, int]:
    if len(point) < 2 or not (abs(point[0]) <= 90.0 and abs(point[1]) <= 180.0):
        raise BadInputError(
            Text(f"{part.ja}の緯度経度 {point} が使えません", f"{part.en} has no latitude and longitude: {point}"),
            _SAVE_AGAIN,
        )
    return round(point[0] * 1e7), round(point[1] * 1e7)


def _height(part: Text, point: list[float]) -> float:
    if len(point) < 3:
        raise BadInputError(Text(f"{part.ja}に高さがありません", f"{part.en} has no height"), _SAVE_AGAIN)
    return point[2]


def _numbered(drafts: list[MissionItem]) -> tuple[MissionItem, ...]:
    return tuple(replace(draft, seq=seq) for seq, draft in enumerate(drafts))
