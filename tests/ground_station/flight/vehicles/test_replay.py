"""The recorded flights of a real ArduCopter through the tracker: the state at the end and on the way."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from fleet.ids import VehicleId
from ground_station.flight.links.frames import FrameCodec, FrameParser
from ground_station.flight.vehicles.state import LinkState, Timing, VehicleState
from ground_station.flight.vehicles.telemetry import Simulated
from ground_station.flight.vehicles.tracker import Tracker
from tests.shared_data import shared


@dataclass
class Replay:
    """Feeds one recording; `now_s` is seconds since its beginning."""

    name: str
    tracker: Tracker = field(default_factory=lambda: Tracker(vehicle_id=VehicleId("hato-1"), timing=Timing()))
    now_s: float = 0.0

    def states(self) -> Iterator[VehicleState]:
        content = gzip.decompress(shared("recordings", f"{self.name}.tlog.gz").read_bytes())
        parser, codec = FrameParser(), FrameCodec(255, 190)
        at, began_us = 0, int.from_bytes(content[:8], "big")
        while at < len(content):
            self.now_s = (int.from_bytes(content[at : at + 8], "big") - began_us) / 1e6
            length = content[at + 9] + 12
            (frame,) = parser.datagram(content[at + 8 : at + 8 + length])
            at += 8 + length
            if frame.system_id != 1:
                continue
            self.tracker.heard_s = self.now_s
            if frame.message_id == 164:
                self.tracker.simstate_seen()
            elif self.tracker.wants(frame.message_id):
                self.tracker.take(codec.decode(frame), self.now_s)
                if frame.message_id == 0:
                    yield self.tracker.state(1, self.now_s, None)


def _modes(name: str) -> list[str]:
    seen: list[str] = []
    for state in Replay(name).states():
        if not seen or seen[-1] != state.mode:
            seen.append(state.mode)
    return seen


def test_the_delivery_is_followed_from_arming_to_landing() -> None:
    replay = Replay("delivery")
    states = list(replay.states())
    armed = [state for state in states if state.armed]
    assert max(state.alt_home_m or 0.0 for state in armed) == pytest.approx(80.0, abs=1.5)
    assert {state.telemetry.mission.seq for state in armed if state.telemetry.mission} >= {3, 4, 5, 6, 7, 8, 9}
    last = states[-1]
    assert not last.armed
    assert last.telemetry.battery is not None
    assert last.telemetry.battery.consumed_mah == pytest.approx(2922.0, abs=60.0)
    assert last.telemetry.identity is not None
    assert last.telemetry.identity.version == (4, 7, 0)
    assert last.telemetry.reached is not None
    assert last.telemetry.reached.seq == 9
    assert last.simulated is Simulated.YES
    assert last.reboots == 0
    assert not last.duplicate_suspected


def test_chunked_texts_are_put_together() -> None:
    states = list(Replay("delivery").states())
    texts = [text.text for state in states for text in state.texts]
    assert any(text.startswith("PayloadPlace: payload release thrust threshold: 0.314950") for text in texts)


def test_the_silent_station_sends_it_home_and_it_stays_on_its_way() -> None:
    assert _modes("gcs_lost") == ["STABILIZE", "GUIDED", "RTL"]


def test_the_low_battery_sends_it_home() -> None:
    states = list(Replay("battery_low").states())
    homeward = [state for state in states if state.mode == "RTL"][1]
    assert any("Battery Failsafe" in text.text for text in homeward.texts)
    assert homeward.telemetry.heartbeat is not None
    assert homeward.telemetry.heartbeat.system_status == 5


def test_all_parameters_of_the_recording_are_known() -> None:
    replay = Replay("params")
    for _ in replay.states():
        pass
    assert len(replay.tracker.parameters) == 1354
    assert replay.tracker.parameters["RTL_ALT"] == 1500.0
    assert replay.tracker.evidence.verdict is Simulated.YES


def test_the_autopilots_own_check_passes_before_it_knows_where_it_is_so_both_are_asked() -> None:
    waiting = [
        state
        for state in Replay("delivery").states()
        if state.at_s < 38.0 and state.telemetry.sensors is not None and state.telemetry.sensors.arming_allowed
    ]
    assert waiting
    assert not any(state.telemetry.ekf and state.telemetry.ekf.has_absolute_position for state in waiting)


def test_ages_and_the_link_follow_the_time_that_passes() -> None:
    replay = Replay("params")
    for _ in replay.states():
        pass
    end_s = replay.now_s
    ages = {1.0: LinkState.FRESH, 5.0: LinkState.STALE, 11.0: LinkState.LOST}
    for late_s, expected in ages.items():
        state = replay.tracker.state(1, end_s + late_s, None)
        assert state.link is expected
        age_s = state.age_s(state.telemetry.heartbeat)
        assert age_s is not None
        assert age_s >= late_s
