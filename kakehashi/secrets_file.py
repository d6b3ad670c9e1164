"""The passwords and keys that this installation made for itself, in one JSON file readable by its user only.

One that cannot be read is set aside and made anew, which a person must be told: devices that know the old ones are not
let in any more.
"""

import os
import secrets
import time
from pathlib import Path

import msgspec

from fleet.set_aside import BrokenPart, BrokenParts, set_aside
from fleet.text import Text
from fleet.whole_file import write_whole
from kakehashi.alone import alone
from kakehashi.output_place import writing

_RANDOM_BYTES = 24


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    """Passwords of users at the broker, and keys of devices at the station, by name."""

    broker_users: dict[str, str]
    device_keys: dict[str, str]


def secrets_of(
    path: Path, *, broker_users: tuple[str, ...], devices: tuple[str, ...], broken: BrokenParts, cure: Text
) -> Secrets:
    """Return the secrets in a file, with those made that are missing; one process at a time.

    Raises UnavailableError, with `cure`, if the disk refuses.
    """
    with alone(path.with_suffix(".lock")):
        known = _read(path, broken)
        missing_users = [name for name in broker_users if not known.broker_users.get(name)]
        missing_devices = [name for name in devices if not known.device_keys.get(name)]
        if not missing_users and not missing_devices:
            return known
        complete = Secrets(
            broker_users={**known.broker_users, **_made(missing_users)},
            device_keys={**known.device_keys, **_made(missing_devices)},
        )
        with writing(path, cure):
            _write_private(path, msgspec.json.format(msgspec.json.encode(complete)))
        return complete


def _made(names: list[str]) -> dict[str, str]:
    return {name: secrets.token_urlsafe(_RANDOM_BYTES) for name in names}


def _read(path: Path, broken: BrokenParts) -> Secrets:
    if not os.path.lexists(path):
        return Secrets(broker_users={}, device_keys={})
    try:
        return msgspec.json.decode(path.read_bytes(), type=Secrets)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OSError) as error:
        now_s = time.time()
        kept = set_aside(path, now_s=now_s)
        broken.add(
            BrokenPart(
                key=str(path),
                at_s=now_s,
                what=Text(
                    f"鍵のファイル {path.name} を読めません（{error}）。{kept.name} に取り置き、鍵を作り直しました",
                    f"the file of keys {path.name} cannot be read ({error}): it is kept as {kept.name}, "
                    "and the keys were made anew",
                ),
                cure=Text(
                    "機上のコンピューターの鍵と中継サーバーの合言葉が変わりました。地上局と役場の両方を再起動し、"
                    "機上のコンピューターに新しい鍵を入れてください",
                    "the companion's key and the broker's passwords are new: restart station and office, and give the "
                    "companion computer its new key",
                ),
                kept_as=kept,
            )
        )
        return Secrets(broker_users={}, device_keys={})


def _write_private(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content, mode=0o600)
