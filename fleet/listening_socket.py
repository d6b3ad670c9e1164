"""A listening TCP socket whose connections stay clear of the low descriptor numbers.

select(2) works below descriptor 1,024 only, and pyserial and pymavlink use it for the links of aircraft: a link that is
opened again while a thousand strangers are connected must still get such a number. Accepted connections are therefore
moved above, as long as the process may open that many.
"""

import contextlib
import fcntl
import socket
from typing import Any

FIRST_NUMBER = 1024
_WAITING_MOST = 4096


class ListeningSocket(socket.socket):
    """What asyncio accepts from. The kernel queues up to 4,096 that are not accepted yet, whoever asks for how many."""

    def listen(self, backlog: int = _WAITING_MOST, /) -> None:
        """Listen; `backlog` is only how many asyncio accepts in one go, the queue in the kernel is the longest."""
        super().listen(max(backlog, _WAITING_MOST))

    def accept(self) -> tuple[socket.socket, Any]:
        """Return the next connection and its address; raises OSError as the plain socket does."""
        connection, address = super().accept()
        if connection.fileno() < FIRST_NUMBER:
            with contextlib.suppress(OSError):
                moved = fcntl.fcntl(connection.fileno(), fcntl.F_DUPFD_CLOEXEC, FIRST_NUMBER)
                with connection:
                    return socket.socket(connection.family, connection.type, connection.proto, moved), address
        return connection, address


def listening_sockets(host: str, port: int) -> list[socket.socket]:
    """Return a socket for every address of `host`, bound to `port` (0 takes a free one each), not listening yet.

    Raises OSError where one cannot be had.
    """
    found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    made: list[socket.socket] = []
    try:
        for family, _, _, _, address in dict.fromkeys(found):
            one: socket.socket = ListeningSocket(family, socket.SOCK_STREAM)
            made.append(one)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            one.setblocking(False)
            one.bind(address)
    except OSError:
        for one in made:
            one.close()
        raise
    return made
