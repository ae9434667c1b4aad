"""appeals as cases, also against decisions about certificates

Revision ID: 20261123_appeals
Revises: 20261123_emnekurs

Appeals against assessments become cases with the same ids; their assignments become steps and their decisions endings.
What was appealed, said and decided is never changed or deleted; only words can be taken out, when a record is anonymised.

Down, appeals against anything but assessments are lost, and so are questions, answers, files and what ended without a
decision: the older code has no word for them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261123_appeals"
down_revision = "20261123_emnekurs"
branch_labels = None
depends_on = None

ANSWER_DAYS = 42
FUNCTION = "appeals_are_kept"
# Every column but the words, which can be taken out.
KEPT = {
    "appeal": "id, person_id, programme, assessment_id, event_id, adjustment_id, late, appealed_at, appealed_on, answer_by",
    "appeal_step": "id, appeal_id, kind, actor_id, person_id, at",
    "appeal_ending": "appeal_id, outcome, actor_id, effective_on, effect_id, decided_at, decided_on",
}
TAKEN_OUT = {
    "appeal": "NEW.words = '–' AND NEW.late_why IN ('', '–')",
    "appeal_step": "NEW.words IN ('', '–')",
    "appeal_ending": "NEW.words IN ('', '–')",
}


def upgrade() -> None:
    op.create_table(
        "appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("adjustment_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("late_why", sa.String(), nullable=False),
        sa.Column("appealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("appealed_on", sa.Date(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.CheckConstraint("length(words) > 0", name=op.f("ck_appeal_reason_given")),
        sa.CheckConstraint("late = (length(late_why) > 0)", name=op.f("ck_appeal_late_with_reason")),
        sa.CheckConstraint(
            "(CASE WHEN assessment_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN event_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN adjustment_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_appeal_one_decision"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_appeal_person_id")),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_appeal_assessment_id")),
        sa.ForeignKeyConstraint(["event_id"], ["certificate_event.id"], name=op.f("fk_appeal_event_id")),
        sa.ForeignKeyConstraint(["adjustment_id"], ["score_adjustment.id"], name=op.f("fk_appeal_adjustment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("assessment_id", name=op.f("uq_appeal_assessment_id")),
        sa.UniqueConstraint("event_id", name=op.f("uq_appeal_event_id")),
        sa.UniqueConstraint("adjustment_id", name=op.f("uq_appeal_adjustment_id")),
    )
    op.create_index(op.f("ix_appeal_person_id"), "appeal", ["person_id"])
    op.create_table(
        "appeal_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('admitted', 'assigned', 'recused', 'question', 'answer')", name=op.f("ck_appeal_step_kind_known")
        ),
        sa.CheckConstraint(
            "(person_id IS NOT NULL) = (kind IN ('assigned', 'recused'))", name=op.f("ck_appeal_step_about_somebody")
        ),
        sa.CheckConstraint("kind = 'assigned' OR length(words) > 0", name=op.f("ck_appeal_step_words_given")),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeal.id"], name=op.f("fk_appeal_step_appeal_id")),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_appeal_step_actor_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_appeal_step_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_step")),
    )
    op.create_index(op.f("ix_appeal_step_appeal_id"), "appeal_step", ["appeal_id"])
    op.create_index(op.f("ix_appeal_step_person_id"), "appeal_step", ["person_id"])
    op.create_index(
        "uq_appeal_step_once",
        "appeal_step",
        ["appeal_id", "kind"],
        unique=True,
        sqlite_where=sa.text("kind = 'admitted'"),
        postgresql_where=sa.text("kind = 'admitted'"),
    )
    op.create_table(
        "appeal_ending",
        sa.Column("appeal_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("effect_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('upheld', 'granted', 'partly', 'withdrawn', 'inadmissible')",
            name=op.f("ck_appeal_ending_outcome_known"),
        ),
        sa.CheckConstraint("outcome = 'withdrawn' OR length(words) > 0", name=op.f("ck_appeal_ending_reason_given")),
        sa.CheckConstraint(
            "effect_id IS NULL OR outcome IN ('granted', 'partly')", name=op.f("ck_appeal_ending_effect_when_granted")
        ),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeal.id"], name=op.f("fk_appeal_ending_appeal_id")),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_appeal_ending_actor_id")),
        sa.ForeignKeyConstraint(["effect_id"], ["certificate_event.id"], name=op.f("fk_appeal_ending_effect_id")),
        sa.PrimaryKeyConstraint("appeal_id", name=op.f("pk_appeal_ending")),
        sa.UniqueConstraint("effect_id", name=op.f("uq_appeal_ending_effect_id")),
    )
    op.create_table(
        "appeal_draft",
        sa.Column("appeal_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("handler_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeal.id"], name=op.f("fk_appeal_draft_appeal_id")),
        sa.ForeignKeyConstraint(["handler_id"], ["person.id"], name=op.f("fk_appeal_draft_handler_id")),
        sa.PrimaryKeyConstraint("appeal_id", "handler_id", name=op.f("pk_appeal_draft")),
    )
    op.create_table(
        "appeal_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeal.id"], name=op.f("fk_appeal_file_appeal_id")),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_appeal_file_upload_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_file")),
        sa.UniqueConstraint("upload_id", name="uq_appeal_file_upload"),
    )
    op.create_index(op.f("ix_appeal_file_appeal_id"), "appeal_file", ["appeal_id"])
    op.create_table(
        "appeal_nudge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("stage IN ('soon', 'over')", name=op.f("ck_appeal_nudge_stage_known")),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeal.id"], name=op.f("fk_appeal_nudge_appeal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_nudge")),
        sa.UniqueConstraint("appeal_id", "stage", name="uq_appeal_nudge_stage"),
    )
    _carry_over()
    _guard()
    for table in ("appeal_decision", "appeal_assignment", "assessment_appeal"):
        op.drop_table(table)


def downgrade() -> None:
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
    _carry_back()
    for table in ("appeal_nudge", "appeal_file", "appeal_draft", "appeal_ending", "appeal_step", "appeal"):
        op.drop_table(table)  # and with it what guards it
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"DROP FUNCTION {FUNCTION}()")


def _carry_over() -> None:
    connection = op.get_bind()
    on_sqlite = connection.dialect.name == "sqlite"
    by = f"date(a.appealed_on, '+{ANSWER_DAYS} days')" if on_sqlite else f"a.appealed_on + {ANSWER_DAYS}"
    no = "0" if on_sqlite else "false"
    op.execute(
        "INSERT INTO appeal (id, person_id, programme, assessment_id, words, late, late_why, appealed_at, appealed_on,"
        f" answer_by) SELECT a.id, s.person_id, s.programme, s.id, a.words, {no}, '', a.appealed_at, a.appealed_on, {by}"
        " FROM assessment_appeal a JOIN assessment s ON s.id = a.assessment_id ORDER BY a.id"
    )
    op.execute(
        "INSERT INTO appeal_step (appeal_id, kind, actor_id, person_id, words, at)"
        " SELECT appeal_id, 'assigned', assigned_by, reviewer_id, '', assigned_at FROM appeal_assignment ORDER BY id"
    )
    op.execute(
        "INSERT INTO appeal_ending (appeal_id, outcome, words, actor_id, decided_at, decided_on)"
        " SELECT appeal_id, CASE outcome WHEN 'upheld' THEN 'upheld' ELSE 'granted' END, words, reviewer_id, decided_at,"
        " decided_on FROM appeal_decision"
    )
    _count_on("appeal")


def _carry_back() -> None:
    op.execute(
        "INSERT INTO assessment_appeal (id, assessment_id, words, appealed_at, appealed_on)"
        " SELECT id, assessment_id, words, appealed_at, appealed_on FROM appeal WHERE assessment_id IS NOT NULL"
    )
    op.execute(
        "INSERT INTO appeal_assignment (appeal_id, reviewer_id, assigned_by, assigned_at)"
        " SELECT p.appeal_id, p.person_id, p.actor_id, p.at FROM appeal_step p"
        " JOIN assessment_appeal a ON a.id = p.appeal_id WHERE p.kind = 'assigned' ORDER BY p.id"
    )
    op.execute(
        "INSERT INTO appeal_decision (appeal_id, outcome, words, reviewer_id, decided_at, decided_on)"
        " SELECT e.appeal_id, CASE e.outcome WHEN 'upheld' THEN 'upheld' ELSE 'new_assessment' END, e.words, e.actor_id,"
        " e.decided_at, e.decided_on FROM appeal_ending e JOIN assessment_appeal a ON a.id = e.appeal_id"
        " WHERE e.outcome IN ('upheld', 'granted')"
    )
    _count_on("assessment_appeal")


def _count_on(table: str) -> None:
    """On PostgreSQL, new ids come after those that were carried over."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
            f" WHERE EXISTS (SELECT 1 FROM {table})"
        )


def _guard() -> None:
    """Triggers that refuse to change or delete what was appealed, said and decided."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    if not on_sqlite:
        op.execute(
            f"CREATE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION"
            " '%: what was decided is never changed or deleted', TG_TABLE_NAME"
            " USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
    same = "IS" if on_sqlite else "IS NOT DISTINCT FROM"
    for table, columns in KEPT.items():
        kept = " AND ".join(f"NEW.{column} {same} OLD.{column}" for column in columns.split(", "))
        for what, when in (("UPDATE", f"WHEN (NOT ({kept} AND {TAKEN_OUT[table]}))"), ("DELETE", "")):
            then = (
                f"BEGIN SELECT RAISE(ABORT, '{table}: what was decided is never changed or deleted'); END"
                if on_sqlite
                else f"FOR EACH ROW {when} EXECUTE FUNCTION {FUNCTION}()"
            )
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{what.lower()} BEFORE {what} ON {table}"
                f" {when if on_sqlite else ''} {then}"
            )
