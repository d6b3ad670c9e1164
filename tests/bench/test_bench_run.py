"""A benchmark that fails is told by the exit code and leaves the baseline as it was."""

import sys
from pathlib import Path

import pytest

from bench import __main__ as runner


def test_a_failed_benchmark_exits_with_1_and_keeps_the_old_baseline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "baselines" / "no_such_benchmark.json"
    old.parent.mkdir()
    old.write_text("{}")
    monkeypatch.setattr(runner, "_HERE", tmp_path)
    monkeypatch.setattr(sys, "argv", ["bench", "no_such_benchmark", "--baseline"])
    with pytest.raises(SystemExit) as ended:
        runner.main()
    assert ended.value.code not in {0, None}
    assert old.read_text() == "{}"
