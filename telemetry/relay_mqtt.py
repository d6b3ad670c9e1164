"""The station's side of MQTT: the relay on aiomqtt, vehicle states in plain JSON, and what the town asks.

Batches go at QoS 0: the town's receipt does what QoS 1 only promises, and no broker then keeps a stale backlog.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

import aiomqtt
import msgspec
import structlog

from fleet.clock import Clock
from fleet.errors import FleetError, TooManyError, UnavailableError
from fleet.ids import StationId, VehicleId, new_id
from fleet.text import Text
from telemetry.bodies import DownReceipt
from telemetry.codec import DownMessage, WireReader, WireWriter
from telemetry.making import make_record
from telemetry.mqtt_address import MqttAddress, until_first_fails
from telemetry.outbox import BodySource, LanePending, Outbox
from telemetry.outbox_writer import OutboxWriter
from telemetry.packing import fetch
from telemetry.records import Lane, Record
from telemetry.relay import Relay, RelaySettings, Want
from telemetry.topics import Topics

_log = structlog.get_logger(__name__)

RECONNECT_FIRST_S = 0.5
RECONNECT_MOST_S = 5.0
STATE_EVERY_S = 1.0
MAX_VEHICLES = 500
MAX_DOWN_REMEMBERED = 10_000
MAX_QUEUED_MESSAGES = 1000
SETTLE_AGAIN_S = 1.0
_PUBLISH_TIMEOUT_S = 30.0

OnDown = Callable[[DownMessage], Awaitable[None]]


class _Part(Enum):
    """What may fail by itself, the worst first: records not kept, not read, not forgotten, not sent."""

    PUT = auto()
    READ = auto()
    SETTLE = auto()
    BROKER = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayStatus:
    """How the station stands to the town. `fault` says what is wrong, the worst first, None if nothing is."""

    connected: bool
    pending: Mapping[Lane, LanePending]
    oldest_age_s: float | None
    in_flight_bytes: int
    last_receipt_age_s: float | None
    refused: int
    fault: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StationAddress:
    """Which station this is, and its broker."""

    topics: Topics
    station: StationId
    broker: MqttAddress


class StationRelay:
    """Runs one station's relay: `run` until cancelled, `put` records, `show_vehicle` states.

    `on_down` is awaited for each message of the town and must be durable when it returns; the same message may come
    twice after a restart (by id), so it must do nothing the second time. It raises FleetError to have it again later.
    """

    def __init__(
        self,
        *,
        address: StationAddress,
        outbox: Outbox,
        clock: Clock,
        bodies: BodySource | None = None,
        on_down: OnDown | None = None,
        settings: RelaySettings | None = None,
    ) -> None:
        self._address = address
        self._outbox = outbox
        self._clock = clock
        self._bodies = bodies
        self._on_down = on_down
        self._relay = Relay(relay_id=new_id(clock.now_s()), settings=settings)
        self._writer = OutboxWriter(outbox, self._on_put)
        self._wake = asyncio.Event()
        self._settled = asyncio.Event()
        self._wire = WireWriter()
        self._reader = WireReader()
        self._states: dict[VehicleId, Mapping[str, object]] = {}
        self._unsettled: list[int] = []
        self._down_seen: dict[str, None] = {}
        self._connected = False
        self._pause_s = RECONNECT_FIRST_S
        self._last_receipt_at_s: float | None = None
        self._owed_since_s: float | None = None
        self._refused = 0
        self._faults: dict[_Part, Text] = {}
        self._settle_at_s = float("-inf")

    async def put(self, records: Sequence[Record]) -> None:
        """Return once the records are on the station's disk; raises UnavailableError, TooLargeError, TooManyError.

        That the disk refuses is shown by `status` until it takes records again.
        """
        try:
            await self._writer.put(records)
        except (UnavailableError, TooManyError) as error:
            self._faults[_Part.PUT] = error.what
            raise
        self._faults.pop(_Part.PUT, None)

    def show_vehicle(self, vehicle: VehicleId, state: Mapping[str, object]) -> None:
        """Have a vehicle's state published as plain retained JSON with the next beat (1 Hz); the newest counts."""
        if vehicle in self._states or len(self._states) < MAX_VEHICLES:
            self._states[vehicle] = state

    async def status(self) -> RelayStatus:
        """Return how the station stands; raises UnavailableError if the outbox does not answer."""
        pending = await asyncio.to_thread(self._outbox.pending)
        oldest = [lane.oldest_recorded_at_s for lane in pending.values() if lane.oldest_recorded_at_s is not None]
        last = self._last_receipt_at_s
        return RelayStatus(
            connected=self._connected,
            pending=pending,
            oldest_age_s=max(0.0, self._clock.now_s() - min(oldest)) if oldest else None,
            in_flight_bytes=self._relay.in_flight_bytes,
            last_receipt_age_s=None if last is None else self._clock.monotonic_s() - last,
            refused=self._refused,
            fault=next((self._faults[part] for part in _Part if part in self._faults), None),
        )

    def unreceipted_s(self) -> float | None:
        """Return for how long the town, which is connected, has given no receipt of what it was sent; None if all is.

        From memory, whatever the outbox's disk does.
        """
        return None if self._owed_since_s is None else self._clock.monotonic_s() - self._owed_since_s

    async def drained(self) -> None:
        """Return once the town has every record of the outbox; raises UnavailableError if the outbox fails.

        May never return: give it a deadline.
        """
        while True:
            self._settled.clear()
            pending = await asyncio.to_thread(self._outbox.pending)
            if not any(lane.records for lane in pending.values()):
                return
            await self._settled.wait()

    async def run(self) -> None:
        """Relay until cancelled; connects again by itself, at most 5 s apart."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._writer.run())
            tasks.create_task(self._stay_connected())

    async def _stay_connected(self) -> None:
        while True:
            try:
                await until_first_fails([self._converse()])
            except aiomqtt.MqttError as error:
                self._note_broker(error)
            finally:
                self._connected = False
                self._owed_since_s = None
                self._relay.on_disconnected()
            await asyncio.sleep(self._pause_s)
            self._pause_s = min(self._pause_s * 2.0, RECONNECT_MOST_S)

    async def _converse(self) -> None:
        async with self._address.broker.connected(queue_messages=MAX_QUEUED_MESSAGES) as client:
            self._pause_s = RECONNECT_FIRST_S
            await self._talk(client)

    def _note_broker(self, error: aiomqtt.MqttError) -> None:
        broker = self._address.broker
        if _Part.BROKER not in self._faults:
            _log.warning("broker not reached", host=broker.host, port=broker.port, error=str(error))
        kept = Text("記録はこの局に保存されています", "records are kept here")
        self._faults[_Part.BROKER] = broker.not_reached(error, kept)

    async def _talk(self, client: aiomqtt.Client) -> None:
        topics, station = self._address.topics, self._address.station
        await client.subscribe([(topics.receipt(station), 0), (topics.down(station), 1)])
        self._connected = True
        self._faults.pop(_Part.BROKER, None)
        self._relay.on_connected()
        _log.info("broker reached", host=self._address.broker.host, port=self._address.broker.port)
        await until_first_fails([self._listen(client), self._send(client), self._publish_states(client)])

    def _on_put(self, lane: Lane) -> None:
        self._relay.on_put(lane)
        self._wake.set()

    async def _send(self, client: aiomqtt.Client) -> None:
        while True:
            self._wake.clear()
            try:
                await self._send_all(client)
                self._faults.pop(_Part.READ, None)
                wait_s = self._next_wake_s()
            except UnavailableError as error:
                self._faults[_Part.READ] = error.what
                _log.warning("outbox cannot be read", error=str(error))
                wait_s = RECONNECT_MOST_S
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._wake.wait()

    def _next_wake_s(self) -> float | None:
        now_s = self._clock.monotonic_s()
        relay_s = self._relay.next_wake_s(now_s)
        if not self._unsettled:
            return relay_s
        settle_s = max(0.0, self._settle_at_s - now_s)
        return settle_s if relay_s is None else min(relay_s, settle_s)

    async def _send_all(self, client: aiomqtt.Client) -> None:
        while True:
            await self._settle()
            for flight in self._relay.due_again(self._clock.monotonic_s()):
                await self._publish(client, flight.lane, flight.payload)
            want = self._relay.next_want()
            if want is None:
                return
            await self._send_one(client, want)

    async def _send_one(self, client: aiomqtt.Client, want: Want) -> None:
        try:
            taken = await asyncio.to_thread(fetch, want, self._outbox, self._bodies)
        except UnavailableError:
            self._relay.on_not_fetched(want)
            raise
        if not taken:
            return
        whole = [packed for packed in taken if packed.payload]
        gone = [packed.number for packed in taken if not packed.payload]
        if gone:
            self._unsettled += gone
            _log.error("the bytes of records are gone, damaged or too many, dropped", records=len(gone))
        if not whole:
            self._relay.on_skipped(want, taken[-1].number)
            return
        payload = self._wire.batch(self._relay.next_batch_id(), [packed.payload for packed in whole])
        numbers = [packed.number for packed in whole]
        self._relay.on_sent(want, numbers=numbers, payload=payload, now_s=self._clock.monotonic_s())
        await self._publish(client, want.lane, payload)

    async def _publish(self, client: aiomqtt.Client, lane: Lane, payload: bytes) -> None:
        if self._owed_since_s is None:
            self._owed_since_s = self._clock.monotonic_s()
        topic = self._address.topics.up(self._address.station, lane)
        await client.publish(topic, payload, qos=0, timeout=_PUBLISH_TIMEOUT_S)

    async def _settle(self) -> None:
        """Take receipted records out of the outbox; should the disk refuse, they stay noted and sending goes on."""
        if not self._unsettled or self._clock.monotonic_s() < self._settle_at_s:
            return
        numbers = list(self._unsettled)
        try:
            await asyncio.to_thread(self._outbox.settle, numbers)
        except UnavailableError as error:
            self._settle_at_s = self._clock.monotonic_s() + SETTLE_AGAIN_S
            if _Part.SETTLE not in self._faults:
                _log.warning("receipted records not taken out of the outbox", error=str(error))
            self._faults[_Part.SETTLE] = error.what
            return
        del self._unsettled[: len(numbers)]
        self._faults.pop(_Part.SETTLE, None)
        self._settled.set()

    async def _listen(self, client: aiomqtt.Client) -> None:
        receipt_topic = self._address.topics.receipt(self._address.station)
        async for message in client.messages:
            if not isinstance(message.payload, bytes):
                continue
            if message.topic.value == receipt_topic:
                self._on_receipts(message.payload)
            else:
                await self._on_town_asks(message.payload)

    def _on_receipts(self, payload: bytes) -> None:
        now_s = self._clock.monotonic_s()
        settled = self._relay.on_receipts(self._reader.receipts(payload), now_s)
        if settled.numbers:
            self._last_receipt_at_s = now_s
            self._owed_since_s = now_s if self._relay.in_flight else None
            self._unsettled += settled.numbers
            self._wake.set()
        for number, reason in settled.refused:
            self._refused += 1
            _log.error("the town refused a record", number=number, reason=reason)

    async def _on_town_asks(self, payload: bytes) -> None:
        if self._on_down is None:
            return
        taken: list[str] = []
        for message in self._reader.down(payload):
            try:
                if message.id not in self._down_seen:
                    await self._on_down(message)
                    self._remember_down(message.id)
                taken.append(message.id)
            except FleetError as error:
                _log.warning("a message of the town was not taken", kind=message.kind, error=str(error))
        if taken:
            now_s = self._clock.now_s()
            receipt = make_record(DownReceipt(ids=taken), record_id=new_id(now_s), recorded_at_s=now_s)
            with contextlib.suppress(FleetError):  # the town asks again
                await self.put([receipt])

    def _remember_down(self, message_id: str) -> None:
        self._down_seen[message_id] = None
        while len(self._down_seen) > MAX_DOWN_REMEMBERED:
            del self._down_seen[next(iter(self._down_seen))]

    async def _publish_states(self, client: aiomqtt.Client) -> None:
        while True:
            states, self._states = self._states, {}
            for vehicle, state in states.items():
                topic = self._address.topics.vehicle_state(vehicle)
                payload = msgspec.json.encode(state)
                await client.publish(topic, payload, qos=0, retain=True, timeout=_PUBLISH_TIMEOUT_S)
            await asyncio.sleep(STATE_EVERY_S)
