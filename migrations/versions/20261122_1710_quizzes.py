"""quizzes

Revision ID: 20261122_quizzes
Revises: 20261122_ground
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_quizzes"
down_revision = "20261122_ground"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "question_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("question_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_version")),
        sa.UniqueConstraint("bank", "question_id", "digest", name="uq_question_version_content"),
    )
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("go_back_to", sa.String(), nullable=False),
        sa.Column("objective_titles", sa.JSON(), nullable=False),
        sa.Column("pass_numerator", sa.Integer(), nullable=False),
        sa.Column("pass_denominator", sa.Integer(), nullable=False),
        sa.Column("out_of", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("points_numerator", sa.BigInteger(), nullable=True),
        sa.Column("points_denominator", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("form IN ('pre', 'post')", name=op.f("ck_attempt_form")),
        sa.CheckConstraint(
            "(submitted_at IS NULL) = (points_numerator IS NULL) AND (points_numerator IS NULL) = (points_denominator IS NULL)",
            name=op.f("ck_attempt_submitted_is_scored"),
        ),
        sa.CheckConstraint("ordinal >= 1", name=op.f("ck_attempt_ordinal")),
        sa.CheckConstraint("pass_numerator BETWEEN 0 AND pass_denominator", name=op.f("ck_attempt_pass_mark")),
        sa.CheckConstraint(
            "points_numerator BETWEEN 0 AND points_denominator * out_of", name=op.f("ck_attempt_points")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_attempt_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint("owner", "form", "ordinal", name="uq_attempt_ordinal"),
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.create_index("ix_attempt_person", ["person_id"], unique=False)
        batch_op.create_index(
            "uq_attempt_in_progress",
            ["owner", "form"],
            unique=True,
            postgresql_where=sa.text("submitted_at IS NULL"),
            sqlite_where=sa.text("submitted_at IS NULL"),
        )

    op.create_table(
        "attempt_item",
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("question_version_id", sa.Integer(), nullable=False),
        sa.Column("option_order", sa.String(), nullable=False),
        sa.Column("response", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("score_numerator", sa.Integer(), nullable=True),
        sa.Column("score_denominator", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(score_numerator IS NULL) = (score_denominator IS NULL)", name=op.f("ck_attempt_item_score")
        ),
        sa.CheckConstraint("position >= 1", name=op.f("ck_attempt_item_position")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_attempt_item_attempt_id")),
        sa.ForeignKeyConstraint(
            ["question_version_id"], ["question_version.id"], name=op.f("fk_attempt_item_question_version_id")
        ),
        sa.PrimaryKeyConstraint("attempt_id", "position", name=op.f("pk_attempt_item")),
        sa.UniqueConstraint("attempt_id", "question_version_id", name="uq_attempt_item_question"),
    )
    with op.batch_alter_table("attempt_item", schema=None) as batch_op:
        batch_op.create_index("ix_attempt_item_question_version", ["question_version_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("attempt_item", schema=None) as batch_op:
        batch_op.drop_index("ix_attempt_item_question_version")

    op.drop_table("attempt_item")
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_attempt_in_progress",
            postgresql_where=sa.text("submitted_at IS NULL"),
            sqlite_where=sa.text("submitted_at IS NULL"),
        )
        batch_op.drop_index("ix_attempt_person")

    op.drop_table("attempt")
    op.drop_table("question_version")
