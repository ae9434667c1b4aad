"""When a certificate gets its next edition, by the rule and by the services; two at once make one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.editions import EditionKind, Holder, is_repeated, refusal
from certificates.models.issued import Certificate, CertificateEdition, CertificateEvent
from certificates.models.seals import SEALED
from certificates.queries.issued import edition_of, editions_of, renamed
from certificates.services.reissuing import reissue
from lms import audit
from lms.app import build_app
from lms.audit import AuditEntry
from lms.clock import FrozenClock, at_local
from lms.config import Settings
from lms.db import Database
from lms.errors import Refused
from lms.outbox import OutboxMail
from lms.people import Person, correct
from tests import cast
from tests.cast import Cast
from tests.certificates import factories
from tests.clients import Browser
from tests.transports import KeptMail
from wsgi import FEATURES

NOW = at_local(date(2026, 11, 23), 12)
STANDS = Holder(name="Kari Åsen", unit_id=3, sector="nav")
holders = st.builds(
    Holder,
    name=st.sampled_from(["Kari Åsen", "Kari Berg"]),
    unit_id=st.integers(1, 3),
    sector=st.sampled_from(["nav", "helse"]),
)


def why_not(wanted: Holder, kind: EditionKind = EditionKind.REISSUED, **changes: object) -> str | None:
    facts = {"edition": 2, "based_on": 2, "revoked": False, "anonymised": False, **changes}
    no = refusal(STANDS, wanted, kind, **facts)  # type: ignore[arg-type]
    return None if no is None else no.reasons[0].code


def test_a_new_name_is_re_issued_and_an_error_corrected() -> None:
    assert why_not(Holder(name="Kari Berg", unit_id=3, sector="nav")) is None
    assert why_not(Holder(name="Kari Åsen", unit_id=2, sector="helse"), EditionKind.CORRECTED) is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"edition": 3}, "edition-overtaken"),
        ({"revoked": True}, "edition-revoked"),
        ({"anonymised": True, "revoked": True}, "edition-anonymised"),
    ],
)
def test_what_stands_in_the_way_is_told(changes: dict[str, object], code: str) -> None:
    assert why_not(Holder(name="Kari Berg", unit_id=3, sector="nav"), **changes) == code


@given(holders, st.sampled_from(EditionKind))
def test_an_edition_always_says_something_new_and_a_new_name_moves_nobody(wanted: Holder, kind: EditionKind) -> None:
    moves = (wanted.unit_id, wanted.sector) != (STANDS.unit_id, STANDS.sector)
    made = why_not(wanted, kind) is None
    assert made == (wanted != STANDS and not (kind is EditionKind.REISSUED and moves))


@given(holders, st.integers(1, 4), st.integers(1, 4))
def test_only_the_very_next_edition_with_the_same_words_is_a_second_click(
    wanted: Holder, edition: int, based_on: int
) -> None:
    assert is_repeated(STANDS, wanted, edition=edition, based_on=based_on) == (
        wanted == STANDS and edition - based_on == 1
    )


@pytest.fixture
def certificate(database: Database, people: Cast) -> Certificate:
    """Geir's."""
    with database.transaction() as session:
        return factories.give_certificate(session, people.geir, valid_from=date(2026, 1, 1))


def renew(session: Session, certificate: Certificate, name: str, *, by: int, based_on: int = 1) -> CertificateEdition:
    newest = edition_of(session, certificate.id)
    wanted = Holder(name=name, unit_id=newest.unit_id, sector=newest.sector)
    return reissue(
        session, certificate, wanted, EditionKind.REISSUED, based_on=based_on, reason="Giftet seg", actor_id=by, now=NOW
    )


def test_a_new_name_is_the_next_edition_of_the_same_certificate(
    in_app: Flask, database: Database, people: Cast, certificate: Certificate
) -> None:
    with database.transaction() as session:
        renew(session, certificate, "Geir Øy", by=people.knut)
    with database.reading() as session:
        first, second = editions_of(session, certificate.id)
        assert (first.holder_name, second.holder_name) == ("Geir Ødegård", "Geir Øy")
        assert (second.edition, second.reason, second.issued_by) == (2, "Giftet seg", people.knut)
        assert (second.unit_name, second.region_name, second.sector) == (
            first.unit_name,
            first.region_name,
            first.sector,
        )
        assert edition_of(session, certificate.id, date(2026, 11, 22)).edition == 1
        assert edition_of(session, certificate.id, date(2026, 11, 23)).edition == 2
        assert edition_of(session, certificate.id, date(2020, 1, 1)).edition == 1
        assert session.get_one(Certificate, certificate.id).number == certificate.number
        event = session.scalars(select(CertificateEvent).order_by(CertificateEvent.id.desc())).first()
        assert event is not None
        assert (event.kind, event.reason, event.actor_id, event.effective_on) == (
            "reissued", "Giftet seg", people.knut, date(2026, 11, 23),
        )  # fmt: skip
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
        assert entry is not None and entry.action == "certificate-reissued"
        assert "Geir" not in entry.details and "Giftet" not in entry.details, "names and reasons are sealed, not copied"
        assert audit.verify_rows(session, SEALED) == []
        mail = session.scalars(select(OutboxMail)).one()
        assert (mail.person_id, mail.name) == (people.geir, "certificate_reissued")
        assert "utgave 2" in mail.text and "Geir Øy" in mail.text


def test_an_error_can_be_put_right_in_unit_and_sector_too(
    in_app: Flask, database: Database, people: Cast, certificate: Certificate
) -> None:
    wanted = Holder(name="Geir Ødegård", unit_id=people.arendal, sector="nav")
    with database.transaction() as session:
        reissue(
            session,
            certificate,
            wanted,
            EditionKind.CORRECTED,
            based_on=1,
            reason="Feil enhet",
            actor_id=people.siri,
            now=NOW,
        )
        newest = edition_of(session, certificate.id)
    assert (newest.unit_name, newest.region_name, newest.sector) == ("Arendal", "Regional enhet Sør", "nav")


def codes(session: Session, certificate: Certificate, *, by: int, name: str, based_on: int = 1) -> list[str]:
    with pytest.raises(Refused) as refused:
        renew(session, certificate, name, by=by, based_on=based_on)
    return [reason.code for reason in refused.value.reasons]


def test_a_second_click_makes_nothing_and_somebody_elses_words_are_not_overwritten(
    in_app: Flask, database: Database, people: Cast, certificate: Certificate
) -> None:
    with database.transaction() as session:
        made = renew(session, certificate, "Geir Øy", by=people.knut)
        assert renew(session, certificate, "Geir Øy", by=people.siri).id == made.id
        assert codes(session, certificate, by=people.knut, name="Geir Berg") == ["edition-overtaken"]
        assert codes(session, certificate, by=people.knut, name="Geir Øy", based_on=2) == ["edition-same"]
        assert codes(session, certificate, by=people.geir, name="Geir Berg", based_on=2) == ["decide-not-oneself"]
    factories.decided(database, certificate.id, "revoked", date(2026, 11, 20))
    with database.transaction() as session:
        assert codes(session, certificate, by=people.knut, name="Geir Berg", based_on=2) == ["edition-revoked"]


def test_two_who_press_at_once_make_one_edition_and_one_event(
    shared_database: Database, settings: Settings, clock: FrozenClock
) -> None:
    app = build_app(settings, FEATURES, clock=clock, transport=KeptMail(), database=shared_database)
    with shared_database.transaction() as session:
        people = cast.assemble(session)
        certificate = factories.give_certificate(session, people.geir, valid_from=date(2026, 1, 1))
    gate = Barrier(4)

    def press(by: int) -> int:
        with app.test_request_context():
            gate.wait()
            with shared_database.transaction() as session:
                return renew(session, session.get_one(Certificate, certificate.id), "Geir Øy", by=by).id

    with ThreadPoolExecutor(4) as threads:
        made = set(threads.map(press, [people.knut, people.siri, people.knut, people.siri]))
    assert len(made) == 1
    with shared_database.reading() as session:
        assert [each.edition for each in editions_of(session, certificate.id)] == [1, 2]
        assert session.scalars(select(CertificateEvent.kind).order_by(CertificateEvent.id)).all() == [
            "issued",
            "reissued",
        ]
        assert len(session.scalars(select(OutboxMail)).all()) == 1
        assert audit.verify_rows(session, SEALED) == []


def person_form(browser: Browser, database: Database, person_id: int, name: str) -> object:
    with database.reading() as session:
        person = session.get_one(Person, person_id)
    unit = (
        browser.get(f"/folk/{person_id}/rett").text.partition("selected>")[0].rpartition('value="')[2].partition('"')[0]
    )
    sent = {"name": name, "email": person.email, "unit": unit, "sector": "helse"}
    return browser.follow(browser.post(f"/folk/{person_id}/rett", sent))


def test_a_name_changed_in_administration_re_issues_what_can_still_be_used(
    browser: Browser, database: Database, people: Cast, certificate: Certificate
) -> None:
    with database.transaction() as session:
        spent = factories.give_certificate(session, people.mons, valid_from=date(2020, 1, 1))
    browser.sign_in_as(database, people.knut)
    page = person_form(browser, database, people.geir, "Geir Øy")
    assert f"Sertifikatet {certificate.number} er utstedt på nytt i det nye navnet." in page.text  # type: ignore[attr-defined]
    person_form(browser, database, people.mons, "Mons Øy")
    with database.reading() as session:
        assert [each.holder_name for each in editions_of(session, certificate.id)] == ["Geir Ødegård", "Geir Øy"]
        assert [each.holder_name for each in editions_of(session, spent.id)] == ["Mons Sørby"], "it is over"
        assert audit.verify_rows(session, SEALED) == []


def test_where_it_does_not_follow_by_itself_it_is_offered(
    browser: Browser, database: Database, people: Cast, certificate: Certificate
) -> None:
    with database.transaction() as session:
        geir = session.get_one(Person, people.geir)
        correct(session, geir, name="Geir Øy", email=geir.email)
    with database.reading() as session:
        assert [each.id for each in renamed(session, people.geir, on=NOW.date())] == [certificate.id]
    address = f"/sertifikat/{certificate.id}"
    browser.sign_in_as(database, people.geir)
    assert "Be den regionale enheten om en ny utgave." in browser.get(address).text
    assert browser.get(f"{address}/ny-utgave").status_code == 403
    browser.sign_in_as(database, people.knut)
    page = browser.get(address).text
    assert f"{address}/ny-utgave" in page and f"/folk/{people.geir}/rett" in page, "either name may be right"
    form = browser.get(f"{address}/ny-utgave")
    assert "Innehaveren er registrert som Geir Øy" in form.text and 'value="Geir Øy"' in form.text
    sent = {
        "edition": "1",
        "kind": "reissued",
        "name": "Geir Øy",
        "unit": str(people.alta),
        "sector": "helse",
        "reason": "",
    }
    blank = browser.post(f"{address}/ny-utgave", {**sent, "name": "Geir K. Øy"})
    assert blank.status_code == 422 and 'value="Geir K. Øy"' in blank.text, "what was typed is kept"
    moved = browser.post(f"{address}/ny-utgave", {**sent, "reason": "Nytt navn", "sector": "nav"})
    assert moved.status_code == 422 and "Med et nytt navn er enheten og sektoren som før." in moved.text
    done = browser.follow(browser.post(f"{address}/ny-utgave", {**sent, "reason": "Nytt navn"}))
    assert "Den nye utgaven er laget" in done.text and "Utgave 2" in done.text and "Utgave 1" in done.text
    old, new = (browser.get(f"{address}.pdf?utgave={number}").data for number in (1, 2))
    assert old != new
    again = browser.post(f"{address}/ny-utgave", {**sent, "name": "Geir Berg", "reason": "Nytt navn"})
    assert again.status_code == 422 and "Noen andre laget utgave 2 mens du skrev." in again.text
    verified = browser.get(f"/verify/{certificate.print_code}")
    assert "Geir Øy" in verified.text and "Ødegård" not in verified.text, "the newest edition"
