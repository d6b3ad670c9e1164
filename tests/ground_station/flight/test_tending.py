"""What nobody foresaw in one link, or with one aircraft, ends nothing but itself, and is said."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest

from fleet.clock import SystemClock
from fleet.errors import UnavailableError
from fleet.ids import VehicleId
from ground_station.flight.autopilot_station import AutopilotStation, Services, VehicleSetting
from ground_station.flight.links.address import LinkAddress, Scheme
from ground_station.flight.links.transport import Peer, Receive, Transport
from ground_station.flight.tending import tend
from ground_station.flight.trail_paper import TrailPaper
from ground_station.flight.vehicles.state import Timing
from tests.ground_station.flight.aircraft import MemoryAudit, eventually

WELL, ILL = VehicleId("hato-1"), VehicleId("hato-2")
PLACES = ("open", "broken", "send", "close")


@dataclass
class Medium:
    """A medium that takes all, but makes a mistake in the place named."""

    mistaken: str = ""
    keeps_frames_whole: bool = True
    delivers_late: bool = False
    opened: int = 0
    sent: int = 0
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def open(self, receive: Receive) -> None:
        del receive
        self.opened += 1
        self._err("open")

    async def broken(self) -> UnavailableError:
        self._err("broken")
        await self.ended.wait()
        raise RuntimeError("ended by the test")

    def send(self, data: bytes, peer: Peer) -> bool:
        del data, peer
        self._err("send")
        self.sent += 1
        return True

    async def close(self) -> None:
        self._err("close")

    def _err(self, place: str) -> None:
        if place == self.mistaken:
            raise RuntimeError(f"nobody thought of this in {place}")


def _station(well: Medium, ill: Medium, scheme: Scheme) -> AutopilotStation:
    addresses = [
        LinkAddress(scheme=each, host="127.0.0.1", number=1 + number)
        for number, each in enumerate((Scheme.UDP_OUT, scheme))
    ]
    media: dict[LinkAddress, Transport] = dict(zip(addresses, (well, ill), strict=True))
    services = Services(
        clock=SystemClock(),
        paper=TrailPaper(MemoryAudit()),
        timing=Timing(heartbeat_hz=20.0),
        open_link=media.__getitem__,
    )
    settings = [VehicleSetting(id=id_, address=each) for id_, each in zip((ILL, WELL), addresses[::-1], strict=True)]
    return AutopilotStation(settings, services)


@pytest.mark.parametrize("scheme", list(Scheme))
@pytest.mark.parametrize("place", PLACES)
async def test_a_mistake_in_one_links_medium_leaves_the_others_beating(scheme: Scheme, place: str) -> None:
    well, ill = Medium(), Medium(mistaken=place)
    if place == "close":
        ill.ended.set()
    async with _station(well, ill, scheme) as station:
        if place != "send":
            # Between its opening and its next fall a link says that all is well.
            errors: list[UnavailableError] = []

            def said() -> bool:
                errors.extend(link.error for link in station.links if link.address.scheme is scheme and link.error)
                return ill.opened >= 2 and bool(errors)

            await eventually(said)
            assert "unforeseen" in errors[-1].what.en
            assert errors[-1].cure is not None
        sent = well.sent
        await eventually(lambda: well.sent >= sent + 3)
        assert well.opened == 1


@dataclass
class Mistake:
    """Fails until it is right."""

    times: int = 0
    right: bool = False

    def __call__(self, *_: object) -> None:
        self.times += 1
        if not self.right:
            raise RuntimeError("nobody thought of this aircraft")


@pytest.mark.parametrize("what", ["tick", "pace"])
async def test_a_mistake_with_one_aircraft_leaves_the_others_their_time_and_their_beats(
    what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    well, ill, mistake, ticked = Medium(), Medium(), Mistake(), Mistake(right=True)
    async with _station(well, ill, Scheme.TCP) as station:
        wrong, right = station.vehicle(ILL), station.vehicle(WELL)
        monkeypatch.setattr(wrong if what == "tick" else wrong.contact, what, mistake)
        monkeypatch.setattr(right, "tick", ticked)
        await eventually(lambda: mistake.times >= 2 and ticked.times >= 2)
        sent = well.sent
        await eventually(lambda: well.sent >= sent + 3)
        assert well.opened == ill.opened == 1


async def test_what_falls_is_said_and_begun_again_until_it_is_ended() -> None:
    falls: list[BaseException] = []
    runs: list[Callable[[], None]] = []

    async def work() -> None:
        runs.append(lambda: None)
        if len(runs) < 3:
            raise RuntimeError("once more")
        await asyncio.Event().wait()

    tending = asyncio.create_task(tend("work", work, falls.append))
    await eventually(lambda: len(runs) == 3)
    assert [str(fall) for fall in falls] == ["once more"] * 2
    tending.cancel()
    await asyncio.gather(tending, return_exceptions=True)
    assert tending.cancelled()


async def _ended() -> None:
    return


async def _cancelled() -> None:
    raise asyncio.CancelledError


@pytest.mark.parametrize(("work", "words"), [(_ended, "ended by itself"), (_cancelled, "cancelled by none")])
async def test_work_that_ends_without_an_error_is_said_too(
    work: Callable[[], Coroutine[Any, Any, None]], words: str
) -> None:
    falls: list[BaseException] = []
    tending = asyncio.create_task(tend("work", work, falls.append))
    await eventually(lambda: len(falls) == 2)
    assert words in str(falls[0])
    tending.cancel()
    await asyncio.gather(tending, return_exceptions=True)
