"""assessments by a rubric, and appeals

Revision ID: 20261122_assessment_rounds
Revises: 20261122_deliveries_guidance

Decisions made before stay as they are and have no round. Down, sheets, comments and appeals are lost, decisions are not.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_assessment_rounds"
down_revision = "20261122_deliveries_guidance"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assessment_appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("appealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("appealed_on", sa.Date(), nullable=False),
        sa.CheckConstraint("length(words) > 0", name=op.f("ck_assessment_appeal_reason_given")),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_assessment_appeal_assessment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_appeal")),
        sa.UniqueConstraint("assessment_id", name=op.f("uq_assessment_appeal_assessment_id")),
    )
    op.create_table(
        "assessment_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(words) > 0", name=op.f("ck_assessment_comment_something_said")),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_assessment_comment_assessment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_comment")),
    )
    op.create_index(op.f("ix_assessment_comment_assessment_id"), "assessment_comment", ["assessment_id"])

    op.create_table(
        "assessment_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("requirement", sa.String(), nullable=False),
        sa.Column("programme_version_id", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assessment_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("next_steps", sa.String(), nullable=False),
        sa.CheckConstraint("outcome IN ('approved', 'not_yet')", name=op.f("ck_assessment_round_outcome_known")),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome = 'approved' OR length(next_steps) > 0",
            name=op.f("ck_assessment_round_next_steps_given"),
        ),
        sa.CheckConstraint(
            "(assessment_id IS NULL) = (outcome IS NULL) AND (outcome IS NULL OR ended_at IS NOT NULL)",
            name=op.f("ck_assessment_round_decided_whole"),
        ),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_assessment_round_assessment_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_assessment_round_person_id")),
        sa.ForeignKeyConstraint(
            ["programme_version_id"], ["programme_version.id"], name=op.f("fk_assessment_round_programme_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_round")),
        sa.UniqueConstraint("assessment_id", name=op.f("uq_assessment_round_assessment_id")),
    )
    op.create_index(op.f("ix_assessment_round_person_id"), "assessment_round", ["person_id"])
    op.create_index(
        "uq_assessment_round_open",
        "assessment_round",
        ["person_id", "programme"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )

    op.create_table(
        "appeal_assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("assigned_by", sa.Integer(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["appeal_id"], ["assessment_appeal.id"], name=op.f("fk_appeal_assignment_appeal_id")),
        sa.ForeignKeyConstraint(["assigned_by"], ["person.id"], name=op.f("fk_appeal_assignment_assigned_by")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["person.id"], name=op.f("fk_appeal_assignment_reviewer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_assignment")),
    )
    op.create_index(op.f("ix_appeal_assignment_appeal_id"), "appeal_assignment", ["appeal_id"])
    op.create_index(op.f("ix_appeal_assignment_reviewer_id"), "appeal_assignment", ["reviewer_id"])

    op.create_table(
        "appeal_decision",
        sa.Column("appeal_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.CheckConstraint("outcome IN ('upheld', 'new_assessment')", name=op.f("ck_appeal_decision_outcome_known")),
        sa.CheckConstraint("length(words) > 0", name=op.f("ck_appeal_decision_reason_given")),
        sa.ForeignKeyConstraint(["appeal_id"], ["assessment_appeal.id"], name=op.f("fk_appeal_decision_appeal_id")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["person.id"], name=op.f("fk_appeal_decision_reviewer_id")),
        sa.PrimaryKeyConstraint("appeal_id", name=op.f("pk_appeal_decision")),
    )
    op.create_table(
        "assessment_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("assessor_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("feedback", sa.String(), nullable=False),
        sa.Column("next_steps", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("set_aside_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(set_aside_at IS NULL) = (set_aside_by IS NULL)", name=op.f("ck_assessment_sheet_set_aside_by_somebody")
        ),
        sa.CheckConstraint("assessor_id <> person_id", name=op.f("ck_assessment_sheet_not_oneself")),
        sa.CheckConstraint("place IN (1, 2)", name=op.f("ck_assessment_sheet_place_known")),
        sa.ForeignKeyConstraint(["assessor_id"], ["person.id"], name=op.f("fk_assessment_sheet_assessor_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_assessment_sheet_person_id")),
        sa.ForeignKeyConstraint(["round_id"], ["assessment_round.id"], name=op.f("fk_assessment_sheet_round_id")),
        sa.ForeignKeyConstraint(["set_aside_by"], ["person.id"], name=op.f("fk_assessment_sheet_set_aside_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_sheet")),
        sa.UniqueConstraint("round_id", "assessor_id", name="uq_assessment_sheet_round_assessor"),
    )
    op.create_index(op.f("ix_assessment_sheet_assessor_id"), "assessment_sheet", ["assessor_id"])
    op.create_index(
        "uq_assessment_sheet_place",
        "assessment_sheet",
        ["round_id", "place"],
        unique=True,
        sqlite_where=sa.text("set_aside_at IS NULL"),
        postgresql_where=sa.text("set_aside_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("assessment_sheet")
    op.drop_table("appeal_decision")
    op.drop_table("appeal_assignment")
    op.drop_table("assessment_round")
    op.drop_table("assessment_comment")
    op.drop_table("assessment_appeal")
