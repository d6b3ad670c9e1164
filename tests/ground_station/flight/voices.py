"""Those who speak on a station's links, over transports in memory and a clock that moves only when told to."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.clock import ManualClock
from fleet.errors import UnavailableError
from fleet.ids import VehicleId
from fleet.realm import Realm
from ground_station.flight.autopilot_station import AutopilotStation, Services, VehicleSetting
from ground_station.flight.feed import Subscription
from ground_station.flight.journal_port import MemoryJournal
from ground_station.flight.links.address import LinkAddress, Scheme, parse_address
from ground_station.flight.links.frames import FrameCodec, FrameParser
from ground_station.flight.links.transport import Peer, Receive
from ground_station.flight.vehicles.contact import Contact, VehicleEvent
from ground_station.flight.vehicles.state import Timing, VehicleState
from tests.ground_station.flight.aircraft import eventually

STEP_S = 0.5


class AirTransport:
    """A medium in memory; what is sent is kept with its address."""

    delivers_late = False

    def __init__(self, address: LinkAddress) -> None:
        self.keeps_frames_whole = address.scheme in {Scheme.UDP_IN, Scheme.UDP_OUT}
        self.receive: Receive | None = None
        self.sent: list[tuple[bytes, Peer]] = []

    async def open(self, receive: Receive) -> None:
        self.receive = receive

    async def broken(self) -> UnavailableError:
        await asyncio.Event().wait()
        raise AssertionError

    def send(self, data: bytes, peer: Peer) -> bool:
        self.sent.append((data, peer))
        return True

    async def close(self) -> None:
        return


@dataclass
class Voice:
    """Somebody who speaks with a number: when it was switched on, which chip it has, and where it stands."""

    peer: Peer
    number: int = 1
    component: int = 1
    booted_s: float = -100.0
    chip: int = 7
    mode: int = 3
    armed: bool = True
    lat_e7: int = 347_700_000
    sequence: int = 0
    first_wire: bool = False
    answers: bool = True
    answers_clock: bool = True
    nonce_error: int = 0
    kinds: frozenset[int] | None = None
    said: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._codec = dialect.MAVLink(None, srcSystem=self.number, srcComponent=self.component)
        self._codec.seq = self.sequence

    def pack(self, message: Any) -> bytes:
        raw = bytes(message.pack(self._codec, force_mavlink1=self.first_wire))
        self._codec.seq = (self._codec.seq + 1) % 256
        self.said.append(raw)
        return raw

    def speaks(self, now_s: float) -> list[bytes]:
        boot_ms = round((now_s - self.booted_s) * 1000.0)
        base = 81 + (128 if self.armed else 0)
        messages = [
            dialect.MAVLink_heartbeat_message(2, 3, base, self.mode, 4, 3),
            dialect.MAVLink_system_time_message(0, boot_ms),
            dialect.MAVLink_global_position_int_message(
                boot_ms, self.lat_e7, 1_332_300_000, 560_000, 60_000, 0, 0, 0, 0
            ),
            dialect.MAVLink_statustext_message(4, f"chip {self.chip}".encode()),
            dialect.MAVLink_command_ack_message(400, 0),
        ]
        if self.component != 1:
            messages = [
                dialect.MAVLink_camera_feedback_message(
                    0, 0, 0, 9, self.lat_e7, 1_332_300_000, 560.0, 60.0, 0.0, 0.0, 0.0, 0.0, 0
                )
            ]
        return [self.pack(m) for m in messages if self.kinds is None or m.get_msgId() in self.kinds]

    def replies(self, message: Any, now_s: float) -> list[bytes]:
        if not self.answers:
            return []
        kind = message.get_msgId()
        if kind == dialect.MAVLINK_MSG_ID_TIMESYNC and message.tc1 == 0 and self.answers_clock:
            boot_ns = round((now_s - self.booted_s) * 1e9)
            return [self.pack(dialect.MAVLink_timesync_message(boot_ns, message.ts1 + self.nonce_error))]
        if kind == dialect.MAVLINK_MSG_ID_COMMAND_LONG and message.param1 == dialect.MAVLINK_MSG_ID_AUTOPILOT_VERSION:
            return [self.pack(version(self.chip))]
        return []


def version(chip: int) -> Any:
    uid2 = [chip, *[0] * 17]
    return dialect.MAVLink_autopilot_version_message(0, 0, 0, 0, 0, [0] * 8, [0] * 8, [0] * 8, 0, 0, 0, uid2)


class Replay(Voice):
    """Plays back what another voice said, again and again, and answers nothing."""

    def speaks(self, now_s: float) -> list[bytes]:
        del now_s
        return list(self.said)

    def replies(self, message: Any, now_s: float) -> list[bytes]:
        del message, now_s
        return []


@dataclass
class Air:
    """A station and all that speak with it."""

    station: AutopilotStation
    clock: ManualClock
    media: dict[str, AirTransport]
    feed: Subscription
    _taken: dict[str, int] = field(default_factory=dict)

    def contact(self, vehicle_id: str = "hato-1") -> Contact:
        return self.station.vehicle(VehicleId(vehicle_id)).contact

    def state(self, vehicle_id: str = "hato-1") -> VehicleState:
        return self.contact(vehicle_id).state()

    def events(self, vehicle_id: str = "hato-1") -> list[VehicleEvent]:
        """Return what happened to an aircraft since it was last asked for."""
        return [event.what for event in self.feed.take().events if event.vehicle_id == vehicle_id]

    def say(self, medium: str, raw: bytes, peer: Peer) -> None:
        receive = self.media[medium].receive
        assert receive is not None
        receive(raw, peer)

    def step(self, *voices: Voice, medium: str = "udpin:0.0.0.0:14550") -> None:
        """Let half a second pass in which each of `voices` speaks, frame by frame in turn, and answers."""
        self.clock.advance(STEP_S)
        now_s = self.clock.monotonic_s()
        spoken = [(voice, voice.speaks(now_s)) for voice in voices]
        for turn in range(max((len(frames) for _, frames in spoken), default=0)):
            for voice, frames in spoken:
                if turn < len(frames):
                    self.say(medium, frames[turn], voice.peer)
        for vehicle in self.station.vehicles.values():
            vehicle.contact.tick(now_s)
        self._carry(medium, voices, now_s)

    def pass_by(self, seconds: float, *voices: Voice, medium: str = "udpin:0.0.0.0:14550") -> None:
        for _ in range(round(seconds / STEP_S)):
            self.step(*voices, medium=medium)

    def sent_to(self, peer: Peer, *, since: int = 0, medium: str = "udpin:0.0.0.0:14550") -> list[Any]:
        """Return the messages that went to an address, from the `since`th that was sent."""
        codec = FrameCodec(1, 1)
        raws = [raw for raw, to in self.media[medium].sent[since:] if to == peer]
        return [codec.decode(frame) for raw in raws for frame in FrameParser().datagram(raw)]

    def _carry(self, medium: str, voices: Sequence[Voice], now_s: float) -> None:
        sent = self.media[medium].sent
        new, self._taken[medium] = sent[self._taken.get(medium, 0) :], len(sent)
        codec = FrameCodec(1, 1)
        for raw, peer in new:
            (frame,) = FrameParser().datagram(raw)
            for voice in voices:
                if voice.peer == peer:
                    for reply in voice.replies(codec.decode(frame), now_s):
                        self.say(medium, reply, voice.peer)


@asynccontextmanager
async def air(*vehicles: tuple[str, str, int | None], realm: Realm = Realm.DRILL) -> AsyncIterator[Air]:
    """Open a station with vehicles of (id, address, number)."""
    media: dict[str, AirTransport] = {}

    def opened(address: LinkAddress) -> AirTransport:
        return media.setdefault(str(address), AirTransport(address))

    clock = ManualClock()
    services = Services(clock=clock, paper=MemoryJournal(clock), timing=Timing(), realm=realm, open_link=opened)
    settings = [
        VehicleSetting(id=VehicleId(name), address=parse_address(where), system_id=number)
        for name, where, number in vehicles
    ]
    async with AutopilotStation(settings, services) as station:
        await eventually(lambda: all(link.phase.value == "open" for link in station.links))
        yield Air(station=station, clock=clock, media=media, feed=station.feed.subscribe())
