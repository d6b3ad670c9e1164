"""The commands that fly our simulator fly a real ArduCopter too, with nothing of our simulator but its camera."""

import json
import os
from pathlib import Path

import pytest

from fleet.text import Text
from kakehashi.demo_flight import DemoFlight, DemoWish
from kakehashi.page_client import PageClient
from tests.kakehashi.real_arducopter import arducopter
from tests.kakehashi.running import environment, kakehashi, run

pytestmark = [pytest.mark.arducopter, pytest.mark.timeout(900)]

SPEEDUP = 10
PASSWORD = "訓練用の長い合言葉です"


@pytest.fixture
def binary() -> Path:
    named = os.environ.get("KAKEHASHI_ARDUCOPTER")
    if not named:
        pytest.skip("KAKEHASHI_ARDUCOPTER names no ArduCopter binary")
    return Path(named)


def test_the_demo_flies_a_real_arducopter(tmp_path: Path, binary: Path) -> None:
    env = environment(tmp_path)
    with arducopter(binary, env=env, speedup=SPEEDUP) as link:
        done = kakehashi(
            "demo", "--fly", "--exit", "--speedup", str(SPEEDUP), "--keep", str(tmp_path),
            "--vehicle", f"arducopter-1={link}", env=env, timeout_s=850,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    summary = json.loads(done.stdout.splitlines()[-1])
    assert summary["delivered"]
    assert summary["landed_at_depot"]
    assert summary["simulated"] is True
    assert summary["vehicle"] == "arducopter-1"
    assert summary["pictures_taken"] == summary["pictures_received"] == 5


async def test_a_drill_flies_whatever_arducopter_its_link_leads_to(tmp_path: Path, binary: Path) -> None:
    env = environment(tmp_path, SIM__SPEEDUP=SPEEDUP)
    said: list[Text] = []
    with (
        arducopter(binary, env=env, speedup=SPEEDUP) as link,
        run("--drill", "--vehicle", link, env=env) as drill,
    ):
        operator, clerk = (one.rpartition("setup=")[2] for one in drill.setup_links())
        async with PageClient(drill.station) as station, PageClient(drill.office) as office:
            await station.set_up(operator, "操縦 太郎", PASSWORD)
            await office.set_up(clerk, "役場 花子", PASSWORD)
            summary = await DemoFlight(station, office, DemoWish(speedup=SPEEDUP), said.append).run()
            (vehicle,) = station.state["vehicles"].values()
    assert summary.succeeded(fly=True), [words.en for words in said]
    assert summary.vehicle == "arducopter-1"
    assert vehicle["simulated"] is True
    assert summary.pictures_received == 5
