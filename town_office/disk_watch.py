"""The office's watch over its disk and database: who writes where, what its page and its stations are told."""

from pathlib import Path

import sqlalchemy as sa

from fleet.audit import AuditTrail
from fleet.clock import Clock
from fleet.disk_health import Place
from fleet.ids import SiteId
from fleet.realm import Realm
from fleet.text import Text
from fleet.write_watch import WatchedAudit
from missions.values.town import Town
from portal.live_hub import LiveHub
from portal.storage_board import StorageBoard
from telemetry.alarm_mqtt import AlarmTopics
from telemetry.disk_watch import DiskWatch, WatchSettings
from telemetry.engine_sql import watch_engine, writing
from telemetry.mqtt_address import MqttAddress
from telemetry.topics import Topics
from town_office.tables_sql import identity_table


class OfficeDisk(DiskWatch):
    """Make one before the office, and `watch_database` once its tables are there."""

    def __init__(self, *, town: Town, realm: Realm, broker: MqttAddress, folder: Path, clock: Clock) -> None:
        topics = Topics(realm=realm, town=town.id)
        alarm_topics = AlarmTopics(speak=topics.office_alarm, listen=topics.every_alarm, speaker_of=topics.read_alarm)
        super().__init__(
            WatchSettings(
                folder=folder,
                broker=broker,
                topics=alarm_topics,
                name_of=lambda station: _station_name(town, station),
            ),
            clock,
        )

    def watched_audit(self, audit: AuditTrail) -> AuditTrail:
        """Return the audit trail with its writes noted."""
        noted = WatchedAudit(audit, self.writes(Place.AUDIT))
        self.try_again_by(Place.AUDIT, noted.resume)
        return noted

    def watch_database(self, engine: sa.Engine) -> None:
        """Note every writing transaction of the town's database, of records, requests, pictures and accounts alike."""
        watch_engine(engine, self.writes(Place.OFFICE_DATABASE))

        def work() -> None:
            with writing(engine) as connection:
                connection.execute(sa.update(identity_table).values(town=identity_table.c.town))

        self.try_again_by(Place.OFFICE_DATABASE, work)

    async def watch_for(self, hub: LiveHub) -> None:
        """Show alarms, the stations' among them, on the pages of `hub` until cancelled."""
        await self.run(StorageBoard(hub, self._clock).show)


def _station_name(town: Town, station: str) -> Text:
    place = town.place(SiteId(station))
    name = Text(station, station) if place is None else place.name
    return Text(f"地上局「{name.ja}」", f"the station {name.en}")
