"""attempt rules: stored parallel forms, deadlines, extra time, marks to come back to, time spent

Revision ID: 20261122_attempt_rules
Revises: 20261122_course_format
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_attempt_rules"
down_revision = "20261122_course_format"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attempt", sa.Column("version", sa.String(), nullable=True))
    op.add_column("attempt", sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("attempt_item", sa.Column("flagged", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("attempt_item", sa.Column("seconds_spent", sa.Integer(), nullable=True))
    op.add_column("course_version", sa.Column("forms", sa.JSON(), nullable=True))
    op.add_column("enrolment", sa.Column("first_form", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("enrolment", "first_form")
    op.drop_column("course_version", "forms")
    op.drop_column("attempt_item", "seconds_spent")
    op.drop_column("attempt_item", "flagged")
    op.drop_column("attempt", "deadline_at")
    op.drop_column("attempt", "version")
