"""One flight core a folder and one a link, on this machine."""

import contextlib
import os
from pathlib import Path

import pytest

from fleet.errors import ConflictError
from ground_station.flight.core_lock import CoreLock, holder
from ground_station.flight.links.address import LinkAddress, Scheme
from tests.kakehashi.running import free_ports


def _link() -> LinkAddress:
    (port,) = free_ports(1)
    return LinkAddress(scheme=Scheme.UDP_IN, host="127.0.0.1", number=port)


def test_a_held_folder_names_its_holder_and_refuses_a_second_core(tmp_path: Path) -> None:
    assert holder(tmp_path) is None
    with contextlib.closing(CoreLock(tmp_path, [_link()])) as lock:
        assert holder(tmp_path) == os.getpid()
        assert lock.still_there
        with pytest.raises(ConflictError, match="already"):
            CoreLock(tmp_path, [_link()])
    assert holder(tmp_path) is None


def test_a_link_is_held_across_folders(tmp_path: Path) -> None:
    link = _link()
    with contextlib.closing(CoreLock(tmp_path / "one", [link])):
        with pytest.raises(ConflictError, match="copy of this folder"):
            CoreLock(tmp_path / "copy", [_link(), link])
        assert holder(tmp_path / "copy") is None
    CoreLock(tmp_path / "copy", [link]).close()


def test_several_aircraft_of_one_core_may_share_a_link(tmp_path: Path) -> None:
    link = _link()
    with contextlib.closing(CoreLock(tmp_path, [link, link])):
        assert holder(tmp_path) == os.getpid()
