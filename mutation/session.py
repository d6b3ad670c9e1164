"""A Cosmic Ray session (SQLite): what is left out of it before its run, and what it says after."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TypedDict

from mutation.declarations import declarations

_PLACES = "SELECT job_id, start_pos_row, start_pos_col FROM mutation_specs"
_DONE = "SELECT job_id FROM work_results"
_LEAVE_OUT = "INSERT INTO work_results (worker_outcome, output, job_id) VALUES ('SKIPPED', 'a declaration', ?)"
_OUTCOMES = """
SELECT test_outcome, operator_name, start_pos_row, diff
FROM mutation_specs JOIN work_results USING (job_id) ORDER BY start_pos_row, start_pos_col, operator_name, occurrence
"""


class Survivor(TypedDict):
    """A change that no test noticed."""

    line: int
    operator: str
    change: list[str]


class Summary(TypedDict):
    """How the mutants of one module fared; `rate` is killed of killed and survived.

    Left out is also what Cosmic Ray could not make (it fails on a dotted name in a tuple of exceptions).
    """

    module: str
    killed: int
    survived: int
    left_out: int
    rate: float
    survivors: list[Survivor]


def leave_out_declarations(session: Path, source: str) -> None:
    """Mark what would change only how something is declared as done."""
    spans = declarations(source)
    with closing(sqlite3.connect(session)) as connection, connection:
        done = {job for (job,) in connection.execute(_DONE)}
        places = connection.execute(_PLACES).fetchall()
        left_out = [
            (job,) for job, line, column in places if job not in done and any((line, column) in span for span in spans)
        ]
        connection.executemany(_LEAVE_OUT, left_out)


def summary_of(session: Path, module: str) -> Summary:
    """Return how the mutants of a session that has ended fared."""
    with closing(sqlite3.connect(session)) as connection:
        rows = connection.execute(_OUTCOMES).fetchall()
    survivors = [
        Survivor(line=line, operator=operator.removeprefix("core/"), change=_change(diff))
        for outcome, operator, line, diff in rows
        if outcome == "SURVIVED"
    ]
    killed = sum(outcome == "KILLED" for outcome, *_ in rows)
    judged = killed + len(survivors)
    return Summary(
        module=module,
        killed=killed,
        survived=len(survivors),
        left_out=len(rows) - judged,
        rate=round(killed / judged, 4) if judged else 1.0,
        survivors=survivors,
    )


def _change(diff: str) -> list[str]:
    lines = diff.splitlines()
    return [line for line in lines if line[:1] in {"-", "+"} and not line.startswith(("---", "+++"))]
