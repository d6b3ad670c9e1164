"""A throw-away PostgreSQL of its own for the contract tests, on a socket in a temporary folder."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def _program(name: str) -> str | None:
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *map(str, places)]))


def _server_user() -> str | None:
    """Return whom PostgreSQL must run as: it refuses to be root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        pytest.skip("PostgreSQL cannot run as root and there is no user postgres")


def _run(arguments: list[str], *, user: str | None, folder: Path) -> None:
    quiet = subprocess.DEVNULL
    subprocess.run(arguments, check=True, timeout=120, user=user, cwd=folder, stdout=quiet, stderr=quiet)


@contextmanager
def postgres_url() -> Iterator[str]:
    """Give the URL of an empty database; skip where PostgreSQL or psycopg is missing."""
    pytest.importorskip("psycopg", reason="psycopg is missing")
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    if initdb is None or pg_ctl is None:
        pytest.skip("PostgreSQL (initdb, pg_ctl) is missing")
    user = _server_user()
    folder = Path(tempfile.mkdtemp(prefix="kakehashi-pg-"))
    try:
        if user is not None:
            shutil.chown(folder, user)
        data = str(folder / "data")
        _run([initdb, "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8"], user=user, folder=folder)
        options = f"-k {folder} -c listen_addresses='' -c unix_socket_permissions=0777"
        _run([pg_ctl, "-D", data, "-o", options, "-w", "start"], user=user, folder=folder)
        try:
            yield f"postgresql+psycopg://tester@/postgres?host={folder}"
        finally:
            _run([pg_ctl, "-D", data, "-m", "immediate", "stop"], user=user, folder=folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
