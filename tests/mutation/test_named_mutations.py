"""Changes of what keeps people safe that once passed every test. For each, a table of pins must fail.

This is the short form of `make mutate`. Each change is a text of the source, which must be there exactly once: where
the source is written anew, the change is, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from tests.mutation.changed_world import changed, first_failure

_PREFLIGHT = "ground_station.flight.preflight"
_TABLES = "tests.ground_station.flight.preflight"
SETTINGS = f"{_TABLES}.test_required_parameters_table"
LIMITS = f"{_TABLES}.test_limits_table"
READ_BACK = "tests.ground_station.flight.protocols.test_readback_table"
READY = "tests.ground_station.service.test_ready_table"
TO_FLY = "tests.ground_station.flight.test_word_to_fly_table"
DURABLE = "tests.telemetry.test_durable_sqlite"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """One change of one module, and the tests that must notice."""

    module: str
    old: str
    new: str
    noticed_by: tuple[str, ...]


def _setting(old: str, new: str) -> Mutation:
    return Mutation(module=f"{_PREFLIGHT}.required_parameters", old=old, new=new, noticed_by=(SETTINGS, TO_FLY))


def _limit(old: str, new: str) -> Mutation:
    return Mutation(module=f"{_PREFLIGHT}.aircraft_checks", old=old, new=new, noticed_by=(LIMITS,))


def _read_back(old: str, new: str) -> Mutation:
    return Mutation(module="ground_station.flight.protocols.comparison", old=old, new=new, noticed_by=(READ_BACK,))


_RALLY = "0.0, 0.0, 0.0, 0.0, item.x, item.y, _whole_metres(item.z))"
MUTATIONS: Mapping[str, Mutation] = {
    "leaving the fence is only reported": _setting('name="FENCE_ACTION", value=1.0', 'name="FENCE_ACTION", value=0.0'),
    "silence is a loss after two minutes": _setting("_SILENCE_S = 5.0", "_SILENCE_S = 120.0"),
    "ten times the battery": _setting("round(needs.capacity_mah)", "round(needs.capacity_mah * 10)"),
    "rally latitude not compared": _read_back(_RALLY, _RALLY.replace("item.x", "0")),
    "rally longitude not compared": _read_back(_RALLY, _RALLY.replace("item.y", "0")),
    "kind of speed not compared": _read_back(
        "Command.DO_CHANGE_SPEED: _Kept(parameters=(_U8,", "Command.DO_CHANGE_SPEED: _Kept(parameters=(_dropped,"
    ),
    "gripper action not compared": _read_back(
        "Command.DO_GRIPPER: _Kept(parameters=(_U8, _U8,", "Command.DO_GRIPPER: _Kept(parameters=(_U8, _dropped,"
    ),
    "HDOP not judged": _limit(" and (gps.hdop or 99.0) <= _WORST_HDOP", ""),
    "satellites not judged": _limit(" and (gps.satellites or 0) >= _LEAST_SATELLITES", ""),
    "age of the battery's word not judged": _limit(
        " or battery.percent is None or _is_old(state, battery)", " or battery.percent is None"
    ),
    "height of the site not judged": _limit(" and up_m <= _HOME_HEIGHT_M", ""),
    "ready without the person's ticks": Mutation(
        module="ground_station.service.delivery",
        old="not self.refusals and not self.unticked",
        new="not self.refusals",
        noticed_by=(READY,),
    ),
    "databases not synced": Mutation(
        module="telemetry.engine_sql", old="synchronous = FULL", new="synchronous = OFF", noticed_by=(DURABLE,)
    ),
    "outbox not synced": Mutation(
        module="telemetry.outbox_sqlite",
        old="PRAGMA synchronous = FULL",
        new="PRAGMA synchronous = OFF",
        noticed_by=(DURABLE,),
    ),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_change_of_what_keeps_people_safe_is_noticed(name: str) -> None:
    mutation = MUTATIONS[name]
    for tests in mutation.noticed_by:
        with changed(mutation.module, mutation.old, mutation.new):
            assert first_failure(tests) is not None, f"{tests} passes with: {name}"


@pytest.mark.parametrize("tests", sorted({tests for one in MUTATIONS.values() for tests in one.noticed_by}))
def test_unchanged_the_same_tests_pass_in_the_same_way(tests: str) -> None:
    with changed("ground_station.flight.order", "OLDEST_ORDER_S = 5.0", "OLDEST_ORDER_S = 5.0"):
        assert first_failure(tests) is None
