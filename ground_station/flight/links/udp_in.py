"""A UDP port that aircraft and telemetry bridges send to; answers go to whoever was heard."""

import asyncio
import errno
import socket

from fleet.errors import UnavailableError
from fleet.text import Text
from ground_station.flight.links.address import WRONG_NAME
from ground_station.flight.links.names import HostName
from ground_station.flight.links.transport import Peer, Receive
from ground_station.flight.links.udp import Datagrams


class UdpInTransport:
    """Listens on `host`:`port` (port 0: any free one, see `local_port`)."""

    keeps_frames_whole = True
    delivers_late = False

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._name = HostName(host, port, socket.SOCK_DGRAM, passive=True)
        self._endpoint: Datagrams | None = None
        self._broken: asyncio.Future[UnavailableError] | None = None

    @property
    def local_port(self) -> int:
        """Return the port in use; 0 while it is closed."""
        return 0 if self._endpoint is None else self._endpoint.local_port

    async def open(self, receive: Receive) -> None:
        """Listen; raises UnavailableError if the port is taken or not ours to take."""
        self._broken = asyncio.get_running_loop().create_future()
        try:
            ((family, address), *_) = await self._name.addresses()
            wire = socket.socket(family, socket.SOCK_DGRAM)
            try:
                wire.bind(address)
            except (OSError, *WRONG_NAME):
                wire.close()
                raise
        except (OSError, *WRONG_NAME) as error:
            raise _cannot_listen(self._host, self._port, error) from error
        self._endpoint = Datagrams(wire, receive, self._failed)

    async def broken(self) -> UnavailableError:
        """Wait until the socket fails under us."""
        if self._broken is None:
            return _cannot_listen(self._host, self._port, OSError("not open"))
        return await asyncio.shield(self._broken)

    def send(self, data: bytes, peer: Peer) -> bool:
        """Send to `peer`; False while nobody was heard."""
        if self._endpoint is None or peer is None:
            return False
        return self._endpoint.send(data, peer)

    async def close(self) -> None:
        """Stop listening."""
        if self._endpoint is not None:
            self._endpoint.close()
            self._endpoint = None

    def _failed(self, error: OSError) -> None:
        if self._broken is not None and not self._broken.done():
            self._broken.set_result(_cannot_listen(self._host, self._port, error))


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
