"""Shows on the pages what cannot be kept: the live state's collection `storage`, written from memory alone."""

from collections.abc import Sequence

from fleet.clock import Clock
from fleet.disk_words import ShownAlarm
from portal.live_hub import LiveHub
from portal.schemas import StorageAlarmOut, TextOut

STORAGE = "storage"


class StorageBoard:
    """Writes alarms into the hub, whose state must have the collection `STORAGE`."""

    def __init__(self, hub: LiveHub, clock: Clock) -> None:
        self._hub = hub
        self._clock = clock
        self._at_s: dict[tuple[str, float], float] = {}

    def show(self, alarms: Sequence[ShownAlarm]) -> None:
        """Show these alarms and no others."""
        self._at_s = {(alarm.key, alarm.since_s): self._unix_s(alarm) for alarm in alarms}
        for alarm in alarms:
            self._hub.put(STORAGE, alarm.key, self._out(alarm).model_dump(mode="json"))
        for key in set(self._hub.state.state[STORAGE]) - {alarm.key for alarm in alarms}:
            self._hub.remove(STORAGE, key)

    def _unix_s(self, alarm: ShownAlarm) -> float:
        """Return since when, as reckoned when it was first shown: a clock that is set later moves nothing."""
        known = self._at_s.get((alarm.key, alarm.since_s))
        if known is not None:
            return known
        return round(self._clock.now_s() - (self._clock.monotonic_s() - alarm.since_s), 1)

    def _out(self, alarm: ShownAlarm) -> StorageAlarmOut:
        cure = alarm.cure
        return StorageAlarmOut(
            id=alarm.key,
            at_s=self._at_s[alarm.key, alarm.since_s],
            level=alarm.level,
            text=TextOut(ja=alarm.text.ja, en=alarm.text.en),
            cure=None if cure is None else TextOut(ja=cure.ja, en=cure.en),
        )
