"""Pictures by page, place and time, from an office that already has some."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.town_office.conftest import SignedIn, open_office
from tests.town_office.field import LAT, LON
from tests.town_office.filling import JPEG, T0, fill


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[SignedIn]:
    fill(tmp_path, pictures=12)
    async with open_office(tmp_path) as signed_in:
        yield signed_in


async def ids(office: SignedIn, query: str) -> list[str]:
    answer = await office.client.get(f"/api/pictures?{query}")
    assert answer.status_code == 200, answer.text
    return [picture["id"] for picture in answer.json()["pictures"]]


async def test_pages_follow_each_other_newest_first_without_gap_or_repetition(office: SignedIn) -> None:
    seen: list[str] = []
    cursor = ""
    for _ in range(3):
        page = (await office.client.get(f"/api/pictures?limit=5{cursor}")).json()
        seen += [picture["id"] for picture in page["pictures"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == [f"picture-{number}" for number in reversed(range(12))]
    assert page["next_cursor"] is None


async def test_pictures_are_found_by_place_and_by_time(office: SignedIn) -> None:
    box = f"west={LON + 0.0025}&east={LON + 0.0045}&south={LAT - 0.01}&north={LAT + 0.01}"
    assert await ids(office, box) == ["picture-4", "picture-3"]
    assert await ids(office, f"since_s={T0 + 3}&until_s={T0 + 5}") == ["picture-4", "picture-3"]
    assert await ids(office, f"{box}&since_s={T0 + 4}") == ["picture-4"]


async def test_of_a_picture_on_its_way_only_the_thumbnail_can_be_had(office: SignedIn) -> None:
    picture = (await office.client.get("/api/pictures/picture-3")).json()
    assert (picture["state"], picture["preview"], picture["original"]) == ("thumbnail", None, None)
    thumbnail = await office.client.get(picture["thumbnail"])
    assert (thumbnail.content, thumbnail.headers["content-type"]) == (JPEG, "image/jpeg")
    for tail in ("preview", "original"):
        answer = await office.client.get(f"/api/pictures/picture-3/{tail}")
        assert answer.status_code == 409
        assert "0/3" in answer.json()["what"]["en"]


async def test_the_live_state_holds_the_newest_five_hundred(tmp_path: Path) -> None:
    fill(tmp_path / "many", pictures=503)
    async with open_office(tmp_path / "many") as signed_in:
        shown = signed_in.office.hub.state.state["pictures"]
        assert len(shown) == 500
        assert {"picture-0", "picture-1", "picture-2"}.isdisjoint(shown)
        assert len(await ids(signed_in, "limit=500")) == 500
