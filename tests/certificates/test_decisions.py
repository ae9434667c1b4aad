"""Assessments, exemptions, suspensions: who may decide what, what is refused and why, and that nothing is lost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from certificates.eligibility import NotYet
from certificates.evidence import Outcome
from certificates.models.assessments import Assessment
from certificates.models.issued import Certificate, CertificateEvent
from certificates.queries.issued import issued_to
from certificates.services.decisions import Verdict, decide_certificate, exempt
from certificates.status import EventKind, State
from lms import audit
from lms.clock import at_local
from lms.db import Database
from lms.errors import Refused
from lms.outbox import OutboxMail
from lms.people import Locale, Person
from tests.cast import Cast
from tests.certificates import factories
from tests.certificates.factories import APPROVED, NOT_YET, PLAIN_APPROVAL, PROGRAMME, TODAY

NOON = at_local(TODAY, 12)


def decide(
    app: Flask,
    database: Database,
    id_: int,
    kind: EventKind,
    on: date,
    *,
    by: int,
    reason: str = "En klage",
    today: date = TODAY,
) -> None:
    with app.test_request_context(), database.transaction() as session:
        decide_certificate(
            session,
            session.get_one(Certificate, id_),
            kind,
            effective_on=on,
            reason=reason,
            actor_id=by,
            now=at_local(today, 12),
        )


def state(database: Database, person_id: int, on: date, place: int = -1) -> State:
    with database.reading() as session:
        return issued_to(session, PROGRAMME.id, [person_id])[person_id][place].state(on)


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in refusal.value.reasons]


def test_nobody_assesses_oneself(app: Flask, database: Database, people: Cast) -> None:
    factories.trained(database, people)
    with pytest.raises(Refused) as refusal:
        factories.approve(app, people.kari, by=people.kari, now=NOON)
    assert codes(refusal) == ["assess-not-oneself"]


def test_the_database_refuses_an_assessment_of_oneself_whatever_the_code_does(database: Database, people: Cast) -> None:
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(
            Assessment(
                person_id=people.kari,
                programme=PROGRAMME.id,
                assessor_id=people.kari,
                outcome="approved",
                feedback="",
                decided_at=NOON,
                decided_on=TODAY,
            )
        )


def test_a_mentor_does_not_assess_the_own_mentee(app: Flask, database: Database, people: Cast) -> None:
    factories.trained(database, people)
    with pytest.raises(Refused) as refusal:
        factories.approve(app, people.kari, by=people.mons, now=NOON)
    assert codes(refusal) == ["assess-not-own-mentee"]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Assessment)) == 0


def test_not_yet_keeps_the_feedback_and_a_later_approval_certifies(
    app: Flask, database: Database, people: Cast
) -> None:
    factories.trained(database, people)
    answer = factories.approve(app, people.kari, by=people.tone, now=NOON, verdict=NOT_YET)
    assert isinstance(answer, NotYet)
    assert [reason.code for reason in answer.reasons] == ["assessment-not-yet"]
    assert answer.reasons[0].values["feedback"] == "Øv på åpne spørsmål."
    later = at_local(TODAY + timedelta(days=14), 12)
    assert isinstance(factories.approve(app, people.kari, by=people.tone, now=later), Certificate)
    with database.reading() as session:
        assert [row.outcome for row in session.scalars(select(Assessment).order_by(Assessment.id))] == [
            "not_yet",
            "approved",
        ]


def test_not_yet_without_feedback_is_refused_by_the_database(app: Flask, database: Database, people: Cast) -> None:
    factories.trained(database, people)
    silent = Verdict(outcome=Outcome.NOT_YET, content_score=1, non_directive_score=1, feedback="")
    with pytest.raises(IntegrityError):
        factories.approve(app, people.kari, by=people.tone, now=NOON, verdict=silent)


def test_an_approval_without_the_scores_the_programme_names_is_refused(
    app: Flask, database: Database, people: Cast
) -> None:
    factories.trained(database, people)
    with pytest.raises(Refused) as refusal:
        factories.approve(app, people.kari, by=people.tone, now=NOON, verdict=PLAIN_APPROVAL)
    assert codes(refusal) == ["assess-scores-missing"]


def test_an_assessment_before_part_two_is_refused_since_it_would_not_count(
    app: Flask, database: Database, people: Cast
) -> None:
    factories.study(database, people.kari)
    with pytest.raises(Refused) as refusal:
        factories.approve(app, people.kari, by=people.tone, now=NOON)
    assert codes(refusal) == ["after-others"]


def test_a_second_click_records_one_assessment(app: Flask, database: Database, people: Cast) -> None:
    factories.trained(database, people)
    first = factories.approve(app, people.kari, by=people.tone, now=NOON)
    again = factories.approve(app, people.kari, by=people.tone, now=NOON + timedelta(seconds=1))
    assert isinstance(first, Certificate)
    assert isinstance(again, Certificate)
    assert first.id == again.id
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Assessment)) == 1


def test_a_second_approval_by_another_is_refused_while_the_first_waits_for_the_rest(
    app: Flask, database: Database, people: Cast
) -> None:
    factories.study(database, people.kari)
    parts = {1: factories.PART_1, 2: factories.PART_2}
    factories.attend(database, people.nord, [people.kari], parts, by=people.tone)
    assert isinstance(factories.approve(app, people.kari, by=people.tone, now=NOON, verdict=APPROVED), NotYet)
    with pytest.raises(Refused) as refusal:
        factories.approve(app, people.kari, by=people.siri, now=NOON)
    assert codes(refusal) == ["assess-already-approved"]


@pytest.mark.parametrize(
    ("requirement", "code"),
    [("fortest", "exempt-not-needed"), ("finnes-ikke", "exempt-not-asked"), ("leveranser", "exempt-not-asked")],
)
def test_what_is_met_or_not_asked_for_cannot_be_waived(
    app: Flask, database: Database, people: Cast, requirement: str, code: str
) -> None:
    factories.study(database, people.kari)
    with app.test_request_context(), database.transaction() as session, pytest.raises(Refused) as refusal:
        exempt(session, PROGRAMME, people.kari, requirement=requirement, reason="x", actor_id=people.knut, now=NOON)
    assert codes(refusal) == [code]


def test_nobody_exempts_oneself(app: Flask, database: Database, people: Cast) -> None:
    with app.test_request_context(), database.transaction() as session, pytest.raises(Refused) as refusal:
        exempt(session, PROGRAMME, people.knut, requirement="fortest", reason="x", actor_id=people.knut, now=NOON)
    assert codes(refusal) == ["exempt-not-oneself"]


def test_a_suspension_works_from_its_day_until_it_is_lifted_and_moves_no_date(
    app: Flask, database: Database, people: Cast
) -> None:
    certificate = factories.certify(app, database, people)
    decide(app, database, certificate.id, EventKind.SUSPENDED, date(2026, 12, 1), by=people.knut)
    assert state(database, people.kari, date(2026, 11, 30)) is State.VALID
    assert state(database, people.kari, date(2026, 12, 1)) is State.SUSPENDED
    decide(app, database, certificate.id, EventKind.LIFTED, date(2026, 12, 20), by=people.knut)
    assert state(database, people.kari, date(2026, 12, 19)) is State.SUSPENDED
    assert state(database, people.kari, date(2026, 12, 20)) is State.VALID
    with database.reading() as session:
        assert session.get_one(Certificate, certificate.id).valid_through == certificate.valid_through
        assert audit.verify(session) == []


def test_a_revocation_is_for_good_and_refuses_everything_after_it(app: Flask, database: Database, people: Cast) -> None:
    certificate = factories.certify(app, database, people)
    decide(app, database, certificate.id, EventKind.REVOKED, TODAY, by=people.knut)
    assert state(database, people.kari, TODAY) is State.REVOKED
    for kind in (EventKind.SUSPENDED, EventKind.LIFTED, EventKind.REVOKED):
        with pytest.raises(Refused) as refusal:
            decide(app, database, certificate.id, kind, TODAY, by=people.knut)
        assert codes(refusal) == ["already-revoked"]


@pytest.mark.parametrize(
    ("kind", "on", "code"),
    [
        (EventKind.LIFTED, TODAY, "not-suspended"),
        (EventKind.SUSPENDED, TODAY - timedelta(days=1), "decision-before-issue"),
        (EventKind.SUSPENDED, date(2027, 11, 24), "decision-too-late"),
        (EventKind.REVOKED, date(2062, 11, 23), "decision-too-late"),
        (EventKind.REVOKED, date(2016, 11, 23), "decision-before-issue"),
    ],
)
def test_decisions_that_mean_nothing_are_refused(
    app: Flask, database: Database, people: Cast, kind: EventKind, on: date, code: str
) -> None:
    certificate = factories.certify(app, database, people)
    with pytest.raises(Refused) as refusal:
        decide(app, database, certificate.id, kind, on, by=people.knut)
    assert codes(refusal) == [code]


def test_a_certificate_that_has_lapsed_cannot_be_suspended(app: Flask, database: Database, people: Cast) -> None:
    with database.transaction() as session:
        lapsed = factories.give_certificate(session, people.geir, valid_from=date(2023, 1, 1))
    with pytest.raises(Refused) as refusal:
        decide(app, database, lapsed.id, EventKind.SUSPENDED, TODAY, by=people.knut)
    assert codes(refusal) == ["nothing-to-suspend"]


def test_a_decision_of_the_wrong_year_is_put_right_by_an_earlier_one(
    app: Flask, database: Database, people: Cast
) -> None:
    id_, year, soon = factories.certify(app, database, people).id, date(2027, 11, 23), date(2026, 11, 24)
    decide(app, database, id_, EventKind.SUSPENDED, year, by=people.knut)
    decide(app, database, id_, EventKind.SUSPENDED, TODAY, by=people.knut)
    assert {state(database, people.kari, day) for day in (TODAY, year)} == {State.SUSPENDED}
    decide(app, database, id_, EventKind.LIFTED, year, by=people.knut)
    decide(app, database, id_, EventKind.LIFTED, soon, by=people.knut)
    assert state(database, people.kari, TODAY) is State.SUSPENDED
    assert {state(database, people.kari, day) for day in (soon, year)} == {State.VALID}
    decide(app, database, id_, EventKind.REVOKED, year, by=people.knut)
    decide(app, database, id_, EventKind.SUSPENDED, soon, by=people.knut)  # what is yet to come hinders nothing
    decide(app, database, id_, EventKind.REVOKED, soon, by=people.knut)
    assert state(database, people.kari, TODAY) is State.SUSPENDED
    assert state(database, people.kari, soon) is State.REVOKED
    with database.reading() as session:
        assert audit.verify(session) == []


def test_a_lifting_that_is_still_to_come_is_taken_back_by_a_new_suspension(
    app: Flask, database: Database, people: Cast
) -> None:
    id_, later = factories.certify(app, database, people).id, date(2027, 2, 1)
    decide(app, database, id_, EventKind.SUSPENDED, TODAY, by=people.knut)
    decide(app, database, id_, EventKind.LIFTED, later, by=people.knut)
    decide(app, database, id_, EventKind.SUSPENDED, date(2027, 1, 1), by=people.knut)
    assert state(database, people.kari, later) is State.SUSPENDED


@pytest.mark.parametrize(
    ("before", "kind", "code"),
    [
        ([EventKind.SUSPENDED], EventKind.SUSPENDED, "already-suspended"),
        ([EventKind.REVOKED], EventKind.REVOKED, "already-to-be-revoked"),
        ([EventKind.SUSPENDED, EventKind.LIFTED], EventKind.LIFTED, "already-lifted"),
    ],
)
def test_the_same_decision_for_the_same_day_or_a_later_one_is_refused(
    app: Flask, database: Database, people: Cast, before: list[EventKind], kind: EventKind, code: str
) -> None:
    certificate, on = factories.certify(app, database, people), date(2027, 2, 1)
    for earlier in before:
        decide(app, database, certificate.id, earlier, on, by=people.knut)
    for day in (on, date(2027, 3, 1)):
        with pytest.raises(Refused) as refusal:
            decide(app, database, certificate.id, kind, day, by=people.knut)
        assert codes(refusal) == [code]


def test_a_decided_revocation_refuses_the_approval_of_a_renewal_and_says_why(
    app: Flask, database: Database, people: Cast
) -> None:
    certificate, from_july = factories.certify(app, database, people), date(2029, 7, 1)
    decide(app, database, certificate.id, EventKind.REVOKED, from_july, by=people.knut, today=date(2029, 5, 1))
    factories.recertify_evidence(database, people.kari, on=date(2029, 6, 1), by=people.tone)
    with pytest.raises(Refused) as refusal:
        factories.approve(app, people.kari, by=people.tone, now=at_local(date(2029, 6, 2), 12), verdict=PLAIN_APPROVAL)
    assert codes(refusal) == ["revocation-decided"]
    assert state(database, people.kari, from_july) is State.REVOKED


def test_not_yet_clicked_twice_in_a_renewal_says_what_is_missing_not_that_the_old_certificate_was_issued(
    app: Flask, database: Database, people: Cast
) -> None:
    factories.certify(app, database, people)
    factories.recertify_evidence(database, people.kari, on=date(2029, 6, 1), by=people.tone)
    plain = Verdict(outcome=Outcome.NOT_YET, content_score=None, non_directive_score=None, feedback="Øv mer.")
    for second in range(2):
        now = at_local(date(2029, 6, 2), 12) + timedelta(seconds=second)
        answer = factories.approve(app, people.kari, by=people.tone, now=now, verdict=plain)
        assert isinstance(answer, NotYet)
        assert [reason.code for reason in answer.reasons] == ["assessment-not-yet"]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Assessment)) == 2


def test_revoking_the_old_certificate_also_revokes_the_one_that_was_to_follow(
    app: Flask, database: Database, people: Cast
) -> None:
    with database.transaction() as session:
        old = factories.give_certificate(session, people.geir, valid_from=date(2024, 3, 1))
        factories.give_certificate(session, people.geir, valid_from=date(2027, 3, 1), cycle=2)
    decide(app, database, old.id, EventKind.REVOKED, TODAY, by=people.knut)
    assert state(database, people.geir, TODAY, 0) is State.REVOKED
    assert state(database, people.geir, date(2027, 3, 1), 1) is State.REVOKED


def test_a_suspension_of_the_one_to_come_stops_the_present_one_too_and_lifting_frees_both(
    app: Flask, database: Database, people: Cast
) -> None:
    with database.transaction() as session:
        factories.give_certificate(session, people.geir, valid_from=date(2024, 3, 1))
        first, yesterday = date(2027, 3, 1), TODAY - timedelta(days=1)
        new = factories.give_certificate(session, people.geir, valid_from=first, issued_on=yesterday, cycle=2)
    decide(app, database, new.id, EventKind.SUSPENDED, TODAY, by=people.knut)
    assert state(database, people.geir, TODAY, 0) is State.SUSPENDED
    decide(app, database, new.id, EventKind.LIFTED, TODAY, by=people.knut)
    assert state(database, people.geir, TODAY, 0) is State.EXPIRING
    assert state(database, people.geir, date(2027, 3, 1), 1) is State.VALID


def test_nobody_decides_about_the_own_certificate(app: Flask, database: Database, people: Cast) -> None:
    certificate = factories.certify(app, database, people)
    with pytest.raises(Refused) as refusal:
        decide(app, database, certificate.id, EventKind.REVOKED, TODAY, by=people.kari)
    assert codes(refusal) == ["decide-not-oneself"]


@pytest.mark.parametrize("locale", list(Locale))
@pytest.mark.parametrize("kind", [EventKind.SUSPENDED, EventKind.REVOKED])
def test_the_holder_is_told_from_when_and_why(
    app: Flask, database: Database, people: Cast, locale: Locale, kind: EventKind
) -> None:
    with database.transaction() as session:
        session.get_one(Person, people.geir).locale = locale
        certificate = factories.give_certificate(session, people.geir, valid_from=date(2025, 3, 1))
    decide(app, database, certificate.id, kind, date(2026, 12, 1), by=people.knut, reason="<b>Klage</b>\nfra bedrift")
    with database.reading() as session:
        mail = session.scalars(select(OutboxMail).where(OutboxMail.name == "certificate_decision")).one()
        assert session.scalar(select(func.count()).select_from(CertificateEvent)) == 2
    assert "01.12.2026" in mail.text
    assert "<b>Klage</b>\nfra bedrift" in mail.text
    assert "&lt;b&gt;Klage&lt;/b&gt;<br>fra bedrift" in mail.html
    assert f"/sertifikat/{certificate.id}" in mail.text
