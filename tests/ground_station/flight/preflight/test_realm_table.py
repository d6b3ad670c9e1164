"""Which aircraft may fly in which realm, over every realm, every proof and every number heard on the link."""

from collections.abc import Mapping

import pytest

from fleet.errors import RefusedError
from fleet.ids import VehicleId
from fleet.realm import Realm
from fleet.text import Text
from ground_station.flight.preflight.drill_wall import drill_wall, require_realm
from ground_station.flight.preflight.system_id import system_id_check
from ground_station.flight.vehicles.telemetry import Simulated
from missions.values.finding import Level

UNPROVED, REAL, SIMULATED = "it is not proved yet", "real aircraft cannot join", "simulated aircraft cannot fly live"
WALL: Mapping[tuple[Realm, Simulated], str | None] = {
    (Realm.LIVE, Simulated.NO): None,
    (Realm.LIVE, Simulated.YES): SIMULATED,
    (Realm.LIVE, Simulated.UNKNOWN): UNPROVED,
    (Realm.DRILL, Simulated.NO): REAL,
    (Realm.DRILL, Simulated.YES): None,
    (Realm.DRILL, Simulated.UNKNOWN): UNPROVED,
}
SHOWN: Mapping[Realm, Text] = {
    Realm.LIVE: Text("実機（本番）", "real, live"),
    Realm.DRILL: Text("模擬機（訓練）", "simulated, in a drill"),
}


@pytest.mark.parametrize("simulated", Simulated)
@pytest.mark.parametrize("realm", Realm)
def test_the_wall_lets_pass_only_what_is_proved_to_belong_there(realm: Realm, simulated: Simulated) -> None:
    refusal = WALL[realm, simulated]
    found = drill_wall(realm, simulated)
    assert found.rule == "drill-wall"
    if refusal is None:
        assert (found.level, found.text, found.cure) == (Level.OK, SHOWN[realm], None)
        require_realm(realm, simulated)
        return
    assert found.level is Level.REFUSE
    assert found.cure is not None
    assert found.cure.action == ("identify" if refusal is UNPROVED else None)
    assert refusal in found.text.en
    with pytest.raises(RefusedError) as raised:
        require_realm(realm, simulated)
    assert (raised.value.what, raised.value.cure) == (found.text, found.cure.text)


NUMBERS: Mapping[tuple[Realm, int, int], Level] = {
    (Realm.LIVE, 7, 7): Level.OK,
    (Realm.LIVE, 1, 7): Level.REFUSE,
    (Realm.LIVE, 8, 7): Level.REFUSE,
    (Realm.LIVE, 0, 7): Level.REFUSE,
    (Realm.LIVE, 1, 1): Level.OK,
    (Realm.DRILL, 7, 7): Level.OK,
    (Realm.DRILL, 1, 7): Level.WARN,
    (Realm.DRILL, 8, 7): Level.WARN,
    (Realm.DRILL, 0, 7): Level.REFUSE,
    (Realm.DRILL, 1, 1): Level.OK,
}


@pytest.mark.parametrize(("realm", "heard", "named"), NUMBERS)
def test_live_another_number_does_not_fly_and_in_a_drill_it_is_warned_of(realm: Realm, heard: int, named: int) -> None:
    level = NUMBERS[realm, heard, named]
    name = Text("はと", "Hato")
    found = system_id_check(realm, heard, named=named, vehicle_id=VehicleId("hato-1"), name=name)
    assert (found.level, found.rule) == (level, "aircraft.system-id")
    if level is Level.OK:
        assert found.cure is None
        assert f"({heard})" in found.text.en
        return
    assert found.cure is not None
    if heard == 0:
        assert "not come yet" in found.text.en
        assert found.cure.text.en == "wait"
    else:
        assert f"has system id {heard}, but Hato is registered with {named}" in found.text.en
        assert f"番号 {heard} です。はとの登録は {named} です" in found.text.ja
        assert "aircraft/hato-1.toml" in found.cure.text.en


def test_every_realm_stands_in_both_tables() -> None:
    assert WALL.keys() == {(realm, simulated) for realm in Realm for simulated in Simulated}
    assert {realm for realm, _, _ in NUMBERS} == SHOWN.keys() == set(Realm)
