"""One service's watch over everything it writes: writers note, probes try, the other side tells, pages are shown.

All of it works from memory. What may hang on a disk runs in the writers' own threads and in those of the probes.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from fleet.clock import Clock
from fleet.disk_health import DiskAlarm, DiskHealth, Place
from fleet.disk_probe import DiskProbe, folder_probe
from fleet.disk_words import ShownAlarm, alarm_text, shown
from fleet.text import Text
from fleet.write_watch import WriteWatch
from telemetry.alarm_mqtt import AlarmLine, AlarmTopics
from telemetry.alarm_wire import AlarmWord
from telemetry.heard_alarms import HeardAlarms
from telemetry.mqtt_address import MqttAddress

_log = structlog.get_logger(__name__)

LOOK_EVERY_S = 0.5
PROBE_EVERY_S = 4.0

OnLook = Callable[[Sequence[ShownAlarm]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchSettings:
    """Where a service writes (`folder` is probed), and how it speaks with the other side, whose name is `name_of`."""

    folder: Path
    broker: MqttAddress
    topics: AlarmTopics
    name_of: Callable[[str], Text]


class DiskWatch:
    """Give writers `writes(place)`, then `run`. Used from one event loop, but for what writers note."""

    def __init__(self, settings: WatchSettings, clock: Clock) -> None:
        self._clock = clock
        self.health = DiskHealth()
        self._folder = folder_probe(settings.folder, self.writes(Place.FOLDER))
        self._again: dict[Place, DiskProbe] = {}
        self._sources: list[Callable[[], Sequence[ShownAlarm]]] = []
        self._heard = HeardAlarms(settings.name_of)
        self._line = AlarmLine(broker=settings.broker, topics=settings.topics, clock=clock, on_heard=self.hear)
        self._probe_at_s = float("-inf")
        self._logged: frozenset[str] = frozenset()

    def writes(self, place: Place) -> WriteWatch:
        """Return the note-taker of one place's writers."""
        return WriteWatch(self.health, place, self._clock)

    def try_again_by(self, place: Place, work: Callable[[], None]) -> None:
        """Have `work`, a write that is noted, tried in a thread while a place is in alarm, so that its end is seen."""
        self._again[place] = DiskProbe(place.value, work)

    def tells(self, source: Callable[[], Sequence[ShownAlarm]]) -> None:
        """Tell the other side what `source` returns too: of writers in another process of this side's."""
        self._sources.append(source)

    def told(self) -> tuple[ShownAlarm, ...]:
        """Return what other processes of this side cannot keep now."""
        return tuple(alarm for source in self._sources for alarm in source())

    def lose(self, place: Place, count: int) -> None:
        """Note that records were given up."""
        self.health.lose(place, count, self._clock.monotonic_s())

    def hear(self, speaker: str, word: AlarmWord) -> None:
        """Take in what another process says that it cannot keep."""
        self._heard.hear(speaker, word, self._clock.monotonic_s())

    def alarms(self) -> tuple[DiskAlarm, ...]:
        """Return this service's own places in alarm."""
        return self.health.alarms(self._clock.monotonic_s())

    def heard(self) -> tuple[ShownAlarm, ...]:
        """Return what others cannot keep."""
        return self._heard.shown(self._clock.monotonic_s())

    def in_words(self) -> str | None:
        """Return this side's alarms for a health route, each with its place; None if there is none."""
        said = [(alarm.place.value, alarm_text(alarm)) for alarm in self.alarms()]
        said += [(alarm.key, alarm.text) for alarm in self.told()]
        return "; ".join(f"{place}: {text.ja} / {text.en}" for place, text in said) or None

    async def run(self, on_look: OnLook) -> None:
        """Look, probe and speak until cancelled; `on_look` is given twice a second what holds now, the own first."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._line.run())
            tasks.create_task(self._look_always(on_look))

    async def _look_always(self, on_look: OnLook) -> None:
        while True:
            own = self.look()
            self._line.show((*own, *self.told()))
            on_look((*own, *self.heard()))
            await asyncio.sleep(LOOK_EVERY_S)

    def look(self) -> Sequence[ShownAlarm]:
        """Begin the probes that are due, and return the own alarms."""
        alarms = self.alarms()
        self._log_changes(alarms)
        now_s = self._clock.monotonic_s()
        if now_s - self._probe_at_s >= PROBE_EVERY_S:
            self._probe_at_s = now_s
            self._folder.start()
            for alarm in alarms:
                if alarm.place in self._again:
                    self._again[alarm.place].start()
        return [shown(alarm) for alarm in alarms]

    def _log_changes(self, alarms: Sequence[DiskAlarm]) -> None:
        now = frozenset(alarm.place.value for alarm in alarms)
        for alarm in alarms:
            if alarm.place.value not in self._logged:
                _log.error("a place cannot be written", place=alarm.place.value, cause=alarm.cause.value)
        for place in self._logged - now:
            _log.warning("a place is written again", place=place)
        self._logged = now
