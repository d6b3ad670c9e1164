"""Two thousand strangers, endless heads, gigabytes and two hundred sign-ins against a whole run.

Every second of it an operator's recall is answered within a second, over an open connection and over a new one, and
neither service's memory grows. Prints what was measured.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.attacks.stranger import ATTACKS
from tests.kakehashi.running import Running, environment, run
from tests.kakehashi.test_failures import _children

pytestmark = [pytest.mark.campaign, pytest.mark.timeout(900)]

PASSWORD = "訓練用の長い合言葉です"
OPERATOR = "操縦 太郎"
ROUNDS = 15
ANSWER_WITHIN_S = 1.0
HASHING_MIB = 2 * 64
SLACK_MIB = 120


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with run("--drill", env=environment(tmp_path_factory.mktemp("attacks"))) as running:
        running.setup_links()
        yield running


@pytest.fixture(scope="module")
def session(drill: Running) -> tuple[dict[str, str], dict[str, str]]:
    """Return the operator's cookies and the header that changes carry."""
    token = drill.setup_links()[0].rpartition("setup=")[2]
    body = {"token": token, "name": OPERATOR, "password": PASSWORD}
    answer = httpx.post(f"{drill.station}/api/setup", json=body, trust_env=False)
    assert answer.status_code == 201, answer.text
    return dict(answer.cookies), {"X-CSRF-Token": answer.json()["csrf_token"]}


def _memory_mib(drill: Running) -> dict[str, int]:
    """Return the most that each service ever held."""
    found = {}
    for name in ("ground-station", "town-office"):
        (pid,) = _children(drill.process.pid, name)
        status = Path(f"/proc/{pid}/status").read_text()
        found[name] = next(int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmHWM"))
    return found


async def _recalls(drill: Running, session: tuple[dict[str, str], dict[str, str]]) -> list[float]:
    """Return how long each recall took to be answered, s, by turns over one open connection and a new one."""
    cookies, csrf = session
    took = []
    async with httpx.AsyncClient(base_url=drill.station, cookies=cookies, trust_env=False, timeout=30.0) as page:
        for number in range(2 * ROUNDS):
            word = {"id": f"recall-{time.monotonic_ns()}", "action": "recall"}
            began_s = time.monotonic()
            path = "/api/vehicles/kakehashi-1/commands"
            if number % 2:
                async with httpx.AsyncClient(base_url=drill.station, cookies=cookies, timeout=30.0) as new:
                    answer = await new.post(path, json=word, headers=csrf)
            else:
                answer = await page.post(path, json=word, headers=csrf)
            took.append(time.monotonic() - began_s)
            assert answer.status_code not in (401, 403, 404, 413, 422, 429), answer.text
            await asyncio.sleep(0.5)
    return took


def _tell(**measured: object) -> None:
    sys.stdout.write(f"{json.dumps(measured)}\n")


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_recall_is_answered_within_a_second_and_memory_stays(
    drill: Running, session: tuple[dict[str, str], dict[str, str]], attack: str
) -> None:
    before = _memory_mib(drill)
    quiet = asyncio.run(_recalls(drill, session))
    ports = [drill.station.rpartition(":")[2], drill.office.rpartition(":")[2]]
    if attack == "idle":
        ports.append(drill.env["KAKEHASHI_BROKER__PORT"])
    attackers = [subprocess.Popen([sys.executable, "-m", "tests.attacks.stranger", attack, port]) for port in ports]
    try:
        time.sleep(3.0)
        took = asyncio.run(_recalls(drill, session))
    finally:
        for attacker in attackers:
            attacker.kill()
            attacker.wait()
    after = _memory_mib(drill)
    _tell(attack=attack, quiet_s=max(quiet), worst_s=max(took), mib=[before, after])
    assert max(took) <= ANSWER_WITHIN_S
    assert all(after[name] - before[name] <= SLACK_MIB for name in after)


def test_two_hundred_sign_ins_at_once_cost_two_passwords_memory(
    drill: Running, session: tuple[dict[str, str], dict[str, str]]
) -> None:
    before = _memory_mib(drill)
    quiet = asyncio.run(_recalls(drill, session))

    body = json.dumps({"name": OPERATOR, "password": PASSWORD})
    port = drill.station.rpartition(":")[2]
    words = [sys.executable, "-m", "tests.attacks.stranger", "sign-in", port, body]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as attacker:
        took = asyncio.run(_recalls(drill, session))
        counted = json.loads(attacker.communicate(timeout=60)[0])
    after = _memory_mib(drill)
    _tell(sign_ins=counted, quiet_s=max(quiet), worst_s=max(took), mib=[before, after])
    assert set(counted) == {"200", "429"}
    assert max(took) <= ANSWER_WITHIN_S
    assert after["ground-station"] - before["ground-station"] <= HASHING_MIB + SLACK_MIB
