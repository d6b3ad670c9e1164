"""Where things lie on disk: one folder for the towns, and one for each realm, so that drills stay walled off."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from fleet.realm import Realm
from fleet.set_aside import BrokenParts, make_way
from fleet.text import Text
from kakehashi.output_place import writing
from kakehashi.secrets_file import Secrets, secrets_of

DESK_AUDIT = "desk-audit.jsonl"
"""The desk's own audit chain: who signed in, ticked, and decided. Flight is in the flight core's journal."""
MOVE_HOME = Text(
    "ディスクの空きと権限を確かめるか、KAKEHASHI_HOME を書き込める場所にしてください",
    "check free space and permissions, or set KAKEHASHI_HOME to a place that can be written to",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The folders of one realm; `broken` is told of what had to be set aside."""

    root: Path
    realm: Realm
    broken: BrokenParts = field(default_factory=BrokenParts, compare=False)

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
        return (self.station / "audit.jsonl", self.journal, self.station / DESK_AUDIT, self.office / "audit.jsonl")

    def make(self) -> None:
        """Make the folders, readable by this user only; raises UnavailableError if the disk refuses."""
        for folder in (self.towns, self.root / self.realm.value, self.station, self.office, self.sim):
            make_way(folder, for_folder=True, broken=self.broken, now_s=time.time())
            with writing(folder, MOVE_HOME):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def secrets(self, *, broker_users: tuple[str, ...], devices: tuple[str, ...]) -> Secrets:
        """Return this realm's secrets, making those that are missing; raises UnavailableError if the disk refuses."""
        path = self.root / self.realm.value / "secrets.json"
        return secrets_of(path, broker_users=broker_users, devices=devices, broken=self.broken, cure=MOVE_HOME)
