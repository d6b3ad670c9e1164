"""A PostgreSQL server of the tests' own: a fresh folder, a Unix socket, no network."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

_FOLDERS = ("/usr/lib/postgresql/17/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/15/bin")
_UNPRIVILEGED = "postgres"


def _binaries() -> Path | None:
    for folder in _FOLDERS:
        if Path(folder, "initdb").exists():
            return Path(folder)
    found = shutil.which("initdb")
    return None if found is None else Path(found).resolve().parent


def _user() -> str | None:
    """Return whom to run the server as: it refuses to be root."""
    if os.getuid() != 0:
        return None
    try:
        return pwd.getpwnam(_UNPRIVILEGED).pw_name
    except KeyError:
        pytest.skip("there is no user 'postgres' to run PostgreSQL as, and it refuses to run as root")


@contextmanager
def postgres_server() -> Iterator[str]:
    """Give the URL of a server's maintenance database; skip where PostgreSQL is not installed."""
    binaries = _binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is missing on this machine (Debian: postgresql)")
    user = _user()
    folder = Path(tempfile.mkdtemp(prefix="pg-of-tests-"))
    try:
        if user is not None:
            shutil.chown(folder, user)
        data = folder / "data"
        initdb: list[str | Path] = [binaries / "initdb", "-D", data, "-U", "tests", "-A", "trust", "--no-sync"]
        initdb.append("--encoding=UTF8")
        subprocess.run(initdb, check=True, timeout=60, user=user, cwd="/", stdout=subprocess.DEVNULL)
        server: list[str | Path] = [binaries / "postgres", "-D", data, "--listen_addresses=", "--fsync=off"]
        server.append(f"--unix_socket_directories={folder}")
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(server, user=user, cwd="/", stdout=log, stderr=log)
        try:
            url = f"postgresql+psycopg://tests@/postgres?host={folder}"
            _wait_for(url, process)
            yield url
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30.0)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    engine = sa.create_engine(url)
    end_s = time.monotonic() + 30.0
    while process.poll() is None and time.monotonic() < end_s:
        with contextlib.suppress(sa.exc.OperationalError), engine.connect():
            engine.dispose()
            return
        time.sleep(0.05)
    raise TimeoutError


def fresh_database(server_url: str, name: str) -> str:
    """Return the URL of a new, empty database on the server."""
    engine = sa.create_engine(server_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    engine.dispose()
    return sa.make_url(server_url).set(database=name).render_as_string(hide_password=False)
