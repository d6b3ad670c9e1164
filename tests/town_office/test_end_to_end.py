"""Station → embedded broker → office → browser, with every part real, and the way down again."""

import socket
from pathlib import Path

import httpx

from telemetry.brokers.embedded import EmbeddedBroker
from telemetry.codec import DownMessage
from tests.town_office.conftest import SignedIn, browser, open_office
from tests.town_office.field import (
    STATION,
    VEHICLE,
    alert,
    book,
    delivery_state,
    office_settings,
    request_state,
    running,
    station_health,
    track,
    until,
    vehicle_state,
)
from tests.town_office.page import Page, served
from tests.town_office.station import FieldStation, field_station
from town_office.api.app import create_app
from town_office.office import TownOffice

T0 = 1_780_000_000.0


def cookie_of(client: httpx.AsyncClient) -> str:
    return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


async def test_what_the_field_sends_is_on_the_page(tmp_path: Path) -> None:
    page = Page()
    async with (
        EmbeddedBroker(book=book(), port=0) as broker,
        open_office(tmp_path / "office", broker_port=broker.port) as office,
        served(office.app) as port,
        running(lambda: page.follow(port, cookie_of(office.client))),
        field_station(tmp_path / "station", broker.port, []) as station,
    ):
        await until(lambda: page.state.get("broker_connected") is True)
        await station.say(vehicle_state(), delivery_state("flying"), request_state(state="flying"))
        await station.say(alert(), station_health(pictures=1))
        await until(lambda: page.entity("vehicles", VEHICLE).get("link") == "fresh")
        await until(lambda: page.entity("deliveries", "delivery-1").get("state") == "flying")
        await until(lambda: page.entity("requests", "request-1").get("state") == "flying")
        await until(lambda: "alert-1" in page.state["alerts"])
        await station.say(alert(over_at_s=T0))
        await until(lambda: "alert-1" not in page.state["alerts"])
        await until(lambda: page.entity("stations", STATION).get("pending_pictures") == 1)
        assert page.entity("stations", STATION)["connected"] is True
        await station.say(delivery_state("delivered"), vehicle_state(lon_deg=133.26))
        await until(lambda: page.entity("deliveries", "delivery-1").get("state") == "delivered")
        await until(lambda: page.entity("vehicles", VEHICLE).get("lon_deg") == 133.26)
        assert page.kinds[0] == "snapshot"
        assert "delta" in page.kinds
        # Nothing more comes: the office says so by itself, and the rest of the aircraft stays as it was.
        await until(lambda: page.entity("vehicles", VEHICLE).get("link") == "stale")
        assert page.entity("vehicles", VEHICLE)["activity"]["ja"] == "高室へ飛行中"


async def test_a_picture_arrives_whole_with_its_place_and_copies(tmp_path: Path) -> None:
    page = Page()
    async with (
        EmbeddedBroker(book=book(), port=0) as broker,
        open_office(tmp_path / "office", broker_port=broker.port) as office,
        served(office.app) as port,
        running(lambda: page.follow(port, cookie_of(office.client))),
        field_station(tmp_path / "station", broker.port, []) as station,
    ):
        taken = await station.photograph()
        await until(lambda: page.entity("pictures", taken.id).get("state") == "complete")
        await until(station.is_empty)
        await until(lambda: knows_that_it_arrived(station, taken.id))
        shown = page.entity("pictures", taken.id)
        assert (shown["lon_deg"], shown["heading_deg"], shown["who"]) == (taken.lon_deg, taken.heading_deg, VEHICLE)
        assert shown["chunks_have"] == shown["chunks_total"] >= 4
        original = await office.client.get(shown["original"])
        assert original.headers["content-type"] == "image/jpeg"
        assert original.headers["content-disposition"] == f'attachment; filename="{taken.id}.jpg"'
        assert len(original.content) == taken.size_bytes
        for address in (shown["thumbnail"], shown["preview"]):
            copy = await office.client.get(address)
            assert copy.content.startswith(b"\xff\xd8")
            assert copy.headers["cache-control"] == "private, max-age=31536000, immutable"
            assert copy.headers["x-content-type-options"] == "nosniff"
            assert b"Exif" not in copy.content
            again = await office.client.get(address, headers={"If-None-Match": copy.headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")


async def knows_that_it_arrived(station: FieldStation, picture_id: str) -> bool:
    return (await station.pictures.reader.picture(picture_id)).delivered_at_s is not None


async def test_what_the_office_asks_reaches_the_station_once(tmp_path: Path) -> None:
    asked: list[DownMessage] = []
    async with (
        EmbeddedBroker(book=book(), port=0) as broker,
        open_office(tmp_path / "office", broker_port=broker.port) as office,
    ):
        wish = {"item": "水", "mass_kg": 4.0, "site_id": "takamuro", "urgency": 2, "note": "至急"}
        made = (await office.client.post("/api/requests", json=wish, headers=office.csrf)).json()
        assert made["reached_station"] is False
        async with field_station(tmp_path / "station", broker.port, asked) as station:
            await until(lambda: is_reached(office, made["id"]))
            assert [(one.kind, one.body["id"]) for one in asked] == [("delivery.request", made["id"])]
            assert asked[0].body["note"] == "至急"
            await station.say(request_state(made["id"], "planned", "office"))
            await until(lambda: is_in_state(office, made["id"], "planned"))
        assert office.office.hub.state.state["requests"][made["id"]]["reached_station"] is True


async def is_reached(office: SignedIn, request_id: str) -> bool:
    requests = (await office.client.get("/api/requests")).json()
    return any(request["id"] == request_id and request["reached_station"] for request in requests)


async def is_in_state(office: SignedIn, request_id: str, state: str) -> bool:
    live = office.office.hub.state.state["requests"]
    return request_id in live and live[request_id]["state"] == state


async def test_a_restart_keeps_everything_that_was_shown(tmp_path: Path) -> None:
    async with EmbeddedBroker(book=book(), port=0) as broker:
        async with open_office(tmp_path / "office", broker_port=broker.port) as office:
            async with field_station(tmp_path / "station", broker.port, []) as station:
                await station.say(vehicle_state(), delivery_state(), request_state(), alert(), station_health())
                await station.say(*(track(T0 + second) for second in range(60)))
                taken = await station.photograph()
                await until(lambda: shows_whole(office.office, taken.id))
                await until(station.is_empty)
            cookies = office.client.cookies
            before = office.office.hub.state
        async with TownOffice.open(office_settings(tmp_path / "office")) as restarted:
            after = restarted.hub.state
            assert after.cursor > before.cursor
            for collection in ("deliveries", "requests", "pictures", "alerts"):
                assert after.state[collection] == before.state[collection]
                assert after.state[collection]
            assert after.state["vehicles"][VEHICLE]["lon_deg"] == before.state["vehicles"][VEHICLE]["lon_deg"]
            assert after.state["stations"][STATION]["pending_pictures"] == 12
            assert after.state["broker_connected"] is False
            async with browser(create_app(restarted)) as client:
                client.cookies = cookies
                points = (await client.get(f"/api/vehicles/{VEHICLE}/track?since_s={T0}&until_s={T0 + 30}")).json()
                assert [point["at_s"] for point in points["points"]] == [T0 + second for second in range(30)]
                thinned = (
                    await client.get(f"/api/vehicles/{VEHICLE}/track?since_s={T0}&until_s={T0 + 60}&limit=6")
                ).json()
                assert [point["at_s"] - T0 for point in thinned["points"]] == [0.0, 10.0, 20.0, 30.0, 40.0, 50.0]
                original = await client.get(f"/api/pictures/{taken.id}/original")
                assert len(original.content) == taken.size_bytes
        assert restarted.access.new_setup_token() is None


def shows_whole(office: TownOffice, picture_id: str) -> bool:
    pictures = office.hub.state.state["pictures"]
    return picture_id in pictures and pictures[picture_id]["state"] == "complete"


async def test_health_tells_of_a_lost_broker_and_of_its_return(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with open_office(tmp_path / "office", broker_port=port) as office:
        live = office.office.hub.state.state
        await until(lambda: says(office, "degraded", "not reached"))
        async with EmbeddedBroker(book=book(), port=port):
            await until(lambda: says(office, "ok", "connected"))
            await until(lambda: live["broker_connected"] is True)
        await until(lambda: says(office, "degraded", "not reached"))
        await until(lambda: live["broker_connected"] is False)
        async with EmbeddedBroker(book=book(), port=port):
            async with field_station(tmp_path / "station", port, []) as station:
                await station.say(vehicle_state())
                await until(lambda: VEHICLE in live["vehicles"])
            await until(lambda: says(office, "ok", "connected"))
            assert live["broker_connected"] is True


async def says(office: SignedIn, status: str, broker: str) -> bool:
    health = (await office.client.get("/api/health")).json()
    return bool(health["status"] == status and broker in health["details"]["broker"])
