"""Places at a service's door: who has to go when more want in than there is room for. Pure.

A connection is a *stranger* until a request of it has proved a sign-in. Nobody who comes is refused: at a limit the
one that has waited longest makes room, strangers without a request under way first. Strangers can never hold more
than their share, so that whoever is signed in always finds a place.

An app tells that a request proved a sign-in with `prove_place(scope, who)`; it needs nothing else of this module.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from typing import Any

from fleet.errors import InvalidValueError
from fleet.text import Text

PLACE_EXTENSION = "kakehashi.place"
"""The ASGI scope extension: under `prove` a callable that takes who it is, callable from any thread."""

FOR_EVER_S = float("inf")


def prove_place(scope: Mapping[str, Any], who: str) -> None:
    """Say that the request or WebSocket of an ASGI scope proved a sign-in; nothing where no door of ours stands."""
    extension = (scope.get("extensions") or {}).get(PLACE_EXTENSION)
    if extension is not None:
        extension["prove"](who)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceLimits:
    """How many connections there may be.

    `total` in all; `strangers` of those without a sign-in; `per_address` of these from one address; `busy_strangers`
    of these with a request under way; `per_person` with the same sign-in.
    """

    total: int
    strangers: int
    per_address: int
    busy_strangers: int
    per_person: int

    def __post_init__(self) -> None:
        """Refuse limits under which somebody who comes would find no place at all."""
        least = min(self.strangers, self.per_address, self.busy_strangers, self.per_person)
        if least < 1 or self.strangers >= self.total:
            raise InvalidValueError(
                Text("接続数の上限が正しくありません", "the limits of connections leave no place"),
                Text("どの上限も 1 以上、知らない相手の上限は全体より小さくしてください", "use at least 1 for each"),
            )

    @classmethod
    def of(cls, total: int) -> "PlaceLimits":
        """Return the limits for so many: a quarter is kept for who is signed in, and one address takes half at most."""
        total = max(total, 16)
        return cls(
            total=total,
            strangers=total - total // 4,
            per_address=total // 2,
            busy_strangers=min(max(total // 4, 4), 256),
            per_person=total // 2,
        )


@dataclass(slots=True, kw_only=True, eq=False)
class Place:
    """One connection's place. `deadline_s` is when it is overdue, in the door's own seconds."""

    address: str
    turn_out: Callable[[], None]
    deadline_s: float = FOR_EVER_S
    who: str | None = None
    busy: bool = False


@dataclass(slots=True)
class _Lines:
    """Places in the order they came: those without a request under way, and those with one."""

    idle: OrderedDict[Place, None] = field(default_factory=OrderedDict)
    busy: OrderedDict[Place, None] = field(default_factory=OrderedDict)

    def __len__(self) -> int:
        return len(self.idle) + len(self.busy)

    def add(self, place: Place) -> None:
        (self.busy if place.busy else self.idle)[place] = None

    def remove(self, place: Place) -> None:
        self.idle.pop(place, None)
        self.busy.pop(place, None)

    def oldest(self, spared: Place) -> Place | None:
        """Return who has to go first; None if there is nobody but `spared`."""
        return _first(self.idle, spared) or _first(self.busy, spared)


class Places:
    """Everybody who is inside. Belongs to one thread; every call costs the same however many there are."""

    def __init__(self, limits: PlaceLimits) -> None:
        self.limits = limits
        self.turned_out = 0
        self._strangers = _Lines()
        self._proved = _Lines()
        self._by_address: dict[str, _Lines] = {}
        self._by_person: dict[str, _Lines] = {}

    def __len__(self) -> int:
        """Return how many are inside."""
        return len(self._strangers) + len(self._proved)

    @property
    def strangers(self) -> int:
        """Return how many of them proved nothing."""
        return len(self._strangers)

    def enter(self, address: str, turn_out: Callable[[], None], deadline_s: float = FOR_EVER_S) -> Place:
        """Take somebody in, and turn out who has to make room: `turn_out` of theirs is called."""
        place = Place(address=neighbourhood(address), turn_out=turn_out, deadline_s=deadline_s)
        self._add(place)
        self._make_room(self._by_address[place.address], self.limits.per_address, place)
        self._make_room(self._strangers, self.limits.strangers, place)
        if len(self) > self.limits.total:
            self._turn_out(self._strangers.oldest(place) or self._proved.oldest(place))
        return place

    def leave(self, place: Place) -> None:
        """Forget somebody who is gone; a second time changes nothing."""
        self._remove(place)

    def prove(self, place: Place, who: str) -> None:
        """Give somebody who proved to be `who` a place that strangers cannot take."""
        if place.who == who or not self._is_inside(place):
            return
        self._remove(place)
        place.who = who
        self._add(place)
        self._make_room(self._by_person[who], self.limits.per_person, place)

    def set_busy(self, place: Place, *, busy: bool) -> None:
        """Note whether a request of theirs is under way."""
        if place.busy is busy or not self._is_inside(place):
            return
        self._remove(place)
        place.busy = busy
        self._add(place)
        while len(self._strangers.busy) > self.limits.busy_strangers:
            self._turn_out(_first(self._strangers.busy, place))

    def turn_out_all(self) -> None:
        """Turn everybody out."""
        for lines in (self._strangers, self._proved):
            for place in (*lines.idle, *lines.busy):
                self._turn_out(place)

    def overdue(self, now_s: float) -> list[Place]:
        """Return those whose deadline is over."""
        everybody = (self._strangers.idle, self._strangers.busy, self._proved.idle, self._proved.busy)
        return [place for line in everybody for place in line if place.deadline_s <= now_s]

    def _make_room(self, lines: _Lines, most: int, spared: Place) -> None:
        while len(lines) > most:
            self._turn_out(lines.oldest(spared))

    def _turn_out(self, place: Place | None) -> None:
        if place is None:
            return
        self._remove(place)
        self.turned_out += 1
        place.turn_out()

    def _is_inside(self, place: Place) -> bool:
        lines = self._strangers if place.who is None else self._proved
        return place in lines.idle or place in lines.busy

    def _add(self, place: Place) -> None:
        (self._strangers if place.who is None else self._proved).add(place)
        key, group = self._group(place)
        group.setdefault(key, _Lines()).add(place)

    def _remove(self, place: Place) -> None:
        (self._strangers if place.who is None else self._proved).remove(place)
        key, group = self._group(place)
        lines = group.get(key)
        if lines is not None:
            lines.remove(place)
            if not lines:
                del group[key]

    def _group(self, place: Place) -> tuple[str, dict[str, _Lines]]:
        return (place.address, self._by_address) if place.who is None else (place.who, self._by_person)


def _first(line: OrderedDict[Place, None], spared: Place) -> Place | None:
    return next((place for place in line if place is not spared), None)


def neighbourhood(address: str) -> str:
    """Return what counts as one address: IPv6 hands a whole /64 to one subscriber (RFC 6177)."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Address(int(parsed) >> 64 << 64)) + "/64"
