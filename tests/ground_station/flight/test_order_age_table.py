"""How old an order may be when it comes, to the edge, for every way it can be told."""

import math
from collections.abc import Mapping
from dataclasses import replace

import pytest

from fleet.ids import CommandId, VehicleId
from ground_station.flight.order import OLDEST_ORDER_S, Beat, Heard, Order, staleness
from ground_station.flight.vehicles.flight_command import Action

NOW = Beat(boot_id="this boot", stamp_s=1_000.0)
ORDER = Order(id=CommandId("order-1"), vehicle_id=VehicleId("hato-1"), action=Action.LAND, author="hanako")

FRESH = None
AGES: Mapping[tuple[float, float], int | None] = {
    # The core's stamp of the last beat that was heard, the giver's own time since then → how old it is said to be, s.
    (1_000.0, 0.0): FRESH,
    (996.0, 0.0): FRESH,
    (995.0, 0.0): FRESH,  # five seconds on its way: the last moment
    (994.9, 0.0): 5,
    (980.0, 0.0): 20,  # the station was frozen
    (980.0, 20.0): FRESH,  # a page that waited 20 s before the button was pressed
    (980.0, 15.0): FRESH,
    (980.0, 14.4): 6,
    (-2_600.0, 10.0): 3_590,  # a laptop that slept for an hour: its own time stood still
    (1_000.5, 0.0): FRESH,  # two clocks are never quite one
    (1_000.6, 0.0): 0,  # from the future
    (1_000.0, 0.5): FRESH,
    (1_000.0, 0.6): 0,
    (996.0, -3.0): FRESH,  # time that runs backwards at the giver's makes nothing fresher or older
    (994.0, -60.0): 6,
    (994.0, -0.5): 6,
    (1_000.0, -60.0): FRESH,
    (1_000.0, math.inf): 0,
    (math.nan, 0.0): 0,
    (1_000.0, -math.inf): FRESH,
}


@pytest.mark.parametrize(("stamp_s", "elapsed_s"), AGES)
def test_an_order_is_carried_out_up_to_five_seconds_after_it_was_given(stamp_s: float, elapsed_s: float) -> None:
    told_s = AGES[stamp_s, elapsed_s]
    heard = Heard(beat=replace(NOW, stamp_s=stamp_s), elapsed_s=elapsed_s)
    found = staleness(replace(ORDER, heard=heard), NOW)
    if told_s is None:
        assert found is None
        return
    assert found is not None
    assert found.en == f"not sent: the order was {told_s} s old when it came"
    assert found.ja == f"指示が届くまでに {told_s} 秒たっていたので、送りませんでした"


@pytest.mark.parametrize("boot_id", ["", "this", "this boot ", "another"])
@pytest.mark.parametrize("stamp_s", [1_000.0, 0.0, 2_000.0])
def test_an_order_of_another_boot_is_never_carried_out(boot_id: str, stamp_s: float) -> None:
    heard = Heard(beat=Beat(boot_id=boot_id, stamp_s=stamp_s), elapsed_s=0.0)
    found = staleness(replace(ORDER, heard=heard), NOW)
    assert found is not None
    assert "before the flight core's restart" in found.en


def test_who_hears_no_beats_gives_fresh_orders() -> None:
    assert ORDER.heard is None
    assert staleness(ORDER, NOW) is None


def test_the_oldest_order_is_what_the_pages_are_told() -> None:
    assert OLDEST_ORDER_S == 5.0


def test_without_a_height_a_take_off_climbs_to_ten_metres() -> None:
    assert (ORDER.alt_home_m, ORDER.digest) == (10.0, None)
