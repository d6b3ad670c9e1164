"""When a core ends because its folder is gone, and when it does not."""

import asyncio
import errno
import shutil
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from fleet.ids import VehicleId
from fleet.realm import Realm
from ground_station.flight.folder_watch import FolderWatch, may_fly
from ground_station.flight.vehicles.state import LinkState, VehicleState
from ground_station.flight.vehicles.telemetry import Heartbeat, Simulated, Telemetry
from tests.ground_station.flight.aircraft import eventually

LOOK_S = 0.02
MANY_LOOKS_S = 0.3


def _watching(folder: Path, *, flies: bool = False) -> "asyncio.Task[None]":
    watch = FolderWatch(folder, lambda: flies, look_every_s=LOOK_S)
    return asyncio.create_task(watch.until_gone())


async def test_a_folder_that_is_gone_ends_it_and_a_deleted_lock_file_does_not(tmp_path: Path) -> None:
    folder = tmp_path / "station"
    folder.mkdir()
    (folder / "flight.lock").write_text("1")
    watching = _watching(folder)
    (folder / "flight.lock").unlink()
    await asyncio.sleep(MANY_LOOKS_S)
    assert not watching.done()
    shutil.rmtree(folder)
    await eventually(watching.done)
    await watching


async def test_nothing_ends_while_something_flies(tmp_path: Path) -> None:
    watching = _watching(tmp_path / "gone", flies=True)
    await asyncio.sleep(MANY_LOOKS_S)
    assert not watching.done()
    watching.cancel()


@pytest.mark.parametrize("code", [errno.EIO, errno.ESTALE, errno.EACCES, errno.ENOTDIR, errno.EMFILE])
async def test_an_error_of_the_disk_is_no_answer(code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0

    def fail(_: Path, **__: Any) -> None:
        nonlocal looks
        looks += 1
        # An absence between two errors is seen once, which does not count.
        raise OSError(errno.ENOENT if looks % 2 else code, "disk")

    monkeypatch.setattr(Path, "stat", fail)
    watching = _watching(tmp_path)
    await eventually(lambda: looks >= 8)
    assert not watching.done()
    watching.cancel()


def _state(*, armed: bool | None, link: LinkState) -> VehicleState:
    telemetry = Telemetry()
    if armed is not None:
        telemetry = structs.replace(
            telemetry,
            heartbeat=Heartbeat(
                received_s=9.0, mode_number=0, armed=armed, system_status=3, vehicle_type=2, autopilot=3
            ),
        )
    return VehicleState(
        vehicle_id=VehicleId("hato-1"),
        system_id=1,
        at_s=10.0,
        link=link,
        link_age_s=None,
        telemetry=telemetry,
        simulated=Simulated.UNKNOWN,
        texts=(),
        reboots=0,
        duplicate_suspected=False,
        other_station=None,
        round_trip_s=None,
        plan_on_board=None,
    )


@pytest.mark.parametrize("realm", list(Realm))
@pytest.mark.parametrize("link", list(LinkState))
@pytest.mark.parametrize("armed", [True, False, None])
def test_an_aircraft_may_fly_when_it_is_armed_or_nobody_knows(
    realm: Realm, link: LinkState, *, armed: bool | None
) -> None:
    lost = link is LinkState.LOST
    expected = False
    if armed is not None:
        expected = armed and not lost if realm is Realm.DRILL else armed or lost
    assert may_fly([_state(armed=None, link=LinkState.LOST), _state(armed=armed, link=link)], realm) is expected
