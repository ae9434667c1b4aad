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


def downgrade() -> None:
    with op.batch_alter_table("score_adjustment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_score_adjustment_withdrawal_id"))
        batch_op.drop_index("ix_score_adjustment_status")

    op.drop_table("score_adjustment")
    op.drop_table("item_withdrawal")
    op.drop_table("item_proposal")
