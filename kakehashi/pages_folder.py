"""Finds the built web pages: in the installed package, or beside the source."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def pages_folder() -> Path:
    """Return the folder of built pages; it may not exist yet in a source tree."""
    installed = _PACKAGE / "pages"
    return installed if installed.is_dir() else _PACKAGE.parent / "web" / "dist"
