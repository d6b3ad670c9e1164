"""Runs Cosmic Ray over each module of `targets.py` in a copy of the tree, and prints one JSON object a module.

Results are kept in `mutation/results` under the digest of module and tests: a run that was broken off goes on where it
stood, and what did not change is not run again. Exits with 1 where fewer than 95 % of the mutants are killed.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from mutation.session import Summary, leave_out_declarations, summary_of
from mutation.targets import TARGETS

LEAST_RATE = 0.95
_ROOT = Path(__file__).parent.parent
_RESULTS = _ROOT / "mutation" / "results"
_SETTINGS = _ROOT / "mutation" / "cosmic-ray.toml"
_DECLARATIONS = "mutation/declarations.py"
_COPIED = ("fleet", "portal", "telemetry", "missions", "imagery", "ground_station", "sim", "tests")
_PYTEST = "-m pytest -x -q --no-header -p pytest_asyncio.plugin -p pytest_timeout"


def mutate(module: str, tests: tuple[str, ...], copy: Path) -> Summary:
    """Return how a module's mutants fared; only files in `copy` are changed."""
    session = _session_of(module, tests)
    settings = copy / "cosmic-ray.toml"
    command = f"{sys.executable} {_PYTEST} {' '.join(tests)}"
    filled = f'[cosmic-ray]\nmodule-path = "{module}"\ntest-command = "{command}"\n'
    settings.write_text(_SETTINGS.read_text().replace("[cosmic-ray]\n", filled, 1))
    shutil.copy2(_ROOT / module, copy / module)
    _run(copy, *command.split())
    if not session.exists():
        unfinished = session.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        _run(copy, "cosmic-ray", "init", str(settings), str(unfinished))
        _run(copy, "cr-filter-operators", str(unfinished), str(settings))
        leave_out_declarations(unfinished, (_ROOT / module).read_text())
        for old in session.parent.glob(f"{session.name.split('@')[0]}@*.sqlite"):
            old.unlink()
        unfinished.rename(session)
    _run(copy, "cosmic-ray", "exec", str(settings), str(session))
    return summary_of(session, module)


def _session_of(module: str, tests: tuple[str, ...]) -> Path:
    beside = {path for test in tests for path in (_ROOT / test).parent.glob("*.py") if path.name[:5] != "test_"}
    read = [_ROOT / module, *(_ROOT / test for test in tests), *sorted(beside), _SETTINGS, _ROOT / _DECLARATIONS]
    digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in read)).hexdigest()
    return _RESULTS / f"{module.removesuffix('.py').replace('/', '.')}@{digest[:12]}.sqlite"


def _run(copy: Path, program: str, *arguments: str) -> None:
    named = str(Path(sys.executable).parent / program)
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run([named, *arguments], cwd=copy, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{program} {' '.join(arguments)}:\n{done.stdout}{done.stderr}")


def _copied(folder: Path) -> Path:
    for name in _COPIED:
        shutil.copytree(_ROOT / name, folder / name)
    shutil.copy2(_ROOT / "pyproject.toml", folder)
    return folder


def main() -> None:
    """Mutate the modules whose names contain one of the arguments, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="parts of module names")
    names: list[str] = parser.parse_args().names
    _RESULTS.mkdir(exist_ok=True)
    poor: list[str] = []
    with tempfile.TemporaryDirectory(prefix="kakehashi-mutation-") as folder:
        copy = _copied(Path(folder))
        for module, tests in TARGETS.items():
            if names and not any(name in module for name in names):
                continue
            summary = mutate(module, tests, copy)
            print(json.dumps(summary, ensure_ascii=False, indent=1), flush=True)
            if summary["rate"] < LEAST_RATE:
                poor.append(module)
    if poor:
        sys.exit(f"fewer than {LEAST_RATE:.0%} killed: {', '.join(poor)}")


if __name__ == "__main__":
    main()
