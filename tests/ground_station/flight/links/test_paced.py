"""A link whose line is slow, in virtual time: what waits, what overtakes, and what a radio says of itself."""

import asyncio
from dataclasses import dataclass, field

from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.errors import UnavailableError
from fleet.ids import VehicleId
from ground_station.flight.autopilot_station import AutopilotStation, Services, VehicleSetting
from ground_station.flight.journal_port import MemoryJournal
from ground_station.flight.links.address import parse_address
from ground_station.flight.links.frames import FrameCodec
from ground_station.flight.links.link import Link
from ground_station.flight.links.transport import Peer, Receive
from ground_station.flight.protocols import requests
from ground_station.flight.protocols.exchange import Target
from ground_station.flight.vehicles.state import Timing
from tests.ground_station.flight.virtual_time import LoopClock, run_virtually

ITEM = dialect.MAVLink_mission_item_int_message(1, 1, 1, 6, 16, 0, 1, 0, 0, 0, 0, 347_700_000, 1, 40.0, 0)
RECALL = requests.set_mode(Target(system_id=1), 21)(0)
SERIAL = parse_address("serial:/dev/radio:4800")
UDP = parse_address("udpout:radio:14550")


@dataclass
class Medium:
    """Takes everything, and notes when."""

    keeps_frames_whole: bool = True
    delivers_late: bool = False
    taken: list[tuple[float, bytes]] = field(default_factory=list)
    receive: Receive | None = None

    async def open(self, receive: Receive) -> None:
        self.receive = receive

    async def broken(self) -> UnavailableError:
        await asyncio.get_running_loop().create_future()
        raise AssertionError

    def send(self, data: bytes, peer: Peer) -> bool:
        del peer
        self.taken.append((asyncio.get_running_loop().time(), data))
        return True

    async def close(self) -> None:
        self.receive = None

    def bytes_until(self, until_s: float) -> int:
        return sum(len(data) for at_s, data in self.taken if at_s <= until_s)


async def _open(link: Link) -> "asyncio.Task[None]":
    running = asyncio.create_task(link.run())
    await asyncio.sleep(0.01)
    return running


def test_a_serial_line_gets_no_more_than_its_baud_rate_and_a_recall_at_once() -> None:
    async def run() -> None:
        medium = Medium()
        link = Link(SERIAL, medium, LoopClock())
        running = await _open(link)
        for _ in range(60):
            link.send(ITEM, 1)
        asked_s = asyncio.get_running_loop().time()
        link.send(RECALL, 1)
        assert medium.taken[-1][0] == asked_s
        assert medium.bytes_until(asked_s) <= 0.25 * 480.0 + 45
        await asyncio.sleep(3.0)
        assert medium.bytes_until(asked_s + 3.0) <= (3.0 + 0.25) * 480.0 + 45
        await asyncio.sleep(30.0)
        assert len(medium.taken) == 61
        running.cancel()

    run_virtually(run())


def test_a_link_that_was_measured_is_paced_and_one_that_was_not_is_not() -> None:
    async def run() -> None:
        medium = Medium()
        link = Link(UDP, medium, LoopClock())
        running = await _open(link)
        for _ in range(20):
            link.send(ITEM, 1)
        assert len(medium.taken) == 20
        link.carries(480.0)
        for _ in range(20):
            link.send(ITEM, 1)
        assert 20 < len(medium.taken) < 30
        running.cancel()

    run_virtually(run())


def test_what_a_radio_says_of_itself_reaches_the_aircraft_behind_it() -> None:
    async def run() -> None:
        medium = Medium()
        clock = LoopClock()
        services = Services(clock=clock, paper=MemoryJournal(clock), timing=Timing(), open_link=lambda address: medium)
        setting = VehicleSetting(id=VehicleId("hato-1"), address=UDP, system_id=1)
        async with AutopilotStation([setting], services) as station:
            await asyncio.sleep(0.1)
            assert medium.receive is not None
            full = dialect.MAVLink_radio_status_message(200, 200, 5, 40, 40, 0, 0)
            medium.receive(FrameCodec(51, 68).pack(full), None)
            assert station.vehicle(VehicleId("hato-1")).contact.link_is_full
            assert not station.strangers

    run_virtually(run())
