"""The office's own tables; SQLite and PostgreSQL alike. Times are Unix seconds, masses kilograms.

`office_identity` says whose database this is, `requests`, `deliveries` and `alerts` hold the newest that is known of
each. `recorded_at_s` is when the station made the record a row comes from: an older one never replaces a newer one.
Newest vehicle states, tracks and the queue of what is asked of stations are telemetry's tables, pictures imagery's.
"""

import json
import math
from typing import get_args

import sqlalchemy as sa

from fleet.realm import Realm
from portal.schemas import WireModel
from telemetry.kept_tables import READS_AS, one_of
from town_office.api.schemas import AlertOut, RequestOut

office_metadata = sa.MetaData()


def _allowed(shown: type[WireModel], name: str) -> dict[str, object]:
    """What pages are shown of a column says which values it may have."""
    return {READS_AS: one_of(*get_args(shown.model_fields[name].annotation))}


def _route(text: object) -> object:
    route = [(float(lon_deg), float(lat_deg)) for lon_deg, lat_deg in json.loads(str(text))]
    if not all(math.isfinite(number) for point in route for number in point):
        message = "a place without numbers"
        raise ValueError(message)
    return route


identity_table = sa.Table(
    "office_identity",
    office_metadata,
    sa.Column("realm", sa.String(8), primary_key=True, info={READS_AS: Realm}),
    sa.Column("town", sa.String(40), nullable=False),
)

requests_table = sa.Table(
    "requests",
    office_metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("station", sa.String(40), nullable=False),
    sa.Column("item", sa.Text, nullable=False),
    sa.Column("mass_kg", sa.Double, nullable=False),
    sa.Column("site_id", sa.String(64), nullable=False),
    sa.Column("urgency", sa.Integer, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("requested_by", sa.Text, nullable=False),
    sa.Column("requested_at_s", sa.Double, nullable=False),
    sa.Column("state", sa.String(12), nullable=False, info=_allowed(RequestOut, "state")),
    sa.Column("source", sa.String(8), nullable=False, info=_allowed(RequestOut, "source")),
    sa.Column("reached_at_s", sa.Double),
    sa.Column("recorded_at_s", sa.Double, nullable=False),
    sa.Index("requests_requested", "requested_at_s"),
)

deliveries_table = sa.Table(
    "deliveries",
    office_metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("request_id", sa.String(64), nullable=False),
    sa.Column("vehicle_id", sa.String(64), nullable=False),
    sa.Column("station", sa.String(40), nullable=False),
    sa.Column("site_id", sa.String(64), nullable=False),
    sa.Column("item", sa.Text, nullable=False),
    sa.Column("mass_kg", sa.Double, nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("text_ja", sa.Text, nullable=False),
    sa.Column("text_en", sa.Text, nullable=False),
    sa.Column("at_s", sa.Double, nullable=False),
    sa.Column("eta_s", sa.Double),
    sa.Column("delivered_at_s", sa.Double),
    sa.Column("route", sa.JSON, nullable=False, info={READS_AS: _route}),
    sa.Column("recorded_at_s", sa.Double, nullable=False),
    sa.Index("deliveries_recorded", "recorded_at_s"),
)

alerts_table = sa.Table(
    "alerts",
    office_metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("station", sa.String(40), nullable=False),
    sa.Column("at_s", sa.Double, nullable=False),
    sa.Column("level", sa.String(8), nullable=False, info=_allowed(AlertOut, "level")),
    sa.Column("text_ja", sa.Text, nullable=False),
    sa.Column("text_en", sa.Text, nullable=False),
    sa.Column("vehicle_id", sa.String(64)),
    sa.Column("recorded_at_s", sa.Double, nullable=False),
    sa.Column("over_at_s", sa.Double),
    sa.Index("alerts_recorded", "recorded_at_s"),
)
