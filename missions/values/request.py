"""A request: what is to go where, and who asked."""

from dataclasses import dataclass
from enum import IntEnum

from fleet.errors import InvalidValueError
from fleet.ids import RequestId, SiteId
from fleet.text import Text


class Urgency(IntEnum):
    """How much it matters; a larger number comes first."""

    ROUTINE = 1
    URGENT = 2
    LIFE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRequest:
    """One load to one landing site. Raises InvalidValueError for no name or a mass that is not 0–1000 kg."""

    id: RequestId
    item: str
    mass_kg: float
    site_id: SiteId
    urgency: Urgency
    requested_by: str
    requested_at_s: float
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be flown at all."""
        if not self.item.strip():
            raise InvalidValueError(
                Text("運ぶ物の名前がありません", "the load has no name"),
                Text("何を運ぶか入力してください", "say what is to be carried"),
            )
        if not 0.0 <= self.mass_kg <= 1000.0:
            raise InvalidValueError(
                Text(f"質量 {self.mass_kg} kg は使えません", f"a mass of {self.mass_kg} kg cannot be used"),
                Text("0 kg 以上で入力してください", "enter 0 kg or more"),
            )
