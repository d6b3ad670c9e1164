"""A wire between the flight core and an aircraft, in a process of its own, that notes when what passes.

`python -m tests.faults.tap PORT UPSTREAM FILE` takes TCP connections on PORT, one connection to UPSTREAM for each, and
writes one JSON line to FILE for every frame down to the aircraft and every heartbeat up from it, stamped with
CLOCK_MONOTONIC, which all processes of a machine share.
"""

import asyncio
import contextlib
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from pymavlink.dialects.v20 import ardupilotmega as dialect

from tests.kakehashi.running import free_ports

STATION = 255
_HEARTBEAT = 0
_HEAD = {0xFD: 10, 0xFE: 6}


class Frames:
    """Cuts a byte stream into MAVLink frames, of both versions."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, piece: bytes) -> Iterator[tuple[int, int, bytes]]:
        """Yield message id, sending component and bytes of each whole frame."""
        self._held += piece
        while self._held:
            head = _HEAD.get(self._held[0])
            if head is None:
                self._held = self._held[1:]
                continue
            if len(self._held) < head:
                return
            signed = head == 10 and self._held[2] & 1
            size = head + self._held[1] + 2 + (13 if signed else 0)
            if len(self._held) < size:
                return
            frame, self._held = self._held[:size], self._held[size:]
            if head == 10:
                yield int.from_bytes(frame[7:10], "little"), frame[6], frame
            else:
                yield frame[5], frame[4], frame


class Wire:
    """Passes both ways and notes."""

    def __init__(self, upstream: int, notes: TextIO) -> None:
        self._upstream = upstream
        self._notes = notes
        self._codec = dialect.MAVLink(None)
        self._codec.robust_parsing = True
        self._connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until either side ends it."""
        self._connections += 1
        number = self._connections
        self._note(number, "OPEN")
        with contextlib.suppress(OSError):
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._upstream)
            ways = [
                asyncio.ensure_future(self._carry(number, reader, up_writer, down=True)),
                asyncio.ensure_future(self._carry(number, up_reader, writer, down=False)),
            ]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
            up_writer.close()
        writer.close()
        self._note(number, "CLOSED")

    async def _carry(
        self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, down: bool
    ) -> None:
        frames = Frames()
        with contextlib.suppress(OSError):
            while piece := await reader.read(65536):
                writer.write(piece)
                for message_id, component, frame in frames.feed(piece):
                    # A camera on board has heartbeats of its own, with no mode.
                    if down or (message_id == _HEARTBEAT and component == dialect.MAV_COMP_ID_AUTOPILOT1):
                        self._note_frame(number, frame, down=down)
                await writer.drain()

    def _note_frame(self, number: int, frame: bytes, *, down: bool) -> None:
        try:
            message = self._codec.decode(bytearray(frame))
        except dialect.MAVError:
            return
        fields = message.to_dict() if message.get_type() in _WITH_FIELDS else {}
        self._note(number, str(message.get_type()), down=down, sender=message.get_srcSystem(), **_plain(fields))

    def _note(self, connection: int, name: str, **more: object) -> None:
        self._notes.write(json.dumps({"at_s": time.monotonic(), "connection": connection, "name": name, **more}) + "\n")
        self._notes.flush()


_WITH_FIELDS = {"HEARTBEAT", "COMMAND_LONG", "COMMAND_INT", "SET_MODE", "PARAM_SET"}


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if isinstance(value, int | float | str)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """A tap that runs, read from a test."""

    port: int
    notes: Path

    @property
    def link(self) -> str:
        """Return the link that leads to the aircraft over this wire."""
        return f"tcp:127.0.0.1:{self.port}"

    def seen(self, since_s: float = 0.0) -> list[dict[str, Any]]:
        """Return what was noted since a moment of `time.monotonic`."""
        whole, _, _ = self.notes.read_text().rpartition("\n")
        return [note for line in whole.splitlines() if (note := json.loads(line))["at_s"] >= since_s]

    def sent(self, since_s: float) -> list[dict[str, Any]]:
        """Return the frames to the aircraft that make it do or become something, in order."""
        return [note for note in self.seen(since_s) if note.get("down") and _does_something(note)]

    def longest_gap_s(self, since_s: float, until_s: float | None = None) -> float:
        """Return the longest time without a heartbeat of ours, with what lies before the first and after the last."""
        end_s = time.monotonic() if until_s is None else until_s
        beats = [
            note["at_s"]
            for note in self.seen(since_s)
            if note["name"] == "HEARTBEAT" and note.get("down") and note["sender"] == STATION and note["at_s"] <= end_s
        ]
        moments = [since_s, *beats, end_s]
        return float(max(after - before for before, after in itertools.pairwise(moments)))

    def aircraft(self) -> tuple[bool, int]:
        """Return whether the aircraft said last that its motors run, and its mode's number."""
        beats = [note for note in self.seen() if note["name"] == "HEARTBEAT" and not note["down"]]
        if not beats:
            return False, -1
        return bool(beats[-1]["base_mode"] & dialect.MAV_MODE_FLAG_SAFETY_ARMED), int(beats[-1]["custom_mode"])

    def modes(self, since_s: float) -> set[int]:
        """Return the modes that the aircraft said it was in."""
        return {
            int(note["custom_mode"]) for note in self.seen(since_s) if note["name"] == "HEARTBEAT" and not note["down"]
        }


_ASKS_ONLY = {
    dialect.MAV_CMD_SET_MESSAGE_INTERVAL,
    dialect.MAV_CMD_REQUEST_MESSAGE,
    dialect.MAV_CMD_REQUEST_AUTOPILOT_CAPABILITIES,
    dialect.MAV_CMD_REQUEST_PROTOCOL_VERSION,
}
_CHANGES = {"SET_MODE", "PARAM_SET", "MISSION_COUNT", "MISSION_ITEM_INT", "MISSION_SET_CURRENT", "MISSION_CLEAR_ALL"}


def _does_something(note: dict[str, Any]) -> bool:
    if note["name"] in {"COMMAND_LONG", "COMMAND_INT"}:
        return note["command"] not in _ASKS_ONLY
    return note["name"] in _CHANGES


@contextlib.contextmanager
def tap(upstream: int, folder: Path) -> Iterator[Tap]:
    """Run a tap to a port of this machine while the context is open."""
    (port,) = free_ports(1)
    notes = folder / f"wire-{port}.jsonl"
    notes.touch()
    words = [sys.executable, "-m", "tests.faults.tap", str(port), str(upstream), str(notes)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "listening\n"
            yield Tap(port=port, notes=notes)
        finally:
            process.kill()


async def _main(port: int, upstream: int, file: Path) -> None:
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, -5)
    with file.open("a") as notes:
        server = await asyncio.start_server(Wire(upstream, notes).serve, "127.0.0.1", port)
        sys.stdout.write("listening\n")
        sys.stdout.flush()
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
