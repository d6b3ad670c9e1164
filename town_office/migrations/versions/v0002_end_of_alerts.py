"""When the cause of an alert was over."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the time; alerts that are there already stay open."""
    op.add_column("alerts", sa.Column("over_at_s", sa.Double(), nullable=True))
