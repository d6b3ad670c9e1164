"""A link whose TCP connection DroneKit holds, in threads of its own (extra `clients`).

DroneKit reads, sends its own heartbeats, and hands over what it hears; what it does not take in time is dropped.
Nothing of it runs in the event loop, and neither its connecting nor its closing is waited for beyond a deadline.
"""

import asyncio
import collections
import collections.abc
import contextlib
import importlib
import queue
import threading
from typing import Any

from fleet.errors import UnavailableError
from fleet.text import Text
from ground_station.flight.links.address import WRONG_NAME
from ground_station.flight.links.frames import FrameCodec, FrameParser, Message
from ground_station.flight.links.transport import Peer, Receive

MOST_UNSENT = 256
"""Messages that wait for DroneKit; beyond that new ones are not sent."""
_HEARD_WITHIN_S = 10
_CLOSE_S = 2.0
_STATION_SYSTEM_ID = 255
_STATION_COMPONENT_ID = 190


class DroneKitTransport:
    """Connects DroneKit to `host`:`port`. Each receipt is one whole frame."""

    keeps_frames_whole = True
    delivers_late = True

    def __init__(self, host: str, port: int) -> None:
        self._address = f"tcp:{host}:{port}"
        self._codec = FrameCodec(_STATION_SYSTEM_ID, _STATION_COMPONENT_ID)
        self._unsent: queue.Queue[Message | None] = queue.Queue(MOST_UNSENT)
        self._broken: asyncio.Future[UnavailableError] | None = None
        self._opened: asyncio.Future[None] | None = None
        self._closing = threading.Event()

    async def open(self, receive: Receive) -> None:
        """Connect and wait for the first heartbeat; raises UnavailableError if there is none, or no DroneKit."""
        loop = asyncio.get_running_loop()
        self._broken, self._opened = loop.create_future(), loop.create_future()
        self._unsent, self._closing = queue.Queue(MOST_UNSENT), threading.Event()
        worker = _Worker(self._address, self._unsent, self._closing, loop, receive)
        threading.Thread(
            target=worker.run, args=(self._opened, self._broken), name=f"dronekit {self._address}", daemon=True
        ).start()
        try:
            async with asyncio.timeout(2.0 * _HEARD_WITHIN_S):
                await asyncio.shield(self._opened)
        except TimeoutError as error:
            self._closing.set()
            raise _unreachable(self._address, "no answer") from error

    async def broken(self) -> UnavailableError:
        """Wait until DroneKit loses the connection."""
        if self._broken is None:
            return _unreachable(self._address, "not open")
        return await asyncio.shield(self._broken)

    def send(self, data: bytes, peer: Peer) -> bool:
        """Hand a frame to DroneKit, which numbers it anew; False if it is closed or takes nothing."""
        del peer
        if self._opened is None or not self._opened.done() or self._closing.is_set():
            return False
        frames = FrameParser().datagram(data)
        try:
            for frame in frames:
                self._unsent.put_nowait(self._codec.decode(frame))
        except queue.Full:
            return False
        return bool(frames)

    async def close(self) -> None:
        """Have DroneKit hang up; it is not waited for."""
        self._closing.set()
        with contextlib.suppress(queue.Full):
            self._unsent.put_nowait(None)
        self._opened = None


class _Worker:
    """One connection of DroneKit, from its thread."""

    def __init__(
        self,
        address: str,
        unsent: "queue.Queue[Message | None]",
        closing: threading.Event,
        loop: asyncio.AbstractEventLoop,
        receive: Receive,
    ) -> None:
        self._address = address
        self._unsent = unsent
        self._closing = closing
        self._loop = loop
        self._receive = receive

    def run(self, opened: "asyncio.Future[None]", broken: "asyncio.Future[UnavailableError]") -> None:
        """Connect, send what comes, and hang up when told to."""
        dronekit = _dronekit()
        if dronekit is None:
            self._tell(_fail, opened, _missing())
            return
        why: object = "the work on it ended by an unforeseen error"
        try:
            why = self._hold(dronekit, opened)
        finally:
            self._tell(_fail, opened, _unreachable(self._address, why))
            self._tell(_succeed, broken, _unreachable(self._address, why))

    def _hold(self, dronekit: Any, opened: "asyncio.Future[None]") -> object:
        """Keep one connection; return why it ended."""
        try:
            vehicle = dronekit.connect(
                self._address,
                wait_ready=False,
                heartbeat_timeout=_HEARD_WITHIN_S,
                source_system=_STATION_SYSTEM_ID,
                source_component=_STATION_COMPONENT_ID,
            )
        except (OSError, *WRONG_NAME, dronekit.APIException) as error:
            return error
        try:
            vehicle.add_message_listener("*", self._heard)
            self._tell(_succeed, opened, None)
            return self._serve(vehicle)
        finally:
            vehicle.close()

    def _serve(self, vehicle: Any) -> object:
        """Send until closed; return why it ended."""
        while not self._closing.is_set():
            try:
                message = self._unsent.get(timeout=0.5)
            except queue.Empty:
                continue
            if message is None:
                break
            try:
                vehicle.send_mavlink(message)
            except OSError as error:
                return error
        return "closed"

    def _heard(self, vehicle: Any, name: str, message: Message) -> None:
        del vehicle, name
        if not self._closing.is_set():
            self._tell(self._receive, bytes(message.get_msgbuf()), None)

    def _tell(self, call: Any, *arguments: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the loop may be closed already
            self._loop.call_soon_threadsafe(call, *arguments)


def _succeed(future: "asyncio.Future[Any]", result: object) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: "asyncio.Future[None]", error: UnavailableError) -> None:
    if not future.done():
        future.set_exception(error)


def _dronekit() -> Any:
    """Return the library, or None if it is not installed. It expects a name that Python 3.10 took away."""
    vars(collections).setdefault("MutableMapping", collections.abc.MutableMapping)
    try:
        return importlib.import_module("dronekit")
    except ImportError:
        return None


def _missing() -> UnavailableError:
    return UnavailableError(
        Text("DroneKit が入っていません", "DroneKit is not installed"),
        Text("pip install 'kakehashi[clients]' で入れてください", "install it with pip install 'kakehashi[clients]'"),
    )


def _unreachable(address: str, why: object) -> UnavailableError:
    return UnavailableError(
        Text(f"DroneKit で {address} につながりません（{why}）", f"DroneKit cannot reach {address}: {why}"),
        Text("宛先と、機体が動いているかを確かめてください", "check the address, and that the aircraft is running"),
        address=address,
    )
