"""One running worker for the tests of a module, since starting one takes a while."""

from collections.abc import AsyncIterator

import pytest

from imagery.intake import PictureIntake


@pytest.fixture
async def intake() -> AsyncIterator[PictureIntake]:
    async with PictureIntake() as running:
        yield running
