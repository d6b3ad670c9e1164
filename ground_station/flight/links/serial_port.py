"""A serial line (telemetry radio, USB) through pyserial; reads and writes block, so a thread does each."""

import asyncio
import contextlib
import threading

import serial

from fleet.errors import UnavailableError
from fleet.text import Text
from ground_station.flight.links.transport import Peer, Receive

MOST_UNSENT_BYTES = 16_384
_READ_TIMEOUT_S = 0.05


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

    async def open(self, receive: Receive) -> None:
        """Open the device; raises UnavailableError if it is not there, taken, or not allowed."""
        loop = asyncio.get_running_loop()
        self._broken = loop.create_future()
        self._closing = threading.Event()
        try:
            self._port = await asyncio.to_thread(self._connect)
        except (OSError, ValueError) as error:
            raise _cannot_open(self._device, self._baud, error) from error
        self._reader = threading.Thread(
            target=self._read, args=(self._port, receive, loop), name=f"serial {self._device}", daemon=True
        )
        self._reader.start()

    def _connect(self) -> serial.Serial:
        return serial.Serial(self._device, self._baud, timeout=_READ_TIMEOUT_S, write_timeout=0, exclusive=True)

    def _read(self, port: serial.Serial, receive: Receive, loop: asyncio.AbstractEventLoop) -> None:
        try:
            while not self._closing.is_set():
                data: bytes = port.read(max(1, port.in_waiting))
                if data:
                    loop.call_soon_threadsafe(receive, data, None)
        except (OSError, TypeError) as error:  # pyserial raises TypeError when closed under a read
            if not self._closing.is_set():
                with contextlib.suppress(RuntimeError):  # the loop may be closed already
                    loop.call_soon_threadsafe(self._failed, error)

    def _failed(self, error: Exception) -> None:
        if self._broken is not None and not self._broken.done():
            self._broken.set_result(_cannot_open(self._device, self._baud, error))

    async def broken(self) -> UnavailableError:
        """Wait until the device is unplugged or fails."""
        if self._broken is None:
            return _cannot_open(self._device, self._baud, OSError("not open"))
        return await asyncio.shield(self._broken)

    def send(self, data: bytes, peer: Peer) -> bool:
        """Put bytes on the line; False if its buffer is full or it is gone."""
        del peer
        if self._port is None:
            return False
        try:
            if self._port.out_waiting > MOST_UNSENT_BYTES:
                return False
            written: int = self._port.write(data)
        except OSError as error:
            self._failed(error)
            return False
        return written == len(data)

    async def close(self) -> None:
        """Close the device."""
        self._closing.set()
        if self._reader is not None:
            await asyncio.to_thread(self._reader.join, 1.0)
            self._reader = None
        if self._port is not None:
            self._port.close()
            self._port = None


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
