"""Says what was found broken: to the log, to who started the service, and to who looks with `kakehashi doctor`."""

import structlog

from fleet.set_aside import BrokenPart, BrokenParts, kept_aside
from kakehashi.events import tell
from kakehashi.home import Home

_log = structlog.get_logger(__name__)

EVENT = "set_aside"


def announced(service: str) -> BrokenParts:
    """Return a register whose findings are logged and told as events of `service`."""
    broken = BrokenParts()

    def announce(part: BrokenPart) -> None:
        # `told` keeps the terminal from showing the log's line beside the event.
        _log.error("set aside", what=part.what.en, kept_as=str(part.kept_as), told=True)
        what, cure = part.what, part.cure
        tell(EVENT, service, what=what.as_dict(), cure=cure.as_dict())

    broken.subscribe(announce)
    return broken


def lying_aside(home: Home) -> list[BrokenPart]:
    """Return everything of a realm, and of the towns, that was ever set aside and still lies there."""
    return kept_aside((home.root / home.realm.value, home.towns))
