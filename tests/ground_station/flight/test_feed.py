import asyncio

from fleet.ids import VehicleId
from ground_station.flight.feed import Feed
from ground_station.flight.vehicles.state import Timing, VehicleState
from ground_station.flight.vehicles.telemetry import StatusText
from ground_station.flight.vehicles.tracker import Tracker

IDS = [VehicleId("a"), VehicleId("b")]


class Source:
    def __init__(self) -> None:
        self.reads = 0
        self.trackers = {vehicle_id: Tracker(vehicle_id=vehicle_id, timing=Timing()) for vehicle_id in IDS}

    def read(self, vehicle_id: VehicleId) -> VehicleState | None:
        self.reads += 1
        return self.trackers[vehicle_id].state(1, 0.0, None)


def test_a_slow_reader_gets_the_newest_state_once() -> None:
    source = Source()
    feed = Feed(source.read)
    subscription = feed.subscribe()
    for _ in range(1000):
        feed.changed(IDS[0])
    update = subscription.take()
    assert [state.vehicle_id for state in update.states] == [IDS[0]]
    assert source.reads == 1
    assert subscription.take().states == ()


def test_events_beyond_the_queue_drop_the_oldest_and_count_them() -> None:
    feed = Feed(Source().read)
    subscription = feed.subscribe()
    for number in range(300):
        feed.happened(IDS[0], StatusText(received_s=0.0, severity=6, text=str(number)))
    events = subscription.take().events
    assert len(events) == 256
    assert subscription.events_dropped == 44
    assert isinstance(events[-1].what, StatusText)
    assert events[-1].what.text == "299"


def test_a_closed_subscription_hears_no_more() -> None:
    feed = Feed(Source().read)
    subscription = feed.subscribe()
    subscription.close()
    feed.changed(IDS[0])
    assert subscription.take().states == ()


async def test_updates_come_as_soon_as_something_changes() -> None:
    feed = Feed(Source().read)
    subscription = feed.subscribe()
    updates = subscription.updates(at_most_hz=50.0)
    asyncio.get_running_loop().call_later(0.01, feed.changed, IDS[1])
    async with asyncio.timeout(2.0):
        update = await anext(updates)
    assert [state.vehicle_id for state in update.states] == [IDS[1]]
