"""A variable that looks like a setting but is none is not passed over in silence."""

from pathlib import Path

import pytest

from fleet.errors import BadInputError
from kakehashi.settings import Settings
from kakehashi.variables import names_of, require_known, variable_of, without_settings
from tests.kakehashi.running import environment, kakehashi


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("KAKEHASHI_STATON__PORT", "KAKEHASHI_STATION__PORT"),
        ("KAKEHASHI_STATION_PORT", "KAKEHASHI_STATION__PORT"),
        ("KAKEHASHI_STATION__PROT", "KAKEHASHI_STATION__PORT"),
        ("kakehashi_hoem", "KAKEHASHI_HOME"),
        ("KAKEHASHI_CONFG", "KAKEHASHI_CONFIG"),
        ("kakehashi_config", "KAKEHASHI_CONFIG"),
    ],
)
def test_a_misspelt_variable_is_named_with_the_setting_that_is_nearest(written: str, meant: str) -> None:
    with pytest.raises(BadInputError) as refused:
        require_known({"PATH": "/bin", written: "1"}, Settings)
    assert written in refused.value.what.ja
    assert refused.value.cure is not None
    assert meant in refused.value.cure.en


def test_a_variable_near_to_nothing_is_named_all_the_same() -> None:
    with pytest.raises(BadInputError, match="KAKEHASHI_XYZZY") as refused:
        require_known({"KAKEHASHI_XYZZY": "1"}, Settings)
    assert refused.value.cure is not None
    assert "README" in refused.value.cure.en


def test_every_setting_and_what_others_read_is_accepted() -> None:
    names = [variable_of(name) for name in names_of(Settings)]
    assert {"KAKEHASHI_HOME", "KAKEHASHI_STATION", "KAKEHASHI_STATION__PORT"} <= set(names)
    others = ["KAKEHASHI_CONFIG", "KAKEHASHI_ARDUCOPTER", "KAKEHASHI_TEST_KILLS", "kakehashi_home", "HOME"]
    require_known(dict.fromkeys([*names, *others], "1"), Settings)


def test_what_is_no_setting_is_left_in_the_environment() -> None:
    around = {"PATH": "/bin", "KAKEHASHI_ARDUCOPTER": "x", "KAKEHASHI_HOME": "y", "KAKEHASHI_CONFIG": "z"}
    assert without_settings(around) == {"PATH": "/bin", "KAKEHASHI_ARDUCOPTER": "x"}


def test_the_command_line_refuses_a_misspelt_variable(tmp_path: Path) -> None:
    done = kakehashi("audit", "verify", env=environment(tmp_path, STATON__PORT=1))
    assert done.returncode == 1
    assert "KAKEHASHI_STATON__PORT" in done.stderr
    assert "KAKEHASHI_STATION__PORT" in done.stderr
    assert "Traceback" not in done.stderr
