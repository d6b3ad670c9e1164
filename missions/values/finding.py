"""What a check found: allowed, attention, or refused; with the rule, the place and the cure."""

from dataclasses import dataclass
from enum import StrEnum

from fleet.positions import LonLat
from fleet.text import Text


class Level(StrEnum):
    """How a finding counts. `refuse` cannot be overridden; `warn` needs a name and a reason."""

    OK = "ok"
    WARN = "warn"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cure:
    """What would mend it; `action` and `value` let a page offer it as one button (e.g. `remove_mass_kg`, 4.0)."""

    text: Text
    action: str | None = None
    value: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One result of one check."""

    level: Level
    rule: str
    text: Text
    at: LonLat | None = None
    leg: int | None = None
    cure: Cure | None = None
    source: str | None = None
