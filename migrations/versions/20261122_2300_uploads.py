"""files people hand in; the hours and the place of a seminar day

Revision ID: 20261122_uploads
Revises: 20261122_knowledge_checks
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_uploads"
down_revision = "20261122_knowledge_checks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size >= 1", name=op.f("ck_upload_size_positive")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["person.id"], name=op.f("fk_upload_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    op.create_index(op.f("ix_upload_uploaded_by"), "upload", ["uploaded_by"])
    with op.batch_alter_table("seminar_day") as day:
        day.add_column(sa.Column("starts_at", sa.Time(), nullable=False, server_default="09:00:00"))
        day.add_column(sa.Column("ends_at", sa.Time(), nullable=False, server_default="16:00:00"))
        day.add_column(sa.Column("place", sa.String(), nullable=False, server_default=""))
        day.create_check_constraint(op.f("ck_seminar_day_hours_in_order"), "ends_at > starts_at")
    with op.batch_alter_table("seminar_day") as day:  # the days of before have hours; new ones say theirs
        for column in ("starts_at", "ends_at", "place"):
            day.alter_column(column, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("seminar_day") as day:
        day.drop_constraint(op.f("ck_seminar_day_hours_in_order"), type_="check")
        for column in ("place", "ends_at", "starts_at"):
            day.drop_column(column)
    op.drop_index(op.f("ix_upload_uploaded_by"), table_name="upload")
    op.drop_table("upload")
