"""Serves the flight core's own page 緊急操作; loaded only once the core is at work."""

from ground_station.flight.core import FlightCore
from ground_station.flight.page.app import PageDoor, create_app
from ground_station.flight.page.code import CodeDoor
from kakehashi.settings import Settings
from kakehashi.web_server import WebServer


async def serve(settings: Settings, core: FlightCore, code: CodeDoor) -> None:
    """Serve the page until cancelled or until its server ends; raises UnavailableError if the port cannot be had."""
    door = PageDoor(
        realm=settings.realm,
        cookie=f"kakehashi_station_{settings.realm.value}",
        code=code,
        desk_port=settings.station.port,
    )
    async with WebServer(create_app(core, door), settings.flight.host, settings.flight.port) as server:
        await server.ended()
