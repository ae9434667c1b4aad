"""planned mails: held ones; when a mail failed

Revision ID: 20261123_reminders
Revises: 20261123_appeals
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261123_reminders"
down_revision = "20261123_appeals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reminder_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("held_by", sa.Integer(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(kind = 'digest') = (person_id IS NULL)", name=op.f("ck_reminder_hold_mail_to_person")),
        sa.CheckConstraint("(kind = 'digest') = (unit_id IS NOT NULL)", name=op.f("ck_reminder_hold_digest_of_unit")),
        sa.CheckConstraint(
            "(kind IN ('reminder', 'check')) = (certificate_id IS NOT NULL)",
            name=op.f("ck_reminder_hold_about_certificate"),
        ),
        sa.CheckConstraint(
            "kind IN ('reminder', 'check', 'visits', 'digest')", name=op.f("ck_reminder_hold_kind_known")
        ),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_reminder_hold_reason_given")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_reminder_hold_number_positive")),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificate.id"], name=op.f("fk_reminder_hold_certificate_id")),
        sa.ForeignKeyConstraint(["held_by"], ["person.id"], name=op.f("fk_reminder_hold_held_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reminder_hold_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_reminder_hold_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_hold")),
        sa.UniqueConstraint("key", "number", name="uq_reminder_hold_key_number"),
    )
    with op.batch_alter_table("reminder_hold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reminder_hold_certificate_id"), ["certificate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reminder_hold_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reminder_hold_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "reminder_release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hold_id", sa.Integer(), nullable=False),
        sa.Column("released_by", sa.Integer(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["hold_id"], ["reminder_hold.id"], name=op.f("fk_reminder_release_hold_id")),
        sa.ForeignKeyConstraint(["released_by"], ["person.id"], name=op.f("fk_reminder_release_released_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_release")),
        sa.UniqueConstraint("hold_id", name="uq_reminder_release_hold_id"),
    )
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.add_column(sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True))
    # when they failed was not kept; they were written shortly before
    op.execute("UPDATE outbox_mail SET failed_at = created_at WHERE state IN ('refused', 'given_up')")


def downgrade() -> None:
    op.execute("UPDATE outbox_mail SET state = 'refused' WHERE state = 'bounced'")
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.drop_column("failed_at")

    op.drop_table("reminder_release")
    with op.batch_alter_table("reminder_hold", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reminder_hold_unit_id"))
        batch_op.drop_index(batch_op.f("ix_reminder_hold_person_id"))
        batch_op.drop_index(batch_op.f("ix_reminder_hold_certificate_id"))

    op.drop_table("reminder_hold")
