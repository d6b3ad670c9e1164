"""From a host's name to addresses, with nobody waiting for anybody else's name server.

An address needs no asking. A name is asked for in a thread of its own, since the few threads that the event loop shares
are soon all stuck where a name server does not answer, and every other link, and the core's page, would wait for them.
"""

import socket
from concurrent.futures import Future
from functools import partial
from typing import Any, TypeAlias

from fleet import own_thread

SEARCH_S = 5.0
"""How long a name is waited for, s."""
_LAST_PORT = 65_535

Found: TypeAlias = tuple[socket.AddressFamily, tuple[str, int]]


class HostName:
    """The addresses of one host and port, for sockets of one kind; `passive` for those that listen.

    One question at a time: while a name server hangs, who asks again waits for the same answer.
    """

    def __init__(self, host: str, port: int, kind: socket.SocketKind, *, passive: bool = False) -> None:
        self._host = host
        self._port = port
        self._kind = kind
        self._flags = socket.AI_PASSIVE if passive else 0
        self._asking: Future[list[Any]] | None = None

    async def addresses(self) -> tuple[Found, ...]:
        """Return families and addresses, at least one, the best first.

        Raises OSError (gaierror) if it is not known, TimeoutError after 5 s, OverflowError for no port.
        """
        if not 0 <= self._port <= _LAST_PORT:  # the system would take what is left of it
            raise OverflowError(f"{self._port} is no port")
        try:
            found = self._look(socket.AI_NUMERICHOST)
        except socket.gaierror:
            found = await self._asked()
        return tuple((family, (str(address[0]), int(address[1]))) for family, _, _, _, address in found)

    def _look(self, more: int) -> list[Any]:
        return socket.getaddrinfo(self._host, self._port, type=self._kind, flags=self._flags | more)

    async def _asked(self) -> list[Any]:
        if self._asking is None:
            self._asking = own_thread.begin(partial(self._look, 0), name=f"name {self._host}")
        asking = self._asking
        if not await own_thread.ends_within(SEARCH_S, asking):
            message = f"no answer to the name {self._host} in {SEARCH_S:g} s"
            raise TimeoutError(message)
        self._asking = None
        return asking.result()
