"""The ground station's HTTP application."""

from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI

from ground_station.api import delivery_routes, picture_routes, request_routes, vehicle_routes
from ground_station.api.picture_routes import COMPANION_FORM, COMPANION_PATH, DeviceKeys, device_of
from ground_station.api.schemas import StationLive
from ground_station.field_station import FieldStation
from missions.formats.town_map import town_map
from missions.terrain.tile_cache import TileCache
from portal.guard import Upload, install_guard
from portal.live_route import live_router
from portal.map_routes import map_router
from portal.openapi import install_openapi
from portal.pages import install_pages
from portal.problems import install_problems
from portal.schemas import TownOut
from portal.session_routes import ServiceFacts, session_router


def create_app(station: FieldStation, *, device_keys: DeviceKeys, pages: Path) -> FastAPI:
    """Return the application; `pages` holds the built web pages."""
    app = FastAPI(
        title="Kakehashi ground station",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    setup = station.setup
    cookie = f"kakehashi_station_{setup.realm.value}"
    companion = Upload(sender=device_of, form=COMPANION_FORM)
    install_guard(
        app,
        access=station.access,
        cookie=cookie,
        upload_paths={COMPANION_PATH: companion},
        port_beside=urlsplit(setup.flight_page).port if setup.flight_page else None,
    )
    install_problems(app)
    app.state.station = station
    app.state.device_keys = device_keys
    facts = ServiceFacts(
        service="station",
        page="operator",
        realm=setup.realm,
        town_name=setup.town.name,
        time_scale=setup.time_scale,
    )
    app.include_router(session_router(facts))
    app.include_router(map_router(TownOut(**town_map(setup.town)), TileCache(setup.town.terrain).tile))
    for routes in (request_routes, delivery_routes, vehicle_routes, picture_routes):
        app.include_router(routes.router)
    app.include_router(live_router(station.hub))
    install_openapi(app, cookie, StationLive)
    install_pages(app, pages, "operator")
    return app
