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
from ground_station.flight.links.paced import PacedTransport
from ground_station.flight.links.transport import Peer, Transport

STATION_SYSTEM_ID = 255
STATION_COMPONENT_ID = 190
AUTOPILOT = 1
"""MAV_COMP_ID_AUTOPILOT1: the component that flies, and the only one that may claim an aircraft's number."""

_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 5.0
_REOPEN_SILENT_S = 5.0
_FORGET_PEER_S = 600.0
_LOOK_EVERY_S = 0.5
_FIRST_WORD_S = 2.5
"""Within this an aircraft that was heard before a restart is heard again: it beats once a second."""

FrameListener: TypeAlias = Callable[["Link", Frame, float], None]
StrangerListener: TypeAlias = Callable[["Link", Frame, Peer, float], None]


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
    is_autopilot: bool


class Link:
    """Runs one transport until cancelled.

    A system id belongs to the peer from which its autopilot was first heard, however long that one is silent: what
    anybody else sends with it goes to the listener for strangers alone, and nothing is sent there but by `send_to`.
    Only `hand_over` gives it to another peer. There are at most 256 system ids, so a flood of addresses fills nothing.
    In the first 2.5 s of a start nobody but who spoke before it is heard, if `remember` named somebody: else a restart
    would give the number to whoever is quickest.
    Where the medium delivers late, a link that was heard before is opened anew after 5 s of silence: no old command
    may wait in it.
    """

    def __init__(self, address: LinkAddress, transport: Transport, clock: Clock) -> None:
        self.address = address
        self._transport = PacedTransport(transport, address.line_bytes_s)
        self._whole = transport.keeps_frames_whole
        self._clock = clock
        self._codec = FrameCodec(STATION_SYSTEM_ID, STATION_COMPONENT_ID)
        self._parser = FrameParser()
        self._owners: dict[int, _Owner] = {}
        self._before: dict[int, Peer] = {}
        self._first_opened_s: float | None = None
        self._listener: FrameListener = _nobody
        self._strangers: StrangerListener = _nobody_else
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

    def listen(self, listener: FrameListener, strangers: StrangerListener | None = None) -> None:
        """Name who gets each frame with the monotonic time of its receipt, and those of a number's second sender."""
        self._listener = listener
        if strangers is not None:
            self._strangers = strangers

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
            malformed=self._malformed_before + self._parser.malformed,
            duplicate_system=self._duplicate_system,
            reopened=self._reopened,
        )

    @property
    def is_open(self) -> bool:
        """Return whether what is sent goes out."""
        return self._phase is LinkPhase.OPEN

    def carries(self, rate_bytes_s: float | None) -> None:
        """Take what the link was measured to carry: beyond it what is less urgent waits for its turn here."""
        self._transport.carries(rate_bytes_s)

    def decode(self, frame: Frame) -> Message | None:
        """Return the message in `frame`, or None if its payload makes no sense."""
        return self._codec.decode(frame)

    def send(self, message: Message, system_id: int) -> bytes | None:
        """Send to where `system_id` was heard; return the frame, or None if it could not be sent."""
        owner = self._owners.get(system_id)
        return self.send_to(message, None if owner is None else owner.peer)

    def send_to(self, message: Message, peer: Peer) -> bytes | None:
        """Send to an address whoever speaks from there; return the frame, or None if it could not be sent."""
        raw = self._codec.pack(message)
        if not self._transport.send(raw, peer):
            self._frames_unsent += 1
            return None
        self._frames_out += 1
        return raw

    def hand_over(self, system_id: int, peer: Peer) -> None:
        """Let `system_id` belong to another peer from now on; the caller has made sure that it may."""
        self._owners[system_id] = _Owner(peer, self._clock.monotonic_s(), is_autopilot=True)

    def remember(self, system_id: int, peer: Peer) -> None:
        """Take from before this start who spoke with `system_id`: it is spoken to at once, and has the first word."""
        self._before[system_id] = peer
        self._owners[system_id] = _Owner(peer, self._clock.monotonic_s(), is_autopilot=False)

    def owner(self, system_id: int) -> Peer:
        """Return from where the autopilot with `system_id` speaks; None if it was not heard, or the medium has one."""
        owner = self._owners.get(system_id)
        return owner.peer if owner is not None and owner.is_autopilot else None

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

    def fell(self, error: BaseException) -> None:
        """Take that `run` ended by a mistake of ours; it is about to be run again."""
        self._error = UnavailableError(
            Text(
                f"リンク {self.address} の処理が思わぬ誤りで止まりました（{error!r}）",
                f"the work on the link {self.address} ended by an unforeseen error: {error!r}",
            ),
            Text(
                "自動で始め直します。続くときは flight.log を添えて知らせてください",
                "it is begun anew by itself; if this goes on, report it with flight.log",
            ),
            address=str(self.address),
        )
        self._phase = LinkPhase.WAITING
        self._reopened += 1

    async def _live_once(self) -> None:
        self._phase = LinkPhase.OPENING
        self._begin_anew()
        try:
            await self._transport.open(self._received)
        except UnavailableError as error:
            self._error = error
            return
        self._phase = LinkPhase.OPEN
        self._error = None
        if self._first_opened_s is None:
            self._first_opened_s = self._clock.monotonic_s()
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

    def _begin_anew(self) -> None:
        """A stream begins between frames; what was cut off is not waited for."""
        self._malformed_before += self._parser.malformed
        self._parser = FrameParser()

    def _received(self, data: bytes, peer: Peer) -> None:
        frames = self._parser.datagram(data) if self._whole else self._parser.feed(data)
        now_s = self._clock.monotonic_s()
        owners, listener = self._owners, self._listener
        for frame in frames:
            owner = owners.get(frame.system_id)
            if owner is None or owner.peer != peer or not owner.is_autopilot:
                owner = self._claimed(owner, frame, peer, now_s)
                if owner is None:
                    self._duplicate_system += 1
                    self._strangers(self, frame, peer, now_s)
                    continue
            owner.heard_s = self._heard_s = now_s
            self._frames_in += 1
            listener(self, frame, now_s)

    def _claimed(self, owner: _Owner | None, frame: Frame, peer: Peer, now_s: float) -> _Owner | None:
        """Return the owner if the number is the sender's or free; one without an autopilot is free for an autopilot."""
        if owner is not None and owner.is_autopilot:
            return None
        if self._before and self._may_not_yet(frame, peer, now_s):
            return None
        claimed = self._owners[frame.system_id] = _Owner(peer, now_s, is_autopilot=frame.component_id == AUTOPILOT)
        return claimed

    def _may_not_yet(self, frame: Frame, peer: Peer, now_s: float) -> bool:
        """Return whether somebody who was not heard before this start must still wait for those who were."""
        if self._first_opened_s is None or now_s - self._first_opened_s > _FIRST_WORD_S:
            return False
        return frame.system_id not in self._before or self._before[frame.system_id] != peer


def _unanswered(address: LinkAddress) -> UnavailableError:
    return UnavailableError(
        Text(f"{address} から返事がありません", f"{address} does not answer"),
        Text(
            "古い指示が遅れて届かないよう、自動でつなぎ直します",
            "it is being reconnected by itself, so that no old command arrives late",
        ),
        address=str(address),
    )


def _nobody(link: Link, frame: Frame, now_s: float) -> None:
    del link, frame, now_s


def _nobody_else(link: Link, frame: Frame, peer: Peer, now_s: float) -> None:
    del link, frame, peer, now_s
