"""The demonstration town, made once for all tests of the formats."""

from pathlib import Path

import pytest

from missions.formats.demo_town import make_demo_town
from missions.formats.town_bundle import write_town
from missions.values.town import Town


@pytest.fixture(scope="session")
def demo_town() -> Town:
    return make_demo_town()


@pytest.fixture(scope="session")
def demo_folder(demo_town: Town, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration town as a folder; tests that change it copy it first."""
    folder = tmp_path_factory.mktemp("towns") / demo_town.id
    write_town(demo_town, folder)
    return folder
