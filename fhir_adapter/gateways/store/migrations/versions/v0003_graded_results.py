"""The graded results of safety records, beside what everybody's overview takes of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; records written before hold their results with the rest."""
    op.add_column("record", sa.Column("results", sa.Text(), nullable=True))
