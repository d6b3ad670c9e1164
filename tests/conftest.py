"""What holds for every test."""

from collections.abc import Iterator

import pytest

from tests.undone_logging import undone_logging


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    with undone_logging():
        yield
