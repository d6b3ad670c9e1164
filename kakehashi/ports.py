"""Looks whether a port is free before a service starts, so that the message can say which setting to change."""

import errno
import socket

from fleet.errors import UnavailableError
from fleet.text import Text
from kakehashi.variables import variable_of


def is_free(host: str, port: int) -> bool:
    """Return whether `host:port` can be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, TypeError) as error:
            # A TypeError is how `bind` answers a name that no host can have.
            if isinstance(error, OSError) and error.errno in {errno.EADDRINUSE, errno.EACCES}:
                return False
            raise UnavailableError(
                Text(f"アドレス {host} は使えません: {error}", f"the address {host} cannot be used: {error}"),
                Text(
                    "この機械のアドレスか 127.0.0.1 を指定してください", "name an address of this machine or 127.0.0.1"
                ),
            ) from error
    return True


def require_free(host: str, port: int, *, used_for: Text, setting: str) -> None:
    """Raise UnavailableError, naming the port's use and its setting, if something else listens there."""
    if is_free(host, port):
        return
    variable = variable_of(setting)
    raise UnavailableError(
        Text(
            f"ポート {port}（{used_for.ja}）は別のプログラムが使っています",
            f"port {port} ({used_for.en}) is in use by another program",
        ),
        Text(
            f"そのプログラムを止めるか、別の番号にしてください（例: {variable}={port + 1}、または設定の {setting}）",
            f"stop that program or choose another number (such as {variable}={port + 1}, or {setting} in the file)",
        ),
    )
