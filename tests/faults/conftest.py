"""One run for all faults that leave it standing; it ends with the last of them, and takes nothing from other tests."""

import asyncio
import shutil
from collections.abc import Iterator

import pytest

from tests.faults.world import World, world


@pytest.fixture(scope="package")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Give a run with its people made."""
    broker = {"BROKER__KIND": "mosquitto"} if shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/bin") else {}
    with world(tmp_path_factory.mktemp("faults"), **broker) as made:
        asyncio.run(made.set_up())
        yield made
