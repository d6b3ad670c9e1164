"""Where a link leads: `tcp:host:port`, `udpin:…`, `udpout:…`, `serial:device:baud`, `dronekit+tcp:host:port`."""

import contextlib
import ipaddress
import os
import socket
from dataclasses import dataclass
from enum import StrEnum

from fleet.errors import BadInputError
from fleet.text import Text

WRONG_NAME = (ValueError, TypeError, OverflowError)
"""What Python's network raises, beside OSError, for a host name or a port that cannot be (UnicodeError is one)."""
_MOST_NAME = 253
_BITS_A_BYTE = 10
_CURE = Text(
    "tcp:127.0.0.1:5760、udpin:0.0.0.0:14550、udpout:ホスト:14550、serial:/dev/ttyUSB0:57600 のように書いてください",
    "write it like tcp:127.0.0.1:5760, udpin:0.0.0.0:14550, udpout:host:14550 or serial:/dev/ttyUSB0:57600",
)


class Scheme(StrEnum):
    """The kinds of link."""

    TCP = "tcp"
    UDP_IN = "udpin"
    UDP_OUT = "udpout"
    SERIAL = "serial"
    DRONEKIT_TCP = "dronekit+tcp"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkAddress:
    """A link's address. `host` is the device and `number` the baud rate of a serial line, else host and port."""

    scheme: Scheme
    host: str
    number: int

    @property
    def line_bytes_s(self) -> float | None:
        """Return what the line itself carries at most: ten bits a byte on a serial one; None where nobody knows."""
        return self.number / _BITS_A_BYTE if self.scheme is Scheme.SERIAL else None

    @property
    def end(self) -> str:
        """Return where the link leads, the same for every spelling that can be told without asking anybody.

        A device has one sender whatever its speed and its name, a TCP port whoever speaks over it.
        """
        if self.scheme is Scheme.SERIAL:
            return f"{self.scheme.value}:{os.path.realpath(self.host)}"
        kind = Scheme.TCP if self.scheme is Scheme.DRONEKIT_TCP else self.scheme
        return f"{kind.value}:{_plain_host(self.host)}:{self.number}"

    def __str__(self) -> str:
        """Return the address as it is written."""
        return f"{self.scheme.value}:{self.host}:{self.number}"


def parse_address(text: str) -> LinkAddress:
    """Return the address that `text` writes; raises BadInputError with the forms that exist."""
    scheme_text, _, rest = text.strip().partition(":")
    host, _, number_text = rest.rpartition(":")
    try:
        scheme = Scheme(scheme_text)
        number = int(number_text)
    except ValueError as error:
        raise _unreadable(text) from error
    limit = 65_535 if scheme is not Scheme.SERIAL else 12_000_000
    lowest = 0 if scheme is Scheme.UDP_IN else 1
    if not host or not lowest <= number <= limit:
        raise _unreadable(text)
    if not (host.isprintable() and " " not in host if scheme is Scheme.SERIAL else _can_be_host(host)):
        raise _impossible_name(text, host)
    return LinkAddress(scheme=scheme, host=host, number=number)


def _plain_host(host: str) -> str:
    """Return an address in its usual form, and a name in small letters."""
    name = host.lower().rstrip(".")
    if name == "localhost":
        return "127.0.0.1"
    with contextlib.suppress(OSError):
        return socket.inet_ntoa(socket.inet_aton(name))
    with contextlib.suppress(ValueError):
        return str(ipaddress.ip_address(name))
    return name


def _can_be_host(host: str) -> bool:
    """Return whether `host` is an address, or a name by the rules: labels of 1 to 63 letters, 253 in all (RFC 1035)."""
    if not host.isprintable() or " " in host:
        return False
    try:
        return len(host.encode("idna")) <= _MOST_NAME
    except UnicodeError:
        return False


def _impossible_name(text: str, host: str) -> BadInputError:
    return BadInputError(
        Text(
            f"リンクの宛先「{text}」の「{host}」は名前として使えません（点の間が空か長すぎる、空白がある、など）",
            f"{host!r} in the link address {text!r} can be no name: an empty or too long part, a blank, or the like",
        ),
        _CURE,
        address=text,
    )


def _unreadable(text: str) -> BadInputError:
    return BadInputError(
        Text(f"リンクの宛先「{text}」は読めません", f"the link address {text!r} cannot be read"), _CURE, address=text
    )
