"""Structured logs: words for a person at a terminal, JSON lines everywhere else."""

import logging
import sys

import structlog

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


def set_up_logging(level: str, *, human: bool | None = None) -> None:
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
    root.setLevel(level.upper())
    for noisy in (
        "amqtt",
        "transitions",
        "uvicorn.access",
        "aiomqtt",
        "mqtt",
        "PIL",
        "rasterio",
        "pyogrio",
        "httpx",
        "alembic",
    ):
        logging.getLogger(noisy).setLevel(logging.WARNING)
