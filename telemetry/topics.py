"""MQTT topics of one town in one realm, as in the wire description.

    {root}/1/{town}/{station}/up/{lane}      batches of records, field to town
    {root}/1/{town}/{station}/receipt        what the town's database now holds
    {root}/1/{town}/{station}/down/request   what the town asks
    {root}/1/{town}/{station}/alarm          plain JSON: what the station cannot keep
    {root}/1/{town}/office/alarm             plain JSON: what the office cannot keep
    {root}/1/{town}/vehicle/{id}/state       plain JSON, retained, for any MQTT client

`root` is `kakehashi`, or `kakehashi-drill` for drills, so the two worlds never share a topic.
"""

from dataclasses import dataclass

from fleet.errors import InvalidValueError
from fleet.ids import StationId, TownId, VehicleId, check_name
from fleet.realm import Realm
from fleet.text import Text
from telemetry.records import Lane

WIRE_VERSION = "1"
RESERVED_STATION_NAMES = frozenset({"vehicle", "office"})


def check_station(station: str) -> StationId:
    """Return `station` if it may name a station; raises InvalidValueError."""
    if station in RESERVED_STATION_NAMES:
        raise InvalidValueError(
            Text(f"「{station}」は局の名前に使えません", f"{station!r} cannot name a station"),
            Text("別の名前にしてください", "choose another name"),
        )
    return StationId(check_name(station))


@dataclass(frozen=True, slots=True, kw_only=True)
class UpTopic:
    """What a topic says about the batch on it."""

    station: StationId
    lane: Lane


@dataclass(frozen=True, slots=True, kw_only=True)
class Topics:
    """The topics of one town in one realm. Raises InvalidValueError for a name that cannot be a topic level."""

    realm: Realm
    town: TownId

    def __post_init__(self) -> None:
        """Refuse a town whose name could widen a topic."""
        check_name(self.town)

    @property
    def prefix(self) -> str:
        """Return the levels every topic of the town begins with, with no slash at the end."""
        return f"{self.realm.topic_root}/{WIRE_VERSION}/{self.town}"

    def station_prefix(self, station: StationId) -> str:
        """Return the levels a station's own topics begin with, with no slash at the end."""
        return f"{self.prefix}/{check_station(station)}"

    def up(self, station: StationId, lane: Lane) -> str:
        """Return where a station sends one lane."""
        return f"{self.station_prefix(station)}/up/{lane.value}"

    def every_up(self, share: str | None = None) -> str:
        """Return the filter for all stations' records; with `share`, as one of a group of ingest workers."""
        own = f"{self.prefix}/+/up/#"
        return own if share is None else f"$share/{check_name(share)}/{own}"

    def receipt(self, station: StationId) -> str:
        """Return where a station hears what is stored."""
        return f"{self.station_prefix(station)}/receipt"

    def down(self, station: StationId) -> str:
        """Return where a station hears what the town asks."""
        return f"{self.station_prefix(station)}/down/request"

    def alarm(self, station: StationId) -> str:
        """Return where a station says what it cannot keep."""
        return f"{self.station_prefix(station)}/alarm"

    @property
    def office_alarm(self) -> str:
        """Return where the office says what it cannot keep."""
        return f"{self.prefix}/office/alarm"

    @property
    def every_alarm(self) -> str:
        """Return the filter for the alarms of all stations; the office's own matches too."""
        return f"{self.prefix}/+/alarm"

    def read_alarm(self, topic: str) -> StationId | None:
        """Return which station's alarm a topic is, or None if it is none of this town and realm."""
        levels = topic.removeprefix(f"{self.prefix}/").split("/")
        if not topic.startswith(f"{self.prefix}/") or len(levels) != 2 or levels[1] != "alarm":
            return None
        try:
            return check_station(levels[0])
        except InvalidValueError:
            return None

    def vehicle_state(self, vehicle: VehicleId) -> str:
        """Return the plain JSON topic of one vehicle."""
        return f"{self.prefix}/vehicle/{check_name(vehicle)}/state"

    def read_up(self, topic: str) -> UpTopic | None:
        """Return station and lane of a topic of records, or None if it is none of this town and realm."""
        prefix = f"{self.prefix}/"
        if not topic.startswith(prefix):
            return None
        levels = topic[len(prefix) :].split("/")
        if len(levels) != 3 or levels[1] != "up":
            return None
        try:
            return UpTopic(station=check_station(levels[0]), lane=Lane(levels[2]))
        except (InvalidValueError, ValueError):
            return None
