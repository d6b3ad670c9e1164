"""From an address to its transport: one row a kind of link."""

from collections.abc import Callable, Mapping

from ground_station.flight.links.address import LinkAddress, Scheme
from ground_station.flight.links.dronekit_link import DroneKitTransport
from ground_station.flight.links.serial_port import SerialTransport
from ground_station.flight.links.tcp import TcpTransport
from ground_station.flight.links.transport import Transport
from ground_station.flight.links.udp_in import UdpInTransport
from ground_station.flight.links.udp_out import UdpOutTransport

_KINDS: Mapping[Scheme, Callable[[str, int], Transport]] = {
    Scheme.TCP: TcpTransport,
    Scheme.UDP_IN: UdpInTransport,
    Scheme.UDP_OUT: UdpOutTransport,
    Scheme.SERIAL: SerialTransport,
    Scheme.DRONEKIT_TCP: DroneKitTransport,
}


def make_transport(address: LinkAddress) -> Transport:
    """Return a closed transport for `address`."""
    return _KINDS[address.scheme](address.host, address.number)
