"""The live state over days and over a database that is away, with a clock that is moved by hand."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from fleet.clock import ManualClock
from fleet.errors import UnavailableError
from fleet.ids import PictureId
from fleet.text import Text
from imagery.folder_store import FolderStore
from imagery.picture_reader import PictureReader
from imagery.pictures import PictureState
from portal.live import LiveState
from portal.live_hub import LiveHub
from telemetry.store_sql import SqlRecordStore
from tests.imagery.test_library_sql import BASE
from tests.town_office.field import VEHICLE, alert, delivery_state, request_state, small_town, vehicle_state
from tests.town_office.filling import T0, numbered
from town_office.alerts_sql import AlertList
from town_office.api.schemas import AlertOut
from town_office.deliveries_sql import DeliveryList
from town_office.live_feed import COLLECTIONS, LIVE_PICTURES, Ledgers, LiveFeed
from town_office.live_view import LiveView
from town_office.requests_sql import RequestLedger


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(T0 + 10.0)


@pytest.fixture
def hub(clock: ManualClock) -> LiveHub:
    return LiveHub(LiveState(COLLECTIONS), clock)


class AwayOnce(AlertList):
    """Alerts of a database that does not answer the first time."""

    def __init__(self, engine: sa.Engine) -> None:
        super().__init__(engine)
        self.asked = 0

    def those(self, ids: Sequence[str]) -> Sequence[AlertOut]:
        self.asked += 1
        if self.asked == 1:
            raise UnavailableError(Text("応答なし", "no answer"))
        return super().those(ids)


@pytest.fixture
def ledgers(tmp_path: Path, engine: sa.Engine, store: SqlRecordStore) -> Ledgers:
    return Ledgers(
        records=store,
        requests=RequestLedger(engine),
        deliveries=DeliveryList(engine),
        alerts=AwayOnce(engine),
        pictures=PictureReader(engine, FolderStore(tmp_path / "pictures")),
    )


@pytest.fixture
def feed(ledgers: Ledgers, hub: LiveHub, clock: ManualClock) -> LiveFeed:
    view = LiveView(small_town())
    return LiveFeed(hub=hub, view=view, ledgers=ledgers, clock=clock, broker_connected=lambda: True)


async def test_what_is_in_the_database_at_start_is_shown(feed: LiveFeed, hub: LiveHub, store: SqlRecordStore) -> None:
    store.store(numbered([delivery_state(), request_state(), alert(), vehicle_state(T0)]))
    await feed.rebuild()
    state = hub.state.state
    assert {name: list(state[name]) for name in COLLECTIONS} == {
        "vehicles": [VEHICLE],
        "deliveries": ["delivery-1"],
        "requests": ["request-1"],
        "pictures": [],
        "stations": ["station-1"],
        "alerts": ["alert-1"],
        "storage": [],
    }
    assert state["broker_connected"] is True
    assert state["clock_s"] == T0 + 10.0


async def test_after_a_day_only_what_is_still_open_stays(
    feed: LiveFeed, hub: LiveHub, store: SqlRecordStore, clock: ManualClock
) -> None:
    store.store(numbered([delivery_state("done"), request_state("request-1", "open"), alert(), vehicle_state(T0)]))
    await feed.rebuild()
    clock.advance(90_000.0)
    await feed.rebuild()
    state = hub.state.state
    assert (state["deliveries"], state["alerts"], state["vehicles"]) == ({}, {}, {})
    assert list(state["requests"]) == ["request-1"]


async def test_a_change_is_read_again_from_its_table(feed: LiveFeed, hub: LiveHub, store: SqlRecordStore) -> None:
    await feed.rebuild()
    for record in numbered([delivery_state("flying"), delivery_state("delivered")]):
        feed.on_stored(store.store([record]).new)
    await feed.follow()
    assert hub.state.state["deliveries"]["delivery-1"]["state"] == "delivered"


async def test_what_could_not_be_read_is_read_when_the_database_is_back(
    feed: LiveFeed, hub: LiveHub, store: SqlRecordStore
) -> None:
    await feed.rebuild()
    feed.on_stored(store.store(numbered([alert()])).new)
    with pytest.raises(UnavailableError):
        await feed.follow()
    assert hub.state.state["alerts"] == {}
    await feed.follow()
    assert "alert-1" in hub.state.state["alerts"]


async def test_a_record_of_another_schema_does_not_stop_the_start(
    feed: LiveFeed, hub: LiveHub, store: SqlRecordStore, engine: sa.Engine
) -> None:
    store.store(numbered([vehicle_state(T0), vehicle_state(T0, vehicle="other")]))
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE newest_records SET schema = 7 WHERE key = 'vehicle.state/other'")
    await feed.rebuild()
    assert list(hub.state.state["vehicles"]) == [VEHICLE]


async def test_time_alone_makes_a_link_stale_and_then_lost(
    feed: LiveFeed, hub: LiveHub, store: SqlRecordStore, clock: ManualClock
) -> None:
    await feed.rebuild()
    feed.on_stored(store.store(numbered([vehicle_state(T0)])).new)
    links = []
    for _ in range(3):
        feed.tick()
        links.append(hub.state.state["vehicles"][VEHICLE]["link"])
        clock.advance(4.0)
    assert links == ["stale", "lost", "lost"]


async def test_a_picture_that_completes_after_many_newer_ones_have_come_is_told(feed: LiveFeed, hub: LiveHub) -> None:
    old = replace(BASE, id=PictureId("old"), taken_at_s=T0 - 3600.0, state=PictureState.THUMBNAIL)
    feed.on_picture(old)
    for number in range(LIVE_PICTURES):
        feed.on_picture(replace(BASE, id=PictureId(f"p{number}"), taken_at_s=T0 + number))
    assert "old" not in hub.state.state["pictures"]
    feed.on_picture(replace(old, state=PictureState.COMPLETE))
    shown = hub.state.state["pictures"]
    assert shown["old"]["state"] == "complete"
    assert len(shown) == LIVE_PICTURES
