"""The office's HTTP application: every route of `schemas`, the guard before them, problems and pages."""

from typing import Any

import sqlalchemy as sa
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from missions.formats.town_map import town_map
from portal.guard import Viewer, install_guard
from portal.live_route import live_router
from portal.map_routes import map_router
from portal.openapi import install_openapi
from portal.pages import install_pages
from portal.problems import install_problems, problem_response
from portal.schemas import TownOut
from portal.session_routes import ServiceFacts, session_router
from telemetry.engine_sql import database_unavailable
from town_office.api.picture_routes import picture_router
from town_office.api.request_routes import request_router
from town_office.api.schemas import OfficeLive
from town_office.api.status_routes import status_router
from town_office.office import TownOffice

PAGE = "town"


def create_app(office: TownOffice) -> FastAPI:
    """Return the application of an open office; it is served while `office.run()` runs."""
    settings = office.settings
    cookie = f"kakehashi_office_{settings.realm.value}"
    app = FastAPI(
        title="Kakehashi town office",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    install_problems(app)
    _install_database_problems(app)
    install_guard(app, access=office.access, cookie=cookie)
    facts = ServiceFacts(
        service="office",
        page=PAGE,
        realm=settings.realm,
        town_name=settings.town.name,
        time_scale=settings.time_scale,
    )
    app.include_router(session_router(facts))
    app.include_router(map_router(TownOut(**town_map(settings.town)), office.tiles.tile))
    for router in (request_router, picture_router, status_router):
        app.include_router(router(office))
    app.include_router(live_router(office.hub))
    install_openapi(app, cookie, OfficeLive)

    @app.get("/api/openapi.json", include_in_schema=False)
    def read_openapi(_: Viewer) -> dict[str, Any]:
        return app.openapi()

    install_pages(app, settings.pages_folder, PAGE)
    return app


def _install_database_problems(app: FastAPI) -> None:
    """Answer 503 while the database is away, whichever part asked it."""

    async def on_database_error(_: Request, error: Exception) -> JSONResponse:
        problem = database_unavailable(error)
        return problem_response(503, problem.code, problem.what, problem.cure)

    for kind in (sa.exc.DatabaseError, sa.exc.InterfaceError, sa.exc.TimeoutError):
        app.add_exception_handler(kind, on_database_error)
