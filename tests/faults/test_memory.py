"""Planner and image workers burn all cores and memory, until the kernel takes a process: it never takes the core."""

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.world import World, descendants, eventually

pytestmark = pytest.mark.timeout(600)

LONGEST_GAP_S = 2.0
LIMIT_MIB = 600
WORKERS = ("planner", "image worker")


def _chance(process: int) -> int:
    """Return the kernel's badness of a process: the one with the highest is taken first."""
    return int(Path(f"/proc/{process}/oom_score").read_text())


async def test_the_core_is_the_last_that_the_kernel_takes_and_the_first_that_it_runs(drill: World) -> None:
    await eventually(lambda: all(drill.living(worker) for worker in WORKERS))
    others = [one for one in descendants(drill.run.supervisor) if one != drill.core]
    assert len(others) >= 5
    adjusted = {one: int(Path(f"/proc/{one}/oom_score_adj").read_text()) for one in (drill.core, *others)}
    assert all(adjusted[drill.core] < adjusted[one] for one in others), adjusted
    assert all(_chance(drill.core) < _chance(one) for one in others)
    assert all(os.getpriority(os.PRIO_PROCESS, drill.core) < os.getpriority(os.PRIO_PROCESS, one) for one in others)


@contextlib.contextmanager
def _group(name: str) -> Iterator[Path]:
    """Give a memory group of its own (cgroup v1 or v2); skip where this machine allows none."""
    first = Path("/sys/fs/cgroup/memory") if Path("/sys/fs/cgroup/memory").is_dir() else Path("/sys/fs/cgroup")
    group, home = first / name, first / "cgroup.procs"
    try:
        group.mkdir()
        limit = group / ("memory.limit_in_bytes" if first.name == "memory" else "memory.max")
        limit.write_text(str(LIMIT_MIB << 20))
    except OSError as error:
        with contextlib.suppress(OSError):
            group.rmdir()
        pytest.skip(f"no memory group of our own can be made: {error}")
    try:
        yield group
    finally:
        for process in (group / "cgroup.procs").read_text().split():
            with contextlib.suppress(OSError):
                home.write_text(process)
        group.rmdir()


def _kills(group: Path) -> int:
    """Return how many of the group the kernel has taken."""
    for name in ("memory.oom_control", "memory.events"):
        if (group / name).exists():
            lines = dict(line.split() for line in (group / name).read_text().splitlines())
            return int(lines["oom_kill"])
    return 0


@pytest.mark.parametrize("seconds", [10.0, pytest.param(60.0, marks=pytest.mark.campaign)])
async def test_workers_that_burn_cores_and_memory_until_some_are_taken_never_cost_the_core(
    drill: World, seconds: float
) -> None:
    async with drill.page() as page:
        await drill.flying(page)
    core = drill.core
    with _group(f"kakehashi-faults-{os.getpid()}") as group:
        for process in (drill.run.supervisor, *descendants(drill.run.supervisor), core):
            with contextlib.suppress(OSError):
                (group / "cgroup.procs").write_text(str(process))
        began_s = time.monotonic()
        with drill.misbehaving("burn", str(4 * LIMIT_MIB)):
            await asyncio.sleep(seconds)
            await eventually(lambda: _kills(group) > 0)
        gap_s, kills = drill.wire.longest_gap_s(began_s), _kills(group)
    sys.stdout.write(json.dumps({"oom_kills": kills, "seconds": seconds, "longest_gap_s": round(gap_s, 2)}) + "\n")
    assert kills >= 1
    assert drill.core == core
    assert gap_s <= LONGEST_GAP_S
