"""Real ArduPilot SITL aircraft instead of our own: starts `arducopter` processes, watches them, ends them.

Instance i listens on TCP 5760 + 10·i of loopback and stands still until the first client connects. Each has a folder of
its own, since it writes its parameters, terrain and logs where it is started. One that ends by itself is started
again, with a pause that grows, and says so in the log.
"""

import asyncio
import contextlib
import logging
import os
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from fleet.errors import BadInputError, UnavailableError
from fleet.positions import Position
from fleet.process import bound_to_us
from fleet.set_aside import BrokenParts, make_way
from fleet.text import Text

_log = logging.getLogger(__name__)

BASE_PORT = 5760
PORT_STEP = 10
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 30.0
_STABLE_S = 60.0
_END_S = 3.0
_LAST_WORDS_BYTES = 2000
_LAST_INSTANCE = 2000

# Terrain comes from no one here; the camera's switch only holds if both are given.
STANDARD_PARAMETERS: dict[str, float] = {"TERRAIN_ENABLE": 0.0, "CAM1_TYPE": 1.0, "CAM2_TYPE": 0.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class ArduCopterVehicle:
    """One aircraft: MAVLink system id, where it stands, and parameters over the file's."""

    system_id: int
    home: Position
    heading_deg: float = 0.0
    parameters: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArduCopterSettings:
    """The program, the folder to run it in, and what all share.

    `first_instance` moves all ports by 10 each. Raises BadInputError if the binary cannot be run.
    """

    binary: Path
    folder: Path
    speedup: float = 1.0
    model: str = "+"
    parameter_file: Path | None = None
    first_instance: int = 0

    def __post_init__(self) -> None:
        """Refuse a binary that is none."""
        if not (self.binary.is_file() and os.access(self.binary, os.X_OK)):
            raise BadInputError(
                Text(f"{self.binary} は実行できる arducopter ではありません", f"{self.binary} cannot be run"),
                Text(
                    "ArduPilot SITL の arducopter の場所を指定してください",
                    "name the arducopter binary of an ArduPilot SITL build",
                ),
            )
        if self.parameter_file is not None and not self.parameter_file.is_file():
            raise BadInputError(
                Text(f"パラメーター {self.parameter_file} がありません", f"there is no {self.parameter_file}"),
                Text("ファイルの場所を確認してください", "check where the file is"),
            )


def free_first_instance(count: int, *, start: int = 8) -> int:
    """Return the lowest instance from `start` on from which `count` vehicles find their ports free on loopback.

    Raises UnavailableError if there is none; another program may still be quicker to take one.
    """
    run = 0
    for instance in range(start, _LAST_INSTANCE):
        run = run + 1 if _is_free(BASE_PORT + PORT_STEP * instance) else 0
        if run == count:
            return instance - count + 1
    raise UnavailableError(
        Text(f"連続する {count} 個の空きポートがありません", f"there are no free ports for {count} vehicles"),
        Text("使っていないシミュレーターを止めてください", "stop simulators that are not in use"),
    )


def _is_free(port: int) -> bool:
    for number in (port, port + 2, port + 3):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", number))
            except OSError:
                return False
    return True


class ArduCopterFleet:
    """Runs one process per vehicle from `async with` on; all are ended when it is left, or with this process."""

    def __init__(
        self, vehicles: Sequence[ArduCopterVehicle], settings: ArduCopterSettings, *, broken: BrokenParts | None = None
    ) -> None:
        self.vehicles = tuple(vehicles)
        self.settings = settings
        self._broken = broken or BrokenParts()
        self.restarts = [0] * len(self.vehicles)
        self.process_ids: list[int | None] = [None] * len(self.vehicles)
        self._keepers: list[asyncio.Task[None]] = []

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """Return where each vehicle listens, in order."""
        first = self.settings.first_instance
        return [("127.0.0.1", BASE_PORT + PORT_STEP * (first + i)) for i in range(len(self.vehicles))]

    async def __aenter__(self) -> Self:
        """Start all; raises UnavailableError if one does not begin to listen."""
        self._keepers = [
            asyncio.create_task(self._keep(index), name=f"arducopter-{index}") for index in range(len(self.vehicles))
        ]
        try:
            await asyncio.gather(*(self._listening(index) for index in range(len(self.vehicles))))
        except UnavailableError:
            await self._end()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all."""
        await self._end()

    def command_line(self, index: int) -> list[str]:
        """Return how a vehicle is started."""
        vehicle, settings = self.vehicles[index], self.settings
        home = vehicle.home
        files = [str(settings.parameter_file.resolve())] if settings.parameter_file is not None else []
        files.append("vehicle.parm")
        return [
            str(settings.binary.resolve()),
            "--model", settings.model,
            "--speedup", f"{settings.speedup:g}",
            "--home", f"{home.lat_deg:.8f},{home.lon_deg:.8f},{home.alt_amsl_m:.2f},{vehicle.heading_deg:.1f}",
            f"-I{settings.first_instance + index}",
            "--sysid", str(vehicle.system_id),
            "--defaults", ",".join(files),
        ]  # fmt: skip

    async def _keep(self, index: int) -> None:
        """Run one vehicle's process, again and again if it ends."""
        folder = self.settings.folder / f"arducopter-{self.vehicles[index].system_id}"
        self._make_files(folder, STANDARD_PARAMETERS | self.vehicles[index].parameters)
        pause_s = _FIRST_PAUSE_S
        loop = asyncio.get_running_loop()
        while True:
            started_s = loop.time()
            code = await self._run_once(index, folder)
            if loop.time() - started_s > _STABLE_S:
                pause_s = _FIRST_PAUSE_S
            self.restarts[index] += 1
            _log.warning(
                "arducopter %d ended with code %d, starting it again in %.1f s; its last words: %s",
                self.vehicles[index].system_id, code, pause_s, _last_words(folder / "output.log"),
            )  # fmt: skip
            await asyncio.sleep(pause_s)
            pause_s = min(2.0 * pause_s, _LONGEST_PAUSE_S)

    def _make_files(self, folder: Path, parameters: dict[str, float]) -> None:
        """Make what a vehicle is started with; what stands in the way, or cannot be a file of it, is set aside."""
        for ours in (self.settings.folder, folder):
            self._make_way(ours, for_folder=True)
            ours.mkdir(parents=True, exist_ok=True)
        for name in ("vehicle.parm", "output.log", "eeprom.bin"):
            self._make_way(folder / name, for_folder=False)
        (folder / "vehicle.parm").write_text("".join(f"{name} {value:g}\n" for name, value in parameters.items()))

    def _make_way(self, path: Path, *, for_folder: bool) -> None:
        make_way(path, for_folder=for_folder, broken=self._broken, now_s=time.time())

    async def _run_once(self, index: int, folder: Path) -> int:
        with (folder / "output.log").open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                *bound_to_us(*self.command_line(index)),
                cwd=folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        self.process_ids[index] = process.pid
        try:
            return await process.wait()
        finally:
            self.process_ids[index] = None
            await _end_process(process)

    async def _listening(self, index: int) -> None:
        """Wait until the process has written that it waits for a connection."""
        log = self.settings.folder / f"arducopter-{self.vehicles[index].system_id}" / "output.log"
        for _ in range(200):
            if log.exists() and b"Waiting for connection" in log.read_bytes():
                return
            if self.restarts[index] > 1:
                break
            await asyncio.sleep(0.05)
        raise UnavailableError(
            Text(
                f"arducopter（機体 {self.vehicles[index].system_id}）が起動しません: {_last_words(log)}",
                f"arducopter for vehicle {self.vehicles[index].system_id} does not start: {_last_words(log)}",
            ),
            Text("ポートの重なりとバイナリを確認してください", "check for ports in use and the binary"),
        )

    async def _end(self) -> None:
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        self._keepers = []


async def _end_process(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(_END_S):
            await process.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _last_words(log: Path) -> str:
    if not log.exists():
        return ""
    return log.read_bytes()[-_LAST_WORDS_BYTES:].decode(errors="replace").strip().rpartition("\n")[2]
