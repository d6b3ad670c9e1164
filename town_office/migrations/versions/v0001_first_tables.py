"""The first tables: what arrives, pictures, accounts, and the office's own."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    _records()
    _tracks_and_requests_down()
    _pictures()
    _accounts()
    _office()


def _records() -> None:
    op.create_table(
        "newest_records",
        sa.Column("town", sa.String(length=40), nullable=False),
        sa.Column("station", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("schema", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.Double(), nullable=False),
        sa.Column("received_at", sa.Double(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("town", "station", "key"),
    )
    op.create_table(
        "records",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("town", sa.String(length=40), nullable=False),
        sa.Column("station", sa.String(length=40), nullable=False),
        sa.Column("lane", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("schema", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.Double(), nullable=False),
        sa.Column("received_at", sa.Double(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("records_kind", "records", ["kind", "recorded_at"])


def _tracks_and_requests_down() -> None:
    op.create_table(
        "down_messages",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("station", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("acknowledged_at", sa.Double()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("down_messages_waiting", "down_messages", ["station", "acknowledged_at"])
    op.create_table(
        "track",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("station", sa.String(length=40), nullable=False),
        sa.Column("vehicle_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("lon_deg", sa.Double(), nullable=False),
        sa.Column("lat_deg", sa.Double(), nullable=False),
        sa.Column("alt_amsl_m", sa.Double(), nullable=False),
        sa.Column("alt_agl_m", sa.Double()),
        sa.Column("alt_home_m", sa.Double(), nullable=False),
        sa.Column("heading_deg", sa.Double(), nullable=False),
        sa.Column("groundspeed_mps", sa.Double(), nullable=False),
        sa.Column("climb_mps", sa.Double(), nullable=False),
        sa.Column("delivery_id", sa.String(length=64)),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("track_vehicle_at", "track", ["vehicle_id", "at"])


def _pictures() -> None:
    op.create_table(
        "picture_chunks",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("received_at_s", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", "index"),
    )
    op.create_table(
        "picture_thumbnails",
        sa.Column("picture_id", sa.String(length=64), nullable=False),
        sa.Column("jpeg", sa.LargeBinary(), nullable=False),
        sa.Column("chunk_digests", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("picture_id"),
    )
    op.create_table(
        "pictures",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=False),
        sa.Column("height_px", sa.Integer(), nullable=False),
        sa.Column("taken_at_s", sa.Double(), nullable=False),
        sa.Column("lon_deg", sa.Double()),
        sa.Column("lat_deg", sa.Double()),
        sa.Column("alt_amsl_m", sa.Double()),
        sa.Column("alt_home_m", sa.Double()),
        sa.Column("heading_deg", sa.Double()),
        sa.Column("pitch_deg", sa.Double()),
        sa.Column("view_deg", sa.Double()),
        sa.Column("vehicle_id", sa.String(length=64)),
        sa.Column("delivery_id", sa.String(length=64)),
        sa.Column("image_index", sa.Integer()),
        sa.Column("station_id", sa.String(length=64), nullable=False),
        sa.Column("who", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("before_after", sa.String(length=8)),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("chunks_total", sa.Integer(), nullable=False),
        sa.Column("chunks_have", sa.Integer(), nullable=False),
        sa.Column("release", sa.String(length=12), nullable=False),
        sa.Column("received_at_s", sa.Double(), nullable=False),
        sa.Column("delivered_at_s", sa.Double()),
        sa.Column("fault", sa.String(length=200)),
        sa.Column("enqueued", sa.Boolean(), nullable=False),
        sa.Column("last_chunk_at_s", sa.Double(), nullable=False),
        sa.Column("asked_at_s", sa.Double()),
        sa.Column("asked_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sha256"),
    )
    op.create_index("pictures_delivery", "pictures", ["delivery_id"])
    op.create_index("pictures_place", "pictures", ["lon_deg", "lat_deg"])
    op.create_index("pictures_state", "pictures", ["state"])
    op.create_index("pictures_taken", "pictures", ["taken_at_s", "id"])


def _accounts() -> None:
    op.create_table(
        "one_time_links",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.String(length=40)),
        sa.Column("expires_at_s", sa.Float(precision=53), nullable=False),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("csrf_token", sa.String(length=64), nullable=False),
        sa.Column("expires_at_s", sa.Float(precision=53), nullable=False),
        sa.PrimaryKeyConstraint("token_hash"),
    )


def _office() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("station", sa.String(length=40), nullable=False),
        sa.Column("at_s", sa.Double(), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("text_ja", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("vehicle_id", sa.String(length=64)),
        sa.Column("recorded_at_s", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("alerts_recorded", "alerts", ["recorded_at_s"])
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("vehicle_id", sa.String(length=64), nullable=False),
        sa.Column("station", sa.String(length=40), nullable=False),
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("mass_kg", sa.Double(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("text_ja", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("at_s", sa.Double(), nullable=False),
        sa.Column("eta_s", sa.Double()),
        sa.Column("delivered_at_s", sa.Double()),
        sa.Column("route", sa.JSON(), nullable=False),
        sa.Column("recorded_at_s", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("deliveries_recorded", "deliveries", ["recorded_at_s"])
    op.create_table(
        "office_identity",
        sa.Column("realm", sa.String(length=8), nullable=False),
        sa.Column("town", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("realm"),
    )
    op.create_table(
        "requests",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("station", sa.String(length=40), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("mass_kg", sa.Double(), nullable=False),
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at_s", sa.Double(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("reached_at_s", sa.Double()),
        sa.Column("recorded_at_s", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("requests_requested", "requests", ["requested_at_s"])
