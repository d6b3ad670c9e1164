"""Logs that hold nobody up: lines wait in a bounded queue, a thread writes them, and what does not fit is dropped.

A terminal that was stopped, a pipe that nobody reads or a full disk then stops the thread, and nothing else.
"""

import logging
import queue
import threading
from logging.handlers import QueueHandler

MOST_WAITING = 2000
"""Lines that wait for their writer; beyond that new ones are dropped and counted."""
_LAST_LINES_S = 0.5


class DroppingHandler(QueueHandler):
    """Hands formatted lines to a thread that writes them to `target`."""

    def __init__(self, target: logging.Handler) -> None:
        self._lines: queue.Queue[logging.LogRecord | None] = queue.Queue(MOST_WAITING)
        super().__init__(self._lines)
        self._target = target
        self._told = 0
        self.dropped = 0
        self._writer = threading.Thread(target=self._write, name="log", daemon=True)
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
            if self.dropped > self._told:
                lost, self._told = self.dropped - self._told, self.dropped
                words = f"{lost} log lines were dropped: nobody read them"
                self._target.handle(logging.LogRecord("log", logging.WARNING, __file__, 0, words, None, None))
            self._target.handle(record)
