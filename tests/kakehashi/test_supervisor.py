"""A service that a machine without room cannot start takes no other with it, and is started once there is room."""

import asyncio
import errno
import os
from typing import Any

import pytest

from kakehashi import supervisor
from kakehashi.supervisor import Service, ServiceProcess
from tests.ground_station.flight.aircraft import eventually


@pytest.mark.parametrize("code", [errno.EAGAIN, errno.ENOMEM, errno.EMFILE])
async def test_a_service_without_room_is_started_again_and_says_why(code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[object] = []

    async def no_room(*words: Any, **_: Any) -> asyncio.subprocess.Process:
        tries.append(words)
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(asyncio, "create_subprocess_exec", no_room)
    monkeypatch.setattr(supervisor, "_BACK_OFF_S", (0.01,))
    service = Service(name="sim", arguments=("--version",), environment={})
    process = ServiceProcess(service, lambda _: None, lambda *_: None)
    running = asyncio.create_task(process.run())
    await eventually(lambda: len(tries) >= 3 or running.done())
    assert not running.done()
    assert os.strerror(code) in process.last_words[-1]
    assert process.pid is None
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
