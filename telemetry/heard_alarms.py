"""What others say that they cannot keep, and what their silence makes of it. Pure; monotonic seconds.

While an alarm holds it is said again every few seconds. Of one who said so and then fell silent it is not known any
more, which is shown until they speak again, for a day at most.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fleet.disk_words import ShownAlarm
from fleet.text import Text
from telemetry.alarm_wire import AlarmWord, AlarmWords

SILENT_AFTER_S = 15.0
FORGET_AFTER_S = 24 * 3600.0
MAX_SPEAKERS = 64
"""Speakers in alarm that are remembered; further ones are not until one of them is well."""

_ASK = Text("電話か無線で確かめてください", "ask them by telephone or radio")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    alarms: Sequence[ShownAlarm]
    at_s: float


class HeardAlarms:
    """The newest word of everyone who is in alarm. `name_of` gives the name of a speaker."""

    def __init__(self, name_of: Callable[[str], Text]) -> None:
        self._name_of = name_of
        self._heard: dict[str, _Heard] = {}

    def hear(self, speaker: str, word: AlarmWord, now_s: float) -> None:
        """Take in what one says; it replaces what they said before."""
        if not word.alarms:
            self._heard.pop(speaker, None)
        elif speaker in self._heard or len(self._heard) < MAX_SPEAKERS:
            self._heard[speaker] = _Heard(alarms=self._alarms(speaker, word, now_s), at_s=now_s)

    def shown(self, now_s: float) -> tuple[ShownAlarm, ...]:
        """Return what is to be shown."""
        for speaker in [speaker for speaker, heard in self._heard.items() if now_s - heard.at_s > FORGET_AFTER_S]:
            del self._heard[speaker]
        return tuple(
            alarm
            for speaker, heard in self._heard.items()
            for alarm in (
                heard.alarms if now_s - heard.at_s <= SILENT_AFTER_S else (self._unknown(speaker, heard.at_s),)
            )
        )

    def _alarms(self, speaker: str, word: AlarmWord, now_s: float) -> Sequence[ShownAlarm]:
        name = self._name_of(speaker)
        known = self._heard.get(speaker)
        since_s = {} if known is None else {alarm.key: alarm.since_s for alarm in known.alarms}
        return tuple(
            ShownAlarm(
                key=(key := f"{speaker}/{told.place}"),
                level="act",
                text=Text(
                    f"{name.ja}が記録できません: {told.text.ja}", f"{name.en} cannot keep records: {told.text.en}"
                ),
                cure=_text(told.cure),
                # The first word counts: later ones may have been longer under way.
                since_s=min(since_s.get(key, float("inf")), now_s - told.for_s),
            )
            for told in word.alarms
        )

    def _unknown(self, speaker: str, at_s: float) -> ShownAlarm:
        name = self._name_of(speaker)
        text = Text(
            f"{name.ja}は記録できないと知らせたまま途絶えました。いまは不明です",
            f"{name.en} said that it cannot keep records and fell silent; how it stands now is unknown",
        )
        return ShownAlarm(key=f"{speaker}/unknown", level="warn", text=text, cure=_ASK, since_s=at_s)


def _text(words: AlarmWords | None) -> Text | None:
    return None if words is None else Text(words.ja, words.en)
