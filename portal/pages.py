"""Serves the built web pages, with long caching for hashed assets and none for the pages themselves."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, RedirectResponse
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from fleet.errors import UnavailableError
from fleet.text import Text


class _Assets(StaticFiles):
    """Hashed files never change, so they may be kept for ever."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def install_pages(app: FastAPI, folder: Path, page: str) -> None:
    """Serve `page` (its file is `{page}.html`) at `/{page}`, `/` leading there, and the assets beside it."""
    file = folder / f"{page}.html"

    @app.get("/", include_in_schema=False)
    async def root() -> RedirectResponse:
        return RedirectResponse(f"/{page}")

    @app.get(f"/{page}", include_in_schema=False)
    def serve_page() -> FileResponse:  # not a coroutine: it looks at the disk, and so runs in a thread
        if not file.is_file():
            raise UnavailableError(
                Text("画面がまだ作られていません", "the pages have not been built"),
                Text("make pages を実行してください", "run `make pages`"),
            )
        return FileResponse(file, headers={"Cache-Control": "no-cache"})

    if (folder / "assets").is_dir():
        app.mount("/assets", _Assets(directory=folder / "assets"), name="assets")
