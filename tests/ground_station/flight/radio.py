"""A radio in virtual time: a seeded bad channel each way between an exchange and the autopilot, and its pace."""

from dataclasses import dataclass, field
from typing import Any, TypeVar

from pymavlink.dialects.v20 import ardupilotmega as dialect

from ground_station.flight.links.frames import FrameCodec, FrameParser, Message
from ground_station.flight.protocols.exchange import Exchange
from ground_station.flight.protocols.link_meter import LinkMeter
from ground_station.flight.protocols.pace import Pace
from sim.fault_channel import FaultChannel, Faults
from tests.ground_station.flight.fake_autopilot import FakeAutopilot

ResultT = TypeVar("ResultT")

_TICK_S = 0.05
_TOO_LONG_S = 3600.0


@dataclass
class Radio:
    """Carries frames both ways; `run` drives one exchange to its end as `Conversation.run` does in real time.

    The link is probed all the time, as a station does; the first exchange begins at 0 s, after `measured_s` of that.
    """

    autopilot: FakeAutopilot
    loss: float = 0.0
    duplicate: float = 0.0
    reorder: float = 0.0
    delay_s: float = 0.005
    rate_bytes_s: float = float("inf")
    seed: int = 1
    now_s: float = 0.0
    measured_s: float = 8.0
    sent: list[Message] = field(default_factory=list)
    sent_at_s: list[float] = field(default_factory=list)
    heard_at_s: list[float] = field(default_factory=list)
    most_waiting_s: float = 0.0

    def __post_init__(self) -> None:
        faults = Faults(
            loss=self.loss,
            duplicate=self.duplicate,
            reorder=self.reorder,
            delay_s=self.delay_s,
            rate_bytes_s=self.rate_bytes_s,
            queue_bytes=1 << 20,
        )
        self.up = FaultChannel(faults, 2 * self.seed)
        self.down = FaultChannel(faults, 2 * self.seed + 1)
        self._codec_up = FrameCodec(255, 190)
        self._codec_down = FrameCodec(1, 1)
        self._meter = LinkMeter()
        self.now_s = -self.measured_s
        self.autopilot.booted_s = min(self.autopilot.booted_s, self.now_s)
        self._ticking_s = self.now_s
        self._began = False

    def pace(self) -> Pace:
        return self._meter.pace(self.now_s)

    async def run(self, exchange: Exchange[ResultT]) -> ResultT:
        if not self._began:
            self._began = True
            while self.now_s < 0.0:
                self._live(None, 0.0)
        self._say(exchange.start(self.now_s, self.pace))
        began_s = self.now_s
        while exchange.result is None:
            assert self.now_s - began_s < _TOO_LONG_S, "the exchange does not end"
            self._live(exchange, exchange.wake_s)
            if exchange.result is None:
                self._say(exchange.tick(self.now_s))
        return exchange.result

    def _live(self, exchange: Exchange[Any] | None, wake_s: float) -> None:
        """Go on to the next thing that happens."""
        self.now_s = max(self.now_s, min(wake_s, self._ticking_s, self.up.next_s, self.down.next_s))
        for raw in self.up.take(self.now_s):
            self._send_down(self.autopilot.receive(self._codec_up.decode(_frame(raw)), self.now_s))
        for raw in self.down.take(self.now_s):
            self._heard(self._codec_down.decode(_frame(raw)), len(raw), exchange)
        if self.now_s >= self._ticking_s:
            self._ticking_s = self.now_s + _TICK_S
            self._send_down(self.autopilot.tick(self.now_s))
            probe = self._meter.tick(self.now_s, probe_every_s=1.0)
            if probe is not None:
                self.up.put(self._codec_up.pack(probe), self.now_s)

    def _heard(self, message: Any, size: int, exchange: Exchange[Any] | None) -> None:
        self._meter.came(size)
        if message.get_msgId() == dialect.MAVLINK_MSG_ID_TIMESYNC:
            self._meter.synchronise(message, self.now_s)
        elif exchange is not None and exchange.result is None and message.get_msgId() in exchange.wants:
            self.heard_at_s.append(self.now_s)
            self._say(exchange.receive(message, self.now_s))

    def _say(self, messages: Any) -> None:
        for message in messages:
            self.sent.append(message)
            self.sent_at_s.append(self.now_s)
            raw = self._codec_up.pack(message)
            self.up.put(raw, self.now_s)
            self.most_waiting_s = max(self.most_waiting_s, self.up.waiting_s(self.now_s) - len(raw) / self.rate_bytes_s)

    def _send_down(self, messages: Any) -> None:
        for message in messages:
            self.down.put(self._codec_down.pack(message), self.now_s)


def _frame(raw: bytes) -> Any:
    return FrameParser().datagram(raw)[0]
