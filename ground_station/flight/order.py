"""A flight order as it reaches the flight core, and whether it is still fresh. Pure.

A page's clock, a laptop's or a phone's, may be hours off; so an order never carries the time of day. It carries the
last beat that its page heard from the core (the core's boot id and its CLOCK_BOOTTIME), and the page's own elapsed time
since. The core alone judges the age, on a clock that goes on while the machine sleeps.
"""

from dataclasses import dataclass, replace

from fleet.ids import CommandId, VehicleId
from fleet.text import Text
from ground_station.flight.flight_plan import PlanDigest
from ground_station.flight.vehicles.flight_command import Action

OLDEST_ORDER_S = 5.0
"""An order older than this is not carried out any more, s."""
_CLOCKS_APART_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """A sign of life of the core: which boot of it, and its CLOCK_BOOTTIME, s."""

    boot_id: str
    stamp_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The last beat that whoever gives an order had heard, and how long ago, s on its own clock."""

    beat: Beat
    elapsed_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody wants of an aircraft. `id` is the giver's: the same id is the same order.

    `digest` names the flight for the word to fly. `heard` is None where the giver heard no beat yet; see `dated`.
    """

    id: CommandId
    vehicle_id: VehicleId
    action: Action
    author: str
    heard: Heard | None = None
    digest: PlanDigest | None = None
    alt_home_m: float = 10.0


def dated(order: Order, greeted: Beat) -> Order:
    """Return an order with an age: one that names no beat is as old as the core's own `greeted`.

    That is the beat at which the core greeted the connection that brings the order: nobody gives one before.
    """
    return order if order.heard is not None else replace(order, heard=Heard(beat=greeted, elapsed_s=0.0))


def staleness(order: Order, now: Beat) -> Text | None:
    """Return why an order is too old to be carried out, or None if it is fresh.

    An order of before the core's restart is old, and so is one that stood still on its way, at its giver or between.
    How old the picture was that its giver saw refuses nothing, and the giver's time of day plays no part.
    """
    heard = order.heard
    if heard is None:
        return None
    if heard.beat.boot_id != now.boot_id:
        return Text(
            "飛行の中枢が起動し直す前の画面からの指示なので、送りませんでした",
            "not sent: the order comes from a page of before the flight core's restart",
        )
    age_s = now.stamp_s - heard.beat.stamp_s - max(0.0, heard.elapsed_s)
    if not -_CLOCKS_APART_S <= age_s <= OLDEST_ORDER_S:
        return Text(
            f"指示が届くまでに {max(0.0, age_s):.0f} 秒たっていたので、送りませんでした",
            f"not sent: the order was {max(0.0, age_s):.0f} s old when it came",
        )
    return None
