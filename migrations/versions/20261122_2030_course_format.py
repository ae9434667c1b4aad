"""course format: what readers write at the places to think; the files a version was made of

Revision ID: 20261122_course_format
Revises: 20261122_question_kinds
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_course_format"
down_revision = "20261122_question_kinds"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reflection_answer",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("prompt_id", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_reflection_answer_course_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reflection_answer_person_id")),
        sa.PrimaryKeyConstraint("person_id", "course_id", "prompt_id", name=op.f("pk_reflection_answer")),
    )
    op.add_column("course_version", sa.Column("source", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("course_version", "source")
    op.drop_table("reflection_answer")
