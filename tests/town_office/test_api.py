"""Who may do what over HTTP, and what the answers hold."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from fleet.audit_file import verify_file
from fleet.positions import LonLat
from fleet.roles import Role
from missions.terrain.web_mercator import tile_of
from portal.openapi import OPEN_PATHS
from tests.town_office.conftest import PASSWORD, SignedIn, browser
from tests.town_office.field import LAT, LON

WISH = {"item": "水", "mass_kg": 4.0, "site_id": "takamuro"}
PLACES = {"z": "14", "x": "14256", "y": "6500", "picture_id": "p-1", "vehicle_id": "kite-1"}


def operations(office: SignedIn) -> list[tuple[str, str]]:
    """Return method and path of every operation, with something in place of each parameter."""
    found = []
    for path, methods in office.app.openapi()["paths"].items():
        filled = path
        for name, value in PLACES.items():
            filled = filled.replace(f"{{{name}}}", value)
        found += [(method.upper(), filled) for method in methods]
    return found


async def test_without_a_session_nothing_but_signing_in_and_health_answers(signed_in: SignedIn) -> None:
    async with browser(signed_in.app) as stranger:
        closed = [one for one in operations(signed_in) if one[1] not in OPEN_PATHS or one == ("DELETE", "/api/session")]
        assert len(closed) == 14
        for method, path in [*closed, ("GET", "/api/openapi.json")]:
            answer = await stranger.request(method, path, json=WISH if method == "POST" else None)
            assert answer.status_code == 401, (method, path)
            assert answer.headers["content-type"] == "application/problem+json"
        assert (await stranger.get("/api/health")).status_code == 200
        assert (await stranger.get("/api/session")).json()["person"] is None


async def test_the_openapi_document_tells_of_live_messages_and_problems_too(signed_in: SignedIn) -> None:
    assert {"OfficeLive", "LiveMessage", "ProblemOut"} <= set(signed_in.app.openapi()["components"]["schemas"])


async def test_a_change_without_the_pages_token_or_from_another_site_is_refused(signed_in: SignedIn) -> None:
    client = signed_in.client
    assert (await client.post("/api/requests", json=WISH)).status_code == 403
    wrong = {"X-CSRF-Token": "guessed"}
    assert (await client.post("/api/requests", json=WISH, headers=wrong)).status_code == 403
    foreign = {**signed_in.csrf, "Origin": "http://evil.example"}
    assert (await client.post("/api/requests", json=WISH, headers=foreign)).status_code == 403
    assert (await client.get("/api/requests")).json() == []


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 403), (Role.OPERATOR, 403), (Role.DISPATCHER, 201)])
async def test_only_a_dispatcher_asks_for_deliveries(signed_in: SignedIn, role: Role, status: int) -> None:
    person = {"name": "次郎", "roles": [role.value]}
    invited = await signed_in.client.post("/api/people", json=person, headers=signed_in.csrf)
    path = invited.json()["path"]
    assert path.startswith("/town?invitation=")
    async with browser(signed_in.app) as other:
        accepted = await other.post("/api/invitations", json={"token": path.partition("=")[2], "password": PASSWORD})
        csrf = {"X-CSRF-Token": accepted.json()["csrf_token"]}
        assert (await other.post("/api/requests", json=WISH, headers=csrf)).status_code == status
        assert (await other.get("/api/deliveries")).status_code == 200
        assert (await other.post("/api/people", json=person, headers=csrf)).status_code == 403


async def test_the_founder_administers_dispatches_and_sees_but_does_not_fly(signed_in: SignedIn) -> None:
    person = (await signed_in.client.get("/api/session")).json()["person"]
    assert person["roles"] == ["administrator", "dispatcher", "viewer"]
    assert "fly" not in person["permissions"]


async def test_the_set_up_link_works_once(signed_in: SignedIn) -> None:
    body = {"token": "x" * 32, "name": "だれか", "password": PASSWORD}
    assert (await signed_in.client.post("/api/setup", json=body)).status_code == 403
    assert signed_in.office.access.new_setup_token() is None


async def test_asking_is_in_the_audit_chain(signed_in: SignedIn) -> None:
    made = await signed_in.client.post("/api/requests", json=WISH, headers=signed_in.csrf)
    last, fault = verify_file(signed_in.office.settings.audit_file)
    assert fault is None
    assert last is not None
    assert (last.actor, last.action, last.subject) == ("町長", "request.ask", made.json()["id"])


@pytest.mark.parametrize(
    "change",
    [
        {"site_id": "nowhere"},
        {"site_id": "depot"},
        {"item": "   "},
        {"item": "水\x00"},
        {"note": "a\x07b"},
        {"mass_kg": -1},
        {"mass_kg": 1e9},
        {"urgency": 4},
        {"command": "ARM"},
    ],
)
async def test_what_cannot_be_asked_says_what_to_do(signed_in: SignedIn, change: dict[str, object]) -> None:
    answer = await signed_in.client.post("/api/requests", json={**WISH, **change}, headers=signed_in.csrf)
    assert answer.status_code == 422
    assert answer.json()["cure"]["ja"]
    assert answer.json()["cure"]["en"]
    assert (await signed_in.client.get("/api/requests")).json() == []


async def test_an_unknown_site_names_the_sites_there_are(signed_in: SignedIn) -> None:
    answer = await signed_in.client.post("/api/requests", json={**WISH, "site_id": "x"}, headers=signed_in.csrf)
    assert "高室集会所" in answer.json()["cure"]["ja"]


async def test_the_town_is_what_the_map_needs(signed_in: SignedIn) -> None:
    town = (await signed_in.client.get("/api/town")).json()
    assert town["terrain_synthetic"] is True
    assert {place["kind"] for place in town["places"]} == {"depot", "landing_site", "station"}
    west, south, east, north = town["bounds"]
    assert west < LON < east
    assert south < LAT < north


@pytest.mark.parametrize(
    ("kind", "ending", "media_type"),
    [("relief", "png", "image/png"), ("contour", "mvt", "application/vnd.mapbox-vector-tile")],
)
async def test_a_tile_is_sent_once_and_then_known(signed_in: SignedIn, kind: str, ending: str, media_type: str) -> None:
    tile = tile_of(LonLat(lon_deg=LON, lat_deg=LAT), 13)
    path = f"{kind}/{tile.z}/{tile.x}/{tile.y}.{ending}"
    first = await signed_in.client.get(f"/api/tiles/{path}")
    assert (first.status_code, first.headers["content-type"]) == (200, media_type)
    assert len(first.content) > 200
    etag = first.headers["etag"]
    for named in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = await signed_in.client.get(f"/api/tiles/{path}", headers={"If-None-Match": named})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    other = await signed_in.client.get(f"/api/tiles/{path}", headers={"If-None-Match": '"other"'})
    assert other.content == first.content


async def test_a_tile_that_cannot_be_is_refused(signed_in: SignedIn) -> None:
    for path in ("relief/3/8/0.png", "relief/23/0/0.png", "contour/0/-1/0.mvt", "relief/a/0/0.png"):
        assert (await signed_in.client.get(f"/api/tiles/{path}")).status_code == 422


async def test_half_an_area_and_a_made_up_cursor_are_refused(signed_in: SignedIn) -> None:
    for query in ("west=133", "cursor=abc", "cursor=MS4wIAA=", "limit=0", "since_s=nan", "since_s=inf"):
        answer = await signed_in.client.get(f"/api/pictures?{query}")
        assert answer.status_code == 422, query
        assert answer.json()["code"] == "invalid-value"


async def test_what_is_not_there_is_not_found_in_both_languages(signed_in: SignedIn) -> None:
    for tail in ("", "/thumbnail", "/preview", "/original"):
        answer = await signed_in.client.get(f"/api/pictures/no-such{tail}")
        assert answer.status_code == 404
        assert answer.json()["what"]["ja"]


async def test_the_page_is_served_when_it_is_built_and_says_so_when_not(signed_in: SignedIn) -> None:
    assert (await signed_in.client.get("/")).headers["location"] == "/town"
    assert (await signed_in.client.get("/town")).status_code == 503
    folder: Path = signed_in.office.settings.pages_folder
    folder.mkdir()
    (folder / "town.html").write_text("<title>役場</title>")
    page = await signed_in.client.get("/town")
    assert "役場" in page.text
    assert "default-src 'self'" in page.headers["content-security-policy"]


@pytest.mark.parametrize("table", ["sessions", "deliveries"])
async def test_a_database_that_fails_is_a_problem_in_words(signed_in: SignedIn, table: str) -> None:
    engine = sa.create_engine(signed_in.office.settings.database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP TABLE {table}")
    engine.dispose()
    answer = await signed_in.client.get("/api/deliveries")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["cure"]["en"]
