"""What an aircraft is made of, as far as its motion and its energy go.

The defaults are fitted to the recorded flights of ArduCopter's simulated 3 kg quad: 28.1 A at 12.6 V in hover,
30.5 A climbing at 2.5 m/s, 26.9 A sinking at 1.5 m/s, 30.3 A at 10 m/s level with 27° of tilt.
"""

from dataclasses import dataclass

from fleet.errors import InvalidValueError
from fleet.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Airframe:
    """Masses in kg, power in W at `empty_mass_kg` in hover.

    Drag decelerates the empty aircraft by `drag_linear_per_s · v + drag_quadratic_per_m · v²` m/s². Power follows
    hover power · (mass ratio)^1.5 · (thrust ÷ weight)^`thrust_exponent` + `climb_efficiency` · weight · climb rate.
    Raises InvalidValueError for a mass or power that is not positive.
    """

    empty_mass_kg: float = 3.0
    hover_power_w: float = 354.0
    drag_linear_per_s: float = 0.222
    drag_quadratic_per_m: float = 0.0288
    thrust_exponent: float = 0.7
    climb_efficiency: float = 0.14
    thrust_to_weight: float = 2.2
    attitude_lag_s: float = 0.15

    def __post_init__(self) -> None:
        """Refuse what cannot fly."""
        if self.empty_mass_kg <= 0.0 or self.hover_power_w <= 0.0 or self.thrust_to_weight <= 1.0:
            raise InvalidValueError(
                Text(
                    "機体の質量・電力・推力が正しくありません", "the airframe's mass, power or thrust cannot be right"
                ),
                Text("機体の設定を見直してください", "check the aircraft's settings"),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryPack:
    """A battery: open-circuit volts fall straight from `full_v` to `empty_v` as it is used.

    The default holds its voltage, as ArduCopter's simulated one does. Raises InvalidValueError for no capacity.
    """

    capacity_mah: float = 3300.0
    full_v: float = 12.6
    empty_v: float = 12.6
    resistance_ohm: float = 0.0

    def __post_init__(self) -> None:
        """Refuse an empty battery."""
        if self.capacity_mah <= 0.0 or self.empty_v <= 0.0 or self.full_v < self.empty_v:
            raise InvalidValueError(
                Text("電池の容量・電圧が正しくありません", "the battery's capacity or voltage cannot be right"),
                Text("電池の設定を見直してください", "check the battery's settings"),
            )
