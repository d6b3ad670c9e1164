import asyncio
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fleet.errors import UnavailableError
from fleet.text import Text
from sim.camera.back_off import BackOff
from sim.camera.companion import CompanionCamera
from sim.camera.hand_over_http import Outcome
from sim.camera.spool import HandOver, Spool
from sim.camera_port import Shutter
from tests.sim_camera.valley import shutter

QUICK = BackOff(first_s=0.001, most_s=0.002)


class Painter:
    """Gives a file that names its shutter; can be held up."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.go.set()
        self.broken = 0

    def picture(self, shutter: Shutter) -> bytes:
        assert self.go.wait(10)
        if self.broken:
            self.broken -= 1
            raise UnavailableError(Text("壊れた", "broken"))
        return f"picture {shutter.image_index}".encode()


@dataclass
class Desk:
    """A station that answers as told, then accepts; `want` pictures set `enough`."""

    want: int
    answers: list[Outcome] = field(default_factory=list)
    got: list[tuple[bytes, HandOver]] = field(default_factory=list)
    tries: int = 0
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, data: bytes, about: HandOver) -> Outcome:
        self.tries += 1
        outcome = self.answers.pop(0) if self.answers else Outcome.ACCEPTED
        if outcome is Outcome.ACCEPTED:
            self.got.append((data, about))
        if len(self.got) >= self.want:
            self.enough.set()
        return outcome


async def arrived(desk: Desk) -> None:
    async with asyncio.timeout(10):
        await desk.enough.wait()


async def test_every_shutter_reaches_the_station_with_its_own_words(tmp_path: Path) -> None:
    desk = Desk(want=5)
    async with CompanionCamera(Painter(), Spool(tmp_path), desk, back_off=QUICK) as camera:
        for index in range(5):
            camera.shutter(shutter(index))
        await arrived(desk)
    assert [data for data, _ in desk.got] == [f"picture {index}".encode() for index in range(5)]
    assert desk.got[3][1] == HandOver(
        vehicle_id="drone-1", image_index=3, captured_at_s=1_780_000_000.0, file_name="drone-1-00003.jpg"
    )


async def test_a_shutter_never_waits_for_the_rendering(tmp_path: Path) -> None:
    painter, desk = Painter(), Desk(want=200)
    painter.go.clear()
    async with CompanionCamera(painter, Spool(tmp_path), desk, back_off=QUICK) as camera:
        for index in range(260):
            camera.shutter(shutter(index))
        assert camera.missed == 60
        painter.go.set()
        await arrived(desk)
    assert desk.got[-1][1].image_index == 259


async def test_a_shutter_may_come_from_another_thread(tmp_path: Path) -> None:
    desk = Desk(want=1)
    async with CompanionCamera(Painter(), Spool(tmp_path), desk, back_off=QUICK) as camera:
        await asyncio.to_thread(camera.shutter, shutter(4))
        await arrived(desk)
    assert desk.got[0][1].image_index == 4


async def test_a_station_that_is_away_gets_everything_when_it_is_back(tmp_path: Path) -> None:
    desk = Desk(want=3, answers=[Outcome.LATER] * 7)
    async with CompanionCamera(Painter(), Spool(tmp_path), desk, back_off=QUICK) as camera:
        for index in range(3):
            camera.shutter(shutter(index))
        await arrived(desk)
    assert [one.image_index for _, one in desk.got] == [0, 1, 2]
    assert desk.tries == 10


async def test_a_refused_picture_is_not_sent_again_and_the_next_is(tmp_path: Path) -> None:
    desk = Desk(want=1, answers=[Outcome.REFUSED])
    spool = Spool(tmp_path)
    async with CompanionCamera(Painter(), spool, desk, back_off=QUICK) as camera:
        camera.shutter(shutter(0))
        camera.shutter(shutter(1))
        await arrived(desk)
    assert [one.image_index for _, one in desk.got] == [1]
    assert spool.refused == 1
    assert desk.tries == 2


async def test_what_a_killed_run_left_is_handed_over_by_the_next(tmp_path: Path) -> None:
    Spool(tmp_path).put(b"left over", HandOver(vehicle_id="d", image_index=9, captured_at_s=1e9, file_name="x.jpg"))
    desk = Desk(want=1)
    async with CompanionCamera(Painter(), Spool(tmp_path), desk, back_off=QUICK):
        await arrived(desk)
    assert desk.got[0][0] == b"left over"


async def test_a_picture_that_cannot_be_made_is_counted_and_the_next_is_made(tmp_path: Path) -> None:
    painter, desk = Painter(), Desk(want=1)
    painter.broken = 1
    async with CompanionCamera(painter, Spool(tmp_path), desk, back_off=QUICK) as camera:
        camera.shutter(shutter(0))
        camera.shutter(shutter(1))
        await arrived(desk)
        assert camera.missed == 1
    assert [one.image_index for _, one in desk.got] == [1]


@pytest.mark.parametrize(("failures", "expected"), [(0, 0.0), (1, 0.5), (2, 1.0), (6, 16.0), (7, 30.0), (5000, 30.0)])
def test_waiting_doubles_up_to_a_limit(failures: int, expected: float) -> None:
    assert BackOff().wait_s(failures) == expected
