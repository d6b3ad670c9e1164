"""What goes wrong in the field: each has a clear message with what to do, and nothing recorded is lost."""

import asyncio
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from fleet.errors import RefusedError
from fleet.realm import Realm
from fleet.text import Text
from kakehashi.home import Home
from kakehashi.page_client import PageClient
from tests.kakehashi.running import Running, environment, kakehashi, run

PASSWORD = "訓練用の長い合言葉です"
WAIT = Text("まだ見えません", "not seen yet")


def _children(parent: int, name: str) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            owner = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError, ValueError):
            continue
        if owner == parent and name.encode() in words:
            found.append(int(folder.name))
    return found


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home = tmp_path_factory.mktemp("failures")
    with run("--drill", env=environment(home)) as running:
        running.setup_links()
        yield running


@pytest.fixture(scope="module")
def people(drill: Running) -> None:
    """Give both services their first person."""

    async def set_up() -> None:
        operator, office = (link.rpartition("setup=")[2] for link in drill.setup_links())
        async with PageClient(drill.station) as station_page, PageClient(drill.office) as office_page:
            await station_page.set_up(operator, "操縦 太郎", PASSWORD)
            await office_page.set_up(office, "役場 花子", PASSWORD)

    asyncio.run(set_up())


@pytest.fixture
async def pages(drill: Running, people: None) -> AsyncIterator[tuple[PageClient, PageClient]]:
    async with PageClient(drill.station) as station_page, PageClient(drill.office) as office_page:
        await station_page.sign_in("操縦 太郎", PASSWORD)
        await office_page.sign_in("役場 花子", PASSWORD)
        await station_page.until(lambda state: "vehicles" in state, within_s=20, what=WAIT)
        yield station_page, office_page


async def _request(page: PageClient, site: str, mass_kg: float) -> dict[str, Any]:
    asked = await page.post("/api/requests", {"item": "水", "mass_kg": mass_kg, "site_id": site})
    plan: dict[str, Any] = await page.post(f"/api/requests/{asked['id']}/plans", {})
    return plan


def _refusals(plan: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {finding["rule"]: finding for finding in plan["findings"] if finding["level"] == "refuse"}


async def _ready(page: PageClient) -> None:
    await page.until(
        lambda state: any(one.get("ready") for one in state.get("vehicles", {}).values()), within_s=60, what=WAIT
    )


async def test_a_load_over_the_limit_is_refused_with_what_to_take_off(pages: tuple[PageClient, PageClient]) -> None:
    station, _ = pages
    plan = await _request(station, "takamuro", 9.5)
    refusal = _refusals(plan)["payload.limit"]
    assert refusal["cure"]["action"] == "remove_mass_kg"
    assert refusal["cure"]["value"] == pytest.approx(2.5)
    with pytest.raises(RefusedError) as refused:
        await station.post("/api/deliveries", {"plan_id": plan["id"], "accepted_warnings": []})
    assert refused.value.cure is not None


async def test_a_destination_inside_a_no_fly_area_is_refused(pages: tuple[PageClient, PageClient]) -> None:
    station, _ = pages
    refusal = _refusals(await _request(station, "ozawa", 1.0))["site.no_fly"]
    assert "飛行禁止" in refusal["text"]["ja"] or "飛べ" in refusal["text"]["ja"]
    assert refusal["cure"]["action"] == "choose_site"


async def test_a_warning_without_a_name_and_a_reason_stops_the_flight(pages: tuple[PageClient, PageClient]) -> None:
    station, _ = pages
    plan = await _request(station, "takamuro", 1.0)
    with pytest.raises(RefusedError, match="warnings"):
        await station.post("/api/deliveries", {"plan_id": plan["id"], "accepted_warnings": []})


async def test_a_place_that_the_town_does_not_have_is_named(pages: tuple[PageClient, PageClient]) -> None:
    station, office = pages
    for page in (station, office):
        with pytest.raises(RefusedError, match="nowhere") as refused:
            await page.post("/api/requests", {"item": "水", "mass_kg": 1, "site_id": "nowhere"})
        assert refused.value.cure is not None


async def test_a_text_file_named_jpg_is_refused_and_nothing_is_kept(
    drill: Running, pages: tuple[PageClient, PageClient]
) -> None:
    station, _ = pages
    home = Home(root=Path(drill.env["KAKEHASHI_HOME"]), realm=Realm.DRILL)
    key = home.secrets(broker_users=(), devices=("companion",)).device_keys["companion"]
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(
            f"{drill.station}/api/companion/pictures",
            headers={"Authorization": f"Bearer {key}"},
            data={"vehicle_id": "kakehashi-1", "image_index": "0", "captured_at": "1780000000"},
            files={"file": ("IMG_0001.jpg", b"this is only a text\n" * 50, "image/jpeg")},
        )
        nameless = await client.post(f"{drill.station}/api/companion/pictures", files={"file": b"x"})
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["cure"] is not None
    assert problem["what"]["ja"]
    assert nameless.status_code in {401, 422}
    assert (await station.get("/api/pictures"))["pictures"] == []


async def test_an_aircraft_lost_in_upload_ends_the_delivery_with_what_to_do(
    drill: Running, pages: tuple[PageClient, PageClient]
) -> None:
    station, _ = pages
    await _ready(station)
    plan = await _request(station, "takamuro", 2.0)
    accepted = [
        {"rule": finding["rule"], "name": "操縦 太郎", "reason": "訓練"}
        for finding in plan["findings"]
        if finding["level"] == "warn"
    ]
    (simulator,) = _children(drill.process.pid, "sim")
    os.kill(simulator, signal.SIGSTOP)
    try:
        begun = await station.post("/api/deliveries", {"plan_id": plan["id"], "accepted_warnings": accepted})
        state = await station.until(
            lambda now: now["deliveries"].get(begun["id"], {}).get("state") == "failed", within_s=60, what=WAIT
        )
    finally:
        os.kill(simulator, signal.SIGCONT)
    failed = state["deliveries"][begun["id"]]
    assert failed["problem"]["ja"]
    assert failed["problem_cure"]["ja"]
    await station.until(
        lambda now: any(one["link"] == "fresh" for one in now["vehicles"].values()), within_s=30, what=WAIT
    )


async def test_without_the_town_office_the_field_works_on_and_loses_nothing(
    drill: Running, pages: tuple[PageClient, PageClient]
) -> None:
    station, _ = pages
    (office,) = _children(drill.process.pid, "town-office")
    os.kill(office, signal.SIGKILL)
    state = await station.until(lambda now: not now["office"]["connected"], within_s=30, what=WAIT)
    assert "手元で動作中" in state["office"]["text"]["ja"]
    asked = await station.post("/api/requests", {"item": "無線機", "mass_kg": 1.0, "site_id": "kuwatani"})
    await station.until(
        lambda now: now["office"]["connected"] and now["office"]["pending_records"] < 5, within_s=60, what=WAIT
    )
    fresh = await _office_state(drill, asked["id"])
    assert fresh["item"] == "無線機"
    assert fresh["source"] == "station"


def test_a_ground_station_that_is_killed_is_started_again_and_leaves_no_worker_behind(tmp_path: Path) -> None:
    with run("--drill", env=environment(tmp_path)) as alone:
        alone.setup_links()
        (killed,) = _children(alone.process.pid, "ground-station")
        workers = _children(killed, "")
        assert workers
        os.kill(killed, signal.SIGKILL)
        _until(lambda: _children(alone.process.pid, "ground-station") not in ([], [killed]))
        _until(lambda: _answers(f"{alone.station}/api/health"))
        _until(lambda: not any(map(_runs, workers)))


def _until(condition: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline_s
        time.sleep(0.2)


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def _runs(process: int) -> bool:
    """Return False for one that is gone, or dead and not yet buried."""
    try:
        return bool(Path(f"/proc/{process}/cmdline").read_bytes())
    except OSError:
        return False


async def _office_state(drill: Running, request_id: str) -> dict[str, Any]:
    async with httpx.AsyncClient(base_url=drill.office, trust_env=False) as client:
        await client.post("/api/session", json={"name": "役場 花子", "password": PASSWORD})
        deadline_s = time.monotonic() + 30
        while time.monotonic() < deadline_s:
            requests: list[dict[str, Any]] = (await client.get("/api/requests")).json()
            found = next((one for one in requests if one["id"] == request_id), None)
            if found is not None:
                return found
            await asyncio.sleep(0.5)
    message = "the office never heard of the request"
    raise AssertionError(message)


def test_a_busy_port_is_named_with_how_to_change_it(tmp_path: Path) -> None:
    env = environment(tmp_path)
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", int(env["KAKEHASHI_OFFICE__PORT"])))
        busy.listen()
        done = kakehashi("run", "--drill", env=env)
    assert done.returncode == 1
    assert env["KAKEHASHI_OFFICE__PORT"] in done.stderr
    assert "KAKEHASHI_OFFICE__PORT" in done.stderr


def test_a_live_run_without_an_aircraft_says_what_to_add(tmp_path: Path) -> None:
    done = kakehashi("run", env=environment(tmp_path))
    assert done.returncode == 1
    assert "--vehicle" in done.stderr


async def test_an_aircraft_that_is_not_there_is_explained_on_the_page(tmp_path: Path) -> None:
    env = environment(tmp_path)
    with run("--drill", "--vehicle", "tcp:127.0.0.1:9", env=env) as alone:
        operator, _ = (link.rpartition("setup=")[2] for link in alone.setup_links())
        async with PageClient(alone.station) as page:
            await page.set_up(operator, "操縦 太郎", PASSWORD)
            state = await page.until(
                lambda now: any(one.get("problem") for one in now.get("vehicles", {}).values()),
                within_s=30,
                what=WAIT,
            )
            (vehicle,) = state["vehicles"].values()
            assert "9" in vehicle["problem"]["ja"]
            assert vehicle["problem_cure"]["ja"]
            assert vehicle["link"] == "none"
        assert alone.stop() < 8.0


def test_a_wrong_link_is_refused_before_anything_starts(tmp_path: Path) -> None:
    done = kakehashi("ground-station", "--drill", "--vehicle", "carrier-pigeon:1", env=environment(tmp_path))
    assert done.returncode == 1
    assert "tcp:" in done.stderr


def test_a_misspelt_setting_is_named(tmp_path: Path) -> None:
    file = tmp_path / "kakehashi.toml"
    file.write_text("[station]\nprot = 8710\n")
    done = kakehashi("--config", str(file), "doctor", env=environment(tmp_path))
    assert done.returncode == 1
    assert "station.prot" in done.stderr
