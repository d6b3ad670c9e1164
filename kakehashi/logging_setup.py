"""Structured logs: words for a person at a terminal, JSON lines everywhere else."""

import logging
import sys
from enum import StrEnum
from pathlib import Path

import structlog

from fleet.errors import BadInputError
from fleet.text import Text
from kakehashi.dropping_log import DroppingHandler, FileTarget, StreamTarget, Target

_NOISY = (
    "PIL",
    "aiomqtt",
    "alembic",
    "amqtt",
    "httpx",
    "mqtt",
    "pyogrio",
    "rasterio",
    "transitions",
    "uvicorn.access",
)


_MOST_BYTES = 2 * 1024 * 1024
_OLDER_FILES = 3


class LogLevel(StrEnum):
    """From which importance on log lines are written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def parse_level(text: str) -> LogLevel:
    """Return the level that `text` names, in small or capital letters; raises BadInputError naming those there are."""
    try:
        return LogLevel(text.lower())
    except ValueError as error:
        allowed = ", ".join(LogLevel)
        raise BadInputError(
            Text(f"ログの細かさ「{text}」はありません", f"there is no log level {text!r}"),
            Text(f"--log-level は {allowed} のどれかにしてください", f"make --log-level one of {allowed}"),
        ) from error


def set_up_logging(level: LogLevel, *, human: bool | None = None, file: Path | None = None) -> None:
    """Send structlog's and the standard library's logs in one form to stderr, or to a file that is kept small.

    Nobody waits for a line to be written.
    """
    as_human = file is None and (sys.stderr.isatty() if human is None else human)
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if as_human else "iso", utc=not as_human),
        structlog.processors.format_exc_info,
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=True)
        if as_human
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    target: Target = StreamTarget(sys.stderr)
    if file is not None:
        target = FileTarget(file, maxBytes=_MOST_BYTES, backupCount=_OLDER_FILES, delay=True)
    target.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    for before in root.handlers[:]:
        before.close()
    root.handlers[:] = [DroppingHandler(target)]
    root.setLevel(level.value.upper())
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
