"""A service that is started as a process of its own works with the settings of the run that started it."""

import os
from pathlib import Path

import pytest

from fleet.realm import Realm
from kakehashi.all_in_one import services_of
from kakehashi.settings import Settings, load_settings

OTHERS = """
log_level = "debug"
[town]
bundle = "another-town"
[broker]
username = "someone"
password = "secret"
[office]
database = "sqlite:///another.sqlite"
[sim]
udp_out = "127.0.0.1:14550"
arducopter = "another-binary"
"""
OURS = """
home = "ours"
[broker]
password = ""
[station]
port = 8711
vehicles = ["kakehashi-1=serial:/dev/ttyUSB0:57600", "tcp:127.0.0.1:5770"]
[sim]
gusts_mps = 2.5
landslide = false
"""


def _in_the_services(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    found = []
    for service in services_of(settings):
        with monkeypatch.context() as patch:
            for name in list(os.environ):
                patch.delenv(name)
            for name, value in service.environment.items():
                patch.setenv(name, value)
            found.append(load_settings())
    return found


@pytest.mark.parametrize("ours", [OURS, ""], ids=["set", "unset"])
def test_services_have_the_settings_of_the_named_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ours: str
) -> None:
    for name in [name for name in os.environ if name.startswith("KAKEHASHI_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kakehashi.toml").write_text(OTHERS)
    file = tmp_path / "ours.toml"
    file.write_text(ours)
    settings = load_settings(file, realm=Realm.DRILL)
    assert [dict(one) for one in _in_the_services(settings, monkeypatch)] == [dict(settings)] * len(
        services_of(settings)
    )


def test_a_variable_that_the_run_overrode_with_nothing_does_not_reach_the_services(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KAKEHASHI_SIM__UDP_OUT", "127.0.0.1:14550")
    monkeypatch.setenv("KAKEHASHI_CONFIG", "")
    settings = load_settings(realm=Realm.DRILL)
    without = settings.model_copy(update={"sim": settings.sim.model_copy(update={"udp_out": None})})
    assert {one.sim.udp_out for one in _in_the_services(without, monkeypatch)} == {None}
