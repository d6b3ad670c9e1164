"""Finds the town a command works with.

A drill without a town gets the demonstration town, made when it is first needed. A live run must name its town, and one
whose mountains are real.
"""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from fleet.errors import BadInputError
from fleet.realm import Realm
from fleet.set_aside import BrokenPart, BrokenParts, set_aside
from fleet.text import Text
from kakehashi.alone import alone
from kakehashi.home import MOVE_HOME, Home
from kakehashi.output_place import writing
from kakehashi.settings import Settings

if TYPE_CHECKING:
    from missions.values.town import Town

DEMO_FOLDER = "demo"


def bundle_place(settings: Settings) -> Path | None:
    """Return where the bundle of a run is, whether there is one or not; None for a live run that names none."""
    if settings.town.bundle is None and settings.realm is Realm.LIVE:
        return None
    return settings.town.bundle or Home(root=settings.home, realm=settings.realm).towns / DEMO_FOLDER


def bundle_folder(settings: Settings, broken: BrokenParts | None = None) -> Path:
    """Return the bundle's folder, in a drill making the demonstration town if none was named.

    What lies in that one's place is set aside and told to `broken`.

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
    return _folder(settings, broken)


def _folder(settings: Settings, broken: BrokenParts | None = None) -> Path:
    if settings.town.bundle is not None:
        return settings.town.bundle
    folder = Home(root=settings.home, realm=settings.realm).towns / DEMO_FOLDER
    if not (folder / "town.toml").is_file():
        _make_anew(folder, _is_there, broken or BrokenParts())
    return folder


def _is_there(folder: Path) -> str | None:
    return None if (folder / "town.toml").is_file() else "town.toml"


def _make_anew(folder: Path, fault_of: Callable[[Path], str | None], broken: BrokenParts) -> None:
    """Make the demonstration town where it has a fault, setting aside what lies there; one process at a time."""
    with alone(folder.parent.with_suffix(".lock")):
        fault = fault_of(folder)
        if fault is None:
            return
        if os.path.lexists(folder):
            now_s = time.time()
            kept = set_aside(folder, now_s=now_s)
            broken.add(_demo_made_anew(kept, fault, now_s))
        with writing(folder, MOVE_HOME):
            _make_demo(folder)


def _demo_made_anew(kept: Path, fault: str, now_s: float) -> BrokenPart:
    return BrokenPart(
        key="demo-town",
        at_s=now_s,
        what=Text(
            f"架空の町を読めません（{fault}）。{kept.name} に取り置き、作り直しました",
            f"the demonstration town cannot be read ({fault}): it is kept as {kept.name}, and was made anew",
        ),
        cure=Text(
            "手で直した町なら、取り置いたフォルダを直して KAKEHASHI_TOWN__BUNDLE に設定してください",
            "if you had changed it by hand, mend the folder that was kept and name it in KAKEHASHI_TOWN__BUNDLE",
        ),
        kept_as=kept,
    )


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


def load_town(settings: Settings, broken: BrokenParts | None = None, *, mend: bool = True) -> "Town":
    """Return the town of a run; a demonstration town that cannot be read is set aside, told to `broken` and made anew.

    Raises BadInputError naming file, layer and row if the bundle is not right, and for a live run whose town is not
    set or has made-up mountains.
    """
    from missions.formats.town_bundle import read_town

    folder = bundle_folder(settings, broken)
    try:
        town = read_town(folder)
    except BadInputError:
        if settings.town.bundle is not None or not mend:
            raise
        _make_anew(folder, _fault_of, broken or BrokenParts())
        town = read_town(folder)
    require_real_terrain(settings, town)
    return town


def _fault_of(folder: Path) -> str | None:
    from missions.formats.town_bundle import read_town

    try:
        read_town(folder)
    except BadInputError as error:
        return str(error.what.en)
    return None


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
