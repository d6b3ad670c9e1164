"""What the office still has to do about pictures, read from the library. Part of the caller's transaction."""

from collections.abc import Sequence

import sqlalchemy as sa

from imagery.library_sql import picture_by_id
from imagery.pictures import Picture, PictureState
from imagery.tables_sql import pictures
from imagery.transfer import AskAgain

_UNDER_WAY = sa.and_(pictures.c.state != PictureState.COMPLETE.value, pictures.c.fault.is_(None))
_AT_ONCE = 1000


def whole_pictures(connection: sa.Connection) -> Sequence[Picture]:
    """Return pictures whose chunks are all here but which are not proved yet."""
    statement = sa.select(pictures.c.id).where(_UNDER_WAY, pictures.c.chunks_have == pictures.c.chunks_total)
    return _pictures(connection, connection.execute(statement.limit(_AT_ONCE)).scalars().all())


def quiet_pictures(connection: sa.Connection, ask_again: AskAgain, now_s: float) -> Sequence[Picture]:
    """Return pictures with chunks missing for so long that the station should be asked."""
    statement = sa.select(
        pictures.c.id, pictures.c.last_chunk_at_s, pictures.c.asked_count, pictures.c.asked_at_s
    ).where(
        _UNDER_WAY,
        pictures.c.chunks_have < pictures.c.chunks_total,
        pictures.c.last_chunk_at_s <= now_s - ask_again.quiet_s,
    )
    due = [
        picture_id
        for picture_id, last_chunk_at_s, asked_count, asked_at_s in connection.execute(statement.limit(_AT_ONCE))
        if ask_again.due(last_chunk_at_s=last_chunk_at_s, asked_count=asked_count, asked_at_s=asked_at_s, now_s=now_s)
    ]
    return _pictures(connection, due)


def count_asking(connection: sa.Connection, picture: Picture, now_s: float) -> int:
    """Note that the station is asked once more; return how often it has been."""
    known = connection.execute(sa.select(pictures.c.asked_count).where(pictures.c.id == picture.id)).scalar_one()
    asked = int(known) + 1
    connection.execute(pictures.update().where(pictures.c.id == picture.id).values(asked_count=asked, asked_at_s=now_s))
    return asked


def _pictures(connection: sa.Connection, ids: Sequence[str]) -> Sequence[Picture]:
    return [picture_by_id(connection, picture_id) for picture_id in ids]
