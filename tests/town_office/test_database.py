import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from fleet.errors import BadInputError, UnavailableError
from fleet.ids import TownId
from fleet.realm import Realm
from town_office.database import all_tables, claim, is_answering, migrate, open_database


def test_migrations_make_exactly_the_tables_of_the_models(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), all_tables())
    assert differences == []


def test_migrating_again_changes_nothing(engine: sa.Engine) -> None:
    claim(engine, realm=Realm.DRILL, town=TownId("yamanaka"))
    before = sorted(sa.inspect(engine).get_table_names())
    migrate(engine)
    claim(engine, realm=Realm.DRILL, town=TownId("yamanaka"))
    assert sorted(sa.inspect(engine).get_table_names()) == before


def test_two_offices_that_start_at_once_migrate_one_after_the_other(database_url: str) -> None:
    engines = [open_database(database_url) for _ in range(4)]
    faults: list[Exception] = []
    barrier = threading.Barrier(len(engines))

    def start(engine: sa.Engine) -> None:
        barrier.wait()
        try:
            migrate(engine)
        except (sa.exc.SQLAlchemyError, UnavailableError, BadInputError) as error:
            faults.append(error)

    threads = [threading.Thread(target=start, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60.0)
    assert faults == []
    assert "deliveries" in sa.inspect(engines[0]).get_table_names()
    for engine in engines:
        engine.dispose()


def test_a_database_of_a_drill_is_never_opened_live(engine: sa.Engine) -> None:
    claim(engine, realm=Realm.DRILL, town=TownId("yamanaka"))
    with pytest.raises(BadInputError, match="another town or realm"):
        claim(engine, realm=Realm.LIVE, town=TownId("yamanaka"))


def test_a_database_of_another_town_is_refused(engine: sa.Engine) -> None:
    claim(engine, realm=Realm.DRILL, town=TownId("yamanaka"))
    with pytest.raises(BadInputError, match="yamanaka"):
        claim(engine, realm=Realm.DRILL, town=TownId("kawakami"))


def test_a_database_of_a_newer_version_is_refused_in_words(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        connection.exec_driver_sql("ALTER TABLE requests ADD COLUMN of_a_newer_version text")
    with pytest.raises(BadInputError) as caught:
        migrate(engine)
    assert caught.value.cure is not None
    assert "newer" in caught.value.cure.en


def test_a_database_of_another_program_is_left_as_it_is(database_url: str) -> None:
    engine = open_database(database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE requests (id integer)")
    with pytest.raises(BadInputError, match="another program: requests"):
        migrate(engine)
    assert sa.inspect(engine).get_table_names() == ["requests"]
    engine.dispose()


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://x@y/z", "sqlite://", "sqlite:///:memory:", "oracle://x"])
def test_a_database_that_could_not_keep_anything_is_refused_with_what_to_write(url: str) -> None:
    with pytest.raises(BadInputError) as caught:
        open_database(url)
    assert caught.value.cure is not None
    assert "sqlite:////" in caught.value.cure.en


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("")
    with pytest.raises(UnavailableError, match="taken") as refused:
        open_database(f"sqlite:///{taken}/new/office.sqlite")
    assert refused.value.cure is not None


def test_sqlite_keeps_what_it_has_committed_through_a_power_cut(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'deep' / 'er' / 'office.sqlite'}")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    assert is_answering(engine)
    engine.dispose()


def test_a_server_that_is_not_there_is_named_as_such(tmp_path: Path) -> None:
    engine = open_database(f"postgresql://nobody@/none?host={tmp_path}")
    assert not is_answering(engine)
    with pytest.raises(UnavailableError):
        migrate(engine)
