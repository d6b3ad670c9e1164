"""From `kakehashi run --drill` to the first live position of an aircraft on the operator's live state.

Beside it, in the same run: one bare Python process that imports the same libraries and does nothing. The first start
also makes the demonstration town; the later ones are what a tent sees every morning. Prints one JSON object.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from fleet.text import Text
from kakehashi.page_client import PageClient
from tests.kakehashi.running import Running, environment, run

RUNS = 3
BUDGET_S = 10.0
PASSWORD = "a password for one benchmark"
_LIBRARIES = "fastapi, geopandas, pymavlink, rasterio, skimage, sqlalchemy, uvicorn"
_WORDS = Text("位置が届きません", "no position comes")


def _has_position(state: dict[str, Any]) -> bool:
    return any(one.get("lon_deg") is not None for one in state.get("vehicles", {}).values())


async def _first_position(running: Running, *, first: bool) -> None:
    async with PageClient(running.station) as page:
        if first:
            operator, _ = running.setup_links()
            await page.set_up(operator.rpartition("setup=")[2], "bench", PASSWORD)
        else:
            running.wait_for("Ctrl-C")
            await page.sign_in("bench", PASSWORD)
        await page.until(_has_position, within_s=60, what=_WORDS)


def measure_start(home: Path, *, first: bool) -> float:
    """Return the seconds of one start."""
    began_s = time.monotonic()
    with run("--drill", env=environment(home)) as running:
        asyncio.run(_first_position(running, first=first))
        return time.monotonic() - began_s


def measure_imports() -> float:
    """Return the seconds of one process that only imports."""
    began_s = time.monotonic()
    subprocess.run([sys.executable, "-c", f"import {_LIBRARIES}"], check=True)
    return time.monotonic() - began_s


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        first_s = measure_start(Path(folder), first=True)
        later_s = [measure_start(Path(folder), first=False) for _ in range(RUNS)]
    imports_s = [measure_imports() for _ in range(RUNS)]
    print(
        json.dumps(
            {
                "first_start_s": round(first_s, 2),
                "later_start_median_s": round(statistics.median(later_s), 2),
                "bare_imports_median_s": round(statistics.median(imports_s), 2),
                "ratio_to_bare_imports": round(statistics.median(later_s) / statistics.median(imports_s), 2),
                "budget_s": BUDGET_S,
            }
        )
    )


if __name__ == "__main__":
    main()
