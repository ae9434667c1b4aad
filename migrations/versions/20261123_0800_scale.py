"""indexes for what every night and every register asks of ten thousand people

Revision ID: 20261123_scale
Revises: 20261123_reminders
"""

from __future__ import annotations

from alembic import op

revision = "20261123_scale"
down_revision = "20261123_reminders"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_membership_person_id_from_date", "membership", ["person_id", "from_date"]),
    ("ix_assessment_programme_outcome", "assessment", ["programme", "outcome", "person_id", "decided_on"]),
    ("ix_seminar_bookable_through", "seminar", ["bookable_through"]),
    ("ix_reminder_mail_id", "reminder", ["mail_id"]),
)


def upgrade() -> None:
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, table, _columns in reversed(INDEXES):
        op.drop_index(name, table_name=table)
