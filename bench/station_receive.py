"""100 aircraft at 50 messages a second into one ground station, beside a bare pymavlink loop over the same bytes.

The aircraft are a child process that sends over UDP on loopback, each from its own port, what an ArduCopter streams
(seeded values), and answers probes and commands, so that the station asks once and not again and again. The station
runs as it does in service: links, tracking, one reader at 10 Hz, and is measured once its four rounds of asking what
each aircraft did not tell by itself are over (half a minute after the first word, then never again while all goes
well). Station and peer are measured in turns. Prints JSON: medians of the share of a core and of the age of the
position when the reader gets it, and of the pairs' cost a message.

    python bench/station_receive.py [--vehicles 100] [--rate-hz 50] [--seconds 6] [--times 5]
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import multiprocessing
import select
import socket
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from multiprocessing.process import BaseProcess

import numpy as np
from fastcrc.crc16 import mcrf4xx
from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.clock import SystemClock
from fleet.ids import VehicleId
from ground_station.flight.autopilot_station import AutopilotStation, Services, VehicleSetting
from ground_station.flight.journal_port import MemoryJournal
from ground_station.flight.links.address import LinkAddress, Scheme
from ground_station.flight.links.frames import Message
from ground_station.flight.vehicles.state import Timing

SEED = 34545
WARM_UP_S = 30.0
PEER_WARM_UP_S = 3.0


def messages(boot_ms: int, rng: np.random.Generator) -> Iterator[Message]:
    """Yield one round of 25 messages: what ArduCopter sends at 4 Hz after REQUEST_DATA_STREAM, less the rare ones."""
    lat, lon = 347_700_000 + int(rng.integers(100_000)), 1_332_300_000 + int(rng.integers(100_000))
    yield dialect.MAVLink_global_position_int_message(boot_ms, lat, lon, 560_000, 60_000, 800, 300, -20, 4500)
    yield dialect.MAVLink_attitude_message(boot_ms, rng.random(), rng.random(), rng.random(), 0.0, 0.0, 0.0)
    yield dialect.MAVLink_vfr_hud_message(10.0, 10.0, 45, 43, 560.0, 0.2)
    yield dialect.MAVLink_sys_status_message(1399979055, 1398930479, 1467087919, 0, 12600, 3191, 86, 0, 0, 0, 0, 0, 0)
    yield dialect.MAVLink_gps_raw_int_message(boot_ms * 1000, 6, lat, lon, 560_000, 121, 200, 1000, 4500, 10)
    yield dialect.MAVLink_battery_status_message(0, 0, 0, 32767, [12600, *[65535] * 9], 3191, 451, 204, 86)
    yield dialect.MAVLink_ekf_status_report_message(831, 0.01, 0.01, 0.01, 0.01, 0.0)
    yield dialect.MAVLink_mission_current_message(4)
    yield dialect.MAVLink_nav_controller_output_message(0.2, -27.5, 33, 33, 106, 0.0, 0.0, 0.0)
    yield dialect.MAVLink_system_time_message(1_780_000_000_000_000, boot_ms)
    yield dialect.MAVLink_ahrs_message(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    yield dialect.MAVLink_ahrs2_message(0.0, 0.0, 0.0, 560.0, lat, lon)
    yield dialect.MAVLink_power_status_message(5000, 0, 0)
    yield dialect.MAVLink_meminfo_message(0, 65535)
    yield dialect.MAVLink_servo_output_raw_message(boot_ms, 0, 1643, 1642, 1643, 1643, 0, 0, 0, 0)
    yield dialect.MAVLink_rc_channels_message(boot_ms, 8, *[1500] * 18, 255)
    yield dialect.MAVLink_raw_imu_message(boot_ms, 1, 2, 3, 4, 5, 6, 7, 8, 9)
    yield dialect.MAVLink_scaled_imu2_message(boot_ms, 1, 2, 3, 4, 5, 6, 7, 8, 9)
    yield dialect.MAVLink_scaled_imu3_message(boot_ms, 1, 2, 3, 4, 5, 6, 7, 8, 9)
    yield dialect.MAVLink_scaled_pressure_message(boot_ms, 946.7, 0.0, 3109)
    yield dialect.MAVLink_scaled_pressure2_message(boot_ms, 946.7, 0.0, 3109)
    yield dialect.MAVLink_terrain_report_message(lat, lon, 0, 0.0, 69.0, 0, 0)
    yield dialect.MAVLink_vibration_message(boot_ms, 0.1, 0.1, 0.1, 0, 0, 0)
    yield dialect.MAVLink_wind_message(-180.0, 0.0, 0.0)
    yield dialect.MAVLink_heartbeat_message(2, 3, 217, 3, 4, 3)


Rounds = list[list[list[bytes]]]


def prepared(vehicles: int) -> Rounds:
    """Return, for each aircraft, 20 rounds of 25 packed frames."""
    rng = np.random.default_rng(SEED)
    codecs = (dialect.MAVLink(None, srcSystem=1 + index, srcComponent=1) for index in range(vehicles))
    return [
        [[bytes(message.pack(codec)) for message in messages(number * 500, rng)] for number in range(20)]
        for codec in codecs
    ]


class Speaker:
    """One aircraft: it counts its frames, and answers what it is asked as an ArduCopter does."""

    def __init__(self, number: int, port: int) -> None:
        self.wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.wire.connect(("127.0.0.1", port))
        self.wire.setblocking(False)
        self._codec = dialect.MAVLink(None, srcSystem=number, srcComponent=1)
        self._hears = dialect.MAVLink(None)
        self._hears.robust_parsing = True

    def say(self, message: Message) -> None:
        """Send a message."""
        self.send(bytes(message.pack(self._codec)))

    def send(self, raw: bytes) -> None:
        """Send a packed frame with the next number."""
        counted = raw[1:4] + bytes([self._codec.seq]) + raw[5:-2]
        self._codec.seq = (self._codec.seq + 1) % 256
        extra = bytes([dialect.mavlink_map[raw[7] | raw[8] << 8].crc_extra])
        with contextlib.suppress(OSError):
            self.wire.send(raw[:1] + counted + mcrf4xx(counted + extra).to_bytes(2, "little"))

    def answer(self) -> None:
        """Answer what came."""
        with contextlib.suppress(OSError):
            for heard in self._hears.parse_buffer(self.wire.recv(2048)) or []:
                kind = heard.get_msgId()
                if kind == dialect.MAVLINK_MSG_ID_TIMESYNC and heard.tc1 == 0:
                    self.say(dialect.MAVLink_timesync_message(time.monotonic_ns(), heard.ts1))
                elif kind == dialect.MAVLINK_MSG_ID_COMMAND_LONG:
                    self.say(dialect.MAVLink_command_ack_message(heard.command, 0))
                elif kind == dialect.MAVLINK_MSG_ID_PARAM_REQUEST_READ:
                    self.say(dialect.MAVLink_param_value_message(heard.param_id.encode(), 1.0, 9, 1, 0))


def send(port: int, rounds: Rounds, rate_hz: float) -> None:
    """Send like so many aircraft until killed, each frame a datagram; clocks tell the moment they are sent."""
    speakers = [Speaker(1 + index, port) for index in range(len(rounds))]
    by_wire = {speaker.wire.fileno(): speaker for speaker in speakers}
    heard = select.epoll()
    for number in by_wire:
        heard.register(number, select.EPOLLIN)
    began_s = time.monotonic()
    for step in itertools.count():
        for index, speaker in enumerate(speakers):
            sent_ms = int(time.monotonic() * 1000.0)
            if step % 25 == 0:
                position = dialect.MAVLink_global_position_int_message(
                    sent_ms, 347_700_000 + step, 1_332_300_000, 560_000, 60_000, 800, 300, -20, 4500
                )
                speaker.say(position)
            elif step % 25 == 9:
                speaker.say(dialect.MAVLink_system_time_message(1_780_000_000_000_000, sent_ms))
            else:
                speaker.send(rounds[index][step // 25 % 20][step % 25])
        for number, _ in heard.poll(0):
            by_wire[number].answer()
        time.sleep(max(0.0, began_s + (step + 1) / rate_hz - time.monotonic()))


def start_sender(port: int, rounds: Rounds, options: argparse.Namespace) -> BaseProcess:
    """Return the running child that sends."""
    child = multiprocessing.get_context("fork").Process(target=send, args=(port, rounds, options.rate_hz), daemon=True)
    child.start()
    return child


async def measure_station(rounds: Rounds, options: argparse.Namespace) -> dict[str, float]:
    """Return the station's share of a core and the age of positions in the state and at the reader."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    address = LinkAddress(scheme=Scheme.UDP_IN, host="127.0.0.1", number=port)
    settings = [
        VehicleSetting(id=VehicleId(f"v-{number}"), address=address, system_id=1 + number)
        for number in range(options.vehicles)
    ]
    child = start_sender(port, rounds, options)
    in_state_s: list[float] = []
    at_reader_s: list[float] = []
    clock = SystemClock()
    services = Services(clock=clock, paper=MemoryJournal(clock), timing=Timing())
    async with AutopilotStation(settings, services) as station:
        subscription = station.feed.subscribe()
        await asyncio.sleep(WARM_UP_S)
        frames, cpu_s, wall_s = station.links[0].frames_in, time.process_time(), time.monotonic()
        seen = {state.vehicle_id: state.telemetry.motion.boot_s for state in station.states() if state.telemetry.motion}
        async for update in subscription.updates(at_most_hz=10.0):
            now_s = time.monotonic()
            for state in update.states:
                motion = state.telemetry.motion
                if motion is not None and seen.get(state.vehicle_id) != motion.boot_s:
                    seen[state.vehicle_id] = motion.boot_s
                    in_state_s.append(motion.received_s - motion.boot_s)
                    at_reader_s.append(now_s - motion.boot_s)
            if now_s - wall_s > options.seconds:
                break
        cpu_s, wall_s = time.process_time() - cpu_s, time.monotonic() - wall_s
        received = station.links[0].frames_in - frames
        child.terminate()
        child.join()
    return {
        "messages_per_s": received / wall_s,
        "core_percent": 100.0 * cpu_s / wall_s,
        "state_age_p99_ms": percentile_ms(in_state_s, 0.99),
        "reader_age_p99_ms": percentile_ms(at_reader_s, 0.99),
    }


def percentile_ms(values_s: list[float], share: float) -> float:
    """Return a percentile in milliseconds."""
    return 1000.0 * sorted(values_s)[int(len(values_s) * share)]


def measure_peer(rounds: Rounds, options: argparse.Namespace) -> dict[str, float]:
    """Return the share of a core of a bare pymavlink receive loop over the same traffic."""
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", 0))
    receiver.settimeout(10.0)
    child = start_sender(int(receiver.getsockname()[1]), rounds, options)
    codec = dialect.MAVLink(None)
    codec.robust_parsing = True
    until_s = time.monotonic() + PEER_WARM_UP_S
    while time.monotonic() < until_s:
        codec.parse_buffer(receiver.recv(2048))
    cpu_s, wall_s, count = time.process_time(), time.monotonic(), 0
    while time.monotonic() - wall_s < options.seconds:
        count += len(codec.parse_buffer(receiver.recv(2048)) or [])
    cpu_s, wall_s = time.process_time() - cpu_s, time.monotonic() - wall_s
    child.terminate()
    child.join()
    return {"messages_per_s": count / wall_s, "core_percent": 100.0 * cpu_s / wall_s}


def cpu_a_message(measured: dict[str, float]) -> float:
    """Return the share of a core for one message a second; on a busy machine some datagrams are lost."""
    return measured["core_percent"] / measured["messages_per_s"]


def medians(measured: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the median of each figure."""
    return {name: statistics.median(one[name] for one in measured) for name in measured[0]}


def main() -> None:
    """Measure both in turns, and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vehicles", type=int, default=100)
    parser.add_argument("--rate-hz", type=float, default=50.0)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    rounds = prepared(options.vehicles)
    pairs = [
        (asyncio.run(measure_station(rounds, options)), measure_peer(rounds, options)) for _ in range(options.times)
    ]
    ratios = [cpu_a_message(station) / cpu_a_message(peer) for station, peer in pairs]
    result = {
        "bench": "station_receive",
        "vehicles": options.vehicles,
        "rate_hz": options.rate_hz,
        "station": medians([station for station, _ in pairs]),
        "peer_bare_pymavlink": medians([peer for _, peer in pairs]),
        "cpu_to_peer": statistics.median(ratios),
        "cpu_to_peer_each": [round(ratio, 2) for ratio in ratios],
        "goal": {"cpu_to_peer": 1.5, "state_age_p99_ms": 20.0},
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
