"""A whole run with an aircraft that outlives it: our simulator apart, a tap on its wire, the run on a terminal."""

import asyncio
import contextlib
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fleet.errors import ExpiredError, FleetError
from fleet.process import command_line_of, parent_of
from fleet.realm import Realm
from fleet.text import Text
from ground_station.flight.core_lock import holder
from ground_station.flight.vehicles.modes import CopterMode
from kakehashi.home import Home
from kakehashi.page_client import PageClient
from tests.faults.tap import Tap, tap
from tests.kakehashi.running import Running, command, environment

PASSWORD = "訓練用の長い合言葉です"
OPERATOR = "操縦 太郎"
CLERK = "役場 花子"
VEHICLE = "kakehashi-1"
WAIT = Text("まだ見えません", "not seen yet")
READY_WITHIN_S = 180.0
"""How long a start may take on a machine that does much else."""
READINGS_OF_A_RESTART = 4
"""The place known before, two of the new clock, and one that may still have been under way."""

VICTIMS = {
    "desk": "ground-station",
    "office": "town-office",
    "broker": "mosquitto",
    "planner": "spawn_main",
    "image worker": "imagery.worker_main",
}
"""What may be killed under a flight, and a word of its command line."""


class OnTerminal(Running):
    """A run whose standard streams are a terminal of its own, as a person starts it."""

    keyboard: int = -1

    def follow(self) -> None:
        """Read the terminal in the background, until `deaf` is set."""
        self.deaf = threading.Event()

        def read() -> None:
            held = b""
            with contextlib.suppress(OSError):
                while True:
                    while self.deaf.is_set():
                        time.sleep(0.1)
                    held += os.read(self.keyboard, 65536)
                    *whole, held = held.split(b"\n")
                    self.lines.extend(line.decode(errors="replace").rstrip() for line in whole)
                    self._heard.put("")
            self._heard.put("")

        threading.Thread(target=read, daemon=True).start()

    def press(self, key: str) -> None:
        """Press a key with Ctrl."""
        os.write(self.keyboard, bytes([ord(key) - 64]))

    @property
    def supervisor(self) -> int:
        """Return the process id of `kakehashi run`."""
        found = [one for one in descendants(self.process.pid) if "run" in command_line_of(one)]
        return found[0]

    def stop(self) -> float:
        """Ask the run to end; return how long that took, s."""
        began_s = time.monotonic()
        with contextlib.suppress(IndexError, ProcessLookupError):
            os.kill(self.supervisor, signal.SIGCONT)
            os.kill(self.supervisor, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=25)
        return time.monotonic() - began_s


@contextlib.contextmanager
def on_terminal(*arguments: str, env: dict[str, str]) -> Iterator[OnTerminal]:
    """Run `kakehashi run` on a terminal while the context is open."""
    ours, its = pty.openpty()
    words = [sys.executable, "-m", "tests.faults.terminal_session", *command("run", *arguments)]
    process = subprocess.Popen(words, env=env, stdin=its, stdout=its, stderr=its, text=True, start_new_session=True)
    os.close(its)
    running = OnTerminal(process=process, env=env)
    running.keyboard = ours
    running.follow()
    try:
        yield running
    finally:
        running.deaf.clear()
        family = descendants(process.pid)
        if process.poll() is None:
            running.stop()
        for left in (*family, process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(left, signal.SIGKILL)
        process.wait()
        os.close(ours)


def descendants(root: int) -> list[int]:
    """Return all that came of a process, nearest first."""
    parents = {int(one.name): parent_of(int(one.name)) for one in Path("/proc").iterdir() if one.name.isdigit()}
    found = [root]
    for member in found:
        found += [process for process, parent in parents.items() if parent == member]
    return found[1:]


@dataclass
class Aircraft:
    """Our simulator, apart from any run, behind a tap."""

    wire: Tap
    env: dict[str, str]
    process: subprocess.Popen[str]

    def stand_at_home_again(self) -> None:
        """Start it anew, at its depot with its motors off: quicker than to wait for a long flight home."""
        _end_simulator(self.process)
        self.process = _simulator(self.env)


@dataclass
class World:
    """One run, its aircraft and the wire between."""

    run: OnTerminal
    wire: Tap
    env: dict[str, str]
    air: Aircraft | None = None
    delivery_id: str = ""
    vehicle: str = VEHICLE

    @property
    def home(self) -> Home:
        """Return the run's folder."""
        return Home(root=Path(self.env["KAKEHASHI_HOME"]), realm=Realm.DRILL)

    @property
    def core(self) -> int:
        """Return the process id of the flight core."""
        found = holder(self.home.station)
        assert found is not None
        return found

    def living(self, victim: str) -> list[int]:
        """Return the processes of a kind that run now."""
        word = VICTIMS[victim]
        return [one for one in descendants(self.run.process.pid) if any(word in part for part in command_line_of(one))]

    async def only(self, victim: str) -> int:
        """Return the one process of a kind, once it runs: what was killed or fell before is started again."""
        await eventually(lambda: len(self.living(victim)) == 1)
        return self.living(victim)[0]

    @contextlib.contextmanager
    def misbehaving(self, name: str, content: str = "") -> Iterator[None]:
        """Have its processes `shout` or `burn` while the context is open."""
        file = Path(self.env["FAULTS"]) / name
        file.write_text(content)
        try:
            yield
        finally:
            file.unlink()

    @contextlib.asynccontextmanager
    async def page(self) -> AsyncIterator[PageClient]:
        """Give the operator's page, signed in."""
        async with PageClient(self.run.station) as page:
            await patiently(lambda: page.sign_in(OPERATOR, PASSWORD))
            await page.until(lambda now: "vehicles" in now, within_s=60, what=WAIT)
            yield page

    async def set_up(self) -> None:
        """Make the people of both services."""
        operator, clerk = (link.rpartition("setup=")[2] for link in self.run.setup_links())
        async with PageClient(self.run.station) as station, PageClient(self.run.office) as office:
            await station.set_up(operator, OPERATOR, PASSWORD)
            await office.set_up(clerk, CLERK, PASSWORD)

    async def ready(self, page: PageClient) -> str:
        """Bring a delivery as far as the word to fly; return its id."""
        await page.until(
            lambda now: any(one.get("ready") and not one.get("armed") for one in now["vehicles"].values()),
            within_s=READY_WITHIN_S,
            what=WAIT,
        )
        asked = await page.post("/api/requests", {"item": "水", "mass_kg": 2.0, "site_id": "takamuro"})
        plan = await page.post(f"/api/requests/{asked['id']}/plans", {})
        accepted = [
            {"rule": finding["rule"], "name": OPERATOR, "reason": "訓練"}
            for finding in plan["findings"]
            if finding["level"] == "warn"
        ]
        made = await page.post("/api/deliveries", {"plan_id": plan["id"], "accepted_warnings": accepted})
        await self._in_state(page, made["id"], "checking", "ready")
        for check in page.state["deliveries"][made["id"]]["checks"]:
            if check["by"] == "person":
                body = {"name": OPERATOR, "ticked": True}
                await page.post(f"/api/deliveries/{made['id']}/checks/{check['id']}", body)
        await self._in_state(page, made["id"], "ready")
        self.delivery_id = str(made["id"])
        return self.delivery_id

    async def _in_state(self, page: PageClient, delivery_id: str, *states: str) -> None:
        def seen(now: dict[str, Any]) -> bool:
            delivery = now["deliveries"].get(delivery_id, {})
            assert delivery.get("state") != "failed", delivery
            return delivery.get("state") in states

        await page.until(seen, within_s=READY_WITHIN_S, what=WAIT)

    async def flying(self, page: PageClient) -> None:
        """Have something in the air that flies its delivery, and give its first seconds to nobody."""
        now = page.state["deliveries"].get(self.delivery_id, {})
        armed, mode = self.wire.aircraft()
        if now.get("state") == "flying" and armed:
            if mode != CopterMode.AUTO:
                await page.post(
                    f"/api/vehicles/{self.vehicle}/commands",
                    {"id": f"resume-{time.monotonic_ns()}", "action": "resume"},
                )
                await self.in_mode(CopterMode.AUTO)
            return
        if self.air is not None and (armed or self.delivery_id):
            await self._home_again(page)  # with a full battery: what one flight leaves is too little for the next
        await self.ready(page)
        await page.post(f"/api/deliveries/{self.delivery_id}/fly", {"id": f"fly-{time.monotonic_ns()}"})
        await self._left_the_ground(page)

    async def _home_again(self, page: PageClient) -> None:
        """Set the aircraft down at home, and wait until the station knows that it is another start of the autopilot.

        It believes a clock that went back once a second reading says so; what it knew of the settings until then is of
        the start before.
        """
        assert self.air is not None
        self.air.stand_at_home_again()
        readings: set[float] = {page.state["vehicles"][self.vehicle]["position_at_s"]}

        def seen(now: dict[str, Any]) -> bool:
            vehicle = now["vehicles"][self.vehicle]
            readings.add(vehicle["position_at_s"])
            return vehicle["landed"] is True and len(readings) > READINGS_OF_A_RESTART

        await page.until(seen, within_s=60, what=WAIT)

    async def _left_the_ground(self, page: PageClient) -> None:
        def seen(now: dict[str, Any]) -> bool:
            delivery, vehicle = now["deliveries"][self.delivery_id], now["vehicles"][self.vehicle]
            return delivery["state"] == "flying" and vehicle["landed"] is False

        try:
            await page.until(seen, within_s=60, what=WAIT)
        except ExpiredError as error:
            now = page.state
            message = f"not in the air: {now['deliveries'][self.delivery_id]}, {now['vehicles'][self.vehicle]}"
            raise AssertionError(message) from error

    async def in_mode(self, mode: CopterMode) -> None:
        """Wait until the aircraft says that it flies in a mode."""
        await eventually(lambda: self.wire.aircraft() == (True, int(mode)))

    async def another_core(self, than: int) -> int:
        """Wait until the folder has another core, and return its process id."""
        await eventually(lambda: holder(self.home.station) not in {None, than})
        return self.core


async def patiently(call: Callable[[], Awaitable[Any]], within_s: float = READY_WITHIN_S) -> Any:
    """Return what a call gives once it works."""
    deadline_s = time.monotonic() + within_s
    while True:
        try:
            return await call()
        except FleetError:
            if time.monotonic() > deadline_s:
                raise
            await asyncio.sleep(0.5)


async def eventually(condition: Callable[[], bool], within_s: float = 60.0) -> None:
    """Wait until something is so; raises TimeoutError."""
    async with asyncio.timeout(within_s):
        while True:
            if condition():
                return
            await asyncio.sleep(0.1)


def until(condition: Callable[[], bool], within_s: float = 60.0, what: str = "") -> None:
    """Wait until something is so."""
    deadline_s = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline_s, what
        time.sleep(0.1)


def environment_of_faults(folder: Path, **settings: object) -> dict[str, str]:
    """Return the environment of a run whose processes can be made to misbehave."""
    env = environment(folder / "var", **settings)
    env["FAULTS"] = str(folder)
    env["PYTHONPATH"] = os.pathsep.join(
        [str(Path(__file__).with_name("spoilt")), *filter(None, [env.get("PYTHONPATH")])]
    )
    return env


def _simulator(env: dict[str, str]) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        command("sim", "--count", "1"), env=env, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    assert '"ready"' in process.stdout.readline()
    return process


def _end_simulator(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=10)
    process.kill()
    process.wait()


@contextlib.contextmanager
def aircraft(env: dict[str, str], folder: Path) -> Iterator[Aircraft]:
    """Run a simulated aircraft while the context is open."""
    process = _simulator(env)
    try:
        with tap(int(env["KAKEHASHI_SIM__BASE_PORT"]), folder) as wire:
            made = Aircraft(wire, env, process)
            try:
                yield made
            finally:
                process = made.process
    finally:
        _end_simulator(process)


@contextlib.contextmanager
def world(folder: Path, **settings: object) -> Iterator[World]:
    """Give a run that is up, nobody signed in yet; everything of it ends with the context, the core too."""
    env = environment_of_faults(folder, **settings)
    with (
        aircraft(env, folder) as air,
        on_terminal("--drill", "--vehicle", f"{VEHICLE}={air.wire.link}", env=env) as run,
    ):
        made = World(run=run, wire=air.wire, air=air, env=env)
        try:
            yield made
        finally:
            run.deaf.clear()
            if run.process.poll() is None:
                run.stop()
            end_core(made.home.station)


def end_core(station: Path) -> None:
    """End the core of a folder, whatever flies."""
    core = holder(station)
    if core is not None:
        os.kill(core, signal.SIGKILL)
        until(lambda: holder(station) is None, what="the core does not end")
