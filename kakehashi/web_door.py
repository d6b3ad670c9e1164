"""The door of every HTTP service: who is inside, how long each may take, and who is closed to make room.

How many there may be is decided by `fleet.places`; the protocols that stand behind the door are in `web_protocols`. An
app says that a request proved a sign-in with `fleet.places.prove_place(scope, who)`; nobody else's connection can then
take that place.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from fleet.places import FOR_EVER_S, Place, PlaceLimits, Places

_log = structlog.get_logger(__name__)
_TELL_EVERY_S = 10.0
_CLOSED_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorTimes:
    """How long a connection may take, seconds.

    `head_s`: from the accept, or from the first byte of a later request, until its whole head is here.
    `body_s`: for each further kibibyte of a body, while the app reads.
    `answer_s`: for each further 16 KiB of an answer to be taken.
    `rest_s`: to throw away what still comes of a body whose request has been answered.
    `idle_s`, `idle_proved_s`: between two requests.
    `socket_s`: for a WebSocket to prove a sign-in.
    """

    head_s: float = 10.0
    body_s: float = 20.0
    answer_s: float = 60.0
    rest_s: float = 30.0
    idle_s: float = 10.0
    idle_proved_s: float = 60.0
    socket_s: float = 10.0


class Guest(Protocol):
    """The protocol object of a connection, as the door sees it."""

    def is_overdue(self, now_s: float) -> bool:
        """Return whether it has to go now that its deadline is over; if not, it has set itself another."""
        ...

    def has_proved(self) -> None:
        """Hear that its sign-in was proved."""
        ...


class Door:
    """The connections of one server. Belongs to its event loop; `now_s` gives seconds that never go back."""

    def __init__(
        self, limits: PlaceLimits, times: DoorTimes | None = None, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        self.places = Places(limits)
        self.times = times or DoorTimes()
        self.now_s = now_s
        self._guests: dict[Place, Guest] = {}
        self._told = 0
        self._told_at_s = -_TELL_EVERY_S

    def enter(self, guest: Guest, transport: asyncio.Transport, address: str) -> Place:
        """Give a new connection a place; another one may have to make room."""
        place = self.places.enter(address, transport.abort, self.now_s() + self.times.head_s)
        self._guests[place] = guest
        return place

    def hand_over(self, place: Place, guest: Guest) -> None:
        """Note that a connection has become a WebSocket."""
        self._guests[place] = guest
        self.places.set_busy(place, busy=True)
        place.deadline_s = FOR_EVER_S if place.who is not None else self.now_s() + self.times.socket_s

    def prove(self, place: Place, who: str) -> None:
        """Keep a connection's place for it from now on."""
        self.places.prove(place, who)
        guest = self._guests.get(place)
        if guest is not None:
            guest.has_proved()

    def leave(self, place: Place) -> None:
        """Forget a connection that is gone."""
        self.places.leave(place)
        self._guests.pop(place, None)

    def close_overdue(self) -> None:
        """End the connections whose time is over, 200 at most; call it some times a second."""
        now_s = self.now_s()
        for place in self.places.overdue(now_s)[:_CLOSED_AT_ONCE]:
            guest = self._guests.get(place)
            if guest is None or guest.is_overdue(now_s):
                place.turn_out()
        turned_out = self.places.turned_out
        if turned_out != self._told and now_s - self._told_at_s >= _TELL_EVERY_S:
            _log.warning("connections without sign-in were closed to make room", closed=turned_out - self._told)
            self._told, self._told_at_s = turned_out, now_s
