"""The code of the printed sheet on a disk that refuses or does not answer: the door is there all the same."""

import asyncio
import os
from pathlib import Path

import pytest

from fleet.clock import ManualClock
from fleet.errors import UnauthenticatedError
from ground_station.flight.page.code import NAME, CodeDoor, KeptCode, made_code, station_code
from tests.ground_station.flight.aircraft import eventually


async def test_a_folder_that_refuses_is_said_and_tried_again_until_the_code_counts(tmp_path: Path) -> None:
    folder = tmp_path / "station"
    door = CodeDoor(made_code(), ManualClock())
    kept = KeptCode(folder, door)
    bringing = asyncio.create_task(kept.bring(again_s=0.02))
    await eventually(lambda: kept.problem is not None)
    assert kept.problem is not None
    assert "printed sheet does not work now" in kept.problem.en
    folder.mkdir()
    code = station_code(folder)
    await bringing
    assert kept.problem is None
    door.require(f"{code[:4]}-{code[4:]}", "127.0.0.1")


async def test_a_disk_that_does_not_answer_is_said_and_holds_nobody_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / NAME)
    door = CodeDoor(made_code(), ManualClock())
    kept = KeptCode(tmp_path, door)
    bringing = asyncio.create_task(kept.bring(slow_s=0.05, again_s=0.02))
    await eventually(lambda: kept.problem is not None)
    with pytest.raises(UnauthenticatedError):
        door.require("", "127.0.0.1")
    bringing.cancel()
    os.close(os.open(tmp_path / NAME, os.O_RDWR))
