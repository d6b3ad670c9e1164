"""Logs that hold nobody up: lines wait in a bounded queue, a thread writes them, and what does not fit is dropped.

A terminal that was stopped, a pipe that nobody reads or a full disk then stops the thread, and nothing else. A line
that cannot be written, since its stream is closed or fails, is dropped too: nothing is printed about it, where it would
go the same way, but how many were lost is written as soon as one can be.
"""

import contextlib
import logging
import queue
import threading
from logging.handlers import QueueHandler, RotatingFileHandler
from typing import TextIO

MOST_WAITING = 2000
"""Lines that wait for their writer; beyond that new ones are dropped and counted."""
_LAST_LINES_S = 0.5
WRITER = "log"
"""The name of the thread that writes."""


class Target(logging.Handler):
    """Writes lines, and counts those it cannot write instead of printing a trace of each."""

    failed = 0

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Count a line that could not be written."""
        del record
        self.failed += 1


class StreamTarget(Target, logging.StreamHandler[TextIO]):
    """Writes to a stream."""


class FileTarget(Target, RotatingFileHandler):
    """Writes to a file that is kept small."""


class DroppingHandler(QueueHandler):
    """Hands lines to a thread that writes them to `target`."""

    def __init__(self, target: Target) -> None:
        self._lines: queue.Queue[logging.LogRecord | None] = queue.Queue(MOST_WAITING)
        super().__init__(self._lines)
        self._target = target
        self._told = 0
        self.dropped = 0
        self.unwritten = 0
        self._writer = threading.Thread(target=self._write, name=WRITER, daemon=True)
        self._writer.start()

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """Return the record as it is: its target formats it, in the writer's thread."""
        return record

    def enqueue(self, record: logging.LogRecord) -> None:
        """Put a line into the queue, or drop it."""
        try:
            self._lines.put_nowait(record)
        except queue.Full:
            self.dropped += 1

    def close(self) -> None:
        """Let the last lines be written, half a second at most."""
        try:
            self._lines.put_nowait(None)
        except queue.Full:
            self.dropped += 1
        self._writer.join(_LAST_LINES_S)
        super().close()

    def _write(self) -> None:
        while (record := self._lines.get()) is not None:
            lost = self.dropped + self.unwritten - self._told
            if lost and self._wrote(_notice(lost)):
                self._told += lost
            if not self._wrote(record):
                self.unwritten += 1

    def _wrote(self, record: logging.LogRecord) -> bool:
        """Have a line written; return whether it was. Whatever its stream or its form raises, the thread goes on."""
        before, handled = self._target.failed, False
        with contextlib.suppress(Exception):
            self._target.handle(record)
            handled = True
        return handled and self._target.failed == before


def _notice(lost: int) -> logging.LogRecord:
    lines = "line was" if lost == 1 else "lines were"
    words = f"{lost} log {lines} lost: too many waited, or they could not be written"
    return logging.LogRecord("log", logging.WARNING, __file__, 0, words, None, None)
