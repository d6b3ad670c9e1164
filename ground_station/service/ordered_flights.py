"""Flights that were ordered just before the station stopped: did they begin? Nobody may be left guessing."""

from dataclasses import replace

from fleet.ids import DeliveryId
from fleet.text import Text
from ground_station.flight.vehicles.state import LinkState, VehicleState
from ground_station.service.delivery import Delivery, DeliveryState
from ground_station.service.delivery_book import DeliveryBook

_UNKNOWN = Text(
    "地上局が止まっている間に、飛んだかどうかわかりません",
    "the station was down, so it is not known whether it flew",
)
_LOOK = Text(
    "機体と荷物を目で確かめ、点検をやり直してください", "look at the aircraft and the load, then do the checks again"
)


class OrderedFlights:
    """The deliveries that were found flying, but never seen in the air, when the station started."""

    def __init__(self, book: DeliveryBook) -> None:
        self._book = book
        self._unsure: set[DeliveryId] = {delivery.id for delivery in book.all.values() if _is_unsure(delivery)}

    async def look(self, state: VehicleState, now_s: float) -> None:
        """Bring a delivery back to its checks once its aircraft is heard standing on the ground; raises FleetError."""
        delivery = self._book.of_vehicle(state.vehicle_id)
        if delivery is None or delivery.id not in self._unsure or state.link is not LinkState.FRESH:
            return
        if state.armed or not _is_unsure(delivery):
            self._unsure.discard(delivery.id)
            return
        back = replace(delivery, state=DeliveryState.CHECKING, ticks={}, problem=_UNKNOWN, problem_cure=_LOOK)
        await self._book.save(back, now_s)
        self._unsure.discard(delivery.id)


def _is_unsure(delivery: Delivery) -> bool:
    return delivery.state is DeliveryState.FLYING and not delivery.progress.was_airborne
