"""Who wants to know of changes: each is told, whatever another one raises, since what they hear of has happened."""

import contextlib
import sys
from collections.abc import Callable
from typing import Generic, TypeVar

import structlog

_log = structlog.get_logger(__name__)

T = TypeVar("T")


class Listeners(Generic[T]):
    """The listeners to changes of one kind, which `of` names in the log; for one event loop."""

    def __init__(self, of: str) -> None:
        self._of = of
        self._listeners: list[Callable[[T], None]] = []

    def add(self, listener: Callable[[T], None]) -> None:
        """Call `listener` with every change from now on."""
        self._listeners.append(listener)

    def tell(self, changed: T) -> None:
        """Tell every listener, in the order in which they came; what one raises is logged."""
        outer = sys.exception()
        for listener in self._listeners:
            with contextlib.suppress(Exception):
                try:
                    listener(changed)
                finally:
                    error = sys.exception()
                    if error is not outer:
                        _log.error("a listener fell", of=self._of, exc_info=error)
