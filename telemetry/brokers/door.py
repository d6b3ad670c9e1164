"""The first packet of an MQTT connection, read before any broker sees it. Pure.

MQTT 3.1.1, section 3.1: CONNECT is one fixed header, a variable header and length-prefixed fields. MQTT 5, the same
section, adds properties: after the keep-alive, and before a will.
"""

import struct
from collections.abc import Collection
from dataclasses import dataclass

MAX_CONNECT_BYTES = 1024
MQTT_3_1_1 = 4
MQTT_5 = 5
CONNACK_OTHER_VERSION = b"\x20\x02\x00\x01"
_CONNACK_REFUSED = {MQTT_3_1_1: b"\x20\x02\x00\x05", MQTT_5: b"\x20\x03\x00\x87\x00"}
_CONNACK_UNAVAILABLE = {MQTT_3_1_1: b"\x20\x02\x00\x03", MQTT_5: b"\x20\x03\x00\x88\x00"}
_CONNECT = 0x10
_USERNAME_FLAG, _PASSWORD_FLAG, _WILL_FLAG = 0x80, 0x40, 0x04


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """Who asks to come in; name and key are empty for who gives none."""

    client_id: str
    username: str
    password: str
    has_will: bool
    version: int = MQTT_3_1_1

    @property
    def refusal(self) -> bytes:
        """Return the packet that says "not authorised" in their version."""
        return _CONNACK_REFUSED[self.version]

    @property
    def not_now(self) -> bytes:
        """Return the packet that says "server unavailable": who is cut off without a word may wait long for one."""
        return _CONNACK_UNAVAILABLE[self.version]


class NoConnectError(ValueError):
    """What came first is no CONNECT of a version that is spoken here; `answer` is what to send before closing."""

    def __init__(self, message: str, answer: bytes = b"") -> None:
        super().__init__(message)
        self.answer = answer


def remaining_length(header: bytes) -> int | None:
    """Return the length a fixed header announces, None if more bytes are needed (MQTT 3.1.1, 2.2.3).

    Raises NoConnectError for another packet, or more than 1 KiB.
    """
    if header[:1] and header[0] != _CONNECT:
        message = "not a CONNECT"
        raise NoConnectError(message)
    length = 0
    for place, byte in enumerate(header[1:4]):
        length |= (byte & 0x7F) << (7 * place)
        if length > MAX_CONNECT_BYTES:
            break
        if not byte & 0x80:
            return length
    if length > MAX_CONNECT_BYTES or len(header) > 3:
        message = "a CONNECT too long"
        raise NoConnectError(message)
    return None


def read_connect(content: bytes, versions: Collection[int] = (MQTT_3_1_1,)) -> Knock:
    """Return who asks, from a CONNECT without its fixed header; raises NoConnectError."""
    try:
        protocol, place = _field(content, 0)
        version, flags = content[place], content[place + 1]
        if protocol != b"MQTT" or version not in versions:
            message = "a version of MQTT that is not spoken here"
            raise NoConnectError(message, CONNACK_OTHER_VERSION)
        client_id, place = _field(content, _after_properties(content, place + 4, version))
        if flags & _WILL_FLAG:
            _, place = _field(content, _after_properties(content, place, version))
            _, place = _field(content, place)
        username, place = _field(content, place) if flags & _USERNAME_FLAG else (b"", place)
        password, place = _field(content, place) if flags & _PASSWORD_FLAG else (b"", place)
        return Knock(
            client_id=client_id.decode(),
            username=username.decode(),
            password=password.decode(),
            has_will=bool(flags & _WILL_FLAG),
            version=version,
        )
    except (IndexError, struct.error, UnicodeDecodeError) as error:
        message = "a CONNECT cut short"
        raise NoConnectError(message) from error


def _after_properties(content: bytes, place: int, version: int) -> int:
    """Return where the properties that MQTT 5 has here end; their length is a variable byte integer (1.5.5)."""
    if version < MQTT_5:
        return place
    length = 0
    for number in range(4):
        byte = content[place + number]
        length |= (byte & 0x7F) << (7 * number)
        if not byte & 0x80:
            return place + number + 1 + length
    message = "a length that does not end"
    raise NoConnectError(message)


def _field(content: bytes, place: int) -> tuple[bytes, int]:
    (length,) = struct.unpack_from(">H", content, place)
    end = place + 2 + length
    if end > len(content):
        message = "a CONNECT cut short"
        raise NoConnectError(message)
    return content[place + 2 : end], end
