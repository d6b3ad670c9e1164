"""Upload and download of missions, fences and rally points (MAVLink mission protocol), with ArduCopter's own habits.

It asks with MISSION_REQUEST, repeats after 1 s and gives up after 8 s without a good item; it edits in place; an item
out of order is refused and the asking goes on; any other fault ends the upload. A ground station does not think faster
because the simulation does: its seconds are real ones at any `SIM_SPEEDUP`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sim.mavlink.wire import Packet, message
from sim.vehicle import startup
from sim.vehicle.autopilot import Autopilot
from sim.vehicle.mission_item import Kind, Result, StoredItem
from sim.vehicle.modes import Severity

# Strictly more than 1,000 ms and 8,000 ms, seen by a loop of 400 Hz.
_REPEAT_S = 1.0025
_GIVE_UP_S = 8.0025

_REQUEST = message("MISSION_REQUEST")
_ACK = message("MISSION_ACK")
_COUNT = message("MISSION_COUNT")
_ITEM_INT = message("MISSION_ITEM_INT")
_ITEM = message("MISSION_ITEM")

Send = Callable[[Packet], None]


@dataclass(frozen=True, slots=True)
class Peer:
    """Who is spoken with, and how to answer."""

    system_id: int
    component_id: int
    send: Send

    def is_same_as(self, other: "Peer") -> bool:
        """Return whether both are one station, over whichever link."""
        return (self.system_id, self.component_id) == (other.system_id, other.component_id)


class IncomingItem(Protocol):
    """The fields of MISSION_ITEM_INT that are read."""

    seq: int
    frame: int
    command: int
    param1: float
    param2: float
    param3: float
    param4: float
    x: int
    y: int
    z: float
    mission_type: int


@dataclass(slots=True)
class _Upload:
    peer: Peer
    kind: Kind
    count: int
    next_seq: int
    received_s: float
    requested_s: float


class PlanTransfer:
    """The one upload a vehicle can take at a time, and downloads, which need no memory."""

    def __init__(self) -> None:
        self._upload: _Upload | None = None

    def count(self, vehicle: Autopilot, peer: Peer, count: int, mission_type: int, now_s: float) -> None:
        """Take MISSION_COUNT: an upload begins."""
        kind = _kind_of(mission_type)
        if kind is None:
            return _acknowledge(peer, Result.UNSUPPORTED, mission_type)
        if self._upload is not None and not self._upload.peer.is_same_as(peer):
            return _acknowledge(peer, Result.DENIED, kind)
        store = vehicle.plans[kind]
        limit = store.limit if now_s >= startup.STORAGE_READY_S or kind is not Kind.MISSION else 0
        if count > limit:
            vehicle.say(f"Only {limit} items are supported", Severity.WARNING)
            return _acknowledge(peer, Result.NO_SPACE, kind)
        store.begin(count)
        if count == 0:
            store.clear()
            self._after_change(vehicle, kind)
            return _acknowledge(peer, Result.ACCEPTED, kind)
        self._upload = _Upload(peer, kind, count, 0, now_s, now_s)
        return self._ask(now_s)

    def item(self, vehicle: Autopilot, peer: Peer, item: IncomingItem, now_s: float) -> None:
        """Take MISSION_ITEM_INT."""
        upload = self._upload
        if upload is None or upload.kind != item.mission_type:
            return _acknowledge(peer, Result.ERROR, item.mission_type)
        if item.seq != upload.next_seq:
            return _acknowledge(upload.peer, Result.INVALID_SEQUENCE, upload.kind)
        if not upload.peer.is_same_as(peer):
            return _acknowledge(Peer(peer.system_id, peer.component_id, upload.peer.send), Result.DENIED, upload.kind)
        result = vehicle.plans[upload.kind].put(item.seq, _stored(item))
        if result is not Result.ACCEPTED:
            self._upload = None
            return _acknowledge(upload.peer, result, upload.kind)
        upload.next_seq += 1
        upload.received_s = now_s
        if upload.next_seq < upload.count:
            return self._ask(now_s)
        self._upload = None
        return self._finish(vehicle, upload)

    def poll(self, vehicle: Autopilot, now_s: float) -> None:
        """Repeat a request or give up, by the time."""
        upload = self._upload
        if upload is None:
            return
        pace = max(1.0, vehicle.params["SIM_SPEEDUP"])
        if now_s - upload.received_s >= _GIVE_UP_S * pace:
            self._upload = None
            _acknowledge(upload.peer, Result.CANCELLED, upload.kind)
            vehicle.say("Mission upload timeout", Severity.WARNING)
        elif now_s - upload.requested_s >= _REPEAT_S * pace:
            self._ask(upload.requested_s + _REPEAT_S * pace)

    def forget(self, send: Send) -> None:
        """Drop the upload of a link that is gone."""
        if self._upload is not None and self._upload.peer.send == send:
            self._upload = None

    def request_list(self, vehicle: Autopilot, peer: Peer, mission_type: int) -> None:
        """Take MISSION_REQUEST_LIST."""
        kind = _kind_of(mission_type)
        if kind is None:
            return _acknowledge(peer, Result.UNSUPPORTED, mission_type)
        if self._upload is not None and self._upload.kind is kind:
            return _acknowledge(peer, Result.DENIED, kind)
        return _tell_count(vehicle, peer, kind)

    def request(self, vehicle: Autopilot, peer: Peer, seq: int, mission_type: int, *, as_int: bool) -> None:
        """Take MISSION_REQUEST_INT or MISSION_REQUEST."""
        kind = _kind_of(mission_type)
        if kind is None:
            return _acknowledge(peer, Result.UNSUPPORTED, mission_type)
        items = vehicle.plans[kind].items
        if not 0 <= seq < len(items):
            _tell_count(vehicle, peer, kind)
            return _acknowledge(peer, Result.INVALID_SEQUENCE, kind)
        item = items[seq]
        autocontinue = int(kind is Kind.MISSION)
        x, y = (item.x, item.y) if as_int else (item.x / 1e7, item.y / 1e7)
        current = int(not as_int and kind is Kind.MISSION and seq == vehicle.mission.index)
        return peer.send(
            (_ITEM_INT if as_int else _ITEM).pack(
                item.param1,
                item.param2,
                item.param3,
                item.param4,
                x,
                y,
                item.z,
                seq,
                item.command,
                peer.system_id,
                peer.component_id,
                item.frame,
                current,
                autocontinue,
                kind,
            )
        )

    def clear_all(self, vehicle: Autopilot, peer: Peer, mission_type: int) -> None:
        """Take MISSION_CLEAR_ALL; 255 means everything. A mission that is being flown is kept."""
        kinds = list(Kind) if mission_type == 255 else [k for k in [_kind_of(mission_type)] if k is not None]
        if self._upload is not None and self._upload.kind in kinds:
            if not self._upload.peer.is_same_as(peer):
                return _acknowledge(peer, Result.DENIED, mission_type)
            self._upload = None
        if Kind.MISSION in kinds and vehicle.armed and vehicle.mission.running:
            return _acknowledge(peer, Result.ERROR, mission_type)
        for kind in kinds:
            vehicle.plans[kind].clear()
            self._after_change(vehicle, kind)
        return _acknowledge(peer, Result.ACCEPTED if kinds else Result.UNSUPPORTED, mission_type)

    def _ask(self, now_s: float) -> None:
        upload = self._upload
        if upload is not None:
            upload.requested_s = now_s
            peer = upload.peer
            peer.send(_REQUEST.pack(upload.next_seq, peer.system_id, peer.component_id, upload.kind))

    def _finish(self, vehicle: Autopilot, upload: _Upload) -> None:
        result = vehicle.plans[upload.kind].finish()
        _acknowledge(upload.peer, result, upload.kind)
        if result is not Result.ACCEPTED:
            vehicle.say("Fence Indexing failed", Severity.WARNING)
            return
        if upload.kind is Kind.MISSION:
            vehicle.say("Flight plan received")
        elif upload.kind is Kind.FENCE:
            vehicle.say("Fence Indexed OK", Severity.DEBUG)
        self._after_change(vehicle, upload.kind)

    def _after_change(self, vehicle: Autopilot, kind: Kind) -> None:
        if kind is Kind.MISSION and vehicle.has_origin:
            vehicle.set_home_item()
        vehicle.tell_plan_size(kind)


def _stored(item: IncomingItem) -> StoredItem:
    return StoredItem(
        command=item.command, frame=item.frame, param1=item.param1, param2=item.param2, param3=item.param3,
        param4=item.param4, x=item.x, y=item.y, z=item.z,
    )  # fmt: skip


def _kind_of(mission_type: int) -> Kind | None:
    return Kind(mission_type) if mission_type in {0, 1, 2} else None


def _acknowledge(peer: Peer, result: Result, mission_type: int) -> None:
    peer.send(_ACK.pack(peer.system_id, peer.component_id, result, mission_type))


def _tell_count(vehicle: Autopilot, peer: Peer, kind: Kind) -> None:
    peer.send(_COUNT.pack(len(vehicle.plans[kind].items), peer.system_id, peer.component_id, kind))
