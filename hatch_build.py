"""Puts the built web pages into the wheel; an editable install reads them from `web/dist` instead."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PagesBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds `web/dist` to the wheel as `kakehashi/pages`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the pages to the wheel; raise if they have not been built yet."""
        if version == "editable":
            return
        pages = Path(self.root) / "web" / "dist"
        if not (pages / "operator.html").is_file():
            message = "web/dist has no pages: run `make pages` first"
            raise FileNotFoundError(message)
        build_data["force_include"][str(pages)] = "kakehashi/pages"
