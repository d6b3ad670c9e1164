"""Finds the town a command works with.

A drill without a town gets the demonstration town, made when it is first needed. A live run must name its town, and one
whose mountains are real.
"""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from fleet.errors import BadInputError
from fleet.realm import Realm
from fleet.text import Text
from kakehashi.home import MOVE_HOME, Home
from kakehashi.output_place import writing
from kakehashi.settings import Settings

if TYPE_CHECKING:
    from missions.values.town import Town

DEMO_FOLDER = "demo"


def bundle_folder(settings: Settings) -> Path:
    """Return the bundle's folder, in a drill making the demonstration town if none was named.

    Raises BadInputError for a live run without a town of its own.
    """
    if settings.realm is Realm.LIVE and settings.town.bundle is None:
        raise BadInputError(
            Text(
                "本番で動かす町が設定されていません（架空の町は訓練専用です）",
                "no town is set for a live run (the demonstration town is for drills only)",
            ),
            Text(
                "kakehashi town import で町を作り、KAKEHASHI_TOWN__BUNDLE にそのフォルダを設定してください。"
                "訓練なら --drill を付けてください",
                "make the town with kakehashi town import and set KAKEHASHI_TOWN__BUNDLE to its folder; "
                "for a drill add --drill",
            ),
        )
    return _folder(settings)


def _folder(settings: Settings) -> Path:
    if settings.town.bundle is not None:
        return settings.town.bundle
    folder = Home(root=settings.home, realm=settings.realm).towns / DEMO_FOLDER
    if not (folder / "town.toml").is_file():
        with writing(folder, MOVE_HOME):
            _make_demo(folder)
    return folder


def _make_demo(folder: Path) -> None:
    """Make the demonstration town; where another process was quicker, its town is the one."""
    from missions.formats.demo_town import make_demo_town
    from missions.formats.town_bundle import write_town

    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{folder.name}.", dir=folder.parent) as scratch:
        fresh = Path(scratch) / folder.name
        write_town(make_demo_town(), fresh)
        try:
            fresh.replace(folder)
        except OSError:
            if not (folder / "town.toml").is_file():
                raise


def load_town(settings: Settings) -> "Town":
    """Return the town of a run.

    Raises BadInputError naming file, layer and row if the bundle is not right, and for a live run whose town is not
    set or has made-up mountains.
    """
    from missions.formats.town_bundle import read_town

    town = read_town(bundle_folder(settings))
    require_real_terrain(settings, town)
    return town


def load_town_for_drafts(settings: Settings) -> "Town":
    """Return the town for a plan on paper: any town that can be read, else the demonstration town."""
    from missions.formats.town_bundle import read_town

    return read_town(_folder(settings))


def require_real_terrain(settings: Settings, town: "Town") -> None:
    """Raise BadInputError if a live run would fly over made-up mountains."""
    if settings.realm is Realm.LIVE and town.terrain.synthetic:
        raise BadInputError(
            Text(
                f"{town.name.ja}の地形は合成されたものなので、本番では使えません",
                f"the terrain of {town.name.en} is made up and cannot be used live",
            ),
            Text(
                "本物の標高データを kakehashi town import で取り込んでください。訓練なら --drill を付けてください",
                "import real elevation with kakehashi town import; for a drill add --drill",
            ),
        )
