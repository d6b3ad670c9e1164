"""What is made of a Cosmic Ray session."""

import sqlite3
from contextlib import closing
from pathlib import Path

from mutation.session import leave_out_declarations, summary_of
from mutation.targets import TARGETS

ROOT = Path(__file__).parents[2]
_TABLES = """
CREATE TABLE mutation_specs (
    module_path VARCHAR, operator_name VARCHAR, operator_args JSON, occurrence INTEGER, start_pos_row INTEGER,
    start_pos_col INTEGER, end_pos_row INTEGER, end_pos_col INTEGER, definition_name VARCHAR, job_id VARCHAR NOT NULL
);
CREATE TABLE work_results (
    worker_outcome VARCHAR(9), output TEXT, test_outcome VARCHAR(11), diff TEXT, job_id VARCHAR NOT NULL PRIMARY KEY
);
"""
SOURCE = "A: int | None = 1\nB = 2\n"
DIFF = "--- a.py\n+++ b.py\n@@ -2 +2 @@\n A\n-B = 2\n+B = 3"


def test_declarations_are_skipped_and_what_survived_is_named(tmp_path: Path) -> None:
    session = tmp_path / "session.sqlite"
    with closing(sqlite3.connect(session)) as connection, connection:
        connection.executescript(_TABLES)
        for job, line, column in (("annotation", 1, 7), ("one", 1, 16), ("two", 2, 4), ("three", 2, 4), ("four", 2, 4)):
            connection.execute(
                "INSERT INTO mutation_specs VALUES ('a.py', 'core/NumberReplacer', '{}', 0, ?, ?, 0, 0, 'B', ?)",
                (line, column, job),
            )
        connection.execute("INSERT INTO work_results VALUES ('SKIPPED', 'an operator', NULL, NULL, 'three')")
    leave_out_declarations(session, SOURCE)
    with closing(sqlite3.connect(session)) as connection, connection:
        connection.execute("INSERT INTO work_results VALUES ('NORMAL', '', 'KILLED', ?, 'one')", (DIFF,))
        connection.execute("INSERT INTO work_results VALUES ('NORMAL', '', 'SURVIVED', ?, 'two')", (DIFF,))
        connection.execute("INSERT INTO work_results VALUES ('EXCEPTION', '', 'INCOMPETENT', NULL, 'four')")
    assert summary_of(session, "a.py") == {
        "module": "a.py",
        "killed": 1,
        "survived": 1,
        "left_out": 3,
        "rate": 0.5,
        "survivors": [{"line": 2, "operator": "NumberReplacer", "change": ["-B = 2", "+B = 3"]}],
    }


def test_every_module_that_is_mutated_and_every_test_that_must_notice_is_there() -> None:
    for module, tests in TARGETS.items():
        assert (ROOT / module).is_file()
        assert tests
        for test in tests:
            assert (ROOT / test).is_file(), test
    preflight = {
        path.relative_to(ROOT).as_posix() for path in (ROOT / "ground_station/flight/preflight").glob("[!_]*.py")
    }
    assert preflight <= TARGETS.keys(), "a check that is not mutated"
