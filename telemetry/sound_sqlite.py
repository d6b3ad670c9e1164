"""Opens a database file of ours whatever became of it: what is broken is set aside, what can be read is kept.

A broken file is renamed (`fleet.set_aside`) and a fresh one filled from it; single rows that cannot be what they should
are taken out into a file of their own. Each finding is told in words. Only one process may own the file meanwhile.
"""

import contextlib
import json
import os
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fleet.errors import UnavailableError
from fleet.set_aside import MARK, SQLITE_COMPANIONS, BrokenPart, BrokenParts, make_way, set_aside
from fleet.text import Text
from telemetry.kept_tables import KeptTable, add_functions, quoted, soundness, sql
from telemetry.sqlite_check import FileFault, file_fault, interrupted_after
from telemetry.sqlite_salvage import Salvaged, salvage

CHECK_WITHIN_S = 3.0
MOST_KEPT = 5
_MOST_ROWS = 10_000
_SUSPECT = ".suspect"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDatabase:
    """One file: what a person calls it, its tables, and how a fresh one is made; `versions` of `user_version`."""

    path: Path
    name: Text
    tables: tuple[KeptTable, ...]
    create: Callable[[Path], None]
    versions: frozenset[int] = frozenset({0})


def make_sound(
    database: KeptDatabase, *, broken: BrokenParts, now_s: float, within_s: float = CHECK_WITHIN_S
) -> Salvaged | None:
    """See to it that the file can be opened and used; return what was saved if it had to be made anew.

    Looks for `within_s`, without end if the file was found damaged while it was used. A missing file stays missing.
    Raises UnavailableError if the disk refuses.
    """
    path = database.path
    for ending in SQLITE_COMPANIONS:
        make_way(path.with_name(path.name + ending), for_folder=False, broken=broken, now_s=now_s)
    suspect = path.with_name(path.name + _SUSPECT)
    bound_s = None if suspect.exists() else within_s
    log_kept = path.with_name(f"{path.name}-wal{MARK}{int(now_s)}")
    fault = file_fault(path, within_s=bound_s, versions=database.versions, keep_log_as=log_kept)
    saved = None
    if fault is not None and fault.log:
        broken.add(_log_lost(database, log_kept, now_s))
    elif fault is not None:
        saved = _make_anew(database, fault, broken, now_s)
    if path.exists():
        _take_out_rows(database, broken, now_s, bound_s)
    suspect.unlink(missing_ok=True)
    return saved


def mark_suspect(path: Path) -> None:
    """Have the next `make_sound` look at all of a file, however long it takes."""
    with contextlib.suppress(OSError):
        path.with_name(path.name + _SUSPECT).touch()


def note_damage(path: Path, *, name: Text, error: BaseException, broken: BrokenParts, now_s: float) -> None:
    """Say that a file was found damaged while it is used, so that the next start looks at all of it."""
    mark_suspect(path)
    broken.add(
        BrokenPart(
            key=f"{path}/damage",
            at_s=now_s,
            what=Text(
                f"{name.ja}（{path.name}）の一部が壊れています: {error}",
                f"a part of {name.en} ({path.name}) is damaged: {error}",
            ),
            cure=Text(
                "飛行のないときに再起動してください。読める記録を新しいファイルへ移します",
                "restart when nothing flies: what can be read is then moved to a fresh file",
            ),
        )
    )


def _make_anew(database: KeptDatabase, fault: FileFault, broken: BrokenParts, now_s: float) -> Salvaged:
    path = database.path
    kept = set_aside(path, now_s=now_s, most_kept=MOST_KEPT)
    fresh = path.with_name(path.name + ".fresh")
    try:
        for left in (fresh, *(fresh.with_name(fresh.name + ending) for ending in SQLITE_COMPANIONS)):
            make_way(left, for_folder=False, broken=broken, now_s=now_s)
            left.unlink(missing_ok=True)
        database.create(fresh)
        saved = salvage(kept, fresh, database.tables, rebuild_header=fault.header)
        _close_for_good(fresh)
        fresh.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise UnavailableError(
            Text(f"{database.name.ja}を作り直せません: {error}", f"{database.name.en} cannot be made anew: {error}"),
            Text("ディスクの空きと権限を確認してください", "check the disk's free space and permissions"),
        ) from error
    broken.add(_made_anew(database, fault, kept, saved, now_s))
    return saved


def _close_for_good(path: Path) -> None:
    """Bring everything into the one file, since only that is renamed."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _take_out_rows(database: KeptDatabase, broken: BrokenParts, now_s: float, within_s: float | None) -> None:
    """Move rows that are not what they should be into a file beside the database."""
    taken: list[dict[str, object]] = []
    deadline_s = None if within_s is None else time.monotonic() + within_s
    with contextlib.closing(
        sqlite3.connect(database.path, timeout=5.0, isolation_level=None, check_same_thread=False)
    ) as connection:
        connection.text_factory = bytes
        add_functions(connection, database.tables)
        for table in database.tables:
            left_s = None if deadline_s is None else max(0.1, deadline_s - time.monotonic())
            # One that is too large for the time, locked, or of an older version is left as it is.
            with contextlib.suppress(sqlite3.OperationalError), interrupted_after(connection, left_s):
                taken += _unsound(connection, table)
        if not taken:
            return
        kept = database.path.with_name(f"{database.path.name}.rows{MARK}{int(now_s)}")
        _keep_rows(kept, taken)
        connection.execute("BEGIN IMMEDIATE")
        for row in taken:
            connection.execute(sql("DELETE FROM", quoted(str(row["table"])), "WHERE rowid = ?"), (row["rowid"],))
        connection.execute("COMMIT")
    broken.add(_rows_taken_out(database, kept, taken, now_s))


def _unsound(connection: sqlite3.Connection, table: KeptTable) -> list[dict[str, object]]:
    present = [bytes(row[1]).decode() for row in connection.execute(f"PRAGMA table_info({quoted(table.name)})")]
    if not present:
        return []
    condition = soundness(table, frozenset(present))
    columns = ", ".join(f"quote({quoted(name)})" for name in present)
    query = sql("SELECT rowid,", columns, "FROM", quoted(table.name), "WHERE NOT (", condition, ") LIMIT ?")
    return [
        {"table": table.name, "rowid": rowid, **dict(zip(present, map(_shown, values), strict=True))}
        for rowid, *values in connection.execute(query, (_MOST_ROWS,))
    ]


def _shown(value: object) -> object:
    return value.decode(errors="backslashreplace") if isinstance(value, bytes) else value


def _keep_rows(path: Path, rows: Sequence[dict[str, object]]) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise UnavailableError(
            Text(f"{path.name} に書けません: {error.strerror}", f"{path.name} cannot be written: {error.strerror}"),
            Text("ディスクの空きと権限を確認してください", "check the disk's free space and permissions"),
        ) from error


def _made_anew(database: KeptDatabase, fault: FileFault, kept: Path, saved: Salvaged, now_s: float) -> BrokenPart:
    name, path = database.name, database.path
    lost_ja = f"読めない箇所が {saved.unreadable} か所ありました" if saved.unreadable else "すべて読めました"
    lost_en = f"{saved.unreadable} places could not be read" if saved.unreadable else "all of it could be read"
    if not saved.in_time:
        lost_ja, lost_en = "時間内に読めたのはここまでです", "that is what could be read in time"
    return BrokenPart(
        key=str(path),
        at_s=now_s,
        what=Text(
            f"{name.ja}（{path.name}）が壊れていました（{fault.reason}）。{kept.name} に取り置き、"
            f"{saved.total} 件を新しいファイルへ移しました。{lost_ja}",
            f"{name.en} ({path.name}) was broken ({fault.reason}): it is kept as {kept.name}, "
            f"{saved.total} rows were moved to a fresh file; {lost_en}",
        ),
        cure=Text(
            "画面の依頼・配送・利用者が正しいか確かめ、足りなければ控えから戻してください",
            "check requests, deliveries and people on the page, and restore a backup if something is missing",
        ),
        kept_as=kept,
    )


def _rows_taken_out(database: KeptDatabase, kept: Path, rows: Sequence[dict[str, object]], now_s: float) -> BrokenPart:
    tables = ", ".join(sorted({str(row["table"]) for row in rows}))
    return BrokenPart(
        key=f"{database.path}/rows",
        at_s=now_s,
        what=Text(
            f"{database.name.ja}の {len(rows)} 件（{tables}）が読めない内容でした。{kept.name} に移しました",
            f"{len(rows)} rows of {database.name.en} ({tables}) could not be read: they are in {kept.name}",
        ),
        cure=Text(
            "画面で足りないものを確かめ、作り直すか控えから戻してください",
            "see on the page what is missing, and make it anew or restore a backup",
        ),
        kept_as=kept,
    )


def _log_lost(database: KeptDatabase, kept: Path, now_s: float) -> BrokenPart:
    name = database.name
    return BrokenPart(
        key=f"{database.path}/log",
        at_s=now_s,
        what=Text(
            f"{name.ja}の書きかけの記録が壊れていました（{kept.name} に取り置き）。最後の変更が失われたかもしれません",
            f"the log of {name.en} was damaged: the last changes may be lost; it is kept as {kept.name}",
        ),
        cure=Text("最後に入力したものを確かめてください", "check what was entered last"),
        kept_as=kept,
    )
