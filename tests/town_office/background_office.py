"""An office that runs in a thread of its own, for test tools that are not asynchronous."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.town_office.conftest import open_office
from tests.town_office.page import served


@dataclass(slots=True)
class BackgroundOffice:
    """Where it is served, and what a signed-in browser sends."""

    document: dict[str, Any] = field(default_factory=dict)
    address: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)


@contextmanager
def background_office(folder: Path) -> Iterator[BackgroundOffice]:
    """Serve an office with a signed-in founder until the block ends; raises what it raised."""
    about = BackgroundOffice()
    ready = threading.Event()
    stop = threading.Event()
    faults: list[BaseException] = []

    async def serve() -> None:
        async with open_office(folder) as office, served(office.app) as port:
            about.document = office.app.openapi()
            about.address = f"http://127.0.0.1:{port}"
            about.headers = office.csrf
            about.cookies = dict(office.client.cookies)
            ready.set()
            await asyncio.to_thread(stop.wait)

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:
            faults.append(error)
            ready.set()
            raise

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        assert ready.wait(30.0)
        if faults:
            raise faults[0]
        yield about
    finally:
        stop.set()
        thread.join(30.0)
