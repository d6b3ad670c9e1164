"""Places that a command writes to: looked at before the work begins, and named where writing fails after all."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from fleet.errors import BadInputError, UnavailableError
from fleet.text import Text

_ANOTHER_PLACE = Text("別の場所を指定してください", "name another place")


def require_file_place(file: Path) -> None:
    """Raise BadInputError if no file can be written there: no such folder, one not to be written in, or a folder."""
    folder = file.parent
    if not os.path.lexists(folder):
        raise BadInputError(
            Text(
                f"{file} に書き出せません: フォルダ {folder} がありません", f"cannot write {file}: no folder {folder}"
            ),
            Text("先にフォルダを作るか、別の場所を指定してください", "make the folder first, or name another place"),
        )
    _require_writable_folder(folder, for_place=file)
    with writing(file):
        is_folder = file.is_dir()
    if is_folder:
        raise BadInputError(
            Text(f"{file} はフォルダなので書き出せません", f"cannot write {file}: it is a folder"),
            Text("ファイルの名前まで指定してください", "name the file too"),
        )


def require_folder_place(folder: Path) -> None:
    """Raise BadInputError if it is no folder and cannot become one."""
    nearest = folder
    while not os.path.lexists(nearest) and nearest.parent != nearest:
        nearest = nearest.parent
    _require_writable_folder(nearest, for_place=folder)


def _require_writable_folder(folder: Path, *, for_place: Path) -> None:
    with writing(for_place):
        is_folder = folder.is_dir()
    if not is_folder:
        raise BadInputError(
            Text(
                f"{for_place} に書き出せません: {folder} はフォルダではありません",
                f"cannot write {for_place}: {folder} is not a folder",
            ),
            _ANOTHER_PLACE,
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise BadInputError(
            Text(
                f"{for_place} に書き出せません: {folder} に書き込む権限がありません",
                f"cannot write {for_place}: {folder} may not be written in",
            ),
            Text(
                "権限を変えるか、別の場所を指定してください", "change the folder's permissions, or name another place"
            ),
        )


@contextlib.contextmanager
def writing(place: Path, cure: Text | None = None) -> Iterator[None]:
    """Run what writes to `place`; raises UnavailableError naming it where the disk refuses."""
    try:
        yield
    except OSError as error:
        why = error.strerror or error
        raise UnavailableError(
            Text(f"{place} に書き込めません: {why}", f"cannot write to {place}: {why}"),
            cure
            or Text(
                "ディスクの空きと権限を確かめるか、別の場所を指定してください",
                "check free space and permissions, or name another place",
            ),
        ) from error
