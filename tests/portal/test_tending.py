"""Background work that falls is started again, said, and never ends the service or other work."""

import asyncio

import pytest

from fleet.clock import ManualClock
from fleet.errors import UnavailableError
from fleet.set_aside import BrokenPart, BrokenParts
from fleet.text import Text
from portal.live import LiveState
from portal.live_hub import LiveHub
from portal.notices import MOST, Notices
from portal.tending import ALARM_AFTER, Fall, Tender, Work

CALLED = Text("仕事", "work")
FAULTS: list[BaseException] = [
    UnavailableError(Text("満杯", "full")),
    ValueError("odd"),
    MemoryError(),
    ExceptionGroup("many", [KeyError("a"), UnavailableError(Text("満杯", "full"))]),
    asyncio.CancelledError(),
]


async def _until(tender: Tender, works: list[Work], enough: asyncio.Event) -> None:
    running = asyncio.ensure_future(tender.run(works))
    async with asyncio.timeout(20):
        await enough.wait()
    assert not running.done()
    running.cancel()
    await asyncio.wait([running])
    assert running.cancelled()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
async def test_whatever_work_falls_of_it_is_started_again_and_alarmed_after_three(fault: BaseException) -> None:
    falls: list[Fall] = []
    enough = asyncio.Event()
    other_runs = 0

    async def falling() -> None:
        raise fault

    async def steady() -> None:
        nonlocal other_runs
        other_runs += 1
        await asyncio.sleep(60)

    def on_alarm(fall: Fall) -> None:
        falls.append(fall)
        if len(falls) == 3:
            enough.set()

    works = [Work(name="a", called=CALLED, run=falling), Work(name="b", called=CALLED, run=steady)]
    await _until(Tender(on_alarm=on_alarm, pauses_s=(0.0,)), works, enough)
    assert [fall.falls for fall in falls] == [ALARM_AFTER, ALARM_AFTER + 1, ALARM_AFTER + 2]
    assert all(fall.text.ja and fall.work.name == "a" for fall in falls)
    assert other_runs == 1


async def test_pauses_grow_and_end_at_the_longest() -> None:
    pauses: list[float] = []
    enough = asyncio.Event()

    async def falling() -> None:
        raise ValueError

    def on_alarm(fall: Fall) -> None:
        pauses.append(fall.pause_s)
        if len(pauses) == 3:
            enough.set()

    tender = Tender(on_alarm=on_alarm, pauses_s=(0.0, 0.001, 0.002, 0.003))
    await _until(tender, [Work(name="a", called=CALLED, run=falling)], enough)
    assert pauses == [0.002, 0.003, 0.003]


async def test_work_that_runs_steadily_again_ends_its_alarm() -> None:
    runs = 0
    steady = asyncio.Event()

    async def at_last() -> None:
        nonlocal runs
        runs += 1
        if runs <= ALARM_AFTER:
            raise ValueError
        await asyncio.sleep(60)

    tender = Tender(on_steady=lambda _: steady.set(), pauses_s=(0.0,), steady_s=0.05)
    await _until(tender, [Work(name="a", called=CALLED, run=at_last)], steady)
    assert runs == ALARM_AFTER + 1


async def test_work_that_is_done_once_is_done_once() -> None:
    runs = 0

    async def once() -> None:
        nonlocal runs
        runs += 1

    async with asyncio.timeout(5):
        await Tender(pauses_s=(0.0,)).run([Work(name="a", called=CALLED, run=once, once=True)])
    assert runs == 1


async def test_what_is_found_in_another_thread_becomes_one_notice_on_the_page() -> None:
    clock = ManualClock()
    hub = LiveHub(LiveState(("alerts",), 1), clock)
    notices = Notices(hub, clock)
    broken = BrokenParts()
    notices.follow(broken)
    part = BrokenPart(key="x", at_s=5.0, what=Text("壊れた", "broken"), cure=Text("直す", "mend"))
    for _ in range(2):
        await asyncio.to_thread(broken.add, part)
    await asyncio.sleep(0)
    (shown,) = hub.state.state["alerts"].values()
    assert shown["text"] == {"ja": "壊れた。直す", "en": "broken. mend"}
    assert (shown["at_s"], shown["level"], shown["vehicle_id"]) == (5.0, "warn", None)


async def test_a_notice_goes_with_its_cause_and_there_are_never_too_many() -> None:
    clock = ManualClock()
    hub = LiveHub(LiveState(("alerts",), 1), clock)
    notices = Notices(hub, clock)
    for number in range(MOST + 5):
        notices.say(f"n-{number}", "act", Text("異常", "fault"))
    assert len(hub.state.state["alerts"]) == MOST
    notices.over(f"n-{MOST}")
    notices.over("never said")
    assert len(hub.state.state["alerts"]) == MOST - 1
