"""The all-in-one run: starts the services, follows what they tell, and keeps them running until it is stopped.

The flight core stands apart: no deadline, no other service and not the end of this run ends it.
"""

import asyncio
import os
from collections.abc import Callable

import httpx
import structlog

from fleet.text import Text
from kakehashi.broken_files import EVENT
from kakehashi.environment import environment_of
from kakehashi.events import Event
from kakehashi.flight_place import keeper_of, page_address
from kakehashi.ports_of_run import has_simulator
from kakehashi.settings import Settings
from kakehashi.supervisor import Service, ServiceProcess
from kakehashi.terminal import Terminal

_log = structlog.get_logger(__name__)

START_DEADLINE_S = 120.0
FLIGHT = "flight"
_STATUS_EVERY_S = 2.0


def services_of(settings: Settings) -> tuple[Service, ...]:
    """Return the processes of a run that end with it, in the order they are started."""
    environment = environment_of(settings, os.environ)
    names = ["town-office", "ground-station"]
    if has_simulator(settings):
        names.append("sim")
    return tuple(Service(name=name, arguments=(name, "--with-parent"), environment=environment) for name in names)


class AllInOne:
    """One run. `ready` is set once every service said so; `links` are the one-time set-up links by service."""

    def __init__(self, settings: Settings, terminal: Terminal, on_ready: Callable[[], None] | None = None) -> None:
        self.settings = settings
        self.links: dict[str, str] = {}
        self.tokens: dict[str, str] = {}
        self.ready = asyncio.Event()
        self._terminal = terminal
        self._on_ready = on_ready
        self._addresses: dict[str, str] = {}
        self.processes = {
            service.name: ServiceProcess(service, self._on_event, terminal.log_line)
            for service in services_of(settings)
        }
        environment = environment_of(settings, os.environ)
        self.flight = keeper_of(settings, environment, self._on_flight, terminal.say)

    async def run(self) -> None:
        """Run until cancelled; what is not up after two minutes is named, and waited for on."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.flight.run(), name=FLIGHT)
            for process in self.processes.values():
                tasks.create_task(process.run())
            while not await self._all_up():
                self._terminal.say(str(self._not_up()))
                # Who waits for one service in vain still needs the others, and their set-up links.
                self._terminal.show_pages(self._addresses, self.links)
            self._terminal.show_ready(self.settings, self._addresses, self.links)
            if self._on_ready is not None:
                self._on_ready()
            tasks.create_task(self._show_status())

    async def _all_up(self) -> bool:
        try:
            async with asyncio.timeout(START_DEADLINE_S):
                await self.ready.wait()
        except TimeoutError:
            return False
        return True

    def _not_up(self) -> Text:
        missing = [name for name in (FLIGHT, *self.processes) if name not in self._addresses]
        words = " / ".join(
            line for name in missing if name in self.processes for line in self.processes[name].last_words[-2:]
        )
        return Text(
            f"{', '.join(missing)} がまだ起動しません（ほかは動いています）: {words}",
            f"{', '.join(missing)} not up yet, the rest works: {words}; `kakehashi doctor` helps to find out why",
        )

    def _on_event(self, event: Event) -> None:
        if event.kind == "setup_link":
            self.links[event.service] = str(event.detail["url"])
            self.tokens[event.service] = str(event.detail["token"])
        elif event.kind == EVENT:
            self._terminal.show_set_aside(event.service, event.detail.get("what", {}), event.detail.get("cure", {}))
        elif event.kind == "ready":
            self._up(event.service, str(event.detail.get("url", "")))

    def _on_flight(self) -> None:
        self._up(FLIGHT, page_address(self.settings))

    def _up(self, service: str, address: str) -> None:
        self._addresses[service] = address
        self._terminal.show_started(service)
        if set(self._addresses) >= {FLIGHT, *self.processes}:
            self.ready.set()

    async def _show_status(self) -> None:
        address = f"http://{self.settings.station.host}:{self.settings.station.port}/api/health"
        async with httpx.AsyncClient(timeout=2.0, trust_env=False) as client:
            while True:
                try:
                    answer = await client.get(address)
                    self._terminal.show_status(answer.json().get("details", {}))
                except (httpx.HTTPError, ValueError):
                    self._terminal.show_status({})
                await asyncio.sleep(_STATUS_EVERY_S)
