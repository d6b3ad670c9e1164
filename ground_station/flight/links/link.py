"""One link, kept open: it reconnects with back-off, cuts what arrives into frames and knows who speaks from where."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from fleet.clock import Clock
from fleet.errors import UnavailableError
from fleet.text import Text
from ground_station.flight.links.address import LinkAddress
from ground_station.flight.links.frames import Frame, FrameCodec, FrameParser, Message
from ground_station.flight.links.transport import Peer, Transport

STATION_SYSTEM_ID = 255
STATION_COMPONENT_ID = 190

_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 5.0
_OWNER_SILENT_S = 5.0
_REOPEN_SILENT_S = 5.0
_FORGET_PEER_S = 600.0
_MOST_PEERS = 64
_LOOK_EVERY_S = 0.5

FrameListener: TypeAlias = Callable[["Link", Frame, float], None]


class LinkPhase(StrEnum):
    """What a link is doing."""

    CLOSED = "closed"
    OPENING = "opening"
    OPEN = "open"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkStatus:
    """A link as it stands. `error` is why it is not open, or why it last broke."""

    address: LinkAddress
    phase: LinkPhase
    error: UnavailableError | None
    frames_in: int
    frames_out: int
    frames_unsent: int
    malformed: int
    duplicate_system: int
    reopened: int


@dataclass(slots=True)
class _Owner:
    peer: Peer
    heard_s: float


class Link:
    """Runs one transport until cancelled.

    A system id belongs to the peer that was first heard with it; the same id from another peer is dropped and counted
    until the owner was silent for 5 s, so that no second aircraft can speak for the first. Where the medium delivers
    late, a link that was heard before is opened anew after 5 s of silence: no old command may wait in it.
    """

    def __init__(self, address: LinkAddress, transport: Transport, clock: Clock) -> None:
        self.address = address
        self._transport = transport
        self._clock = clock
        self._codec = FrameCodec(STATION_SYSTEM_ID, STATION_COMPONENT_ID)
        self._parsers: dict[Peer, FrameParser] = {}
        self._owners: dict[int, _Owner] = {}
        self._listener: FrameListener | None = None
        self._phase = LinkPhase.CLOSED
        self._error: UnavailableError | None = None
        self._malformed_before = 0
        self._frames_in = 0
        self._frames_out = 0
        self._frames_unsent = 0
        self._duplicate_system = 0
        self._reopened = 0
        self._heard_s: float | None = None
        self._discard = asyncio.Event()

    def listen(self, listener: FrameListener) -> None:
        """Name who gets each frame with the monotonic time of its receipt."""
        self._listener = listener

    @property
    def status(self) -> LinkStatus:
        """Return the link as it stands."""
        return LinkStatus(
            address=self.address,
            phase=self._phase,
            error=self._error,
            frames_in=self._frames_in,
            frames_out=self._frames_out,
            frames_unsent=self._frames_unsent,
            malformed=self._malformed_before + sum(parser.malformed for parser in self._parsers.values()),
            duplicate_system=self._duplicate_system,
            reopened=self._reopened,
        )

    @property
    def is_open(self) -> bool:
        """Return whether what is sent goes out."""
        return self._phase is LinkPhase.OPEN

    def decode(self, frame: Frame) -> Message | None:
        """Return the message in `frame`, or None if its payload makes no sense."""
        return self._codec.decode(frame)

    def send(self, message: Message, system_id: int) -> bytes | None:
        """Send to where `system_id` was heard; return the frame, or None if it could not be sent."""
        owner = self._owners.get(system_id)
        raw = self._codec.pack(message)
        if not self._transport.send(raw, None if owner is None else owner.peer):
            self._frames_unsent += 1
            return None
        self._frames_out += 1
        return raw

    def broadcast(self, message: Message) -> None:
        """Send to every peer heard lately; to the only one there is before anybody was heard."""
        raw = self._codec.pack(message)
        now_s = self._clock.monotonic_s()
        peers = {owner.peer for owner in self._owners.values() if now_s - owner.heard_s < _FORGET_PEER_S} or {None}
        for peer in peers:
            if self._transport.send(raw, peer):
                self._frames_out += 1

    def discard_unsent(self) -> None:
        """Open the link anew if what was sent could arrive late; changes nothing on other media."""
        if self._transport.delivers_late:
            self._discard.set()

    async def run(self) -> None:
        """Keep the link open until cancelled."""
        pause_s = _FIRST_PAUSE_S
        try:
            while True:
                opened_s = self._clock.monotonic_s()
                await self._live_once()
                if self._clock.monotonic_s() - opened_s > _LONGEST_PAUSE_S:
                    pause_s = _FIRST_PAUSE_S
                self._phase = LinkPhase.WAITING
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2.0, _LONGEST_PAUSE_S)
                self._reopened += 1
        finally:
            self._phase = LinkPhase.CLOSED
            await self._transport.close()

    async def _live_once(self) -> None:
        self._phase = LinkPhase.OPENING
        self._forget_peers()
        try:
            await self._transport.open(self._received)
        except UnavailableError as error:
            self._error = error
            return
        self._phase = LinkPhase.OPEN
        self._error = None
        self._discard.clear()
        self._error = await self._until_broken()
        await self._transport.close()

    async def _until_broken(self) -> UnavailableError:
        if not self._transport.delivers_late:
            return await self._transport.broken()
        opened_s = self._clock.monotonic_s()
        broken = asyncio.ensure_future(self._transport.broken())
        discard = asyncio.ensure_future(self._discard.wait())
        try:
            while not broken.done():
                if discard.done() or self._silent(opened_s):
                    return _unanswered(self.address)
                await asyncio.wait({broken, discard}, timeout=_LOOK_EVERY_S, return_when=asyncio.FIRST_COMPLETED)
            return broken.result()
        finally:
            broken.cancel()
            discard.cancel()

    def _silent(self, opened_s: float) -> bool:
        if self._heard_s is None:
            return False
        return self._clock.monotonic_s() - max(opened_s, self._heard_s) > _REOPEN_SILENT_S

    def _forget_peers(self) -> None:
        self._malformed_before += sum(parser.malformed for parser in self._parsers.values())
        self._parsers.clear()

    def _received(self, data: bytes, peer: Peer) -> None:
        parser = self._parsers.get(peer)
        if parser is None:
            if len(self._parsers) >= _MOST_PEERS:
                self._forget_peers()
            parser = self._parsers[peer] = FrameParser()
        frames = parser.datagram(data) if self._transport.keeps_frames_whole else parser.feed(data)
        now_s = self._clock.monotonic_s()
        listener = self._listener
        for frame in frames:
            if self._owns(frame.system_id, peer, now_s):
                self._heard_s = now_s
                self._frames_in += 1
                if listener is not None:
                    listener(self, frame, now_s)

    def _owns(self, system_id: int, peer: Peer, now_s: float) -> bool:
        owner = self._owners.get(system_id)
        if owner is None:
            self._owners[system_id] = _Owner(peer, now_s)
            return True
        if owner.peer != peer:
            if now_s - owner.heard_s < _OWNER_SILENT_S:
                self._duplicate_system += 1
                return False
            owner.peer = peer
        owner.heard_s = now_s
        return True


def _unanswered(address: LinkAddress) -> UnavailableError:
    return UnavailableError(
        Text(f"{address} から返事がありません", f"{address} does not answer"),
        Text(
            "古い指示が遅れて届かないよう、自動でつなぎ直します",
            "it is being reconnected by itself, so that no old command arrives late",
        ),
        address=str(address),
    )
