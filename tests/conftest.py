import ast
import sys
from collections.abc import Iterator

import pytest

from tests.one_parse_at_a_time import load_whole, one_at_a_time, rewritten

# What takes a worker longest of all that stands late in the order of names.
LONG = {"test_broken_database.py", "test_schema.py"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files: one that came last would leave the other workers with nothing to do."""
    items.sort(key=lambda item: item.path.name not in LONG)


def pytest_configure(config: pytest.Config) -> None:
    patch = pytest.MonkeyPatch()
    patch.setattr(ast, "parse", one_at_a_time(ast.parse))
    config.add_cleanup(patch.undo)


@pytest.hookimpl(trylast=True)  # Hypothesis wants to be set up before anything of it is loaded
def pytest_sessionstart() -> None:
    # Pytest's plug-ins that load parts of themselves late; whole, because pytest rewrites whatever they load.
    load_whole(
        "anyio._backends._asyncio", "anyio._core", "anyio.streams", "hypothesis.internal", "hypothesis.strategies"
    )


@pytest.fixture(autouse=True)
def nothing_is_loaded_late() -> Iterator[None]:
    """Fail a test that has pytest rewrite a module while it runs: threads of the test may be loading another."""
    before = set(sys.modules)
    yield
    assert rewritten(sys.modules.keys() - before) == [], "load these when the test's module is loaded"
