"""What cannot be kept, as pages follow it."""

from fleet.clock import ManualClock
from fleet.disk_words import ShownAlarm
from fleet.text import Text
from portal.live import LiveState
from portal.live_hub import LiveHub
from portal.storage_board import STORAGE, StorageBoard


def alarm(key: str = "outbox", since_s: float = 0.0, text: str = "書けません") -> ShownAlarm:
    return ShownAlarm(key=key, level="act", text=Text(text, "cannot"), cure=Text("空きを", "room"), since_s=since_s)


def board(clock: ManualClock) -> tuple[StorageBoard, LiveHub]:
    hub = LiveHub(LiveState((STORAGE,)), clock)
    return StorageBoard(hub, clock), hub


def test_what_holds_is_shown_and_nothing_else() -> None:
    shown, hub = board(ManualClock())
    shown.show([alarm(), alarm("audit")])
    shown.show([alarm("audit"), alarm("office/folder")])
    assert set(hub.state.state[STORAGE]) == {"audit", "office/folder"}
    shown.show([])
    assert hub.state.state[STORAGE] == {}


def test_an_alarm_carries_words_cure_and_since_when() -> None:
    clock = ManualClock(now_s=1_780_000_000.0)
    shown, hub = board(clock)
    clock.advance(62.0)
    shown.show([alarm(since_s=10.0)])
    assert hub.state.state[STORAGE]["outbox"] == {
        "id": "outbox",
        "at_s": 1_780_000_010.0,
        "level": "act",
        "text": {"ja": "書けません", "en": "cannot"},
        "cure": {"ja": "空きを", "en": "room"},
    }


def test_a_clock_that_is_set_does_not_move_what_is_shown() -> None:
    clock = ManualClock()
    shown, hub = board(clock)
    shown.show([alarm()])
    at_s = hub.state.state[STORAGE]["outbox"]["at_s"]
    clock.jump(9 * 3600.0)
    shown.show([alarm(text="2 回書けませんでした")])
    assert hub.state.state[STORAGE]["outbox"]["at_s"] == at_s


def test_what_did_not_change_is_not_sent_again() -> None:
    shown, hub = board(ManualClock())
    shown.show([alarm()])
    assert hub.state.flush() is not None
    shown.show([alarm()])
    assert hub.state.flush() is None
