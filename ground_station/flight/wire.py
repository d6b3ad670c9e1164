"""What passes over the flight core's Unix socket: length-prefixed MessagePack, one call or one stream a connection.

A connection begins with `Hello` and `Welcome`; then comes one `Call…` and its `Answer` or `Failure`, or `Follow` or
`Listen` and reports or entries for ever. While a call is worked on `Working` comes once a second, so that a core that
stands still is told from one that is busy. Fields that are not known are passed over: a desk and a core of neighbouring
versions understand each other, and where they do not, the greeting says so before anything is done.
"""

import asyncio
import struct
from typing import Any, TypeVar

import msgspec

from fleet.audit import AuditEntry
from fleet.disk_health import Place
from fleet.error_kinds import KIND_OF
from fleet.errors import FleetError, RefusedError
from fleet.ids import CommandId, VehicleId
from fleet.text import Text
from ground_station.flight.feed import Event
from ground_station.flight.flight_plan import FlightPlan, PlanDigest
from ground_station.flight.order import Beat, Order
from ground_station.flight.port import (
    AcceptSender,
    CoreReport,
    HangLoad,
    HoldSessions,
    Problem,
    PutRight,
    SetUp,
    VehicleReport,
)
from ground_station.flight.vehicles.contact import SenderChange, VehicleEvent
from ground_station.flight.vehicles.flight_command import FlightCommand
from ground_station.flight.vehicles.foreign_hand import ForeignAct
from ground_station.flight.vehicles.state import LinkState
from ground_station.flight.vehicles.telemetry import Capture, StatusText

PROTOCOLS = (1,)
"""The versions of this protocol that are spoken here, the newest last."""
MOST_BYTES = 8 * 1024 * 1024
"""The longest message, bytes."""
_LENGTH = struct.Struct(">I")
_MessageT = TypeVar("_MessageT")


class Hello(msgspec.Struct, frozen=True, kw_only=True, tag="hello"):
    """Who calls: the versions it speaks, and the realm and town it means."""

    protocols: tuple[int, ...]
    realm: str
    town: str


class CallBegin(msgspec.Struct, frozen=True, kw_only=True, tag="begin"):
    """`FlightPort.begin`."""

    order: Order


class CallEndOf(msgspec.Struct, frozen=True, kw_only=True, tag="end_of"):
    """`FlightPort.end_of`."""

    command_id: CommandId


class CallPlace(msgspec.Struct, frozen=True, kw_only=True, tag="place"):
    """`FlightPort.place`."""

    plan: FlightPlan
    author: str
    keep: bool = False


class CallSetUp(msgspec.Struct, frozen=True, kw_only=True, tag="set_up"):
    """`FlightPort.set_up`; just one of the fields is there."""

    put_right: PutRight | None = None
    hang_load: HangLoad | None = None
    hold_sessions: HoldSessions | None = None
    accept_sender: AcceptSender | None = None

    def work(self) -> SetUp:
        """Return what is asked; raises RefusedError for something that this version does not know."""
        work = self.put_right or self.hang_load or self.hold_sessions or self.accept_sender
        if work is None:
            raise RefusedError(
                Text("飛行の中枢はこの準備を知りません", "the flight core does not know this preparation"),
                Text("着陸してから、両方を同じ版にしてください", "after landing, bring both to the same version"),
            )
        return work


class Follow(msgspec.Struct, frozen=True, kw_only=True, tag="follow"):
    """`FlightPort.follow`."""


class Listen(msgspec.Struct, frozen=True, kw_only=True, tag="listen"):
    """`FlightPort.listen`."""

    after: int


Request = Hello | CallBegin | CallEndOf | CallPlace | CallSetUp | Follow | Listen


class Welcome(msgspec.Struct, frozen=True, kw_only=True, tag="welcome"):
    """The version to speak, and which start of the core answers."""

    protocol: int
    boot_id: str


class Working(msgspec.Struct, frozen=True, kw_only=True, tag="working"):
    """The call is being worked on."""


class Answer(msgspec.Struct, frozen=True, kw_only=True, tag="answer"):
    """The end of a call that went well."""

    command: FlightCommand | None = None
    digest: PlanDigest | None = None


class Failure(msgspec.Struct, frozen=True, kw_only=True, tag="failure"):
    """An error, as its code and words."""

    code: str
    what: Text
    cure: Text | None = None


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """An `Event`; just one of the fields beside the aircraft's id is there."""

    vehicle_id: VehicleId
    text: StatusText | None = None
    capture: Capture | None = None
    link: LinkState | None = None
    sender: SenderChange | None = None
    foreign: ForeignAct | None = None

    def what(self) -> VehicleEvent | None:
        """Return what happened, None for a kind that this version does not know."""
        return self.text or self.capture or self.link or self.sender or self.foreign


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """A `Problem` of the core itself."""

    what: Text
    cure: Text | None = None
    place: str | None = None

    def problem(self) -> Problem:
        """Return it as the port gives it; a place that this version does not know is passed over."""
        place = next((place for place in Place if place.value == self.place), None)
        return Problem(what=self.what, cure=self.cure, place=place)


class Report(msgspec.Struct, frozen=True, kw_only=True, tag="report"):
    """One `CoreReport` of a stream."""

    beat: Beat
    up_s: float = 0.0
    vehicles: tuple[VehicleReport, ...] = ()
    events: tuple[Happened, ...] = ()
    events_dropped: int = 0
    commands: tuple[FlightCommand, ...] = ()
    alarms: tuple[Alarm, ...] = ()

    def report(self) -> CoreReport:
        """Return it as the port gives it; an event of a kind that this version does not know is passed over."""
        events = ((event.vehicle_id, event.what()) for event in self.events)
        return CoreReport(
            beat=self.beat,
            up_s=self.up_s,
            vehicles=self.vehicles,
            events=tuple(Event(vehicle_id=vehicle_id, what=what) for vehicle_id, what in events if what is not None),
            events_dropped=self.events_dropped,
            commands=self.commands,
            alarms=tuple(alarm.problem() for alarm in self.alarms),
        )


class Entries(msgspec.Struct, frozen=True, kw_only=True, tag="entries"):
    """Some entries of the journal."""

    entries: tuple[AuditEntry, ...]


Reply = Welcome | Working | Answer | Failure | Report | Entries

_requests: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Request)
_replies: msgspec.msgpack.Decoder[Reply] = msgspec.msgpack.Decoder(Reply)


def set_up_call(work: SetUp) -> CallSetUp:
    """Return the call that asks for `work`."""
    if isinstance(work, PutRight):
        return CallSetUp(put_right=work)
    if isinstance(work, HangLoad):
        return CallSetUp(hang_load=work)
    if isinstance(work, AcceptSender):
        return CallSetUp(accept_sender=work)
    return CallSetUp(hold_sessions=work)


def report_of(report: CoreReport) -> Report:
    """Return a report as it is sent."""
    return Report(
        beat=report.beat,
        up_s=report.up_s,
        vehicles=report.vehicles,
        events=tuple(_happened(event) for event in report.events),
        events_dropped=report.events_dropped,
        commands=report.commands,
        alarms=tuple(_alarm(problem) for problem in report.alarms),
    )


def _alarm(problem: Problem) -> Alarm:
    return Alarm(what=problem.what, cure=problem.cure, place=None if problem.place is None else problem.place.value)


def _happened(event: Event) -> Happened:
    what = event.what
    if isinstance(what, StatusText):
        return Happened(vehicle_id=event.vehicle_id, text=what)
    if isinstance(what, Capture):
        return Happened(vehicle_id=event.vehicle_id, capture=what)
    if isinstance(what, SenderChange):
        return Happened(vehicle_id=event.vehicle_id, sender=what)
    if isinstance(what, ForeignAct):
        return Happened(vehicle_id=event.vehicle_id, foreign=what)
    return Happened(vehicle_id=event.vehicle_id, link=what)


def failure_of(error: FleetError) -> Failure:
    """Return an error as it is sent."""
    return Failure(code=error.code, what=error.what, cure=error.cure)


def error_of(failure: Failure) -> FleetError:
    """Return the error that was sent; one of a kind unknown here is a refusal."""
    return KIND_OF.get(failure.code, RefusedError)(failure.what, failure.cure)


def pack(message: Any) -> bytes:
    """Return a message with its length before it."""
    body = msgspec.msgpack.encode(message)
    return _LENGTH.pack(len(body)) + body


async def read_request(reader: asyncio.StreamReader) -> Request:
    """Return the next request; raises ConnectionError at the end, or for what is none."""
    return await _read(reader, _requests)


async def read_reply(reader: asyncio.StreamReader) -> Reply:
    """Return the next reply; raises ConnectionError at the end, or for what is none."""
    return await _read(reader, _replies)


async def _read(reader: asyncio.StreamReader, decoder: "msgspec.msgpack.Decoder[_MessageT]") -> _MessageT:
    try:
        (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
        if length > MOST_BYTES:
            message = f"{length} bytes announced"
            raise ConnectionError(message)
        return decoder.decode(await reader.readexactly(length))
    except (asyncio.IncompleteReadError, msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise ConnectionError(str(error)) from error
