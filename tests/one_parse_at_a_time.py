"""Keeps threads of one test process from parsing Python at the same time.

CPython before 3.13 counts the depth of the tree that `ast.parse` builds once an interpreter, not once a call. If the
garbage collector runs in the middle, its callbacks (Hypothesis has one) and what it ends may give another thread its
turn, or parse themselves: the counts mix, and either may end with `SystemError: AST constructor recursion depth
mismatch`. So nothing is collected meanwhile. Those who parse: pytest, when a module is loaded whose assertions it
rewrites; Hypothesis, for what it says of functions; and `traceback`, for the carets under a line.
"""

import functools
import gc
import threading
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def one_at_a_time(function: Callable[P, R]) -> Callable[P, R]:
    """Return `function` so that a second thread waits until the first is out of it, and nothing is collected in it."""
    turn = threading.RLock()

    @functools.wraps(function)
    def waiting(*args: P.args, **kwargs: P.kwargs) -> R:
        with turn:
            collects = gc.isenabled()
            gc.disable()
            try:
                return function(*args, **kwargs)
            finally:
                if collects:
                    gc.enable()

    return waiting
