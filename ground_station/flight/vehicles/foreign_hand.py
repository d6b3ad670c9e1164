"""Sees that somebody else flies: a mode, an arming, a disarming or a plan that this station did not ask for. Pure.

What the autopilot does by itself it announces: by a text, a heartbeat that becomes critical or FENCE_STATUS, within 2 s
before or after, so a change is judged 2 s late. Its own are, too, the ways between AUTO and AUTO_RTL, the end of a
mission in the air, and the disarming on the ground. What happened while nobody heard it is its own if a failsafe could
have done it. Times are monotonic seconds.
"""

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from ground_station.flight.vehicles.asked import Asked
from ground_station.flight.vehicles.modes import CopterMode
from ground_station.flight.vehicles.telemetry import Heartbeat, LandedState, SystemStatus, Telemetry

_ANNOUNCED_WITHIN_S = 2.0
_ASKED_FOR_S = 10.0
_UNHEARD_S = 3.5
_STANDS_S = 60.0
_MOST_PENDING = 8
_MOST_ANNOUNCED = 16
_ANNOUNCED_APART_S = 0.4
_MOST_EXPECTED = 16
_MISSION_COMPLETE = 5
_EACH_IS_TOLD = 10
_MOVES_MPS = 1.0
_SINKS_MPS = 0.4
_OFF_THE_GROUND_M = 5.0
_FRESH_S = 5.0

_TAKES_OVER = re.compile(
    r"failsafe|fences? breach|ekf variance|terrain data missing|crash|terminat|smart ?rtl|avoid|parachute|land: |"
    r"mode change to .* failed"
)
_PLAN_CHANGED = re.compile(
    r"auto mission changed|flight plan received|fence (indexed|received)|fence(point)?s? cleared|rally points? received"
)
_BY_FAILSAFE = frozenset(
    {
        CopterMode.ALT_HOLD,
        CopterMode.AUTO,
        CopterMode.AUTO_RTL,
        CopterMode.AVOID_ADSB,
        CopterMode.BRAKE,
        CopterMode.LAND,
        CopterMode.RTL,
        CopterMode.SMART_RTL,
    }
)
_IN_A_MISSION = frozenset({CopterMode.AUTO, CopterMode.AUTO_RTL})
_AFTER_A_MISSION = frozenset({CopterMode.LAND, CopterMode.LOITER, CopterMode.RTL})
_CRITICAL = frozenset({SystemStatus.CRITICAL, SystemStatus.EMERGENCY, SystemStatus.TERMINATION})


class ForeignKind(StrEnum):
    """What somebody else did."""

    MODE = "mode"
    ARMED = "armed"
    DISARMED = "disarmed"
    PLAN = "plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignAct:
    """The last thing that somebody else did, at the monotonic `at_s`; the `count`th since this station was obeyed.

    Of many the first ten are told, then each tenth.
    """

    kind: ForeignKind
    mode_number: int
    at_s: float
    count: int


@dataclass(frozen=True, slots=True)
class _Pending:
    kind: ForeignKind
    mode_number: int
    at_s: float
    by_failsafe: bool


@dataclass(slots=True)
class ForeignHand:
    """Follows the heartbeats of one aircraft against what it was asked. The last act stands until it is over."""

    last: ForeignAct | None = None
    _count: int = 0
    _heartbeat: Heartbeat | None = None
    _pending: deque[_Pending] = field(default_factory=lambda: deque(maxlen=_MOST_PENDING))
    _expected: deque[tuple[float, Asked]] = field(default_factory=lambda: deque(maxlen=_MOST_EXPECTED))
    _announced: deque[float] = field(default_factory=lambda: deque(maxlen=_MOST_ANNOUNCED))

    def expect(self, asked: Asked, now_s: float, *, for_s: float = _ASKED_FOR_S) -> None:
        """Note what this station asks for; it explains what is seen for `for_s`. The last 16 asked count."""
        if self._expected and self._expected[-1][1] == asked:
            self._expected.pop()
        self._expected.append((now_s + for_s, asked))

    def heartbeat(self, now: Heartbeat, before: Telemetry) -> None:
        """Take a heartbeat; `before` is what was known when it came."""
        last, self._heartbeat = self._heartbeat, now
        at_s = now.received_s
        if now.system_status in _CRITICAL and (last is None or last.system_status not in _CRITICAL):
            self._announce(at_s)
        if last is None or now.system_status <= SystemStatus.CALIBRATING:
            return
        unheard = at_s - last.received_s > _UNHEARD_S
        if now.mode_number != last.mode_number:
            self._mode(now, last, before, unheard=unheard)
        if now.armed != last.armed:
            self._arming(now, before, unheard=unheard)

    def text(self, words: str, now_s: float) -> None:
        """Take a status text."""
        words = words.lower()
        if _TAKES_OVER.search(words) and "cleared" not in words:
            self._announce(now_s)
        if _PLAN_CHANGED.search(words) and not self._asked(now_s, lambda asked: asked.plan):
            mode = 0 if self._heartbeat is None else self._heartbeat.mode_number
            self._suspect(_Pending(ForeignKind.PLAN, mode, now_s, by_failsafe=False))

    def fence_breached(self, now_s: float) -> None:
        """Note that FENCE_STATUS tells of a breach now."""
        self._announce(now_s)

    def restarted(self) -> None:
        """Forget what was seen: a restart changes modes by itself."""
        self._heartbeat = None
        self._pending.clear()

    def judged(self, now_s: float) -> list[ForeignAct]:
        """Return what has proved by now to be somebody else's doing, each once."""
        found = []
        while self._pending and now_s - self._pending[0].at_s >= _ANNOUNCED_WITHIN_S:
            pending = self._pending.popleft()
            if pending.by_failsafe and self._was_announced(pending.at_s):
                continue
            self._count += 1
            if self._count > _EACH_IS_TOLD and self._count % _EACH_IS_TOLD:
                continue
            act = ForeignAct(kind=pending.kind, mode_number=pending.mode_number, at_s=pending.at_s, count=self._count)
            self.last = act
            found.append(act)
        if self.last is not None and self._is_over(self.last, now_s):
            self._settle()
        return found

    def _settle(self) -> None:
        self.last = None
        self._count = 0

    def _mode(self, now: Heartbeat, last: Heartbeat, before: Telemetry, *, unheard: bool) -> None:
        mode, at_s = now.mode_number, now.received_s
        if self._asked(at_s, lambda asked: mode in asked.modes):
            self._settle()
            return
        by_failsafe = mode in _BY_FAILSAFE
        by_itself = {mode, last.mode_number} == _IN_A_MISSION or (
            last.mode_number in _IN_A_MISSION and mode in _AFTER_A_MISSION and _has_ended(before)
        )
        if not by_itself and not (unheard and (by_failsafe or not now.armed)):
            self._suspect(_Pending(ForeignKind.MODE, mode, at_s, by_failsafe=by_failsafe))

    def _arming(self, now: Heartbeat, before: Telemetry, *, unheard: bool) -> None:
        if self._asked(now.received_s, lambda asked: asked.armed is now.armed):
            return
        if now.armed:
            self._suspect(_Pending(ForeignKind.ARMED, now.mode_number, now.received_s, by_failsafe=False))
        elif not unheard and _flies(before, now.received_s):
            self._suspect(_Pending(ForeignKind.DISARMED, now.mode_number, now.received_s, by_failsafe=True))

    def _suspect(self, pending: _Pending) -> None:
        if not self._pending or self._pending[-1].kind is not pending.kind or pending.kind is not ForeignKind.PLAN:
            self._pending.append(pending)

    def _asked(self, now_s: float, matches: Callable[[Asked], bool]) -> bool:
        return any(now_s <= until_s and matches(asked) for until_s, asked in self._expected)

    def _announce(self, at_s: float) -> None:
        if not self._announced or at_s - self._announced[-1] >= _ANNOUNCED_APART_S:
            self._announced.append(at_s)

    def _was_announced(self, at_s: float) -> bool:
        return any(abs(said_s - at_s) <= _ANNOUNCED_WITHIN_S for said_s in self._announced)

    def _is_over(self, last: ForeignAct, now_s: float) -> bool:
        flying = self._heartbeat is not None and self._heartbeat.armed
        return not flying and now_s - last.at_s > _STANDS_S


def _has_ended(known: Telemetry) -> bool:
    """Return True if the mission was flown to its end."""
    return known.mission is not None and known.mission.state == _MISSION_COMPLETE


def _flies(known: Telemetry, now_s: float) -> bool:
    """Return True if it was off the ground: it moved, or said that it flies and was high.

    On the ground an autopilot disarms by itself, and says that it landed up to a second after it did, so standing
    still near home or while landing is no flight.
    """
    motion, landed = known.motion, known.landed
    if motion is None or now_s - motion.received_s > _FRESH_S:
        return False
    state = LandedState.UNKNOWN if landed is None or now_s - landed.received_s > _FRESH_S else landed.state
    if state is LandedState.ON_GROUND:
        return False
    if abs(motion.climb_mps) > _SINKS_MPS or motion.groundspeed_mps > _MOVES_MPS:
        return True
    return state in {LandedState.IN_AIR, LandedState.TAKING_OFF} and motion.alt_home_m > _OFF_THE_GROUND_M
