"""Where databases are opened, over all of the product's source: a new place must be held by the tests of durability."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("fleet", "portal", "telemetry", "missions", "imagery", "ground_station", "town_office", "sim", "kakehashi")
WHO_OPENS: Mapping[str, str] = {
    "telemetry/engine_sql.py": "every database, by URL",
    "telemetry/outbox_sqlite.py": "the outbox",
    "telemetry/outbox_file.py": "makes a fresh outbox, before it is used",
    "telemetry/sqlite_check.py": "looks whether a file is sound",
    "telemetry/sound_sqlite.py": "takes rows out of a file that cannot be what they should",
    "telemetry/sqlite_salvage.py": "fills a fresh file from a broken one",
    "kakehashi/diagnosis.py": "looks at the files read-only",
}


def _opens(source: str) -> bool:
    """Return whether a module opens a database by itself."""
    if not any(word in source for word in ("sqlite3", "create_engine", "engine_from_config")):
        return False
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in {"create_engine", "engine_from_config"}:
            return True
        if isinstance(node, ast.Attribute) and node.attr == "connect" and ast.unparse(node.value) == "sqlite3":
            return True
        if isinstance(node, ast.ImportFrom) and any(
            name.name in {"create_engine", "engine_from_config"}
            or (node.module == "sqlite3" and name.name == "connect")
            for name in node.names
        ):
            return True
    return False


def _sources() -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            yield path.relative_to(ROOT).as_posix(), path.read_text()


def test_nobody_else_opens_a_database_and_nobody_turns_syncing_down() -> None:
    sources = dict(_sources())
    assert {name for name, source in sources.items() if _opens(source)} == WHO_OPENS.keys()
    assert "mode=ro" in sources["kakehashi/diagnosis.py"]
    for name, source in sources.items():
        if "synchronous" in source.lower() and "pragma" in source.lower():
            assert name in WHO_OPENS, f"{name} sets how a database is synced"
