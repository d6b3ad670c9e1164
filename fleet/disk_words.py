"""What people read of a disk that refuses: which place, why, how much was not kept, and what to do. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from fleet.disk_health import Cause, DiskAlarm, Place
from fleet.text import Text

PLACE_NAMES: Mapping[Place, Text] = {
    Place.FOLDER: Text("記録を置くフォルダ", "the folder of the records"),
    Place.OUTBOX: Text("役場へ送る記録", "the records for the town office"),
    Place.STATION_DATABASE: Text("依頼と配送の記録", "the record of requests and deliveries"),
    Place.OFFICE_DATABASE: Text("役場のデータベース", "the town office's database"),
    Place.AUDIT: Text("操作の記録（監査記録）", "the audit chain"),
    Place.PICTURES: Text("写真の保存場所", "the store of pictures"),
    Place.FLIGHT_LOG: Text("飛行記録（tlog）", "the flight recording"),
    Place.JOURNAL: Text("飛行の指示の記録", "the flight journal"),
}

_WHY: Mapping[Cause, Text] = {
    Cause.FULL: Text("ディスクの空きがありません", "the disk is full"),
    Cause.READ_ONLY: Text("書き込みが許されていません", "writing is not permitted"),
    Cause.LOCKED: Text("ほかのプログラムが使ったままです", "another program holds it"),
    Cause.BROKEN: Text("ディスクの読み書きに失敗しました", "the disk fails"),
    Cause.GONE: Text("保存先が見つかりません", "it is not there"),
    Cause.UNANSWERED: Text("データベースが応答しません", "the database does not answer"),
    Cause.OTHER: Text("書き込みが断られました", "the write is refused"),
}

CURES: Mapping[Cause, Text] = {
    Cause.FULL: Text(
        "不要なファイルを消して、ディスクに空きを作ってください", "delete what is not needed from the disk"
    ),
    Cause.READ_ONLY: Text(
        "フォルダの権限と、ディスクが読み取り専用でないかを確かめてください",
        "check the folder's permissions, and that the disk is not read-only",
    ),
    Cause.LOCKED: Text(
        "同じファイルを開いている別のプログラムを閉じてください", "close the other program that has the file open"
    ),
    Cause.BROKEN: Text(
        "ディスクの接続を確かめ、続くなら別のディスクに移してください",
        "check the disk's connection; if it stays, move to another disk",
    ),
    Cause.GONE: Text(
        "ディスクの接続とフォルダを確かめてください", "check that the disk is attached and the folder is there"
    ),
    Cause.UNANSWERED: Text("データベースが動いているか確かめてください", "check that the database runs"),
    Cause.SLOW: Text(
        "ディスクの空きと動作を確かめ、続くなら別のディスクに移してください",
        "check the disk's free space and health; if it stays, move to another disk",
    ),
    Cause.OTHER: Text("ディスクの空きと権限を確かめてください", "check the disk's free space and permissions"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAlarm:
    """An alarm as pages show it. `key` is the same while it holds; `since_s` is monotonic; `act` presses more."""

    key: str
    level: Literal["warn", "act"]
    text: Text
    cure: Text | None
    since_s: float


def alarm_text(alarm: DiskAlarm) -> Text:
    """Return which place refuses, why, and how much was not kept."""
    name = PLACE_NAMES[alarm.place]
    if alarm.cause is Cause.SLOW:
        what = Text(f"{name.ja}への書き込みが遅すぎます", f"writing to {name.en} takes too long")
    else:
        why = _WHY[alarm.cause]
        what = Text(f"{name.ja}に書けません（{why.ja}）", f"{name.en} cannot be written: {why.en}")
    rest = _not_kept(alarm)
    return what if rest is None else Text(f"{what.ja}。{rest.ja}", f"{what.en}; {rest.en}")


def _not_kept(alarm: DiskAlarm) -> Text | None:
    if alarm.lost:
        return Text(f"{alarm.lost} 件が残っていません", f"{alarm.lost} records were not kept")
    if alarm.place is Place.OFFICE_DATABASE:
        return Text("届かない記録は地上局に残ります", "what is not taken in stays at the station")
    if alarm.refused and alarm.place is not Place.FOLDER:
        return Text(f"{alarm.refused} 回書けませんでした", f"{alarm.refused} writes were refused")
    return None


def shown(alarm: DiskAlarm) -> ShownAlarm:
    """Return an alarm of our own as it is shown."""
    return ShownAlarm(
        key=alarm.place.value,
        level="act",
        text=alarm_text(alarm),
        cure=CURES[alarm.cause],
        since_s=alarm.since_s,
    )
