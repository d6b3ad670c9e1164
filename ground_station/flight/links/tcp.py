"""A TCP client, as ArduPilot's simulator and many telemetry bridges expect."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable

from fleet.errors import UnavailableError
from fleet.text import Text
from ground_station.flight.links.address import WRONG_NAME
from ground_station.flight.links.names import HostName
from ground_station.flight.links.transport import Peer, Receive

MOST_UNSENT_BYTES = 65_536
_DROP_UNSENT = struct.pack("ii", 1, 0)


class TcpTransport:
    """Connects to `host`:`port`; what the other end does not read is dropped beyond `MOST_UNSENT_BYTES`."""

    keeps_frames_whole = False
    delivers_late = True

    def __init__(self, host: str, port: int, *, connect_timeout_s: float = 5.0) -> None:
        self._host = host
        self._port = port
        self._name = HostName(host, port, socket.SOCK_STREAM)
        self._connect_timeout_s = connect_timeout_s
        self._transport: asyncio.Transport | None = None
        self._broken: asyncio.Future[UnavailableError] | None = None

    async def open(self, receive: Receive) -> None:
        """Connect; raises UnavailableError for a refused connection, an unknown host or no answer."""
        self._broken = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(self._connect_timeout_s):
                self._transport = await self._connected(receive)
        except TimeoutError as error:
            raise _no_answer(self._host, self._port, self._connect_timeout_s) from error
        except ConnectionRefusedError as error:
            raise _refused(self._host, self._port) from error
        except (OSError, *WRONG_NAME) as error:
            raise _unreachable(self._host, self._port, error) from error

    async def _connected(self, receive: Receive) -> asyncio.Transport:
        """Return the connection to the first of the host's addresses that takes it; raises as the last one does."""
        loop = asyncio.get_running_loop()
        *others, last = await self._name.addresses()
        for _, address in others:
            with contextlib.suppress(OSError):
                return (await loop.create_connection(lambda: _Stream(receive, self._ended), *address))[0]
        return (await loop.create_connection(lambda: _Stream(receive, self._ended), *last[1]))[0]

    async def broken(self) -> UnavailableError:
        """Wait until the other end hangs up or the network fails."""
        if self._broken is None:
            return _unreachable(self._host, self._port, "not open")
        return await asyncio.shield(self._broken)

    def send(self, data: bytes, peer: Peer) -> bool:
        """Send unless closed or stuck."""
        transport = self._transport
        if transport is None or transport.is_closing() or transport.get_write_buffer_size() > MOST_UNSENT_BYTES:
            return False
        transport.write(data)
        return True

    async def close(self) -> None:
        """Reset the connection, so that the system too drops what the other end has not taken."""
        if self._transport is not None:
            self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _DROP_UNSENT)
            self._transport.abort()
            self._transport = None

    def _ended(self, error: Exception | None) -> None:
        self._transport = None
        if self._broken is not None and not self._broken.done():
            self._broken.set_result(_hung_up(self._host, self._port, error))


class _Stream(asyncio.Protocol):
    """Hands on what comes in a turn of its own: asyncio would end the connection for a mistake of who takes it."""

    def __init__(self, receive: Receive, ended: Callable[[Exception | None], None]) -> None:
        self._receive = receive
        self._ended = ended
        self._loop = asyncio.get_running_loop()

    def data_received(self, data: bytes) -> None:
        self._loop.call_soon(self._receive, data, None)

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended(exc)


def _refused(host: str, port: int) -> UnavailableError:
    return UnavailableError(
        Text(f"{host}:{port} は接続を断りました", f"{host}:{port} refused the connection"),
        Text(
            "機体（またはシミュレーター）が動いているか、ポート番号が正しいかを確かめてください",
            "check that the aircraft (or simulator) is running there and that the port number is right",
        ),
        host=host,
        port=port,
    )


def _no_answer(host: str, port: int, timeout_s: float) -> UnavailableError:
    return UnavailableError(
        Text(
            f"{host}:{port} から {timeout_s:g} 秒応答がありません", f"{host}:{port} did not answer in {timeout_s:g} s"
        ),
        Text("ネットワークと宛先を確かめてください", "check the network and the address"),
        host=host,
        port=port,
    )


def _unreachable(host: str, port: int, why: object) -> UnavailableError:
    return UnavailableError(
        Text(f"{host}:{port} に届きません（{why}）", f"cannot reach {host}:{port}: {why}"),
        Text("宛先の名前とネットワークを確かめてください", "check the host name and the network"),
        host=host,
        port=port,
    )


def _hung_up(host: str, port: int, error: Exception | None) -> UnavailableError:
    why = "相手が切断", "the other end closed it"
    if error is not None:
        why = str(error), str(error)
    return UnavailableError(
        Text(f"{host}:{port} との接続が切れました（{why[0]}）", f"the connection to {host}:{port} ended: {why[1]}"),
        Text("自動でつなぎ直します", "it is being reconnected by itself"),
        host=host,
        port=port,
    )
