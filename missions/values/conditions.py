"""What holds at the moment of planning and is in neither the request nor the town."""

from dataclasses import dataclass

from fleet.errors import InvalidValueError
from fleet.ids import PlanId
from fleet.positions import Position
from fleet.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Wind, battery, time and place of the aircraft. Raises InvalidValueError for what cannot be.

    `wind_from_deg` is clockwise from true north; `battery_remaining_fraction` is None where nothing is known;
    `home` is where the aircraft really stands, None for its depot.
    """

    wind_mps: float
    wind_from_deg: float
    now_s: float
    plan_id: PlanId
    battery_remaining_fraction: float | None = None
    home: Position | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be measured."""
        if not 0.0 <= self.wind_mps <= 100.0 or not -360.0 <= self.wind_from_deg <= 360.0:
            raise InvalidValueError(
                Text(
                    f"風 {self.wind_mps} m/s・{self.wind_from_deg}° は使えません",
                    f"a wind of {self.wind_mps} m/s from {self.wind_from_deg}° cannot be used",
                ),
                Text("風速 0〜100 m/s、風向 0〜360°で入力してください", "enter 0–100 m/s and 0–360°"),
            )
        remaining = self.battery_remaining_fraction
        if remaining is not None and not 0.0 <= remaining <= 1.0:
            raise InvalidValueError(
                Text(f"電池残量 {remaining} は使えません", f"a battery level of {remaining} cannot be used"),
                Text("0〜1 で入力してください", "enter 0 to 1"),
            )
