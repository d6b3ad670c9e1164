"""The worker process that opens strangers' pictures: `python -m imagery.worker_main MEMORY_BYTES OWNER_ID`.

Reads frames on standard input (4-byte big-endian length, MessagePack request, 4-byte length, file bytes) and answers
each with one frame on standard output. It limits its own memory, may write no file, and dies of whatever it does not
expect: its owner starts another.
"""

import resource
import signal
import sys
from typing import BinaryIO

import msgspec

from fleet.errors import BadInputError, FleetError, TooLargeError
from fleet.process import WORKER, end_with_parent, give_way
from fleet.text import Text
from imagery.derivatives import Examined, PictureLimits, examine


class ExamineRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What is accepted."""

    limits: PictureLimits


class ExamineReply(msgspec.Struct, frozen=True, kw_only=True):
    """Either what was found or why it is refused."""

    examined: Examined | None = None
    refusal: str | None = None
    what: Text | None = None
    cure: Text | None = None

    def result(self) -> Examined:
        """Return what was found; raises TooLargeError or BadInputError for a refusal."""
        if self.examined is not None:
            return self.examined
        what = self.what or Text("写真を読めません", "the picture cannot be read")
        if self.refusal == TooLargeError.code:
            raise TooLargeError(what, self.cure)
        raise BadInputError(what, self.cure)


def _limit(memory_bytes: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for which, wanted in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_DATA, memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(which)
        allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(which, (allowed, allowed))


def _read_frame(source: BinaryIO) -> bytes | None:
    head = source.read(4)
    if len(head) < 4:
        return None
    size = int.from_bytes(head, "big")
    body = source.read(size)
    return body if len(body) == size else None


def _answer(request: ExamineRequest, data: bytes) -> ExamineReply:
    try:
        return ExamineReply(examined=examine(data, request.limits))
    except MemoryError:
        return _out_of_memory()
    except FleetError as error:
        if isinstance(error.__cause__, MemoryError):
            return _out_of_memory()
        return ExamineReply(refusal=error.code, what=error.what, cure=error.cure)


def _out_of_memory() -> ExamineReply:
    return ExamineReply(
        refusal=TooLargeError.code,
        what=Text("この写真を開くにはメモリが足りません", "the picture needs more memory to open than is allowed"),
        cure=Text(
            "縮小するか、別の設定で撮って送ってください", "shrink it, or take it with another setting, and send that"
        ),
    )


def main() -> None:
    """Serve until standard input closes."""
    end_with_parent(int(sys.argv[2]))
    give_way(WORKER)
    _limit(int(sys.argv[1]))
    while True:
        head = _read_frame(sys.stdin.buffer)
        data = None if head is None else _read_frame(sys.stdin.buffer)
        if head is None or data is None:
            return
        reply = _answer(msgspec.msgpack.decode(head, type=ExamineRequest), data)
        body = msgspec.msgpack.encode(reply)
        sys.stdout.buffer.write(len(body).to_bytes(4, "big") + body)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
