"""versions of programmes with who accepted them, when and why; proposals for the next one; imports

Revision ID: 20261123_policy
Revises: 20261123_decisions
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261123_policy"
down_revision = "20261123_decisions"
branch_labels = None
depends_on = None

# The table of before knows each digest once: there, that of a text that came back gets the version's number behind it.
DIGEST_LENGTH = 64
MARKED = """
UPDATE programme_version SET digest = digest || '-' || number
WHERE id NOT IN (SELECT min(id) FROM programme_version GROUP BY digest)
"""
UNMARKED = f"UPDATE programme_version SET digest = substr(digest, 1, {DIGEST_LENGTH})"


def upgrade() -> None:
    with op.batch_alter_table("programme_version") as batch_op:
        batch_op.alter_column("stored_at", new_column_name="accepted_at")
        batch_op.add_column(sa.Column("accepted_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("note", sa.String(), nullable=False, server_default=""))
        batch_op.create_foreign_key(op.f("fk_programme_version_accepted_by"), "person", ["accepted_by"], ["id"])
        batch_op.drop_constraint("uq_programme_version_digest", type_="unique")
    with op.batch_alter_table("programme_version") as batch_op:
        batch_op.alter_column("note", server_default=None)
    op.execute(UNMARKED)
    op.create_table(
        "programme_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "version_id IS NULL OR closed_at IS NOT NULL", name=op.f("ck_programme_proposal_accepted_is_closed")
        ),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_programme_proposal_proposed_by")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["programme_version.id"], name=op.f("fk_programme_proposal_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_proposal")),
        sa.UniqueConstraint("version_id", name=op.f("uq_programme_proposal_version_id")),
    )
    op.create_index(
        "uq_programme_proposal_open",
        "programme_proposal",
        ["programme", "digest", "based_on"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )

    op.create_table(
        "certificate_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tried_by", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("seen", sa.String(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["tried_by"], ["person.id"], name=op.f("fk_certificate_import_tried_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_import")),
    )
    op.create_index("ix_certificate_import_tried_by", "certificate_import", ["tried_by"])


def downgrade() -> None:
    op.drop_table("certificate_import")
    op.drop_table("programme_proposal")
    op.execute(MARKED)
    with op.batch_alter_table("programme_version") as batch_op:
        batch_op.create_unique_constraint("uq_programme_version_digest", ["digest"])
        batch_op.drop_constraint(op.f("fk_programme_version_accepted_by"), type_="foreignkey")
        batch_op.drop_column("note")
        batch_op.drop_column("accepted_by")
        batch_op.alter_column("accepted_at", new_column_name="stored_at")
