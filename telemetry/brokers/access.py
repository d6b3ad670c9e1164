"""Who may publish and subscribe where: one rule set for every broker we start.

A station publishes under its own topics and the town's vehicle states only, and hears its own receipts and requests
and the office's alarm only; the office has the town; a watcher may read vehicle states. Nobody is anonymous. Device
keys are long random strings, so the password hash is light (PBKDF2-SHA512, Mosquitto's `$7$` format).
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from fleet.errors import InvalidValueError
from fleet.ids import StationId, check_name
from fleet.text import Text
from telemetry.topics import Topics

MIN_PASSWORD_LENGTH = 16
_ITERATIONS = 101
_SALT_BYTES = 12


class DeviceKind(StrEnum):
    """What a device is to the broker."""

    STATION = "station"
    OFFICE = "office"
    WATCHER = "watcher"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One device that may sign in. `station` is for stations; `password_hash` as `hash_password` makes it."""

    username: str
    password_hash: str
    kind: DeviceKind
    topics: Topics
    station: StationId | None = None

    def __post_init__(self) -> None:
        """Refuse a name that could break a broker's files, or a station with no name."""
        check_name(self.username)
        if (self.kind is DeviceKind.STATION) is (self.station is None):
            raise InvalidValueError(
                Text(f"機器 {self.username} の局名が必要です", f"device {self.username} needs a station's name")
            )

    def may_publish(self) -> Sequence[str]:
        """Return the topic filters it may publish to."""
        if self.station is not None:
            return (
                f"{self.topics.station_prefix(self.station)}/up/#",
                self.topics.alarm(self.station),
                f"{self.topics.prefix}/vehicle/+/state",
            )
        if self.kind is DeviceKind.OFFICE:
            return (f"{self.topics.prefix}/#",)
        return ()

    def may_subscribe(self) -> Sequence[str]:
        """Return the topic filters it may subscribe to and hear."""
        if self.station is not None:
            return (self.topics.receipt(self.station), self.topics.down(self.station), self.topics.office_alarm)
        if self.kind is DeviceKind.OFFICE:
            return (f"{self.topics.prefix}/#",)
        return (f"{self.topics.prefix}/vehicle/+/state",)


def covers(allowed: str, requested: str) -> bool:
    """Return whether every topic that filter `requested` can match is matched by filter `allowed` (MQTT 3.1.1, 4.7)."""
    wide, narrow = allowed.split("/"), requested.split("/")
    for level, one in enumerate(wide):
        if one == "#":
            return True
        if level >= len(narrow) or narrow[level] == "#":
            return False
        if one not in ("+", narrow[level]):
            return False
    return len(wide) == len(narrow)


def hash_password(password: str, salt: bytes) -> str:
    """Return the hash of a device key with 12 bytes of salt; raises InvalidValueError under 16 characters."""
    if len(password) < MIN_PASSWORD_LENGTH or len(salt) != _SALT_BYTES:
        raise InvalidValueError(
            Text("機器の鍵が短すぎます", "the device key is too short"),
            Text(f"{MIN_PASSWORD_LENGTH} 文字以上にしてください", f"use at least {MIN_PASSWORD_LENGTH} characters"),
        )
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ITERATIONS)
    return f"$7${_ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def password_matches(password: str, password_hash: str) -> bool:
    """Return whether a device key belongs to a hash; False for a hash that cannot be read."""
    try:
        _, kind, iterations, salt, digest = password_hash.split("$")
        if kind != "7" or not 1 <= int(iterations) <= 1_000_000:
            return False
        expected = base64.b64decode(digest, validate=True)
        found = hashlib.pbkdf2_hmac("sha512", password.encode(), base64.b64decode(salt, validate=True), int(iterations))
    except (ValueError, binascii.Error):
        return False
    return hmac.compare_digest(found, expected)


class DeviceBook:
    """The devices a broker knows now; `replace` adds and revokes while it runs."""

    def __init__(self, devices: Iterable[Device] = ()) -> None:
        self._devices: Mapping[str, Device] = {device.username: device for device in devices}

    @property
    def devices(self) -> Sequence[Device]:
        """Return all devices."""
        return list(self._devices.values())

    def replace(self, devices: Iterable[Device]) -> None:
        """Know these devices and no others."""
        self._devices = {device.username: device for device in devices}

    def sign_in(self, username: str | None, password: str | None) -> bool:
        """Return whether a device may sign in."""
        device = self._devices.get(username or "")
        return device is not None and password_matches(password or "", device.password_hash)

    def allows_publish(self, username: str | None, topic: str) -> bool:
        """Return whether a device may publish to a topic now."""
        device = self._devices.get(username or "")
        return device is not None and any(covers(allowed, topic) for allowed in device.may_publish())

    def allows_subscribe(self, username: str | None, topic_filter: str) -> bool:
        """Return whether a device may subscribe to a filter, or hear a topic, now."""
        device = self._devices.get(username or "")
        return device is not None and any(covers(allowed, topic_filter) for allowed in device.may_subscribe())
