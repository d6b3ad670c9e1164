"""Tables of telemetry in the town's database, with their own metadata.

`records` keeps every record but lanes position and track, `newest` the newest of each position key, `track` each
position of `vehicle.track`, and `down_messages` what the town has asked of a station until it has it. Times are Unix
seconds, places WGS 84 degrees, heights metres. Bodies stay MessagePack as they came.
"""

import msgspec
import sqlalchemy as sa

from telemetry.kept_tables import READS_AS
from telemetry.records import Lane

telemetry_metadata = sa.MetaData()


def _fields(packed: object) -> object:
    try:
        return msgspec.msgpack.decode(packed if isinstance(packed, bytes) else b"", type=dict[str, object])
    except (msgspec.DecodeError, RecursionError) as error:
        message = f"not a message: {error}"
        raise ValueError(message) from error


records = sa.Table(
    "records",
    telemetry_metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("town", sa.String(40), nullable=False),
    sa.Column("station", sa.String(40), nullable=False),
    sa.Column("lane", sa.String(12), nullable=False, info={READS_AS: Lane}),
    sa.Column("kind", sa.String(64), nullable=False),
    sa.Column("schema", sa.Integer, nullable=False),
    sa.Column("recorded_at", sa.Double, nullable=False),
    sa.Column("received_at", sa.Double, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Index("records_kind", "kind", "recorded_at"),
)

newest = sa.Table(
    "newest_records",
    telemetry_metadata,
    sa.Column("town", sa.String(40), primary_key=True),
    sa.Column("station", sa.String(40), primary_key=True),
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("id", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(64), nullable=False),
    sa.Column("schema", sa.Integer, nullable=False),
    sa.Column("recorded_at", sa.Double, nullable=False),
    sa.Column("received_at", sa.Double, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)

track = sa.Table(
    "track",
    telemetry_metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("station", sa.String(40), nullable=False),
    sa.Column("vehicle_id", sa.String(64), nullable=False),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("lon_deg", sa.Double, nullable=False),
    sa.Column("lat_deg", sa.Double, nullable=False),
    sa.Column("alt_amsl_m", sa.Double, nullable=False),
    sa.Column("alt_agl_m", sa.Double),
    sa.Column("alt_home_m", sa.Double, nullable=False),
    sa.Column("heading_deg", sa.Double, nullable=False),
    sa.Column("groundspeed_mps", sa.Double, nullable=False),
    sa.Column("climb_mps", sa.Double, nullable=False),
    sa.Column("delivery_id", sa.String(64)),
    sa.Column("simulated", sa.Boolean, nullable=False),
    sa.Column("received_at", sa.Double, nullable=False),
    sa.Index("track_vehicle_at", "vehicle_id", "at"),
)

down_messages = sa.Table(
    "down_messages",
    telemetry_metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("station", sa.String(40), nullable=False),
    sa.Column("kind", sa.String(64), nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False, info={READS_AS: _fields}),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("acknowledged_at", sa.Double),
    sa.Index("down_messages_waiting", "station", "acknowledged_at"),
)


def create_tables(engine: sa.Engine) -> None:
    """Create what is missing; an office that migrates with Alembic points it at `telemetry_metadata` instead."""
    telemetry_metadata.create_all(engine)
