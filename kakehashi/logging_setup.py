"""Structured logs: words for a person at a terminal, JSON lines everywhere else."""

import logging
import sys
from enum import StrEnum

import structlog

from fleet.errors import BadInputError
from fleet.text import Text

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


def set_up_logging(level: LogLevel, *, human: bool | None = None) -> None:
    """Send structlog and the standard library's logs to stderr in one form."""
    as_human = sys.stderr.isatty() if human is None else human
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
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.value.upper())
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
