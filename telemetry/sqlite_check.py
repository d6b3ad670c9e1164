"""What is wrong with an SQLite file, looked at before it is used: its header, its pages, its write-ahead log.

The header is the first 100 bytes ("Database File Format", section 1.3), the log that of section 4. `integrity_check`
reads every page and index; it is given a time, after which the file counts as sound as far as was seen.
"""

import contextlib
import os
import shutil
import sqlite3
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PAGE_BYTES = 4096
HEADER_BYTES = 100
MAGIC = b"SQLite format 3\x00"
_WAL_MAGICS = {0x377F0682: "<", 0x377F0683: ">"}
_WAL_HEADER = struct.Struct(">8I")
_MOST_STRANGE_FRAMES = 1000
_FRAME_HEADER = struct.Struct(">6I")

# SQLITE_CORRUPT, SQLITE_CANTOPEN, SQLITE_FORMAT, SQLITE_NOTADB ("Result and Error Codes").
_BROKEN_CODES = frozenset({11, 14, 24, 26})


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFault:
    """`reason` as SQLite or we say it; `header` if the first 100 bytes are wrong, `log` if only the log is."""

    reason: str
    header: bool = False
    log: bool = False


def is_damage(error: BaseException) -> bool:
    """Return whether an error of sqlite3 says that the file is broken (not full, locked or refused)."""
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(code, int):
        return code & 0xFF in _BROKEN_CODES
    return isinstance(error, sqlite3.DatabaseError) and type(error) is sqlite3.DatabaseError


def file_fault(path: Path, *, within_s: float | None, versions: frozenset[int], keep_log_as: Path) -> FileFault | None:
    """Return what is wrong with a database file; None if it is missing or nothing was found in that time.

    `versions` are the values of `user_version` that are ours. A damaged log, which SQLite would write over, is copied
    to `keep_log_as`. Blocks; raises nothing for what the file holds.
    """
    if not os.path.lexists(path):
        return None
    try:
        if not path.is_file():
            return FileFault(reason="it is no file")
        with path.open("rb") as file:
            head = file.read(HEADER_BYTES)
    except OSError as error:
        return FileFault(reason=str(error.strerror))
    if not head:
        return FileFault(reason="it is empty")
    wrong = _header_fault(head, versions)
    if wrong is not None:
        return FileFault(reason=wrong, header=True)
    return _page_fault(path, within_s, keep_log_as)


def _header_fault(head: bytes, versions: frozenset[int]) -> str | None:
    if len(head) < HEADER_BYTES or head[:16] != MAGIC:
        return "it is not an SQLite file"
    fixed: tuple[tuple[int, int, frozenset[int]], ...] = (
        (16, 2, frozenset({PAGE_BYTES})),
        (18, 1, frozenset({1, 2})),
        (19, 1, frozenset({1, 2})),
        (20, 1, frozenset({0})),
        (21, 3, frozenset({0x402020})),
        (44, 4, frozenset({0, 1, 2, 3, 4})),
        (52, 4, frozenset({0})),
        (56, 4, frozenset({0, 1})),
        (60, 4, versions),
        (64, 4, frozenset({0})),
        (72, 20, frozenset({0})),
    )
    for at, length, allowed in fixed:
        if int.from_bytes(head[at : at + length], "big") not in allowed:
            return f"its header is wrong at byte {at}"
    return None


def rebuilt_header(path: Path, version: int) -> bytes:
    """Return a header that lets a file of ours be read whatever became of its own; free pages are left out."""
    pages = path.stat().st_size // PAGE_BYTES
    return b"".join(
        (
            MAGIC,
            PAGE_BYTES.to_bytes(2, "big"),
            bytes((2, 2, 0, 64, 32, 32)),
            struct.pack(">12I", 1, pages, 0, 0, 1, 4, 0, 0, 1, version, 0, 0),
            bytes(20),
            struct.pack(">2I", 1, sqlite3_number()),
        )
    )


def sqlite3_number() -> int:
    """Return SQLite's version as it writes it into headers."""
    major, minor, patch = sqlite3.sqlite_version_info
    return major * 1_000_000 + minor * 1000 + patch


@contextmanager
def interrupted_after(connection: sqlite3.Connection, within_s: float | None) -> Iterator[None]:
    """Interrupt what the connection does after that time; the statement then raises OperationalError."""
    if within_s is None:
        yield
        return
    timer = threading.Timer(within_s, connection.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def _page_fault(path: Path, within_s: float | None, keep_log_as: Path) -> FileFault | None:
    """Look at every page. Opening replays the log as far as it is whole, and says how far that was."""
    expected = _frames_to_replay(path)
    try:
        connection = sqlite3.connect(path, timeout=2.0, isolation_level=None, check_same_thread=False)
    except sqlite3.Error as error:
        return FileFault(reason=str(error))
    with contextlib.closing(connection):
        try:
            replayed = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[1]
            if replayed < expected:
                shutil.copyfile(log_of(path), keep_log_as)
            with interrupted_after(connection, within_s):
                found = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
        except OSError as error:
            return FileFault(reason=str(error.strerror))
        except sqlite3.Error as error:
            return FileFault(reason=str(error)) if is_damage(error) else None
    if found != "ok":
        return FileFault(reason=found.partition("\n")[2] or found)
    if replayed < expected:
        return FileFault(reason="its write-ahead log is damaged", log=True)
    return None


def log_of(path: Path) -> Path:
    """Return where SQLite keeps a database's write-ahead log."""
    return path.with_name(path.name + "-wal")


def _frames_to_replay(path: Path) -> int:
    """Return up to which frame of the log something was committed, going by the frames' own headers.

    A frame of an older round has another salt; what follows the last commit was never promised to anybody.
    """
    try:
        with log_of(path).open("rb") as file:
            head = file.read(_WAL_HEADER.size)
            if len(head) < _WAL_HEADER.size:
                return 0
            magic, _, page_bytes, _, *salt_and_sum = _WAL_HEADER.unpack(head)
            if magic not in _WAL_MAGICS or page_bytes != PAGE_BYTES or _checksum(head[:24], magic) != salt_and_sum[2:]:
                return 1 if file.read(1) else 0
            return _last_commit(file.fileno(), salt_and_sum[:2])
    except OSError:
        return 0


def _last_commit(descriptor: int, salt: list[int]) -> int:
    number, last = 0, 0
    while True:
        at = _WAL_HEADER.size + number * (_FRAME_HEADER.size + PAGE_BYTES)
        frame = os.pread(descriptor, _FRAME_HEADER.size, at)
        if len(frame) < _FRAME_HEADER.size:
            return last
        _, pages_after_commit, *frame_salt = _FRAME_HEADER.unpack(frame)[:4]
        number += 1
        if pages_after_commit and frame_salt == salt:
            last = number
        elif frame_salt != salt and number > last + _MOST_STRANGE_FRAMES:
            return last


def _checksum(content: bytes, magic: int) -> list[int]:
    first = second = 0
    words = struct.unpack(f"{_WAL_MAGICS[magic]}{len(content) // 4}I", content)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & 0xFFFFFFFF
        second = (second + odd + first) & 0xFFFFFFFF
    return [first, second]
