"""What a run needs of its machine: ports, disk, clock, broker, databases, town, pages. Each look is one finding."""

import asyncio
import shutil
import socket
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path

from fleet.errors import FleetError
from fleet.realm import Realm
from fleet.text import Text
from ground_station.flight.core_lock import holder
from kakehashi.audit_chains import check_chain
from kakehashi.broken_files import lying_aside
from kakehashi.bundle import DEMO_FOLDER, load_town
from kakehashi.flight_keeper import FlightKeeper
from kakehashi.flight_place import keeper_of
from kakehashi.home import Home
from kakehashi.pages_folder import pages_folder
from kakehashi.ports import is_free
from kakehashi.ports_of_run import WantedPort, ports_of_run
from kakehashi.settings import BrokerKind, Settings
from kakehashi.variables import variable_of
from missions.values.finding import Cure, Finding, Level

_LOW_DISK_GB = 2.0
_NO_DISK_GB = 0.2
_OLDEST_SENSIBLE_S = 1_767_225_600.0  # 2026-01-01


def diagnose(settings: Settings) -> list[Finding]:
    """Return everything that was looked at."""
    looks: tuple[Callable[[Settings], list[Finding]], ...] = (
        _python,
        _disk,
        _clock,
        _ports,
        _flight_core,
        _broker,
        _databases,
        _audit,
        _set_aside,
        _town,
        _pages,
    )
    return [finding for look in looks for finding in look(settings)]


def _finding(level: Level, rule: str, text: Text, cure: Text | None = None) -> Finding:
    return Finding(level=level, rule=rule, text=text, cure=None if cure is None else Cure(text=cure))


def _python(_: Settings) -> list[Finding]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return [_finding(Level.OK, "python", Text(f"Python {version}", f"Python {version}"))]


def _disk(settings: Settings) -> list[Finding]:
    folder = settings.home
    while not folder.exists():
        folder = folder.parent if folder.parent != folder else Path()
    free_gb = shutil.disk_usage(folder).free / 1e9
    text = Text(f"ディスクの空き {free_gb:.1f} GB", f"{free_gb:.1f} GB of disk free")
    if free_gb >= _LOW_DISK_GB:
        return [_finding(Level.OK, "disk", text)]
    level = Level.WARN if free_gb >= _NO_DISK_GB else Level.REFUSE
    cure = Text(
        "いらないファイルを消すか、KAKEHASHI_HOME を別のディスクにしてください", "free some, or move KAKEHASHI_HOME"
    )
    return [_finding(level, "disk", text, cure)]


def _clock(_: Settings) -> list[Finding]:
    if time.time() < _OLDEST_SENSIBLE_S:
        cure = Text(
            "時計を合わせてください（時刻は記録の証拠になります）", "set the clock: records are evidence by time"
        )
        return [_finding(Level.REFUSE, "clock", Text("時計が遅れています", "the clock is far behind"), cure)]
    now = time.strftime("%Y-%m-%d %H:%M:%S %Z")
    return [_finding(Level.OK, "clock", Text(f"時計 {now}", f"clock {now}"))]


def _ports(settings: Settings) -> list[Finding]:
    try:
        wanted = ports_of_run(settings)
    except FleetError as error:
        return [_finding(Level.REFUSE, "ports", error.what, error.cure)]
    return [_port(one) for one in wanted]


def _core_of(settings: Settings) -> FlightKeeper:
    return keeper_of(settings, {}, lambda: None, lambda _: None)


def _flight_core(settings: Settings) -> list[Finding]:
    folder = Home(root=settings.home, realm=settings.realm).station
    try:
        pid = holder(folder)
        answers = pid is not None and asyncio.run(_core_of(settings).flying()) is not None
    except FleetError as error:
        return [_finding(Level.WARN, "flight-core", error.what, error.cure)]
    if pid is None:
        text = Text(
            "飛行の中枢は動いていません（起動すると始まります）", "no flight core is running; a run will start one"
        )
        return [_finding(Level.OK, "flight-core", text)]
    if answers:
        return [
            _finding(
                Level.OK,
                "flight-core",
                Text(f"飛行の中枢が動いています（プロセス {pid}）", f"the flight core is running, process {pid}"),
            )
        ]
    text = Text(
        f"飛行の中枢（プロセス {pid}）が答えません", f"the flight core, process {pid}, is running and does not answer"
    )
    cure = Text(
        "飛行中の機体がないことを目で確かめてから kakehashi flight stop --in-flight で止めてください",
        "make sure by eye that nothing flies, then end it with kakehashi flight stop --in-flight",
    )
    return [_finding(Level.WARN, "flight-core", text, cure)]


def _port(wanted: WantedPort) -> Finding:
    port, used_for, setting = wanted.port, wanted.used_for, wanted.setting
    try:
        free = is_free(wanted.host, port)
    except FleetError as error:
        return _finding(Level.REFUSE, setting, error.what, error.cure)
    if free:
        text = Text(f"ポート {port}（{used_for.ja}）は空いています", f"port {port} ({used_for.en}) is free")
        return _finding(Level.OK, setting, text)
    text = Text(f"ポート {port}（{used_for.ja}）は使われています", f"port {port} ({used_for.en}) is in use")
    variable = variable_of(setting)
    cure = Text(
        f"架け橋が動いているなら問題ありません。そうでなければ {variable} で番号を変えてください",
        f"fine if Kakehashi is running; otherwise choose another number with {variable}",
    )
    return _finding(Level.WARN, setting, text, cure)


def _broker(settings: Settings) -> list[Finding]:
    broker = settings.broker
    if broker.kind is BrokerKind.EMBEDDED:
        return [_finding(Level.OK, "broker", Text("MQTT: 内蔵のものを使います", "MQTT: the embedded broker is used"))]
    if broker.kind is BrokerKind.MOSQUITTO:
        found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
        if found is None:
            cure = Text("apt-get install mosquitto を実行してください", "run apt-get install mosquitto")
            return [_finding(Level.REFUSE, "broker", Text("mosquitto がありません", "mosquitto is missing"), cure)]
        return [_finding(Level.OK, "broker", Text(f"MQTT: {found}", f"MQTT: {found}"))]
    where = f"{broker.host}:{broker.port}"
    try:
        with socket.create_connection((broker.host, broker.port), timeout=3.0):
            return [_finding(Level.OK, "broker", Text(f"MQTT {where} に届きます", f"MQTT {where} is reached"))]
    except OSError as error:
        text = Text(f"MQTT {where} に届きません: {error}", f"MQTT {where} is not reached: {error}")
        cure = Text("番地とネットワークを確認してください", "check the address and the network")
        return [_finding(Level.WARN, "broker", text, cure)]


def _databases(settings: Settings) -> list[Finding]:
    home = Home(root=settings.home, realm=settings.realm)
    files = (home.station / "station.sqlite", home.station / "outbox.sqlite", home.office / "office.sqlite")
    return [_database(path) for path in files if path.is_file()]


def _database(path: Path) -> Finding:
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=2.0)
        try:
            answer = str(connection.execute("PRAGMA quick_check").fetchone()[0])
        finally:
            connection.close()
    except sqlite3.Error as error:
        answer = str(error)
    if answer == "ok":
        return _finding(
            Level.OK, "database", Text(f"データベース {path.name} は正常", f"database {path.name} is sound")
        )
    cure = Text("ファイルを保管し、バックアップから戻してください", "keep the file and restore a backup")
    text = Text(f"データベース {path.name}: {answer}", f"database {path.name}: {answer}")
    return _finding(Level.REFUSE, "database", text, cure)


def _audit(settings: Settings) -> list[Finding]:
    home = Home(root=settings.home, realm=settings.realm)
    findings = []
    for path in home.audit_chains:
        if not path.exists():
            continue
        report = check_chain(path)
        if report.faults:
            text = Text(f"監査記録 {path} が壊れています", f"the audit chain {path} is broken")
            cure = Text("kakehashi audit verify で場所を調べてください", "run `kakehashi audit verify`")
            findings.append(_finding(Level.REFUSE, "audit", text, cure))
        elif report.last is not None:
            text = Text(f"監査記録 {report.entries} 件は正常", f"audit chain of {report.entries} entries is whole")
            findings.append(_finding(Level.OK, "audit", text))
    return findings


def _set_aside(settings: Settings) -> list[Finding]:
    home = Home(root=settings.home, realm=settings.realm)
    return [_finding(Level.WARN, "set-aside", part.what, part.cure) for part in lying_aside(home)]


def _town(settings: Settings) -> list[Finding]:
    demo = Home(root=settings.home, realm=settings.realm).towns / DEMO_FOLDER
    if settings.realm is Realm.DRILL and settings.town.bundle is None and not demo.exists():
        text = Text("町: 初回の起動で架空の町を作ります", "town: the demonstration town is made at the first start")
        return [_finding(Level.OK, "town", text)]
    try:
        town = load_town(settings, mend=False)
    except FleetError as error:
        return [_finding(Level.REFUSE, "town", error.what, error.cure)]
    text = Text(f"町: {town.name.ja}", f"town: {town.name.en}")
    if town.terrain.synthetic:
        text = Text(
            f"{text.ja}（合成地形: 実際の飛行には使えません）", f"{text.en} (synthetic terrain: for drills only)"
        )
    return [_finding(Level.OK, "town", text)]


def _pages(_: Settings) -> list[Finding]:
    folder = pages_folder()
    missing = [name for name in ("operator.html", "town.html") if not (folder / name).is_file()]
    if missing:
        text = Text(f"画面がまだ作られていません: {', '.join(missing)}", f"pages are not built: {', '.join(missing)}")
        cure = Text("make pages を実行してください", "run `make pages`")
        return [_finding(Level.REFUSE, "pages", text, cure)]
    return [_finding(Level.OK, "pages", Text("画面は作られています", "the pages are built"))]
