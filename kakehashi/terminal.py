"""What a person sees at the terminal while everything runs: steps, addresses, and a line of status when it changes."""

from collections.abc import Mapping
from typing import TextIO

import msgspec

from fleet.realm import Realm
from kakehashi.settings import Settings

_NAMES = {
    "town-office": "役場のサービス / town office",
    "ground-station": "地上局 / ground station",
    "run": "準備 / preparation",
    "sim": "模擬機 / simulated aircraft",
}
_LOUD = frozenset({"warning", "error", "critical"})


class Terminal:
    """Writes to one stream."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._last_status = ""

    def _say(self, text: str) -> None:
        self._stream.write(text + "\n")
        self._stream.flush()

    def show_started(self, service: str) -> None:
        """Say that a service is up."""
        self._say(f"✓ {_NAMES.get(service, service)}")

    def show_ready(self, settings: Settings, addresses: Mapping[str, str], links: Mapping[str, str]) -> None:
        """Show where the pages are and, the first time, the one-time links."""
        realm = "訓練 / DRILL" if settings.realm is Realm.DRILL else "本番 / LIVE"
        lines = ["", f"架け橋が動いています（{realm}） / Kakehashi is running", ""]
        pages = (("ground-station", "運航の画面  operator page   "), ("town-office", "役場の画面  town-office page"))
        for service, label in pages:
            lines.append(f"  {label}  {addresses.get(service, '')}")
            if service in links:
                lines.append(f"     初回の設定（1 回だけ使えます） / first set-up, works once:\n     {links[service]}")
        lines += ["", "止めるには Ctrl-C / stop with Ctrl-C", ""]
        self._say("\n".join(lines))

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
            self._say(f"● {words}")

    def show_set_aside(self, service: str, what: Mapping[str, str], cure: Mapping[str, str]) -> None:
        """Say that a service found a file broken and went on without it."""
        self._say(f"! {_NAMES.get(service, service)}: {what.get('ja', '')}\n  {what.get('en', '')}")
        self._say(f"  → {cure.get('ja', '')}\n    {cure.get('en', '')}")

    def log_line(self, service: str, line: str) -> None:
        """Pass on a service's warnings and errors in words; the rest stays in its log."""
        try:
            entry = msgspec.json.decode(line.encode(), type=dict[str, object])
        except msgspec.DecodeError:
            self._say(f"  [{service}] {line}")
            return
        if entry.get("level") in _LOUD and not entry.get("told"):
            rest = {key: value for key, value in entry.items() if key not in {"event", "level", "timestamp"}}
            detail = " ".join(f"{key}={value}" for key, value in rest.items())
            self._say(f"  [{service}] {entry.get('level')}: {entry.get('event')} {detail}".rstrip())
