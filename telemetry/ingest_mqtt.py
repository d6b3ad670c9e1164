"""The town's side of MQTT: batches into the record store, receipts out once the database has them.

Receipts go at QoS 0: one that is lost only means that a batch comes again, and changes nothing.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import aiomqtt
import structlog

from fleet.clock import Clock
from fleet.errors import UnavailableError
from fleet.text import Text
from telemetry.bodies import Body
from telemetry.codec import WireWriter
from telemetry.downlink import MAX_MESSAGES_AT_ONCE, DownPacer, DownStore
from telemetry.ingest import Ingest, IngestCounts, ReadBatch, receipts_of
from telemetry.mqtt_address import MqttAddress, until_first_fails
from telemetry.store import ReceivedRecord, RecordStore
from telemetry.topics import Topics

_log = structlog.get_logger(__name__)

MAX_QUEUED_BATCHES = 512
MAX_COMMIT_BATCHES = 32
RECONNECT_FIRST_S = 0.5
RECONNECT_MOST_S = 5.0
_ASK_EVERY_S = 1.0

OnStored = Callable[[Sequence[ReceivedRecord]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeAddress:
    """Whose records to take in, and from which broker; `share` names a group of ingest workers."""

    topics: Topics
    broker: MqttAddress
    share: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestStatus:
    """How ingest stands. `fault` says what is wrong, None if nothing is."""

    connected: bool
    counts: IngestCounts
    malformed: int
    fault: Text | None


class OfficeIngest:
    """Runs one town's ingest: `run` until cancelled.

    `on_stored` is called in the event loop after the commit, with the records that were new. Durable effects belong
    into the store's handlers instead, which run inside the commit. `down` holds what
    the town asks; call `wake_down` after adding to it to have it go at once.
    """

    def __init__(
        self,
        *,
        address: OfficeAddress,
        store: RecordStore,
        clock: Clock,
        on_stored: OnStored | None = None,
        down: DownStore | None = None,
        body_types: Mapping[str, type[Body]] | None = None,
    ) -> None:
        self._address = address
        self._store = store
        self._clock = clock
        self._on_stored = on_stored
        self._down = down
        self._pacer = DownPacer()
        self._asked = asyncio.Event()
        self._client: aiomqtt.Client | None = None
        self._ingest = Ingest(address.topics, body_types)
        self._wire = WireWriter()
        self._queue: asyncio.Queue[ReadBatch] = asyncio.Queue(maxsize=MAX_QUEUED_BATCHES)
        self._fault: Text | None = None
        self._pause_s = RECONNECT_FIRST_S

    def status(self) -> IngestStatus:
        """Return how ingest stands."""
        return IngestStatus(
            connected=self._client is not None,
            counts=self._ingest.counts,
            malformed=self._ingest.malformed,
            fault=self._fault,
        )

    def wake_down(self) -> None:
        """Have the town's messages looked at now rather than within a second; from the event loop."""
        self._asked.set()

    async def run(self) -> None:
        """Take in records until cancelled; connects again by itself, at most 5 s apart."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._store_all())
            tasks.create_task(self._stay_connected())

    async def _stay_connected(self) -> None:
        while True:
            try:
                await until_first_fails([self._converse()])
            except aiomqtt.MqttError as error:
                self._note_fault(error)
            finally:
                self._client = None
            await asyncio.sleep(self._pause_s)
            self._pause_s = min(self._pause_s * 2.0, RECONNECT_MOST_S)

    async def _converse(self) -> None:
        async with self._address.broker.connected(queue_messages=MAX_QUEUED_BATCHES) as client:
            self._pause_s = RECONNECT_FIRST_S
            await self._talk(client)

    def _note_fault(self, error: aiomqtt.MqttError) -> None:
        broker = self._address.broker
        _log.warning("broker not reached", host=broker.host, port=broker.port, error=str(error))
        kept = Text("現地の記録は現地に残っています", "the field keeps its records")
        self._fault = broker.not_reached(error, kept)

    async def _talk(self, client: aiomqtt.Client) -> None:
        await client.subscribe(self._address.topics.every_up(self._address.share), qos=0)
        self._client = client
        self._fault = None
        self._pacer.forget()
        _log.info("taking in records", town=self._address.topics.town)
        talks = [self._listen(client)]
        if self._down is not None:
            talks.append(self._ask(client, self._down))
        await until_first_fails(talks)

    async def _listen(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            if isinstance(message.payload, bytes):
                batch = self._ingest.read(message.topic.value, message.payload, self._clock.now_s())
                if batch is not None:
                    await self._queue.put(batch)

    async def _store_all(self) -> None:
        while True:
            batches = [await self._queue.get()]
            while len(batches) < MAX_COMMIT_BATCHES and not self._queue.empty():
                batches.append(self._queue.get_nowait())
            await self._store_some(batches)

    async def _store_some(self, batches: Sequence[ReadBatch]) -> None:
        records = [record for batch in batches for _, record in batch.records]
        try:
            stored = await asyncio.to_thread(self._store.store, records)
        except UnavailableError as error:
            # No receipt: the field sends these again.
            self._fault = error.what
            _log.error("records not stored", records=len(records), error=str(error))
            await asyncio.sleep(RECONNECT_FIRST_S)
            return
        self._fault = None
        await self._give_receipts(batches, stored.refused)
        if self._on_stored is not None and stored.new:
            self._on_stored(stored.new)

    async def _give_receipts(self, batches: Sequence[ReadBatch], refused: Mapping[str, str]) -> None:
        client = self._client
        if client is None:
            return
        for station, receipts in receipts_of(batches, refused).items():
            for payload in self._wire.receipts(receipts):
                # Not given while the broker is away: the batch comes again and is receipted then.
                with contextlib.suppress(aiomqtt.MqttError):
                    await client.publish(self._address.topics.receipt(station), payload, qos=0)

    async def _ask(self, client: aiomqtt.Client, down: DownStore) -> None:
        while True:
            self._asked.clear()
            try:
                waiting = await asyncio.to_thread(down.waiting, per_station=MAX_MESSAGES_AT_ONCE)
            except UnavailableError as error:
                _log.error("the town's messages cannot be read", error=str(error))
                waiting = ()
            for station, messages in self._pacer.due(waiting, self._clock.monotonic_s()).items():
                await client.publish(self._address.topics.down(station), self._wire.down(messages), qos=1)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_ASK_EVERY_S):
                    await self._asked.wait()
