"""`lms audit verify` finds whatever was changed, deleted, added or moved, in the rows as in the chain, and names it."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from certificates.eligibility import NotYet
from certificates.models.issued import Certificate
from certificates.models.seals import CERTIFICATES, EDITIONS, EVENTS, SEALED
from certificates.records import without_names
from lms import audit, migrate, sealing
from lms.clock import at_local
from lms.db import Database
from lms.doctor import row_words
from lms.sealing import RowBreach
from tests import cast
from tests.cast import Cast
from tests.certificates import factories
from tests.tampering import lay_bare, tamper

ON = date(2026, 3, 1)
OTHER = {
    "INTEGER": "coalesce({0}, 0) + 7",
    "VARCHAR": "{0} || 'x'",
    "DATE": "'2020-01-01'",
    "DATETIME": "'2020-01-01 00:00:00.000001'",
    "JSON": """'[{{"facts": []}}]'""",
}
CELLS = [
    (sealed.table, column.key, str(column.type).partition("(")[0])
    for sealed in (CERTIFICATES, EDITIONS, EVENTS)
    for column in sealed.model.__mapper__.columns
]


@pytest.fixture
def certificate(database: Database, people: Cast) -> Certificate:
    """Geir's, suspended once; Mons has one, too."""
    with database.transaction() as session:
        certificate = factories.give_certificate(session, people.geir, valid_from=date(2026, 1, 1))
        factories.give_certificate(session, people.mons, valid_from=date(2026, 1, 2))
    factories.decided(database, certificate.id, "suspended", ON)
    return certificate


def found(database: Database) -> list[RowBreach]:
    with database.reading() as session:
        assert audit.verify(session) == [], "the chain itself is whole"
        return audit.verify_rows(session, SEALED)


def told(database: Database) -> list[str]:
    return [row_words(breach) for breach in found(database)]


def test_what_the_services_wrote_agrees_with_the_chain(app: Flask, database: Database, people: Cast) -> None:
    assert not isinstance(factories.certify(app, database, people), NotYet)
    assert found(database) == []


@pytest.mark.parametrize(("table", "column", "kind"), CELLS, ids=lambda value: str(value))
def test_every_changed_column_is_found_and_its_row_named(
    database: Database, certificate: Certificate, table: str, column: str, kind: str
) -> None:
    lay_bare(database)
    new = "900" if column == "id" else OTHER[kind].format(column)
    tamper(database, f"UPDATE {table} SET {column} = {new} WHERE id = 1")
    words = told(database)
    assert words, "it is found"
    assert all(each.startswith((f"{table} 1 ", f"{table} 900 ")) for each in words), words


def test_a_deleted_row_is_told_by_its_entry(database: Database, certificate: Certificate) -> None:
    tamper(database, f"DELETE FROM certificate_event WHERE certificate_id = {certificate.id} AND kind = 'suspended'")
    (words,) = told(database)
    assert words == "certificate_event 3 er slettet; innslag 3 forteller om den"


def test_a_row_added_past_the_services_is_found(database: Database, certificate: Certificate) -> None:
    with database.transaction() as session:
        session.execute(
            text(
                "INSERT INTO certificate_event (certificate_id, kind, effective_on, reason, at, salt)"
                " VALUES (:id, 'lifted', '2026-03-02', 'Glemt', '2026-03-02 10:00:00', 'x')"
            ),
            {"id": certificate.id},
        )
    (words,) = told(database)
    assert words == (
        f"certificate_event 4 (hendelsen «lifted» for sertifikatet med id {certificate.id})"
        " er lagt inn uten noe innslag i kjeden, eller innslaget er borte"
    )


def test_what_is_written_while_the_chain_is_verified_is_no_breach(shared_database: Database) -> None:
    with shared_database.transaction() as session:
        people = cast.assemble(session)
        factories.give_certificate(session, people.geir, valid_from=date(2026, 1, 1))
    with shared_database.snapshot() as session:
        assert audit.verify(session) == []
        with shared_database.transaction() as meanwhile:
            factories.give_certificate(meanwhile, people.mons, valid_from=date(2026, 1, 1))
        assert audit.verify_rows(session, SEALED) == []
        assert len(session.scalars(select(Certificate.id)).all()) == 1
    assert found(shared_database) == []


def test_two_events_that_changed_places_are_found(database: Database, certificate: Certificate) -> None:
    tamper(
        database,
        "UPDATE certificate_event SET id = 900 WHERE id = 1",
        "UPDATE certificate_event SET id = 1 WHERE id = 3",
        "UPDATE certificate_event SET id = 3 WHERE id = 900",
    )
    assert {(breach.row_id, breach.what) for breach in found(database)} >= {(1, "row-changed"), (3, "row-changed")}


def test_two_names_that_changed_places_are_found(database: Database, certificate: Certificate) -> None:
    tamper(
        database,
        "UPDATE certificate_edition SET holder_name = 'Mons Sørby' WHERE id = 1",
        "UPDATE certificate_edition SET holder_name = 'Geir Ødegård' WHERE id = 2",
    )
    assert [(breach.row_id, breach.what) for breach in found(database)] == [(1, "names-changed"), (2, "names-changed")]


def test_a_tail_cut_with_its_head_leaves_rows_nobody_tells_of(database: Database, certificate: Certificate) -> None:
    tamper(
        database,
        "DELETE FROM audit_entry WHERE number = 3",
        "UPDATE audit_head SET number = 2, hash = (SELECT hash FROM audit_entry WHERE number = 2)",
    )
    assert [(breach.table, breach.what) for breach in found(database)] == [("certificate_event", "row-unsealed")]


def anonymise(session: Session, *, recorded: bool) -> None:
    """Every row without its names, with an entry that says so, or without."""
    rows = [row for sealed in SEALED for row in session.query(sealed.model)]
    for sealed in SEALED:
        for row in session.query(sealed.model):
            sealing.anonymise(sealed, row)
    if recorded:
        audit.record(
            session,
            actor_id=None,
            action="anonymised",
            subject=("person", 1),
            details=sealing.anonymised(SEALED, rows),
            now=at_local(ON, 12),
        )


def test_an_anonymised_row_still_agrees_with_its_entry_when_that_was_recorded(
    app: Flask, database: Database, people: Cast
) -> None:
    certificate = factories.certify(app, database, people)
    assert isinstance(certificate, Certificate)
    with database.transaction() as session:
        anonymise(session, recorded=True)
    assert found(database) == []
    with database.reading() as session:
        left = session.get_one(Certificate, certificate.id)
        assert "Tone" not in str(left.evidence) and "Mons" not in str(left.evidence)
        assert left.evidence == without_names(left.evidence)
        assert [step["requirement"] for step in left.evidence] == [step["requirement"] for step in certificate.evidence]
    tamper(database, "UPDATE certificate_edition SET holder_name = 'Kari Åsen'")
    assert [breach.what for breach in found(database)] == ["row-not-anonymised"]


def test_names_that_vanish_without_an_entry_are_found(database: Database, certificate: Certificate) -> None:
    with database.transaction() as session:
        anonymise(session, recorded=False)
    assert {breach.what for breach in found(database)} == {"row-anonymised"}
    assert {breach.table for breach in found(database)} == {CERTIFICATES.table, EDITIONS.table, EVENTS.table}


def test_rows_from_before_the_seals_are_sealed_by_the_migration(shared_database: Database) -> None:
    with shared_database.transaction() as session:
        people = cast.assemble(session)
        factories.give_certificate(session, people.geir, valid_from=date(2026, 1, 1))
        factories.give_certificate(session, people.mons, valid_from=date(2026, 1, 2))
    migrate.downgrade(shared_database, "20261122_seminar_booking")
    migrate.upgrade(shared_database)
    assert found(shared_database) == []
    tamper(shared_database, "UPDATE certificate SET valid_through = '2028-12-31' WHERE id = 2")
    assert [(breach.table, breach.row_id, breach.what) for breach in found(shared_database)] == [
        ("certificate", 2, "row-changed")
    ]
