"""What certificates say of their holders moves to editions and back, with everything that points at a certificate."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from certificates.models.issued import CertificateEdition, CertificateEvent
from certificates.models.reminders import Reminder
from lms import migrate
from lms.clock import at_local
from lms.db import Database
from tests import cast
from tests.certificates import factories

BEFORE = "20261122_seminar_booking"
HELD = "holder_name, unit_id, unit_name, region_name, sector"


def constraints(database: Database, table: str) -> set[str]:
    with database.engine.connect() as connection:
        seen = inspect(connection)
        named = [*seen.get_check_constraints(table), *seen.get_foreign_keys(table), *seen.get_unique_constraints(table)]
        indexes = {f"{one['name']} {one['unique']} {one['column_names']}" for one in seen.get_indexes(table)}
        return {str(one["name"]) for one in named} | indexes


def test_editions_are_made_of_what_stood_on_the_certificate_and_the_newest_goes_back(shared_database: Database) -> None:
    now = at_local(date(2027, 5, 3), 12)
    with shared_database.transaction() as session:
        people = cast.assemble(session)
        certificate = factories.give_certificate(session, people.geir, valid_from=date(2026, 1, 1))
        other = factories.give_certificate(session, people.mons, valid_from=date(2026, 1, 1))
        session.add(Reminder(certificate_id=certificate.id, stage="opens", mail_id=None, claimed_at=now))
        session.add(
            CertificateEdition(
                certificate_id=certificate.id,
                edition=2,
                holder_name="Geir Øy",
                unit_id=people.tromso,
                unit_name="Tromsø",
                region_name="Nord",
                sector="nav",
                reason="Nytt navn",
                issued_at=now,
                issued_on=date(2027, 5, 3),
            )
        )
        session.add(
            CertificateEvent(
                certificate_id=certificate.id,
                kind="reissued",
                effective_on=date(2027, 5, 3),
                reason="Nytt navn",
                actor_id=people.knut,
                at=now,
            )
        )
    today = {table: constraints(shared_database, table) for table in ("certificate", "certificate_event")}

    migrate.downgrade(shared_database, BEFORE)
    with shared_database.reading() as session:
        held = session.execute(text(f"SELECT {HELD} FROM certificate ORDER BY id")).all()
        kinds = session.execute(text("SELECT kind FROM certificate_event ORDER BY id")).scalars().all()
        assert held[0] == ("Geir Øy", people.tromso, "Tromsø", "Nord", "nav")
        assert held[1] == ("Mons Sørby", people.tromso, "Tromsø", "Regional enhet Nord", "helse")
        assert kinds == ["issued", "issued"]
        assert session.execute(text("SELECT count(*) FROM reminder")).scalar() == 1
    with pytest.raises(IntegrityError), shared_database.transaction() as session:
        session.execute(text("UPDATE certificate SET unit_id = 4711"))

    migrate.upgrade(shared_database)
    assert {table: constraints(shared_database, table) for table in today} == today
    with shared_database.reading() as session:
        query = f"SELECT certificate_id, edition, {HELD}, reason FROM certificate_edition ORDER BY certificate_id"
        assert session.execute(text(query)).all() == [
            (certificate.id, 1, "Geir Øy", people.tromso, "Tromsø", "Nord", "nav", ""),
            (other.id, 1, "Mons Sørby", people.tromso, "Tromsø", "Regional enhet Nord", "helse", ""),
        ]
        salts = [
            session.execute(text(f"SELECT salt FROM {table}")).scalars().all()
            for table in ("certificate", "certificate_edition", "certificate_event")
        ]
    assert len({salt for each in salts for salt in each if len(salt) >= 22}) == 6, "every row has its own"
