"""Whom a night looks at: nobody for whom something is due is left out, and few others are looked at."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.eligibility import Ok
from certificates.gathering import dossiers
from certificates.models.assessments import Assessment, Exemption
from certificates.models.issued import Certificate, CertificateEvent
from certificates.models.reminders import DigestSent, Reminder
from certificates.programme import Route
from certificates.queries.issued import active_people, issued_to, sent_stages
from certificates.queries.nights import digests_to_send, due_reminders, to_issue
from certificates.reminders import due, wants_reminders
from lms.clock import at_local
from lms.db import Database
from lms.people import Person
from tests.cast import Cast
from tests.certificates import factories
from tests.certificates.factories import PROGRAMME

DAY = timedelta(days=1)
FROM, SPAN = date(2026, 1, 10), 2400
ON = st.integers(0, SPAN).map(lambda days: FROM + days * DAY)
REQUIREMENTS = sorted({asked.id for route in Route for asked in PROGRAMME.requirements(route)})
EXAMPLES = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def some_day(dice: random.Random) -> date:
    return FROM + dice.randint(0, SPAN) * DAY


def live(session: Session, person_id: int, assessor_id: int, dice: random.Random) -> None:
    """Some certificates, decisions about them, approvals and exemptions: in any order, on any day."""
    began = FROM + dice.randint(-500, 400) * DAY
    for cycle in range(1, dice.randint(1, 3)):
        certificate = factories.give_certificate(session, person_id, valid_from=began, cycle=cycle)
        for kind in ("suspended", "lifted", "revoked"):
            if dice.random() < 0.25:
                decide(session, certificate.id, kind, began + dice.randint(0, 1400) * DAY)
        began = certificate.valid_through + dice.choice((1, 1, 60, 180, 300)) * DAY
    for requirement in REQUIREMENTS:
        for _ in range(dice.choice((1, 1, 2, 3))):
            if requirement not in ("vurdering", "resertifisering-vurdering", "ny-vurdering") or dice.random() < 0.3:
                session.add(exemption(person_id, requirement, some_day(dice), by=assessor_id))
    for _ in range(dice.randint(2, 6)):
        session.add(assessment(person_id, dice.random() < 0.9, some_day(dice), by=assessor_id))
    if dice.random() < 0.1:
        session.get_one(Person, person_id).deactivated_at = at_local(FROM, 12)
    session.flush()


def decide(session: Session, certificate_id: int, kind: str, on: date) -> None:
    session.add(
        CertificateEvent(
            certificate_id=certificate_id, kind=kind, effective_on=on, reason="Klage", actor_id=None, at=at_local(on, 9)
        )
    )
    session.flush()


def assessment(person_id: int, approved: bool, on: date, *, by: int) -> Assessment:
    return Assessment(
        person_id=person_id,
        programme=PROGRAMME.id,
        assessor_id=by,
        outcome="approved" if approved else "not_yet",
        content_score=4,
        non_directive_score=4,
        feedback="" if approved else "Øv mer.",
        decided_at=at_local(on, 12),
        decided_on=on,
    )


def exemption(person_id: int, requirement: str, on: date, *, by: int) -> Exemption:
    return Exemption(
        person_id=person_id,
        programme=PROGRAMME.id,
        requirement=requirement,
        reason="Permisjon",
        decided_by=by,
        decided_at=at_local(on, 12),
        decided_on=on,
    )


def ready(session: Session, on: date) -> set[int]:
    """Everybody the rules say something is to be issued to, when everybody is asked."""
    everybody = active_people(session)
    cases = dossiers(session, PROGRAMME, everybody, on=on)
    return {person_id for person_id, case in cases.items() if isinstance(case.answer, Ok)}


@EXAMPLES
@given(seed=st.integers(0, 10**9), days=st.lists(ON, min_size=6, max_size=6))
def test_nobody_to_whom_something_is_to_be_issued_is_left_out(
    database: Database, people: Cast, seed: int, days: list[date]
) -> None:
    dice = random.Random(seed)  # noqa: S311
    with database.transaction(rehearse=True) as session:
        for person_id in (people.kari, people.geir, people.mons, people.stian, people.siri):
            live(session, person_id, people.tone, dice)
        turning = session.execute(
            select(Certificate.window_opens, Certificate.valid_through, Certificate.grace_through)
        ).all()
        near = [day + dice.randint(-1, 33) * DAY for row in turning for day in row]
        for day in (*days, *near):
            assert ready(session, day) <= set(to_issue(session, PROGRAMME, on=day)), day


def test_the_lives_above_are_ones_in_which_something_is_issued(database: Database, people: Cast) -> None:
    found = 0
    for seed in range(12):
        dice = random.Random(seed)  # noqa: S311
        with database.transaction(rehearse=True) as session:
            live(session, people.kari, people.tone, dice)
            found += any(people.kari in ready(session, FROM + days * DAY) for days in range(0, SPAN, 90))
    assert found >= 3


@pytest.mark.parametrize("days", [0, 5, 31])
def test_what_was_met_on_the_last_day_of_grace_is_found_when_the_worker_stood_still(
    database: Database, people: Cast, days: int
) -> None:
    with database.transaction() as session:
        held = factories.give_certificate(session, people.geir, valid_from=date(2024, 3, 1))
        session.add(assessment(people.geir, True, held.grace_through, by=people.tone))
        for requirement in ("resertifisering-ettertest", "leveranser", "fagsamling"):
            session.add(exemption(people.geir, requirement, held.grace_through - 3 * DAY, by=people.tone))
    with database.reading() as session:
        on = held.grace_through + days * DAY
        assert ready(session, on) == {people.geir}
        assert list(to_issue(session, PROGRAMME, on=on)) == [people.geir]


def test_whoever_holds_a_certificate_with_a_closed_window_is_not_looked_at(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        held = factories.give_certificate(session, people.geir, valid_from=date(2026, 3, 1))
        session.add(assessment(people.geir, True, date(2026, 3, 1), by=people.tone))
    with database.reading() as session:
        assert list(to_issue(session, PROGRAMME, on=held.window_opens - DAY)) == []


@EXAMPLES
@given(seed=st.integers(0, 10**9), days=st.lists(ON, min_size=6, max_size=6))
def test_no_certificate_with_a_reminder_due_is_left_out(
    database: Database, people: Cast, seed: int, days: list[date]
) -> None:
    dice = random.Random(seed)  # noqa: S311
    with database.transaction(rehearse=True) as session:
        for person_id in (people.kari, people.geir, people.mons):
            live(session, person_id, people.tone, dice)
        certificates = session.scalars(select(Certificate)).all()
        for certificate in certificates:
            for stage in PROGRAMME.policy.reminders:
                if dice.random() < 0.3:
                    session.add(Reminder(certificate_id=certificate.id, stage=stage, claimed_at=at_local(FROM, 5)))
        session.flush()
        near = [each.valid_through + dice.randint(-200, 200) * DAY for each in certificates]
        for day in (*days, *near):
            wanted = set()
            for person_id, held in issued_to(session, PROGRAMME.id, [people.kari, people.geir, people.mons]).items():
                last = held[-1] if held else None
                if session.get_one(Person, person_id).deactivated_at is not None:
                    continue  # `remind` leaves in peace who has left
                if last is None or not wants_reminders(last.state(day), renewed=last.revoked_on is not None):
                    continue
                if due(last.period, sent_stages(session, last.id), day, last.policy) is not None:
                    wanted.add(last.id)
            assert wanted <= set(due_reminders(session, PROGRAMME, on=day)), day


def test_a_unit_whose_digest_of_the_month_is_claimed_is_not_looked_at(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        units = digests_to_send(session, on=date(2026, 11, 23))
        assert people.nord in [unit.id for unit in units]
        session.add(
            DigestSent(unit_id=people.nord, month=date(2026, 11, 1), mails=0, claimed_at=at_local(date(2026, 11, 1), 5))
        )
    with database.reading() as session:
        assert people.nord not in [unit.id for unit in digests_to_send(session, on=date(2026, 11, 30))]
        assert people.nord in [unit.id for unit in digests_to_send(session, on=date(2026, 12, 1))]
