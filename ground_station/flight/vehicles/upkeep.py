"""Keeps the aircraft talking: who it is, what it does in silence, and the messages that the station does not get.

Nothing here moves an aircraft. Messages that come anyway are not asked for, so a station that attaches in mid-flight
mostly listens. How much is asked for is what the link carries (`StreamTiers`).
"""

import asyncio

from pymavlink.dialects.v20 import ardupilotmega as dialect

from ground_station.flight.protocols import requests
from ground_station.flight.protocols.command import Answer, CommandExchange, MakeCommand
from ground_station.flight.protocols.parameter_values import ParameterValues
from ground_station.flight.protocols.streams import Tier
from ground_station.flight.vehicles.contact import Contact
from ground_station.flight.vehicles.state import LinkState
from ground_station.flight.vehicles.stream_requests import StreamRequests
from ground_station.flight.vehicles.stream_tiers import StreamTiers
from ground_station.flight.vehicles.telemetry import Simulated

_LISTEN_FIRST_S = 2.0
_MEASURE_FIRST_S = 8.0
_ROUND_EVERY_S = 5.0
_PATIENCE_S = 3600.0
_ROUNDS_A_START = 4
_SLOW_ROUND_EVERY_S = 30.0
_ASKED_AT_LEAST_S = 2.0
_RETRY_S = 0.7
_SILENCE_FAILSAFE = ("FS_GCS_ENABLE", "FS_GCS_TIMEOUT")
_SIMULATION_MARKS = ("SIM_KAKEHASHI", "SIM_SPEEDUP")


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
        self._tiers = StreamTiers(time_scale=contact.timing.time_scale)
        self._requests = StreamRequests(contact.timing)

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            await self._wait_for_word()
            await asyncio.sleep(self._contact.timing.real_s(_LISTEN_FIRST_S, at_least_s=0.5))
            await self._wait_for_measure()
            self._notice_start()
            changed = self._decide_tier()
            if changed or self._rounds < _ROUNDS_A_START or self._fell_silent():
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
            self._requests.begin_anew()
            self._tiers.begin_anew()
        self._start_seen = start
        self._rounds = 0

    def _decide_tier(self) -> bool:
        """Decide how much to ask for; return True if that changed."""
        contact = self._contact
        before = self._tiers.tier
        now_s = contact.clock.monotonic_s()
        tier = self._tiers.decide(
            now_s,
            contact.pace(),
            link_is_full=contact.link_is_full,
            transferring=contact.conversation.moves_bulk,
            may_try=not contact.state().armed,
        )
        self._requests.observe(contact.heard_count, now_s)
        return tier is not before

    def _fell_silent(self) -> bool:
        """Return True if a message that came before comes no more, and the last round is long ago."""
        contact = self._contact
        now_s = contact.clock.monotonic_s()
        if now_s - self._round_s < contact.timing.real_s(_SLOW_ROUND_EVERY_S, at_least_s=2.0):
            return False
        return self._requests.fell_silent(self.tier, contact.last_heard_s, now_s, self._started_s)

    @property
    def tier(self) -> Tier:
        """Return how much the aircraft is asked to send; the least before anything is known of the link."""
        return Tier.SPARSE if self._tiers.tier is None else self._tiers.tier

    async def _wait_for_word(self) -> None:
        contact = self._contact
        while not await contact.conversation.until(lambda: contact.state().link is LinkState.FRESH, _PATIENCE_S):
            continue

    async def _wait_for_measure(self) -> None:
        """Wait until a probe came back: what is asked for before that may be asked for too soon, and too much."""
        contact = self._contact
        await contact.conversation.until(lambda: contact.pace().round_trip_s is not None, _MEASURE_FIRST_S)

    async def _round(self) -> None:
        contact = self._contact
        if contact.tracker.telemetry.identity is None:
            await request_once(contact, dialect.MAVLINK_MSG_ID_AUTOPILOT_VERSION)
        await self._streams()
        if contact.tracker.telemetry.home is None:
            await request_once(contact, dialect.MAVLINK_MSG_ID_HOME_POSITION)
        unknown = contact.tracker.evidence.verdict is Simulated.UNKNOWN
        names = [
            *(_SIMULATION_MARKS if unknown else ()),
            *(name for name in _SILENCE_FAILSAFE if name not in contact.tracker.parameters),
        ]
        if names:
            await contact.conversation.run(ParameterValues(contact.target, dict.fromkeys(names), tries=2))

    async def _streams(self) -> None:
        contact = self._contact
        now_s = contact.clock.monotonic_s()
        for message_id, interval_us in self._requests.due(self.tier, contact.last_heard_s, now_s, self._started_s):
            make = requests.message_interval(contact.target, message_id, interval_us)
            answer = await contact.conversation.run(
                asked_often_enough(contact, dialect.MAV_CMD_SET_MESSAGE_INTERVAL, make)
            )
            if answer.answer is Answer.SILENT:
                return
            self._requests.answered(message_id, self.tier, accepted=answer.answer is Answer.ACCEPTED)


async def request_once(contact: Contact, message_id: int) -> None:
    """Ask for one sending of a message; whether it comes shows in the telemetry."""
    make = requests.request_message(contact.target, message_id)
    await contact.conversation.run(asked_often_enough(contact, dialect.MAV_CMD_REQUEST_MESSAGE, make))


def asked_often_enough(contact: Contact, command: int, make: MakeCommand) -> CommandExchange:
    """Return the exchange of a command that moves nothing: asked as often as losses make it, then let go."""
    pace = contact.pace()
    patience_s = (pace.tries(3) - 0.5) * pace.answer_s(at_least_s=_RETRY_S)
    return CommandExchange(
        command=command,
        make=make,
        expires_s=contact.clock.monotonic_s() + max(_ASKED_AT_LEAST_S, patience_s),
        retry_s=_RETRY_S,
    )
