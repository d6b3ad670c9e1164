"""What station and office make of each other's alarms: the wire form, age, silence, and bounds."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.disk_words import ShownAlarm
from fleet.text import Text
from telemetry.alarm_wire import MAX_ALARMS, MAX_BYTES, AlarmWord, decode_alarms, encode_alarms
from telemetry.heard_alarms import FORGET_AFTER_S, MAX_SPEAKERS, SILENT_AFTER_S, HeardAlarms


def alarm(key: str = "outbox", since_s: float = 10.0, text: str = "書けません") -> ShownAlarm:
    return ShownAlarm(key=key, level="act", text=Text(text, "cannot"), cure=Text("空きを", "room"), since_s=since_s)


def word(*alarms: ShownAlarm, now_s: float = 100.0) -> AlarmWord:
    told = decode_alarms(encode_alarms(alarms, now_s))
    assert told is not None
    return told


def heard() -> HeardAlarms:
    return HeardAlarms(lambda speaker: Text(f"地上局 {speaker}", f"station {speaker}"))


def test_what_is_told_is_read_with_its_age() -> None:
    (told,) = word(alarm(since_s=38.0)).alarms
    assert (told.place, told.for_s, told.text.ja) == ("outbox", 62.0, "書けません")


def test_any_client_can_read_it_as_plain_json() -> None:
    assert msgspec.json.decode(encode_alarms([alarm()], 11.0)) == {
        "alarms": [
            {
                "place": "outbox",
                "for_s": 1.0,
                "text": {"ja": "書けません", "en": "cannot"},
                "cure": {"ja": "空きを", "en": "room"},
            }
        ]
    }


def test_the_largest_word_fits_and_more_is_cut_off() -> None:
    many = [alarm(key="a" * 40, text="書" * 500) for _ in range(MAX_ALARMS * 2)]
    payload = encode_alarms(many, 100.0)
    assert len(payload) <= MAX_BYTES
    told = decode_alarms(payload)
    assert told is not None
    assert len(told.alarms) == MAX_ALARMS


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b'{"alarms": [{}]}',
        b'{"alarms": [{"place": "outbox", "for_s": -1, "text": {"ja": "", "en": ""}}]}',
        b'{"alarms": [{"place": "outbox", "for_s": NaN, "text": {"ja": "", "en": ""}}]}',
        b'{"alarms": [{"place": "a/b", "for_s": 1, "text": {"ja": "", "en": ""}}]}',
        b'{"alarms": [' + b",".join([b'{"place":"a","for_s":1,"text":{"ja":"","en":""}}'] * 13) + b"]}",
        b'{"alarms": []}' + b" " * MAX_BYTES,
    ],
)
def test_what_is_no_word_is_not_read(payload: bytes) -> None:
    assert decode_alarms(payload) is None


@given(st.binary(max_size=200))
def test_no_payload_breaks_the_reader(payload: bytes) -> None:
    assert decode_alarms(payload) is None


def test_an_alarm_is_shown_with_its_speaker_and_since_when_by_our_clock() -> None:
    alarms = heard()
    alarms.hear("tent-1", word(alarm(since_s=38.0)), now_s=5000.0)
    (shown,) = alarms.shown(5001.0)
    assert shown.key == "tent-1/outbox"
    assert shown.text.ja == "地上局 tent-1が記録できません: 書けません"
    assert shown.since_s == pytest.approx(4938.0)
    assert shown.level == "act"


def test_a_later_word_that_was_long_under_way_moves_nothing() -> None:
    alarms = heard()
    alarms.hear("tent-1", word(alarm(since_s=100.0)), now_s=5000.0)
    alarms.hear("tent-1", word(alarm(since_s=100.0), now_s=103.0), now_s=5012.0)
    assert [one.since_s for one in alarms.shown(5012.0)] == [5000.0]


def test_the_word_that_all_is_well_ends_it() -> None:
    alarms = heard()
    alarms.hear("tent-1", word(alarm()), now_s=0.0)
    alarms.hear("tent-1", word(), now_s=1.0)
    assert alarms.shown(1.0) == ()


def test_of_one_who_fell_silent_in_alarm_it_is_unknown_since_then_and_not_well() -> None:
    alarms = heard()
    alarms.hear("tent-1", word(alarm(), alarm("audit")), now_s=0.0)
    assert len(alarms.shown(SILENT_AFTER_S)) == 2
    (shown,) = alarms.shown(SILENT_AFTER_S + 0.1)
    assert (shown.key, shown.level, shown.since_s) == ("tent-1/unknown", "warn", 0.0)
    assert "不明" in shown.text.ja
    alarms.hear("tent-1", word(alarm()), now_s=100.0)
    assert [one.key for one in alarms.shown(100.0)] == ["tent-1/outbox"]


def test_nobody_is_remembered_for_ever_nor_any_number_of_them() -> None:
    alarms = heard()
    for number in range(MAX_SPEAKERS + 10):
        alarms.hear(f"tent-{number}", word(alarm()), now_s=0.0)
    assert len(alarms.shown(1.0)) == MAX_SPEAKERS
    assert alarms.shown(FORGET_AFTER_S + 1.0) == ()
