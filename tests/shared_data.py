"""Finds the real public data and recordings that stand beside the project."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def shared(*parts: str) -> Path:
    """Return a path in `../shared`; skip the test where it is absent, but fail in CI."""
    path = (ROOT.parent / "shared").joinpath(*parts)
    if not path.exists():
        reason = f"shared data {'/'.join(parts)} is missing beside the project"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path
