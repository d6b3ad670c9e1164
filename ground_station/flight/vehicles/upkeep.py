"""Keeps the aircraft talking: who it is, what it does in silence, and the messages that the station does not get.

Nothing here moves an aircraft. Messages that come anyway are not asked for, so a station that attaches in mid-flight
mostly listens.
"""

import asyncio

from pymavlink.dialects.v20 import ardupilotmega as dialect

from ground_station.flight.protocols import requests
from ground_station.flight.protocols.command import Answer, CommandExchange
from ground_station.flight.protocols.exchange import answered_within_s
from ground_station.flight.protocols.parameters import ParameterRead
from ground_station.flight.protocols.streams import RATES_HZ, interval_us
from ground_station.flight.vehicles.contact import Contact
from ground_station.flight.vehicles.state import LinkState
from ground_station.flight.vehicles.telemetry import Simulated

_LISTEN_FIRST_S = 2.0
_ROUND_EVERY_S = 5.0
_PATIENCE_S = 3600.0
_ROUNDS_A_START = 4
_SLOW_ROUND_EVERY_S = 30.0
_SILENCE_FAILSAFE = ("FS_GCS_ENABLE", "FS_GCS_TIMEOUT")
_SIMULATION_MARKS = ("SIM_KAKEHASHI", "SIM_SPEEDUP")
_OCCASIONAL = frozenset(
    {
        dialect.MAVLINK_MSG_ID_HOME_POSITION,
        dialect.MAVLINK_MSG_ID_SIMSTATE,
        dialect.MAVLINK_MSG_ID_TERRAIN_REQUEST,  # comes only while the autopilot lacks terrain
    }
)


class Upkeep:
    """Asks one aircraft for what is missing: a few rounds after each (re)start of it or of the link, then seldom.

    Some autopilots forget what a connection asked for when it ends.
    """

    def __init__(self, contact: Contact) -> None:
        self._contact = contact
        self._start_seen: tuple[int, int] | None = None
        self._started_s = 0.0
        self._rounds = 0
        self._round_s = 0.0
        self._unsupported: set[int] = set()

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            await self._wait_for_word()
            await asyncio.sleep(self._contact.timing.real_s(_LISTEN_FIRST_S, at_least_s=0.5))
            self._notice_start()
            if self._rounds < _ROUNDS_A_START or self._fell_silent():
                self._rounds += 1
                self._round_s = self._contact.clock.monotonic_s()
                await self._round()
            await asyncio.sleep(self._contact.timing.real_s(_ROUND_EVERY_S, at_least_s=1.0))

    def _notice_start(self) -> None:
        start = (self._contact.tracker.reboots, self._contact.link_reopened)
        if start == self._start_seen:
            return
        if self._start_seen is not None:
            self._started_s = self._contact.clock.monotonic_s()
            self._unsupported.clear()
        self._start_seen = start
        self._rounds = 0

    def _fell_silent(self) -> bool:
        """Return True if a message that came before comes no more, and the last round is long ago."""
        contact = self._contact
        pause_s = contact.timing.real_s(_SLOW_ROUND_EVERY_S, at_least_s=2.0)
        if contact.clock.monotonic_s() - self._round_s < pause_s:
            return False
        return any(
            message_id in contact.last_heard_s and message_id not in self._unsupported and not self._comes(message_id)
            for message_id in RATES_HZ
        )

    async def _wait_for_word(self) -> None:
        contact = self._contact
        while not await contact.conversation.until(lambda: contact.state().link is LinkState.FRESH, _PATIENCE_S):
            continue

    async def _round(self) -> None:
        contact = self._contact
        if contact.tracker.telemetry.identity is None:
            await request_once(contact, dialect.MAVLINK_MSG_ID_AUTOPILOT_VERSION)
        await self._streams()
        if contact.tracker.telemetry.home is None:
            await request_once(contact, dialect.MAVLINK_MSG_ID_HOME_POSITION)
        if contact.tracker.evidence.verdict is Simulated.UNKNOWN:
            for name in _SIMULATION_MARKS:
                await contact.conversation.run(ParameterRead(contact.target, name, tries=2))
        for name in _SILENCE_FAILSAFE:
            if name not in contact.tracker.parameters:
                await contact.conversation.run(ParameterRead(contact.target, name, tries=2))

    async def _streams(self) -> None:
        contact = self._contact
        for message_id, rate_hz in RATES_HZ.items():
            if message_id in self._unsupported or self._comes(message_id):
                continue
            round_trip_s = contact.state().round_trip_s
            interval = interval_us(rate_hz, contact.timing.time_scale)
            make = requests.message_interval(contact.target, message_id, interval)
            exchange = CommandExchange(
                command=dialect.MAV_CMD_SET_MESSAGE_INTERVAL,
                make=make,
                expires_s=contact.clock.monotonic_s() + answered_within_s(round_trip_s, at_least_s=2.0),
                retry_s=0.7,
                round_trip_s=round_trip_s,
            )
            answer = await contact.conversation.run(exchange)
            if answer.answer is Answer.SILENT:
                return
            if answer.answer is Answer.REFUSED:
                self._unsupported.add(message_id)

    def _comes(self, message_id: int) -> bool:
        heard_s = self._contact.last_heard_s.get(message_id)
        if heard_s is None:
            return False
        if message_id in _OCCASIONAL:
            return heard_s >= self._started_s
        return self._contact.clock.monotonic_s() - heard_s < self._contact.timing.real_s(2.5, at_least_s=1.0)


async def request_once(contact: Contact, message_id: int) -> None:
    """Ask for one sending of a message; whether it comes shows in the telemetry."""
    round_trip_s = contact.state().round_trip_s
    exchange = CommandExchange(
        command=dialect.MAV_CMD_REQUEST_MESSAGE,
        make=requests.request_message(contact.target, message_id),
        expires_s=contact.clock.monotonic_s() + answered_within_s(round_trip_s, at_least_s=2.0),
        retry_s=0.7,
        round_trip_s=round_trip_s,
    )
    await contact.conversation.run(exchange)
