"""The file with the authority that signed a broker's certificate, read anew for every connection, off the event loop.

A file on a share or a card that hangs must not hold up what the loop does besides: it is read in a thread of its own,
is waited for no longer than ten seconds, and while one reading hangs no other is begun.
"""

import asyncio
import ssl
from concurrent.futures import Future
from pathlib import Path

from fleet import own_thread
from fleet.errors import BadInputError, FleetError, UnavailableError
from fleet.text import Text

READ_WITHIN_S = 10.0

_CURE = Text(
    "設定の ca_file と、そのファイル・ディスクを確かめてください", "look at the setting ca_file, the file and its disk"
)


class CaFile:
    """One PEM file of certificates; for one event loop."""

    def __init__(self, path: Path, *, within_s: float = READ_WITHIN_S) -> None:
        self.path = path
        self._within_s = within_s
        self._reading: Future[ssl.SSLContext] | None = None

    async def context(self) -> ssl.SSLContext:
        """Return a TLS context that trusts what the file holds now, and nothing else.

        Raises BadInputError if there is no such file or no certificate in it, UnavailableError if it cannot be read or
        its disk does not answer in time.
        """
        try:
            if self._reading is None or self._reading.done():
                self._reading = own_thread.begin(self._read, name="ca file")
            reading = asyncio.wrap_future(self._reading)
            await asyncio.wait([reading], timeout=self._within_s)
            if not reading.done():
                raise self._no_answer()
            return reading.result()
        except OSError as error:
            raise self._unread(error) from error

    def _read(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.path))

    def _no_answer(self) -> FleetError:
        return UnavailableError(
            Text(
                f"認証局のファイル {self.path} が {self._within_s:g} 秒たっても読めません",
                f"the authority's file {self.path} was not read within {self._within_s:g} s",
            ),
            _CURE,
        )

    def _unread(self, error: OSError) -> FleetError:
        if isinstance(error, FileNotFoundError):
            gone = Text(f"認証局のファイル {self.path} がありません", f"there is no authority's file {self.path}")
            return BadInputError(gone, _CURE)
        if isinstance(error, ssl.SSLError):
            empty = Text(
                f"認証局のファイル {self.path} に、読める証明書がありません",
                f"the authority's file {self.path} holds no certificate that can be read",
            )
            return BadInputError(empty, _CURE)
        return UnavailableError(
            Text(
                f"認証局のファイル {self.path} を読めません（{error}）",
                f"the authority's file {self.path} cannot be read ({error})",
            ),
            _CURE,
        )
