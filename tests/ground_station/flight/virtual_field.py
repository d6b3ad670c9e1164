"""A station's aircraft, each on a bad radio of its own to our simulator, all in virtual time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from fleet.errors import UnavailableError
from fleet.ids import VehicleId
from fleet.realm import Realm
from ground_station.flight.journal_port import MemoryJournal
from ground_station.flight.links.address import LinkAddress, Scheme
from ground_station.flight.links.frames import Frame, FrameCodec, FrameParser
from ground_station.flight.links.link import FrameListener, Link
from ground_station.flight.links.transport import Peer, Receive
from ground_station.flight.protocols import requests
from ground_station.flight.vehicles.contact import Contact
from ground_station.flight.vehicles.ledger import CommandLedger
from ground_station.flight.vehicles.state import LinkState, Timing
from ground_station.flight.vehicles.upkeep import Upkeep
from ground_station.flight.vehicles.vehicle import Vehicle
from missions.values.mission_item import MissionType
from sim.fault_channel import FaultChannel, Faults
from sim.fault_proxy import FrameCutter
from sim.scenario import Scenario, SimulatedVehicle
from sim.simulation import Simulation
from sim.vehicle.mission_item import Kind
from sim.world import STEP_S
from tests.ground_station.flight.aircraft import HOME
from tests.ground_station.flight.virtual_time import LoopClock

_TICK_S = 0.2


@dataclass
class Sent:
    """One frame that this station sent: when, and when the slowest part of the radio had let it go."""

    at_s: float
    on_air_s: float
    message: object


class SimulatedRadio:
    """The medium: our simulator at the far end, a bad channel each way, moved on every 50 ms."""

    keeps_frames_whole = False
    delivers_late = False

    def __init__(self, faults: Faults, seed: int) -> None:
        vehicle = SimulatedVehicle(id=VehicleId("far"), system_id=1, home=HOME, preflight_s=60.0)
        self.simulation = Simulation(Scenario(vehicles=(vehicle,), started_at_s=1_780_000_000.0), seed=seed)
        self.up = FaultChannel(faults, 2 * seed)
        self.down = FaultChannel(faults, 2 * seed + 1)
        self.sent: list[Sent] = []
        self._session = self.simulation.open(0)
        self._cutter = FrameCutter()
        self._codec = FrameCodec(255, 190)
        self._receive: Receive | None = None

    @property
    def autopilot_items(self) -> dict[MissionType, int]:
        plans = self.simulation.world.vehicles[0].plans
        return {kind: len(plans[Kind(kind)].items) for kind in MissionType}

    def parameter(self, name: str) -> float:
        return float(self.simulation.world.vehicles[0].params[name])

    async def open(self, receive: Receive) -> None:
        self._receive = receive

    async def broken(self) -> UnavailableError:
        await asyncio.get_running_loop().create_future()
        raise AssertionError

    def send(self, data: bytes, peer: Peer) -> bool:
        del peer
        now_s = asyncio.get_running_loop().time()
        self.up.put(data, now_s)
        on_air_s = now_s + self.up.waiting_s(now_s)
        self.sent.append(Sent(now_s, on_air_s, self._codec.decode(FrameParser().datagram(data)[0])))
        return True

    async def close(self) -> None:
        self._receive = None

    async def live(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            now_s = loop.time()
            for frame in self.up.take(now_s):
                self.simulation.receive(0, self._session, frame)
            self.simulation.step()
            for frame in self._cutter.feed(self._session.take()):
                self.down.put(frame, now_s)
            for frame in self.down.take(now_s):
                if self._receive is not None:
                    self._receive(frame, None)
            await asyncio.sleep(STEP_S)


@dataclass
class FarAircraft:
    """One aircraft of the station, and its radio."""

    vehicle: Vehicle
    radio: SimulatedRadio
    upkeep: Upkeep
    not_fresh_s: float = 0.0
    longest_silence_s: float = 0.0
    oldest_s: dict[str, float] = field(default_factory=dict)


@asynccontextmanager
async def field_station(*radios: Faults, seed: int) -> AsyncIterator[list[FarAircraft]]:
    """One aircraft for each radio, looked after as `AutopilotStation` does it."""
    clock = LoopClock()
    ledger = CommandLedger(MemoryJournal(clock), clock)
    aircraft: list[FarAircraft] = []
    tasks: list[asyncio.Task[None]] = []
    loop = asyncio.get_running_loop()
    for number, faults in enumerate(radios):
        radio = SimulatedRadio(faults, 1000 * number + seed)
        address = LinkAddress(scheme=Scheme.UDP_OUT, host="radio", number=number + 1)
        link = Link(address, radio, clock)
        vehicle_id = VehicleId(f"hato-{number + 1}")
        contact = Contact(vehicle_id=vehicle_id, system_id=1, link=link, clock=clock, timing=Timing())
        link.listen(_to(contact))
        far = FarAircraft(Vehicle(contact, ledger, Realm.DRILL), radio, Upkeep(contact))
        aircraft.append(far)
        tasks += [
            loop.create_task(radio.live()),
            loop.create_task(link.run()),
            loop.create_task(far.upkeep.run()),
            loop.create_task(_look_after(far, link)),
        ]
    try:
        yield aircraft
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _to(contact: Contact) -> FrameListener:
    def take(link: Link, frame: Frame, now_s: float) -> None:
        del link
        contact.take(frame, now_s)

    return take


async def _look_after(far: FarAircraft, link: Link) -> None:
    loop = asyncio.get_running_loop()
    beat_s = heard_s = 0.0
    while True:
        now_s = loop.time()
        if now_s >= beat_s:
            link.broadcast(requests.heartbeat())
            beat_s = now_s + 1.0
        far.vehicle.tick(now_s)
        link.carries(far.vehicle.contact.pace().rate_bytes_s)
        state = far.vehicle.state()
        if state.link_age_s is not None:
            heard_s = heard_s or now_s
            far.longest_silence_s = max(far.longest_silence_s, state.link_age_s)
            far.not_fresh_s += _TICK_S * (state.link is not LinkState.FRESH)
            _note_ages(far)
        await asyncio.sleep(_TICK_S)


def _note_ages(far: FarAircraft) -> None:
    state = far.vehicle.state()
    values = state.telemetry
    judged = {
        "gps": values.gps,
        "ekf": values.ekf,
        "battery": values.battery,
        "sensors": values.sensors,
        "motion": values.motion,
    }
    for name, value in judged.items():
        age_s = state.age_s(value)
        if age_s is not None:
            far.oldest_s[name] = max(far.oldest_s.get(name, 0.0), age_s)


async def until_measured(far: FarAircraft) -> None:
    """Wait until the aircraft is heard and its link measured, as a person who is about to fly it does."""

    def measured() -> bool:
        return far.vehicle.state().link is LinkState.FRESH and far.vehicle.contact.pace().round_trip_s is not None

    assert await far.vehicle.contact.conversation.until(measured, 60.0)
