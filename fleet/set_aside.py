"""Broken files are set aside in words, so that what stands beside them goes on without them.

A file that cannot be used is renamed to `<name>.broken-<UTC stamp>`; beside it lies `<that>.note`, JSON that says what
was found, so that a later start and `kakehashi doctor` can say it too.
"""

import contextlib
import json
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fleet.errors import UnavailableError
from fleet.text import Text

MARK = ".broken-"
MOST_PARTS = 100
SQLITE_COMPANIONS = ("-wal", "-shm", "-journal")
_NOTE = ".note"
_HEADER = ".header"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenPart:
    """One file, or a part of one, that could not be used; `kept_as` is where it lies now, None if it stayed.

    `key` names what is broken, so that the same finding told twice is one; `at_s` is Unix time.
    """

    key: str
    at_s: float
    what: Text
    cure: Text
    kept_as: Path | None = None


OnBroken = Callable[[BrokenPart], None]


class BrokenParts:
    """What a service found broken; safe to use from several threads. Beyond 100 the oldest is forgotten."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._parts: deque[BrokenPart] = deque(maxlen=MOST_PARTS)
        self._listeners: list[OnBroken] = []

    @property
    def all(self) -> tuple[BrokenPart, ...]:
        """Return what was found, oldest first."""
        with self._lock:
            return tuple(self._parts)

    def add(self, part: BrokenPart) -> None:
        """Take a finding in, leave its note beside the file, and tell the listeners in the thread that found it."""
        with self._lock:
            if any(known.key == part.key and known.kept_as == part.kept_as for known in self._parts):
                return
            self._parts.append(part)
            listeners = tuple(self._listeners)
        if part.kept_as is not None:
            _write_note(part, part.kept_as)
        for listener in listeners:
            listener(part)

    def subscribe(self, listener: OnBroken) -> None:
        """Tell `listener` of everything found so far, and of what is found from now on."""
        with self._lock:
            known = tuple(self._parts)
            self._listeners.append(listener)
        for part in known:
            listener(part)


def set_aside(path: Path, *, now_s: float, most_kept: int | None = None) -> Path:
    """Rename what stands at `path`, with SQLite's files beside it; return where it lies now.

    With `most_kept` the oldest of this file are deleted beyond that number, so that a failing disk is not filled.
    Raises UnavailableError if the disk refuses.
    """
    stamp = datetime.fromtimestamp(now_s, UTC).strftime("%Y%m%dT%H%M%SZ")
    names = (f"{path.name}{MARK}{stamp}{again}" for again in ("", *(f".{number}" for number in range(1, 1000))))
    kept = next(place for name in names if not os.path.lexists(place := path.with_name(name)))
    try:
        path.rename(kept)
        for ending in SQLITE_COMPANIONS:
            beside = path.with_name(path.name + ending)
            if os.path.lexists(beside):
                beside.rename(kept.with_name(kept.name + ending))
    except OSError as error:
        raise UnavailableError(
            Text(
                f"壊れたファイル {path} を別名に移せません: {error.strerror}",
                f"the broken file {path} cannot be moved aside: {error.strerror}",
            ),
            Text("フォルダの権限を確認してください", "check the permissions of its folder"),
        ) from error
    if most_kept is not None:
        _keep_newest(path, most_kept)
    return kept


def _keep_newest(path: Path, most: int) -> None:
    kept = sorted(one for one in path.parent.glob(f"{path.name}{MARK}*") if _is_whole(one, path.parent))
    for old in kept[:-most]:
        for ending in ("", _NOTE, _HEADER, *SQLITE_COMPANIONS):
            with contextlib.suppress(OSError):
                old.with_name(old.name + ending).unlink()


def make_way(path: Path, *, for_folder: bool, broken: BrokenParts, now_s: float) -> None:
    """Set aside what stands where a file (or a folder) of ours must be and is none; raises UnavailableError."""
    if not os.path.lexists(path) or (path.is_dir() if for_folder else path.is_file()):
        return
    kept = set_aside(path, now_s=now_s)
    ja, en = ("フォルダ", "a folder") if for_folder else ("ファイル", "a file")
    broken.add(
        BrokenPart(
            key=str(path),
            at_s=now_s,
            what=Text(
                f"{path.name} は{ja}のはずが別のものでした。{kept.name} に移し、新しく作りました",
                f"{path.name} should be {en} and was none: it was moved to {kept.name} and made anew",
            ),
            cure=Text("移したものが要るか確かめてください", "look whether what was moved is needed"),
            kept_as=kept,
        )
    )


def kept_aside(folders: Iterable[Path]) -> list[BrokenPart]:
    """Return what lies set aside in these folders and below, by name; what has no note is named all the same."""
    found: list[BrokenPart] = []
    for folder in folders:
        with contextlib.suppress(OSError):
            paths = sorted(path for path in folder.rglob(f"*{MARK}*") if _is_whole(path, folder))
            found += [_read_note(path) for path in paths]
    return found


def _is_whole(path: Path, folder: Path) -> bool:
    """Leave out notes, SQLite's companions, and what lies inside a folder that was set aside."""
    inside = any(MARK in part for part in path.relative_to(folder).parts[:-1])
    return not inside and not path.name.endswith((_NOTE, _HEADER, *SQLITE_COMPANIONS))


def _note_of(kept: Path) -> Path:
    return kept.with_name(kept.name + _NOTE)


def _write_note(part: BrokenPart, kept: Path) -> None:
    content = {"key": part.key, "at_s": part.at_s, "what": part.what.as_dict(), "cure": part.cure.as_dict()}
    # The note only repeats what is told now; a disk that refuses it must not stop the start.
    with contextlib.suppress(OSError):
        _note_of(kept).write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")


def _read_note(kept: Path) -> BrokenPart:
    try:
        note = json.loads(_note_of(kept).read_text(encoding="utf-8"))
        return BrokenPart(
            key=str(note["key"]),
            at_s=float(note["at_s"]),
            what=Text(str(note["what"]["ja"]), str(note["what"]["en"])),
            cure=Text(str(note["cure"]["ja"]), str(note["cure"]["en"])),
            kept_as=kept,
        )
    except (OSError, ValueError, KeyError, TypeError):
        return BrokenPart(
            key=str(kept),
            at_s=0.0,
            what=Text(f"{kept.name} が取り置かれています", f"{kept.name} was set aside"),
            cure=Text("中身を確かめ、要らなければ消してください", "look at it, and delete it if it is not needed"),
            kept_as=kept,
        )
