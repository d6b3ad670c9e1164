"""Runs every benchmark, one after the other, and keeps the results; `--baseline` writes them to `bench/baselines`.

Exits with 1 if a benchmark failed; a failure never takes the place of a baseline.

Each benchmark is a process of its own that prints one JSON object, the measured peer included.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

BENCHMARKS = (
    "plan_time",
    "sim_vehicles",
    "sim_fast_forward",
    "telemetry_records",
    "station_receive",
    "flight_core",
    "byte_to_browser",
    "start_up",
    "picture_intake",
)
_HERE = Path(__file__).parent
_LONGEST_S = 1200


def measure(name: str) -> dict[str, Any]:
    """Return what one benchmark prints, with the machine's load before it."""
    load = os.getloadavg()[0]
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{name}"], capture_output=True, text=True, timeout=_LONGEST_S, check=False
    )
    if done.returncode != 0:
        return {"benchmark": name, "failed": done.stderr.strip().splitlines()[-1:], "load_before": load}
    text = done.stdout[done.stdout.index("{") :]
    result: dict[str, Any] = json.loads(text)
    return {"benchmark": name, "load_before": round(load, 2), "result": result}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=BENCHMARKS)
    parser.add_argument("--baseline", action="store_true")
    options = parser.parse_args()
    folder = _HERE / ("baselines" if options.baseline else "results")
    folder.mkdir(exist_ok=True)
    failed: list[str] = []
    for name in options.names:
        measured = measure(name)
        measured["machine"] = {"cores": os.cpu_count(), "python": platform.python_version()}
        measured["measured_on"] = time.strftime("%Y-%m-%d")
        text = json.dumps(measured, ensure_ascii=False, indent=1)
        print(text, flush=True)
        if "failed" in measured:
            failed.append(name)
        if "failed" not in measured or not options.baseline:
            (folder / f"{name}.json").write_text(text + "\n")
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
