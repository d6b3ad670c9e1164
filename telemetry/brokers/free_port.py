"""Whether a broker's port can be had."""

import socket

from fleet.errors import UnavailableError
from fleet.text import Text


def free_port(host: str) -> int:
    """Return a TCP port that is free on `host` now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def port_taken(port: int) -> UnavailableError:
    """Return the error that says which port is taken and how to change it."""
    return UnavailableError(
        Text(f"中継サーバーのポート {port} が使えません", f"the broker's port {port} cannot be used"),
        Text(
            "ほかのプログラムを止めるか、設定で中継サーバーのポートを変えてください",
            "stop the other program or change the broker's port in the settings",
        ),
        port=port,
    )
