"""observation visits in states, mentors' links, pairs, plans from part 1 to part 2

Revision ID: 20261122_between_parts
Revises: 20261122_assessment_rounds
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_between_parts"
down_revision = "20261122_assessment_rounds"
branch_labels = None
depends_on = None

# What is said of the visits from before: that they were reported, and of some that they were confirmed.
REPORTED = """
INSERT INTO visit_word (visit_id, word, by_id, by_name, by_address, comment, observed, reflection, at)
SELECT id, 'reported', recorded_by, '', '', '', '{}', '', recorded_at FROM observation_visit ORDER BY id
"""
CONFIRMED = """
INSERT INTO visit_word (visit_id, word, by_id, by_name, by_address, comment, observed, reflection, at)
SELECT id, 'confirmed', confirmed_by, '', '', '', '{}', '', confirmed_at FROM observation_visit
WHERE confirmed_at IS NOT NULL ORDER BY id
"""
# What the tables of before could not keep: visits only planned, sent back or withdrawn; who confirmed without an account
# (such a visit waits again); mail to people who are not here.
NOT_REPORTED = """
UPDATE observation_visit SET withdrawn_at = recorded_at WHERE id NOT IN (
  SELECT visit_id FROM visit_word WHERE word IN ('reported', 'confirmed')
  AND id IN (SELECT max(id) FROM visit_word GROUP BY visit_id)
)
"""
WITHDRAWN = "DELETE FROM observation_visit WHERE withdrawn_at IS NOT NULL"
ENTERED_ALONE = "UPDATE observation_visit SET entered_with = NULL"
CONFIRMED_BY_LINK = """
UPDATE observation_visit SET confirmed_at = NULL, confirmed_name = NULL, confirmed_address = NULL
WHERE confirmed_by IS NULL
"""
LINK_FORGOTTEN = "UPDATE observation_visit SET confirmed_name = NULL, confirmed_address = NULL"
MAIL_OUTSIDE = "DELETE FROM outbox_mail WHERE person_id IS NULL"


def upgrade() -> None:
    op.create_table(
        "pair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nav_id", sa.Integer(), nullable=False),
        sa.Column("helse_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("through_on", sa.Date(), nullable=True),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_by", sa.Integer(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(agreed_at IS NULL) = (agreed_by IS NULL)", name=op.f("ck_pair_agreed_by_and_at")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_pair_ended_by_and_at")),
        sa.CheckConstraint(
            "agreed_at IS NULL OR (ended_at IS NULL) = (through_on IS NULL)", name=op.f("ck_pair_ended_on_a_day")
        ),
        sa.CheckConstraint("nav_id <> helse_id", name=op.f("ck_pair_of_two")),
        sa.CheckConstraint("through_on IS NULL OR through_on >= from_on", name=op.f("ck_pair_days_in_order")),
        sa.ForeignKeyConstraint(["agreed_by"], ["person.id"], name=op.f("fk_pair_agreed_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_pair_ended_by")),
        sa.ForeignKeyConstraint(["helse_id"], ["person.id"], name=op.f("fk_pair_helse_id")),
        sa.ForeignKeyConstraint(["nav_id"], ["person.id"], name=op.f("fk_pair_nav_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_pair_proposed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pair")),
    )
    with op.batch_alter_table("pair", schema=None) as batch_op:
        batch_op.create_index("ix_pair_helse_id", ["helse_id"], unique=False)
        batch_op.create_index("ix_pair_nav_id", ["nav_id"], unique=False)
        batch_op.create_index(
            "uq_pair_proposed",
            ["nav_id", "helse_id"],
            unique=True,
            sqlite_where=sa.text("agreed_at IS NULL AND ended_at IS NULL"),
            postgresql_where=sa.text("agreed_at IS NULL AND ended_at IS NULL"),
        )
        batch_op.create_index(
            "uq_pair_running_helse",
            ["helse_id"],
            unique=True,
            sqlite_where=sa.text("agreed_at IS NOT NULL AND through_on IS NULL"),
            postgresql_where=sa.text("agreed_at IS NOT NULL AND through_on IS NULL"),
        )
        batch_op.create_index(
            "uq_pair_running_nav",
            ["nav_id"],
            unique=True,
            sqlite_where=sa.text("agreed_at IS NOT NULL AND through_on IS NULL"),
            postgresql_where=sa.text("agreed_at IS NOT NULL AND through_on IS NULL"),
        )

    op.create_table(
        "plan_draft",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("practise", sa.String(), nullable=False),
        sa.Column("visits", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=True),
        sa.Column("feedback", sa.String(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_plan_draft_person_id")),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_plan_draft_upload_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_plan_draft")),
    )
    op.create_table(
        "plan_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("practise", sa.String(), nullable=False),
        sa.Column("visits", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=True),
        sa.Column("feedback", sa.String(), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_plan_version_number_from_one")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_plan_version_person_id")),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_plan_version_upload_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_version")),
        sa.UniqueConstraint("person_id", "number", name="uq_plan_version_number"),
    )
    op.create_table(
        "visit_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("by_address", sa.String(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("observed", sa.JSON(), nullable=False),
        sa.Column("reflection", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("by_id IS NOT NULL OR by_address <> ''", name=op.f("ck_visit_word_said_by_somebody")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_visit_word_by_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["observation_visit.id"], name=op.f("fk_visit_word_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_word")),
    )
    with op.batch_alter_table("visit_word", schema=None) as batch_op:
        batch_op.create_index("ix_visit_word_visit_id_id", ["visit_id", "id"], unique=False)
        batch_op.create_index(
            "uq_visit_word_confirmed",
            ["visit_id"],
            unique=True,
            sqlite_where=sa.text("word = 'confirmed'"),
            postgresql_where=sa.text("word = 'confirmed'"),
        )
        batch_op.create_index(
            "uq_visit_word_ended",
            ["visit_id"],
            unique=True,
            sqlite_where=sa.text("word IN ('struck_out', 'rejected')"),
            postgresql_where=sa.text("word IN ('struck_out', 'rejected')"),
        )

    op.create_table(
        "visits_reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("seminar_id", sa.Integer(), nullable=False),
        sa.Column("days_before", sa.Integer(), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["mail_id"], ["outbox_mail.id"], name=op.f("fk_visits_reminder_mail_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_visits_reminder_person_id")),
        sa.ForeignKeyConstraint(["seminar_id"], ["seminar.id"], name=op.f("fk_visits_reminder_seminar_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits_reminder")),
        sa.UniqueConstraint("person_id", "seminar_id", "days_before", name="uq_visits_reminder_stage"),
    )
    op.create_table(
        "mentor_reminder",
        sa.Column("word_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["word_id"], ["visit_word.id"], name=op.f("fk_mentor_reminder_word_id")),
        sa.PrimaryKeyConstraint("word_id", name=op.f("pk_mentor_reminder")),
    )
    op.create_table(
        "plan_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_plan_comment_by_id")),
        sa.ForeignKeyConstraint(["version_id"], ["plan_version.id"], name=op.f("fk_plan_comment_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_comment")),
        sa.UniqueConstraint("entry", name="uq_plan_comment_entry"),
    )
    with op.batch_alter_table("plan_comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_comment_version_id"), ["version_id"], unique=False)

    op.create_table(
        "visit_link",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("word_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.CheckConstraint("(used_at IS NULL) = (answer IS NULL)", name=op.f("ck_visit_link_used_with_an_answer")),
        sa.ForeignKeyConstraint(["mail_id"], ["outbox_mail.id"], name=op.f("fk_visit_link_mail_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["observation_visit.id"], name=op.f("fk_visit_link_visit_id")),
        sa.ForeignKeyConstraint(["word_id"], ["visit_word.id"], name=op.f("fk_visit_link_word_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_visit_link")),
    )
    with op.batch_alter_table("visit_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_link_visit_id"), ["visit_id"], unique=False)

    with op.batch_alter_table("observation_visit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("model", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("mentor_address", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("entered_with", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("confirmed_name", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("confirmed_address", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_observation_visit_day_at_company"), type_="unique")
        batch_op.create_index(
            "uq_observation_visit_day_at_company",
            ["person_id", "on_date", "company"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )
        batch_op.drop_constraint(batch_op.f("ck_observation_visit_confirmed_by_and_at"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_observation_visit_confirmed_by_and_at"),
            "(confirmed_at IS NULL) = (confirmed_by IS NULL AND confirmed_address IS NULL)",
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_observation_visit_confirmed_by_link"),
            "(confirmed_address IS NULL) = (confirmed_name IS NULL)",
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_observation_visit_model_known"), "model IS NULL OR model IN (1, 2)"
        )
        batch_op.create_index("ix_observation_visit_person_id", ["person_id"], unique=False)
        batch_op.create_unique_constraint("uq_observation_visit_entered_with", ["entered_with"])
        batch_op.create_foreign_key(
            batch_op.f("fk_observation_visit_entered_with"), "observation_visit", ["entered_with"], ["id"]
        )

    with op.batch_alter_table("observation_visit", schema=None) as batch_op:  # the visits of before had none
        batch_op.alter_column("mentor_address", server_default=None)
    op.execute(REPORTED)
    op.execute(CONFIRMED)

    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.add_column(sa.Column("about_id", sa.Integer(), nullable=True))
        batch_op.alter_column("person_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index(batch_op.f("ix_outbox_mail_about_id"), ["about_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_outbox_mail_about_id"), "person", ["about_id"], ["id"])
        batch_op.create_check_constraint(
            batch_op.f("ck_outbox_mail_somebody_s"), "person_id IS NOT NULL OR about_id IS NOT NULL"
        )


def downgrade() -> None:
    with op.batch_alter_table("visit_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_link_visit_id"))

    op.drop_table("visit_link")
    with op.batch_alter_table("plan_comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_comment_version_id"))

    op.drop_table("plan_comment")
    op.drop_table("mentor_reminder")
    op.drop_table("visits_reminder")
    op.execute(NOT_REPORTED)
    with op.batch_alter_table("visit_word", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_visit_word_ended",
            sqlite_where=sa.text("word IN ('struck_out', 'rejected')"),
            postgresql_where=sa.text("word IN ('struck_out', 'rejected')"),
        )
        batch_op.drop_index(
            "uq_visit_word_confirmed",
            sqlite_where=sa.text("word = 'confirmed'"),
            postgresql_where=sa.text("word = 'confirmed'"),
        )
        batch_op.drop_index("ix_visit_word_visit_id_id")

    op.drop_table("visit_word")
    for statement in (ENTERED_ALONE, WITHDRAWN, CONFIRMED_BY_LINK, LINK_FORGOTTEN):
        op.execute(statement)
    with op.batch_alter_table("observation_visit", schema=None) as batch_op:
        for check in ("confirmed_by_and_at", "confirmed_by_link", "model_known"):
            batch_op.drop_constraint(batch_op.f(f"ck_observation_visit_{check}"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_observation_visit_confirmed_by_and_at"), "(confirmed_by IS NULL) = (confirmed_at IS NULL)"
        )
        batch_op.drop_constraint(batch_op.f("fk_observation_visit_entered_with"), type_="foreignkey")
        batch_op.drop_constraint("uq_observation_visit_entered_with", type_="unique")
        batch_op.drop_index("ix_observation_visit_person_id")
        batch_op.drop_index(
            "uq_observation_visit_day_at_company",
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_observation_visit_day_at_company"), ["person_id", "on_date", "company"]
        )
        batch_op.drop_column("withdrawn_at")
        batch_op.drop_column("confirmed_address")
        batch_op.drop_column("confirmed_name")
        batch_op.drop_column("entered_with")
        batch_op.drop_column("mentor_address")
        batch_op.drop_column("model")

    op.drop_table("plan_version")
    op.drop_table("plan_draft")
    with op.batch_alter_table("pair", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_pair_running_nav",
            sqlite_where=sa.text("agreed_at IS NOT NULL AND through_on IS NULL"),
            postgresql_where=sa.text("agreed_at IS NOT NULL AND through_on IS NULL"),
        )
        batch_op.drop_index(
            "uq_pair_running_helse",
            sqlite_where=sa.text("agreed_at IS NOT NULL AND through_on IS NULL"),
            postgresql_where=sa.text("agreed_at IS NOT NULL AND through_on IS NULL"),
        )
        batch_op.drop_index(
            "uq_pair_proposed",
            sqlite_where=sa.text("agreed_at IS NULL AND ended_at IS NULL"),
            postgresql_where=sa.text("agreed_at IS NULL AND ended_at IS NULL"),
        )
        batch_op.drop_index("ix_pair_nav_id")
        batch_op.drop_index("ix_pair_helse_id")

    op.drop_table("pair")
    op.execute(MAIL_OUTSIDE)
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_outbox_mail_somebody_s"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_outbox_mail_about_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_outbox_mail_about_id"))
        batch_op.alter_column("person_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("about_id")
