"""What the book of deliveries does when the disk does not take a change."""

from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from fleet.errors import UnavailableError
from fleet.ids import DeliveryId, PlanId, RequestId, SiteId, VehicleId
from fleet.text import Text
from ground_station.service.delivery import Delivery, DeliveryState
from ground_station.service.delivery_book import DeliveryBook


@dataclass
class Disk:
    full: bool = False
    kept: list[Any] = field(default_factory=list)

    def all(self, collection: str, kind: Any, key_of: Any = None) -> list[Any]:
        return []

    def put(self, collection: str, document_id: str, body: Any, at_s: float) -> None:
        if self.full:
            raise UnavailableError(Text("満杯", "full"))
        self.kept.append(body)


async def test_a_change_that_the_disk_refused_is_written_when_it_is_saved_again() -> None:
    disk = Disk(full=True)
    book = DeliveryBook(cast("Any", disk))
    delivery = Delivery(
        id=DeliveryId("d-1"),
        request_id=RequestId("r-1"),
        plan_id=PlanId("plan-1"),
        vehicle_id=VehicleId("hato-1"),
        site_id=SiteId("site"),
        item="水",
        mass_kg=4.0,
        state=DeliveryState.FLYING,
        created_at_s=0.0,
    )
    with pytest.raises(UnavailableError):
        await book.save(delivery, 0.0)
    disk.full = False
    await book.save(delivery, 1.0)
    assert disk.kept == [delivery]
