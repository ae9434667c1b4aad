"""seminars in full: programme, tracks, trainers; booking, waiting lists, what happened to seats

Revision ID: 20261122_seminar_booking
Revises: 20261122_between_parts
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_seminar_booking"
down_revision = "20261122_between_parts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "seat_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seminar_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("other_seminar_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_seat_event_by")),
        sa.ForeignKeyConstraint(["other_seminar_id"], ["seminar.id"], name=op.f("fk_seat_event_other_seminar_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_seat_event_person_id")),
        sa.ForeignKeyConstraint(["seminar_id"], ["seminar.id"], name=op.f("fk_seat_event_seminar_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_event")),
    )
    op.create_index("ix_seat_event_person_id", "seat_event", ["person_id"])
    op.create_index("ix_seat_event_seminar_id", "seat_event", ["seminar_id"])

    op.create_table(
        "seminar_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seminar_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("through_date", sa.Date(), nullable=False),
        sa.Column("invited_by", sa.Integer(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["invited_by"], ["person.id"], name=op.f("fk_seminar_invitation_invited_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_seminar_invitation_person_id")),
        sa.ForeignKeyConstraint(["seminar_id"], ["seminar.id"], name=op.f("fk_seminar_invitation_seminar_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seminar_invitation")),
    )
    op.create_index("ix_seminar_invitation_person_id_seminar_id", "seminar_invitation", ["person_id", "seminar_id"])
    op.create_index(op.f("ix_seminar_invitation_seminar_id"), "seminar_invitation", ["seminar_id"])

    op.create_table(
        "seminar_quota",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seminar_id", sa.Integer(), nullable=False),
        sa.Column("sector", sa.String(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.CheckConstraint("sector IN ('nav', 'helse')", name=op.f("ck_seminar_quota_sector_known")),
        sa.CheckConstraint("(sector IS NULL) <> (unit_id IS NULL)", name=op.f("ck_seminar_quota_sector_or_unit")),
        sa.CheckConstraint("seats >= 0", name=op.f("ck_seminar_quota_seats_not_negative")),
        sa.ForeignKeyConstraint(["seminar_id"], ["seminar.id"], name=op.f("fk_seminar_quota_seminar_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_seminar_quota_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seminar_quota")),
        sa.UniqueConstraint("seminar_id", "sector", name="uq_seminar_quota_sector"),
        sa.UniqueConstraint("seminar_id", "unit_id", name="uq_seminar_quota_unit"),
    )
    op.create_table(
        "seminar_trainer",
        sa.Column("seminar_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("is_lead", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_seminar_trainer_person_id")),
        sa.ForeignKeyConstraint(["seminar_id"], ["seminar.id"], name=op.f("fk_seminar_trainer_seminar_id")),
        sa.PrimaryKeyConstraint("seminar_id", "person_id", name=op.f("pk_seminar_trainer")),
    )
    op.create_index(
        "uq_seminar_trainer_lead",
        "seminar_trainer",
        ["seminar_id"],
        unique=True,
        sqlite_where=sa.text("is_lead"),
        postgresql_where=sa.text("is_lead"),
    )

    op.create_table(
        "trainer_substitution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seminar_id", sa.Integer(), nullable=False),
        sa.Column("absent_id", sa.Integer(), nullable=False),
        sa.Column("substitute_id", sa.Integer(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("absent_id <> substitute_id", name=op.f("ck_trainer_substitution_two_people")),
        sa.ForeignKeyConstraint(["absent_id"], ["person.id"], name=op.f("fk_trainer_substitution_absent_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_trainer_substitution_decided_by")),
        sa.ForeignKeyConstraint(["seminar_id"], ["seminar.id"], name=op.f("fk_trainer_substitution_seminar_id")),
        sa.ForeignKeyConstraint(["substitute_id"], ["person.id"], name=op.f("fk_trainer_substitution_substitute_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trainer_substitution")),
    )
    op.create_index("ix_trainer_substitution_seminar_id", "trainer_substitution", ["seminar_id"])

    op.create_table(
        "waiting_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seminar_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("offer_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('seated', 'left', 'declined', 'ran_out', 'cancelled')",
            name=op.f("ck_waiting_entry_outcome_known"),
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name=op.f("ck_waiting_entry_end_whole")),
        sa.CheckConstraint("(offered_at IS NULL) = (offer_ends_at IS NULL)", name=op.f("ck_waiting_entry_offer_whole")),
        sa.CheckConstraint("offer_ends_at > offered_at", name=op.f("ck_waiting_entry_offer_in_order")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_waiting_entry_person_id")),
        sa.ForeignKeyConstraint(["seminar_id"], ["seminar.id"], name=op.f("fk_waiting_entry_seminar_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_entry")),
    )
    op.create_index("ix_waiting_entry_person_id", "waiting_entry", ["person_id"])
    op.create_index(
        "uq_waiting_entry_open",
        "waiting_entry",
        ["seminar_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )

    op.create_table(
        "seminar_track",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seminar_day_id", sa.Integer(), nullable=False),
        sa.Column("sector", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("trainer_id", sa.Integer(), nullable=True),
        sa.Column("programme", sa.String(), nullable=False),
        sa.CheckConstraint("sector IN ('nav', 'helse')", name=op.f("ck_seminar_track_sector_known")),
        sa.ForeignKeyConstraint(["seminar_day_id"], ["seminar_day.id"], name=op.f("fk_seminar_track_seminar_day_id")),
        sa.ForeignKeyConstraint(["trainer_id"], ["person.id"], name=op.f("fk_seminar_track_trainer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seminar_track")),
        sa.UniqueConstraint("seminar_day_id", "sector", name="uq_seminar_track_sector"),
    )
    with op.batch_alter_table("seminar", schema=None) as batch_op:
        batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("bookable_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("bookable_through", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("cancel_through", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("cancelled_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("cancelled_why", sa.String(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_seminar_cancelled_by"), "person", ["cancelled_by"], ["id"])
        batch_op.create_check_constraint(op.f("ck_seminar_revision_from_zero"), "revision >= 0")
        batch_op.create_check_constraint(
            op.f("ck_seminar_booking_window_whole"), "(bookable_from IS NULL) = (bookable_through IS NULL)"
        )
        batch_op.create_check_constraint(
            op.f("ck_seminar_booking_window_in_order"), "bookable_from <= bookable_through"
        )
        batch_op.create_check_constraint(
            op.f("ck_seminar_cancellation_whole"),
            "(cancelled_at IS NULL) = (cancelled_by IS NULL) AND (cancelled_at IS NULL) = (cancelled_why IS NULL)",
        )

    with op.batch_alter_table("seminar_day", schema=None) as batch_op:
        batch_op.add_column(sa.Column("programme", sa.String(), nullable=False, server_default=""))
    # the rows of before have a value; new ones say theirs
    with op.batch_alter_table("seminar", schema=None) as batch_op:
        batch_op.alter_column("revision", server_default=None)
    with op.batch_alter_table("seminar_day", schema=None) as batch_op:
        batch_op.alter_column("programme", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("seminar_day", schema=None) as batch_op:
        batch_op.drop_column("programme")

    with op.batch_alter_table("seminar", schema=None) as batch_op:
        for name in ("revision_from_zero", "booking_window_whole", "booking_window_in_order", "cancellation_whole"):
            batch_op.drop_constraint(op.f(f"ck_seminar_{name}"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_seminar_cancelled_by"), type_="foreignkey")
        batch_op.drop_column("cancelled_why")
        batch_op.drop_column("cancelled_by")
        batch_op.drop_column("cancelled_at")
        batch_op.drop_column("cancel_through")
        batch_op.drop_column("bookable_through")
        batch_op.drop_column("bookable_from")
        batch_op.drop_column("revision")

    op.drop_table("seminar_track")
    op.drop_index("uq_waiting_entry_open", table_name="waiting_entry")

    op.drop_table("waiting_entry")
    op.drop_index("ix_trainer_substitution_seminar_id", table_name="trainer_substitution")

    op.drop_table("trainer_substitution")
    op.drop_index("uq_seminar_trainer_lead", table_name="seminar_trainer")

    op.drop_table("seminar_trainer")
    op.drop_table("seminar_quota")
    op.drop_index(op.f("ix_seminar_invitation_seminar_id"), table_name="seminar_invitation")
    op.drop_index("ix_seminar_invitation_person_id_seminar_id", table_name="seminar_invitation")

    op.drop_table("seminar_invitation")
    op.drop_index("ix_seat_event_seminar_id", table_name="seat_event")
    op.drop_index("ix_seat_event_person_id", table_name="seat_event")

    op.drop_table("seat_event")
