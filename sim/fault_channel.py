"""One direction of a bad radio, seeded and without I/O: what goes in, when what of it comes out.

Loss, bursts of loss (Gilbert and Elliott's two states, in time), delay, copies, reordering, flipped bits, a frozen
link, and a rate with a bounded queue in front of it, in this order: a frame is queued and serialised, then lost or bent
in the air, then delayed. Times are seconds on the caller's clock; rates bytes a second.
"""

import heapq
import itertools
import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What is wrong with one direction; shares are 0 to 1, a share of all frames.

    In a burst, which lasts `burst_s` on the average and comes every `burst_every_s`, everything is lost. What finds
    more than `queue_bytes` before it in the queue of a limited `rate_bytes_s` is dropped.
    """

    loss: float = 0.0
    burst_s: float = 0.0
    burst_every_s: float = math.inf
    delay_s: float = 0.0
    jitter_s: float = 0.0
    duplicate: float = 0.0
    reorder: float = 0.0
    reorder_s: float = 0.1
    corrupt: float = 0.0
    rate_bytes_s: float = math.inf
    queue_bytes: int = 4_096


class FaultChannel:
    """Carries frames one way. `faults` may be exchanged while it runs; what is under way stays under way."""

    def __init__(self, faults: Faults, seed: int) -> None:
        self.faults = faults
        self.frozen = False
        self.dropped = 0
        self._random = np.random.default_rng(seed)
        self._order = itertools.count()
        self._under_way: list[tuple[float, int, bytes]] = []
        self._sent_s = -math.inf
        self._last_s = -math.inf
        self._burst_until_s = -math.inf
        self._next_burst_s: float | None = None

    @property
    def next_s(self) -> float:
        """Return when the next frame comes out; infinite if none is under way."""
        return self._under_way[0][0] if self._under_way and not self.frozen else math.inf

    def waiting_s(self, now_s: float) -> float:
        """Return how long what was put in last waits until it is serialised."""
        return max(0.0, self._sent_s - now_s)

    def put(self, frame: bytes, now_s: float) -> None:
        """Take a frame at `now_s`."""
        faults = self.faults
        start_s = max(now_s, self._sent_s)
        if (start_s - now_s) * faults.rate_bytes_s > faults.queue_bytes:
            self.dropped += 1
            return
        self._sent_s = start_s + len(frame) / faults.rate_bytes_s
        for _ in range(1 + self._happens(faults.duplicate)):
            if self._happens(faults.loss) or self._in_burst(self._sent_s):
                self.dropped += 1
                continue
            bent = self._bent(frame) if self._happens(faults.corrupt) else frame
            heapq.heappush(self._under_way, (self._arrival_s(self._sent_s), next(self._order), bent))

    def take(self, now_s: float) -> list[bytes]:
        """Return the frames that have come out by `now_s`; a frozen channel keeps them."""
        found: list[bytes] = []
        while not self.frozen and self._under_way and self._under_way[0][0] <= now_s:
            found.append(heapq.heappop(self._under_way)[2])
        return found

    def _arrival_s(self, sent_s: float) -> float:
        faults = self.faults
        arrival_s = sent_s + faults.delay_s + faults.jitter_s * self._random.random()
        if self._happens(faults.reorder):
            return arrival_s + faults.reorder_s * self._random.random()
        self._last_s = max(self._last_s, arrival_s)  # without reordering nothing overtakes
        return self._last_s

    def _happens(self, share: float) -> bool:
        return share > 0.0 and bool(self._random.random() < share)

    def _in_burst(self, at_s: float) -> bool:
        faults = self.faults
        if faults.burst_s <= 0.0:
            return False
        if self._next_burst_s is None:
            self._next_burst_s = at_s + self._random.exponential(faults.burst_every_s)
        while at_s >= self._next_burst_s:
            self._burst_until_s = self._next_burst_s + self._random.exponential(faults.burst_s)
            self._next_burst_s = self._burst_until_s + self._random.exponential(faults.burst_every_s)
        return at_s < self._burst_until_s

    def _bent(self, frame: bytes) -> bytes:
        bent = bytearray(frame)
        bent[int(self._random.integers(len(bent)))] ^= 1 << int(self._random.integers(8))
        return bytes(bent)
