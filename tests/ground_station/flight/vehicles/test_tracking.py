"""Small pieces of following an aircraft: texts, restarts, simulation, link ages, malformed values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.ids import VehicleId
from ground_station.flight.links.frames import FrameCodec, FrameParser
from ground_station.flight.protocols.exchange import Target
from ground_station.flight.protocols.pace import unmeasured
from ground_station.flight.protocols.parameter_list import ParameterFetch
from ground_station.flight.protocols.parameters import MOST_PARAMETERS
from ground_station.flight.vehicles.boot_watch import BootEvent, BootWatch
from ground_station.flight.vehicles.failsafe_words import silence_failsafe
from ground_station.flight.vehicles.modes import mode_name, mode_text
from ground_station.flight.vehicles.reduction import REDUCTIONS, TelemetryFold
from ground_station.flight.vehicles.simulation import SimulationEvidence
from ground_station.flight.vehicles.state import LinkState, Timing
from ground_station.flight.vehicles.status_texts import StatusTexts
from ground_station.flight.vehicles.telemetry import Simulated
from ground_station.flight.vehicles.tracker import Tracker


def _chunk(number: int, sequence: int, text: str) -> object:
    return dialect.MAVLink_statustext_message(4, text.encode(), number, sequence)


def test_chunks_out_of_order_make_one_text() -> None:
    texts = StatusTexts()
    assert not texts.take(_chunk(7, 1, "the rest"), 0.0)
    (whole,) = texts.take(_chunk(7, 0, "x" * 50), 0.1)
    assert whole.text == "x" * 50 + "the rest"


def test_a_lost_chunk_is_shown_as_a_gap_after_two_seconds() -> None:
    texts = StatusTexts()
    texts.take(_chunk(7, 1, "the rest"), 0.0)
    assert not texts.overdue(1.0)
    (torn,) = texts.overdue(2.5)
    assert torn.text == "…the rest"


def test_a_clock_that_goes_back_and_stays_back_is_a_reboot() -> None:
    watch = BootWatch()
    assert [watch.take(boot_s, at_s) for at_s, boot_s in enumerate((100.0, 101.0, 0.5, 1.5, 2.5))] == [
        BootEvent.NOTHING,
        BootEvent.NOTHING,
        BootEvent.NOTHING,
        BootEvent.REBOOTED,
        BootEvent.NOTHING,
    ]


def test_readiness_from_before_a_restart_counts_no_more() -> None:
    tracker = Tracker(vehicle_id=VehicleId("hato-1"), timing=Timing())
    tracker.boot_clock(100.0, 0.0)
    health = dialect.MAVLink_sys_status_message(1, 1, 1, 0, 12_000, 0, 80, 0, 0, 0, 0, 0, 0)
    tracker.take(health, 1.0)
    assert tracker.telemetry.sensors is not None
    for boot_s in (0.5, 1.5):
        tracker.boot_clock(boot_s, 2.0 + boot_s)
    assert tracker.reboots == 1
    assert tracker.telemetry.sensors is None


def test_one_late_message_is_no_reboot() -> None:
    watch = BootWatch()
    assert {watch.take(boot_s, at_s) for at_s, boot_s in enumerate((100.0, 95.0, 101.0, 102.0, 101.5))} == {
        BootEvent.NOTHING
    }


def test_two_aircraft_with_one_number_are_told_from_a_reboot() -> None:
    watch = BootWatch()
    events = [watch.take(boot_s, tick) for tick in range(10) for boot_s in (100.0 + tick, 20.0 + tick)]
    assert BootEvent.DUPLICATE in events
    assert BootEvent.REBOOTED not in events


@pytest.mark.parametrize(
    ("evidence", "verdict"),
    [
        (SimulationEvidence(), Simulated.UNKNOWN),
        (SimulationEvidence(simstate_seen=True), Simulated.YES),
        (SimulationEvidence(custom_version=b"KAKESIM1"), Simulated.YES),
        (SimulationEvidence(custom_version=b"2598e9d4"), Simulated.UNKNOWN),
        (SimulationEvidence(parameters={"SIM_SPEEDUP": 1.0}), Simulated.YES),
        (SimulationEvidence(parameters={"RTL_ALT": 1.0}), Simulated.UNKNOWN),
        (SimulationEvidence(parameters={"RTL_ALT": 1.0}, custom_version=b"2598e9d4"), Simulated.NO),
        (SimulationEvidence(parameters={"RTL_ALT": 1.0}, custom_version=b"x", simstate_seen=True), Simulated.YES),
    ],
)
def test_an_aircraft_is_real_only_once_that_is_shown(evidence: SimulationEvidence, verdict: Simulated) -> None:
    assert evidence.verdict is verdict


def test_link_periods_shrink_with_the_time_scale_but_forgive_a_busy_machine() -> None:
    assert Timing().link_state(2.9) is LinkState.FRESH
    assert Timing().link_state(9.9) is LinkState.STALE
    assert Timing(time_scale=2.0).link_state(1.6) is LinkState.STALE
    assert Timing(time_scale=100.0).link_state(0.9) is LinkState.FRESH


def test_modes_have_names_and_words_even_if_new() -> None:
    assert mode_name(17) == "BRAKE"
    assert mode_name(99) == "MODE_99"
    assert mode_text(6).ja == "帰還中"


def test_the_failsafe_is_named_by_what_is_set() -> None:
    assert "not known" in silence_failsafe({}).en
    assert "is off" in silence_failsafe({"FS_GCS_ENABLE": 0.0}).en
    assert "after 7 s" in silence_failsafe({"FS_GCS_ENABLE": 5.0, "FS_GCS_TIMEOUT": 7.0}).en


def test_another_stations_heartbeat_is_not_the_aircrafts() -> None:
    tracker = Tracker(vehicle_id=VehicleId("hato-1"), timing=Timing())
    tracker.take(dialect.MAVLink_heartbeat_message(6, 8, 0, 0, 4, 3), 1.0)
    assert tracker.telemetry.heartbeat is None


def test_names_without_end_fill_nothing_and_push_out_none_that_is_known() -> None:
    tracker = Tracker(vehicle_id=VehicleId("hato-1"), timing=Timing())
    fetch = ParameterFetch(Target(system_id=1))
    fetch.start(0.0, unmeasured)
    for number in range(MOST_PARAMETERS + 50):
        value = dialect.MAVLink_param_value_message(f"P{number}".encode(), float(number), 9, 1, 65_535)
        tracker.take(value, 1.0)
        fetch.receive(value, 1.0)
    tracker.take(dialect.MAVLink_param_value_message(b"P7", 70.0, 9, 1, 65_535), 1.0)
    assert (len(tracker.parameters), tracker.parameters["P7"]) == (MOST_PARAMETERS, 70.0)
    fetch.receive(dialect.MAVLink_param_value_message(b"P0", 1.0, 9, 1, 0), 1.0)
    assert fetch.result is not None
    assert len(fetch.result.values) == MOST_PARAMETERS


_PACKER = FrameCodec(1, 1)


@given(st.sampled_from(sorted(REDUCTIONS)), st.binary(min_size=255, max_size=255))
def test_no_payload_whatsoever_raises(message_id: int, payload: bytes) -> None:
    kind = dialect.mavlink_map[message_id]
    body = payload[: kind.unpacker.size]
    header = bytes([0xFD, len(body), 0, 0, 0, 1, 1, message_id & 0xFF, message_id >> 8 & 0xFF, 0])
    crc = dialect.x25crc(header[1:] + body + bytes([kind.crc_extra])).crc
    (frame,) = FrameParser().datagram(header + body + crc.to_bytes(2, "little"))
    message = _PACKER.decode(frame)
    assert message is not None
    fold = TelemetryFold()
    fold.take(message, 0.0)
    assert fold.value is fold.value
