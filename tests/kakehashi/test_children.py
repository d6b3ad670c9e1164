"""What a service started ends with it, however it ends, so that the next start finds ports and files free."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.process import WORKER, bound_to_us, command_line_of, parent_of
from kakehashi.priority import SERVICE
from missions.formats.town_bundle import write_town
from telemetry.brokers.left_behind import PROCESS_FILE, end_left_behind, note_process
from tests.kakehashi.owner_process import KINDS
from tests.kakehashi.running import environment, free_ports, run
from tests.missions.planning import small_town as towns
from tests.telemetry.brokers.test_brokers import need_mosquitto

GONE_WITHIN_S = 5.0
# Every place of the tree that starts a process: the services of a run end with its standard input.
STARTERS = {
    "ground_station/service/planning_pool.py": "planning",
    "imagery/worker_process.py": "pictures",
    "sim/arducopter.py": "arducopter",
    "telemetry/brokers/mosquitto.py": "mosquitto",
    "kakehashi/supervisor.py": "services",
    "kakehashi/flight_keeper.py": "core",  # which ends with nobody: the next run takes it up
}


def runs(process: int) -> bool:
    """Return False for one that is gone, or dead and not yet buried."""
    return bool(command_line_of(process))


def wait_until_gone(process: int, within_s: float = GONE_WITHIN_S) -> bool:
    deadline_s = time.monotonic() + within_s
    while runs(process) and time.monotonic() < deadline_s:
        time.sleep(0.05)
    return not runs(process)


@contextlib.contextmanager
def owner(kind: str, folder: Path, port: int) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run a service that owns a child; give both."""
    words = [sys.executable, "-m", "tests.kakehashi.owner_process", kind, str(folder), str(port)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        child = next(line for line in process.stdout if line.strip().isdigit())
        yield process, int(child)
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def test_every_place_that_starts_a_process_is_in_the_table() -> None:
    starts = re.compile(r"create_subprocess|Popen\(|ProcessPoolExecutor\(|multiprocessing\.Process")
    root = Path(__file__).parents[2]
    packages = (
        "fleet",
        "portal",
        "telemetry",
        "missions",
        "imagery",
        "ground_station",
        "town_office",
        "sim",
        "kakehashi",
    )
    found = {
        str(path.relative_to(root))
        for package in packages
        for path in (root / package).rglob("*.py")
        if starts.search(path.read_text())
    }
    assert found == set(STARTERS)
    assert set(STARTERS.values()) == {*KINDS, "services", "core"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_child_ends_with_its_killed_service_and_the_next_start_works(kind: str, tmp_path: Path) -> None:
    if kind == "mosquitto":
        need_mosquitto()
    write_town(towns.town_of(towns.flat()), tmp_path / "town")
    (port,) = free_ports(1)
    with owner(kind, tmp_path, port) as (service, child):
        assert runs(child)
        os.kill(service.pid, signal.SIGKILL)
        assert wait_until_gone(child)
    with owner(kind, tmp_path, port) as (_, again):
        assert runs(again)
        assert again != child
    assert wait_until_gone(again)


def test_the_services_of_a_run_end_with_it_and_the_next_run_starts(tmp_path: Path) -> None:
    env = environment(tmp_path, BROKER__KIND="mosquitto")
    need_mosquitto()
    with run("--drill", env=env) as everything:
        everything.setup_links()
        family = [
            process
            for process in _family(everything.process.pid)
            if "kakehashi.flight_process" not in command_line_of(process)
        ]
        assert len(family) >= 5
        os.kill(everything.process.pid, signal.SIGKILL)
        for process in family:
            assert wait_until_gone(process, within_s=15.0), command_line_of(process)
    with run("--drill", env=env) as again:
        again.setup_links()


def _family(root: int) -> list[int]:
    """Return all that came of a process."""
    parents = {int(one.name): parent_of(int(one.name)) for one in Path("/proc").iterdir() if one.name.isdigit()}
    found = [root]
    for member in found:
        found += [process for process, parent in parents.items() if parent == member]
    return found[1:]


def test_who_was_started_by_somebody_else_ends_at_once() -> None:
    words = bound_to_us("/bin/sleep", "60")
    stranger = [str(os.getppid()) if word == str(os.getpid()) else word for word in words]
    assert subprocess.run(stranger, check=False, timeout=30).returncode == 1


def test_a_broker_left_behind_is_ended_only_if_it_is_surely_ours(tmp_path: Path) -> None:
    need_mosquitto()
    conf = tmp_path / "mosquitto.conf"
    (port,) = free_ports(1)
    conf.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n")
    words = ["mosquitto", "-c", str(conf)]
    broker = subprocess.Popen(
        words, stderr=subprocess.DEVNULL, env={**os.environ, "PATH": f"/usr/sbin:{os.environ['PATH']}"}
    )
    try:
        while command_line_of(broker.pid)[:1] != ("mosquitto",):
            time.sleep(0.02)
        note_process(tmp_path, broker.pid)
        assert not end_left_behind(tmp_path, conf), "its owner, this test, is alive"
        (tmp_path / PROCESS_FILE).write_text(f"{broker.pid} 1\n")
        assert not end_left_behind(tmp_path, tmp_path / "another.conf")
        assert runs(broker.pid)
        assert end_left_behind(tmp_path, conf)
        assert broker.wait(5.0) is not None
        for spoilt in ("", "x", "-1 1", "1 1", f"{os.getpid()} 1"):
            (tmp_path / PROCESS_FILE).write_text(spoilt)
            assert not end_left_behind(tmp_path, conf)
    finally:
        broker.kill()
        broker.wait()


def _standing(process: int) -> tuple[int, int]:
    score = int(Path(f"/proc/{process}/oom_score_adj").read_text())
    return score, os.getpriority(os.PRIO_PROCESS, process)


@pytest.mark.parametrize("kind", ["pictures", "planning"])
def test_a_worker_gives_way_before_all_others(kind: str, tmp_path: Path) -> None:
    write_town(towns.town_of(towns.flat()), tmp_path / "town")
    with owner(kind, tmp_path, 0) as (service, worker):
        deadline_s = time.monotonic() + 20.0
        while _standing(worker)[0] != WORKER.oom_score and time.monotonic() < deadline_s:
            time.sleep(0.05)
        score, niceness = _standing(worker)
        assert score == WORKER.oom_score
        assert niceness >= WORKER.niceness
        assert _standing(service.pid)[0] < score


@pytest.mark.parametrize("service", ["ground-station", "town-office", "sim"])
def test_a_service_stands_behind_the_link(service: str, tmp_path: Path) -> None:
    env = environment(tmp_path)
    options = {"ground-station": ["--drill", "--no-core"], "town-office": ["--drill"], "sim": []}
    words = [sys.executable, "-m", "kakehashi", service, *options[service]]
    process = subprocess.Popen(words, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        deadline_s = time.monotonic() + 60.0
        while _standing(process.pid)[0] != SERVICE.oom_score and time.monotonic() < deadline_s:
            time.sleep(0.05)
        score, niceness = _standing(process.pid)
        assert score == SERVICE.oom_score
        assert niceness >= SERVICE.niceness
    finally:
        process.kill()
        process.communicate()
