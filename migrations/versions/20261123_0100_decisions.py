"""editions of certificates; what re-issues, corrects and imports

Revision ID: 20261123_decisions
Revises: 20261122_seminar_booking

What a certificate says of its holder moves to its first edition. SQLite can neither drop a column that points at another
table nor change a constraint: there the tables are made anew from their own stored words, so that every other column,
constraint and index stays as it is, whoever added it. Rows that point at them point at nothing for a moment; their
foreign keys are looked at when the transaction ends.

Down, the newest edition becomes the certificate's own again; earlier ones and their events are lost: the older code has
no word for them. Imported certificates become issued ones.
"""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "20261123_decisions"
down_revision = "20261122_seminar_booking"
branch_labels = None
depends_on = None

OLD_KINDS = "kind IN ('issued', 'suspended', 'lifted', 'revoked')"
NEW_KINDS = "kind IN ('issued', 'imported', 'suspended', 'lifted', 'revoked', 'reissued', 'corrected')"
OLD_REASON = "kind = 'issued' OR length(reason) > 0"
NEW_REASON = "kind IN ('issued', 'imported') OR length(reason) > 0"
OLD_ONCE = ("certificate_id", "kind"), "kind = 'issued'"
NEW_ONCE = ("certificate_id",), "kind IN ('issued', 'imported')"

HOLDER = "holder_name, unit_id, unit_name, region_name, sector"
HOLDER_WORDS = (
    "\tholder_name VARCHAR NOT NULL, \n\tunit_id INTEGER NOT NULL, \n\tunit_name VARCHAR NOT NULL, \n"
    "\tregion_name VARCHAR NOT NULL, \n\tsector VARCHAR NOT NULL, \n"
)
UNIT_WORDS = "\tCONSTRAINT fk_certificate_unit_id FOREIGN KEY(unit_id) REFERENCES unit (id), \n"
CODE_WORDS = "\tprint_code VARCHAR NOT NULL, \n"
EVENT_WORDS = "\tat DATETIME NOT NULL, \n"
SALT_WORDS = "\tsalt VARCHAR NOT NULL, \n"
SALTED = ("certificate", "certificate_event", "certificate_edition")


def upgrade() -> None:
    op.create_table(
        "certificate_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("holder_name", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("unit_name", sa.String(), nullable=False),
        sa.Column("region_name", sa.String(), nullable=False),
        sa.Column("sector", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_by", sa.Integer(), nullable=True),
        sa.Column("salt", sa.String(), nullable=False),
        sa.CheckConstraint("edition >= 1", name=op.f("ck_certificate_edition_edition_positive")),
        sa.CheckConstraint("edition = 1 OR length(reason) > 0", name=op.f("ck_certificate_edition_reason_given")),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_certificate_edition_certificate_id")
        ),
        sa.ForeignKeyConstraint(["issued_by"], ["person.id"], name=op.f("fk_certificate_edition_issued_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_certificate_edition_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_edition")),
        sa.UniqueConstraint("certificate_id", "edition", name="uq_certificate_edition_certificate_edition"),
    )
    op.execute(
        f"INSERT INTO certificate_edition (certificate_id, edition, {HOLDER}, reason, issued_at, issued_on, issued_by,"
        f" salt) SELECT id, 1, {HOLDER}, '', issued_at, issued_on, issued_by, '' FROM certificate ORDER BY id"
    )
    _drop_once()
    if _on_sqlite():
        changes = {HOLDER_WORDS: "", UNIT_WORDS: "", CODE_WORDS: CODE_WORDS + SALT_WORDS}
        _make_anew("certificate", changes, without=HOLDER, salted=True)
        changes = {OLD_KINDS: NEW_KINDS, OLD_REASON: NEW_REASON, EVENT_WORDS: EVENT_WORDS + SALT_WORDS}
        _make_anew("certificate_event", changes, salted=True)
    else:
        for column in HOLDER.split(", "):
            op.drop_column("certificate", column)
        for table in ("certificate", "certificate_event"):
            op.add_column(table, sa.Column("salt", sa.String(), nullable=False, server_default=""))
            op.alter_column(table, "salt", server_default=None)
        _check_events(NEW_KINDS, NEW_REASON)
    _make_once(*NEW_ONCE)
    for table in SALTED:
        _salt(table)


def downgrade() -> None:
    op.execute("DELETE FROM certificate_event WHERE kind IN ('reissued', 'corrected')")
    op.execute("UPDATE certificate_event SET kind = 'issued' WHERE kind = 'imported'")
    _drop_once()
    if _on_sqlite():
        changes = {NEW_KINDS: OLD_KINDS, NEW_REASON: OLD_REASON, EVENT_WORDS + SALT_WORDS: EVENT_WORDS}
        _make_anew("certificate_event", changes, without="salt")
        changes = {
            "\tvalid_from DATE NOT NULL, \n": HOLDER_WORDS + "\tvalid_from DATE NOT NULL, \n",
            CODE_WORDS + SALT_WORDS: CODE_WORDS,
            "\tCONSTRAINT pk_certificate PRIMARY KEY": UNIT_WORDS + "\tCONSTRAINT pk_certificate PRIMARY KEY",
        }
        _make_anew("certificate", changes, without="salt", with_holder=True)
    else:
        for table in ("certificate", "certificate_event"):
            op.drop_column(table, "salt")
        _check_events(OLD_KINDS, OLD_REASON)
        for column in HOLDER.split(", "):
            kind = sa.Integer() if column == "unit_id" else sa.String()
            op.add_column("certificate", sa.Column(column, kind, nullable=True))
            op.execute(f"UPDATE certificate SET {column} = {_newest(column)}")
            op.alter_column("certificate", column, nullable=False)
        op.create_foreign_key(op.f("fk_certificate_unit_id"), "certificate", "unit", ["unit_id"], ["id"])
    _make_once(*OLD_ONCE)
    op.drop_table("certificate_edition")


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _drop_once() -> None:
    op.drop_index("uq_certificate_event_once", table_name="certificate_event")


def _make_once(columns: tuple[str, ...], where: str) -> None:
    only = sa.text(where)
    op.create_index(
        "uq_certificate_event_once",
        "certificate_event",
        list(columns),
        unique=True,
        sqlite_where=only,
        postgresql_where=only,
    )


def _check_events(kinds: str, reason: str) -> None:
    """On PostgreSQL: what an event may be, and when it needs a reason."""
    for name, rule in (("kind_known", kinds), ("reason_given", reason)):
        op.drop_constraint(op.f(f"ck_certificate_event_{name}"), "certificate_event", type_="check")
        op.create_check_constraint(op.f(f"ck_certificate_event_{name}"), "certificate_event", rule)


def _newest(column: str) -> str:
    """The value of a column in the newest edition, for a certificate's row."""
    return (
        f"(SELECT e.{column} FROM certificate_edition e WHERE e.certificate_id = certificate.id"
        " ORDER BY e.edition DESC LIMIT 1)"
    )


def _salt(table: str) -> None:
    """Every row gets a random salt of its own."""
    connection = op.get_bind()
    for (id_,) in connection.exec_driver_sql(f"SELECT id FROM {table} WHERE salt = ''").all():
        connection.execute(
            sa.text(f"UPDATE {table} SET salt = :salt WHERE id = :id"), {"salt": secrets.token_urlsafe(24), "id": id_}
        )


def _make_anew(
    table: str, changes: dict[str, str], *, without: str = "", salted: bool = False, with_holder: bool = False
) -> None:
    """On SQLite: a table with pieces of its definition replaced, and all its rows and indexes."""
    connection = op.get_bind()
    stored = "SELECT sql FROM sqlite_schema WHERE tbl_name = '{}' AND sql IS NOT NULL AND type = '{}'"
    words = connection.exec_driver_sql(stored.format(table, "table")).scalar_one()
    indexes = connection.exec_driver_sql(stored.format(table, "index")).scalars().all()
    for before, after in changes.items():
        if words.count(before) != 1:
            raise RuntimeError(f"the table {table} has no {before!r}: {words}")
        words = words.replace(before, after)
    gone = without.split(", ")
    kept = [row[1] for row in connection.exec_driver_sql(f"PRAGMA table_info({table})") if row[1] not in gone]
    into, taken = ", ".join(kept), ", ".join(kept)
    if salted:
        into, taken = f"{into}, salt", f"{taken}, ''"
    if with_holder:
        into = f"{into}, {HOLDER}"
        taken = ", ".join(
            [taken, *(_newest(column).replace("certificate.id", "b.id") for column in HOLDER.split(", "))]
        )
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    connection.exec_driver_sql(f"CREATE TABLE {table}_before AS SELECT * FROM {table}")
    connection.exec_driver_sql(f"DROP TABLE {table}")
    connection.exec_driver_sql(words)
    connection.exec_driver_sql(f"INSERT INTO {table} ({into}) SELECT {taken} FROM {table}_before b")
    connection.exec_driver_sql(f"DROP TABLE {table}_before")
    for index in indexes:
        connection.exec_driver_sql(index)
