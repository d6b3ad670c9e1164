from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from fleet.errors import InvalidValueError, NotFoundError
from fleet.ids import PictureId, StationId
from imagery.library import Area, PictureQuery
from imagery.library_sql import insert_picture, page_of, picture_by_id, thumbnail_of, update_picture
from imagery.pictures import Picture, PictureState, Release
from imagery.tables_sql import create_picture_tables, pictures
from telemetry.engine_sql import open_engine, writing
from tests.imagery.samples import rows

BASE = Picture(
    id=PictureId("p0"),
    sha256="0" * 64,
    size_bytes=1,
    media_type="image/jpeg",
    width_px=1,
    height_px=1,
    taken_at_s=0.0,
    lon_deg=None,
    lat_deg=None,
    alt_amsl_m=None,
    alt_home_m=None,
    heading_deg=None,
    pitch_deg=None,
    view_deg=None,
    vehicle_id=None,
    delivery_id=None,
    image_index=None,
    station_id=StationId("north"),
    who="w",
    source="s",
    before_after="after",
    simulated=True,
    state=PictureState.COMPLETE,
    chunks_total=1,
    chunks_have=1,
    release=Release.UNREVIEWED,
    received_at_s=0.0,
)


def fill(engine: sa.Engine, count: int) -> list[Picture]:
    made = [
        replace(
            BASE,
            id=PictureId(f"p{number:04}"),
            sha256=f"{number:064x}",
            taken_at_s=float(number // 3),
            lon_deg=133.0 + number / 1000,
            lat_deg=34.0 + number / 1000,
        )
        for number in range(count)
    ]
    with writing(engine) as connection:
        for picture in made:
            insert_picture(connection, picture, thumbnail=b"jpeg")
    return made


def pages(engine: sa.Engine, query: PictureQuery) -> list[list[str]]:
    found: list[list[str]] = []
    with engine.connect() as connection:
        while True:
            page = page_of(connection, query)
            found.append([picture.id for picture in page.pictures])
            if page.next_cursor is None:
                return found
            query = replace(query, cursor=page.next_cursor)


def test_a_picture_comes_back_as_it_was(engine: sa.Engine) -> None:
    (made,) = fill(engine, 1)
    with engine.connect() as connection:
        assert picture_by_id(connection, made.id) == made
        assert thumbnail_of(connection, made.id) == b"jpeg"


def test_the_same_file_is_one_row_whatever_its_id(engine: sa.Engine) -> None:
    with writing(engine) as connection:
        taken = [
            insert_picture(connection, replace(BASE, id=PictureId(f"p{n % 7}")), thumbnail=b"") for n in range(100)
        ]
    assert taken.count(True) == 1
    assert rows(engine, pictures) == 1


def test_pages_hold_everything_once_newest_first(engine: sa.Engine) -> None:
    made = fill(engine, 50)
    found = pages(engine, PictureQuery(limit=7))
    assert [len(page) for page in found] == [7] * 7 + [1]
    expected = [picture.id for picture in sorted(made, key=lambda p: (p.taken_at_s, p.id), reverse=True)]
    assert [one for page in found for one in page] == expected


def test_a_picture_that_comes_while_paging_repeats_none(engine: sa.Engine) -> None:
    fill(engine, 20)
    with engine.connect() as connection:
        first = page_of(connection, PictureQuery(limit=10))
    with writing(engine) as connection:
        newer = replace(BASE, id=PictureId("new"), sha256="f" * 64, taken_at_s=1e9)
        insert_picture(connection, newer, thumbnail=b"")
    with engine.connect() as connection:
        second = page_of(connection, PictureQuery(limit=10, cursor=first.next_cursor))
    ids = [p.id for p in (*first.pictures, *second.pictures)]
    assert len(set(ids)) == 20
    assert "new" not in ids


def test_time_bounds_include_since_and_exclude_until(engine: sa.Engine) -> None:
    fill(engine, 30)
    (found,) = pages(engine, PictureQuery(since_s=2.0, until_s=4.0))
    assert sorted(found) == [f"p{number:04}" for number in range(6, 12)]


def test_a_box_picks_by_place_and_a_picture_without_one_is_in_none(engine: sa.Engine) -> None:
    fill(engine, 30)
    with writing(engine) as connection:
        insert_picture(connection, replace(BASE, id=PictureId("nowhere"), sha256="e" * 64), thumbnail=b"")
    area = Area(west_deg=133.0095, south_deg=34.0, east_deg=133.0125, north_deg=35.0)
    (found,) = pages(engine, PictureQuery(area=area))
    assert sorted(found) == ["p0010", "p0011", "p0012"]


def test_a_box_across_the_date_line(engine: sa.Engine) -> None:
    with writing(engine) as connection:
        for number, lon_deg in enumerate((179.9, -179.9, 0.0)):
            place = replace(BASE, id=PictureId(f"p{number}"), sha256=f"{number:064x}", lon_deg=lon_deg, lat_deg=0.0)
            insert_picture(connection, place, thumbnail=b"")
    area = Area(west_deg=179.0, south_deg=-1.0, east_deg=-179.0, north_deg=1.0)
    (found,) = pages(engine, PictureQuery(area=area))
    assert sorted(found) == ["p0", "p1"]


@pytest.mark.parametrize("cursor", ["", "x", "bm90IGEgY3Vyc29y", "bmFuIHA=", "é", "1 OR 1=1"])
def test_a_bad_cursor_is_refused(engine: sa.Engine, cursor: str) -> None:
    with engine.connect() as connection, pytest.raises(InvalidValueError):
        page_of(connection, PictureQuery(cursor=cursor))


def test_what_is_not_there_is_not_found(engine: sa.Engine) -> None:
    with writing(engine) as connection:
        for ask in (
            lambda: picture_by_id(connection, "none"),
            lambda: thumbnail_of(connection, "none"),
            lambda: update_picture(connection, "none", {"release": "public"}),
        ):
            with pytest.raises(NotFoundError):
                ask()


def test_pages_are_read_by_an_index(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'plan.sqlite'}")
    create_picture_tables(engine)
    newest = sa.select(pictures.c.id).order_by(pictures.c.taken_at_s.desc(), pictures.c.id.desc()).limit(5)
    with engine.connect() as connection:
        statement = newest.compile(connection, compile_kwargs={"literal_binds": True})
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")
        assert "pictures_taken" in " ".join(str(row) for row in plan)
