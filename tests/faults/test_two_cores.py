"""Two flight cores would both send to one aircraft: the second refuses in words, of this folder and of a copy of it."""

import os
import shutil
import time
from pathlib import Path

import pytest

from ground_station.flight.core_lock import NAME
from tests.faults.tap import STATION
from tests.faults.world import World
from tests.kakehashi.running import kakehashi

pytestmark = pytest.mark.timeout(300)


def _copied(drill: World, to: Path) -> dict[str, str]:
    home = Path(drill.env["KAKEHASHI_HOME"])
    left_out = {"flight.sock", "mosquitto.sock", NAME}
    shutil.copytree(home, to, ignore=lambda _, names: left_out & set(names), dirs_exist_ok=True)
    return {**drill.env, "KAKEHASHI_HOME": str(to)}


@pytest.mark.parametrize("folder", ["the same", "a copy"])
def test_a_second_core_refuses_in_words_and_one_alone_sends(drill: World, tmp_path: Path, folder: str) -> None:
    began_s = time.monotonic()
    core = drill.core
    env = drill.env if folder == "the same" else _copied(drill, tmp_path / "var")
    env = {**env, "KAKEHASHI_STATION__VEHICLES": f'["kakehashi-1={drill.wire.link}"]'}
    done = kakehashi("flight", "--drill", env=env, timeout_s=60)
    assert done.returncode == 1
    assert ("already" if folder == "the same" else "copy of this folder") in done.stderr
    assert "kakehashi flight stop" in done.stderr
    senders = {note["connection"] for note in drill.wire.seen(began_s) if note.get("sender") == STATION}
    assert len(senders) == 1
    assert drill.core == core
    os.kill(core, 0)
