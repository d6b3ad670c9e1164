"""Pictures in a folder: `originals/ab/abcd…` and `copies/ab/abcd….preview.jpg`.

A file is written under a passing name, synced, renamed and its folder synced (POSIX rename is atomic), so a power cut
leaves a whole file or none. Names are made from checked hashes alone: nothing a sender says reaches a path.
"""

import contextlib
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

from fleet.disk_probe import write_once
from fleet.errors import UnavailableError
from fleet.set_aside import BrokenPart, BrokenParts, make_way
from fleet.text import Text
from fleet.write_watch import WriteWatch, noting
from imagery.store import (
    Copy,
    DamagedPictureError,
    check_content,
    check_sha256,
    damaged_picture,
    is_sha256,
    no_such_picture,
    sha256_of,
)

_PASSING = ".passing-"
_TRIED_BYTES = 1_000_000


class FolderStore:
    """Keeps pictures under `root`; opening it clears what a power cut left half written.

    What stands in its way is set aside; of that, and of damaged pictures, `broken` is told. `watch` notes every write.
    """

    def __init__(self, root: Path, *, watch: WriteWatch | None = None, broken: BrokenParts | None = None) -> None:
        self._watch = watch
        self._broken = broken or BrokenParts()
        self._originals = root / "originals"
        self._copies = root / "copies"
        try:
            for folder in (root, self._originals, self._copies):
                self._make_way(folder, for_folder=True)
                folder.mkdir(parents=True, exist_ok=True)
                for left in folder.glob(f"*/{_PASSING}*"):
                    left.unlink(missing_ok=True)
        except OSError as error:
            raise _unavailable(error) from error

    def put(self, data: bytes) -> str:
        """Keep an original; one that is there and sound is not written again."""
        sha256 = sha256_of(data)
        path = self._original(sha256)
        with contextlib.suppress(OSError):
            if path.stat().st_size == len(data) and sha256_of(_read(path)) == sha256:
                return sha256
        with noting(self._watch):
            self._write(path, data)
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return an original, checked against its name."""
        path = self._original(sha256)
        try:
            data = _read(path)
        except FileNotFoundError as error:
            raise no_such_picture(sha256) from error
        except OSError as error:
            raise _unavailable(error) from error
        try:
            return check_content(sha256, data)
        except DamagedPictureError as error:
            self._tell_damaged(sha256, error)
            raise

    def part(self, sha256: str, offset: int, length: int) -> bytes:
        """Return some bytes of an original."""
        path = self._original(sha256)
        try:
            with path.open("rb") as file:
                file.seek(offset)
                return file.read(length)
        except FileNotFoundError as error:
            raise no_such_picture(sha256) from error
        except OSError as error:
            damaged = damaged_picture(sha256)
            self._tell_damaged(sha256, damaged)
            raise damaged from error

    def put_copy(self, sha256: str, copy: Copy, jpeg: bytes) -> None:
        """Keep a small copy."""
        with noting(self._watch):
            self._write(self._copy(sha256, copy), jpeg)

    def try_writing(self) -> None:
        """Write a picture's worth and take it away again, to see whether it goes; raises UnavailableError."""
        with noting(self._watch):
            try:
                write_once(self._originals / f"{_PASSING}try", _TRIED_BYTES)
            except OSError as error:
                raise _unavailable(error) from error

    def copy(self, sha256: str, copy: Copy) -> bytes:
        """Return a small copy."""
        try:
            return _read(self._copy(sha256, copy))
        except FileNotFoundError as error:
            raise no_such_picture(sha256) from error
        except OSError as error:
            raise _unavailable(error) from error

    def originals(self) -> Iterator[str]:
        """Return what is kept; passing files are left out."""
        names = (path.name for path in self._originals.glob("*/*") if is_sha256(path.name))
        return iter(sorted(names))

    def _write(self, path: Path, data: bytes) -> None:
        self._make_way(path.parent, for_folder=True)
        self._make_way(path, for_folder=False)
        _write(path, data)

    def _make_way(self, path: Path, *, for_folder: bool) -> None:
        make_way(path, for_folder=for_folder, broken=self._broken, now_s=time.time())

    def _tell_damaged(self, sha256: str, error: DamagedPictureError) -> None:
        self._broken.add(
            BrokenPart(
                key=f"picture/{sha256}",
                at_s=time.time(),
                what=error.what,
                cure=error.cure or Text("もう一度送ってください", "send it again"),
            )
        )

    def _original(self, sha256: str) -> Path:
        return self._originals / check_sha256(sha256)[:2] / sha256

    def _copy(self, sha256: str, copy: Copy) -> Path:
        return self._copies / check_sha256(sha256)[:2] / f"{sha256}.{copy.value}.jpg"


def _read(path: Path) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as file:
        return file.read()


def _write(path: Path, data: bytes) -> None:
    passing = path.with_name(_PASSING + secrets.token_hex(8))
    try:
        if not path.parent.is_dir():
            path.parent.mkdir(exist_ok=True)
            _sync_folder(path.parent.parent)
        try:
            descriptor = os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            passing.replace(path)
        finally:
            passing.unlink(missing_ok=True)
        _sync_folder(path.parent)
    except OSError as error:
        raise _unavailable(error) from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unavailable(error: OSError) -> UnavailableError:
    return UnavailableError(
        Text(f"写真の保存場所を使えません: {error.strerror}", f"the picture folder cannot be used: {error.strerror}"),
        Text("ディスクの空きと権限を確認してください", "check the disk's free space and permissions"),
    )
