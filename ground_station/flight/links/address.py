"""Where a link leads: `tcp:host:port`, `udpin:…`, `udpout:…`, `serial:device:baud`, `dronekit+tcp:host:port`."""

from dataclasses import dataclass
from enum import StrEnum

from fleet.errors import BadInputError
from fleet.text import Text

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
    return LinkAddress(scheme=scheme, host=host, number=number)


def _unreadable(text: str) -> BadInputError:
    return BadInputError(
        Text(f"リンクの宛先「{text}」は読めません", f"the link address {text!r} cannot be read"), _CURE, address=text
    )
