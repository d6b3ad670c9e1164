"""Reads the recorded flights and replays what the ground station sent into a simulated vehicle on a virtual clock."""

import gzip
import struct
from dataclasses import dataclass
from typing import Any

from pymavlink.dialects.v20 import all as dialect

from fleet.ids import VehicleId
from fleet.positions import Position
from sim.scenario import Scenario, SimulatedVehicle
from sim.simulation import Simulation
from sim.world import STEP_S
from tests.shared_data import shared

GROUND_STATION = 255
_AND_THEN_S = 5.0


@dataclass(frozen=True, slots=True)
class Heard:
    """A message and when it went over the link, s from the start."""

    at_s: float
    message: Any
    frame: bytes

    @property
    def kind(self) -> str:
        return str(self.message.get_type())


def read_recording(name: str) -> list[Heard]:
    """Return every message of a recorded flight."""
    data = gzip.decompress(shared("recordings", f"{name}.tlog.gz").read_bytes())
    parser = dialect.MAVLink(None)
    heard: list[Heard] = []
    offset, start_us = 0, 0
    while offset + 8 < len(data):
        (at_us,) = struct.unpack_from(">Q", data, offset)
        start_us = start_us or at_us
        length = data[offset + 9] + 12
        frame = data[offset + 8 : offset + 8 + length]
        offset += 8 + length
        heard.append(Heard((at_us - start_us) / 1e6, parser.decode(bytearray(frame)), frame))
    return heard


def recorded_vehicle(**changes: Any) -> SimulatedVehicle:
    """Return a vehicle standing where the recorded one stood."""
    fields: dict[str, Any] = {
        "id": VehicleId("recorded"),
        "system_id": 1,
        "home": Position(lon_deg=133.23, lat_deg=34.77, alt_amsl_m=500.0),
    }
    return SimulatedVehicle(**(fields | changes))


def replay(recording: list[Heard]) -> list[Heard]:
    """Return what our vehicle says when it hears what the recorded one heard, at the same times."""
    simulation = Simulation(Scenario(vehicles=(recorded_vehicle(),), started_at_s=1_780_000_000.0))
    session = simulation.open(0)
    parser = dialect.MAVLink(None)
    said: list[Heard] = []

    def listen(at_s: float) -> None:
        said.extend(Heard(at_s, m, bytes(m.get_msgbuf())) for m in parser.parse_buffer(session.take()) or [])

    for heard in recording:
        while simulation.now_s + STEP_S <= heard.at_s:
            simulation.step()
            listen(simulation.now_s)
        if heard.message.get_srcSystem() == GROUND_STATION:
            simulation.receive(0, session, heard.frame, late_s=heard.at_s - simulation.now_s)
            listen(heard.at_s)
    for _ in range(round(_AND_THEN_S / STEP_S)):
        simulation.step()
        listen(simulation.now_s)
    return said


def from_vehicle(recording: list[Heard]) -> list[Heard]:
    """Return what the recorded vehicle said."""
    return [h for h in recording if h.message.get_srcSystem() != GROUND_STATION]


def texts(heard: list[Heard]) -> list[tuple[float, str]]:
    """Return status texts with their times."""
    return [(h.at_s, h.message.text) for h in heard if h.kind == "STATUSTEXT"]


def time_of_text(heard: list[Heard], start: str) -> float:
    """Return when a text that begins so was said; the test fails if it never was."""
    for at_s, text in texts(heard):
        if text.startswith(start):
            return at_s
    raise AssertionError(f"nobody said {start!r}")
