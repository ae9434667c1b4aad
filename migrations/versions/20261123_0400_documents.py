"""documents and badges as given out; keys that sign badges

Revision ID: 20261123_documents
Revises: 20261123_decisions
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261123_documents"
down_revision = "20261123_policy"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signing_key",
        sa.Column("kid", sa.String(), nullable=False),
        sa.Column("use", sa.String(), nullable=False),
        sa.Column("public_jwk", sa.String(), nullable=False),
        sa.Column("sealed_pem", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(retired_at IS NULL) = (length(sealed_pem) > 0)", name=op.f("ck_signing_key_retired_is_emptied")
        ),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_signing_key")),
    )
    with op.batch_alter_table("signing_key", schema=None) as batch_op:
        batch_op.create_index(
            "uq_signing_key_signs",
            ["use"],
            unique=True,
            sqlite_where=sa.text("retired_at IS NULL"),
            postgresql_where=sa.text("retired_at IS NULL"),
        )

    op.create_table(
        "badge_status",
        sa.Column("certificate_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("list_number", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.CheckConstraint("place >= 0 AND place < 131072", name=op.f("ck_badge_status_place_in_list")),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificate.id"], name=op.f("fk_badge_status_certificate_id")),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_badge_status")),
        sa.UniqueConstraint("list_number", "place", name="uq_badge_status_list_number_place"),
    )
    op.create_table(
        "badge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(), nullable=False),
        sa.Column("kid", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_badge_sha256_in_hex")),
        sa.ForeignKeyConstraint(["edition_id"], ["certificate_edition.id"], name=op.f("fk_badge_edition_id")),
        sa.ForeignKeyConstraint(["kid"], ["signing_key.kid"], name=op.f("fk_badge_kid")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge")),
        sa.UniqueConstraint("edition_id", name="uq_badge_edition_id"),
        sa.UniqueConstraint("uuid", name=op.f("uq_badge_uuid")),
    )
    op.create_table(
        "certificate_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_certificate_document_sha256_in_hex")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["certificate_edition.id"], name=op.f("fk_certificate_document_edition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_document")),
        sa.UniqueConstraint("edition_id", "locale", name="uq_certificate_document_edition_id_locale"),
    )
    with op.batch_alter_table("certificate_document", schema=None) as batch_op:
        batch_op.create_index("ix_certificate_document_sha256", ["sha256"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("certificate_document", schema=None) as batch_op:
        batch_op.drop_index("ix_certificate_document_sha256")

    op.drop_table("certificate_document")
    op.drop_table("badge")
    op.drop_table("badge_status")
    with op.batch_alter_table("signing_key", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_signing_key_signs",
            sqlite_where=sa.text("retired_at IS NULL"),
            postgresql_where=sa.text("retired_at IS NULL"),
        )

    op.drop_table("signing_key")
