"""Logs hold nobody up and never end: a stream that is closed, fails or is not read costs lines, and says how many."""

import io
import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

from kakehashi.dropping_log import MOST_WAITING, WRITER, DroppingHandler, FileTarget, StreamTarget, Target
from kakehashi.logging_setup import LogLevel, set_up_logging
from tests.undone_logging import undone_logging

WITHIN_S = 10.0


class Stream(io.StringIO):
    """A stream that raises while it is told to, or that nobody reads while `is_read` is cleared."""

    def __init__(self) -> None:
        super().__init__()
        self.error: BaseException | None = None
        self.is_read = threading.Event()
        self.is_read.set()
        self.tries = 0

    def write(self, text: str) -> int:
        self.tries += 1
        self.is_read.wait(WITHIN_S)
        if self.error is not None:
            raise self.error
        return super().write(text)


class _Picky(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        if "no form" in record.getMessage():
            raise TypeError
        return super().format(record)


def _until(condition: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + WITHIN_S
    while not condition():
        assert time.monotonic() < deadline_s
        time.sleep(0.005)


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    logger = logging.getLogger("tests.dropping")
    logger.propagate = False
    yield logger
    for handler in logger.handlers[:]:
        handler.close()
        logger.removeHandler(handler)


def _writing_to(logger: logging.Logger, target: Target) -> DroppingHandler:
    handler = DroppingHandler(target)
    logger.addHandler(handler)
    return handler


@pytest.mark.parametrize(
    "error",
    [
        ValueError("I/O operation on closed file"),
        OSError(28, "No space left on device"),
        BrokenPipeError(),
        UnicodeEncodeError("ascii", "架", 0, 1, "not in range"),
        RecursionError(),
        RuntimeError("nobody thought of this"),
        MemoryError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_stream_that_fails_is_silent_and_told_once_it_takes_lines_again(
    logger: logging.Logger, error: Exception, capfd: pytest.CaptureFixture[str]
) -> None:
    stream = Stream()
    handler = _writing_to(logger, StreamTarget(stream))
    stream.error = error
    for number in range(3):
        logger.warning("lost %d", number)
    _until(lambda: handler.unwritten == 3)
    stream.error = None
    logger.warning("kept")
    _until(lambda: "kept\n" in stream.getvalue())
    lines = stream.getvalue().splitlines()
    assert lines == ["3 log lines were lost: too many waited, or they could not be written", "kept"]
    assert capfd.readouterr() == ("", "")


def test_a_closed_stream_is_silent_and_ends_no_writer(
    logger: logging.Logger, capfd: pytest.CaptureFixture[str]
) -> None:
    stream = io.StringIO()
    handler = _writing_to(logger, StreamTarget(stream))
    stream.close()
    for _ in range(100):
        logger.warning("gone")
    _until(lambda: handler.unwritten == 100)
    assert handler._writer.is_alive()
    assert capfd.readouterr() == ("", "")


def test_a_file_on_a_disk_that_refuses_is_silent(
    logger: logging.Logger, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "gone" / "flight.log"
    handler = _writing_to(logger, FileTarget(file, delay=True))
    logger.warning("lost")
    _until(lambda: handler.unwritten == 1)
    file.parent.mkdir()
    logger.warning("kept")
    _until(lambda: file.exists() and "kept" in file.read_text())
    assert file.read_text().startswith("1 log line was lost")
    assert capfd.readouterr() == ("", "")


def test_a_line_that_cannot_be_formed_is_lost_alone(logger: logging.Logger, capfd: pytest.CaptureFixture[str]) -> None:
    stream = Stream()
    target = StreamTarget(stream)
    target.setFormatter(_Picky())
    handler = _writing_to(logger, target)
    logger.warning("has no form")
    _until(lambda: handler.unwritten == 1)
    logger.warning("kept")
    _until(lambda: "kept\n" in stream.getvalue())
    assert capfd.readouterr() == ("", "")


def test_a_stream_that_nobody_reads_holds_nobody_up_and_what_does_not_fit_is_told(logger: logging.Logger) -> None:
    stream = Stream()
    handler = _writing_to(logger, StreamTarget(stream))
    stream.is_read.clear()
    logger.warning("first")
    _until(lambda: stream.tries == 1)
    for number in range(MOST_WAITING + 7):
        logger.warning("line %d", number)
    assert handler.dropped == 7
    stream.is_read.set()
    _until(lambda: f"line {MOST_WAITING - 1}\n" in stream.getvalue())
    assert "7 log lines were lost" in stream.getvalue()


def test_what_a_command_sets_up_within_the_tests_is_undone() -> None:
    root = logging.getLogger()
    handlers, level, threads = root.handlers[:], root.level, set(threading.enumerate())
    configured = structlog.get_config()
    with undone_logging():
        set_up_logging(LogLevel.DEBUG)
        assert {thread.name for thread in set(threading.enumerate()) - threads} == {WRITER}
        structlog.get_logger("tests").info("something")
    assert (root.handlers, root.level) == (handlers, level)
    assert structlog.get_config() == configured
    _until(lambda: not set(threading.enumerate()) - threads)  # it is waited for half a second only
