"""The first packet of an MQTT connection, read before any broker sees it. Pure.

MQTT 3.1.1, section 3.1: CONNECT is one fixed header, a variable header and length-prefixed fields.
"""

import struct
from dataclasses import dataclass

MAX_CONNECT_BYTES = 1024
CONNACK_REFUSED = b"\x20\x02\x00\x05"
CONNACK_OTHER_VERSION = b"\x20\x02\x00\x01"
_CONNECT = 0x10
_USERNAME_FLAG, _PASSWORD_FLAG, _WILL_FLAG = 0x80, 0x40, 0x04


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """Who asks to come in; name and key are empty for who gives none."""

    client_id: str
    username: str
    password: str
    has_will: bool


class NoConnectError(ValueError):
    """What came first is no MQTT 3.1.1 CONNECT; `answer` is what to send before closing."""

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


def read_connect(content: bytes) -> Knock:
    """Return who asks, from a CONNECT without its fixed header; raises NoConnectError."""
    try:
        protocol, place = _field(content, 0)
        level, flags = content[place], content[place + 1]
        if protocol != b"MQTT" or level != 4:
            message = "not MQTT 3.1.1"
            raise NoConnectError(message, CONNACK_OTHER_VERSION)
        client_id, place = _field(content, place + 4)
        if flags & _WILL_FLAG:
            _, place = _field(content, place)
            _, place = _field(content, place)
        username, place = _field(content, place) if flags & _USERNAME_FLAG else (b"", place)
        password, place = _field(content, place) if flags & _PASSWORD_FLAG else (b"", place)
        return Knock(
            client_id=client_id.decode(),
            username=username.decode(),
            password=password.decode(),
            has_will=bool(flags & _WILL_FLAG),
        )
    except (IndexError, struct.error, UnicodeDecodeError) as error:
        message = "a CONNECT cut short"
        raise NoConnectError(message) from error


def _field(content: bytes, place: int) -> tuple[bytes, int]:
    (length,) = struct.unpack_from(">H", content, place)
    end = place + 2 + length
    if end > len(content):
        message = "a CONNECT cut short"
        raise NoConnectError(message)
    return content[place + 2 : end], end
