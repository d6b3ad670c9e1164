"""UDP to a known address, for aircraft and bridges that wait to be spoken to first."""

import asyncio
import socket

from fleet.errors import UnavailableError
from fleet.text import Text
from ground_station.flight.links.address import WRONG_NAME
from ground_station.flight.links.names import HostName
from ground_station.flight.links.transport import Peer, Receive
from ground_station.flight.links.udp import Datagrams


class UdpOutTransport:
    """Sends to `host`:`port` and hears only from there."""

    keeps_frames_whole = True
    delivers_late = False

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._name = HostName(host, port, socket.SOCK_DGRAM)
        self._endpoint: Datagrams | None = None
        self._broken: asyncio.Future[UnavailableError] | None = None

    async def open(self, receive: Receive) -> None:
        """Prepare to send; raises UnavailableError for an unknown host."""
        self._broken = asyncio.get_running_loop().create_future()
        try:
            ((family, address), *_) = await self._name.addresses()
            wire = socket.socket(family, socket.SOCK_DGRAM)
            try:
                wire.connect(address)
            except (OSError, *WRONG_NAME):
                wire.close()
                raise
        except (OSError, *WRONG_NAME) as error:
            raise _unreachable(self._host, self._port, error) from error
        self._endpoint = Datagrams(wire, receive, self._failed)

    async def broken(self) -> UnavailableError:
        """Wait until the network says that nobody listens there."""
        if self._broken is None:
            return _unreachable(self._host, self._port, OSError("not open"))
        return await asyncio.shield(self._broken)

    def send(self, data: bytes, peer: Peer) -> bool:
        """Send to the known address; `peer` is always that one."""
        del peer
        return self._endpoint is not None and self._endpoint.send(data, None)

    async def close(self) -> None:
        """Stop sending."""
        if self._endpoint is not None:
            self._endpoint.close()
            self._endpoint = None

    def _failed(self, error: OSError) -> None:
        if self._broken is not None and not self._broken.done():
            self._broken.set_result(_unreachable(self._host, self._port, error))


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
