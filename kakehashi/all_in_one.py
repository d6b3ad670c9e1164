"""The all-in-one run: starts the services, follows what they tell, and keeps them running until it is stopped."""

import asyncio
import os
from collections.abc import Callable

import httpx
import structlog

from fleet.errors import UnavailableError
from fleet.text import Text
from kakehashi.broken_files import EVENT
from kakehashi.environment import environment_of
from kakehashi.events import Event
from kakehashi.ports_of_run import has_simulator
from kakehashi.settings import Settings
from kakehashi.supervisor import Service, ServiceProcess
from kakehashi.terminal import Terminal

_log = structlog.get_logger(__name__)

START_DEADLINE_S = 120.0
_STATUS_EVERY_S = 2.0


def services_of(settings: Settings) -> tuple[Service, ...]:
    """Return the processes of a run, in the order they are started."""
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

    async def run(self) -> None:
        """Run until cancelled; raises UnavailableError if the services do not start within two minutes."""
        async with asyncio.TaskGroup() as tasks:
            for process in self.processes.values():
                tasks.create_task(process.run())
            try:
                async with asyncio.timeout(START_DEADLINE_S):
                    await self.ready.wait()
            except TimeoutError as error:
                raise self._did_not_start() from error
            self._terminal.show_ready(self.settings, self._addresses, self.links)
            if self._on_ready is not None:
                self._on_ready()
            tasks.create_task(self._show_status())

    def _did_not_start(self) -> UnavailableError:
        missing = [name for name in self.processes if name not in self._addresses]
        words = " / ".join(line for name in missing for line in self.processes[name].last_words[-2:])
        return UnavailableError(
            Text(
                f"{', '.join(missing)} が 2 分で起動しません: {words}", f"{', '.join(missing)} did not start: {words}"
            ),
            Text("kakehashi doctor で原因を調べてください", "run `kakehashi doctor` to find out why"),
        )

    def _on_event(self, event: Event) -> None:
        if event.kind == "setup_link":
            self.links[event.service] = str(event.detail["url"])
            self.tokens[event.service] = str(event.detail["token"])
        elif event.kind == EVENT:
            self._terminal.show_set_aside(event.service, event.detail.get("what", {}), event.detail.get("cure", {}))
        elif event.kind == "ready":
            self._addresses[event.service] = str(event.detail.get("url", ""))
            self._terminal.show_started(event.service)
            if set(self._addresses) >= set(self.processes):
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
