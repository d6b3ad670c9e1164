"""Our vehicle beside the recorded flights of a real ArduCopter."""

import math
from functools import cache
from typing import Any

import numpy as np
import pytest

from tests.sim.recording import Heard, from_vehicle, read_recording, replay, texts, time_of_text

METRES_PER_DEGREE_NORTH = 110_929.0
METRES_PER_DEGREE_EAST = 91_560.0


@cache
def both(name: str) -> tuple[list[Heard], list[Heard]]:
    recording = read_recording(name)
    return from_vehicle(recording), replay(recording)


def track(heard: list[Heard]) -> np.ndarray:
    rows = [
        (
            h.at_s,
            h.message.lon / 1e7 * METRES_PER_DEGREE_EAST,
            h.message.lat / 1e7 * METRES_PER_DEGREE_NORTH,
            h.message.relative_alt / 1e3,
        )
        for h in heard
        if h.kind == "GLOBAL_POSITION_INT" and h.message.lat
    ]
    return np.array(rows)


def rms_after_alignment_m(real: list[Heard], ours: list[Heard], start_s: float, end_s: float) -> float:
    a, b = track(real), track(ours)
    a = a[(a[:, 0] >= start_s) & (a[:, 0] <= end_s)]
    best = math.inf
    for shift_s in np.arange(-6.0, 6.01, 0.25):
        placed = np.stack([np.interp(a[:, 0] + shift_s, b[:, 0], b[:, n]) for n in (1, 2, 3)], axis=1)
        best = min(best, float(np.sqrt(np.mean(np.sum((a[:, 1:] - placed) ** 2, axis=1)))))
    return best


def last(heard: list[Heard], kind: str) -> Any:
    return next(h.message for h in reversed(heard) if h.kind == kind)


def mode_times(heard: list[Heard]) -> dict[int, float]:
    times: dict[int, float] = {}
    for h in heard:
        if h.kind == "HEARTBEAT":
            times.setdefault(h.message.custom_mode, h.at_s)
    return times


_MISSION_TEXTS = ("Mission", "Reached", "Arming", "Disarming", "Flight", "Fence", "PayloadPlace", "Gripper")


class TestDelivery:
    def test_duration_is_within_ten_percent(self) -> None:
        real, ours = (time_of_text(h, "Disarming motors") - time_of_text(h, "Arming motors") for h in both("delivery"))
        assert ours == pytest.approx(real, rel=0.02)

    def test_position_is_within_ten_metres_rms(self) -> None:
        real, ours = both("delivery")
        assert rms_after_alignment_m(real, ours, 46.0, 416.0) < 10.0

    def test_consumed_charge_is_within_fifteen_percent(self) -> None:
        real, ours = (last(h, "BATTERY_STATUS").current_consumed for h in both("delivery"))
        assert ours == pytest.approx(real, rel=0.05)

    def test_mission_progress_is_told_alike(self) -> None:
        real, ours = ([h.message.seq for h in side if h.kind == "MISSION_ITEM_REACHED"] for side in both("delivery"))
        assert ours == real

    def test_texts_of_the_mission_come_in_the_same_order(self) -> None:
        real, ours = ([t for _, t in texts(h) if t.startswith(_MISSION_TEXTS)] for h in both("delivery"))
        assert ours == real

    def test_read_back_of_mission_fence_and_rally_is_equal_field_by_field(self) -> None:
        real, ours = ([h.message for h in side if h.kind == "MISSION_ITEM_INT"] for side in both("delivery"))
        assert len(ours) == len(real) == 16
        for theirs, mine in zip(real, ours, strict=True):
            wanted, got = theirs.to_dict(), mine.to_dict()
            if theirs.seq == 0 and theirs.mission_type == 0:
                # Home, where the recorded vehicle's own estimate is some centimetres off.
                assert abs(got.pop("x") - wanted.pop("x")) <= 2
                assert got.pop("y") == wanted.pop("y")
                assert got.pop("z") == pytest.approx(wanted.pop("z"), abs=0.2)
            assert got == wanted


class TestLanding:
    def test_a_landing_inside_a_mission_ends_it_and_stands_at_its_first_command(self) -> None:
        for side in both("delivery_land"):
            assert [t for _, t in texts(side)][-2:] == ["Disarming motors", "Mission: 1 Takeoff"]
            assert last(side, "MISSION_CURRENT").seq == 1

    def test_timing_and_charge_are_alike(self) -> None:
        real, ours = both("delivery_land")
        assert time_of_text(ours, "Disarming") == pytest.approx(time_of_text(real, "Disarming"), abs=4.0)
        assert last(ours, "BATTERY_STATUS").current_consumed == pytest.approx(
            last(real, "BATTERY_STATUS").current_consumed, rel=0.05
        )
        assert rms_after_alignment_m(real, ours, 46.0, 198.0) < 10.0

    def test_read_back_is_equal_but_for_home(self) -> None:
        real, ours = (
            [h.message.to_dict() for h in side if h.kind == "MISSION_ITEM_INT"][1:] for side in both("delivery_land")
        )
        assert ours == real


class TestGroundStationLost:
    @pytest.mark.parametrize(
        "text", ["Arming motors", "GCS Failsafe", "GCS Failsafe Cleared", "SIM Hit ground", "Disarming motors"]
    )
    def test_each_event_comes_within_a_second(self, text: str) -> None:
        real, ours = both("gcs_lost")
        assert time_of_text(ours, text) == pytest.approx(time_of_text(real, text), abs=1.0)

    def test_modes_and_states_change_alike(self) -> None:
        real, ours = both("gcs_lost")
        assert list(mode_times(ours)) == list(mode_times(real)) == [0, 4, 6]
        for mode, at_s in mode_times(real).items():
            assert mode_times(ours)[mode] == pytest.approx(at_s, abs=1.0)
        assert _states(ours) == _states(real)

    def test_position_is_within_ten_metres_rms(self) -> None:
        real, ours = both("gcs_lost")
        assert rms_after_alignment_m(real, ours, 46.0, 166.0) < 10.0


class TestBatteryLow:
    @pytest.mark.parametrize("text", ["Battery 1 is low 11.00V used 30", "Battery Failsafe", "Disarming motors"])
    def test_each_event_comes_within_a_second(self, text: str) -> None:
        real, ours = both("battery_low")
        assert time_of_text(ours, text) == pytest.approx(time_of_text(real, text), abs=1.0)

    def test_modes_and_states_change_alike(self) -> None:
        real, ours = both("battery_low")
        assert _states(ours) == _states(real)


class TestStartUp:
    def test_the_same_texts_come_at_the_same_times(self) -> None:
        real, ours = both("mission_errors")
        theirs = {t: at for at, t in texts(real) if at < 45.0}
        mine = {t: at for at, t in texts(ours) if at < 45.0}
        assert mine.keys() == theirs.keys()
        for text, at_s in theirs.items():
            assert mine[text] == pytest.approx(at_s, abs=0.2)

    def test_heartbeats_show_the_same_states(self) -> None:
        real, ours = both("mission_errors")
        assert _states(ours)[:2] == _states(real)[:2]


def test_every_answer_to_a_faulty_transfer_is_the_recorded_one() -> None:
    answers = {"MISSION_REQUEST", "MISSION_ACK", "MISSION_COUNT", "COMMAND_ACK", "MISSION_ITEM_INT"}
    real, ours = ([h for h in side if h.kind in answers] for side in both("mission_errors"))
    assert [h.message.to_dict() for h in ours] == [h.message.to_dict() for h in real]
    for mine, theirs in zip(ours, real, strict=True):
        assert mine.at_s == pytest.approx(theirs.at_s, abs=0.1)


def _states(heard: list[Heard]) -> list[tuple[int, int, int]]:
    """Return the heartbeats' mode, base mode and status, each change once.

    Landed but armed lasts half a second: whether a heartbeat falls into it is chance, so it is left out.
    """
    changes: list[tuple[int, int, int]] = []
    flown = False
    for h in heard:
        if h.kind == "HEARTBEAT":
            state = (h.message.custom_mode, h.message.base_mode, h.message.system_status)
            flown = flown or h.message.system_status == 4
            landed_but_armed = flown and h.message.base_mode & 128 and h.message.system_status == 3
            if not landed_but_armed and (not changes or changes[-1] != state):
                changes.append(state)
    return changes
