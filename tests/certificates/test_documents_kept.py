"""Documents are given out once and kept: the same bytes ever after, for every reader, in every language."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from certificates.models.documents import Badge, BadgeStatus, CertificateDocument, SigningKey
from certificates.models.issued import Certificate, CertificateEdition
from certificates.queries.documents import DamagedDocument, content_of, document_of, documents_of
from certificates.queries.issued import edition_of
from certificates.services.documents import empty_documents, keep_document
from lms import audit
from lms.audit import AuditEntry
from lms.clock import FrozenClock, at_local
from lms.db import Database
from lms.errors import Gone
from lms.people import Locale, Person
from tests import cast
from tests.cast import Cast
from tests.certificates import factories
from tests.certificates.factories import TODAY
from tests.certificates.pdf_rules import breaches, heard
from tests.clients import Browser
from tests.tampering import unguard

NOW = at_local(TODAY, 12)


def given(session: Session, person_id: int) -> Certificate:
    return factories.give_certificate(session, person_id, valid_from=date(2026, 11, 2))


def next_edition(session: Session, certificate_id: int, name: str) -> CertificateEdition:
    """What a re-issue adds."""
    last = edition_of(session, certificate_id)
    row = CertificateEdition(
        certificate_id=certificate_id,
        edition=last.edition + 1,
        holder_name=name,
        unit_id=last.unit_id,
        unit_name=last.unit_name,
        region_name=last.region_name,
        sector=last.sector,
        reason="Nytt navn",
        issued_at=NOW,
        issued_on=TODAY,
    )
    session.add(row)
    session.flush()
    return row


def test_what_was_given_out_is_given_out_ever_after(
    browser: Browser, database: Database, people: Cast, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        path = f"/sertifikat/{given(session, people.kari).id}.pdf"
    first = browser.sign_in_as(database, people.kari).get(path)
    assert first.status_code == 200 and breaches(first.data) == []
    with database.transaction() as session:
        session.execute(update(Person).where(Person.id == people.kari).values(name="Et annet navn"))
    clock.advance(days=2)
    again = browser.sign_in_as(database, people.tone).get(path + "?sprak=nb")
    assert again.data == first.data
    nynorsk = browser.get(path + "?sprak=nn")
    assert nynorsk.data != first.data
    with database.reading() as session:
        kept = session.scalars(select(CertificateDocument).order_by(CertificateDocument.locale)).all()
        assert [(each.locale, each.sha256) for each in kept] == [
            ("nb", hashlib.sha256(first.data).hexdigest()),
            ("nn", hashlib.sha256(nynorsk.data).hexdigest()),
        ]


def test_a_new_name_is_a_new_document_with_its_edition_and_the_old_one_can_still_be_read(
    browser: Browser, database: Database, people: Cast
) -> None:
    with database.transaction() as session:
        certificate = given(session, people.kari)
    path = f"/sertifikat/{certificate.id}.pdf"
    first = browser.sign_in_as(database, people.kari).get(path)
    with database.transaction() as session:
        next_edition(session, certificate.id, "Kari Sárá Åsen")
    second = browser.get(path)
    said = [text for _role, text in heard(second.data)]
    assert "Kari Sárá Åsen" in said and certificate.number in said
    assert "2. Erstatter utgave 1 av 02.11.2026." in said
    assert f"{certificate.number}-2-nb.pdf" in second.headers["Content-Disposition"]
    assert browser.get(path + "?utgave=1").data == first.data
    assert [browser.get(f"{path}?utgave={wrong}").status_code for wrong in ("3", "0", "x")] == [404, 404, 404]


def test_the_document_says_the_scheme_its_scope_and_the_sector(
    browser: Browser, database: Database, people: Cast
) -> None:
    with database.transaction() as session:
        path = f"/sertifikat/{given(session, people.kari).id}.pdf"
    browser.sign_in_as(database, people.kari)
    said = [text for _role, text in heard(browser.get(path).data)]
    pairs = dict(zip(said, said[1:], strict=False))
    assert pairs["Ordning"] == "Instruktør i HelseIArbeid, utgave 2026-1 (versjon 1)"
    assert pairs["Omfang"] == "Partsmodul, muskel og skjelett og psykisk helse"
    assert pairs["Sektor"] == "NAV" and pairs["Utgave av sertifikatet"] == "1"


def test_of_two_who_read_first_at_once_both_are_given_the_same(shared_database: Database) -> None:
    database, together = shared_database, Barrier(6)
    with database.transaction() as session:
        people = cast.assemble(session)
        edition = edition_of(session, given(session, people.kari).id)

    def read(number: int) -> bytes:
        together.wait()
        with database.transaction() as session:
            return keep_document(session, edition, Locale.NB, b"%d" % number, actor_id=None, now=NOW)

    with ThreadPoolExecutor(6) as threads:
        seen = set(threads.map(read, range(6)))
    assert len(seen) == 1
    with database.reading() as session:
        assert [content_of(each) for each in session.scalars(select(CertificateDocument))] == [*seen]
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "document-kept")).all()
        assert [hashlib.sha256(each).hexdigest() in entries[0].details for each in seen] == [True] and len(entries) == 1
        assert audit.verify(session) == []


def test_a_document_somebody_changed_is_not_given_out(browser: Browser, database: Database, people: Cast) -> None:
    with database.transaction() as session:
        certificate = given(session, people.kari)
        edition = edition_of(session, certificate.id)
        keep_document(session, edition, Locale.NB, b"%PDF", actor_id=None, now=NOW)
        unguard(session)
        session.execute(update(CertificateDocument).values(content=b"%PDF forfalsket"))
        kept = document_of(session, edition.id, Locale.NB)
        assert kept is not None
        with pytest.raises(DamagedDocument):
            content_of(kept)
    page = browser.sign_in_as(database, people.kari).get(f"/sertifikat/{certificate.id}.pdf")
    assert page.status_code == 500 and "ikke lenger slik den ble gitt ut" in page.text


def test_an_emptied_document_keeps_its_digest(browser: Browser, database: Database, people: Cast) -> None:
    with database.transaction() as session:
        certificate = given(session, people.kari)
        keep_document(session, edition_of(session, certificate.id), Locale.NB, b"%PDF", actor_id=None, now=NOW)
        empty_documents(session, [certificate.id])
    with database.reading() as session:
        (kept,) = documents_of(session, certificate.id)
        assert kept.sha256 == hashlib.sha256(b"%PDF").hexdigest() and kept.content is None
        with pytest.raises(Gone):
            content_of(kept)
    assert browser.sign_in_as(database, people.tone).get(f"/sertifikat/{certificate.id}.pdf").status_code == 410


def test_none_is_kept_in_the_name_of_who_was_anonymised_while_it_was_made(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        edition = edition_of(session, given(session, people.kari).id)
    with database.transaction() as session:
        unguard(session)
        session.execute(update(CertificateEdition).values(holder_name="", salt=""))
        with pytest.raises(Gone):
            keep_document(session, edition, Locale.NB, b"%PDF", actor_id=None, now=NOW)
    assert edition.holder_name, "as it was read before"


def test_the_database_keeps_one_document_of_an_edition_and_a_language(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        edition = edition_of(session, given(session, people.kari).id)
        keep_document(session, edition, Locale.NB, b"1", actor_id=None, now=NOW)
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(CertificateDocument(edition_id=edition.id, locale="nb", sha256="a" * 64, content=b"2", made_at=NOW))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE certificate_document SET content = 'x'",
        "UPDATE certificate_document SET content = NULL, sha256 = 'x'",
        "UPDATE certificate_document SET locale = 'en'",
        "DELETE FROM certificate_document",
        "UPDATE badge SET token = 'x'",
        "UPDATE badge SET token = NULL, kid = 'x'",
        "DELETE FROM badge",
        "UPDATE badge_status SET place = 1 - place",
        "DELETE FROM badge_status",
        "UPDATE signing_key SET public_jwk = '{}'",
        "UPDATE signing_key SET sealed_pem = 'x'",
        "DELETE FROM signing_key",
    ],
)
def test_the_database_refuses_to_change_what_was_given_out(database: Database, people: Cast, statement: str) -> None:
    with database.transaction() as session:
        certificate = given(session, people.kari)
        edition = edition_of(session, certificate.id)
        keep_document(session, edition, Locale.NB, b"1", actor_id=None, now=NOW)
        session.add(SigningKey(kid="k", public_jwk="[]", sealed_pem="s", made_at=NOW, retired_at=None))
        session.flush()
        session.add(BadgeStatus(certificate_id=certificate.id, list_number=1, place=0))
        session.add(Badge(edition_id=edition.id, uuid="u", kid="k", sha256="a" * 64, token="t", made_at=NOW))
    with pytest.raises(IntegrityError, match="never changed or deleted"), database.transaction() as session:
        session.execute(text(statement))
