"""Routes of requests and deliveries. The office asks; a station decides and flies."""

from fastapi import APIRouter

from portal.guard import Requester, Viewer
from town_office.api.schemas import DeliveryOut, RequestIn, RequestOut
from town_office.office import TownOffice


def request_router(office: TownOffice) -> APIRouter:
    """Return the routes `/api/requests` and `/api/deliveries`."""
    router = APIRouter(prefix="/api", tags=["deliveries"])

    @router.get("/requests")
    def read_requests(_: Viewer) -> list[RequestOut]:
        """Return the newest 500 requests, newest first."""
        return list(office.requests.newest())

    @router.post("/requests", status_code=201)
    async def ask_for_delivery(body: RequestIn, requester: Requester) -> RequestOut:
        """Ask the station for a delivery; it is kept until the station has it."""
        return await office.ask(body, requester)

    @router.get("/deliveries")
    def read_deliveries(_: Viewer) -> list[DeliveryOut]:
        """Return the 500 deliveries that changed last, newest first."""
        return list(office.deliveries.newest())

    return router
