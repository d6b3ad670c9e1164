"""A UDP port that aircraft and telemetry bridges send to; answers go to whoever was heard."""

import errno

from fleet.errors import UnavailableError
from fleet.text import Text
from ground_station.flight.links.transport import Peer
from ground_station.flight.links.udp import UdpTransport


class UdpInTransport(UdpTransport):
    """Listens on `host`:`port` (port 0: any free one, see `local_port`)."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port, listens=True, trouble=_cannot_listen)

    @property
    def local_port(self) -> int:
        """Return the port in use; 0 while it is closed."""
        return 0 if self._endpoint is None else self._endpoint.local_port

    def send(self, data: bytes, peer: Peer) -> bool:
        """Send to `peer`; False while nobody was heard."""
        if self._endpoint is None or peer is None:
            return False
        return self._endpoint.send(data, peer)


def _cannot_listen(host: str, port: int, error: Exception) -> UnavailableError:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return UnavailableError(
            Text(f"UDP ポート {port} は別のソフトが使っています", f"UDP port {port} is used by another program"),
            Text(
                "QGroundControl などを閉じるか、別のポートを使ってください",
                "close QGroundControl or whatever uses it, or choose another port",
            ),
            host=host,
            port=port,
        )
    return UnavailableError(
        Text(f"UDP {host}:{port} で待ち受けできません（{error}）", f"cannot listen on UDP {host}:{port}: {error}"),
        Text("待ち受けるアドレスとポートを確かめてください", "check the address and port to listen on"),
        host=host,
        port=port,
    )
