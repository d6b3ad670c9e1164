"""The library of pictures on SQLAlchemy Core. Every function takes part in the caller's transaction.

A station writes pictures whole; the office writes what manifests announce and chunks complete. The same file is one
row, however often and from wherever it comes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from fleet.errors import NotFoundError
from fleet.ids import DeliveryId, PictureId, StationId, VehicleId
from fleet.text import Text
from imagery.library import MAX_PAGE, Area, PicturePage, PictureQuery, cursor_of, parse_cursor
from imagery.pictures import Picture, PictureState, Release
from imagery.tables_sql import chunks, pictures, thumbnails

_OWN = ("enqueued", "last_chunk_at_s", "asked_at_s", "asked_count")
_COLUMNS = [column for column in pictures.c if column.name not in _OWN]


def insert_picture(
    connection: sa.Connection, picture: Picture, *, thumbnail: bytes, digests: bytes = b"", enqueued: bool = True
) -> bool:
    """Write a picture; return False and change nothing if the file or the id is already there."""
    row: dict[str, object] = {
        **asdict(picture),
        "state": picture.state.value,
        "release": picture.release.value,
        "enqueued": enqueued,
        "last_chunk_at_s": picture.received_at_s,
        "asked_count": 0,
    }
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(pictures).values(row).on_conflict_do_nothing().returning(pictures.c.id)
    if connection.execute(statement).scalar_one_or_none() is None:
        return False
    connection.execute(thumbnails.insert().values(picture_id=picture.id, jpeg=thumbnail, chunk_digests=digests))
    return True


def picture_by_id(connection: sa.Connection, picture_id: str) -> Picture:
    """Return one picture; raises NotFoundError."""
    row = connection.execute(sa.select(*_COLUMNS).where(pictures.c.id == picture_id)).mappings().one_or_none()
    if row is None:
        raise _no_such(picture_id)
    return _picture(row)


def picture_by_sha256(connection: sa.Connection, sha256: str) -> Picture | None:
    """Return the picture of a file, if it is known."""
    row = connection.execute(sa.select(*_COLUMNS).where(pictures.c.sha256 == sha256)).mappings().one_or_none()
    return None if row is None else _picture(row)


def thumbnail_of(connection: sa.Connection, picture_id: str) -> bytes:
    """Return a picture's thumbnail, JPEG; raises NotFoundError."""
    found = connection.execute(sa.select(thumbnails.c.jpeg).where(thumbnails.c.picture_id == picture_id)).scalar()
    if not found:
        raise _no_such(picture_id)
    return bytes(found)


def digests_of(connection: sa.Connection, picture_id: str) -> bytes:
    """Return the chunk digests of a picture under way."""
    statement = sa.select(thumbnails.c.chunk_digests).where(thumbnails.c.picture_id == picture_id)
    return bytes(connection.execute(statement).scalar_one())


def page_of(connection: sa.Connection, query: PictureQuery) -> PicturePage:
    """Return one page, newest first; raises InvalidValueError for a cursor that is none."""
    limit = max(1, min(query.limit, MAX_PAGE))
    statement = sa.select(*_COLUMNS).where(*_conditions(query))
    statement = statement.order_by(pictures.c.taken_at_s.desc(), pictures.c.id.desc()).limit(limit + 1)
    found = [_picture(row) for row in connection.execute(statement).mappings()]
    more = len(found) > limit
    found = found[:limit]
    return PicturePage(pictures=found, next_cursor=cursor_of(found[-1]) if more else None)


def _conditions(query: PictureQuery) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if query.since_s is not None:
        conditions.append(pictures.c.taken_at_s >= query.since_s)
    if query.until_s is not None:
        conditions.append(pictures.c.taken_at_s < query.until_s)
    if query.delivery_id is not None:
        conditions.append(pictures.c.delivery_id == query.delivery_id)
    if query.area is not None:
        conditions += _inside(query.area)
    if query.cursor is not None:
        taken_at_s, picture_id = parse_cursor(query.cursor)
        conditions.append(sa.tuple_(pictures.c.taken_at_s, pictures.c.id) < sa.tuple_(taken_at_s, picture_id))
    return conditions


def _inside(area: Area) -> list[sa.ColumnElement[bool]]:
    east_of, west_of = pictures.c.lon_deg >= area.west_deg, pictures.c.lon_deg <= area.east_deg
    joined = sa.and_(east_of, west_of) if area.west_deg <= area.east_deg else sa.or_(east_of, west_of)
    return [joined, pictures.c.lat_deg.between(area.south_deg, area.north_deg)]


def update_picture(connection: sa.Connection, picture_id: str, values: Mapping[str, object]) -> None:
    """Change columns of one picture; raises NotFoundError."""
    changed = connection.execute(pictures.update().where(pictures.c.id == picture_id).values(dict(values)))
    if changed.rowcount == 0:
        raise _no_such(picture_id)


def replace_thumbnail(connection: sa.Connection, picture_id: str, jpeg: bytes) -> None:
    """Put another thumbnail in place and forget the chunk digests."""
    connection.execute(
        thumbnails.update().where(thumbnails.c.picture_id == picture_id).values(jpeg=jpeg, chunk_digests=b"")
    )


def not_enqueued(connection: sa.Connection, limit: int = 100) -> Sequence[Picture]:
    """Return pictures a station has accepted whose records are not known to be in its outbox, oldest first."""
    statement = sa.select(*_COLUMNS).where(pictures.c.enqueued.is_(False)).order_by(pictures.c.received_at_s)
    return [_picture(row) for row in connection.execute(statement.limit(limit)).mappings()]


def lock_picture(connection: sa.Connection, sha256: str) -> Picture | None:
    """Return the picture of a file and hold it against others until the transaction ends."""
    statement = sa.select(*_COLUMNS).where(pictures.c.sha256 == sha256).with_for_update()
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else _picture(row)


def put_chunk(connection: sa.Connection, *, sha256: str, index: int, data: bytes, now_s: float) -> bool:
    """Keep a chunk; return False if that index is already there."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(chunks).values(sha256=sha256, index=index, data=data, received_at_s=now_s)
    kept = connection.execute(statement.on_conflict_do_nothing().returning(chunks.c.index))
    return kept.scalar_one_or_none() is not None


def chunk_indexes(connection: sa.Connection, sha256: str) -> Sequence[int]:
    """Return the indexes that have come, in order."""
    statement = sa.select(chunks.c.index).where(chunks.c.sha256 == sha256).order_by(chunks.c.index)
    return list(connection.execute(statement).scalars())


def chunk_data(connection: sa.Connection, sha256: str) -> dict[int, bytes]:
    """Return the chunks that have come, by index."""
    statement = sa.select(chunks.c.index, chunks.c.data).where(chunks.c.sha256 == sha256)
    return {index: bytes(data) for index, data in connection.execute(statement)}


def drop_chunks(connection: sa.Connection, sha256: str, indexes: Sequence[int] | None = None) -> None:
    """Forget chunks: those named, or all."""
    statement = chunks.delete().where(chunks.c.sha256 == sha256)
    if indexes is not None:
        statement = statement.where(chunks.c.index.in_(list(indexes)))
    connection.execute(statement)


def orphan_chunks(connection: sa.Connection) -> int:
    """Return how many chunks wait for a manifest that has not come."""
    known = sa.select(pictures.c.id).where(pictures.c.sha256 == chunks.c.sha256).exists()
    return connection.execute(sa.select(sa.func.count()).select_from(chunks).where(~known)).scalar_one()


def _picture(row: sa.RowMapping) -> Picture:
    values = dict(row)
    vehicle_id, delivery_id = values["vehicle_id"], values["delivery_id"]
    return Picture(
        **{
            **values,
            "id": PictureId(values["id"]),
            "station_id": StationId(values["station_id"]),
            "vehicle_id": None if vehicle_id is None else VehicleId(vehicle_id),
            "delivery_id": None if delivery_id is None else DeliveryId(delivery_id),
            "state": PictureState(values["state"]),
            "release": Release(values["release"]),
        }
    )


def _no_such(picture_id: str) -> NotFoundError:
    return NotFoundError(
        Text(f"写真 {picture_id[:40]} はありません", f"there is no picture {picture_id[:40]!r}"),
        Text("一覧を更新してください", "refresh the list"),
    )
