"""Where things lie on disk: one folder for the towns, and one for each realm, so that drills stay walled off."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import msgspec

from fleet.realm import Realm
from fleet.text import Text
from kakehashi.output_place import writing

MOVE_HOME = Text(
    "ディスクの空きと権限を確かめるか、KAKEHASHI_HOME を書き込める場所にしてください",
    "check free space and permissions, or set KAKEHASHI_HOME to a place that can be written to",
)


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    """Passwords and keys that this installation made for itself."""

    broker_users: dict[str, str]
    device_keys: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The folders of one realm."""

    root: Path
    realm: Realm

    @property
    def towns(self) -> Path:
        """Return the folder of town bundles, shared by both realms."""
        return self.root / "towns"

    @property
    def station(self) -> Path:
        """Return the ground station's folder."""
        return self.root / self.realm.value / "station"

    @property
    def office(self) -> Path:
        """Return the town office's folder."""
        return self.root / self.realm.value / "office"

    @property
    def sim(self) -> Path:
        """Return the simulator's folder."""
        return self.root / self.realm.value / "sim"

    @property
    def journal(self) -> Path:
        """Return the folder of the flight core's journal."""
        return self.station / "journal"

    @property
    def audit_chains(self) -> tuple[Path, ...]:
        """Return where this realm's audit chains are: files, and the journal's folder; any may be absent."""
        return (self.station / "audit.jsonl", self.journal, self.office / "audit.jsonl")

    def make(self) -> None:
        """Make the folders, readable by this user only; raises UnavailableError if the disk refuses."""
        for folder in (self.towns, self.station, self.office, self.sim):
            with writing(folder, MOVE_HOME):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def secrets(self, *, broker_users: tuple[str, ...], devices: tuple[str, ...]) -> Secrets:
        """Return this realm's secrets, making those that are missing; the file is readable by this user only."""
        path = self.root / self.realm.value / "secrets.json"
        known = (
            msgspec.json.decode(path.read_bytes(), type=Secrets)
            if path.is_file()
            else Secrets(broker_users={}, device_keys={})
        )
        missing_users = [name for name in broker_users if name not in known.broker_users]
        missing_devices = [name for name in devices if name not in known.device_keys]
        if not missing_users and not missing_devices:
            return known
        complete = Secrets(
            broker_users={**known.broker_users, **{name: secrets.token_urlsafe(24) for name in missing_users}},
            device_keys={**known.device_keys, **{name: secrets.token_urlsafe(24) for name in missing_devices}},
        )
        _write_private(path, msgspec.json.format(msgspec.json.encode(complete)))
        return complete


def _write_private(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
