"""Takes back what a command of ours set up for its process's logs, when it was run within the tests' own process."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import structlog


@contextmanager
def undone_logging() -> Iterator[None]:
    """Have the logs at the end as they were: no handler of the block is left, and so no thread that writes for it.

    A logger used in the block is not kept in the form that it has there.
    """
    root = logging.getLogger()
    handlers, level, configured, configure = root.handlers[:], root.level, structlog.get_config(), structlog.configure

    def uncached(**settings: Any) -> None:
        configure(**{**settings, "cache_logger_on_first_use": False})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(structlog, "configure", uncached)
        try:
            yield
        finally:
            for handler in root.handlers[:]:
                if handler not in handlers:
                    handler.close()
            root.handlers[:] = handlers
            root.setLevel(level)
            configure(**configured)
