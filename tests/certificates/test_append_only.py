"""What was decided is never changed or deleted: the database refuses it, whoever asks. Only names go, all at once."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from certificates.models.issued import Certificate, CertificateEdition, CertificateEvent
from certificates.models.seals import CERTIFICATES, EDITIONS, EVENTS
from lms.audit import AuditEntry
from lms.db import Database
from tests.cast import Cast
from tests.certificates import factories

TABLES = {
    "certificate": Certificate,
    "certificate_edition": CertificateEdition,
    "certificate_event": CertificateEvent,
    "audit_entry": AuditEntry,
}
OTHER = {"INTEGER": "7", "VARCHAR": "'x'", "DATE": "'2020-01-01'", "DATETIME": "'2020-01-01 00:00:00'", "JSON": "'[]'"}
COLUMNS = [
    (table, column.key, str(column.type).partition("(")[0])
    for table, model in TABLES.items()
    for column in model.__mapper__.columns
]


@pytest.fixture
def certificate(database: Database, people: Cast) -> Certificate:
    """Geir's, suspended once."""
    with database.transaction() as session:
        certificate = factories.give_certificate(session, people.geir, valid_from=date(2026, 1, 1))
    factories.decided(database, certificate.id, "suspended", date(2026, 3, 1))
    return certificate


def refused(database: Database, *statements: str) -> None:
    """Each statement alone is refused, and changes nothing."""
    for statement in statements:
        with (
            pytest.raises(IntegrityError, match="never changed or deleted"),
            database.transaction() as session,
        ):
            session.execute(text(statement))


@pytest.mark.parametrize(("table", "column", "kind"), COLUMNS, ids=lambda value: str(value))
def test_no_column_of_a_decision_can_be_changed(
    database: Database, certificate: Certificate, table: str, column: str, kind: str
) -> None:
    refused(database, f"UPDATE {table} SET {column} = {OTHER[kind]}")


@pytest.mark.parametrize("table", [*TABLES, "audit_head"])
def test_no_decision_can_be_deleted(
    database: Database, certificate: Certificate, database_kind: str, table: str
) -> None:
    refused(database, f"DELETE FROM {table}")
    if database_kind == "postgresql":
        refused(database, f"TRUNCATE {table} CASCADE")
        return
    with database.reading() as session:
        query = "SELECT group_concat(name, ', ') FROM pragma_table_info(:table) WHERE name <> 'salt'"
        names = session.execute(text(query), {"table": table}).scalar()
    salt = "" if table.startswith("audit") else ", salt"
    refused(database, f"REPLACE INTO {table} ({names}{salt}) SELECT {names}{salt and ', 1'} FROM {table}")


def test_the_end_of_the_chain_only_moves_forward_by_one(database: Database, certificate: Certificate) -> None:
    refused(
        database,
        "UPDATE audit_head SET number = number - 1",
        "UPDATE audit_head SET hash = 'x'",
        "UPDATE audit_head SET number = number + 2",
        "UPDATE audit_head SET id = 2, number = number + 1",
    )


@pytest.mark.parametrize("sealed", (CERTIFICATES, EDITIONS, EVENTS), ids=lambda sealed: sealed.table)
def test_names_go_once_with_their_salt_and_nothing_else_goes_with_them(
    database: Database, certificate: Certificate, sealed: object
) -> None:
    table, personal = sealed.table, list(sealed.personal)  # type: ignore[attr-defined]
    names = ", ".join(f"{column} = '{'[]' if column == 'evidence' else '–'}'" for column in personal)
    kept = [(column, kind) for at, column, kind in COLUMNS if at == table and column not in (*personal, "salt")]
    refused(
        database,
        f"UPDATE {table} SET {names}",
        *(f"UPDATE {table} SET {names}, salt = '', {c} = {OTHER[k]}" for c, k in kept),
    )
    with database.transaction() as session:
        session.execute(text(f"UPDATE {table} SET {names}, salt = ''"))
    refused(database, f"UPDATE {table} SET {names}, salt = ''", f"UPDATE {table} SET salt = 'x'")
