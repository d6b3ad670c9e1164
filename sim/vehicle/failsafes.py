"""What the vehicle does by itself when the ground station is silent, the battery low, or a fence crossed.

The order of the branches is ArduCopter's (`events.cpp`, `fence.cpp`): on the ground it disarms; a landing goes on only
where FS_OPTIONS or a battery that asks for a landing says so; else the action of the parameter is taken.
"""

from dataclasses import dataclass

from sim.vehicle.modes import Mode
from sim.vehicle.parameters import ParameterStore

_CONTINUE_AUTO_GCS = 1 << 1
_CONTINUE_LANDING = 1 << 3
_CONTINUE_PILOT = 1 << 4
_PILOT_MODES = frozenset({Mode.STABILIZE, Mode.LOITER, Mode.BRAKE})


# As the firmware ranks what a battery asks for: a lesser action never follows a greater one.
_BATTERY_RANKS = {5: 0, 1: 1, 2: 2, 4: 3, 3: 4, 0: 5}
_LAND_RANK = 1
_LOWEST_RANK = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What decides a failsafe's branch: `grounded` if it stands and may disarm, `landing` if it sinks to land."""

    mode: Mode
    grounded: bool
    landing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """What to do: the modes to try in order (empty: only say so), the texts to say, whether to stop the motors."""

    texts: tuple[str, ...]
    modes: tuple[Mode, ...] = ()
    disarm: bool = False


_GCS_ACTIONS: dict[int, tuple[Mode, ...]] = {
    1: (Mode.RTL, Mode.LAND),
    2: (Mode.RTL, Mode.LAND),
    3: (Mode.SMART_RTL, Mode.RTL, Mode.LAND),
    4: (Mode.SMART_RTL, Mode.LAND),
    5: (Mode.LAND,),
    7: (Mode.BRAKE, Mode.LAND),
}
_BATTERY_ACTIONS: dict[int, tuple[Mode, ...]] = {
    1: (Mode.LAND,),
    2: (Mode.RTL, Mode.LAND),
    3: (Mode.SMART_RTL, Mode.RTL, Mode.LAND),
    4: (Mode.SMART_RTL, Mode.LAND),
    6: (Mode.RTL, Mode.LAND),
    7: (Mode.BRAKE, Mode.LAND),
}
_FENCE_ACTIONS: dict[int, tuple[Mode, ...]] = {
    1: (Mode.RTL, Mode.LAND),
    2: (Mode.LAND,),
    3: (Mode.SMART_RTL, Mode.RTL, Mode.LAND),
    4: (Mode.BRAKE, Mode.LAND),
    5: (Mode.SMART_RTL, Mode.LAND),
}


class SilenceWatch:
    """FS_GCS_ENABLE, FS_GCS_TIMEOUT: watches heartbeats of the ground station."""

    def __init__(self, params: ParameterStore) -> None:
        self._params = params
        self._heard_s: float | None = None
        self.active = False

    def heard(self, now_s: float) -> bool:
        """Take note of a heartbeat; True if it ends a failsafe."""
        self._heard_s = now_s
        was_active, self.active = self.active, False
        return was_active

    def check(self, now_s: float, situation: Situation, *, battery_lands: bool) -> Reaction | None:
        """Return what to do now while armed; `battery_lands` says that the battery has asked for a landing."""
        enabled = int(self._params["FS_GCS_ENABLE"])
        if enabled == 0 or self._heard_s is None or self.active:
            return None
        if now_s - self._heard_s <= self._params["FS_GCS_TIMEOUT"]:
            return None
        self.active = True
        return self._answer(enabled, situation, battery_lands)

    def _answer(self, enabled: int, situation: Situation, battery_lands: bool) -> Reaction:
        options = int(self._params["FS_OPTIONS"])
        if situation.grounded:
            return Reaction(texts=("GCS Failsafe - Disarming",), disarm=True)
        if situation.landing and battery_lands:
            return Reaction(texts=("GCS + Battery Failsafe - Continuing Landing",), modes=(Mode.LAND,))
        if situation.landing and options & _CONTINUE_LANDING:
            return Reaction(texts=("GCS Failsafe - Continuing Landing",), modes=(Mode.LAND,))
        if situation.mode is Mode.AUTO and options & _CONTINUE_AUTO_GCS:
            return Reaction(texts=("GCS Failsafe - Continuing Auto Mode",))
        if situation.mode in _PILOT_MODES and options & _CONTINUE_PILOT:
            return Reaction(texts=("GCS Failsafe - Continuing Pilot Control",))
        return Reaction(texts=("GCS Failsafe",), modes=_GCS_ACTIONS.get(enabled, (Mode.RTL, Mode.LAND)))


class BatteryWatch:
    """BATT_LOW_*, BATT_CRT_*: low voltage must last BATT_LOW_TIMER, used charge counts at once."""

    def __init__(self, params: ParameterStore) -> None:
        self._params = params
        self._below_since_s: dict[str, float] = {}
        self.level = 0
        self._rank = _LOWEST_RANK

    @property
    def lands(self) -> bool:
        """Return whether it has asked for a landing, or for worse."""
        return self._rank <= _LAND_RANK

    def check(self, now_s: float, voltage_v: float, used_mah: float, situation: Situation) -> Reaction | None:
        """Return what to do now while armed; each level is told once."""
        for level, prefix, word in ((2, "CRT", "critical"), (1, "LOW", "low")):
            if self.level >= level or not self._is_low(prefix, now_s, voltage_v, used_mah):
                continue
            self.level = level
            action = int(self._params[f"BATT_FS_{prefix}_ACT"])
            return self._answer(f"Battery 1 is {word} {voltage_v:.2f}V used {used_mah:.0f} mAh", action, situation)
        return None

    def _answer(self, text: str, action: int, situation: Situation) -> Reaction:
        rank = _BATTERY_RANKS.get(action, _LOWEST_RANK)
        if rank > self._rank:
            return Reaction(texts=(text,))
        self._rank = rank
        if situation.grounded:
            return Reaction(texts=(text, "Battery Failsafe - Disarming"), disarm=True)
        if situation.landing and action and int(self._params["FS_OPTIONS"]) & _CONTINUE_LANDING:
            return Reaction(texts=(text, "Battery Failsafe - Continuing Landing"), modes=(Mode.LAND,))
        return Reaction(texts=(text, "Battery Failsafe"), modes=_BATTERY_ACTIONS.get(action, ()), disarm=action == 5)

    def _is_low(self, prefix: str, now_s: float, voltage_v: float, used_mah: float) -> bool:
        reserve = self._params[f"BATT_{prefix}_MAH"]
        if reserve > 0.0 and self._params["BATT_CAPACITY"] - used_mah < reserve:
            return True
        limit = self._params[f"BATT_{prefix}_VOLT"]
        if limit <= 0.0 or voltage_v >= limit:
            self._below_since_s.pop(prefix, None)
            return False
        since = self._below_since_s.setdefault(prefix, now_s)
        return now_s - since > self._params["BATT_LOW_TIMER"]


def fence_reaction(params: ParameterStore, names: str) -> Reaction:
    """Return what to do when fences are crossed."""
    modes = _FENCE_ACTIONS.get(int(params["FENCE_ACTION"]), ())
    return Reaction(texts=(f"{names} fence breached",), modes=modes)
