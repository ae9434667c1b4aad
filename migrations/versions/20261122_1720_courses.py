"""courses

Revision ID: 20261122_courses
Revises: 20261122_quizzes
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_courses"
down_revision = "20261122_quizzes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "content_asset",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_content_asset")),
    )
    op.create_table(
        "course_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("lesson_count", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_course_version_number_from_one")),
        sa.ForeignKeyConstraint(["published_by"], ["person.id"], name=op.f("fk_course_version_published_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_version")),
        sa.UniqueConstraint("course_id", "number", name="uq_course_version_number"),
        sa.UniqueConstraint("digest", name="uq_course_version_digest"),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("company", sa.String(), nullable=False),
        sa.Column("module", sa.String(), nullable=False),
        sa.Column("model", sa.Integer(), nullable=False),
        sa.Column("employees", sa.Integer(), nullable=False),
        sa.Column("leaders", sa.Integer(), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("duration_minutes >= 1", name=op.f("ck_delivery_duration_positive")),
        sa.CheckConstraint(
            "employees >= 0 AND leaders >= 0 AND employees + leaders >= 1", name=op.f("ck_delivery_somebody_there")
        ),
        sa.CheckConstraint("model IN (1, 2)", name=op.f("ck_delivery_model_known")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_delivery_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("person_id", "entry", name="uq_delivery_entry"),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index("ix_delivery_person_id_on_date", ["person_id", "on_date"], unique=False)

    op.create_table(
        "gathering_attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('further_training', 'network')", name=op.f("ck_gathering_attendance_kind_known")),
        sa.CheckConstraint("recorded_by <> person_id", name=op.f("ck_gathering_attendance_not_by_oneself")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_gathering_attendance_person_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_gathering_attendance_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gathering_attendance")),
        sa.UniqueConstraint("person_id", "on_date", "title", name="uq_gathering_attendance_once"),
    )
    op.create_table(
        "observation_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("company", sa.String(), nullable=False),
        sa.Column("modules", sa.JSON(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=True),
        sa.Column("mentor_name", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(confirmed_by IS NULL) = (confirmed_at IS NULL)", name=op.f("ck_observation_visit_confirmed_by_and_at")
        ),
        sa.CheckConstraint(
            "confirmed_by IS NULL OR confirmed_by <> person_id", name=op.f("ck_observation_visit_confirmed_by_another")
        ),
        sa.CheckConstraint(
            "mentor_id IS NULL OR mentor_id <> person_id", name=op.f("ck_observation_visit_mentor_is_another")
        ),
        sa.ForeignKeyConstraint(["confirmed_by"], ["person.id"], name=op.f("fk_observation_visit_confirmed_by")),
        sa.ForeignKeyConstraint(["mentor_id"], ["person.id"], name=op.f("fk_observation_visit_mentor_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_observation_visit_person_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_observation_visit_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation_visit")),
        sa.UniqueConstraint("person_id", "on_date", "company", name="uq_observation_visit_day_at_company"),
    )
    with op.batch_alter_table("observation_visit", schema=None) as batch_op:
        batch_op.create_index("ix_observation_visit_mentor_id", ["mentor_id"], unique=False)

    op.create_table(
        "seminar",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("seats >= 1", name=op.f("ck_seminar_seats_positive")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_seminar_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seminar")),
        sa.UniqueConstraint("unit_id", "name", name="uq_seminar_unit_id_name"),
    )
    op.create_table(
        "course",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("current_version_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["current_version_id"], ["course_version.id"], name=op.f("fk_course_current_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course")),
    )
    op.create_table(
        "seminar_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seminar_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("day_number", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.CheckConstraint("day_number >= 1", name=op.f("ck_seminar_day_day_number_from_one")),
        sa.CheckConstraint("part IN (1, 2)", name=op.f("ck_seminar_day_part_known")),
        sa.ForeignKeyConstraint(["seminar_id"], ["seminar.id"], name=op.f("fk_seminar_day_seminar_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seminar_day")),
        sa.UniqueConstraint("seminar_id", "on_date", name="uq_seminar_day_date"),
        sa.UniqueConstraint("seminar_id", "part", "day_number", name="uq_seminar_day_place_in_part"),
    )
    with op.batch_alter_table("seminar_day", schema=None) as batch_op:
        batch_op.create_index("ix_seminar_day_on_date", ["on_date"], unique=False)

    op.create_table(
        "seminar_seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seminar_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("seated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_seminar_seat_person_id")),
        sa.ForeignKeyConstraint(["seminar_id"], ["seminar.id"], name=op.f("fk_seminar_seat_seminar_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seminar_seat")),
        sa.UniqueConstraint("seminar_id", "person_id", name="uq_seminar_seat_person"),
    )
    with op.batch_alter_table("seminar_seat", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seminar_seat_person_id"), ["person_id"], unique=False)

    op.create_table(
        "attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seminar_day_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("recorded_by <> person_id", name=op.f("ck_attendance_not_by_oneself")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_attendance_person_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_attendance_recorded_by")),
        sa.ForeignKeyConstraint(["seminar_day_id"], ["seminar_day.id"], name=op.f("fk_attendance_seminar_day_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
    )
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.create_index("ix_attendance_person_id_seminar_day_id", ["person_id", "seminar_day_id"], unique=False)
        batch_op.create_index("ix_attendance_seminar_day_id", ["seminar_day_id"], unique=False)

    op.create_table(
        "enrolment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cycle >= 1", name=op.f("ck_enrolment_cycle_from_one")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_enrolment_course_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_enrolment_person_id")),
        sa.ForeignKeyConstraint(["version_id"], ["course_version.id"], name=op.f("fk_enrolment_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint("person_id", "course_id", "cycle", name="uq_enrolment_cycle"),
    )
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enrolment_course_id"), ["course_id"], unique=False)
        batch_op.create_index("ix_enrolment_version", ["version_id"], unique=False)

    op.create_table(
        "lesson_done",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.String(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_lesson_done_enrolment_id")),
        sa.PrimaryKeyConstraint("enrolment_id", "lesson_id", name=op.f("pk_lesson_done")),
    )


def downgrade() -> None:
    op.drop_table("lesson_done")
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.drop_index("ix_enrolment_version")
        batch_op.drop_index(batch_op.f("ix_enrolment_course_id"))

    op.drop_table("enrolment")
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.drop_index("ix_attendance_seminar_day_id")
        batch_op.drop_index("ix_attendance_person_id_seminar_day_id")

    op.drop_table("attendance")
    with op.batch_alter_table("seminar_seat", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seminar_seat_person_id"))

    op.drop_table("seminar_seat")
    with op.batch_alter_table("seminar_day", schema=None) as batch_op:
        batch_op.drop_index("ix_seminar_day_on_date")

    op.drop_table("seminar_day")
    op.drop_table("course")
    op.drop_table("seminar")
    with op.batch_alter_table("observation_visit", schema=None) as batch_op:
        batch_op.drop_index("ix_observation_visit_mentor_id")

    op.drop_table("observation_visit")
    op.drop_table("gathering_attendance")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_delivery_person_id_on_date")

    op.drop_table("delivery")
    op.drop_table("course_version")
    op.drop_table("content_asset")
