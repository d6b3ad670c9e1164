"""A real ArduCopter at the demonstration town's depot, started by `kakehashi sim --arducopter`."""

import contextlib
import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.kakehashi.running import command

_FIRST_PORT = 5760


def _free_base_port() -> int:
    """Return a base port of a SITL instance (from number 40 on) whose three ports are free."""
    for base in range(_FIRST_PORT + 400, _FIRST_PORT + 800, 10):
        with contextlib.ExitStack() as stack:
            try:
                for offset in (0, 2, 3):
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", base + offset))
            except OSError:
                continue
            return base
    message = "no free SITL instance"
    raise AssertionError(message)


@contextlib.contextmanager
def arducopter(binary: Path, *, env: Mapping[str, str], speedup: float) -> Iterator[str]:
    """Run one ArduCopter with its camera while the context is open; give its link."""
    process = subprocess.Popen(
        command("sim", "--arducopter", str(binary), "--count", "1", "--speedup", str(speedup)),
        env={**env, "KAKEHASHI_SIM__BASE_PORT": str(_free_base_port())},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        assert ready["kind"] == "ready"
        yield str(ready["detail"]["aircraft"][0])
    finally:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=15)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
