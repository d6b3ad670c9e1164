"""Settings that cannot be used are named, with what to do."""

import os
from pathlib import Path

import pytest

from fleet.errors import BadInputError
from kakehashi.logging_setup import LogLevel
from kakehashi.settings import load_settings
from tests.kakehashi.running import environment, kakehashi


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at settings where nobody else's file or variable is."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("KAKEHASHI_")]:
        monkeypatch.delenv(name)


def _refused(file: Path | None = None) -> BadInputError:
    with pytest.raises(BadInputError) as refused:
        load_settings(file)
    assert refused.value.cure is not None
    return refused.value


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    file.write_bytes('home = "記録"\n'.encode("cp932"))
    error = _refused(file)
    assert str(file) in error.what.ja
    assert "UTF-8" in error.what.en


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    file.write_bytes(b"\xef\xbb\xbfhome = 'elsewhere'\n")
    assert load_settings(file).home == Path("elsewhere")


def test_a_folder_and_a_file_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    loop = tmp_path / "loop.toml"
    loop.symlink_to(loop)
    for file in (tmp_path, loop):
        assert str(file) in _refused(file).what.en


def test_a_folder_with_the_default_name_is_no_silence(tmp_path: Path) -> None:
    (tmp_path / "kakehashi.toml").mkdir()
    assert "kakehashi.toml" in _refused().what.en


def test_a_file_that_the_environment_names_must_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAKEHASHI_CONFIG", str(tmp_path / "gone.toml"))
    error = _refused()
    assert "gone.toml" in error.what.en
    assert error.cure is not None
    assert "KAKEHASHI_CONFIG" in error.cure.en


def test_an_empty_name_in_the_environment_means_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kakehashi.toml").write_text("home = 'elsewhere'\n")
    assert load_settings().home == Path("elsewhere")
    monkeypatch.setenv("KAKEHASHI_CONFIG", "")
    assert load_settings().home == Path("var")


def test_a_list_that_is_no_json_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAKEHASHI_STATION__VEHICLES", "tcp:127.0.0.1:5760")
    error = _refused()
    assert "JSON" in error.what.ja
    assert error.cure is not None
    assert "KAKEHASHI_STATION__VEHICLES=" in error.cure.en


def test_an_unknown_log_level_is_answered_with_those_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAKEHASHI_LOG_LEVEL", "loud")
    said = _refused().what.en
    assert "log_level" in said
    assert [level for level in LogLevel if level not in said] == []


def test_a_log_level_may_be_written_in_capitals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAKEHASHI_LOG_LEVEL", "WARNING")
    assert load_settings().log_level is LogLevel.WARNING


@pytest.mark.parametrize("given", ["option", "variable"])
def test_the_command_line_refuses_an_unknown_log_level(tmp_path: Path, given: str) -> None:
    options, variables = (["--log-level", "loud"], {}) if given == "option" else ([], {"LOG_LEVEL": "loud"})
    done = kakehashi(*options, "audit", "verify", env=environment(tmp_path, **variables))
    assert done.returncode == 1
    assert "warning" in done.stderr
    assert "Traceback" not in done.stderr
