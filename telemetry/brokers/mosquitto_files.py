"""What Mosquitto 2 reads: its configuration, password file and access list, from our device book. Pure."""

from collections.abc import Sequence
from pathlib import Path

from telemetry.brokers.access import Device
from telemetry.codec import MAX_BATCH_BYTES

CONFIGURATION = "mosquitto.conf"
PASSWORDS = "passwords"
ACCESS = "access"


def configuration(folder: Path, *, door: Path, user: str) -> str:
    """Return `mosquitto.conf`: it listens at the Unix socket `door` alone; `user` is whom a root process becomes.

    No persistence: its acknowledgement proves nothing (0 of 5,000 left after kill -9), receipts do, and a damaged
    store would keep it from starting.
    """
    lines = [
        f"listener 0 {door}",
        f"user {user}",
        "allow_anonymous false",
        f"password_file {folder / PASSWORDS}",
        f"acl_file {folder / ACCESS}",
        "persistence false",
        f"message_size_limit {2 * MAX_BATCH_BYTES}",
        "max_queued_messages 2000",
        "log_dest stderr",
        "log_type error",
        "log_type warning",
        "log_type notice",
    ]
    return "\n".join(lines) + "\n"


def passwords(devices: Sequence[Device]) -> str:
    """Return the password file."""
    return "".join(f"{device.username}:{device.password_hash}\n" for device in devices)


def access(devices: Sequence[Device]) -> str:
    """Return the access list."""
    parts = []
    for device in devices:
        parts.append(f"user {device.username}")
        parts += [f"topic write {topic}" for topic in device.may_publish()]
        parts += [f"topic read {topic}" for topic in device.may_subscribe()]
        parts.append("")
    return "\n".join(parts) + "\n"
