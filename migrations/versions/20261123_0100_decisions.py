"""editions of certificates; what re-issues, corrects and imports; rows that are never changed, and their seals

Revision ID: 20261123_decisions
Revises: 20261122_seminar_booking

What a certificate says of its holder moves to its first edition. SQLite can neither drop a column that points at another
table nor change a constraint: there the tables are made anew from their own stored words, so that every other column,
constraint and index stays as it is, whoever added it. Rows that point at them point at nothing for a moment; their
foreign keys are looked at when the transaction ends.

Triggers refuse to change or delete what was decided: certificates, their editions and events, entries of the audit chain;
the end of the chain only moves forward. The one change let through takes the names out of a row and empties its salt
(anonymising). A table made anew on SQLite loses its triggers: whoever does that makes them again.

Rows that stand already get their seals here, in one entry a certificate, by the rule of `lms/sealing.py` as it was then.

Down, the newest edition becomes the certificate's own again; earlier ones and their events are lost: the older code has
no word for them. Imported certificates become issued ones.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "20261123_decisions"
down_revision = "20261122_seminar_booking"
branch_labels = None
depends_on = None

OLD_KINDS = "kind IN ('issued', 'suspended', 'lifted', 'revoked')"
NEW_KINDS = "kind IN ('issued', 'imported', 'suspended', 'lifted', 'revoked', 'reissued', 'corrected', 'reinstated')"
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
SALTED = ("certificate", "certificate_edition", "certificate_event")

# What a row may lose when it is anonymised; every other column stays as it is.
KEPT = {
    "certificate": (
        "id, number, person_id, programme, cycle, valid_from, valid_through, window_opens, grace_through,"
        " programme_version_id, derivation, issued_at, issued_on, issued_by, verify_code, print_code"
    ),
    "certificate_edition": (
        "id, certificate_id, edition, unit_id, unit_name, region_name, sector, issued_at, issued_on, issued_by"
    ),
    "certificate_event": "id, certificate_id, kind, effective_on, actor_id, at",
}
JSON_COLUMNS = {"derivation"}
GUARDED = (*KEPT, "audit_entry", "audit_head")
FUNCTION = "refuse_change"
NAMING = frozenset({"label", "mentor", "company", "by", "confirmed_by", "made_up", "feedback", "reason"})
NAMES_NOBODY = frozenset({"TestTaken", "LessonsDone"})
PERSONAL = {
    "certificate": ("evidence",),
    "certificate_edition": ("holder_name", "reason"),
    "certificate_event": ("reason",),
}


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
    _seal_all()
    _guard()


def downgrade() -> None:
    _unguard()
    op.execute("DELETE FROM certificate_event WHERE kind IN ('reissued', 'corrected', 'reinstated')")
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


def _guard() -> None:
    """Triggers that refuse to change or delete what was decided."""
    if not _on_sqlite():
        op.execute(
            f"CREATE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION"
            " '%: what was decided is never changed or deleted', TG_TABLE_NAME"
            " USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
    for table, columns in KEPT.items():
        _refuse(table, "UPDATE", unless=_anonymises(columns))
        _refuse(table, "DELETE")
    _refuse("audit_entry", "UPDATE")
    _refuse("audit_entry", "DELETE")
    _refuse("audit_head", "UPDATE", unless="NEW.id = OLD.id AND NEW.number = OLD.number + 1")
    _refuse("audit_head", "DELETE")


def _refuse(table: str, what: str, *, unless: str = "") -> None:
    name, when = f"{table}_refuses_{what.lower()}", f"WHEN (NOT ({unless}))" if unless else ""
    if _on_sqlite():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {what} ON {table} {when}"
            f" BEGIN SELECT RAISE(ABORT, '{table}: what was decided is never changed or deleted'); END"
        )
        return
    op.execute(f"CREATE TRIGGER {name} BEFORE {what} ON {table} FOR EACH ROW {when} EXECUTE FUNCTION {FUNCTION}()")
    if what == "DELETE":
        op.execute(
            f"CREATE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}()"
        )


def _anonymises(columns: str) -> str:
    """That an update empties the salt and leaves these columns as they are."""
    same = []
    for column in columns.split(", "):
        if _on_sqlite():
            same.append(f"NEW.{column} IS OLD.{column}")
        else:
            cast = "::text" if column in JSON_COLUMNS else ""
            same.append(f"NEW.{column}{cast} IS NOT DISTINCT FROM OLD.{column}{cast}")
    return " AND ".join(["OLD.salt <> ''", "NEW.salt = ''", *same])


def _unguard() -> None:
    for table in GUARDED:
        on_table = "" if _on_sqlite() else f" ON {table}"
        for what in ("update", "delete") if _on_sqlite() else ("update", "delete", "truncate"):
            op.execute(f"DROP TRIGGER {table}_refuses_{what}{on_table}")
    if not _on_sqlite():
        op.execute(f"DROP FUNCTION {FUNCTION}()")


def _seal_all() -> None:
    """One entry a certificate at the end of the chain, with the seals of its rows."""
    connection = op.get_bind()
    tables = {name: sa.Table(name, sa.MetaData(), autoload_with=connection) for name in SALTED}
    head = connection.execute(sa.text("SELECT number, hash FROM audit_head WHERE id = 1")).one()
    number, previous = int(head[0]), str(head[1])
    seals: dict[int, list[dict[str, Any]]] = {}
    for name, table in tables.items():
        owner = "id" if name == "certificate" else "certificate_id"
        for row in connection.execute(sa.select(table).order_by(table.c.id)).mappings():
            seals.setdefault(row[owner], []).append({"table": name, "id": row["id"], **_digests(name, row)})
    entries = sa.table(
        "audit_entry",
        *(sa.column(name) for name in ("number", "actor_id", "action", "subject_kind", "subject_id", "details")),
        sa.column("at", sa.DateTime(timezone=True)),
        sa.column("previous_hash"),
        sa.column("hash"),
    )
    at = datetime.now(UTC)
    for certificate_id, own in sorted(seals.items()):
        details = json.dumps({"seals": own}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        covered = [
            number + 1,
            _moment(at),
            None,
            "certificate-sealed",
            "certificate",
            certificate_id,
            details,
            previous,
        ]
        digest = hashlib.sha256(json.dumps(covered, ensure_ascii=False).encode()).hexdigest()
        connection.execute(
            entries.insert().values(
                number=number + 1,
                at=at.replace(tzinfo=None) if _on_sqlite() else at,
                actor_id=None,
                action="certificate-sealed",
                subject_kind="certificate",
                subject_id=certificate_id,
                details=details,
                previous_hash=previous,
                hash=digest,
            )
        )
        number, previous = number + 1, digest
    connection.execute(
        sa.text("UPDATE audit_head SET number = :number, hash = :hash WHERE id = 1"),
        {"number": number, "hash": previous},
    )


def _digests(table: str, row: Mapping[str, Any]) -> dict[str, str]:
    values = {name: value for name, value in row.items() if name != "salt"}
    names = {name: values[name] for name in PERSONAL[table]}
    left = values | {name: _left(name, value) for name, value in names.items()}
    return {
        "row": hashlib.sha256(_canonical(left).encode()).hexdigest(),
        "personal": hashlib.sha256((row["salt"] + _canonical(names)).encode()).hexdigest(),
    }


def _left(column: str, value: Any) -> Any:
    """What is left of a value without the names."""
    if column == "evidence":
        return [{**step, "facts": [_unnamed(fact) for fact in step["facts"]]} for step in value]
    return "" if column == "holder_name" or not value else "–"


def _unnamed(fact: Mapping[str, Any]) -> dict[str, Any]:
    if fact["fact"] in NAMES_NOBODY:
        return dict(fact)
    return {key: "" if key in NAMING and value else value for key, value in fact.items()}


def _canonical(values: Mapping[str, Any]) -> str:
    told = {name: value for name, value in values.items() if value is not None}
    return json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return _moment(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _moment(value: datetime) -> str:
    aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return aware.isoformat(timespec="microseconds")
