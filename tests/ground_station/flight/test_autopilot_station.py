"""Several aircraft and strangers on one UDP link, over real sockets."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.clock import SystemClock
from fleet.errors import NotFoundError
from fleet.ids import VehicleId
from ground_station.flight.autopilot_station import AutopilotStation, Services, VehicleSetting
from ground_station.flight.links.address import parse_address
from ground_station.flight.links.frames import FrameCodec, FrameParser
from ground_station.flight.trail_paper import TrailPaper
from ground_station.flight.vehicles.state import LinkState, Timing
from tests.ground_station.flight.aircraft import MemoryAudit, eventually

A, B = VehicleId("hato-1"), VehicleId("hato-2")


@dataclass
class Sender:
    """Somebody on the UDP link with a system id."""

    port: int
    system_id: int
    kind: int = 2
    autopilot: int = 3
    _socket: socket.socket = field(default_factory=lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))

    def beat(self, mode: int = 0) -> None:
        message = dialect.MAVLink_heartbeat_message(self.kind, self.autopilot, 81, mode, 3, 3)
        self._socket.sendto(FrameCodec(self.system_id, 1).pack(message), ("127.0.0.1", self.port))

    def heard(self) -> list[int]:
        self._socket.setblocking(False)
        found: list[int] = []
        try:
            while True:
                found += [frame.message_id for frame in FrameParser().datagram(self._socket.recv(2048))]
        except BlockingIOError:
            return found

    def close(self) -> None:
        self._socket.close()


@dataclass
class Field:
    station: AutopilotStation
    port: int


@pytest.fixture
async def field_station() -> AsyncIterator[Field]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = parse_address(f"udpin:127.0.0.1:{port}")
    settings = [
        VehicleSetting(id=A, address=address, system_id=1),
        VehicleSetting(id=B, address=address, system_id=2),
    ]
    services = Services(clock=SystemClock(), paper=TrailPaper(MemoryAudit()), timing=Timing(heartbeat_hz=10.0))
    async with AutopilotStation(settings, services) as station:
        await eventually(lambda: station.links[0].phase.value == "open")
        yield Field(station, port)


async def test_two_aircraft_on_one_link_are_told_apart(field_station: Field) -> None:
    one, two = Sender(field_station.port, 1), Sender(field_station.port, 2)
    one.beat(mode=5)
    two.beat(mode=6)
    await eventually(lambda: field_station.station.vehicle(B).state().mode == "RTL")
    assert field_station.station.vehicle(A).state().mode == "LOITER"
    await asyncio.sleep(0.3)
    assert dialect.MAVLINK_MSG_ID_HEARTBEAT in one.heard()
    assert dialect.MAVLINK_MSG_ID_HEARTBEAT in two.heard()
    one.close()
    two.close()


async def test_a_stranger_is_counted_and_changes_nothing(field_station: Field) -> None:
    stranger = Sender(field_station.port, 77)
    stranger.beat(mode=6)
    await eventually(lambda: field_station.station.strangers.get(77) == 1)
    assert field_station.station.vehicle(A).state().link is LinkState.LOST
    stranger.close()


async def test_a_second_aircraft_with_the_same_number_is_ignored_and_counted(field_station: Field) -> None:
    real, double = Sender(field_station.port, 1), Sender(field_station.port, 1)
    real.beat(mode=5)
    await eventually(lambda: field_station.station.vehicle(A).state().mode == "LOITER")
    double.beat(mode=6)
    await eventually(lambda: field_station.station.links[0].duplicate_system == 1)
    assert field_station.station.vehicle(A).state().mode == "LOITER"
    real.close()
    double.close()


async def test_a_second_ground_station_is_seen_and_is_no_aircraft(field_station: Field) -> None:
    other = Sender(field_station.port, 254, kind=dialect.MAV_TYPE_GCS, autopilot=dialect.MAV_AUTOPILOT_INVALID)
    other.beat()
    await eventually(lambda: field_station.station.vehicle(A).state().other_station == 254)
    assert field_station.station.vehicle(A).state().telemetry.heartbeat is None
    other.close()


async def test_an_unknown_aircraft_is_not_found_by_name(field_station: Field) -> None:
    with pytest.raises(NotFoundError):
        field_station.station.vehicle(VehicleId("nobody"))
