"""Keeps the aircraft talking: who it is, and the messages that the station needs but does not get.

Nothing here moves an aircraft. Messages that come anyway are not asked for, so a station that attaches in mid-flight
mostly listens.
"""

import asyncio

from pymavlink.dialects.v20 import ardupilotmega as dialect

from ground_station.protocols import requests
from ground_station.protocols.command import Answer, CommandExchange
from ground_station.protocols.parameters import ParameterRead
from ground_station.protocols.streams import RATES_HZ, interval_us
from ground_station.vehicles.contact import Contact
from ground_station.vehicles.state import LinkState
from ground_station.vehicles.telemetry import Simulated

_LISTEN_FIRST_S = 2.0
_ROUND_EVERY_S = 5.0
_PATIENCE_S = 3600.0
_ROUNDS_A_BOOT = 4
_SIMULATION_MARKS = ("SIM_KAKEHASHI", "SIM_SPEEDUP")
_OCCASIONAL = frozenset(
    {
        dialect.MAVLINK_MSG_ID_HOME_POSITION,
        dialect.MAVLINK_MSG_ID_SIMSTATE,
        dialect.MAVLINK_MSG_ID_TERRAIN_REQUEST,  # comes only while the autopilot lacks terrain
    }
)


class Upkeep:
    """Asks one aircraft for what is missing, a few rounds after each (re)start."""

    def __init__(self, contact: Contact) -> None:
        self._contact = contact
        self._boot_seen = -1
        self._rounds = 0
        self._unsupported: set[int] = set()

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            await self._wait_for_word()
            await asyncio.sleep(self._contact.timing.real_s(_LISTEN_FIRST_S, at_least_s=0.5))
            if self._contact.tracker.reboots != self._boot_seen:
                self._boot_seen = self._contact.tracker.reboots
                self._rounds = 0
            if self._rounds < _ROUNDS_A_BOOT:
                self._rounds += 1
                await self._round()
            await asyncio.sleep(self._contact.timing.real_s(_ROUND_EVERY_S, at_least_s=1.0))

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

    async def _streams(self) -> None:
        contact = self._contact
        for message_id, rate_hz in RATES_HZ.items():
            if message_id in self._unsupported or self._comes(message_id):
                continue
            interval = interval_us(rate_hz, contact.timing.time_scale)
            make = requests.message_interval(contact.target, message_id, interval)
            exchange = CommandExchange(
                command=dialect.MAV_CMD_SET_MESSAGE_INTERVAL,
                make=make,
                expires_s=contact.clock.monotonic_s() + 2.0,
                retry_s=0.7,
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
            return True
        return self._contact.clock.monotonic_s() - heard_s < self._contact.timing.real_s(2.5, at_least_s=1.0)


async def request_once(contact: Contact, message_id: int) -> None:
    """Ask for one sending of a message; whether it comes shows in the telemetry."""
    exchange = CommandExchange(
        command=dialect.MAV_CMD_REQUEST_MESSAGE,
        make=requests.request_message(contact.target, message_id),
        expires_s=contact.clock.monotonic_s() + 2.0,
        retry_s=0.7,
    )
    await contact.conversation.run(exchange)
