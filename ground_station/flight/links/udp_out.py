"""UDP to a known address, for aircraft and bridges that wait to be spoken to first."""

from fleet.errors import UnavailableError
from fleet.text import Text
from ground_station.flight.links.transport import Peer
from ground_station.flight.links.udp import UdpTransport


class UdpOutTransport(UdpTransport):
    """Sends to `host`:`port` and hears only from there."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port, listens=False, trouble=_unreachable)

    def send(self, data: bytes, peer: Peer) -> bool:
        """Send to the known address; `peer` is always that one."""
        del peer
        return self._endpoint is not None and self._endpoint.send(data, None)


def _unreachable(host: str, port: int, error: Exception) -> UnavailableError:
    if isinstance(error, ConnectionRefusedError):
        return UnavailableError(
            Text(f"UDP {host}:{port} では誰も待っていません", f"nobody listens on UDP {host}:{port}"),
            Text(
                "機体側が起動しているか、ポート番号が正しいかを確かめてください",
                "check that the aircraft's side is running and that the port number is right",
            ),
            host=host,
            port=port,
        )
    return UnavailableError(
        Text(f"UDP {host}:{port} に送れません（{error}）", f"cannot send to UDP {host}:{port}: {error}"),
        Text("宛先の名前とネットワークを確かめてください", "check the host name and the network"),
        host=host,
        port=port,
    )
