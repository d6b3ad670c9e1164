"""The office opens on whatever became of its database, says what it set aside, and works on."""

import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from fleet.audit_file import AuditFile
from fleet.clock import SystemClock
from fleet.set_aside import BrokenParts
from imagery.intake import PictureIntake
from telemetry.kept_tables import sql
from tests.spoiling import cut, flipped
from tests.town_office.field import TOPICS, office_settings
from tests.town_office.filling import fill
from town_office.database import claim, migrate, open_database, open_sound_database
from town_office.office import TownOffice

FLIPS, CUTS = 40, 6


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled")
    url = f"sqlite:///{folder / 'office.sqlite'}"
    fill(folder, pictures=6)
    engine = open_database(url)
    claim(engine, realm=TOPICS.realm, town=TOPICS.town)
    engine.dispose()
    with sqlite3.connect(folder / "office.sqlite") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder / "office.sqlite"


async def _open_and_use(folder: Path, broken: BrokenParts) -> TownOffice:
    settings = replace(office_settings(folder), broken=broken)
    engine = open_sound_database(settings.database_url, broken)
    try:
        migrate(engine)
        claim(engine, realm=settings.realm, town=settings.town.id)
        audit = AuditFile(settings.audit_file, SystemClock(), broken)
        office = TownOffice(settings, engine=engine, audit=audit, intake=PictureIntake(), clock=SystemClock())
        office.notices.follow(broken)
        await office._feed.rebuild()
        office.access.new_setup_token()
        office._down.waiting(per_station=10)
        office.requests.newest()
        office.deliveries.newest()
    finally:
        engine.dispose()
    return office


def _spoilt(folder: Path, content: bytes) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "office.sqlite").write_bytes(content)
    return folder


async def test_one_flipped_byte_anywhere_ends_no_office(filled: Path, tmp_path: Path) -> None:
    told = 0
    for _, content in flipped(filled.read_bytes(), FLIPS, places=(0, 16, 18, 19, 21, 56)):
        broken = BrokenParts()
        await _open_and_use(_spoilt(tmp_path / "office", content), broken)
        told += bool(broken.all)
    assert told > 0


async def test_a_database_cut_anywhere_ends_no_office_and_is_said(filled: Path, tmp_path: Path) -> None:
    for content in cut(filled.read_bytes(), CUTS, lengths=(0, 50, 4096)):
        broken = BrokenParts()
        await _open_and_use(_spoilt(tmp_path / "office", content), broken)
        assert any(part.kept_as is not None for part in broken.all), len(content)


async def test_a_folder_in_the_databases_place_ends_no_office_and_is_said(tmp_path: Path) -> None:
    (tmp_path / "office.sqlite").mkdir()
    broken = BrokenParts()
    await _open_and_use(tmp_path, broken)
    assert [part.kept_as is not None for part in broken.all] == [True]


async def test_what_was_set_aside_is_among_the_alerts_of_the_page_and_stays_after_a_restart(
    filled: Path, tmp_path: Path
) -> None:
    folder = _spoilt(tmp_path / "office", filled.read_bytes()[:4000])
    for _ in range(2):
        async with TownOffice.open(office_settings(folder)) as office:
            await office._feed._refresh()
            shown = [one["text"]["ja"] for one in office.hub.state.state["alerts"].values()]
            assert any("office.sqlite" in text for text in shown)


async def test_a_migrated_database_made_anew_can_be_migrated_again(filled: Path, tmp_path: Path) -> None:
    content = bytearray(filled.read_bytes())
    content[20] ^= 1
    folder = _spoilt(tmp_path / "office", bytes(content))
    broken = BrokenParts()
    engine = open_sound_database(f"sqlite:///{folder / 'office.sqlite'}", broken)
    migrate(engine)
    claim(engine, realm=TOPICS.realm, town=TOPICS.town)
    engine.dispose()
    with sqlite3.connect(folder / "office.sqlite") as now, sqlite3.connect(filled) as before:
        for table in ("records", "deliveries", "requests", "alerts", "track", "office_identity"):
            count = sql("SELECT count(*) FROM", table)
            assert now.execute(count).fetchone() == before.execute(count).fetchone(), table


@pytest.mark.parametrize("place", [100, 16, 40, 4096 - 200])
def test_one_flipped_byte_in_the_page_that_leads_to_all_others_loses_nothing(
    filled: Path, tmp_path: Path, place: int
) -> None:
    content = bytearray(filled.read_bytes())
    content[place] ^= 0x40
    folder = _spoilt(tmp_path / "office", bytes(content))
    engine = open_sound_database(f"sqlite:///{folder / 'office.sqlite'}", BrokenParts())
    migrate(engine)
    engine.dispose()
    with sqlite3.connect(folder / "office.sqlite") as now, sqlite3.connect(filled) as before:
        for table in ("records", "deliveries", "requests", "alerts", "track", "pictures", "picture_thumbnails"):
            rows = sql("SELECT * FROM", table, "ORDER BY 1")
            assert now.execute(rows).fetchall() == before.execute(rows).fetchall(), table
