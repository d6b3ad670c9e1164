"""Why the autopilot took over by itself, in words, from its own texts. Pure."""

from fleet.text import Text
from ground_station.vehicles.state import VehicleState
from ground_station.vehicles.telemetry import SystemStatus

_CAUSES: tuple[tuple[str, Text], ...] = (
    (
        "battery",
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
        "ekf",
        Text(
            "位置の計算が不確かなため、機体が自分で動いています",
            "its position is uncertain: the aircraft acts by itself",
        ),
    ),
    ("gps glitch", Text("GPS が乱れています", "the GPS is disturbed")),
    (
        "fence breach",
        Text("飛行範囲を出たため、機体が自分で帰還しています", "it left its fence and is coming home by itself"),
    ),
    (
        "terrain",
        Text("地形データがないため、機体が自分で帰還しています", "no terrain data: it is coming home by itself"),
    ),
    ("crash", Text("墜落を検知して停止しました", "it found that it crashed, and stopped")),
    ("vibration", Text("振動が大きいため、機体が補正しています", "strong vibration: the aircraft compensates")),
)
_UNKNOWN = Text("機体の安全機能が働いています", "a failsafe of the aircraft is acting")


def failsafe_cause(state: VehicleState) -> Text | None:
    """Return the cause while the autopilot reports itself critical or worse, None otherwise."""
    heartbeat = state.telemetry.heartbeat
    if heartbeat is None or heartbeat.system_status not in {SystemStatus.CRITICAL, SystemStatus.EMERGENCY}:
        return None
    for said in reversed(state.texts):
        words = said.text.lower()
        cause = next((text for key, text in _CAUSES if key in words and "cleared" not in words), None)
        if cause is not None:
            return cause
    return _UNKNOWN
