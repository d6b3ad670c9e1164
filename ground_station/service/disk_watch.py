"""The station's watch over its disk: who writes where, what the operator is told, and what the town office is told."""

from collections.abc import Callable, Sequence

import sqlalchemy as sa

from fleet.audit import AuditTrail
from fleet.disk_health import Place
from fleet.disk_words import ShownAlarm
from fleet.text import Text
from fleet.write_watch import WatchedAudit
from ground_station.service.documents_sql import SqlDocuments
from ground_station.town_side_setup import TownSideSetup
from portal.live_hub import LiveHub
from portal.storage_board import StorageBoard
from telemetry.alarm_mqtt import AlarmTopics
from telemetry.disk_watch import DiskWatch, WatchSettings
from telemetry.engine_sql import watch_engine
from telemetry.topics import Topics

UNRECEIPTED_AFTER_S = 30.0
REMEMBER_LOSS_S = 24 * 3600.0
_OFFICE = "office"
_OFFICE_NAME = Text("役場", "the town office")

_OFFICE_CANNOT = Text("役場が記録できません", "the town office cannot keep records")
_STATION_CANNOT = Text("この局が記録を保存できません", "this station cannot keep records")
_ASK_OFFICE = Text(
    "役場に、記録できているか確かめてください。記録はこの局に残り、後で届きます",
    "ask the town office whether it can keep records; they stay here and arrive later",
)

OnRemark = Callable[[Text | None], None]


class StationDisk(DiskWatch):
    """Make one before anything that writes, and hand `watched(audit)` to the rest."""

    def __init__(self, setup: TownSideSetup) -> None:
        topics = Topics(realm=setup.realm, town=setup.town.id)
        alarm_topics = AlarmTopics(
            speak=topics.alarm(setup.town.station_id),
            listen=topics.office_alarm,
            speaker_of=lambda topic: _OFFICE if topic == topics.office_alarm else None,
        )
        settings = WatchSettings(
            folder=setup.folder, broker=setup.broker, topics=alarm_topics, name_of=lambda _: _OFFICE_NAME
        )
        super().__init__(settings, setup.clock)

    def watched(self, trail: AuditTrail) -> WatchedAudit:
        """Return the set-up with an audit trail whose writes are noted."""
        audit = WatchedAudit(trail, self.writes(Place.AUDIT))
        self.try_again_by(Place.AUDIT, audit.resume)
        return audit

    def watch_database(self, engine: sa.Engine) -> None:
        """Note every writing transaction of the station's database."""
        watch_engine(engine, self.writes(Place.STATION_DATABASE))
        documents = SqlDocuments(engine)
        self.try_again_by(Place.STATION_DATABASE, lambda: documents.put("disk-probe", "last", {}, self._clock.now_s()))

    async def watch_for(self, hub: LiveHub, on_remark: OnRemark, unreceipted_s: Callable[[], float | None]) -> None:
        """Show alarms on the pages of `hub`, and beside the line to the office, until cancelled.

        `unreceipted_s` gives for how long the office has given no receipt though it could; None if none is owed.
        """
        board = StorageBoard(hub, self._clock)

        def on_look(alarms: Sequence[ShownAlarm]) -> None:
            owed = self._owed(unreceipted_s())
            board.show((*alarms, *owed))
            on_remark(self.remark(bool(owed)))

        await self.run(on_look)

    def _owed(self, unreceipted_s: float | None) -> tuple[ShownAlarm, ...]:
        if unreceipted_s is None or unreceipted_s <= UNRECEIPTED_AFTER_S or self.heard():
            return ()
        text = Text(
            "役場とつながっていますが、受け取りの返事が 30 秒以上ありません。役場が記録できないか、回線が細すぎます",
            "connected, but no receipt for over 30 s: the town office cannot keep records, or the line is too thin",
        )
        since_s = round(self._clock.monotonic_s() - unreceipted_s, 0)
        return (ShownAlarm(key="receipts", level="act", text=text, cure=_ASK_OFFICE, since_s=since_s),)

    def remark(self, owed: bool = False) -> Text | None:
        """Return what must stand beside how the station stands with the office; None while all is kept."""
        parts = [part for part in (self._own_remark(), _OFFICE_CANNOT if owed or self.heard() else None) if part]
        if not parts:
            return None
        return Text("。".join(part.ja for part in parts), "; ".join(part.en for part in parts))

    def _own_remark(self) -> Text | None:
        now_s = self._clock.monotonic_s()
        lost = self.health.lost_lately(Place.OUTBOX, within_s=REMEMBER_LOSS_S, now_s=now_s)
        if self.alarms() or self.told():
            if not lost:
                return _STATION_CANNOT
            return Text(f"{_STATION_CANNOT.ja}（{lost} 件が残っていません）", f"{_STATION_CANNOT.en} ({lost} not kept)")
        if lost:
            return Text(f"記録 {lost} 件は保存できませんでした", f"{lost} records could not be kept")
        return None
