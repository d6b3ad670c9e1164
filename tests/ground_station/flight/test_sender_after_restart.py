"""A core that is started anew under a flight speaks to the aircraft of before, not to whoever is quickest."""

import asyncio
import socket
from collections.abc import Iterator

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.clock import SystemClock
from fleet.ids import VehicleId
from fleet.realm import Realm
from ground_station.flight.autopilot_station import VehicleSetting
from ground_station.flight.core import CoreServices, FlightCore
from ground_station.flight.journal_port import MemoryJournal
from ground_station.flight.links import link
from ground_station.flight.links.address import LinkAddress, Scheme
from ground_station.flight.links.frames import FrameCodec, FrameParser
from ground_station.flight.vehicles.flight_command import Action
from ground_station.flight.vehicles.modes import CopterMode
from ground_station.flight.vehicles.state import Timing
from tests.ground_station.flight.aircraft import VEHICLE, eventually, order

HERE = "127.0.0.1"


class Sender:
    """Beats from a UDP port of its own."""

    def __init__(self, port: int, mode: CopterMode, system_id: int = 1) -> None:
        self.wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.wire.setblocking(False)
        self.wire.bind((HERE, 0))
        self._to = (HERE, port)
        self._beat = dialect.MAVLink_heartbeat_message(2, 3, 0xD9, mode, 4, 3)
        self._codec = FrameCodec(system_id, 1)

    def beat(self) -> None:
        self.wire.sendto(self._codec.pack(self._beat), self._to)

    def got(self) -> set[int]:
        """Return the kinds of messages that came here since the last call."""
        kinds = set[int]()
        while True:
            try:
                kinds |= {frame.message_id for frame in FrameParser().datagram(self.wire.recv(1024))}
            except BlockingIOError:
                return kinds


class Field:
    """A station's journal and port, the aircraft, and somebody else."""

    def __init__(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind((HERE, 0))
            self.port: int = free.getsockname()[1]
        self.journal = MemoryJournal(SystemClock())
        self.real = Sender(self.port, CopterMode.AUTO)
        self.others = [Sender(self.port, CopterMode.RTL), Sender(self.port, CopterMode.RTL, system_id=7)]

    def core(self) -> FlightCore:
        address = LinkAddress(scheme=Scheme.UDP_IN, host=HERE, number=self.port)
        setting = VehicleSetting(id=VehicleId(VEHICLE), address=address, registered=1)
        services = CoreServices(clock=SystemClock(), journal=self.journal, realm=Realm.DRILL, timing=Timing())
        return FlightCore([setting], services)

    async def first_run(self) -> None:
        async with self.core() as core:
            await _opened(core)
            self.real.beat()
            await eventually(lambda: any(one.action == "aircraft.heard-from" for one in self.journal.recent()))
        self.real.got()


async def _opened(core: FlightCore) -> None:
    await eventually(lambda: all(one.phase is link.LinkPhase.OPEN for one in core.station.links))


@pytest.fixture
def field() -> Iterator[Field]:
    made = Field()
    yield made
    for sender in (made.real, *made.others):
        sender.wire.close()


@pytest.mark.parametrize("other", [0, 1], ids=["with its number", "with another number"])
async def test_a_stranger_that_is_quicker_gets_neither_the_number_nor_a_command(field: Field, other: int) -> None:
    await field.first_run()
    quick = field.others[other]
    async with field.core() as core:
        await _opened(core)
        quick.beat()
        await asyncio.sleep(0.1)
        field.real.beat()
        await eventually(lambda: core.station.states()[0].mode == "AUTO")
        quick.beat()
        await core.begin(order(Action.RECALL, "recall-1"))
        got = set[int]()
        await eventually(lambda: dialect.MAVLINK_MSG_ID_COMMAND_LONG in got.union(field.real.got()))
        assert quick.got() == set()
        assert core.station.states()[0].duplicate_suspected is (other == 0)


async def test_the_aircraft_of_before_is_spoken_to_before_it_speaks(field: Field) -> None:
    await field.first_run()
    async with field.core() as core:
        got = set[int]()
        await eventually(lambda: dialect.MAVLINK_MSG_ID_HEARTBEAT in got.union(field.real.got()), within_s=2.0)
        assert core.station.states()[0].telemetry.heartbeat is None
        assert [other.got() for other in field.others] == [set(), set()]


async def test_an_aircraft_that_speaks_from_elsewhere_now_is_heard_after_that(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "_FIRST_WORD_S", 0.3)
    await field.first_run()
    moved = field.others[0]
    async with field.core() as core:
        await _opened(core)
        moved.beat()
        await asyncio.sleep(0.1)
        assert core.station.states()[0].telemetry.heartbeat is None
        await asyncio.sleep(0.3)
        moved.beat()
        await eventually(lambda: core.station.states()[0].mode == "RTL")
        assert not core.station.states()[0].duplicate_suspected
