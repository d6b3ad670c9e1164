"""Tables of pictures, with their own metadata; SQLite and PostgreSQL alike.

`pictures` is what is known of each, `picture_thumbnails` holds what a list shows and the chunk digests of those under
way, `picture_chunks` the pieces that have come until the whole is proved. Times are Unix seconds, places WGS 84.
"""

import sqlalchemy as sa

from imagery.pictures import PictureState, Release
from telemetry.kept_tables import READS_AS, one_of

imagery_metadata = sa.MetaData()

pictures = sa.Table(
    "pictures",
    imagery_metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("sha256", sa.String(64), nullable=False, unique=True),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("media_type", sa.String(40), nullable=False),
    sa.Column("width_px", sa.Integer, nullable=False),
    sa.Column("height_px", sa.Integer, nullable=False),
    sa.Column("taken_at_s", sa.Double, nullable=False),
    sa.Column("lon_deg", sa.Double),
    sa.Column("lat_deg", sa.Double),
    sa.Column("alt_amsl_m", sa.Double),
    sa.Column("alt_home_m", sa.Double),
    sa.Column("heading_deg", sa.Double),
    sa.Column("pitch_deg", sa.Double),
    sa.Column("view_deg", sa.Double),
    sa.Column("vehicle_id", sa.String(64)),
    sa.Column("delivery_id", sa.String(64)),
    sa.Column("image_index", sa.Integer),
    sa.Column("station_id", sa.String(64), nullable=False),
    sa.Column("who", sa.String(80), nullable=False),
    sa.Column("source", sa.String(40), nullable=False),
    sa.Column("before_after", sa.String(8), info={READS_AS: one_of("before", "after")}),
    sa.Column("simulated", sa.Boolean, nullable=False),
    sa.Column("state", sa.String(12), nullable=False, info={READS_AS: PictureState}),
    sa.Column("chunks_total", sa.Integer, nullable=False),
    sa.Column("chunks_have", sa.Integer, nullable=False),
    sa.Column("release", sa.String(12), nullable=False, info={READS_AS: Release}),
    sa.Column("received_at_s", sa.Double, nullable=False),
    sa.Column("delivered_at_s", sa.Double),
    sa.Column("fault", sa.String(200)),
    sa.Column("enqueued", sa.Boolean, nullable=False),
    sa.Column("last_chunk_at_s", sa.Double, nullable=False),
    sa.Column("asked_at_s", sa.Double),
    sa.Column("asked_count", sa.Integer, nullable=False),
    sa.Index("pictures_taken", "taken_at_s", "id"),
    sa.Index("pictures_place", "lon_deg", "lat_deg"),
    sa.Index("pictures_state", "state"),
    sa.Index("pictures_delivery", "delivery_id"),
)

thumbnails = sa.Table(
    "picture_thumbnails",
    imagery_metadata,
    sa.Column("picture_id", sa.String(64), primary_key=True),
    sa.Column("jpeg", sa.LargeBinary, nullable=False),
    sa.Column("chunk_digests", sa.LargeBinary, nullable=False),
)

chunks = sa.Table(
    "picture_chunks",
    imagery_metadata,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("index", sa.Integer, primary_key=True),
    sa.Column("data", sa.LargeBinary, nullable=False),
    sa.Column("received_at_s", sa.Double, nullable=False),
)


def create_picture_tables(engine: sa.Engine) -> None:
    """Create what is missing; a service that migrates with Alembic points it at `imagery_metadata` instead."""
    imagery_metadata.create_all(engine)
