"""The parameter store: typed values by name, with the names that only appear once a feature is switched on."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from sim.vehicle.parameter_table import PARAMETER_TABLE


class ParameterType(IntEnum):
    """MAV_PARAM_TYPE, as far as ArduPilot uses it."""

    INT8 = 2
    INT16 = 4
    INT32 = 6
    REAL32 = 9


_TYPES = {
    "int8": ParameterType.INT8,
    "int16": ParameterType.INT16,
    "int32": ParameterType.INT32,
    "float": ParameterType.REAL32,
}
_RANGES = {
    ParameterType.INT8: (-128, 127),
    ParameterType.INT16: (-32768, 32767),
    ParameterType.INT32: (-(2**31), 2**31 - 1),
}
_SHOWN_WITH = {"GRIP_": "GRIP_ENABLE"}


@dataclass(slots=True, kw_only=True)
class Parameter:
    """One parameter as it stands now."""

    name: str
    type: ParameterType
    value: float


class ParameterStore:
    """All parameters of one vehicle. Float values are rounded to single precision, as they travel."""

    def __init__(self, overrides: dict[str, float] | None = None) -> None:
        self._all: dict[str, Parameter] = {}
        for line in PARAMETER_TABLE.split("\n"):
            if line:
                name, kind, value = line.split()
                self._all[name] = Parameter(name=name, type=_TYPES[kind], value=_single(float(value)))
        self.changes = 0
        self._shown: list[Parameter] = []
        self._index: dict[str, int] = {}
        self._values = {name: parameter.value for name, parameter in self._all.items()}
        self.on_change: Callable[[str, float], None] = lambda _name, _value: None
        self._show()
        for name, wanted in (overrides or {}).items():
            self._store(self._all[name], wanted)
        self._show()

    def __len__(self) -> int:
        """Return how many are shown now."""
        return len(self._shown)

    def __getitem__(self, name: str) -> float:
        """Return a value; KeyError for a name that this firmware does not know."""
        return self._values[name]

    def shown(self, name: str) -> Parameter | None:
        """Return a parameter that a ground station can see, or None."""
        index = self._index.get(name)
        return None if index is None else self._shown[index]

    def at(self, index: int) -> Parameter | None:
        """Return the parameter at an index of the list, or None."""
        return self._shown[index] if 0 <= index < len(self._shown) else None

    def index_of(self, name: str) -> int:
        """Return a shown parameter's index."""
        return self._index[name]

    def set(self, name: str, value: float) -> Parameter | None:
        """Set a shown parameter as its type allows and return it; None if there is none of that name."""
        parameter = self.shown(name)
        if parameter is None or not np.isfinite(value):
            return parameter
        self._store(parameter, value)
        if name in _SHOWN_WITH.values():
            self._show()
        self.on_change(name, parameter.value)
        return parameter

    def _store(self, parameter: Parameter, value: float) -> None:
        limits = _RANGES.get(parameter.type)
        parameter.value = _single(value) if limits is None else float(min(max(round(value), limits[0]), limits[1]))
        self._values[parameter.name] = parameter.value
        self.changes += 1

    def _show(self) -> None:
        self._shown = [p for p in self._all.values() if self._is_shown(p.name)]
        self._index = {p.name: i for i, p in enumerate(self._shown)}

    def _is_shown(self, name: str) -> bool:
        for prefix, switch in _SHOWN_WITH.items():
            if name.startswith(prefix) and name != switch:
                return self._values[switch] != 0.0
        return True


def _single(value: float) -> float:
    return float(np.float32(value))
