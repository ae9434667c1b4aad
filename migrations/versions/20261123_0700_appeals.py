"""appeals as cases, also against decisions about certificates; what reinstates

Revision ID: 20261123_appeals
Revises: 20261122_seminar_booking

Appeals against assessments become cases with the same ids; their assignments become steps and their decisions endings.
SQLite cannot change a constraint: there the table of events is made anew from its own stored words, so that every other
column, constraint, index and trigger stays as it is, whoever added it.

Down, appeals against anything but assessments are lost, and so are questions, answers, files and what ended without a
decision: the older code has no word for them. A reinstatement is not lost: as long as there is one, the way down is
barred by the constraint on events.
"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "20261123_appeals"
down_revision = "20261122_seminar_booking"
branch_labels = None
depends_on = None

OLD_KINDS = "kind IN ('issued', 'imported', 'suspended', 'lifted', 'revoked', 'reissued', 'corrected')"
NEW_KINDS = OLD_KINDS.replace(")", ", 'reinstated')")
ANSWER_DAYS = 42


def upgrade() -> None:
    _let_events_be(NEW_KINDS)
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
        op.drop_table(table)
    _let_events_be(OLD_KINDS)


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


def _let_events_be(kinds: str) -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_certificate_event_kind_known"), "certificate_event", type_="check")
        op.create_check_constraint(op.f("ck_certificate_event_kind_known"), "certificate_event", kinds)
        return
    connection = op.get_bind()
    stored = "SELECT sql FROM sqlite_schema WHERE tbl_name = 'certificate_event' AND sql IS NOT NULL AND type = '{}'"
    words = connection.exec_driver_sql(stored.format("table")).scalar_one()
    around = [text for of in ("index", "trigger") for text in connection.exec_driver_sql(stored.format(of)).scalars()]
    changed, found = re.subn(
        r"(CONSTRAINT ck_certificate_event_kind_known CHECK) \(kind IN \([^)]*\)\)", rf"\1 ({kinds})", words
    )
    if found != 1:
        raise RuntimeError(f"the table of events has another constraint on kinds: {words}")
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    connection.exec_driver_sql("CREATE TABLE certificate_event_before AS SELECT * FROM certificate_event")
    connection.exec_driver_sql("DROP TABLE certificate_event")
    connection.exec_driver_sql(changed)
    connection.exec_driver_sql("INSERT INTO certificate_event SELECT * FROM certificate_event_before")
    connection.exec_driver_sql("DROP TABLE certificate_event_before")
    for text in around:
        connection.exec_driver_sql(text)
