"""The station code: nobody guesses it, and nobody's guessing keeps the people of the station out."""

from pathlib import Path

import pytest

from fleet.clock import ManualClock
from fleet.errors import TooManyError, UnauthenticatedError
from ground_station.flight.page.code import TRIES, TRIES_OF_ALL, TRIES_WITHIN_S, CodeDoor, station_code

CODE = "12345678"


def _wrong(door: CodeDoor, address: str, times: int) -> None:
    for _ in range(times):
        with pytest.raises(UnauthenticatedError):
            door.require("00000000", address)


def test_after_five_wrong_codes_an_address_waits_a_minute_even_for_the_right_one() -> None:
    clock = ManualClock()
    door = CodeDoor(CODE, clock)
    _wrong(door, "10.0.0.1", TRIES)
    with pytest.raises(TooManyError):
        door.require(CODE, "10.0.0.1")
    door.require("1234-5678", "10.0.0.2")
    clock.advance(TRIES_WITHIN_S)
    door.require(CODE, "10.0.0.1")


def test_a_whole_ipv6_network_is_one_address() -> None:
    door = CodeDoor(CODE, ManualClock())
    for number in range(TRIES):
        _wrong(door, f"2001:db8::{number:x}", 1)
    with pytest.raises(TooManyError):
        door.require(CODE, "2001:db8::ffff")
    door.require(CODE, "2001:db8:0:1::1")


def test_many_addresses_together_get_one_try_each_and_who_knew_the_code_keeps_all() -> None:
    door = CodeDoor(CODE, ManualClock())
    door.require(CODE, "10.0.0.1")
    for number in range(TRIES_OF_ALL // TRIES):
        _wrong(door, f"10.1.0.{number}", TRIES)
    _wrong(door, "10.2.0.1", 1)
    with pytest.raises(TooManyError):
        door.require("00000000", "10.2.0.1")
    _wrong(door, "10.0.0.1", TRIES - 1)
    door.require(CODE, "10.0.0.1")
    door.require(CODE, "10.3.0.1")


def test_the_code_is_made_once_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    code = station_code(tmp_path)
    assert len(code) == 8
    assert station_code(tmp_path) == code
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o077 == 0
