"""The station's own memory: JSON documents by collection and id in one SQLite file, durable when `put` returns."""

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from fleet.errors import UnavailableError
from fleet.text import Text

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    collection TEXT NOT NULL,
    id TEXT NOT NULL,
    at_s REAL NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (collection, id)
) WITHOUT ROWID
"""


class SqliteDocuments:
    """A document store; blocking, safe to call from several threads."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute(_SCHEMA)

    def put(self, collection: str, document_id: str, body: Any, at_s: float) -> None:
        """Add or replace a document; raises UnavailableError if the disk refuses."""
        content = msgspec.json.encode(body)
        try:
            with self._lock:
                self._connection.execute(
                    "INSERT INTO documents VALUES (?, ?, ?, ?) "
                    "ON CONFLICT (collection, id) DO UPDATE SET at_s = excluded.at_s, body = excluded.body",
                    (collection, document_id, at_s, content),
                )
        except sqlite3.OperationalError as error:
            raise UnavailableError(
                Text(f"記録を保存できません: {error}", f"cannot store a record: {error}"),
                Text("ディスクの空きを確認してください", "check the disk's free space"),
            ) from error

    def get(self, collection: str, document_id: str) -> Any:
        """Return a document's body, or None."""
        with self._lock:
            row = self._connection.execute(
                "SELECT body FROM documents WHERE collection = ? AND id = ?", (collection, document_id)
            ).fetchone()
        return None if row is None else msgspec.json.decode(row[0])

    def all(self, collection: str) -> Iterator[Any]:
        """Yield the bodies of a collection, oldest change first."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT body FROM documents WHERE collection = ? ORDER BY at_s, id", (collection,)
            ).fetchall()
        for (body,) in rows:
            yield msgspec.json.decode(body)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()
