"""Runs the real command line in a process of its own, on free ports, and follows what it says."""

import contextlib
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

READY_WITHIN_S = 90.0
_LINK = re.compile(r"(http://\S+\?setup=\S+)")


def free_ports(count: int, *, step: int = 1) -> list[int]:
    """Return ports that were free a moment ago."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count * step)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets][::step]


def environment(home: Path, **settings: object) -> dict[str, str]:
    """Return an environment in which everything of a run is private to one test."""
    station, flight, office, broker, sim = free_ports(5)
    values: dict[str, object] = {
        "STATION__PORT": station,
        "FLIGHT__PORT": flight,
        "OFFICE__PORT": office,
        "BROKER__PORT": broker,
        "SIM__BASE_PORT": sim,
        **settings,
    }
    return {
        **os.environ,
        "KAKEHASHI_HOME": str(home),
        **{f"KAKEHASHI_{name}": str(value) for name, value in values.items()},
    }


def command(*arguments: str) -> list[str]:
    """Return the command line of `kakehashi`."""
    return [sys.executable, "-m", "kakehashi", *arguments]


def kakehashi(*arguments: str, env: Mapping[str, str], timeout_s: float = 120.0) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        command(*arguments), env=dict(env), capture_output=True, text=True, timeout=timeout_s, check=False
    )


@dataclass
class Running:
    """An all-in-one run."""

    process: subprocess.Popen[str]
    env: Mapping[str, str]
    lines: list[str] = field(default_factory=list)
    _heard: "queue.Queue[str]" = field(default_factory=queue.Queue)

    def follow(self) -> None:
        """Read its output in the background."""

        def read() -> None:
            if self.process.stdout is not None:
                for line in self.process.stdout:
                    self.lines.append(line.rstrip())
                    self._heard.put(line)
            self._heard.put("")

        threading.Thread(target=read, daemon=True).start()

    def wait_for(self, words: str, *, within_s: float = READY_WITHIN_S) -> str:
        """Return the first line with `words`; fails with everything that was said."""
        deadline_s = time.monotonic() + within_s
        while True:
            found = next((line for line in self.lines if words in line), None)
            if found is not None:
                return found
            left_s = deadline_s - time.monotonic()
            if left_s <= 0 or (self.process.poll() is not None and self._heard.empty()):
                raise AssertionError(f"never said {words!r}:\n" + "\n".join(self.lines))
            with contextlib.suppress(queue.Empty):
                self._heard.get(timeout=min(left_s, 0.5))

    def setup_links(self) -> tuple[str, str]:
        """Return the one-time links of the operator page and the town-office page."""
        self.wait_for("Ctrl-C")
        links = [match[1] for line in self.lines if (match := _LINK.search(line))]
        return next(link for link in links if "/operator" in link), next(link for link in links if "/town" in link)

    @property
    def station(self) -> str:
        """Return the station's address."""
        return f"http://127.0.0.1:{self.env['KAKEHASHI_STATION__PORT']}"

    @property
    def office(self) -> str:
        """Return the office's address."""
        return f"http://127.0.0.1:{self.env['KAKEHASHI_OFFICE__PORT']}"

    def stop(self) -> float:
        """Ask it to end; return how long that took, s."""
        began_s = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)
        return time.monotonic() - began_s


@contextlib.contextmanager
def run(*arguments: str, env: Mapping[str, str]) -> Iterator[Running]:
    """Run everything while the context is open."""
    process = subprocess.Popen(
        command("run", *arguments),
        env=dict(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    running = Running(process=process, env=env)
    running.follow()
    try:
        yield running
    finally:
        if process.poll() is None:
            running.stop()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
