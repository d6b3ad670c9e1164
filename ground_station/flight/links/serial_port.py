"""A serial line (telemetry radio, USB): pyserial sets it up, a thread reads, and writing never waits for the line.

Opening, closing and reading may block in the driver, so they are done in threads of their own, with a deadline where
somebody waits. What does not fit the line's buffer is dropped: a frame is written whole, or its rest is lost.
"""

import asyncio
import contextlib
import os
import termios
import threading
from functools import partial

import serial

from fleet import own_thread
from fleet.errors import UnavailableError
from fleet.text import Text
from ground_station.flight.links.transport import Peer, Receive

MOST_UNSENT_BYTES = 16_384
_READ_TIMEOUT_S = 0.05
_OPEN_S = 5.0
_CLOSE_S = 1.0
_FAULTS = (OSError, ValueError, termios.error)
"""What pyserial and the driver raise; `termios.error` is no OSError."""


class SerialTransport:
    """Opens `device` at `baud`, 8N1 without flow control; what the line cannot take is dropped."""

    keeps_frames_whole = False
    delivers_late = False

    def __init__(self, device: str, baud: int) -> None:
        self._device = device
        self._baud = baud
        self._port: serial.Serial | None = None
        self._broken: asyncio.Future[UnavailableError] | None = None
        self._reader: threading.Thread | None = None
        self._closing = threading.Event()
        self._gap = b""
        self.torn = 0
        """Frames whose rest the line did not take."""

    async def open(self, receive: Receive) -> None:
        """Open the device; raises UnavailableError if it is not there, taken, or not allowed."""
        loop = asyncio.get_running_loop()
        self._broken = loop.create_future()
        self._closing = threading.Event()
        try:
            self._port = await own_thread.within(_OPEN_S, self._connect, name=f"open {self._device}", late=_let_go)
        except TimeoutError as error:
            raise _cannot_open(self._device, self._baud, TimeoutError(f"no answer in {_OPEN_S:g} s")) from error
        except _FAULTS as error:
            raise _cannot_open(self._device, self._baud, error) from error
        self._reader = threading.Thread(
            target=self._read, args=(self._port, receive, loop), name=f"serial {self._device}", daemon=True
        )
        self._reader.start()

    def _connect(self) -> serial.Serial:
        return serial.Serial(self._device, self._baud, timeout=_READ_TIMEOUT_S, write_timeout=0, exclusive=True)

    def _read(self, port: serial.Serial, receive: Receive, loop: asyncio.AbstractEventLoop) -> None:
        closing = self._closing
        why: Exception = OSError("the work on it ended by an unforeseen error")
        try:
            while not closing.is_set():
                data: bytes = port.read(max(1, port.in_waiting))
                if data:
                    loop.call_soon_threadsafe(receive, data, None)
        except (
            *_FAULTS,
            TypeError,
            RuntimeError,
        ) as error:  # TypeError: closed under a read; RuntimeError: a dead loop
            why = error
        finally:
            if not closing.is_set():
                with contextlib.suppress(RuntimeError):
                    loop.call_soon_threadsafe(self._failed, why)

    def _failed(self, error: Exception) -> None:
        if self._broken is not None and not self._broken.done():
            self._broken.set_result(_cannot_open(self._device, self._baud, error))

    async def broken(self) -> UnavailableError:
        """Wait until the device is unplugged or fails."""
        if self._broken is None:
            return _cannot_open(self._device, self._baud, OSError("not open"))
        return await asyncio.shield(self._broken)

    def send(self, data: bytes, peer: Peer) -> bool:
        """Put a whole frame on the line; False if its buffer is full or it is gone. Never waits."""
        del peer
        if self._port is None:
            return False
        try:
            if self._port.out_waiting > MOST_UNSENT_BYTES or not self._stop_gap(self._port.fileno()):
                return False
            written = os.write(self._port.fileno(), data)
        except BlockingIOError:
            return False
        except _FAULTS as error:
            self._failed(error)
            return False
        if written < len(data):
            self.torn += 1
            self._gap = _spoilt(data[written:])
        return written == len(data)

    def _stop_gap(self, descriptor: int) -> bool:
        """Fill the place of a lost rest, which would swallow the next frame; return whether nothing of it is left."""
        if self._gap:
            self._gap = self._gap[os.write(descriptor, self._gap) :]
        return not self._gap

    async def close(self) -> None:
        """Forget what the line has not taken and close the device, within a second; a slower one closes by itself."""
        self._closing.set()
        port, reader = self._port, self._reader
        self._port = self._reader = None
        self._gap = b""
        if port is None:
            return

        with contextlib.suppress(TimeoutError, *_FAULTS):
            await own_thread.within(_CLOSE_S, partial(_let_go, port, reader), name=f"close {self._device}")


def _let_go(port: serial.Serial, reader: threading.Thread | None = None) -> None:
    # Closing alone would wait for a line that takes no more, half a minute and longer.
    with contextlib.suppress(*_FAULTS):
        port.reset_output_buffer()
    if reader is not None:
        reader.join(_CLOSE_S)
    port.close()


def _spoilt(rest: bytes) -> bytes:
    """Return as many bytes with a wrong check sum: what was dropped must not count, however late it arrives."""
    return rest[:-2] + bytes(byte ^ 0xFF for byte in rest[-2:])


def _cannot_open(device: str, baud: int, error: Exception) -> UnavailableError:
    return UnavailableError(
        Text(
            f"シリアル {device}（{baud} bps）を使えません（{error}）", f"cannot use serial {device} at {baud}: {error}"
        ),
        Text(
            "無線機がささっているか、ほかのソフトが使っていないか、権限（dialout）があるかを確かめてください",
            "check that the radio is plugged in, that no other program uses it, and that you are in group dialout",
        ),
        device=device,
        baud=baud,
    )
