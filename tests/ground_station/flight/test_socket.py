"""The flight port's Unix socket: who may speak, what is refused before anything is done, lost answers, dead readers."""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
import structlog

from fleet.audit import AuditEntry
from fleet.disk_health import Place
from fleet.error_kinds import KIND_OF
from fleet.errors import FleetError, RefusedError, UnavailableError, UnconfirmedError
from fleet.ids import CommandId
from fleet.realm import Realm
from fleet.text import Text
from ground_station.flight import socket_server, wire
from ground_station.flight.flight_plan import FlightPlan, PlanDigest
from ground_station.flight.order import Beat, Order, dated
from ground_station.flight.port import CoreReport, HangLoad, Problem, SetUp
from ground_station.flight.socket_client import SocketFlight
from ground_station.flight.socket_server import MOST_CONNECTIONS, FlightServer
from ground_station.flight.vehicles.flight_command import Action, CommandState, FlightCommand
from tests.ground_station.flight.aircraft import VEHICLE, eventually, order
from tests.ground_station.flight.plans import FLIGHT

TOWN = "demo"
COMMAND = FlightCommand(
    id=CommandId("hold-1"),
    vehicle_id=VEHICLE,
    action=Action.HOLD,
    author="hanako",
    created_at_s=0.0,
    expires_at_s=5.0,
    state=CommandState.SENT,
    text=Text("送信中", "sending"),
    changed_at_s=0.0,
)


@dataclass
class ScriptedCore:
    """A core that does what the test says; `asked` is everything it was asked."""

    boot_id: str = "boot-1"
    answer: Callable[[], Awaitable[FlightCommand]] | None = None
    asked: list[object] = field(default_factory=list)
    reported: int = 0

    def beat(self) -> Beat:
        return Beat(boot_id=self.boot_id, stamp_s=1_000.0)

    async def begin(self, wanted: Order) -> FlightCommand:
        return await self._asked(wanted)

    async def end_of(self, command_id: CommandId) -> FlightCommand:
        return await self._asked(command_id)

    async def place(self, plan: FlightPlan, *, author: str, keep: bool) -> PlanDigest:
        await self._asked(plan)
        return PlanDigest("digest")

    async def set_up(self, work: SetUp) -> None:
        await self._asked(work)

    async def follow(self) -> AsyncIterator[CoreReport]:
        while True:
            self.reported += 1
            alarm = Text("満" * 20_000, "full")
            yield CoreReport(
                beat=Beat(boot_id=self.boot_id, stamp_s=float(self.reported)), alarms=(Problem(what=alarm),)
            )
            await asyncio.sleep(0.001)

    async def listen(self, after: int) -> AsyncIterator[tuple[AuditEntry, ...]]:
        self.asked.append(after)
        await asyncio.Event().wait()
        yield ()

    async def _asked(self, what: object) -> FlightCommand:
        self.asked.append(what)
        return COMMAND if self.answer is None else await self.answer()


@asynccontextmanager
async def served(core: ScriptedCore, folder: Path) -> AsyncIterator[Path]:
    path = folder / "flight.sock"
    async with FlightServer(cast("Any", core), path, realm=Realm.DRILL, town=TOWN):
        yield path


def _client(path: Path, *, realm: Realm = Realm.DRILL, town: str = TOWN) -> SocketFlight:
    return SocketFlight(path, realm=realm, town=town)


def _calls(port: SocketFlight) -> dict[str, Callable[[], Awaitable[object]]]:
    return {
        "begin": lambda: port.begin(order(Action.HOLD, "hold-1")),
        "end_of": lambda: port.end_of(CommandId("hold-1")),
        "place": lambda: port.place(FLIGHT, author="hanako"),
        "set_up": lambda: port.set_up(HangLoad(vehicle_id=VEHICLE, mass_kg=1.0, author="hanako")),
        "follow": lambda: anext(port.follow()),
        "listen": lambda: anext(port.listen(0)),
    }


ANSWERED = ("begin", "end_of", "place", "set_up")
ALL = (*ANSWERED, "follow", "listen")


@pytest.mark.parametrize("kind", KIND_OF.values(), ids=lambda kind: str(kind.code))
async def test_every_error_keeps_its_type_and_its_words(kind: type[FleetError], tmp_path: Path) -> None:
    async def refuse() -> FlightCommand:
        raise kind(Text("だめです", "no"), Text("待つ", "wait"))

    async with served(ScriptedCore(answer=refuse), tmp_path) as path:
        for name in ANSWERED:
            with pytest.raises(kind) as raised:
                await _calls(_client(path))[name]()
            assert type(raised.value) is kind
            assert (raised.value.what, raised.value.cure) == (Text("だめです", "no"), Text("待つ", "wait"))


async def test_what_was_asked_arrives_as_it_was_meant(tmp_path: Path) -> None:
    core = ScriptedCore()
    async with served(core, tmp_path) as path:
        for name in ANSWERED:
            await _calls(_client(path))[name]()
    load = HangLoad(vehicle_id=VEHICLE, mass_kg=1.0, author="hanako")
    assert core.asked == [dated(order(Action.HOLD, "hold-1"), core.beat()), CommandId("hold-1"), FLIGHT, load]


async def test_a_disk_that_gives_no_socket_is_said_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket_server, "_AGAIN_S", 0.05)
    folder = tmp_path / "later"
    server = FlightServer(cast("Any", ScriptedCore()), folder / "flight.sock", realm=Realm.DRILL, town=TOWN)
    async with server:
        assert server.problem is not None
        assert "its own page works" in server.problem.en
        folder.mkdir()
        await eventually(lambda: server.problem is None)
        assert await _client(folder / "flight.sock").begin(order(Action.HOLD, "hold-1")) == COMMAND
        assert (folder / "flight.sock").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ALL)
async def test_without_a_core_everything_says_so_with_what_to_do(name: str, tmp_path: Path) -> None:
    for path in (tmp_path / "nobody.sock", tmp_path / "no-folder" / "flight.sock"):
        with pytest.raises(UnavailableError, match="cannot be reached") as gone:
            await _calls(_client(path))[name]()
        assert not isinstance(gone.value, UnconfirmedError)
        assert gone.value.cure is not None


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    ("realm", "town", "protocols", "kind", "words"),
    [
        (Realm.LIVE, TOWN, wire.PROTOCOLS, RefusedError, "is of town demo"),
        (Realm.DRILL, "elsewhere", wire.PROTOCOLS, RefusedError, "is of town demo"),
        (Realm.DRILL, TOWN, (90, 91), RefusedError, "too many versions apart"),
        (Realm.DRILL, TOWN, (), RefusedError, "too many versions apart"),
    ],
)
async def test_a_desk_of_another_realm_town_or_version_is_told_so_before_anything_is_sent(
    name: str,
    realm: Realm,
    town: str,
    protocols: tuple[int, ...],
    kind: type[FleetError],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    core = ScriptedCore()
    async with served(core, tmp_path) as path:
        port = _client(path, realm=realm, town=town)
        monkeypatch.setattr(port, "_hello", wire.Hello(protocols=protocols, realm=realm.value, town=town))
        with pytest.raises(kind, match=words) as refused:
            await _calls(port)[name]()
    assert refused.value.cure is not None
    assert core.asked == []
    assert core.reported == 0


async def test_neighbouring_versions_speak_what_both_know_and_pass_over_what_one_does_not(tmp_path: Path) -> None:
    core = ScriptedCore()
    async with served(core, tmp_path) as path:
        reader, writer = await asyncio.open_unix_connection(path)
        newer = {"type": "hello", "protocols": [1, 2], "realm": "drill", "town": TOWN, "colour": "red"}
        _write(writer, newer)
        welcome = await wire.read_reply(reader)
        assert welcome == wire.Welcome(protocol=1, boot_id="boot-1")
        _write(writer, {"type": "end_of", "command_id": "hold-1", "patience_s": 3})
        assert await wire.read_reply(reader) == wire.Answer(command=COMMAND)
        writer.close()


def test_an_alarm_names_its_place_and_one_of_a_newer_core_is_an_alarm_all_the_same() -> None:
    beat, what = Beat(boot_id="boot-1", stamp_s=1.0), Text("書けません", "cannot be written")
    alarms = tuple(Problem(what=what, place=place) for place in (None, *Place))
    sent = wire.report_of(CoreReport(beat=beat, alarms=alarms))
    assert sent.report().alarms == alarms
    newer = wire.Report(beat=beat, alarms=(wire.Alarm(what=what, place="parachute-log"),))
    assert newer.report().alarms == (Problem(what=what),)


def _write(writer: asyncio.StreamWriter, message: object) -> None:
    writer.write(wire.pack(message))


@pytest.mark.parametrize("sent", [b"\x00\x00\x00\x03abc", b"\xff\xff\xff\xff", b"", wire.pack({"type": "dance"})])
async def test_what_is_no_greeting_is_hung_up_on_and_the_next_is_served(sent: bytes, tmp_path: Path) -> None:
    async with served(ScriptedCore(), tmp_path) as path:
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(sent)
        writer.write_eof()
        async with asyncio.timeout(10.0):
            await reader.read()
        writer.close()
        assert await _client(path).end_of(CommandId("hold-1")) == COMMAND


@pytest.mark.parametrize("body", [b"\xc1", b"\x81\xa4type\xa1\xff", b"\x91" * 100_000])
async def test_what_is_no_message_ends_the_connection_and_nothing_else(body: bytes) -> None:
    for read in (wire.read_request, wire.read_reply):
        reader = asyncio.StreamReader()
        reader.feed_data(len(body).to_bytes(4, "big") + body)
        with pytest.raises(ConnectionError):
            await read(reader)


async def test_an_order_before_the_greeting_is_not_taken(tmp_path: Path) -> None:
    core = ScriptedCore()
    async with served(core, tmp_path) as path:
        reader, writer = await asyncio.open_unix_connection(path)
        _write(writer, wire.CallBegin(order=order(Action.HOLD, "hold-1")))
        assert isinstance(await wire.read_reply(reader), wire.Failure)
        writer.close()
    assert core.asked == []


@pytest.mark.parametrize("name", ANSWERED)
@pytest.mark.parametrize("silence", ["the core ends", "the core stands still"])
async def test_a_lost_answer_is_never_called_a_failure(
    name: str, silence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for patience in ("_SILENT_S", "_ORDER_S"):
        monkeypatch.setattr(f"ground_station.flight.socket_client.{patience}", 0.3)
    asked: list[wire.Request] = []
    done = asyncio.Event()

    async def half_a_core(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await wire.read_request(reader)
        _write(writer, wire.Welcome(protocol=1, boot_id="boot-1"))
        asked.append(await wire.read_request(reader))
        if silence == "the core stands still":
            await done.wait()
        writer.close()

    path = tmp_path / "flight.sock"
    async with await asyncio.start_unix_server(half_a_core, path):
        with pytest.raises(UnconfirmedError) as lost:
            await _calls(_client(path))[name]()
        done.set()
    assert len(asked) == 1
    assert lost.value.cure is not None


async def test_long_work_is_waited_for_and_outlives_whoever_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ground_station.flight.socket_client._SILENT_S", 0.5)
    monkeypatch.setattr(socket_server, "_WORKING_EVERY_S", 0.05)
    ready, ended = asyncio.Event(), asyncio.Event()

    async def slow() -> FlightCommand:
        await ready.wait()
        ended.set()
        return COMMAND

    core = ScriptedCore(answer=slow)
    async with served(core, tmp_path) as path:
        patient = asyncio.create_task(_client(path).place(FLIGHT, author="hanako"))
        await asyncio.sleep(1.0)
        ready.set()
        assert await patient == "digest"
        ready.clear()
        ended.clear()
        gone = asyncio.create_task(_client(path).place(FLIGHT, author="hanako"))
        await eventually(lambda: len(core.asked) == 2)
        gone.cancel()
        await asyncio.sleep(0.2)
        ready.set()
        async with asyncio.timeout(5.0):
            await ended.wait()


async def test_beyond_64_connections_one_more_is_turned_away_and_let_in_once_there_is_room(tmp_path: Path) -> None:
    async with served(ScriptedCore(), tmp_path) as path, AsyncExitStack() as stack:
        listening = [asyncio.create_task(_listen(path)) for _ in range(MOST_CONNECTIONS)]
        stack.callback(lambda: [task.cancel() for task in listening])
        await asyncio.sleep(1.0)
        with pytest.raises(UnavailableError):
            await _client(path).end_of(CommandId("hold-1"))
        listening.pop().cancel()
        await asyncio.sleep(0.2)
        assert await _client(path).end_of(CommandId("hold-1")) == COMMAND


async def _listen(path: Path) -> None:
    async for _ in _client(path).listen(0):
        pass


async def test_a_reader_that_never_reads_costs_a_few_reports_and_is_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket_server, "_SLOWEST_READER_S", 0.5)
    core = ScriptedCore()
    async with served(core, tmp_path) as path:
        _, writer = await asyncio.open_unix_connection(path, limit=1)
        _write(writer, wire.Hello(protocols=wire.PROTOCOLS, realm="drill", town=TOWN))
        _write(writer, wire.Follow())
        await eventually(lambda: core.reported > 0)
        await asyncio.sleep(0.4)
        made = core.reported
        assert made < 20
        assert await _client(path).end_of(CommandId("hold-1")) == COMMAND
        await asyncio.sleep(0.8)
        assert core.reported == made
        writer.close()


_STRANGER = """
import os, socket, sys
os.setgid(65534)
os.setuid(65534)
plug = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
plug.settimeout(10.0)
plug.connect(sys.argv[1])
plug.sendall(bytes.fromhex(sys.argv[2]))
sys.stdout.buffer.write(plug.recv(65536))
"""


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
async def test_another_user_of_the_machine_is_refused_in_words(tmp_path: Path) -> None:
    core = ScriptedCore()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        async with served(core, folder) as path:
            assert path.stat().st_mode & 0o777 == 0o600
            said = await _said_to_a_stranger(path)
            assert said == b""
            path.chmod(0o666)
            said = await _said_to_a_stranger(path)
    failure = wire._replies.decode(said[4:])
    assert isinstance(failure, wire.Failure)
    assert failure.code == "forbidden"
    assert "another user" in failure.what.en
    assert core.asked == []


async def _said_to_a_stranger(path: Path) -> bytes:
    hello = wire.pack(wire.Hello(protocols=wire.PROTOCOLS, realm="drill", town=TOWN))
    call = [sys.executable, "-c", _STRANGER, str(path), hello.hex()]
    return (await asyncio.to_thread(subprocess.run, call, capture_output=True, timeout=30, check=False)).stdout


async def test_a_call_that_falls_is_logged_though_whoever_asked_is_gone(tmp_path: Path) -> None:
    ready = asyncio.Event()

    async def mistaken() -> FlightCommand:
        await ready.wait()
        raise RuntimeError("nobody thought of this")

    core = ScriptedCore(answer=mistaken)
    with structlog.testing.capture_logs() as logs:
        async with served(core, tmp_path) as path:
            gone = asyncio.create_task(_client(path).place(FLIGHT, author="hanako"))
            await eventually(lambda: core.asked)
            gone.cancel()
            await asyncio.gather(gone, return_exceptions=True)
            ready.set()
            await eventually(lambda: [entry for entry in logs if entry["log_level"] == "error"])
    (error,) = [entry for entry in logs if entry["log_level"] == "error"]
    assert "nobody thought of this" in str(error)
