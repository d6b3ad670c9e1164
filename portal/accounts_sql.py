"""Accounts in a SQL database by SQLAlchemy Core; the same code runs on SQLite and PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeAlias

from sqlalchemy import Column, Connection, Engine, Float, MetaData, String, Table, Text, delete, insert, select, update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from fleet.errors import UnavailableError
from fleet.ids import PersonId
from fleet.roles import Role
from fleet.text import Text as Words
from portal.accounts import LinkKind, OneTimeLink, Person, Session

Writing: TypeAlias = Callable[[Engine], AbstractContextManager[Connection]]
"""Opens one writing transaction: committed at the end of its block, or undone whole."""

# `reads_as` says what a text must be: one that the disk has changed is then found at the start, by itself.
accounts_metadata = MetaData()

people_table = Table(
    "people",
    accounts_metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(80), nullable=False, unique=True),
    Column("roles", Text, nullable=False, info={"reads_as": lambda text: [Role(role) for role in text.split()]}),
    Column("password_hash", Text),
)
sessions_table = Table(
    "sessions",
    accounts_metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("person_id", String(40), nullable=False),
    Column("csrf_token", String(64), nullable=False),
    Column("expires_at_s", Float(53), nullable=False),
)
links_table = Table(
    "one_time_links",
    accounts_metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("kind", String(20), nullable=False, info={"reads_as": LinkKind}),
    Column("person_id", String(40)),
    Column("expires_at_s", Float(53), nullable=False),
)


@contextmanager
def _reading(engine: Engine) -> Iterator[Connection]:
    with _answering(), engine.connect() as connection:
        yield connection


@contextmanager
def _answering() -> Iterator[None]:
    """Raise UnavailableError for a database that is away, locked, full or damaged."""
    try:
        yield
    except (IntegrityError, DataError, ProgrammingError):
        raise
    except (DBAPIError, NoConnectionError) as error:
        reason = str(getattr(error, "orig", None) or error)
        raise UnavailableError(
            Words(f"利用者の記録を使えません: {reason}", f"the accounts cannot be used: {reason}"),
            Words("ディスクを確かめ、続くなら再起動してください", "check the disk; restart if it stays"),
        ) from error


class SqlAccountStore:
    """An AccountStore on one engine; `writing` is how its service writes to a database.

    Every method raises UnavailableError if the database cannot be used.
    """

    def __init__(self, engine: Engine, writing: Writing = Engine.begin) -> None:
        self._engine = engine
        self._writing = writing

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        with _answering(), self._writing(self._engine) as connection:
            yield connection

    def people(self) -> tuple[Person, ...]:
        """Return everybody, by name."""
        with _reading(self._engine) as connection:
            rows = connection.execute(select(people_table).order_by(people_table.c.name)).mappings().all()
        return tuple(_person(row["id"], row["name"], row["roles"], row["password_hash"]) for row in rows)

    def save_person(self, person: Person, *, using_link_hash: str | None = None) -> bool:
        """Add or replace a person, and use the link up in the same transaction."""
        values = {
            "name": person.name,
            "roles": " ".join(sorted(person.roles)),
            "password_hash": person.password_hash,
        }
        with self._changing() as connection:
            if using_link_hash is not None:
                used = connection.execute(delete(links_table).where(links_table.c.token_hash == using_link_hash))
                if used.rowcount != 1:
                    return False
            changed = connection.execute(update(people_table).where(people_table.c.id == person.id).values(values))
            if changed.rowcount == 0:
                connection.execute(insert(people_table).values(id=person.id, **values))
        return True

    def save_link(self, link: OneTimeLink) -> None:
        """Keep a link; there is only one for set-up, and one invitation a person."""
        with self._changing() as connection:
            connection.execute(
                delete(links_table).where(
                    links_table.c.kind == link.kind, links_table.c.person_id.is_not_distinct_from(link.person_id)
                )
            )
            connection.execute(
                insert(links_table).values(
                    token_hash=link.token_hash,
                    kind=link.kind,
                    person_id=link.person_id,
                    expires_at_s=link.expires_at_s,
                )
            )

    def link(self, token_hash: str) -> OneTimeLink | None:
        """Return a link that has not been used."""
        with _reading(self._engine) as connection:
            row = (
                connection.execute(select(links_table).where(links_table.c.token_hash == token_hash)).mappings().first()
            )
        if row is None:
            return None
        return OneTimeLink(
            token_hash=row["token_hash"],
            kind=LinkKind(row["kind"]),
            person_id=None if row["person_id"] is None else PersonId(row["person_id"]),
            expires_at_s=row["expires_at_s"],
        )

    def save_session(self, session: Session, now_s: float) -> None:
        """Keep a new session, and sweep out those that expired before `now_s`."""
        with self._changing() as connection:
            connection.execute(delete(sessions_table).where(sessions_table.c.expires_at_s <= now_s))
            connection.execute(
                insert(sessions_table).values(
                    token_hash=session.token_hash,
                    person_id=session.person.id,
                    csrf_token=session.csrf_token,
                    expires_at_s=session.expires_at_s,
                )
            )

    def extend_session(self, token_hash: str, expires_at_s: float) -> None:
        """Let a session last longer; nothing if it was ended meanwhile."""
        with self._changing() as connection:
            connection.execute(
                update(sessions_table)
                .where(sessions_table.c.token_hash == token_hash)
                .values(expires_at_s=expires_at_s)
            )

    def session(self, token_hash: str) -> Session | None:
        """Return a session with its person as they are now."""
        with _reading(self._engine) as connection:
            return _session(connection, token_hash)

    def sessions(self) -> tuple[Session, ...]:
        """Return every session with its person as they are now."""
        with _reading(self._engine) as connection:
            hashes = connection.execute(select(sessions_table.c.token_hash)).scalars().all()
            found = [_session(connection, token_hash) for token_hash in hashes]
        return tuple(session for session in found if session is not None)

    def end_session(self, token_hash: str) -> None:
        """Forget a session."""
        with self._changing() as connection:
            connection.execute(delete(sessions_table).where(sessions_table.c.token_hash == token_hash))


def _session(connection: Connection, token_hash: str) -> Session | None:
    query = (
        select(
            sessions_table.c.csrf_token,
            sessions_table.c.expires_at_s,
            people_table.c.id,
            people_table.c.name,
            people_table.c.roles,
            people_table.c.password_hash,
        )
        .join(people_table, people_table.c.id == sessions_table.c.person_id)
        .where(sessions_table.c.token_hash == token_hash)
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    return Session(
        token_hash=token_hash,
        person=_person(row["id"], row["name"], row["roles"], row["password_hash"]),
        csrf_token=row["csrf_token"],
        expires_at_s=row["expires_at_s"],
    )


def _person(person_id: str, name: str, roles: str, password_hash: str | None) -> Person:
    return Person(
        id=PersonId(person_id),
        name=name,
        roles=frozenset(Role(role) for role in roles.split()),
        password_hash=password_hash,
    )
