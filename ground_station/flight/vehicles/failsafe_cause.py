"""Why the autopilot took over by itself, in words, from what it said when it did so. Pure.

ArduCopter says the cause, as a notice or worse, in the moment in which its heartbeat becomes critical.
"""

import re

from fleet.text import Text
from ground_station.flight.vehicles.state import VehicleState

_CAUSES: tuple[tuple[str, Text], ...] = (
    (
        r"battery failsafe|battery \d+ is (low|critical)",
        Text("電池が少ないため、機体が自分で帰還しています", "battery low: the aircraft is coming home by itself"),
    ),
    (
        "gcs failsafe",
        Text(
            "地上局の電波が届かないため、機体が自分で帰還しています",
            "no word from the ground: it is coming home by itself",
        ),
    ),
    (
        "radio failsafe",
        Text("操縦機の電波が届かないため、機体が自分で動いています", "no radio control: the aircraft acts by itself"),
    ),
    (
        r"ekf (failsafe|variance)",
        Text(
            "位置の計算が不確かなため、機体が自分で動いています",
            "its position is uncertain: the aircraft acts by itself",
        ),
    ),
    ("gps glitch", Text("GPS が乱れています", "the GPS is disturbed")),
    (
        r"fences? breach",
        Text("飛行範囲を出たため、機体が自分で帰還しています", "it left its fence and is coming home by itself"),
    ),
    (
        r"terrain data missing|failsafe: terrain",
        Text("地形データがないため、機体が自分で帰還しています", "no terrain data: it is coming home by itself"),
    ),
    (r"crash: ", Text("墜落を検知して停止しました", "it found that it crashed, and stopped")),
    (
        r"vibration compensation on",
        Text("振動が大きいため、機体が補正しています", "strong vibration: the aircraft compensates"),
    ),
)
_SAID_BEFORE_S = 5.0
_SAID_AFTER_S = 1.0
_NOTICE = 5
_UNKNOWN = Text("機体の安全機能が働いています", "a failsafe of the aircraft is acting")


def failsafe_cause(state: VehicleState) -> Text | None:
    """Return the cause while the autopilot reports itself critical or worse, None otherwise.

    None also in its first second, while nothing has been said of why: the text may come after the heartbeat.
    """
    since_s = state.critical_since_s
    if since_s is None:
        return None
    cleared: set[Text] = set()
    for said in reversed(state.texts):
        if said.severity > _NOTICE or said.received_s < since_s - _SAID_BEFORE_S:
            continue
        words = said.text.lower()
        cause = next((text for pattern, text in _CAUSES if re.search(pattern, words)), None)
        if cause is not None and "cleared" in words:
            cleared.add(cause)
        elif cause is not None and cause not in cleared:
            return cause
    return _UNKNOWN if state.at_s - since_s >= _SAID_AFTER_S else None
