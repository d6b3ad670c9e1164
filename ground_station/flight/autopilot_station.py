"""All aircraft of one station on all its links: opened, kept alive, and read from one place.

station = AutopilotStation(vehicles, services)
async with station:
    subscription = station.feed.subscribe()
    …
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType

from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.clock import Clock
from fleet.errors import NotFoundError
from fleet.ids import VehicleId
from fleet.realm import Realm
from fleet.text import Text
from ground_station.flight.feed import Feed
from ground_station.flight.links.address import LinkAddress
from ground_station.flight.links.frame_log import FlightRecorder
from ground_station.flight.links.frames import Frame
from ground_station.flight.links.link import AUTOPILOT, STATION_SYSTEM_ID, Link, LinkStatus
from ground_station.flight.links.opening import make_transport
from ground_station.flight.links.transport import Peer, Transport
from ground_station.flight.protocols import requests
from ground_station.flight.protocols.terrain import Ground
from ground_station.flight.tending import Calls, tend
from ground_station.flight.vehicles.contact import Contact, SenderChange
from ground_station.flight.vehicles.ledger import CommandLedger, Paper
from ground_station.flight.vehicles.state import Timing, VehicleState
from ground_station.flight.vehicles.upkeep import Upkeep
from ground_station.flight.vehicles.vehicle import Vehicle

_TICK_S = 0.2
_MEASURE_EVERY_S = 1.0
_BEAT_LOOK_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleSetting:
    """An aircraft and where it is reached. Without `system_id` the first autopilot heard on the link is taken.

    `registered` is the system id that the town's data names, None where that says nothing of this aircraft; `name` is
    what people call it.
    """

    id: VehicleId
    address: LinkAddress
    system_id: int | None = None
    registered: int | None = None
    name: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What a station needs from outside. Without a realm it is a drill, which no real aircraft can join."""

    clock: Clock
    paper: Paper
    timing: Timing
    realm: Realm = Realm.DRILL
    ground: Ground | None = None
    flight_logs: Path | None = None
    open_link: Callable[[LinkAddress], Transport] = make_transport


class AutopilotStation:
    """A task for each link and each aircraft's upkeep, one for heartbeats and one for the time, each tended by itself.

    Whatever one of them did not foresee is logged and said, and takes nothing from the others.
    """

    def __init__(self, vehicles: Sequence[VehicleSetting], services: Services) -> None:
        self._services = services
        self._links: dict[LinkAddress, Link] = {}
        self._vehicles: dict[VehicleId, Vehicle] = {}
        self._on_link: dict[Link, list[Contact]] = {}
        self._by_system: dict[tuple[Link, int], Contact] = {}
        self._strangers: dict[int, int] = {}
        self._running: asyncio.Task[None] | None = None
        self._calls = Calls()
        self._log_writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="flight-log")
        self.ledger = CommandLedger(services.paper, services.clock)
        self.feed = Feed(self._state_of)
        for setting in vehicles:
            self._add(setting)

    @property
    def realm(self) -> Realm:
        """Return the world this station's aircraft belong to."""
        return self._services.realm

    @property
    def vehicles(self) -> Mapping[VehicleId, Vehicle]:
        """Return the aircraft by id."""
        return self._vehicles

    @property
    def links(self) -> tuple[LinkStatus, ...]:
        """Return every link as it stands."""
        return tuple(link.status for link in self._links.values())

    @property
    def strangers(self) -> Mapping[int, int]:
        """Return system ids heard that are no aircraft of this station, with the number of their frames."""
        return self._strangers

    def vehicle(self, vehicle_id: VehicleId) -> Vehicle:
        """Return an aircraft; raises NotFoundError."""
        try:
            return self._vehicles[vehicle_id]
        except KeyError as error:
            raise NotFoundError(
                Text(f"機体 {vehicle_id} はこの局にありません", f"this station has no aircraft {vehicle_id}"),
                vehicle_id=vehicle_id,
            ) from error

    def accept_sender(self, vehicle_id: VehicleId) -> SenderChange:
        """Take the other sender of an aircraft's number for the aircraft, because a person says so.

        The change is told as an event too. Raises NotFoundError, and ConflictError as `Contact.accept_sender`.
        """
        return self.vehicle(vehicle_id).contact.accept_sender()

    def states(self) -> tuple[VehicleState, ...]:
        """Return all aircraft as they are known now."""
        return tuple(vehicle.state() for vehicle in self._vehicles.values())

    async def __aenter__(self) -> "AutopilotStation":
        """Open the links and keep them."""
        self._running = asyncio.get_running_loop().create_task(self._run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop sending and close the links; the aircraft fly on as they were told."""
        for vehicle in self._vehicles.values():
            await vehicle.close()
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    def look_for_doubles(self, now_s: float) -> None:
        """Live, no two aircraft of this station may have one number; in a drill every ArduPilot SITL calls itself 1."""
        if self._services.realm is not Realm.LIVE:
            return
        heard = Counter(contact.system_id for contact in self._contacts() if contact.is_heard(now_s))
        for contact in self._contacts():
            if contact.system_id is not None and heard[contact.system_id] > 1 and contact.is_heard(now_s):
                contact.doubled(now_s)

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            for link in self._links.values():
                tasks.create_task(tend(f"link {link.address}", link.run, link.fell))
            for vehicle in self._vehicles.values():
                tasks.create_task(tend(f"upkeep {vehicle.id}", Upkeep(vehicle.contact).run))
            tasks.create_task(tend("heartbeats", self._heartbeats))
            tasks.create_task(tend("ticks", self._ticks))

    async def _heartbeats(self) -> None:
        """Beat on each link once a period, and at once where one has just opened: the aircraft is waiting."""
        timing = self._services.timing
        period_s = 1.0 / max(timing.heartbeat_hz, timing.heartbeat_hz * timing.time_scale)
        due_s: dict[tuple[Link, int], float] = {}
        while True:
            now_s = self._services.clock.monotonic_s()
            due_s = {
                opening: self._beat(opening[0], due_s.get(opening, now_s), now_s, period_s)
                for opening in [(link, link.status.reopened) for link in self._links.values() if link.is_open]
            }
            await asyncio.sleep(min(_BEAT_LOOK_S, period_s))

    def _beat(self, link: Link, due_s: float, now_s: float, period_s: float) -> float:
        """Beat if it is due; return when the next is."""
        if now_s < due_s:
            return due_s
        self._calls.make(f"heartbeat {link.address}", lambda: link.broadcast(requests.heartbeat()))
        return max(due_s + period_s, now_s)

    async def _ticks(self) -> None:
        measure_s = 0.0
        while True:
            now_s = self._services.clock.monotonic_s()
            for vehicle in self._vehicles.values():
                self._calls.make(f"tick {vehicle.id}", partial(vehicle.tick, now_s))
            if now_s >= measure_s:
                measure_s = now_s + _MEASURE_EVERY_S
                for link in self._on_link:
                    self._calls.make(f"pace {link.address}", partial(self._pace, link))
                self._calls.make("doubles", partial(self.look_for_doubles, now_s))
            await asyncio.sleep(_TICK_S)

    def _pace(self, link: Link) -> None:
        rates = [contact.pace().rate_bytes_s for contact in self._on_link[link]]
        known = [rate for rate in rates if rate is not None]
        link.carries(sum(known) if len(known) == len(rates) else None)

    def _add(self, setting: VehicleSetting) -> None:
        services = self._services
        link = self._links.get(setting.address)
        if link is None:
            link = Link(setting.address, services.open_link(setting.address), services.clock)
            link.listen(self._frame, self._stranger)
            self._links[setting.address] = link
            self._on_link[link] = []
        recorder = None
        if services.flight_logs is not None:
            recorder = FlightRecorder(services.flight_logs, services.clock, writer=self._log_writer)
        contact = Contact(
            vehicle_id=setting.id,
            system_id=setting.system_id,
            link=link,
            clock=services.clock,
            timing=services.timing,
            ground=services.ground,
            recorder=recorder,
        )
        if setting.registered is not None:
            contact.expect_number(setting.registered)
        contact.listen(partial(self.feed.changed, setting.id), partial(self.feed.happened, setting.id))
        self._on_link[link].append(contact)
        if setting.system_id is not None:
            self._by_system[link, setting.system_id] = contact
        self._vehicles[setting.id] = Vehicle(contact, self.ledger, services.realm)

    def _frame(self, link: Link, frame: Frame, now_s: float) -> None:
        contact = self._by_system.get((link, frame.system_id)) or self._adopted(link, frame)
        if contact is not None:
            contact.take(frame, now_s)
        elif not self._is_station(link, frame, now_s):
            self._count_stranger(link, frame, now_s)

    def _stranger(self, link: Link, frame: Frame, peer: Peer, now_s: float) -> None:
        """Take a frame whose number belongs to another address of the link."""
        contact = self._by_system.get((link, frame.system_id))
        if contact is not None:
            contact.stranger(frame, peer, now_s)
        else:
            self._count_stranger(link, frame, now_s)

    def _count_stranger(self, link: Link, frame: Frame, now_s: float) -> None:
        if frame.message_id == dialect.MAVLINK_MSG_ID_RADIO_STATUS:
            for contact in self._on_link[link]:
                contact.radio_heard(frame)
            return
        self._strangers[frame.system_id] = self._strangers.get(frame.system_id, 0) + 1
        if frame.component_id != AUTOPILOT:
            return
        for contact in self._contacts():
            if contact.system_id == frame.system_id:
                contact.doubled(now_s, str(link.address))

    def _contacts(self) -> Iterator[Contact]:
        return (vehicle.contact for vehicle in self._vehicles.values())

    def _adopted(self, link: Link, frame: Frame) -> Contact | None:
        if frame.message_id != dialect.MAVLINK_MSG_ID_HEARTBEAT:
            return None
        homeless = next((contact for contact in self._on_link[link] if contact.system_id is None), None)
        if homeless is None:
            return None
        message = link.decode(frame)
        if message is None or message.autopilot == dialect.MAV_AUTOPILOT_INVALID:
            return None
        homeless.adopt(frame.system_id)
        self._by_system[link, frame.system_id] = homeless
        return homeless

    def _is_station(self, link: Link, frame: Frame, now_s: float) -> bool:
        """Return True for another ground station's heartbeat, and tell the aircraft on that link of it."""
        if frame.message_id != dialect.MAVLINK_MSG_ID_HEARTBEAT:
            return frame.system_id == STATION_SYSTEM_ID
        message = link.decode(frame)
        if message is None or message.type != dialect.MAV_TYPE_GCS:
            return False
        for contact in self._on_link[link]:
            contact.other_station_heard(frame.system_id, now_s)
        return True

    def _state_of(self, vehicle_id: VehicleId) -> VehicleState | None:
        vehicle = self._vehicles.get(vehicle_id)
        return None if vehicle is None else vehicle.state()
