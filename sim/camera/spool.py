"""Pictures waiting in a folder for the station: `{number}.jpg` with `{number}.json`. Bounded: the oldest goes first.

A picture is there once its `.json` is, which is renamed into place after the picture was synced.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from fleet.errors import UnavailableError
from fleet.set_aside import BrokenParts, make_way
from fleet.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """What the companion says to the station about a picture; `captured_at_s` in Unix seconds."""

    vehicle_id: str
    image_index: int
    captured_at_s: float
    file_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One picture in the spool."""

    number: int
    path: Path
    about: HandOver

    def data(self) -> bytes:
        """Return the file; raises UnavailableError if it cannot be read."""
        with _on_disk():
            return self.path.read_bytes()


class Spool:
    """Keeps at most `limit` pictures; `dropped` counts those that had to go, `refused` those the station will not have.

    What is refused is moved to the folder `refused`, at most `limit` of them; what cannot be used is set aside and told
    to `broken`. Blocking; one caller at a time. Whatever the disk does, only UnavailableError is raised.
    """

    def __init__(self, folder: Path, *, limit: int = 500, broken: BrokenParts | None = None) -> None:
        self._folder = folder
        self._limit = limit
        self._broken = broken or BrokenParts()
        self.dropped = 0
        self.refused = 0
        with _on_disk():
            for ours in (folder, folder / "refused"):
                self._make_way(ours, for_folder=True)
                ours.mkdir(parents=True, exist_ok=True)
            for path in (one for ending in ("part", "jpg", "json") for one in folder.glob(f"*.{ending}")):
                self._make_way(path, for_folder=False)
            for left in (*folder.glob("*.part"), *(p for p in folder.glob("*.jpg") if not _about(p).exists())):
                left.unlink(missing_ok=True)
            self._numbers = sorted(int(path.stem) for path in folder.glob("*.json") if path.stem.isdecimal())
        self._next = self._numbers[-1] + 1 if self._numbers else 1

    def _make_way(self, path: Path, *, for_folder: bool) -> None:
        make_way(path, for_folder=for_folder, broken=self._broken, now_s=time.time())

    def __len__(self) -> int:
        """Return how many pictures wait."""
        return len(self._numbers)

    def put(self, data: bytes, about: HandOver) -> None:
        """Keep a picture; when it returns it is on disk. Raises UnavailableError."""
        number = self._next
        picture = self._picture(number)
        with _on_disk():
            try:
                _write(picture, data)
                part = picture.with_suffix(".part")
                _write(part, json.dumps(asdict(about)).encode())
                part.replace(_about(picture))
            except OSError:
                picture.unlink(missing_ok=True)
                raise
        self._next += 1
        self._numbers.append(number)
        while len(self._numbers) > self._limit:
            self._forget(self._numbers[0])
            self.dropped += 1

    def oldest(self) -> Waiting | None:
        """Return the picture that waits longest; one that cannot be read, or whose note cannot, is dropped."""
        while self._numbers:
            number = self._numbers[0]
            picture = self._picture(number)
            try:
                about = _hand_over(json.loads(_about(picture).read_bytes()))
                with picture.open("rb"):
                    pass
            except (OSError, ValueError, TypeError, KeyError, RecursionError):
                self._forget(number)
                self.dropped += 1
                continue
            return Waiting(number=number, path=picture, about=about)
        return None

    def done(self, waiting: Waiting) -> None:
        """Forget a picture that the station has."""
        self._forget(waiting.number)

    def set_aside(self, waiting: Waiting) -> None:
        """Move a picture that the station refuses for good out of the way."""
        folder = self._folder / "refused"
        with _on_disk():
            kept = sorted(folder.glob("*.jpg"))
            for old in kept[: max(0, len(kept) - self._limit + 1)]:
                old.unlink(missing_ok=True)
            if waiting.path.exists():
                waiting.path.replace(folder / waiting.path.name)
        self.refused += 1
        self._forget(waiting.number)

    def _forget(self, number: int) -> None:
        if number in self._numbers:
            self._numbers.remove(number)
        picture = self._picture(number)
        with _on_disk():
            for path in (_about(picture), picture):
                self._make_way(path, for_folder=False)
                path.unlink(missing_ok=True)

    def _picture(self, number: int) -> Path:
        return self._folder / f"{number:09}.jpg"


def _about(picture: Path) -> Path:
    return picture.with_suffix(".json")


def _hand_over(note: dict[str, object]) -> HandOver:
    """Return what a note says; raises ValueError, TypeError or KeyError."""
    return HandOver(
        vehicle_id=str(note["vehicle_id"]),
        image_index=int(str(note["image_index"])),
        captured_at_s=float(str(note["captured_at_s"])),
        file_name=str(note["file_name"]),
    )


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _on_disk() -> Iterator[None]:
    """Raise UnavailableError for whatever the disk refuses."""
    try:
        yield
    except OSError as error:
        raise _unavailable(error) from error


def _unavailable(error: OSError) -> UnavailableError:
    return UnavailableError(
        Text(f"機上の写真を保存できません: {error.strerror}", f"the companion cannot keep pictures: {error.strerror}"),
        Text("ディスクの空きと権限を確認してください", "check the disk's free space and permissions"),
    )
