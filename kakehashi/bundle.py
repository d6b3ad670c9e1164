"""Finds the town a command works with; the demonstration town is made when there is none."""

import tempfile
from pathlib import Path

from kakehashi.home import Home
from kakehashi.settings import Settings
from missions.formats.demo_town import make_demo_town
from missions.formats.town_bundle import read_town, write_town
from missions.values.town import Town

DEMO_FOLDER = "demo"


def bundle_folder(settings: Settings) -> Path:
    """Return the bundle's folder, making the demonstration town if no town was named."""
    if settings.town.bundle is not None:
        return settings.town.bundle
    folder = Home(root=settings.home, realm=settings.realm).towns / DEMO_FOLDER
    if not (folder / "town.toml").is_file():
        _make_demo(folder)
    return folder


def _make_demo(folder: Path) -> None:
    """Make the demonstration town; where another process was quicker, its town is the one."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{folder.name}.", dir=folder.parent) as scratch:
        fresh = Path(scratch) / folder.name
        write_town(make_demo_town(), fresh)
        try:
            fresh.replace(folder)
        except OSError:
            if not (folder / "town.toml").is_file():
                raise


def load_town(settings: Settings) -> Town:
    """Return the town; raises BadInputError naming file, layer and row if the bundle is not right."""
    return read_town(bundle_folder(settings))
