"""What the vehicle does by itself when the ground station is silent, the battery low, or a fence crossed."""

from dataclasses import dataclass

from sim.vehicle.modes import Mode
from sim.vehicle.parameters import ParameterStore

_CONTINUE_AUTO_GCS = 1 << 1
_CONTINUE_LANDING = 1 << 3
_CONTINUE_PILOT = 1 << 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """What to do: the modes to try in order (empty: only say so), the texts to say."""

    texts: tuple[str, ...]
    modes: tuple[Mode, ...] = ()
    terminate: bool = False


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

    def heard(self, now_s: float) -> Reaction | None:
        """Take note of a heartbeat."""
        self._heard_s = now_s
        if not self.active:
            return None
        self.active = False
        return Reaction(texts=("GCS Failsafe Cleared",))

    def check(self, now_s: float, mode: Mode) -> Reaction | None:
        """Return what to do now while armed."""
        enabled = int(self._params["FS_GCS_ENABLE"])
        if enabled == 0 or self._heard_s is None or self.active:
            return None
        if now_s - self._heard_s <= self._params["FS_GCS_TIMEOUT"]:
            return None
        self.active = True
        options = int(self._params["FS_OPTIONS"])
        goes_on = (
            (mode is Mode.AUTO and options & _CONTINUE_AUTO_GCS)
            or (mode is Mode.LAND and options & _CONTINUE_LANDING)
            or (mode in {Mode.STABILIZE, Mode.LOITER} and options & _CONTINUE_PILOT)
        )
        if goes_on:
            return Reaction(texts=(f"GCS Failsafe - Continuing {mode.name.title()}",))
        return Reaction(texts=("GCS Failsafe",), modes=_GCS_ACTIONS.get(enabled, (Mode.RTL, Mode.LAND)))


class BatteryWatch:
    """BATT_LOW_*, BATT_CRT_*: low voltage must last BATT_LOW_TIMER, used charge counts at once."""

    def __init__(self, params: ParameterStore) -> None:
        self._params = params
        self._below_since_s: dict[str, float] = {}
        self.level = 0

    def check(self, now_s: float, voltage_v: float, used_mah: float) -> Reaction | None:
        """Return what to do now while armed; each level is told once."""
        for level, prefix, word in ((2, "CRT", "critical"), (1, "LOW", "low")):
            if self.level >= level or not self._is_low(prefix, now_s, voltage_v, used_mah):
                continue
            self.level = level
            action = int(self._params[f"BATT_FS_{prefix}_ACT"])
            texts: tuple[str, ...] = (f"Battery 1 is {word} {voltage_v:.2f}V used {used_mah:.0f} mAh",)
            if action:
                texts += ("Battery Failsafe",)
            return Reaction(texts=texts, modes=_BATTERY_ACTIONS.get(action, ()), terminate=action == 5)
        return None

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
