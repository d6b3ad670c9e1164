"""How old an order may be when it comes, to the edge, for every way it can be told."""

import asyncio
import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from fleet.clock import ManualClock
from fleet.errors import ExpiredError
from fleet.ids import CommandId, VehicleId
from fleet.realm import Realm
from ground_station.flight import wire
from ground_station.flight.autopilot_station import VehicleSetting
from ground_station.flight.core import CoreServices, FlightCore
from ground_station.flight.journal_port import MemoryJournal
from ground_station.flight.links.address import parse_address
from ground_station.flight.order import OLDEST_ORDER_S, Beat, Heard, Order, dated, staleness
from ground_station.flight.socket_server import FlightServer
from ground_station.flight.vehicles.flight_command import Action
from ground_station.flight.vehicles.state import Timing

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


@pytest.mark.parametrize("waited_s", [0.0, 0.5, 5.0, 5.1, 20.0, 3_600.0])
@pytest.mark.parametrize("action", Action)
def test_who_heard_no_beat_gives_orders_as_old_as_the_greeting_that_they_follow(
    action: Action, waited_s: float
) -> None:
    greeted = replace(NOW, stamp_s=NOW.stamp_s - waited_s)
    order = replace(ORDER, action=action)
    assert order.heard is None
    found = staleness(dated(order, greeted), NOW)
    assert (found is None) == (waited_s <= OLDEST_ORDER_S)


def test_a_greeting_makes_no_order_fresher_or_older_whose_giver_heard_a_beat() -> None:
    order = replace(ORDER, heard=Heard(beat=replace(NOW, stamp_s=990.0), elapsed_s=9.0))
    assert dated(order, replace(NOW, stamp_s=1.0)) == order


CONNECTED_S: Mapping[float, bool] = {0.0: True, 5.0: True, 5.1: False, 60.0: False, 7_200.0: False}
"""How long after the greeting an order that names no beat is taken in, s → whether it is carried out."""


@pytest.mark.parametrize("waited_s", CONNECTED_S)
@pytest.mark.parametrize("action", [Action.HOLD, Action.RECALL, Action.LAND])
async def test_an_order_over_the_socket_that_names_no_beat_is_too_old_five_seconds_after_the_greeting(
    action: Action, waited_s: float, tmp_path: Path
) -> None:
    clock = ManualClock()
    setting = VehicleSetting(id=ORDER.vehicle_id, address=parse_address("tcp:127.0.0.1:9"))
    services = CoreServices(clock=clock, journal=MemoryJournal(clock), realm=Realm.DRILL, timing=Timing())
    path = tmp_path / "flight.sock"
    async with FlightServer(FlightCore([setting], services), path, realm=Realm.DRILL, town="aoba"):
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(wire.pack(wire.Hello(protocols=wire.PROTOCOLS, realm="drill", town="aoba")))
        assert isinstance(await wire.read_reply(reader), wire.Welcome)
        clock.advance(waited_s)
        writer.write(wire.pack(wire.CallBegin(order=replace(ORDER, action=action))))
        reply = await wire.read_reply(reader)
        writer.close()
    if CONNECTED_S[waited_s]:
        assert isinstance(reply, wire.Answer)
        return
    assert isinstance(reply, wire.Failure)
    assert isinstance(wire.error_of(reply), ExpiredError)


def test_the_oldest_order_is_what_the_pages_are_told() -> None:
    assert OLDEST_ORDER_S == 5.0


def test_without_a_height_a_take_off_climbs_to_ten_metres() -> None:
    assert (ORDER.alt_home_m, ORDER.digest) == (10.0, None)
