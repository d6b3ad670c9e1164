"""ArduPilot's old fence file: one "latitude longitude" a line, the return point first, then the closed polygon."""

import math
from collections.abc import Sequence

from fleet.errors import BadInputError
from fleet.text import Text
from missions.values.mission_item import Command, Frame, MissionItem

_LEAST_CORNERS = 3


def read_fence_points(text: str) -> tuple[MissionItem, ...]:
    """Return the return point and the inclusion polygon as fence items; raises BadInputError naming the line."""
    lines = enumerate(text.lstrip("\ufeff").splitlines(), start=1)
    points = [_point(number, line) for number, line in lines if line.strip() and not line.lstrip().startswith("#")]
    corners = points[1:]
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners = corners[:-1]
    if len(corners) < _LEAST_CORNERS:
        raise BadInputError(
            Text(f"フェンスの角が {len(corners)} 個しかありません", f"the fence has only {len(corners)} corners"),
            Text("帰還点の後に角を 3 個以上書いてください", "write three corners or more after the return point"),
        )
    drafts = [(Command.FENCE_RETURN_POINT, 0.0, points[0])]
    drafts += [(Command.FENCE_POLYGON_INCLUSION, float(len(corners)), corner) for corner in corners]
    return tuple(
        MissionItem(seq=seq, frame=Frame.GLOBAL, command=command, autocontinue=0, param1=param1, x=point[0], y=point[1])
        for seq, (command, param1, point) in enumerate(drafts)
    )


def write_fence_points(items: Sequence[MissionItem]) -> str:
    """Return the file's text; raises BadInputError for anything but one return point and one inclusion polygon."""
    corners = [(item.x, item.y) for item in items if item.command == Command.FENCE_POLYGON_INCLUSION]
    returns = [(item.x, item.y) for item in items if item.command == Command.FENCE_RETURN_POINT]
    counts = {item.param1 for item in items if item.command == Command.FENCE_POLYGON_INCLUSION}
    if len(returns) != 1 or counts != {float(len(corners))} or len(items) != len(corners) + 1:
        raise BadInputError(
            Text(
                "古い形のフェンスには帰還点 1 個と多角形 1 個しか書けません",
                "the old fence form holds one return point and one polygon, no more",
            ),
            Text("QGC WPL 110 の形で書いてください", "write it as QGC WPL 110"),
        )
    return "".join(f"{x / 1e7:.7f}\t{y / 1e7:.7f}\n" for x, y in (*returns, *corners, corners[0]))


def _point(number: int, line: str) -> tuple[int, int]:
    try:
        lat_deg, lon_deg = (float(field) for field in line.replace(",", " ").split())
    except ValueError:
        lat_deg = lon_deg = math.nan
    if not (abs(lat_deg) <= 90.0 and abs(lon_deg) <= 180.0):
        raise BadInputError(
            Text(f"{number} 行目は「緯度 経度」ではありません", f"line {number} is not 'latitude longitude'"),
            Text("1 行に緯度と経度だけを書いてください", "write latitude and longitude only, one pair a line"),
            line=number,
        )
    return round(lat_deg * 1e7), round(lon_deg * 1e7)
