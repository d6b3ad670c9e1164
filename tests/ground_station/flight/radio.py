"""A radio in virtual time: seeded loss, duplication, delay and reordering between an exchange and the autopilot."""

import heapq
import itertools
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from ground_station.flight.links.frames import FrameCodec, FrameParser, Message
from ground_station.flight.protocols.exchange import Exchange
from tests.ground_station.flight.fake_autopilot import FakeAutopilot

ResultT = TypeVar("ResultT")

_TICK_S = 0.05
_TOO_LONG_S = 600.0


@dataclass
class Radio:
    """Carries frames both ways; `run` drives one exchange to its end as `Conversation.run` does in real time."""

    autopilot: FakeAutopilot
    loss: float = 0.0
    duplicate: float = 0.0
    reorder: float = 0.0
    delay_s: float = 0.005
    seed: int = 1
    now_s: float = 0.0
    sent: list[Message] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = np.random.default_rng(self.seed)
        self._up = FrameCodec(255, 190)
        self._down = FrameCodec(1, 1)
        self._order = itertools.count()
        self._queue: list[tuple[float, int, str, bytes]] = []

    async def run(self, exchange: Exchange[ResultT]) -> ResultT:
        self._send_up(exchange.start(self.now_s))
        ticking_s = self.now_s
        began_s = self.now_s
        while exchange.result is None:
            assert self.now_s - began_s < _TOO_LONG_S, "the exchange does not end"
            next_s = min([exchange.wake_s, ticking_s, *(entry[0] for entry in self._queue[:1])])
            self.now_s = max(self.now_s, next_s)
            self._deliver(exchange)
            if self.now_s >= ticking_s:
                ticking_s = self.now_s + _TICK_S
                self._send_down(self.autopilot.tick(self.now_s))
            if exchange.result is None:
                self._send_up(exchange.tick(self.now_s))
        return exchange.result

    def _deliver(self, exchange: Exchange[Any]) -> None:
        while self._queue and self._queue[0][0] <= self.now_s:
            _, _, way, raw = heapq.heappop(self._queue)
            frame = FrameParser().datagram(raw)[0]
            message: Any = (self._up if way == "up" else self._down).decode(frame)
            if way == "up":
                self._send_down(self.autopilot.receive(message, self.now_s))
            elif message.get_msgId() in exchange.wants:
                self._send_up(exchange.receive(message, self.now_s))

    def _send_up(self, messages: Any) -> None:
        for message in messages:
            self.sent.append(message)
            self._carry("up", self._up.pack(message))

    def _send_down(self, messages: Any) -> None:
        for message in messages:
            self._carry("down", self._down.pack(message))

    def _carry(self, way: str, raw: bytes) -> None:
        for _ in range(2 if self._random.random() < self.duplicate else 1):
            if self._random.random() < self.loss:
                continue
            late = self._random.uniform(0.0, 0.1) if self._random.random() < self.reorder else 0.0
            heapq.heappush(self._queue, (self.now_s + self.delay_s + late, next(self._order), way, raw))
