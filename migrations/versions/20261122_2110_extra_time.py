"""extra time of a person; the limits an attempt began with, and where to read again

Revision ID: 20261122_extra_time
Revises: 20261122_attempt_rules
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_extra_time"
down_revision = "20261122_attempt_rules"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "extra_time",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("given_by", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("percent BETWEEN 0 AND 200", name=op.f("ck_extra_time_percent")),
        sa.ForeignKeyConstraint(["given_by"], ["person.id"], name=op.f("fk_extra_time_given_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_extra_time_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extra_time")),
    )
    op.create_index("ix_extra_time_person", "extra_time", ["person_id"])
    op.add_column("attempt", sa.Column("limits", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("attempt", sa.Column("read_again", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column("attempt", "read_again")
    op.drop_column("attempt", "limits")
    op.drop_index("ix_extra_time_person", table_name="extra_time")
    op.drop_table("extra_time")
