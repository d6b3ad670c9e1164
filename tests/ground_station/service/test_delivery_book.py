"""Memory and disk agree on every delivery and request, whatever the store raises and whenever its caller goes."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeAlias, cast

import pytest
from structlog.testing import capture_logs

from fleet.ids import DeliveryId, PlanId, RequestId, SiteId, VehicleId
from ground_station.service.delivery import Delivery, DeliveryState
from ground_station.service.delivery_book import DeliveryBook
from ground_station.service.request_book import RequestBook, RequestState, StationRequest
from tests.ground_station.service.desk_world import REQUEST, WISH
from tests.ground_station.service.errors_of_all_kinds import foreseen, named, of_the_store
from tests.ground_station.service.fake_core import Disk
from tests.telemetry.field import until

UPLOADING = Delivery(
    id=DeliveryId("d-1"),
    request_id=REQUEST,
    plan_id=PlanId("plan-1"),
    vehicle_id=VehicleId("hato-1"),
    site_id=SiteId("site"),
    item="水",
    mass_kg=4.0,
    state=DeliveryState.UPLOADING,
    created_at_s=0.0,
)
Contents: TypeAlias = tuple[dict[DeliveryId, Delivery], dict[RequestId, StationRequest]]
ERRORS = [*foreseen(), *of_the_store()]


class Books:
    """Both books on one disk, each with one entry."""

    def __init__(self) -> None:
        self.disk = Disk()
        self.deliveries, self.requests = self.opened()

    def opened(self) -> tuple[DeliveryBook, RequestBook]:
        documents = cast("Any", self.disk)
        return DeliveryBook(documents), RequestBook(documents)

    async def filled(self) -> "Books":
        await self.requests.add(WISH, 0.0)
        await self.deliveries.save(UPLOADING, 0.0)
        return self

    def in_memory(self) -> Contents:
        return dict(self.deliveries.all), dict(self.requests.all)

    def on_disk(self) -> Contents:
        deliveries, requests = self.opened()
        return dict(deliveries.all), dict(requests.all)


async def _new(books: Books) -> None:
    await books.deliveries.save(replace(UPLOADING, id=DeliveryId("d-2")), 1.0)


async def _moved(books: Books) -> None:
    await books.deliveries.save(replace(UPLOADING, state=DeliveryState.CHECKING), 1.0)


async def _gone_on(books: Books) -> None:
    await books.deliveries.save(replace(UPLOADING, upload_fraction=0.5), 9.0)


async def _with_request(books: Books) -> None:
    flying = replace(UPLOADING, state=DeliveryState.FLYING)
    entry = replace(books.requests.get(REQUEST), state=RequestState.FLYING)
    await books.deliveries.save_with(flying, books.requests, entry, 1.0)


async def _ended_after_restart(books: Books) -> None:
    await books.deliveries.end_unsent(1.0)


async def _request_added(books: Books) -> None:
    await books.requests.add(replace(WISH, request=replace(WISH.request, id=RequestId("request-2"))), 1.0)


async def _request_moved(books: Books) -> None:
    await books.requests.move(REQUEST, RequestState.FLYING, 1.0)


async def _request_planned(books: Books) -> None:
    await books.requests.planned(REQUEST, PlanId("plan-1"), 1.0)


async def _request_withdrawn(books: Books) -> None:
    await books.requests.withdraw(REQUEST, 1.0)


Change = Callable[[Books], Awaitable[None]]
CHANGES: list[Change] = [
    _new, _moved, _gone_on, _with_request, _ended_after_restart,
    _request_added, _request_moved, _request_planned, _request_withdrawn,
]  # fmt: skip
every_change = pytest.mark.parametrize("change", CHANGES)
every_error = pytest.mark.parametrize("error", ERRORS, ids=named)


@every_error
@every_change
async def test_what_the_store_did_not_take_is_in_memory_as_before_and_written_the_next_time(
    change: Change, error: Exception
) -> None:
    books = await Books().filled()
    before = books.in_memory()
    books.disk.refusal, books.disk.refuses = error, {books.disk.writes}
    with pytest.raises(type(error)):
        await change(books)
    assert books.in_memory() == before == books.on_disk()
    await change(books)
    assert books.in_memory() == books.on_disk() != before


@every_error
@every_change
async def test_what_the_store_took_and_raised_nevertheless_is_in_memory(change: Change, error: Exception) -> None:
    books = await Books().filled()
    before = books.in_memory()
    books.disk.refusal, books.disk.refuses_late = error, {books.disk.writes}
    with capture_logs():
        await change(books)
    assert books.in_memory() == books.on_disk() != before


@every_change
async def test_a_caller_that_goes_during_the_write_leaves_memory_and_disk_equal(change: Change) -> None:
    books = await Books().filled()
    before = books.in_memory()
    books.disk.may_write.clear()
    changing = asyncio.ensure_future(change(books))
    await until(lambda: books.disk.waits, within_s=5.0)
    changing.cancel()
    await asyncio.sleep(0.01)
    assert not changing.done()
    books.disk.may_write.set()
    await asyncio.wait([changing])
    assert changing.cancelled()
    assert books.in_memory() == books.on_disk() != before


async def test_a_delivery_of_which_nobody_knows_what_is_on_disk_is_written_even_unchanged() -> None:
    books = await Books().filled()
    books.disk.refusal, books.disk.refuses_late = OSError(5, "Input/output error"), {books.disk.writes}
    books.disk.unreadable = True
    with pytest.raises(OSError, match="Input/output"):
        await books.deliveries.save(replace(UPLOADING, state=DeliveryState.CHECKING), 1.0)
    assert books.on_disk() != books.in_memory()
    await books.deliveries.save(UPLOADING, 2.0)
    assert books.on_disk() == books.in_memory()


async def test_nobody_sees_a_change_before_it_is_on_disk() -> None:
    books = await Books().filled()
    told: list[DeliveryState] = []
    books.deliveries.subscribe(lambda delivery: told.append(delivery.state))
    books.disk.may_write.clear()
    changing = asyncio.ensure_future(_moved(books))
    await until(lambda: books.disk.waits, within_s=5.0)
    assert books.deliveries.get(UPLOADING.id).state is DeliveryState.UPLOADING
    assert told == []
    books.disk.may_write.set()
    await changing
    assert told == [DeliveryState.CHECKING]


@pytest.mark.parametrize("error", ERRORS, ids=named)
@pytest.mark.parametrize("change", CHANGES)
async def test_a_listener_that_falls_keeps_no_change_from_memory_nor_from_the_others(
    change: Change, error: Exception
) -> None:
    books = await Books().filled()
    heard: list[object] = []

    def falls(changed: object) -> None:
        raise error

    for book in (books.deliveries, books.requests):
        book.subscribe(falls)
        book.subscribe(heard.append)
    with capture_logs() as logs:
        await change(books)
    assert books.in_memory() == books.on_disk()
    assert heard
    assert [line["exc_info"] for line in logs if line["event"] == "a listener fell"] == [error] * len(heard)


async def test_both_of_a_pair_are_in_memory_before_anybody_hears_of_one() -> None:
    books = await Books().filled()
    seen: list[tuple[DeliveryState, RequestState]] = []

    def look(_: object) -> None:
        seen.append((books.deliveries.get(UPLOADING.id).state, books.requests.get(REQUEST).state))

    books.deliveries.subscribe(look)
    books.requests.subscribe(look)
    await _with_request(books)
    assert seen == [(DeliveryState.FLYING, RequestState.FLYING)] * 2
