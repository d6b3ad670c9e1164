"""The port to where whole pictures lie: named by the SHA-256 of their bytes, so the same picture is there once."""

import hashlib
import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Protocol

from fleet.errors import InvalidValueError, NotFoundError, UnavailableError
from fleet.text import Text

_SHA256 = re.compile(r"[0-9a-f]{64}")


class Copy(StrEnum):
    """The small copies kept beside an original."""

    PREVIEW = "preview"


class DamagedPictureError(UnavailableError):
    """What is stored is not what was stored."""

    code = "damaged-picture"


class PictureStore(Protocol):
    """Keeps originals byte for byte. Blocking; safe to call from several threads.

    Every method that takes `sha256` raises InvalidValueError if that is no SHA-256 in lower-case hexadecimal.
    """

    def put(self, data: bytes) -> str:
        """Keep an original and return its SHA-256; when it returns it is on disk. Raises UnavailableError."""
        ...

    def get(self, sha256: str) -> bytes:
        """Return an original, checked. Raises NotFoundError, DamagedPictureError or UnavailableError."""
        ...

    def part(self, sha256: str, offset: int, length: int) -> bytes:
        """Return up to `length` bytes of an original from `offset`, unchecked.

        Raises NotFoundError, or DamagedPictureError if the disk cannot give them.
        """
        ...

    def put_copy(self, sha256: str, copy: Copy, jpeg: bytes) -> None:
        """Keep a small copy, over an older one if there is one. Raises UnavailableError."""
        ...

    def copy(self, sha256: str, copy: Copy) -> bytes:
        """Return a small copy. Raises NotFoundError."""
        ...

    def originals(self) -> Iterator[str]:
        """Return the SHA-256 of every original, sorted."""
        ...


def sha256_of(data: bytes) -> str:
    """Return the SHA-256 in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def is_sha256(text: str) -> bool:
    """Return whether `text` is a SHA-256 in lower-case hexadecimal."""
    return _SHA256.fullmatch(text) is not None


def check_sha256(text: str) -> str:
    """Return `text` if it is a SHA-256 in lower-case hexadecimal; raises InvalidValueError."""
    if not is_sha256(text):
        raise InvalidValueError(Text("写真の指紋 (SHA-256) が正しくありません", "this is no SHA-256 of a picture"))
    return text


def no_such_picture(sha256: str) -> NotFoundError:
    """Return the error for a picture that is not kept here."""
    return NotFoundError(
        Text(f"写真 {sha256[:12]} はここにありません", f"picture {sha256[:12]} is not kept here"),
        Text("一覧を更新してください", "refresh the list"),
    )


def check_content(sha256: str, data: bytes) -> bytes:
    """Return `data` if it is what `sha256` names; raises DamagedPictureError."""
    if sha256_of(data) != sha256:
        raise damaged_picture(sha256)
    return data


def damaged_picture(sha256: str) -> DamagedPictureError:
    """Return the error for a picture that the disk has changed or cannot give."""
    return DamagedPictureError(
        Text(f"保存した写真 {sha256[:12]} が壊れています", f"the stored picture {sha256[:12]} is damaged"),
        Text("元の端末から送り直すか、控えから戻してください", "send it again from its device, or restore the backup"),
    )
