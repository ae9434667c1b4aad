"""around the seminar: calendars, check-in, days made up, materials, evaluation

Revision ID: 20261122_round_seminars
Revises: 20261122_uploads

Down, what people have agreed and answered is lost; a check-in stays as the word of the trainer who opened it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_round_seminars"
down_revision = "20261122_uploads"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    op.create_table(
        "calendar_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("seminar_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sequence >= 0", name=op.f("ck_calendar_entry_sequence_from_zero")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendar_entry_person_id")),
        sa.ForeignKeyConstraint(["seminar_id"], ["seminar.id"], name=op.f("fk_calendar_entry_seminar_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_entry")),
        sa.UniqueConstraint("person_id", "uid", name="uq_calendar_entry_person_uid"),
    )
    op.create_index(op.f("ix_calendar_entry_seminar_id"), "calendar_entry", ["seminar_id"])

    op.create_table(
        "evaluation_answer",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("seminar_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("ratings", sa.JSON(), nullable=False),
        sa.Column("useful", sa.String(), nullable=False),
        sa.Column("better", sa.String(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.CheckConstraint("part IN (1, 2)", name=op.f("ck_evaluation_answer_part_known")),
        sa.ForeignKeyConstraint(["seminar_id"], ["seminar.id"], name=op.f("fk_evaluation_answer_seminar_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_answer")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_evaluation_answer_part", "evaluation_answer", ["seminar_id", "part"])

    op.create_table(
        "evaluation_turn",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seminar_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.CheckConstraint("part IN (1, 2)", name=op.f("ck_evaluation_turn_part_known")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_evaluation_turn_person_id")),
        sa.ForeignKeyConstraint(["seminar_id"], ["seminar.id"], name=op.f("fk_evaluation_turn_seminar_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_turn")),
        sa.UniqueConstraint("seminar_id", "part", "person_id", name="uq_evaluation_turn_person"),
    )
    op.create_index(op.f("ix_evaluation_turn_person_id"), "evaluation_turn", ["person_id"])

    op.create_table(
        "check_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seminar_day_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["opened_by"], ["person.id"], name=op.f("fk_check_in_opened_by")),
        sa.ForeignKeyConstraint(["seminar_day_id"], ["seminar_day.id"], name=op.f("fk_check_in_seminar_day_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in")),
        sa.UniqueConstraint("seminar_day_id", name="uq_check_in_seminar_day"),
    )
    op.create_table(
        "day_material",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seminar_day_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=True),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_by", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(upload_id IS NULL) <> (link = '')", name=op.f("ck_day_material_file_or_link")),
        sa.CheckConstraint("link = '' OR link LIKE 'https://%'", name=op.f("ck_day_material_link_https")),
        sa.CheckConstraint("title <> ''", name=op.f("ck_day_material_titled")),
        sa.CheckConstraint(
            "(removed_by IS NULL) = (removed_at IS NULL)", name=op.f("ck_day_material_removed_by_and_at")
        ),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name=op.f("fk_day_material_added_by")),
        sa.ForeignKeyConstraint(["removed_by"], ["person.id"], name=op.f("fk_day_material_removed_by")),
        sa.ForeignKeyConstraint(["seminar_day_id"], ["seminar_day.id"], name=op.f("fk_day_material_seminar_day_id")),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_day_material_upload_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_material")),
    )
    op.create_index(op.f("ix_day_material_seminar_day_id"), "day_material", ["seminar_day_id"])
    op.create_index(op.f("ix_day_material_upload_id"), "day_material", ["upload_id"])

    op.create_table(
        "make_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("seminar_day_id", sa.Integer(), nullable=False),
        sa.Column("other_day_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("agreed_by", sa.Integer(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_what", sa.String(), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("confirmed_by IS NULL OR done_what <> ''", name=op.f("ck_make_up_confirmed_in_words")),
        sa.CheckConstraint(
            "(confirmed_by IS NULL) = (confirmed_at IS NULL) AND (confirmed_by IS NULL) = (done_on IS NULL)",
            name=op.f("ck_make_up_confirmed_whole"),
        ),
        sa.CheckConstraint(
            "(withdrawn_by IS NULL) = (withdrawn_at IS NULL)", name=op.f("ck_make_up_withdrawn_by_and_at")
        ),
        sa.CheckConstraint("agreed_by <> person_id", name=op.f("ck_make_up_agreed_by_another")),
        sa.CheckConstraint(
            "confirmed_by IS NULL OR confirmed_by <> person_id", name=op.f("ck_make_up_confirmed_by_another")
        ),
        sa.CheckConstraint("other_day_id IS NULL OR confirmed_by IS NULL", name=op.f("ck_make_up_list_or_word")),
        sa.CheckConstraint(
            "other_day_id IS NULL OR other_day_id <> seminar_day_id", name=op.f("ck_make_up_another_day")
        ),
        sa.ForeignKeyConstraint(["agreed_by"], ["person.id"], name=op.f("fk_make_up_agreed_by")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["person.id"], name=op.f("fk_make_up_confirmed_by")),
        sa.ForeignKeyConstraint(["other_day_id"], ["seminar_day.id"], name=op.f("fk_make_up_other_day_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_make_up_person_id")),
        sa.ForeignKeyConstraint(["seminar_day_id"], ["seminar_day.id"], name=op.f("fk_make_up_seminar_day_id")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["person.id"], name=op.f("fk_make_up_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_make_up")),
    )
    op.create_index("ix_make_up_other_day_id", "make_up", ["other_day_id"])
    op.create_index("ix_make_up_seminar_day_id", "make_up", ["seminar_day_id"])
    op.create_index(
        "uq_make_up_one_holds",
        "make_up",
        ["person_id", "seminar_day_id"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )

    # a word of before is a trainer's own: it stands without a check-in
    with op.batch_alter_table("attendance") as attendance:
        attendance.add_column(sa.Column("check_in_id", sa.Integer(), nullable=True))
        attendance.create_foreign_key(op.f("fk_attendance_check_in_id"), "check_in", ["check_in_id"], ["id"])
        attendance.create_check_constraint(op.f("ck_attendance_check_in_present"), "check_in_id IS NULL OR present")
    op.add_column("outbox_mail", sa.Column("calendar", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("outbox_mail", "calendar")
    op.drop_table("make_up")

    op.drop_table("day_material")
    with op.batch_alter_table("attendance") as attendance:
        attendance.drop_constraint(op.f("ck_attendance_check_in_present"), type_="check")
        attendance.drop_constraint(op.f("fk_attendance_check_in_id"), type_="foreignkey")
        attendance.drop_column("check_in_id")
    op.drop_table("check_in")

    op.drop_table("evaluation_turn")

    op.drop_table("evaluation_answer")

    op.drop_table("calendar_entry")
    op.drop_table("calendar_feed")
