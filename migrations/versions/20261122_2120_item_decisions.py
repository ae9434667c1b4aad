"""items withdrawn, scores recomputed; Angoff rounds

Revision ID: 20261122_item_decisions
Revises: 20261122_extra_time
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_item_decisions"
down_revision = "20261122_extra_time"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "item_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("question_id", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("way IN ('left_out', 'full')", name=op.f("ck_item_proposal_way")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_item_proposal_proposed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_proposal")),
        sa.UniqueConstraint("bank", "question_id", "proposed_by", name="uq_item_proposal_person"),
    )
    op.create_table(
        "item_withdrawal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("question_id", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("way IN ('left_out', 'full')", name=op.f("ck_item_withdrawal_way")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_item_withdrawal_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_withdrawal")),
        sa.UniqueConstraint("bank", "question_id", name="uq_item_withdrawal_question"),
    )
    op.create_table(
        "score_adjustment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("withdrawal_id", sa.Integer(), nullable=False),
        sa.Column("points_numerator", sa.BigInteger(), nullable=False),
        sa.Column("points_denominator", sa.BigInteger(), nullable=False),
        sa.Column("out_of", sa.Integer(), nullable=False),
        sa.Column("passed_before", sa.Boolean(), nullable=True),
        sa.Column("passed_after", sa.Boolean(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('applied', 'pass_pending', 'pass_kept', 'pass_withdrawn')",
            name=op.f("ck_score_adjustment_status"),
        ),
        sa.CheckConstraint("ordinal >= 1", name=op.f("ck_score_adjustment_ordinal")),
        sa.CheckConstraint("out_of >= 1", name=op.f("ck_score_adjustment_out_of")),
        sa.CheckConstraint(
            "points_numerator BETWEEN 0 AND points_denominator * out_of", name=op.f("ck_score_adjustment_points")
        ),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_score_adjustment_attempt_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_score_adjustment_decided_by")),
        sa.ForeignKeyConstraint(
            ["withdrawal_id"], ["item_withdrawal.id"], name=op.f("fk_score_adjustment_withdrawal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_adjustment")),
        sa.UniqueConstraint("attempt_id", "ordinal", name="uq_score_adjustment_ordinal"),
        sa.UniqueConstraint("attempt_id", "withdrawal_id", "status", name="uq_score_adjustment_once"),
    )
    with op.batch_alter_table("score_adjustment", schema=None) as batch_op:
        batch_op.create_index("ix_score_adjustment_status", ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_score_adjustment_withdrawal_id"), ["withdrawal_id"], unique=False)

    op.create_table(
        "angoff_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_closed_by", sa.Integer(), nullable=True),
        sa.Column("first_closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("scope IN ('bank', 'A', 'B')", name=op.f("ck_angoff_round_scope")),
        sa.CheckConstraint(
            "closed_at IS NULL OR first_closed_at IS NOT NULL", name=op.f("ck_angoff_round_stages_in_order")
        ),
        sa.ForeignKeyConstraint(["closed_by"], ["person.id"], name=op.f("fk_angoff_round_closed_by")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_angoff_round_course_id")),
        sa.ForeignKeyConstraint(["first_closed_by"], ["person.id"], name=op.f("fk_angoff_round_first_closed_by")),
        sa.ForeignKeyConstraint(["opened_by"], ["person.id"], name=op.f("fk_angoff_round_opened_by")),
        sa.ForeignKeyConstraint(["version_id"], ["course_version.id"], name=op.f("fk_angoff_round_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_angoff_round")),
    )
    with op.batch_alter_table("angoff_round", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_angoff_round_course_id"), ["course_id"], unique=False)
        batch_op.create_index(
            "uq_angoff_round_open",
            ["version_id", "scope"],
            unique=True,
            postgresql_where=sa.text("closed_at IS NULL"),
            sqlite_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "angoff_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("pass_numerator", sa.Integer(), nullable=False),
        sa.Column("pass_denominator", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("pass_numerator BETWEEN 0 AND pass_denominator", name=op.f("ck_angoff_decision_pass_mark")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_angoff_decision_decided_by")),
        sa.ForeignKeyConstraint(["round_id"], ["angoff_round.id"], name=op.f("fk_angoff_decision_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_angoff_decision")),
    )
    with op.batch_alter_table("angoff_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_angoff_decision_round_id"), ["round_id"], unique=False)

    op.create_table(
        "angoff_judge",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("invited_by", sa.Integer(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["invited_by"], ["person.id"], name=op.f("fk_angoff_judge_invited_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_angoff_judge_person_id")),
        sa.ForeignKeyConstraint(["round_id"], ["angoff_round.id"], name=op.f("fk_angoff_judge_round_id")),
        sa.PrimaryKeyConstraint("round_id", "person_id", name=op.f("pk_angoff_judge")),
    )
    with op.batch_alter_table("angoff_judge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_angoff_judge_person_id"), ["person_id"], unique=False)

    op.create_table(
        "angoff_rating",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("question_id", sa.String(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("stage IN ('first', 'second')", name=op.f("ck_angoff_rating_stage")),
        sa.CheckConstraint("percent BETWEEN 0 AND 100 AND percent % 5 = 0", name=op.f("ck_angoff_rating_percent")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_angoff_rating_person_id")),
        sa.ForeignKeyConstraint(["round_id"], ["angoff_round.id"], name=op.f("fk_angoff_rating_round_id")),
        sa.PrimaryKeyConstraint("round_id", "person_id", "stage", "question_id", name=op.f("pk_angoff_rating")),
    )


def downgrade() -> None:
    op.drop_table("angoff_rating")
    with op.batch_alter_table("angoff_judge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_angoff_judge_person_id"))

    op.drop_table("angoff_judge")
    with op.batch_alter_table("angoff_decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_angoff_decision_round_id"))

    op.drop_table("angoff_decision")
    with op.batch_alter_table("angoff_round", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_angoff_round_open",
            postgresql_where=sa.text("closed_at IS NULL"),
            sqlite_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_angoff_round_course_id"))

    op.drop_table("angoff_round")
    with op.batch_alter_table("score_adjustment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_score_adjustment_withdrawal_id"))
        batch_op.drop_index("ix_score_adjustment_status")

    op.drop_table("score_adjustment")
    op.drop_table("item_withdrawal")
    op.drop_table("item_proposal")
