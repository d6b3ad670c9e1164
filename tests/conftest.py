"""What holds for every test."""

import ast
from collections.abc import Iterator

import pytest

from tests.one_parse_at_a_time import one_at_a_time
from tests.undone_logging import undone_logging

# What takes a worker longest of all that stands late in the order of names.
LONG = {"test_broken_database.py", "test_schema.py"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files: one that came last would leave the other workers with nothing to do."""
    items.sort(key=lambda item: item.path.name not in LONG)


def pytest_configure(config: pytest.Config) -> None:
    patch = pytest.MonkeyPatch()
    patch.setattr(ast, "parse", one_at_a_time(ast.parse))
    config.add_cleanup(patch.undo)


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    with undone_logging():
        yield
