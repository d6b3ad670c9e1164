"""Carries out flight commands on one aircraft: one at a time, the newest wins, each to an end that was observed."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeAlias

import structlog
from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.clock import Clock
from fleet.ids import CommandId
from fleet.text import Text
from ground_station.flight.protocols.command import Answer, CommandAnswer, CommandExchange
from ground_station.flight.vehicles.conversation import Conversation
from ground_station.flight.vehicles.flight_command import FLIGHT_STARTING, CommandState, FlightCommand
from ground_station.flight.vehicles.ledger import CommandLedger
from ground_station.flight.vehicles.manoeuvres import Manoeuvre, Step
from ground_station.flight.vehicles.state import Timing, VehicleState

_log = structlog.get_logger(__name__)

REPLACED = Text("新しい指示に置き換えられました", "a newer command took its place")
CONFIRM_WITHIN_S = 4.0
_CONFIRM_ANSWERS = 3.0
"""On a slow link a command may be asked three times before it is called unanswered."""
_REASON_S = 0.4
_WARNING = 5

_RESULTS = {
    dialect.MAV_RESULT_TEMPORARILY_REJECTED: Text("今はできません", "it cannot do that now"),
    dialect.MAV_RESULT_DENIED: Text("値が使えません", "it does not accept the values"),
    dialect.MAV_RESULT_UNSUPPORTED: Text("この機体にない機能です", "it does not know this command"),
    dialect.MAV_RESULT_FAILED: Text("実行できません", "it failed"),
    6: Text("取り消されました", "it was cancelled"),
}


Gate: TypeAlias = Callable[[], Awaitable[Text | None]]
"""A last look before the first step: why the command may not be carried out, or None."""


class Cockpit(Protocol):
    """What the pilot sees of the aircraft."""

    def state(self) -> VehicleState:
        """Return the aircraft as it is known now."""
        ...

    async def until_heard(self, deadline_s: float) -> None:
        """Wait for the first word of an aircraft that was never heard, until the monotonic `deadline_s` at most."""
        ...

    def silence_failsafe(self) -> Text:
        """Return what the aircraft does by itself if it does not hear us."""
        ...

    def discard_unsent(self) -> None:
        """Let nothing that was sent and not answered arrive late."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    state: CommandState
    text: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Underway:
    command: FlightCommand
    task: asyncio.Task[FlightCommand]


class Pilot:
    """Sends a manoeuvre's steps and watches. A newer command ends an older one that is still being sent."""

    def __init__(
        self, *, cockpit: Cockpit, conversation: Conversation, ledger: CommandLedger, clock: Clock, timing: Timing
    ) -> None:
        self._cockpit = cockpit
        self._conversation = conversation
        self._ledger = ledger
        self._clock = clock
        self._timing = timing
        self._underway: _Underway | None = None
        self._begun = 0
        self._ended: dict[CommandId, asyncio.Task[FlightCommand]] = {}

    @property
    def busy(self) -> bool:
        """Return True while a command has not ended."""
        return self._underway is not None and not self._underway.task.done()

    @property
    def is_starting(self) -> bool:
        """Return True while a command that starts a flight has not ended."""
        return self.busy and self._underway is not None and self._underway.command.action in FLIGHT_STARTING

    async def begin(
        self, command: FlightCommand, flown: Manoeuvre, *, deadline_s: float, gate: Gate | None = None
    ) -> None:
        """Start to carry out a command that is on paper; the one before it is over now.

        One that was overtaken by a newer one while the one before was ended is never sent, and ends as expired.

        Nothing is sent after the monotonic `deadline_s`, and nothing at all if `gate` has an objection.
        """
        self._begun += 1
        turn = self._begun
        await self.abandon()
        if turn != self._begun:
            self._ledger.advance(command.id, CommandState.EXPIRED, REPLACED)
            return
        task = asyncio.get_running_loop().create_task(self._carry_out(command, flown, deadline_s, gate))
        task.add_done_callback(partial(self._fell, command.id))
        self._underway = _Underway(command=command, task=task)
        self._ended = {command.id: task}

    async def end_of(self, command_id: CommandId) -> FlightCommand:
        """Wait for the end of a command; return it as it ended."""
        task = self._ended.get(command_id)
        if task is not None:
            await asyncio.wait({task})
        return self._ledger.command(command_id)

    async def abandon(self) -> None:
        """Stop sending the command under way, if there is one; it ends as expired."""
        underway, self._underway = self._underway, None
        if underway is None or underway.task.done():
            return
        underway.task.cancel()
        # Before the task ends: who waits for that is told how the command ended, and may be woken first.
        self._ledger.advance(underway.command.id, CommandState.EXPIRED, REPLACED)
        await asyncio.gather(underway.task, return_exceptions=True)

    def _fell(self, command_id: CommandId, task: asyncio.Task[FlightCommand]) -> None:
        """End a command whose work ended by a mistake of ours: else it would stand as under way for ever."""
        command = self._ledger.find(command_id)
        if command is None or command.state.is_end:
            return
        error = asyncio.CancelledError() if task.cancelled() else task.exception()
        _log.error("the work on a command fell", command=command_id, exc_info=error)
        end = self._unconfirmed(
            Text("地上局の処理が思わぬ誤りで止まりました", "the station's work on it ended by an unforeseen error")
        )
        self._ledger.advance(command_id, end.state, end.text)

    async def _carry_out(
        self, command: FlightCommand, flown: Manoeuvre, deadline_s: float, gate: Gate | None
    ) -> FlightCommand:
        objection = None if gate is None else await gate()
        if objection is not None:
            return self._ledger.advance(command.id, CommandState.REFUSED, objection)
        await self._cockpit.until_heard(deadline_s)
        before = self._cockpit.state()
        end: _End | None = None
        for step in flown.steps:
            end = await self._take_step(command.id, step, before, deadline_s)
            if end is not None:
                break
        if end is None:
            end = await self._observe(command.id, flown)
        return self._ledger.advance(command.id, end.state, end.text)

    async def _observe(self, command_id: CommandId, flown: Manoeuvre) -> _End:
        self._ledger.advance(command_id, CommandState.RUNNING)
        before = self._cockpit.state()
        within_s = self._timing.real_s(flown.done_within_s, at_least_s=3.0)
        if await self._conversation.until(self._shown(flown.done, before), within_s):
            return _End(state=CommandState.DONE)
        return self._unconfirmed(
            Text("機体は受領しましたが、動きが確認できません", "it accepted, but no movement was seen")
        )

    async def _take_step(
        self, command_id: CommandId, step: Step, before: VehicleState, deadline_s: float
    ) -> _End | None:
        """Return None once the step is seen to have worked, else how the command ends."""
        shown = self._shown(step.seen, before)
        answer, reason = await self._ask(step, deadline_s)
        if answer.answer is Answer.REFUSED:
            if step.instead is not None and self._clock.monotonic_s() < deadline_s:
                return await self._take_step(command_id, step.instead, before, deadline_s)
            return _End(state=CommandState.REFUSED, text=_refusal(step, answer, reason))
        if answer.answer is Answer.SILENT and not shown():
            return self._unanswered(answer)
        self._ledger.advance(command_id, CommandState.ACCEPTED)
        within_s = self._timing.real_s(step.seen_within_s, at_least_s=3.0)
        if await self._conversation.until(shown, within_s):
            return None
        return self._unconfirmed(
            Text(f"「{step.name.ja}」になったことが確認できません", f"{step.name.en!r} was accepted but not seen")
        )

    async def _ask(self, step: Step, deadline_s: float) -> tuple[CommandAnswer, str]:
        """Send the step's command until it is answered; a refused one again where that is foreseen."""
        for attempt in range(1, step.tries_if_refused + 1):
            asked_s = self._clock.monotonic_s()
            within_s = max(CONFIRM_WITHIN_S, _CONFIRM_ANSWERS * self._conversation.pace().answer_s(unmeasured_s=1.0))
            expires_s = min(deadline_s, asked_s + within_s)
            exchange = CommandExchange(
                command=step.command,
                make=step.make,
                expires_s=expires_s,
            )
            answer = await self._conversation.run(exchange)
            if answer.answer is not Answer.REFUSED:
                return answer, ""
            reason = await self._reason_since(asked_s)
            if attempt < step.tries_if_refused:
                await asyncio.sleep(self._timing.real_s(1.0, at_least_s=0.2))
        return answer, reason

    async def _reason_since(self, asked_s: float) -> str:
        """Return what the aircraft said about its refusal; the text may come a little after the answer."""

        def said() -> list[str]:
            return [
                text.text
                for text in self._cockpit.state().texts
                if text.received_s >= asked_s and text.severity <= _WARNING
            ]

        await self._conversation.until(lambda: bool(said()), _REASON_S)
        return "; ".join(dict.fromkeys(said()))

    def _shown(
        self, evidence: Callable[[VehicleState, VehicleState], bool], before: VehicleState
    ) -> Callable[[], bool]:
        def shown() -> bool:
            now = self._cockpit.state()
            return now.heartbeat_is_fresh(self._timing) and evidence(before, now)

        return shown

    def _unanswered(self, answer: CommandAnswer) -> _End:
        if answer.sent == 0:
            return _End(
                state=CommandState.EXPIRED,
                text=Text("期限が過ぎたため送りませんでした", "its time was over, so it was not sent"),
            )
        self._cockpit.discard_unsent()
        return self._unconfirmed(Text("機体から返事がありません", "the aircraft did not answer"))

    def _unconfirmed(self, what: Text) -> _End:
        failsafe = self._cockpit.silence_failsafe()
        return _End(
            state=CommandState.NOT_CONFIRMED,
            text=Text(f"未確認: {what.ja}。{failsafe.ja}", f"not confirmed: {what.en}; {failsafe.en}"),
        )


def _refusal(step: Step, answer: CommandAnswer, reason: str) -> Text:
    words = _RESULTS.get(answer.code or 0, Text(f"番号 {answer.code}", f"result {answer.code}"))
    said = f": {reason}" if reason else ""
    return Text(
        f"機体が「{step.name.ja}」を断りました（{words.ja}{said}）",
        f"the aircraft refused {step.name.en!r}: {words.en}{said}",
    )
