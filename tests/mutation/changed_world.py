"""Runs tests in this process against a module with one change in its text; nothing on disk is touched.

Our own modules are imported anew for it, so that whoever uses the changed one gets it, and put back after.
"""

import asyncio
import importlib
import importlib.abc
import importlib.machinery
import inspect
import itertools
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import pytest

_ANEW = ("ground_station", "telemetry", "portal", "imagery")
_TESTS = ("tests.ground_station", "tests.telemetry")
"""What may hold something of a changed module; `fleet` and `missions` import none of them."""


class _Changed(importlib.machinery.SourceFileLoader):
    """Loads a module's file with one text in the place of another."""

    def __init__(self, fullname: str, path: str, old: str, new: str) -> None:
        super().__init__(fullname, path)
        self._old = old
        self._new = new

    def get_code(self, fullname: str) -> CodeType:
        source = Path(self.path).read_text()
        assert source.count(self._old) == 1, f"{fullname} has {self._old!r} {source.count(self._old)} times"
        return compile(source.replace(self._old, self._new), self.path, "exec")


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, module: str, old: str, new: str) -> None:
        self._module = module
        self._change = (old, new)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._module:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        assert spec is not None
        assert spec.origin is not None
        spec.loader = _Changed(fullname, spec.origin, *self._change)
        return spec


@contextmanager
def changed(module: str, old: str, new: str) -> Iterator[None]:
    """Let `module` be imported with `old`, which it has exactly once, in the place of `new`, while the block lasts."""
    before = _taken_out()
    finder = _Finder(module, old, new)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        _taken_out()
        sys.modules.update(before)


def _taken_out() -> dict[str, ModuleType]:
    ours = {
        name: module for name, module in sys.modules.items() if name.split(".")[0] in _ANEW or name.startswith(_TESTS)
    }
    for name in ours:
        del sys.modules[name]
    return ours


def first_failure(tests: str) -> str | None:
    """Return the name of the first test of a module that fails, each with all its parameters; None if all pass."""
    module = importlib.import_module(tests)
    for name, test in inspect.getmembers(module, inspect.isfunction):
        if name.startswith("test_") and test.__module__ == tests:
            for arguments in _parameters(test):
                if not _passes(test, arguments):
                    return name
    return None


def _parameters(test: Callable[..., Any]) -> Iterator[dict[str, Any]]:
    """Yield the arguments of each case, as `pytest.mark.parametrize` names them."""
    marks = [mark for mark in getattr(test, "pytestmark", []) if mark.name == "parametrize"]
    for cases in itertools.product(*(list(mark.args[1]) for mark in marks)):
        arguments: dict[str, Any] = {}
        for mark, case in zip(marks, cases, strict=True):
            named = mark.args[0]
            names = [one.strip() for one in named.split(",")] if isinstance(named, str) else list(named)
            arguments.update(zip(names, case if len(names) > 1 else (case,), strict=True))
        yield arguments


def _passes(test: Callable[..., Any], arguments: dict[str, Any]) -> bool:
    wanted = set(inspect.signature(test).parameters) - arguments.keys()
    assert wanted <= {"tmp_path"}, f"{test.__name__} wants fixtures that are not made here: {wanted}"
    with tempfile.TemporaryDirectory() as folder:
        if wanted:
            arguments = {**arguments, "tmp_path": Path(folder)}
        try:
            result = test(**arguments)
            if inspect.iscoroutine(result):
                asyncio.run(result)
        except (AssertionError, pytest.fail.Exception):
            return False
    return True
