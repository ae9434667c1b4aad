"""Issuing: only when all is met, once, with what it rests on; from which day to which (DOMAIN.md 5)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from certificates.eligibility import NotYet
from certificates.models.issued import Certificate, CertificateEvent
from certificates.models.programmes import ProgrammeVersion
from certificates.numbering import read_print_code
from certificates.queries.issued import edition_of, issued_to
from certificates.records import read_derivation, read_evidence
from certificates.services.decisions import decide_certificate, exempt
from certificates.services.issuing import issue
from certificates.status import EventKind, State
from lms import audit
from lms.app import build_app
from lms.audit import AuditEntry
from lms.clock import FrozenClock, at_local
from lms.config import Settings
from lms.db import Database
from lms.errors import Refused
from lms.outbox import OutboxMail
from lms.units import Membership
from tests import cast
from tests.cast import Cast
from tests.certificates import factories
from tests.certificates.factories import PLAIN_APPROVAL, PROGRAMME, TODAY
from tests.transports import KeptMail
from wsgi import FEATURES


def count(database: Database, what: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(what)) or 0


def test_the_approval_that_completes_everything_issues_from_that_day(
    app: Flask, database: Database, people: Cast
) -> None:
    certificate = factories.certify(app, database, people)
    assert (certificate.valid_from, certificate.valid_through) == (date(2026, 11, 23), date(2029, 11, 22))
    assert (certificate.window_opens, certificate.grace_through) == (date(2029, 5, 23), date(2030, 5, 22))
    assert (certificate.number, certificate.cycle) == ("HIA-2026-000001", 1)
    with database.reading() as session:
        edition = edition_of(session, certificate.id)
    assert (edition.edition, edition.reason, edition.issued_on) == (1, "", TODAY)
    assert (edition.holder_name, edition.unit_name, edition.sector) == ("Kari Åsen", "Tromsø", "nav")
    assert edition.region_name == "Regional enhet Nord"
    assert len(certificate.verify_code) >= 22  # 128 bits and more, six a letter
    assert read_print_code(certificate.print_code) == certificate.print_code


def test_it_keeps_its_derivation_and_every_requirement_with_its_facts(
    app: Flask, database: Database, people: Cast
) -> None:
    certificate = factories.certify(app, database, people)
    derivation = read_derivation(certificate.derivation)
    assert (derivation.why.code, derivation.met_on, derivation.version) == ("period-first", TODAY, 1)
    assert derivation.why.values["approved_on"] == TODAY
    steps = read_evidence(certificate.evidence)
    assert [step.requirement for step in steps] == [asked.id for asked in PROGRAMME.first]
    assert all(step.facts for step in steps)
    assert steps[-1].facts[0]["label"] == "Tone Bjørnevik"


def test_it_is_recorded_in_the_chain_and_written_to_the_holder(app: Flask, database: Database, people: Cast) -> None:
    certificate = factories.certify(app, database, people)
    with database.reading() as session:
        assert audit.verify(session) == []
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.number.desc()).limit(2)).all()
        assert actions == ["certificate-issued", "assessed"]
        mail = session.scalars(select(OutboxMail).where(OutboxMail.name == "certificate_issued")).one()
        assert mail.person_id == people.kari
        assert certificate.number in mail.text
        assert f"http://127.0.0.1:8000/sertifikat/{certificate.id}" in mail.text
        assert session.scalars(select(CertificateEvent.kind)).all() == ["issued"]


def test_nothing_is_issued_while_anything_is_missing_and_every_reason_is_told(
    app: Flask, database: Database, people: Cast
) -> None:
    factories.study(database, people.kari)
    with app.test_request_context(), database.transaction() as session, pytest.raises(Refused) as refusal:
        issue(session, PROGRAMME, people.kari, cycle=1, actor_id=people.tone, now=at_local(TODAY, 12))
    assert len(refusal.value.reasons) == 4  # both seminars, visits, assessment
    assert count(database, Certificate) == 0


def test_the_secretariat_cannot_issue_past_the_rules_either(app: Flask, database: Database, people: Cast) -> None:
    with app.test_request_context(), database.transaction() as session, pytest.raises(Refused):
        issue(session, PROGRAMME, people.kari, cycle=1, actor_id=people.siri, now=at_local(TODAY, 12))


def test_asking_again_for_the_same_cycle_gives_the_same_certificate(
    app: Flask, database: Database, people: Cast
) -> None:
    first = factories.certify(app, database, people)
    with app.test_request_context(), database.transaction() as session:
        again = issue(session, PROGRAMME, people.kari, cycle=1, actor_id=people.tone, now=at_local(TODAY, 13))
    assert again.id == first.id
    assert count(database, Certificate) == 1


def test_half_past_midnight_in_oslo_is_the_new_day(app: Flask, database: Database, people: Cast) -> None:
    factories.trained(database, people)
    night = datetime(2027, 3, 28, 23, 30, tzinfo=UTC)  # 01.30 on the 29th, the night summer time began
    certificate = factories.approve(app, people.kari, by=people.tone, now=night)
    assert isinstance(certificate, Certificate)
    assert (certificate.valid_from, certificate.issued_on) == (date(2027, 3, 29), date(2027, 3, 29))


def test_an_exemption_stands_in_for_a_requirement_and_shows_on_the_certificate(
    app: Flask, database: Database, people: Cast
) -> None:
    factories.study(database, people.kari)
    parts = {1: factories.PART_1, 2: factories.PART_2}
    factories.attend(database, people.nord, [people.kari], parts, by=people.tone)
    assert isinstance(factories.approve(app, people.kari, by=people.tone, now=at_local(TODAY, 9)), NotYet)
    with app.test_request_context(), database.transaction() as session:
        certificate = exempt(
            session,
            PROGRAMME,
            people.kari,
            requirement="hospitering",
            reason="Har holdt tiltaket i ti år",
            actor_id=people.knut,
            now=at_local(TODAY, 14),
        )
    assert isinstance(certificate, Certificate)
    waived = next(step for step in read_evidence(certificate.evidence) if step.requirement == "hospitering")
    assert waived.exemption is not None
    assert (waived.exemption["by"], waived.exemption["reason"]) == ("Knut Nordli", "Har holdt tiltaket i ti år")


RENEWALS = [  # DOMAIN.md 5, moved by a day: certified 23.11.2026, through 22.11.2029, window opens 23.05.2029
    (date(2029, 5, 23), date(2029, 11, 23), date(2032, 11, 22)),
    (date(2029, 11, 22), date(2029, 11, 23), date(2032, 11, 22)),
    (date(2029, 11, 23), date(2029, 11, 23), date(2032, 11, 22)),
    (date(2030, 5, 22), date(2030, 5, 22), date(2033, 5, 21)),
]


@pytest.mark.parametrize(("approved_on", "valid_from", "valid_through"), RENEWALS)
def test_a_renewal_loses_no_day_in_the_window_and_shows_the_gap_in_grace(
    app: Flask, database: Database, people: Cast, approved_on: date, valid_from: date, valid_through: date
) -> None:
    factories.certify(app, database, people)
    factories.recertify_evidence(database, people.kari, on=date(2029, 5, 20), by=people.tone)
    renewed = factories.approve(app, people.kari, by=people.tone, now=at_local(approved_on, 12), verdict=PLAIN_APPROVAL)
    if approved_on > date(2030, 5, 20):  # the course was passed twelve months and two days ago
        assert isinstance(renewed, NotYet)
        return
    assert isinstance(renewed, Certificate)
    assert (renewed.valid_from, renewed.valid_through, renewed.cycle) == (valid_from, valid_through, 2)


@pytest.mark.parametrize("too_early", [date(2029, 5, 22), date(2027, 1, 1)])
def test_an_approval_before_the_window_is_refused_with_the_day_it_opens(
    app: Flask, database: Database, people: Cast, too_early: date
) -> None:
    factories.certify(app, database, people)
    with pytest.raises(Refused) as refusal:
        factories.approve(app, people.kari, by=people.tone, now=at_local(too_early, 12), verdict=PLAIN_APPROVAL)
    assert [reason.values["opens"] for reason in refusal.value.reasons] == [date(2029, 5, 23)]


def test_after_grace_the_way_back_is_part_two_and_a_new_assessment(
    app: Flask, database: Database, people: Cast
) -> None:
    factories.certify(app, database, people)
    days = (date(2030, 9, 2), date(2030, 9, 3))
    factories.attend(database, people.nord, [people.kari], {2: days}, by=people.tone, name="Tilbake")
    back = factories.approve(app, people.kari, by=people.tone, now=at_local(date(2030, 9, 10), 12))
    assert isinstance(back, Certificate)
    assert (back.cycle, back.valid_from, back.valid_through) == (2, date(2030, 9, 10), date(2033, 9, 9))
    assert read_derivation(back.derivation).route == "reentry"


def test_a_suspension_goes_on_when_a_suspended_holder_renews(app: Flask, database: Database, people: Cast) -> None:
    certificate = factories.certify(app, database, people)
    with app.test_request_context(), database.transaction() as session:
        decide_certificate(
            session,
            session.get_one(Certificate, certificate.id),
            EventKind.SUSPENDED,
            effective_on=date(2029, 6, 1),
            reason="Klage fra en bedrift",
            actor_id=people.knut,
            now=at_local(date(2029, 6, 1), 9),
        )
    factories.recertify_evidence(database, people.kari, on=date(2029, 5, 20), by=people.tone)
    now = at_local(date(2029, 7, 1), 12)
    renewed = factories.approve(app, people.kari, by=people.tone, now=now, verdict=PLAIN_APPROVAL)
    assert isinstance(renewed, Certificate)
    with database.reading() as session:
        events = session.scalars(
            select(CertificateEvent).where(CertificateEvent.certificate_id == renewed.id).order_by(CertificateEvent.id)
        ).all()
    assert [(event.kind, event.reason) for event in events] == [("issued", ""), ("suspended", "Klage fra en bedrift")]


@pytest.mark.parametrize("lifted_on", [None, date(2030, 9, 1), date(2030, 6, 5)])
def test_a_suspension_is_not_washed_off_by_lapsing_and_coming_back(
    app: Flask, database: Database, people: Cast, lifted_on: date | None
) -> None:
    certificate = factories.certify(app, database, people)
    steps = [(EventKind.SUSPENDED, date(2029, 6, 1), date(2029, 6, 1))]
    steps += [(EventKind.LIFTED, lifted_on, date(2030, 6, 1))] if lifted_on else []
    for kind, effective_on, decided_on in steps:
        with app.test_request_context(), database.transaction() as session:
            decide_certificate(
                session,
                session.get_one(Certificate, certificate.id),
                kind,
                effective_on=effective_on,
                reason="Klage",
                actor_id=people.knut,
                now=at_local(decided_on, 9),
            )
    days = (date(2030, 6, 10), date(2030, 6, 11))
    factories.attend(database, people.nord, [people.kari], {2: days}, by=people.tone, name="Tilbake")
    now = at_local(date(2030, 6, 12), 12)
    assert isinstance(factories.approve(app, people.kari, by=people.tone, now=now), Certificate)
    with database.reading() as session:
        back = issued_to(session, PROGRAMME.id, [people.kari])[people.kari][-1]
    settled = lifted_on == date(2030, 6, 5)
    assert back.state(date(2030, 6, 12)) is (State.VALID if settled else State.SUSPENDED)
    assert back.state(date(2030, 9, 1)) is (State.VALID if lifted_on else State.SUSPENDED)


def test_a_delivery_logged_in_grace_with_an_old_date_does_not_take_away_the_gap(
    app: Flask, database: Database, people: Cast
) -> None:
    factories.certify(app, database, people)
    factories.recertify_evidence(database, people.kari, on=date(2029, 6, 1), by=people.tone, deliveries=5)
    approved = at_local(date(2029, 6, 2), 12)
    factories.approve(app, people.kari, by=people.tone, now=approved, verdict=PLAIN_APPROVAL)
    logged = date(2030, 3, 1)
    factories.log_deliveries(database, people.kari, on=date(2029, 10, 1), recorded_on=logged, count=1)
    with app.test_request_context(), database.transaction() as session:
        night = at_local(date(2030, 3, 2), 5)
        renewed = issue(session, PROGRAMME, people.kari, cycle=2, actor_id=None, now=night)
        register_then = issued_to(session, PROGRAMME.id, [people.kari])[people.kari]
    assert renewed.valid_from == logged
    assert register_then[0].state(date(2030, 1, 15)) is State.IN_GRACE


def test_numbers_follow_each_other_within_a_year(app: Flask, database: Database, people: Cast) -> None:
    first = factories.certify(app, database, people)
    second = factories.certify(app, database, people, people.geir)
    assert [first.number, second.number] == ["HIA-2026-000001", "HIA-2026-000002"]
    assert first.print_code != second.print_code
    assert count(database, ProgrammeVersion) == 1


def test_the_database_itself_refuses_a_second_certificate_of_a_cycle(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        factories.give_certificate(session, people.geir, valid_from=date(2025, 3, 1))
    with pytest.raises(IntegrityError), database.transaction() as session:
        factories.give_certificate(session, people.geir, valid_from=date(2025, 3, 1), place=77)


def test_somebody_without_a_unit_gets_no_certificate(app: Flask, database: Database, people: Cast) -> None:
    factories.trained(database, people)
    with database.transaction() as session:
        left = update(Membership).where(Membership.person_id == people.kari)
        session.execute(left.values(through_date=TODAY - timedelta(days=1)))
    with pytest.raises(Refused, match="no-membership"):
        factories.approve(app, people.kari, by=people.tone, now=at_local(TODAY, 12))
    assert count(database, Certificate) == 0


def test_two_approvals_at_once_issue_one_certificate(shared_database: Database, settings: Settings) -> None:
    with shared_database.transaction() as session:
        people = cast.assemble(session)
    now = at_local(TODAY, 12)
    app = build_app(settings, FEATURES, clock=FrozenClock(now), transport=KeptMail(), database=shared_database)
    factories.trained(shared_database, people)
    together = Barrier(4)

    def approve(by: int) -> object:
        together.wait()
        try:
            return factories.approve(app, people.kari, by=by, now=now)
        except Refused as refusal:
            return refusal

    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(approve, [people.tone, people.tone, people.siri, people.terje]))
    numbers = {outcome.number for outcome in outcomes if isinstance(outcome, Certificate)}
    assert numbers == {"HIA-2026-000001"}
    with shared_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Certificate)) == 1
        assert len(session.scalars(select(OutboxMail)).all()) == 1
        assert audit.verify(session) == []
