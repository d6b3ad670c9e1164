"""What a person sees at the terminal while everything runs: steps, addresses, and a line of status when it changes."""

import contextlib
import queue
import threading
from collections.abc import Mapping
from typing import TextIO

import msgspec

from fleet.realm import Realm
from kakehashi.settings import Settings

_NAMES = {
    "flight": "飛行の中枢 / flight core",
    "town-office": "役場のサービス / town office",
    "ground-station": "地上局 / ground station",
    "run": "準備 / preparation",
    "sim": "模擬機 / simulated aircraft",
}
MOST_WAITING = 1000
"""Lines that wait for a terminal that does not take them."""
_LAST_LINES_S = 1.0
_LOUD = frozenset({"warning", "error", "critical"})


class Terminal:
    """Writes to one stream, from a thread: a terminal that was stopped (Ctrl-S) holds up nothing but its own lines."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._last_status = ""
        self._lines: queue.Queue[str | None] = queue.Queue(MOST_WAITING)
        self._writer = threading.Thread(target=self._write, name="terminal", daemon=True)
        self._writer.start()

    def say(self, text: str) -> None:
        """Write one line; one that finds a thousand waiting is dropped."""
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait(text)

    def close(self) -> None:
        """Let what waits be written, a second at most."""
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait(None)
        self._writer.join(_LAST_LINES_S)

    def _write(self) -> None:
        while (line := self._lines.get()) is not None:
            with contextlib.suppress(OSError, ValueError):  # a terminal that is gone reads nothing
                self._stream.write(line + "\n")
                self._stream.flush()

    def show_started(self, service: str) -> None:
        """Say that a service is up."""
        self.say(f"✓ {_NAMES.get(service, service)}")

    def show_ready(self, settings: Settings, addresses: Mapping[str, str], links: Mapping[str, str]) -> None:
        """Show where the pages are and, the first time, the one-time links."""
        realm = "訓練 / DRILL" if settings.realm is Realm.DRILL else "本番 / LIVE"
        self.say(f"\n架け橋が動いています（{realm}） / Kakehashi is running\n")
        self.show_pages(addresses, links)
        self.say("\n止めるには Ctrl-C / stop with Ctrl-C\n")

    def show_pages(self, addresses: Mapping[str, str], links: Mapping[str, str]) -> None:
        """Show where the pages of the services that are up are, with their one-time links."""
        lines = []
        pages = (
            ("ground-station", "運航の画面  operator page   "),
            ("town-office", "役場の画面  town-office page"),
            ("flight", "緊急操作    emergency page   "),
        )
        for service, label in pages:
            if service in addresses:
                lines.append(f"  {label}  {addresses[service]}")
            if service in addresses and service in links:
                lines.append(f"     初回の設定（1 回だけ使えます） / first set-up, works once:\n     {links[service]}")
        self.say("\n".join(lines))

    def show_status(self, details: Mapping[str, str]) -> None:
        """Show the state in words, when it changed."""
        if details:
            heard, _, known = details.get("aircraft", "0/0").partition("/")
            office = details.get("office") == "connected"
            words = (
                f"機体 {heard}/{known} と通信中・飛行中 {details.get('flying', '0')} 機・"
                f"役場と{'接続中' if office else '未接続（手元に保管）'}"
                f" / aircraft heard {heard}/{known}, flying {details.get('flying', '0')},"
                f" town office {'connected' if office else 'not connected, records kept'}"
            )
        else:
            words = (
                "地上局が答えません。再起動を待っています / the ground station does not answer; waiting for its restart"
            )
        if words != self._last_status:
            self._last_status = words
            self.say(f"● {words}")

    def show_set_aside(self, service: str, what: Mapping[str, str], cure: Mapping[str, str]) -> None:
        """Say that a service found a file broken and went on without it."""
        self.say(f"! {_NAMES.get(service, service)}: {what.get('ja', '')}\n  {what.get('en', '')}")
        self.say(f"  → {cure.get('ja', '')}\n    {cure.get('en', '')}")

    def log_line(self, service: str, line: str) -> None:
        """Pass on a service's warnings and errors in words; the rest stays in its log."""
        try:
            entry = msgspec.json.decode(line.encode(), type=dict[str, object])
        except (msgspec.DecodeError, RecursionError):
            self.say(f"  [{service}] {line}")
            return
        if entry.get("level") in _LOUD and not entry.get("told"):
            rest = {key: value for key, value in entry.items() if key not in {"event", "level", "timestamp"}}
            detail = " ".join(f"{key}={value}" for key, value in rest.items())
            self.say(f"  [{service}] {entry.get('level')}: {entry.get('event')} {detail}".rstrip())
