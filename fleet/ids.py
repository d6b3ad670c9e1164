"""Names of things. Random ids are UUIDv7 (RFC 9562): they sort by the time they were made."""

import re
import secrets
from typing import NewType

from fleet.errors import InvalidValueError
from fleet.text import Text

TownId = NewType("TownId", str)
StationId = NewType("StationId", str)
VehicleId = NewType("VehicleId", str)
SiteId = NewType("SiteId", str)
PersonId = NewType("PersonId", str)
RequestId = NewType("RequestId", str)
PlanId = NewType("PlanId", str)
DeliveryId = NewType("DeliveryId", str)
CommandId = NewType("CommandId", str)
RecordId = NewType("RecordId", str)
PictureId = NewType("PictureId", str)

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


def uuid7(now_s: float, random_bytes: bytes) -> str:
    """Return a UUIDv7 string for Unix seconds `now_s` and 10 random bytes (RFC 9562 section 5.7)."""
    if len(random_bytes) != 10:
        raise InvalidValueError(Text("乱数は 10 バイト必要です", "10 random bytes are needed"), got=len(random_bytes))
    milliseconds = int(now_s * 1000) & ((1 << 48) - 1)
    random = int.from_bytes(random_bytes, "big")
    high = (milliseconds << 16) | (0x7 << 12) | (random >> 68)
    low = (0b10 << 62) | (random & ((1 << 62) - 1))
    text = f"{(high << 64) | low:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def new_id(now_s: float) -> str:
    """Return a fresh UUIDv7; for adapters and composition roots, since it draws randomness."""
    return uuid7(now_s, secrets.token_bytes(10))


def check_name(value: str) -> str:
    """Return `value` if it may name a town, station or vehicle in a topic or a path.

    Lower-case letters, digits and hyphens, 1–40 characters, no hyphen at either end; raises InvalidValueError.
    """
    if _NAME.fullmatch(value) is None:
        raise InvalidValueError(
            Text(f"名前「{value}」は使えません", f"the name {value!r} cannot be used"),
            Text(
                "英小文字・数字・ハイフンで 40 文字までにしてください",
                "use lower-case letters, digits and hyphens, at most 40",
            ),
        )
    return value
