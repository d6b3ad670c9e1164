"""MAV_MISSION_RESULT in words, with what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass

from fleet.text import Text

ACCEPTED = 0
ERROR = 1
INVALID_SEQUENCE = 13
CANCELLED = 15

_CHECK_PLAN = Text("計画を作り直して、もう一度送ってください", "make the plan anew and send it again")
_AGAIN = Text("もう一度送ってください", "send it again")
_LESS = Text(
    "機体の起動直後なら 10 秒待って送り直し、そうでなければ項目を減らしてください",
    "right after the aircraft starts wait 10 s and send again; otherwise use fewer items",
)

_PARAMETER = tuple(
    Text(f"項目の値 {number} が使えません", f"parameter {number} of an item is not valid") for number in range(1, 8)
)

_TEXTS: Mapping[int, tuple[Text, Text]] = {
    0: (Text("受け取りました", "accepted"), Text("何もいりません", "nothing to do")),
    1: (Text("機体は転送を受け付けていません", "the aircraft has no transfer open"), _AGAIN),
    2: (
        Text("機体が高度の基準（フレーム）を扱えません", "the aircraft does not know a frame of reference"),
        _CHECK_PLAN,
    ),
    3: (Text("機体が扱えない命令があります", "the aircraft does not know a command"), _CHECK_PLAN),
    4: (Text("機体の記憶に入りません", "it does not fit into the aircraft's memory"), _LESS),
    5: (Text("項目の値が使えません", "an item is not valid"), _CHECK_PLAN),
    **{6 + index: (text, _CHECK_PLAN) for index, text in enumerate(_PARAMETER)},
    13: (Text("項目の順番が合いません", "an item came out of sequence"), _AGAIN),
    14: (
        Text("機体はこの地上局からの計画を受け付けません", "the aircraft takes no plan from this station"),
        Text(
            "機体の MAV_GCS_SYSID（または SYSID_MYGCS）を 255 にしてください",
            "set MAV_GCS_SYSID (or SYSID_MYGCS) on the aircraft to 255",
        ),
    ),
    15: (Text("機体が転送を打ち切りました", "the aircraft gave the transfer up"), _AGAIN),
}

_TRY_AGAIN = frozenset({ERROR, INVALID_SEQUENCE, CANCELLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionResult:
    """A result code and what it means."""

    code: int
    text: Text
    cure: Text
    worth_another_try: bool


def mission_result(code: int) -> MissionResult:
    """Return the meaning of a MAV_MISSION_RESULT, of unknown ones too."""
    text, cure = _TEXTS.get(
        code, (Text(f"機体が断りました（番号 {code}）", f"the aircraft refused with result {code}"), _CHECK_PLAN)
    )
    return MissionResult(code=code, text=text, cure=cure, worth_another_try=code in _TRY_AGAIN)
