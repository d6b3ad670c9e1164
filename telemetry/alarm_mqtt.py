"""The line on which station and office tell each other of a disk that refuses.

It has a connection of its own and reads and writes nothing but memory, so that neither a full queue of records nor a
database that hangs stands before it. QoS 0: what counts is said again.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import aiomqtt
import structlog

from fleet.clock import Clock
from fleet.disk_words import ShownAlarm
from telemetry.alarm_wire import AlarmWord, decode_alarms, encode_alarms
from telemetry.mqtt_address import MqttAddress, until_first_fails

_log = structlog.get_logger(__name__)

AGAIN_S = 3.0
BEAT_S = 30.0
"""How often it is said that all is well, so that a lost last word does not leave an alarm standing."""
OVER_AGAIN_S = 10.0
RECONNECT_FIRST_S = 0.5
RECONNECT_MOST_S = 5.0
MAX_QUEUED_WORDS = 64
_PUBLISH_WITHIN_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmTopics:
    """Where one side speaks, where it listens, and who speaks on a topic (None: nobody it should hear)."""

    speak: str
    listen: str
    speaker_of: Callable[[str], str | None]


class AlarmLine:
    """One side's end: `show` what holds now, be told by `on_heard` what the others say; `run` until cancelled."""

    def __init__(
        self,
        *,
        broker: MqttAddress,
        topics: AlarmTopics,
        clock: Clock,
        on_heard: Callable[[str, AlarmWord], None],
    ) -> None:
        self._broker = broker
        self._topics = topics
        self._clock = clock
        self._on_heard = on_heard
        self._alarms: Sequence[ShownAlarm] = ()
        self._over_at_s = float("-inf")
        self._changed = asyncio.Event()
        self.unreadable = 0

    def show(self, alarms: Sequence[ShownAlarm]) -> None:
        """Have this said from now on; at once if an alarm is new or over, else with the next repetition."""
        if {alarm.key for alarm in alarms} != {alarm.key for alarm in self._alarms}:
            self._changed.set()
            if not alarms:
                self._over_at_s = self._clock.monotonic_s()
        self._alarms = tuple(alarms)

    async def run(self) -> None:
        """Speak and listen until cancelled; connects again by itself, at most 5 s apart."""
        pause_s = RECONNECT_FIRST_S
        while True:
            try:
                async with self._broker.connected(queue_messages=MAX_QUEUED_WORDS) as client:
                    pause_s = RECONNECT_FIRST_S
                    await client.subscribe(self._topics.listen, qos=0)
                    await until_first_fails([self._speak(client), self._listen(client)])
            except aiomqtt.MqttError as error:
                _log.debug("broker not reached for alarms", error=str(error))
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2.0, RECONNECT_MOST_S)

    async def _speak(self, client: aiomqtt.Client) -> None:
        while True:
            self._changed.clear()
            now_s = self._clock.monotonic_s()
            payload = encode_alarms(self._alarms, now_s)
            await client.publish(self._topics.speak, payload, qos=0, timeout=_PUBLISH_WITHIN_S)
            lately = now_s - self._over_at_s < OVER_AGAIN_S
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(AGAIN_S if self._alarms or lately else BEAT_S):
                    await self._changed.wait()

    async def _listen(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            speaker = self._topics.speaker_of(message.topic.value)
            if speaker is None or not isinstance(message.payload, bytes):
                continue
            word = decode_alarms(message.payload)
            if word is None:
                self.unreadable += 1
            else:
                self._on_heard(speaker, word)
