"""No route of the office takes more than it needs, whatever a body's head says."""

from tests.portal.bodies import require_json_limits, routes_with_bodies
from tests.town_office.conftest import SignedIn, browser


async def test_every_route_with_a_body_refuses_a_gigabyte_while_it_arrives(signed_in: SignedIn) -> None:
    async with browser(signed_in.app) as stranger:
        tried = await require_json_limits(signed_in.app, signed_in.client, signed_in.csrf, stranger)
    assert tried == [route.path for route in routes_with_bodies(signed_in.app)]
    assert "/api/requests" in tried
