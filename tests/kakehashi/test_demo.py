"""One delivery from end to end with no hand."""

import json
from pathlib import Path

import pytest

from tests.kakehashi.running import environment, kakehashi


@pytest.mark.timeout(600)
def test_the_demo_flies_a_delivery_and_everything_arrives(tmp_path: Path) -> None:
    done = kakehashi("demo", "--fly", "--speedup", "25", "--exit", env=environment(tmp_path), timeout_s=580)
    assert done.returncode == 0, done.stderr[-3000:]
    summary = json.loads(done.stdout.splitlines()[-1])
    assert summary["planned"]
    assert summary["uploaded"]
    assert summary["delivered"]
    assert summary["landed_at_depot"]
    assert summary["simulated"] is True
    assert summary["pictures_taken"] == summary["pictures_received"] == 5
    assert summary["records_received"] > 50


def test_the_demo_without_flying_only_plans(tmp_path: Path) -> None:
    done = kakehashi("demo", "--exit", env=environment(tmp_path), timeout_s=200)
    assert done.returncode == 0, done.stderr[-3000:]
    summary = json.loads(done.stdout.splitlines()[-1])
    assert summary["planned"]
    assert not summary["uploaded"]
