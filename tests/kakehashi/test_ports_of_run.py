"""Every port of a run is looked at before it starts, and by the doctor."""

import socket
from pathlib import Path

import pytest

from fleet.errors import BadInputError, UnavailableError
from fleet.realm import Realm
from kakehashi.compose_sim import server_settings
from kakehashi.diagnosis import diagnose
from kakehashi.ports import is_free
from kakehashi.ports_of_run import ports_of_run, simulated_ports
from kakehashi.settings import BrokerKind, BrokerSettings, Settings, SimSettings, StationSettings
from missions.values.finding import Finding, Level
from tests.kakehashi.running import free_ports


def _wanted(settings: Settings) -> list[tuple[str, int]]:
    return [(one.setting, one.port) for one in ports_of_run(settings)]


def test_a_drill_listens_on_a_port_for_each_simulated_aircraft_too() -> None:
    settings = Settings(realm=Realm.DRILL, sim=SimSettings(base_port=5800, count=3))
    assert _wanted(settings) == [
        ("station.port", 8710),
        ("office.port", 8720),
        ("broker.port", 8730),
        *(("sim.base_port", port) for port in (5800, 5810, 5820)),
    ]


@pytest.mark.parametrize(
    "settings",
    [
        Settings(realm=Realm.LIVE),
        Settings(realm=Realm.DRILL, station=StationSettings(vehicles=("tcp:127.0.0.1:1",))),
    ],
    ids=["live", "linked"],
)
def test_a_run_without_simulator_and_an_external_broker_need_no_port(settings: Settings) -> None:
    external = settings.model_copy(update={"broker": BrokerSettings(kind=BrokerKind.EXTERNAL)})
    assert _wanted(external) == [("station.port", 8710), ("office.port", 8720)]


def test_ports_beyond_the_last_are_refused() -> None:
    settings = Settings(realm=Realm.DRILL, sim=SimSettings(base_port=65_000, count=55))
    with pytest.raises(BadInputError) as refused:
        simulated_ports(settings)
    with pytest.raises(BadInputError):
        server_settings(settings)
    assert refused.value.cure is not None
    assert "sim.base_port" in refused.value.cure.en
    found = [one for one in diagnose(settings) if one.rule == "ports"]
    assert [one.level for one in found] == [Level.REFUSE]


def _simulators(settings: Settings) -> list[Finding]:
    return [finding for finding in diagnose(settings) if finding.rule == "sim.base_port"]


def test_the_doctor_names_the_simulators_port_that_is_in_use(tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        sim = SimSettings(base_port=port - 10, count=2)
        findings = _simulators(Settings(home=tmp_path, realm=Realm.DRILL, sim=sim))
    assert len(findings) == 2
    last = findings[-1]
    assert last.level is Level.WARN
    assert str(port) in last.text.ja
    assert last.cure is not None
    assert "KAKEHASHI_SIM__BASE_PORT" in last.cure.text.ja


def test_the_doctor_of_a_live_run_does_not_look_at_the_simulators_ports(tmp_path: Path) -> None:
    sim = SimSettings(base_port=free_ports(1)[0])
    assert _simulators(Settings(home=tmp_path, realm=Realm.LIVE, sim=sim)) == []
    assert [one.level for one in _simulators(Settings(home=tmp_path, realm=Realm.DRILL, sim=sim))] == [Level.OK]


@pytest.mark.parametrize("host", ["あ" * 70, "a..b", "x\0y"])
def test_a_name_that_no_host_can_have_is_named(host: str) -> None:
    with pytest.raises(UnavailableError) as refused:
        is_free(host, 1)
    assert host in refused.value.what.ja
    assert refused.value.cure is not None
