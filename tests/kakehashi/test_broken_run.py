"""A whole run whose every file was spoilt starts, says so at the terminal, on both pages and to doctor, and works."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from fleet.text import Text
from kakehashi.page_client import PageClient
from tests.kakehashi.running import Running, environment, kakehashi, run

PASSWORD = "訓練用の長い合言葉です"
WAIT = Text("まだ見えません", "not seen yet")


def _flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 0x40
    path.write_bytes(bytes(content))


def _spoil(home: Path) -> None:
    """Change or cut every file that both services keep."""
    station, office = home / "drill" / "station", home / "drill" / "office"
    _flip(station / "desk-audit.jsonl", 40)
    _flip(station / "journal" / "00000001.journal", 60)
    _flip(station / "terrain.grid", 50_000)
    (station / "flight-code").write_bytes(b"\xff\x00")
    (station / "flight.lock").write_bytes(b"\xff\x00")
    _flip(office / "audit.jsonl", 40)
    _flip(station / "outbox.sqlite", 20)
    _flip(station / "station.sqlite", 18)
    _flip(office / "office.sqlite", 100)
    secrets = home / "drill" / "secrets.json"
    secrets.write_bytes(secrets.read_bytes()[:50])
    places = home / "towns" / "demo" / "places.gpkg"
    places.write_bytes(places.read_bytes()[:2000])
    (home / "drill" / "sim" / "camera" / "refused").rmdir()
    (home / "drill" / "sim" / "camera" / "refused").write_text("in the way")


async def _set_up(running: Running) -> None:
    operator, office = (link.rpartition("setup=")[2] for link in running.setup_links())
    async with PageClient(running.station) as station_page, PageClient(running.office) as office_page:
        await station_page.set_up(operator, "操縦 太郎", PASSWORD)
        await office_page.set_up(office, "役場 花子", PASSWORD)
        await station_page.post("/api/requests", {"item": "水", "mass_kg": 1.0, "site_id": "takamuro"})
        await station_page.until(lambda now: "kakehashi-1" in now.get("vehicles", {}), within_s=60, what=WAIT)
        await station_page.post("/api/vehicles/kakehashi-1/commands", {"id": "a-first-order", "action": "hold"})


async def _look(running: Running) -> tuple[dict[str, Any], dict[str, Any]]:
    async with PageClient(running.station) as station_page, PageClient(running.office) as office_page:
        await station_page.sign_in("操縦 太郎", PASSWORD)
        station = await station_page.until(
            lambda now: now.get("office", {}).get("connected") and len(now["requests"]) == 1, within_s=60, what=WAIT
        )
        setup = [line for line in running.lines if "/town?setup=" in line]
        if setup:
            await office_page.set_up(setup[0].rpartition("setup=")[2].strip(), "役場 花子", PASSWORD)
        else:
            await office_page.sign_in("役場 花子", PASSWORD)
        office = await office_page.until(lambda now: bool(now.get("alerts")), within_s=60, what=WAIT)
        return station, office


def _alerts(state: dict[str, Any]) -> str:
    return " ".join(one["text"]["ja"] for one in state["alerts"].values())


@pytest.mark.timeout(600)
def test_a_run_on_spoilt_files_starts_and_says_so_everywhere(tmp_path: Path) -> None:
    env = environment(tmp_path)
    with run("--drill", env=env) as first:
        asyncio.run(_set_up(first))
    terrain = tmp_path / "drill" / "station" / "terrain.grid"
    heights = terrain.read_bytes()
    _spoil(tmp_path)
    with run("--drill", env=env) as again:
        again.wait_for("Ctrl-C", within_s=240)
        station, office = asyncio.run(_look(again))
        said = "\n".join(again.lines)
        assert "Traceback" not in said
    for name in ("desk-audit.jsonl", "00000001.journal", "outbox.sqlite", "station.sqlite"):
        assert name in said
        assert name in _alerts(station)
    for name in ("secrets.json", "架空の町", "refused"):
        assert name in said
    assert "office.sqlite" in _alerts(office)
    assert station["requests"]
    doctor = kakehashi("doctor", "--drill", env=env).stdout
    assert "outbox.sqlite" in doctor
    verified = kakehashi("audit", "verify", env=env)
    assert verified.returncode == 1
    lines = verified.stdout.splitlines()
    damaged = [line for line in lines if ".broken-" in line or "00000001.journal" in line]
    assert {line[0] for line in damaged} == {"✗"}
    assert {line[0] for line in lines if line not in damaged} == {"✓"}
    assert terrain.read_bytes() == heights, "wrong heights would be told to the aircraft"
