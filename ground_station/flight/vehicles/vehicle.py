"""One aircraft as the station has it: what it can be asked to do, each with proof that it was done."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.clock import iso_utc
from fleet.errors import ConflictError, FleetError, UnavailableError
from fleet.ids import CommandId, VehicleId
from fleet.realm import Realm
from fleet.text import Text
from ground_station.flight.preflight.drill_wall import require_realm
from ground_station.flight.protocols.comparison import differences
from ground_station.flight.protocols.parameter_list import ParameterFetch
from ground_station.flight.protocols.parameter_values import ParameterRead
from ground_station.flight.vehicles.contact import Contact
from ground_station.flight.vehicles.failsafe_words import silence_failsafe
from ground_station.flight.vehicles.flight_command import Action, CommandState, FlightCommand
from ground_station.flight.vehicles.ledger import CommandLedger
from ground_station.flight.vehicles.manoeuvres import Manoeuvre, manoeuvre
from ground_station.flight.vehicles.parameter_transfer import not_read, set_parameters
from ground_station.flight.vehicles.pilot import REPLACED, Gate, Pilot
from ground_station.flight.vehicles.plan_transfer import (
    PlanTransfer,
    Progress,
    lost_in_transfer,
    restarted_in_transfer,
    sender_changed_in_transfer,
)
from ground_station.flight.vehicles.state import LinkState, VehicleState
from ground_station.flight.vehicles.telemetry import Simulated
from ground_station.flight.vehicles.turns import Turns
from ground_station.flight.vehicles.upkeep import request_once
from missions.values.mission_item import MissionItem, MissionType

_RECORD_ON_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanItems:
    """What is put on board for one flight. `name` tells flights apart: the flight plan's digest."""

    name: str
    mission: tuple[MissionItem, ...]
    fence: tuple[MissionItem, ...] = ()
    rally: tuple[MissionItem, ...] = ()

    def parts(self) -> tuple[tuple[MissionType, tuple[MissionItem, ...]], ...]:
        """Return the lists in the order they are sent: what keeps people safe first."""
        return (
            (MissionType.FENCE, self.fence),
            (MissionType.RALLY, self.rally),
            (MissionType.MISSION, self.mission),
        )


@dataclass(slots=True)
class _Presence:
    """Notices if the aircraft is lost or restarts while something is being moved."""

    contact: Contact
    reboots: int
    sender_changes: int

    def check_present(self) -> None:
        if self.contact.tracker.sender_changes != self.sender_changes:
            raise sender_changed_in_transfer()
        if self.contact.tracker.reboots != self.reboots:
            raise restarted_in_transfer()
        if self.contact.state().link is not LinkState.FRESH:
            raise lost_in_transfer()


class Vehicle:
    """One aircraft. Commands return when they have ended; `begin` returns at once with the command's id."""

    def __init__(self, contact: Contact, ledger: CommandLedger, realm: Realm) -> None:
        self.contact = contact
        self._realm = realm
        self._ledger = ledger
        self._transferring = False
        self._recorded_s = 0.0
        self._words_to_fly = 0
        self._turns = Turns()
        self._pilot = Pilot(
            cockpit=self,
            conversation=contact.conversation,
            ledger=ledger,
            clock=contact.clock,
            timing=contact.timing,
        )

    @property
    def id(self) -> VehicleId:
        """Return the aircraft's id in the town."""
        return self.contact.tracker.vehicle_id

    def state(self) -> VehicleState:
        """Return the aircraft as it is known now."""
        return self.contact.state()

    @property
    def parameters(self) -> Mapping[str, float]:
        """Return the parameters as last heard; all of them after `fetch_parameters`."""
        return self.contact.tracker.parameters

    def silence_failsafe(self) -> Text:
        """Return what the aircraft does by itself if it does not hear this station."""
        return silence_failsafe(self.parameters)

    @property
    def is_starting(self) -> bool:
        """Return True from the word to fly on until it has ended; the heartbeat tells of it only later."""
        return self._words_to_fly > 0 or self._pilot.is_starting

    async def until_heard(self, deadline_s: float) -> None:
        """Wait for the first word of an aircraft that was never heard, which tells its number and where it is.

        Until the monotonic `deadline_s` at most, and a second where its number is known: it may hear and not be heard.
        """
        contact = self.contact
        left_s = deadline_s - contact.clock.monotonic_s()
        await contact.conversation.until(
            lambda: contact.tracker.heard_s is not None, min(left_s, 1.0) if contact.number_known else left_s
        )

    def discard_unsent(self) -> None:
        """Let nothing that was sent and not answered arrive late."""
        self.contact.discard_unsent()

    async def upload_plan(self, plan: PlanItems, progress: Progress | None = None) -> None:
        """Put a plan on board and read it back; only then is it `plan_on_board` and may be flown.

        Raises ConflictError while armed or while another transfer runs, RefusedError if the aircraft is on the other
        side of the drill wall, will not have the plan, or gives another one back, ExpiredError without answers,
        UnavailableError if it is lost or restarts.
        """
        if self.state().armed:
            raise ConflictError(
                Text("飛行中の機体には計画を送れません", "a plan cannot be sent to an aircraft that is armed"),
                Text("着陸してから送ってください", "land first"),
            )
        with self._alone():
            transfer = self._transfer()
            require_realm(self._realm, await self.identify())
            self.contact.tracker.plan_on_board = None
            for kind, items in plan.parts():
                await transfer.place(kind, items, progress)
            self.contact.tracker.plan_on_board = plan.name

    async def identify(self) -> Simulated:
        """Return whether the aircraft is simulated, reading its whole parameter list if that is not proved yet."""
        self._require_link()
        if self.state().simulated is Simulated.UNKNOWN and self.state().telemetry.identity is None:
            await request_once(self.contact, dialect.MAVLINK_MSG_ID_AUTOPILOT_VERSION)
        if self.state().simulated is Simulated.UNKNOWN:
            await self.fetch_parameters()
        return self.state().simulated

    async def verify_plan(self, plan: PlanItems) -> bool:
        """Read everything back and return whether it is `plan`; changes nothing on board. Errors as `upload_plan`."""
        with self._alone():
            transfer = self._transfer()
            for kind, items in plan.parts():
                if differences(items, await transfer.read(kind), kind):
                    self.contact.tracker.plan_on_board = None
                    return False
            self.contact.tracker.plan_on_board = plan.name
            return True

    async def verify_limits(self, plan: PlanItems) -> bool:
        """Read fence and rally points back, which change without a word, and return whether they are the plan's.

        Errors as `upload_plan`.
        """
        with self._alone():
            transfer = self._transfer()
            for kind, items in ((MissionType.FENCE, plan.fence), (MissionType.RALLY, plan.rally)):
                if differences(items, await transfer.read(kind), kind):
                    self.contact.tracker.plan_on_board = None
                    return False
        return True

    async def read_items(self, kind: MissionType) -> tuple[MissionItem, ...]:
        """Return the list on board; raises ExpiredError, RefusedError or UnavailableError."""
        return await self._transfer().read(kind)

    async def fetch_parameters(self) -> Mapping[str, float]:
        """Return all parameters.

        Raises UnavailableError if it is not heard or does not say how many it has, ExpiredError if some stay missing.
        """
        self._require_link()
        result = await self.contact.conversation.run(ParameterFetch(self.contact.target))
        if not result.complete:
            raise not_read(result)
        self.contact.tracker.parameters_read(dict(result.values))
        return result.values

    async def read_parameter(self, name: str) -> float | None:
        """Return a parameter's value; None if the aircraft has none of that name or does not answer."""
        self._require_link()
        return (await self.contact.conversation.run(ParameterRead(self.contact.target, name))).value

    async def set_parameter(self, name: str, value: float, *, author: str = "station") -> None:
        """Set one parameter, as `set_parameters`."""
        await self.set_parameters({name: value}, author=author)

    async def set_parameters(self, values: Mapping[str, float], *, author: str = "station") -> None:
        """Set parameters, several under way at once, and read each back, once all of it is in the audit chain.

        Raises RefusedError on the wrong side of the drill wall or for the first one that stays another value,
        ExpiredError for the first one without an answer (what could be set is set then), UnavailableError if it is not
        heard or the audit chain cannot be written (nothing is sent then).
        """
        require_realm(self._realm, await self.identify())
        for name, value in values.items():
            await self._ledger.note_parameter(self.id, name, value, author=author)
        await set_parameters(self.contact, values)

    async def begin(
        self,
        action: Action,
        *,
        author: str,
        command_id: CommandId | None = None,
        alt_home_m: float = 10.0,
        gate: Gate | None = None,
    ) -> FlightCommand:
        """Give a flight command and return it once it is on paper; `end_of` tells how it ends.

        Raises ConflictError where the aircraft's situation does not allow it, RefusedError for a flight or a restart
        on the wrong side of the drill wall, UnavailableError if its beginning cannot be written down (nothing is sent
        then). What is safer (`SAFER`) goes out whatever became of its paper.
        """
        flown = manoeuvre(action, self.contact.target, alt_home_m=alt_home_m)
        if flown.starts_a_flight:
            self._require_ready()
        if action is Action.RESTART and self.state().armed:
            raise ConflictError(
                Text("飛行中は再起動できません", "an armed aircraft cannot be restarted"),
                Text("着陸してください", "land"),
            )
        if action is Action.RESTART:
            require_realm(self._realm, await self.identify())
        detail: dict[str, object] = {"plan": self.state().plan_on_board}
        if action is Action.TAKE_OFF:
            detail["alt_home_m"] = alt_home_m
        if action is Action.START_MISSION and self.contact.recorder is not None:
            self.contact.recorder.start(_flight_name(self))
        deadline_s = self.contact.clock.monotonic_s() + flown.lifetime_s
        turn = self._turns.arrive(action)
        with self._noted_as_starting(flown):
            command = await self._ledger.open(
                action, self.id, author=author, lifetime_s=flown.lifetime_s, detail=detail, command_id=command_id
            )
            if not self._turns.take(turn, action):
                return self._ledger.advance(command.id, CommandState.EXPIRED, REPLACED)
            await self._pilot.begin(command, flown, deadline_s=deadline_s, gate=gate)
        return self._ledger.command(command.id)

    async def end_of(self, command_id: CommandId) -> FlightCommand:
        """Wait for the end of a command and return it."""
        return await self._pilot.end_of(command_id)

    async def order(self, action: Action, *, author: str, alt_home_m: float = 10.0) -> FlightCommand:
        """Give a flight command and return it as it ended. Errors as `begin`."""
        command = await self.begin(action, author=author, alt_home_m=alt_home_m)
        return await self.end_of(command.id)

    async def close(self) -> None:
        """Stop sending what is being sent; the aircraft flies on as it was told."""
        await self._pilot.abandon()
        if self.contact.recorder is not None:
            await self.contact.recorder.stop()

    @contextmanager
    def _noted_as_starting(self, flown: Manoeuvre) -> Iterator[None]:
        """While it is written down and handed to the pilot, who then knows."""
        self._words_to_fly += flown.starts_a_flight
        try:
            yield
        finally:
            self._words_to_fly -= flown.starts_a_flight

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if self._transferring:
            raise ConflictError(
                Text("別の転送が進んでいます", "another transfer is under way"),
                Text("終わるまで待ってください", "wait until it has ended"),
            )
        self._transferring = True
        try:
            yield
        finally:
            self._transferring = False

    def tick(self, now_s: float) -> None:
        """Do what is due: a flight that was begun elsewhere, or before a restart, is recorded as well.

        The record ends five seconds after the aircraft disarmed.
        """
        self.contact.tick(now_s)
        recorder = self.contact.recorder
        if recorder is None:
            return
        if self.state().armed or self._pilot.busy:
            recorder.start(_flight_name(self))
            self._recorded_s = now_s
        elif now_s - self._recorded_s > _RECORD_ON_S:
            recorder.end()

    def _transfer(self) -> PlanTransfer:
        self._require_link()
        tracker = self.contact.tracker
        presence = _Presence(self.contact, tracker.reboots, tracker.sender_changes)
        return PlanTransfer(self.contact.target, self.contact.conversation, presence)

    def _require_link(self) -> None:
        if self.state().link is not LinkState.FRESH:
            raise not_heard(self.id)

    def _require_ready(self) -> None:
        state = self.state()
        self._require_link()
        require_realm(self._realm, state.simulated)
        refusal: FleetError | None = None
        if state.in_air:
            refusal = ConflictError(
                Text("機体はもう飛んでいます", "the aircraft is flying already"),
                Text("続きを飛ぶには「飛行再開」を使ってください", "use resume to go on"),
            )
        elif self._transferring:
            refusal = ConflictError(
                Text("計画の転送中は飛べません", "it cannot fly while a plan is being moved"),
                Text("転送が終わるまで待ってください", "wait until the transfer has ended"),
            )
        elif state.plan_on_board is None:
            refusal = ConflictError(
                Text(
                    "機体の計画が、送った計画と同じだと確認できていません",
                    "what is on board was not read back equal to a plan",
                ),
                Text("計画を送ってください", "send the plan"),
            )
        if refusal is not None:
            raise refusal


def not_heard(vehicle_id: VehicleId) -> UnavailableError:
    """Return the error for an aircraft that is not heard now."""
    return UnavailableError(
        Text(f"機体 {vehicle_id} の電波が届いていません", f"the aircraft {vehicle_id} is not heard"),
        Text("機体の電源、電波、リンクの宛先を確かめてください", "check its power, the radio and the link's address"),
        vehicle_id=vehicle_id,
    )


def _flight_name(vehicle: Vehicle) -> str:
    stamp = iso_utc(vehicle.contact.clock.now_s()).replace(":", "").replace(".", "-")
    return f"{vehicle.id}-{stamp}"
