"""A page of one table that goes bad while the station runs costs that table, never the station; then it is salvaged."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from fleet.errors import UnavailableError
from fleet.set_aside import BrokenParts
from ground_station.service.documents_sql import SqlDocuments
from ground_station.service.request_book import RequestBook, StationRequest
from ground_station.service.sent_pictures import SentPictures
from ground_station.service.station_database import open_station_database
from tests.kakehashi.kept_files import fill_station


def _root_page(engine: sa.Engine, table: str) -> int:
    with engine.connect() as connection:
        query = sa.text("SELECT rootpage FROM sqlite_schema WHERE name = :name")
        return int(connection.execute(query, {"name": table}).scalar_one())


def _spoil_page(path: Path, number: int) -> None:
    content = bytearray(path.read_bytes())
    content[(number - 1) * 4096 : number * 4096] = b"\xa5" * 4096
    path.write_bytes(bytes(content))


def test_a_malformed_page_of_the_pictures_is_unavailable_in_words_and_the_rest_works(tmp_path: Path) -> None:
    fill_station(tmp_path)
    broken = BrokenParts()
    engine = open_station_database(tmp_path, broken)
    page = _root_page(engine, "pictures")
    engine.dispose()
    _spoil_page(tmp_path / "station.sqlite", page)
    for _ in range(2):
        with pytest.raises(UnavailableError):
            SentPictures(engine).pending()
    (told,) = broken.all
    assert "station.sqlite" in told.what.ja
    assert "再起動" in told.cure.ja
    documents = SqlDocuments(engine, broken)
    assert len(RequestBook(documents).all) == 12
    documents.put("requests", "x", {"a": 1}, 1.0)
    engine.dispose()
    again = BrokenParts()
    mended = open_station_database(tmp_path, again)
    assert [part.kept_as is not None for part in again.all] == [True]
    assert SentPictures(mended).pending() == 0
    assert len(RequestBook(SqlDocuments(mended, again)).all) == 12
    mended.dispose()


@pytest.mark.parametrize("content", [b"{", b'{"request":1}', b"\xff", b"[" * 100_000, b"null"])
def test_a_document_that_cannot_be_read_is_set_aside_once_and_the_others_load(tmp_path: Path, content: bytes) -> None:
    fill_station(tmp_path)
    engine = open_station_database(tmp_path, BrokenParts())
    SqlDocuments(engine).put_json("requests", "r-3", content, 5.0)
    broken = BrokenParts()
    book = RequestBook(SqlDocuments(engine, broken))
    assert set(book.all) == {f"r-{number}" for number in range(12) if number != 3}
    (told,) = broken.all
    assert "r-3" in told.what.ja
    again = BrokenParts()
    assert len(RequestBook(SqlDocuments(engine, again)).all) == 11
    assert again.all == ()
    assert SqlDocuments(engine).get_json("requests", "r-3") is None
    with engine.connect() as connection:
        kept = sa.text("SELECT body FROM documents WHERE collection = 'broken.requests'")
        assert connection.execute(kept).scalar_one() == content
    engine.dispose()


def test_a_document_under_anothers_name_is_set_aside(tmp_path: Path) -> None:
    fill_station(tmp_path)
    engine = open_station_database(tmp_path, BrokenParts())
    documents = SqlDocuments(engine)
    (first, *_) = documents.all("requests", StationRequest)
    documents.put("requests", "r-900", first, 5.0)
    broken = BrokenParts()
    assert set(RequestBook(SqlDocuments(engine, broken)).all) == {f"r-{number}" for number in range(12)}
    assert len(broken.all) == 1
    engine.dispose()
