"""Who may do what over the station's HTTP interface: every route beside every kind of person."""

from fleet.roles import Role
from tests.ground_station.api.conftest import Served, browser

OPEN = frozenset({Role.VIEWER, Role.DISPATCHER, Role.OPERATOR, None})
SEE = OPEN - {None}
PLAN = frozenset({Role.DISPATCHER, Role.OPERATOR})
FLY = frozenset({Role.OPERATOR})
NOBODY: frozenset[Role | None] = frozenset()

TABLE: dict[tuple[str, str], frozenset[Role | None]] = {
    ("GET", "/api/session"): OPEN,
    ("POST", "/api/session"): OPEN,
    ("POST", "/api/setup"): OPEN,
    ("POST", "/api/invitations"): OPEN,
    ("POST", "/api/people"): NOBODY,
    ("GET", "/api/town"): SEE,
    ("GET", "/api/tiles/relief/{z}/{x}/{y}.png"): SEE,
    ("GET", "/api/tiles/contour/{z}/{x}/{y}.mvt"): SEE,
    ("GET", "/api/requests"): SEE,
    ("POST", "/api/requests"): PLAN,
    ("DELETE", "/api/requests/{request_id}"): PLAN,
    ("POST", "/api/requests/{request_id}/plans"): PLAN,
    ("GET", "/api/plans/{plan_id}"): SEE,
    ("GET", "/api/plans/{plan_id}/mission.plan"): SEE,
    ("GET", "/api/plans/{plan_id}/mission.waypoints"): SEE,
    ("GET", "/api/deliveries"): SEE,
    ("POST", "/api/deliveries"): FLY,
    ("GET", "/api/deliveries/{delivery_id}"): SEE,
    ("POST", "/api/deliveries/{delivery_id}/checks/{check_id}"): FLY,
    ("POST", "/api/deliveries/{delivery_id}/cure"): FLY,
    ("POST", "/api/deliveries/{delivery_id}/cancel"): FLY,
    ("POST", "/api/deliveries/{delivery_id}/fly"): FLY,
    ("POST", "/api/deliveries/{delivery_id}/load"): FLY,
    ("POST", "/api/vehicles/{vehicle_id}/commands"): FLY,
    ("POST", "/api/vehicles/{vehicle_id}/sender"): FLY,
    ("POST", "/api/sky-clear"): FLY,
    ("GET", "/api/health"): OPEN,
    ("POST", "/api/companion/pictures"): NOBODY,
    ("GET", "/api/pictures"): SEE,
    ("GET", "/api/pictures/{picture_id}/thumbnail"): SEE,
    ("GET", "/api/pictures/{picture_id}/preview"): SEE,
    ("GET", "/api/pictures/{picture_id}/original"): SEE,
    ("DELETE", "/api/session"): SEE,
}
PLACES = {"z": "14", "x": "14256", "y": "6500", "vehicle_id": "kakehashi-1", "check_id": "pad-clear"}
COMPANION = ("POST", "/api/companion/pictures")


def _filled(path: str) -> str:
    for part in ("z", "x", "y", "request_id", "plan_id", "delivery_id", "check_id", "vehicle_id", "picture_id"):
        path = path.replace(f"{{{part}}}", PLACES.get(part, "none-1"))
    return path


async def test_every_route_stands_in_the_table_of_who_may(served: Served) -> None:
    documented = served.app.openapi()["paths"]
    assert {(method.upper(), path) for path, methods in documented.items() for method in methods} == TABLE.keys()


async def test_each_route_lets_in_whom_the_table_names_and_nobody_else(served: Served) -> None:
    async with browser(served.app) as stranger:
        for (method, path), allowed in TABLE.items():
            answer = await stranger.request(method, _filled(path), json={})
            assert (answer.status_code == 401) is (None not in allowed), (method, path, answer.status_code)
    for role in (Role.VIEWER, Role.DISPATCHER, Role.OPERATOR):
        async with served.person(f"{role.value} 一郎", role) as person:
            for (method, path), allowed in TABLE.items():
                answer = await person.client.request(method, _filled(path), json={}, headers=person.csrf)
                refusal = 401 if (method, path) == COMPANION else 403
                where = (role, method, path, answer.status_code)
                assert (answer.status_code == refusal) is (role not in allowed), where
                assert answer.status_code < 500 or "/commands" in path, where
            assert (await person.client.get("/api/town")).status_code == 401, "signed out by the last row"


async def test_a_change_without_the_pages_token_or_from_another_site_is_refused(served: Served) -> None:
    client, csrf = served.founder.client, served.founder.csrf
    for (method, path), allowed in TABLE.items():
        if method == "GET":
            continue
        foreign = await client.request(
            method, _filled(path), json={}, headers={**csrf, "Origin": "http://evil.example"}
        )
        assert foreign.status_code == 403, (method, path)
        if None in allowed or (method, path) == COMPANION:
            continue
        for headers in ({}, {"X-CSRF-Token": "guessed"}):
            answer = await client.request(method, _filled(path), json={}, headers=headers)
            assert answer.status_code == 403, (method, path)
    assert (await client.get("/api/session")).json()["person"] is not None
    assert served.core.station.ledger.recent() == ()


async def test_a_device_is_let_in_by_its_key_alone(served: Served) -> None:
    async with browser(served.app) as device:
        for key, status in (("", 401), ("Bearer ", 401), ("Bearer guessed", 401), (f"Bearer {'k' * 32}", 422)):
            headers = {"Authorization": key} if key else {}
            assert (await device.post(COMPANION[1], headers=headers)).status_code == status, key
        assert (await device.get("/api/town", headers={"Authorization": f"Bearer {'k' * 32}"})).status_code == 401


async def test_reading_the_session_sets_its_cookie_again(served: Served) -> None:
    answer = await served.founder.client.get("/api/session")
    (cookie,) = answer.headers.get_list("set-cookie")
    assert cookie.startswith("kakehashi_station_drill=")
    assert {"HttpOnly", "SameSite=strict"} <= set(cookie.split("; "))
    async with browser(served.app) as stranger:
        assert "set-cookie" not in (await stranger.get("/api/session")).headers


async def test_a_name_that_cannot_be_read_gets_no_account_and_is_told_why_in_japanese(served: Served) -> None:
    founder = served.founder
    for name in ("  ", "次郎\x00", "次郎\u202e"):
        answer = await founder.client.post(
            "/api/people", json={"name": name, "roles": ["viewer"]}, headers=founder.csrf
        )
        assert answer.status_code == 422
        assert answer.json()["what"]["ja"].startswith("入力に誤りがあります: name（")
        assert answer.json()["what"]["en"].isascii()
        body = {"token": "x" * 32, "name": name, "password": "correct horse battery"}
        assert (await founder.client.post("/api/setup", json=body)).status_code == 422
