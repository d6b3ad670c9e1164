"""What station and office tell each other of a disk that refuses, in plain JSON for any MQTT client. Pure.

    {"alarms": [{"place": …, "for_s": …, "text": {"ja", "en"}, "cure": {"ja", "en"} or null}, …]}

An age instead of a time, since the two clocks may differ. No alarms means that everything is kept.
"""

from collections.abc import Sequence
from typing import Annotated

import msgspec

from fleet.disk_words import ShownAlarm
from fleet.text import Text

MAX_ALARMS = 12
MAX_BYTES = 16 * 1024

_Words = Annotated[str, msgspec.Meta(max_length=300)]


class AlarmWords(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence in Japanese and English."""

    ja: _Words
    en: _Words


class ToldAlarm(msgspec.Struct, frozen=True, kw_only=True):
    """One place that does not take what it should, and for how many seconds already."""

    place: Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern="^[a-z-]+$")]
    for_s: Annotated[float, msgspec.Meta(ge=0.0, le=1e8)]
    text: AlarmWords
    cure: AlarmWords | None = None


class AlarmWord(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one side cannot keep now."""

    alarms: Annotated[list[ToldAlarm], msgspec.Meta(max_length=MAX_ALARMS)]


_DECODER = msgspec.json.Decoder(AlarmWord)


def encode_alarms(alarms: Sequence[ShownAlarm], now_s: float) -> bytes:
    """Return alarms for the wire, the first `MAX_ALARMS` of them; `now_s` is monotonic as their `since_s`."""
    told = [
        ToldAlarm(
            place=alarm.key,
            for_s=round(max(0.0, now_s - alarm.since_s), 1),
            text=_words(alarm.text),
            cure=None if alarm.cure is None else _words(alarm.cure),
        )
        for alarm in alarms[:MAX_ALARMS]
    ]
    return msgspec.json.encode(AlarmWord(alarms=told))


def decode_alarms(payload: bytes) -> AlarmWord | None:
    """Return what was told, or None for what cannot be read."""
    if len(payload) > MAX_BYTES:
        return None
    try:
        return _DECODER.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _words(text: Text) -> AlarmWords:
    return AlarmWords(ja=text.ja[:300], en=text.en[:300])
