"""Those who sign up for open courses, course certificates, approvals of courses.

Revision ID: 20261123_emnekurs
Revises: 20261123_decisions
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261123_emnekurs"
down_revision = "20261123_documents"
branch_labels = None
depends_on = None

FUNCTION = "refuse_change"  # made by the migration of decisions
KEPT = ("course_certificate", "course_certificate_edition", "course_approval", "course_approval_withdrawn")


def upgrade() -> None:
    op.create_table(
        "course_certificate_number",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_course_certificate_number")),
    )
    op.create_table(
        "course_approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_through", sa.Date(), nullable=False),
        sa.Column("online_quarters", sa.Integer(), nullable=False),
        sa.Column("topic_quarters", sa.Integer(), nullable=False),
        sa.Column("elective_quarters", sa.Integer(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.CheckConstraint("body <> '' AND reference <> ''", name=op.f("ck_course_approval_named")),
        sa.CheckConstraint(
            "online_quarters + topic_quarters + elective_quarters > 0", name=op.f("ck_course_approval_hours_given")
        ),
        sa.CheckConstraint(
            "online_quarters >= 0 AND topic_quarters >= 0 AND elective_quarters >= 0",
            name=op.f("ck_course_approval_hours_not_negative"),
        ),
        sa.CheckConstraint("valid_through >= valid_from", name=op.f("ck_course_approval_dates_in_order")),
        sa.ForeignKeyConstraint(["entered_by"], ["person.id"], name=op.f("fk_course_approval_entered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_approval")),
        sa.UniqueConstraint("course_id", "body", "reference", "valid_from", name="uq_course_approval_reference"),
    )
    op.create_table(
        "practitioner",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("occupation", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(occupation = 'counsellor') = (office <> '')", name=op.f("ck_practitioner_office_of_counsellors")
        ),
        sa.CheckConstraint("occupation IN ('gp', 'counsellor')", name=op.f("ck_practitioner_occupation_known")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_practitioner_person_id")),
        sa.ForeignKeyConstraint(["region_id"], ["unit.id"], name=op.f("fk_practitioner_region_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_practitioner")),
    )
    with op.batch_alter_table("practitioner", schema=None) as batch_op:
        batch_op.create_index("ix_practitioner_region_id", ["region_id"], unique=False)

    op.create_table(
        "sign_up",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("occupation", sa.String(), nullable=False),
        sa.Column("hpr_number", sa.String(), nullable=True),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=True),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("go_on_to", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(occupation = 'counsellor') = (office <> '')", name=op.f("ck_sign_up_office_of_counsellors")
        ),
        sa.CheckConstraint(
            "(occupation = 'gp') = (hpr_number IS NOT NULL)", name=op.f("ck_sign_up_hpr_number_of_doctors")
        ),
        sa.CheckConstraint(
            "ltrim(hpr_number, '0123456789') = '' AND hpr_number NOT LIKE '0%' AND length(hpr_number) BETWEEN 1 AND 9",
            name=op.f("ck_sign_up_hpr_number_canonical"),
        ),
        sa.CheckConstraint("occupation IN ('gp', 'counsellor')", name=op.f("ck_sign_up_occupation_known")),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_sign_up_email_lower_case")),
        sa.ForeignKeyConstraint(["region_id"], ["unit.id"], name=op.f("fk_sign_up_region_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_up")),
    )
    with op.batch_alter_table("sign_up", schema=None) as batch_op:
        batch_op.create_index("ix_sign_up_email", ["email"], unique=False)
        batch_op.create_index("ix_sign_up_expires_at", ["expires_at"], unique=False)

    op.create_table(
        "course_approval_withdrawn",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("approval_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("withdrawn_by", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_course_approval_withdrawn_reason_given")),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["course_approval.id"], name=op.f("fk_course_approval_withdrawn_approval_id")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["person.id"], name=op.f("fk_course_approval_withdrawn_withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_approval_withdrawn")),
        sa.UniqueConstraint("approval_id", name=op.f("uq_course_approval_withdrawn_approval_id")),
    )
    op.create_table(
        "course_certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.String(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("verify_code", sa.String(), nullable=False),
        sa.Column("print_code", sa.String(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.CheckConstraint(
            "last_on >= first_on AND issued_on >= last_on", name=op.f("ck_course_certificate_days_in_order")
        ),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_course_certificate_enrolment_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_course_certificate_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_certificate")),
        sa.UniqueConstraint("enrolment_id", name="uq_course_certificate_enrolment"),
        sa.UniqueConstraint("number", name=op.f("uq_course_certificate_number")),
        sa.UniqueConstraint("print_code", name=op.f("uq_course_certificate_print_code")),
        sa.UniqueConstraint("verify_code", name=op.f("uq_course_certificate_verify_code")),
    )
    with op.batch_alter_table("course_certificate", schema=None) as batch_op:
        batch_op.create_index("ix_course_certificate_course_id_last_on", ["course_id", "last_on"], unique=False)
        batch_op.create_index("ix_course_certificate_person_id", ["person_id"], unique=False)

    op.create_table(
        "course_certificate_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("holder_name", sa.String(), nullable=False),
        sa.Column("hpr_number", sa.String(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_by", sa.Integer(), nullable=True),
        sa.Column("salt", sa.String(), nullable=False),
        sa.CheckConstraint("edition >= 1", name=op.f("ck_course_certificate_edition_edition_from_one")),
        sa.CheckConstraint(
            "length(hpr_number) BETWEEN 1 AND 9", name=op.f("ck_course_certificate_edition_hpr_number_length")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["course_certificate.id"], name=op.f("fk_course_certificate_edition_certificate_id")
        ),
        sa.ForeignKeyConstraint(["issued_by"], ["person.id"], name=op.f("fk_course_certificate_edition_issued_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_certificate_edition")),
        sa.UniqueConstraint("certificate_id", "edition", name="uq_course_certificate_edition"),
    )
    op.create_table(
        "course_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["course_certificate_edition.id"], name=op.f("fk_course_document_edition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_document")),
        sa.UniqueConstraint("edition_id", "locale", name="uq_course_document_edition_locale"),
    )
    _guard()


def _guard() -> None:
    """Triggers that refuse to change or delete what was decided; they go with their tables."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in KEPT:
        for what in ("UPDATE", "DELETE"):
            head = f"CREATE TRIGGER {table}_refuses_{what.lower()} BEFORE {what} ON {table}"
            if on_sqlite:
                op.execute(
                    f"{head} BEGIN SELECT RAISE(ABORT, '{table}: what was decided is never changed or deleted'); END"
                )
            else:
                op.execute(f"{head} FOR EACH ROW EXECUTE FUNCTION {FUNCTION}()")


def downgrade() -> None:
    op.drop_table("course_document")
    op.drop_table("course_certificate_edition")
    with op.batch_alter_table("course_certificate", schema=None) as batch_op:
        batch_op.drop_index("ix_course_certificate_person_id")
        batch_op.drop_index("ix_course_certificate_course_id_last_on")

    op.drop_table("course_certificate")
    op.drop_table("course_approval_withdrawn")
    with op.batch_alter_table("sign_up", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_up_expires_at")
        batch_op.drop_index("ix_sign_up_email")

    op.drop_table("sign_up")
    with op.batch_alter_table("practitioner", schema=None) as batch_op:
        batch_op.drop_index("ix_practitioner_region_id")

    op.drop_table("practitioner")
    op.drop_table("course_approval")
    op.drop_table("course_certificate_number")
