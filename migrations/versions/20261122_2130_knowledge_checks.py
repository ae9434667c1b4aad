"""voluntary knowledge checks after a certificate

Revision ID: 20261122_knowledge_checks
Revises: 20261122_item_decisions

The constraint on an attempt's form changes. SQLite cannot change one: there the table is made anew from its own stored
words, so that every other column, constraint and index stays as it is, whoever added it. Rows that point at an attempt
(`attempt_item`) point at nothing for a moment; their foreign keys are looked at when the transaction ends.

Down, the checks people have answered are lost: the older code has no word for them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_knowledge_checks"
down_revision = "20261122_item_decisions"
branch_labels = None
depends_on = None

OLD = "form IN ('pre', 'post')"
NEW = "form IN ('pre', 'post', 'check')"
UNPASSABLE = "form <> 'check' OR pass_numerator = 0"

OLD_WORDS = f"CONSTRAINT ck_attempt_form CHECK ({OLD})"
NEW_WORDS = (
    f"CONSTRAINT ck_attempt_form CHECK ({NEW}), \n\tCONSTRAINT ck_attempt_check_without_pass_mark CHECK ({UNPASSABLE})"
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _make_anew(OLD_WORDS, NEW_WORDS)
    else:
        op.drop_constraint(op.f("ck_attempt_form"), "attempt", type_="check")
        op.create_check_constraint(op.f("ck_attempt_form"), "attempt", NEW)
        op.create_check_constraint(op.f("ck_attempt_check_without_pass_mark"), "attempt", UNPASSABLE)
    op.create_table(
        "knowledge_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=True),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_on", sa.Date(), nullable=False),
        sa.CheckConstraint("months >= 1", name=op.f("ck_knowledge_check_months_positive")),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificate.id"], name=op.f("fk_knowledge_check_certificate_id")),
        sa.ForeignKeyConstraint(["mail_id"], ["outbox_mail.id"], name=op.f("fk_knowledge_check_mail_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_check")),
        sa.UniqueConstraint("certificate_id", "months", name="uq_knowledge_check_certificate_months"),
    )
    op.create_table(
        "knowledge_check_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_knowledge_check_choice_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_check_choice")),
    )
    op.create_index("ix_knowledge_check_choice_person", "knowledge_check_choice", ["person_id", "programme"])


def downgrade() -> None:
    op.drop_table("knowledge_check_choice")
    op.drop_table("knowledge_check")
    op.execute("DELETE FROM attempt_item WHERE attempt_id IN (SELECT id FROM attempt WHERE form = 'check')")
    op.execute("DELETE FROM attempt WHERE form = 'check'")
    if op.get_bind().dialect.name == "sqlite":
        _make_anew(NEW_WORDS, OLD_WORDS)
        return
    op.drop_constraint(op.f("ck_attempt_check_without_pass_mark"), "attempt", type_="check")
    op.drop_constraint(op.f("ck_attempt_form"), "attempt", type_="check")
    op.create_check_constraint(op.f("ck_attempt_form"), "attempt", OLD)


def _make_anew(before: str, after: str) -> None:
    """On SQLite: the table of attempts with a piece of its definition replaced, and all its rows."""
    connection = op.get_bind()
    stored = "SELECT sql FROM sqlite_schema WHERE tbl_name = 'attempt' AND sql IS NOT NULL AND type = '{}'"
    table = connection.exec_driver_sql(stored.format("table")).scalar_one()
    indexes = connection.exec_driver_sql(stored.format("index")).scalars().all()
    if table.count(before) != 1:
        raise RuntimeError(f"the table of attempts has no {before!r}: {table}")
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    connection.exec_driver_sql("CREATE TABLE attempt_before AS SELECT * FROM attempt")
    connection.exec_driver_sql("DROP TABLE attempt")
    connection.exec_driver_sql(table.replace(before, after))
    connection.exec_driver_sql("INSERT INTO attempt SELECT * FROM attempt_before")
    connection.exec_driver_sql("DROP TABLE attempt_before")
    for index in indexes:
        connection.exec_driver_sql(index)
