"""The relay, field to town: which batch goes next, which must go again, which records are done. Sans-I/O.

The caller passes monotonic seconds, fetches from the outbox what `next_want` asks for, sends what `sent` and
`due_again` return and hands receipts to `on_receipts`. A broker's acknowledgement plays no part: only the town's
receipt ends a record's wait.

Worth first: alert and position have places of their own; the four bulk lanes share one window, and the lane worth
most gets it. The position lane is never sent again as it was: what is still waiting (only the newest) is taken anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from telemetry.codec import MAX_BATCH_BYTES, MAX_BATCH_RECORDS, BatchReceipt, RefusedIndex
from telemetry.records import LANES, Lane
from telemetry.window import BulkWindow, WindowLimits

_PRIORITY = (Lane.ALERT, Lane.POSITION)
_BULK = tuple(lane for lane in LANES if lane not in _PRIORITY)
_PACK_BYTES = MAX_BATCH_BYTES - 512
_IMAGE_ROOM_BYTES = 48 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class RelaySettings:
    """Patience and bounds. A priority lane has at most `priority_batches` unreceipted, bulk at most `bulk_batches`."""

    resend_after_s: float = 5.0
    resend_at_most_s: float = 15.0
    position_after_s: float = 2.0
    priority_batches: int = 2
    bulk_batches: int = 32
    window: WindowLimits = field(default_factory=WindowLimits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """What to fetch from the outbox next."""

    lane: Lane
    after: int
    max_bytes: int
    limit: int = MAX_BATCH_RECORDS


@dataclass(slots=True, kw_only=True)
class Flight:
    """One batch under way."""

    batch_id: str
    lane: Lane
    numbers: Sequence[int]
    payload: bytes
    sent_at_s: float
    tries: int = 1

    @property
    def last_number(self) -> int:
        """Return the number of its newest record."""
        return self.numbers[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What receipts have ended: records stored, and records the town refused, each with its reason."""

    numbers: Sequence[int]
    refused: Sequence[tuple[int, str]]


class Relay:
    """State of one station's relay. `relay_id` is new with every start, so that no old receipt is taken for new."""

    def __init__(self, *, relay_id: str, settings: RelaySettings | None = None) -> None:
        self._settings = settings if settings is not None else RelaySettings()
        self._relay_id = relay_id
        self._batches_made = 0
        self._connected = False
        self._flights: dict[str, Flight] = {}
        self._cursor = dict.fromkeys(LANES, 0)
        self._may_have_more = dict.fromkeys(LANES, True)
        self._window = BulkWindow(self._settings.window)
        self._silent_rounds = 0

    @property
    def in_flight(self) -> int:
        """Return how many batches wait for a receipt."""
        return len(self._flights)

    @property
    def in_flight_bytes(self) -> int:
        """Return the bytes of the batches that wait for a receipt."""
        return sum(len(flight.payload) for flight in self._flights.values())

    @property
    def _bulk_bytes(self) -> int:
        return sum(len(flight.payload) for flight in self._flights.values() if flight.lane in _BULK)

    def on_connected(self) -> None:
        """Take in that the broker can be reached: everything under way goes again at once."""
        self._connected = True
        self._silent_rounds = 0
        self._window.on_reconnect()
        self._may_have_more = dict.fromkeys(LANES, True)
        for flight in list(self._flights.values()):
            if flight.lane is Lane.POSITION:
                self._take_anew(flight)
            else:
                flight.sent_at_s = float("-inf")

    def on_disconnected(self) -> None:
        """Take in that the broker cannot be reached: nothing is wanted until it can."""
        self._connected = False

    def on_put(self, lane: Lane) -> None:
        """Take in that the outbox got something for a lane."""
        self._may_have_more[lane] = True

    def next_want(self) -> Want | None:
        """Return what to fetch next, the lane worth most first, or None if nothing may be sent now.

        The lane then counts as empty, and what is put during the fetch counts as new, until `on_sent`, `on_skipped` or
        `on_not_fetched` says what became of the want. Of an empty fetch nothing need be said.
        """
        if not self._connected:
            return None
        for lane in _PRIORITY:
            if self._may_have_more[lane] and self._flying(lane) < self._settings.priority_batches:
                return self._want(lane, _PACK_BYTES)
        bulk = sum(self._flying(lane) for lane in _BULK)
        room = self._window.size_bytes - self._bulk_bytes
        if bulk >= self._settings.bulk_batches or (bulk and room < self._settings.window.min_bytes // 2):
            return None
        for lane in _BULK:
            # A chunk of an image cannot be cut to the room there is.
            if lane is Lane.IMAGE and bulk and room < _IMAGE_ROOM_BYTES:
                return None
            if self._may_have_more[lane]:
                return self._want(lane, min(_PACK_BYTES, max(room, 1)))
        return None

    def _want(self, lane: Lane, max_bytes: int) -> Want:
        self._may_have_more[lane] = False
        return Want(lane=lane, after=self._cursor[lane], max_bytes=max_bytes)

    def _flying(self, lane: Lane) -> int:
        return sum(flight.lane is lane for flight in self._flights.values())

    def next_batch_id(self) -> str:
        """Return the id for the batch that will be packed next."""
        return f"{self._relay_id}.{self._batches_made + 1}"

    def on_not_fetched(self, want: Want) -> None:
        """Take in that the outbox could not be read for a want."""
        self._may_have_more[want.lane] = True

    def on_skipped(self, want: Want, last_number: int) -> None:
        """Take in that what was fetched is not to be sent, up to `last_number`."""
        self._cursor[want.lane] = last_number
        self._may_have_more[want.lane] = True

    def on_sent(self, want: Want, *, numbers: Sequence[int], payload: bytes, now_s: float) -> None:
        """Take in that the batch of `next_batch_id` goes out, with these records of the outbox."""
        self._batches_made += 1
        batch_id = f"{self._relay_id}.{self._batches_made}"
        self._flights[batch_id] = Flight(
            batch_id=batch_id, lane=want.lane, numbers=numbers, payload=payload, sent_at_s=now_s
        )
        self._cursor[want.lane] = numbers[-1]
        self._may_have_more[want.lane] = True

    def due_again(self, now_s: float) -> Sequence[Flight]:
        """Return the batches whose receipt is late, worth first, and count them as sent again."""
        if not self._connected:
            return ()
        late = [flight for flight in self._flights.values() if now_s - flight.sent_at_s >= self._patience_s(flight)]
        again: list[Flight] = []
        bulk = 0
        for flight in sorted(late, key=lambda one: one.lane.rank):
            if flight.lane is Lane.POSITION:
                self._take_anew(flight)
                continue
            if flight.lane in _BULK:
                bulk += 1
            if flight.sent_at_s > float("-inf"):
                self._silent_rounds += 1
                if flight.lane in _BULK:
                    self._window.on_loss()
            flight.tries += 1
            flight.sent_at_s = now_s
            if flight.lane not in _BULK or bulk == 1 or not self._is_probing:
                again.append(flight)
        return again

    @property
    def _is_probing(self) -> bool:
        """Return whether the town has been silent so long that one bulk batch asks for all.

        More would only pile up in a broker whose subscriber is frozen or away.
        """
        return self._silent_rounds > 2 * self._settings.bulk_batches

    def _patience_s(self, flight: Flight) -> float:
        settings = self._settings
        if flight.lane is Lane.POSITION:
            return max(settings.position_after_s, self._window.late_after_s)
        first_s = max(settings.resend_after_s, self._window.late_after_s)
        most_s = max(settings.resend_at_most_s, first_s)
        return min(first_s * 2.0 ** min(flight.tries - 1, 10), most_s)

    def _take_anew(self, flight: Flight) -> None:
        del self._flights[flight.batch_id]
        self._cursor[flight.lane] = 0
        self._may_have_more[flight.lane] = True

    def on_receipts(self, receipts: Sequence[BatchReceipt], now_s: float) -> Settled:
        """Take in receipts; return the outbox numbers that are done. Unknown and repeated receipts change nothing."""
        numbers: list[int] = []
        refused: list[tuple[int, str]] = []
        bulk_bytes = self._bulk_bytes
        for receipt in receipts:
            flight = self._flights.pop(receipt.batch_id, None)
            if flight is None:
                continue
            if flight.tries == 1 and flight.lane in _BULK:
                delay_s = now_s - flight.sent_at_s
                self._window.on_receipt(delay_s=delay_s, sent_bytes=len(flight.payload), under_way_bytes=bulk_bytes)
            numbers += flight.numbers
            refused += _refused_numbers(flight, receipt.refused)
        if numbers:
            self._forgive()
        return Settled(numbers=numbers, refused=refused)

    def _forgive(self) -> None:
        """Cut back-off short: a receipt shows that the town is there."""
        was_probing, self._silent_rounds = self._is_probing, 0
        for flight in self._flights.values():
            flight.tries = min(flight.tries, 2)
            if was_probing and flight.lane in _BULK:
                flight.sent_at_s = float("-inf")

    def next_wake_s(self, now_s: float) -> float | None:
        """Return in how many seconds `due_again` has something, or None if nothing is under way."""
        if not self._connected or not self._flights:
            return None
        return max(0.0, min(flight.sent_at_s + self._patience_s(flight) - now_s for flight in self._flights.values()))


def _refused_numbers(flight: Flight, refused: Sequence[RefusedIndex]) -> list[tuple[int, str]]:
    return [(flight.numbers[one.index], one.reason) for one in refused if one.index < len(flight.numbers)]
