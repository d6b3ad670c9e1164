"""No message of the town can become a flight order: who can give one cannot be reached from what comes in."""

import grimp
import pytest

PORT = "ground_station.flight.port"
# These put the parts together, and give no order themselves.
COMPOSITION = {"ground_station.field_station", "ground_station.station_setup"}
REPLICATION = (
    "telemetry.relay_mqtt",
    "telemetry.relay",
    "ground_station.service.town_link",
    "ground_station.town_side",
)


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("ground_station", "telemetry", "missions", "imagery", "portal", "fleet", cache_dir=None)


def _users(graph: grimp.ImportGraph) -> set[str]:
    return {
        name
        for name in graph.find_modules_that_directly_import(PORT)
        if not name.startswith(("ground_station.flight", "ground_station.api")) and name not in COMPOSITION
    }


def test_no_module_that_speaks_with_the_flight_core_imports_replication(graph: grimp.ImportGraph) -> None:
    users = _users(graph)
    assert len(users) >= 5
    reached = {
        (user, replication)
        for user in users
        for replication in REPLICATION
        if graph.find_shortest_chain(importer=user, imported=replication) is not None
    }
    assert reached == set()


@pytest.mark.parametrize("replication", REPLICATION)
def test_nothing_that_takes_in_the_towns_messages_reaches_the_port(graph: grimp.ImportGraph, replication: str) -> None:
    assert graph.find_shortest_chain(importer=replication, imported=PORT) is None
