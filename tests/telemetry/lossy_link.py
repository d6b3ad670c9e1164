"""A station, a link that loses, doubles, delays and reorders, and a town, all in one virtual time."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from telemetry.codec import BatchReceipt, WireReader, WireWriter
from telemetry.ingest import Ingest, receipts_of
from telemetry.outbox_memory import MemoryOutbox
from telemetry.packing import fetch
from telemetry.records import LANES, Lane, Record
from telemetry.relay import Relay, RelaySettings
from telemetry.store_memory import MemoryRecordStore
from tests.telemetry.field import START_S, STATION, TOPICS

TICK_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """Chances a message; a delay of up to `delay_s`; bytes a second, None for no bound."""

    loss: float = 0.0
    duplicate: float = 0.0
    delay_s: float = 0.0
    bytes_per_s: float | None = None


@dataclass(order=True)
class _Moving:
    arrives_at_s: float
    order: int
    upward: bool = field(compare=False)
    topic: str = field(compare=False)
    payload: bytes = field(compare=False)


class LossyTown:
    """Run it tick by tick: `put`, `restart`, `cut`, `mend`, `run`."""

    def __init__(self, faults: Faults, seed: int, settings: RelaySettings | None = None) -> None:
        self.now_s = 0.0
        self.outbox = MemoryOutbox()
        self.store = MemoryRecordStore()
        self.office_is_up = True
        self.arrivals: list[tuple[float, Lane, int]] = []
        self.sent_payloads = 0
        self._faults = faults
        self._random = np.random.default_rng(seed)
        self._settings = settings
        self._ingest = Ingest(TOPICS)
        self._wire = WireWriter()
        self._reader = WireReader()
        self._moving: list[_Moving] = []
        self._order = 0
        self._line_free_at_s = 0.0
        self._starts = 0
        self.relay = self._new_relay()
        self.relay.on_connected()

    def _new_relay(self) -> Relay:
        self._starts += 1
        return Relay(relay_id=f"relay-{self._starts}", settings=self._settings)

    def put(self, records: Sequence[Record]) -> None:
        self.outbox.put(records)
        for record in records:
            self.relay.on_put(record.lane)

    def restart(self) -> None:
        """Kill the relay and start another over the same outbox."""
        self.relay = self._new_relay()
        self.relay.on_connected()

    def cut(self) -> None:
        self.relay.on_disconnected()
        self._moving.clear()

    def mend(self) -> None:
        self.relay.on_connected()

    def run(self, seconds: float) -> None:
        end_s = self.now_s + seconds
        while self.now_s < end_s:
            self._tick()

    def run_until_empty(self, within_s: float) -> None:
        end_s = self.now_s + within_s
        while self.waiting and self.now_s < end_s:
            self._tick()

    @property
    def waiting(self) -> int:
        return sum(lane.records for lane in self.outbox.pending().values())

    def _tick(self) -> None:
        self.now_s += TICK_S
        self._deliver()
        for flight in self.relay.due_again(self.now_s):
            self._transmit(upward=True, topic=TOPICS.up(STATION, flight.lane), payload=flight.payload)
        while (want := self.relay.next_want()) is not None:
            taken = fetch(want, self.outbox, None)
            if not taken:
                continue
            payload = self._wire.batch(self.relay.next_batch_id(), [packed.payload for packed in taken])
            numbers = [packed.number for packed in taken]
            self.relay.on_sent(want, numbers=numbers, payload=payload, now_s=self.now_s)
            self._transmit(upward=True, topic=TOPICS.up(STATION, want.lane), payload=payload)

    def _transmit(self, *, upward: bool, topic: str, payload: bytes) -> None:
        self.sent_payloads += 1
        copies = 1 + int(self._random.random() < self._faults.duplicate)
        if self._random.random() < self._faults.loss:
            copies -= 1
        for _ in range(copies):
            start_s = self.now_s
            if upward and self._faults.bytes_per_s is not None:
                self._line_free_at_s = max(self._line_free_at_s, start_s) + len(payload) / self._faults.bytes_per_s
                start_s = self._line_free_at_s
            arrives_at_s = start_s + float(self._random.random()) * self._faults.delay_s
            self._order += 1
            moving = _Moving(arrives_at_s, self._order, upward, topic, payload)
            heapq.heappush(self._moving, moving)

    def _deliver(self) -> None:
        while self._moving and self._moving[0].arrives_at_s <= self.now_s:
            moving = heapq.heappop(self._moving)
            if moving.upward:
                self._at_the_town(moving)
            else:
                settled = self.relay.on_receipts(self._reader.receipts(moving.payload), self.now_s)
                self.outbox.settle(settled.numbers)

    def _at_the_town(self, moving: _Moving) -> None:
        if not self.office_is_up:
            return
        batch = self._ingest.read(moving.topic, moving.payload, START_S + self.now_s)
        if batch is None:
            return
        stored = self.store.store([record for _, record in batch.records])
        self.arrivals += [(self.now_s, record.lane, round(record.recorded_at_s - START_S)) for record in stored.new]
        receipts: list[BatchReceipt] = [one for of_station in receipts_of([batch], {}).values() for one in of_station]
        for payload in self._wire.receipts(receipts):
            self._transmit(upward=False, topic="", payload=payload)


def settled_lanes(town: LossyTown) -> bool:
    """Return whether no lane has anything left."""
    pending = town.outbox.pending()
    return all(pending[lane].records == 0 for lane in LANES)
