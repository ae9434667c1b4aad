"""documents and badges as given out; keys that sign badges

Revision ID: 20261123_documents
Revises: 20261123_decisions

Triggers refuse to change or delete what was given out: only the bytes of a document and of a badge may go, when a record
is anonymised, and a key may be retired.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261123_documents"
down_revision = "20261123_policy"
branch_labels = None
depends_on = None

FUNCTION = "given_out_stays"
# table → its columns that never change, and what an update is for
KEPT = {
    "certificate_document": (("id", "edition_id", "locale", "sha256", "made_at"), "NEW.content IS NULL"),
    "badge": (("id", "edition_id", "uuid", "kid", "sha256", "made_at"), "NEW.token IS NULL"),
    "badge_status": (("certificate_id", "list_number", "place"), ""),
    "signing_key": (("kid", "use", "public_jwk", "made_at"), "OLD.retired_at IS NULL AND NEW.retired_at IS NOT NULL"),
}


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
    _guard()


def downgrade() -> None:
    _unguard()
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


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _guard() -> None:
    if not _on_sqlite():
        op.execute(
            f"CREATE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION"
            " '%: what was given out is never changed or deleted', TG_TABLE_NAME"
            " USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
    same = "IS" if _on_sqlite() else "IS NOT DISTINCT FROM"
    for table, (columns, purpose) in KEPT.items():
        allowed = " AND ".join([*(f"NEW.{column} {same} OLD.{column}" for column in columns), *filter(None, [purpose])])
        _refuse(table, "update", f"WHEN (NOT ({allowed}))")
        _refuse(table, "delete", "")


def _refuse(table: str, what: str, when: str) -> None:
    start = f"CREATE TRIGGER {table}_refuses_{what} BEFORE {what.upper()} ON {table}"
    if _on_sqlite():
        op.execute(
            f"{start} {when} BEGIN SELECT RAISE(ABORT, '{table}: what was given out is never changed or deleted'); END"
        )
    else:
        op.execute(f"{start} FOR EACH ROW {when} EXECUTE FUNCTION {FUNCTION}()")


def _unguard() -> None:
    for table in KEPT:
        for what in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_refuses_{what}" + ("" if _on_sqlite() else f" ON {table}"))
    if not _on_sqlite():
        op.execute(f"DROP FUNCTION {FUNCTION}()")
