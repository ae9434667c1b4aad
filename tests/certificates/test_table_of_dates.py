"""Every row of the table in DOMAIN.md 5, from the trainer's approval through the services to what is stored."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from certificates.eligibility import NotYet
from certificates.models.issued import Certificate
from certificates.queries.issued import issued_to
from certificates.records import read_derivation
from certificates.services.decisions import exempt
from certificates.status import State
from lms.clock import at_local, local_date
from lms.db import Database
from lms.errors import Refused
from tests.cast import Cast
from tests.certificates import factories
from tests.certificates.factories import APPROVED, PLAIN_APPROVAL, PROGRAMME

ONE_DAY = timedelta(days=1)


def first_approval(app: Flask, database: Database, people: Cast, now: datetime) -> Certificate:
    """Kari's first certificate: exempted from all but the assessment, which Tone approves at an instant."""
    asked = [each.id for each in PROGRAMME.first if each.kind != "assessment"]
    for requirement in asked:
        with app.test_request_context(), database.transaction() as session:
            exempt(
                session,
                PROGRAMME,
                people.kari,
                requirement=requirement,
                reason="Har gjort det før",
                actor_id=people.knut,
                now=now - timedelta(minutes=5),
            )
    certificate = factories.approve(app, people.kari, by=people.tone, now=now, verdict=APPROVED)
    assert isinstance(certificate, Certificate)
    return certificate


def ready_to_renew(database: Database, people: Cast, *, course_on: date, in_period: date) -> None:
    """Everything a renewal asks for but the approval."""
    factories.recertify_evidence(database, people.kari, on=in_period, by=people.tone, course_on=course_on)


def renew(app: Flask, people: Cast, on: date) -> Certificate | NotYet:
    return factories.approve(app, people.kari, by=people.tone, now=at_local(on, 12), verdict=PLAIN_APPROVAL)


@pytest.mark.parametrize(
    ("now", "valid_from", "valid_through"),
    [
        (at_local(date(2026, 11, 22), 12), date(2026, 11, 22), date(2029, 11, 21)),
        (at_local(date(2028, 2, 29), 12), date(2028, 2, 29), date(2031, 2, 28)),
        (at_local(date(2025, 3, 1), 12), date(2025, 3, 1), date(2028, 2, 29)),
        (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), date(2026, 3, 29), date(2029, 3, 28)),
    ],
)
def test_a_first_approval(
    app: Flask, database: Database, people: Cast, now: datetime, valid_from: date, valid_through: date
) -> None:
    certificate = first_approval(app, database, people, now)
    assert (certificate.valid_from, certificate.valid_through) == (valid_from, valid_through)
    assert certificate.issued_on == local_date(now) == valid_from


RENEWED = [  # through 2029-11-21, the window opens 2029-05-22, the last day of grace is 2030-05-21
    (date(2029, 5, 22), date(2029, 11, 22), date(2032, 11, 21), "period-renewal-in-window"),
    (date(2029, 8, 1), date(2029, 11, 22), date(2032, 11, 21), "period-renewal-in-window"),
    (date(2029, 11, 21), date(2029, 11, 22), date(2032, 11, 21), "period-renewal-in-window"),
    (date(2029, 11, 22), date(2029, 11, 22), date(2032, 11, 21), "period-renewal-in-grace"),
    (date(2030, 3, 1), date(2030, 3, 1), date(2033, 2, 28), "period-renewal-in-grace"),
    (date(2030, 5, 21), date(2030, 5, 21), date(2033, 5, 20), "period-renewal-in-grace"),
]


@pytest.mark.parametrize(("approved_on", "valid_from", "valid_through", "why"), RENEWED)
def test_a_renewal(
    app: Flask,
    database: Database,
    people: Cast,
    approved_on: date,
    valid_from: date,
    valid_through: date,
    why: str,
) -> None:
    old = first_approval(app, database, people, at_local(date(2026, 11, 22), 12))
    assert (old.valid_through, old.window_opens, old.grace_through) == (
        date(2029, 11, 21),
        date(2029, 5, 22),
        date(2030, 5, 21),
    )
    in_period = min(approved_on, old.valid_through) - ONE_DAY
    ready_to_renew(database, people, course_on=approved_on - ONE_DAY, in_period=in_period)
    new = renew(app, people, approved_on)
    assert isinstance(new, Certificate)
    assert (new.valid_from, new.valid_through, new.issued_on) == (valid_from, valid_through, approved_on)
    assert read_derivation(new.derivation).why.code == why
    with database.reading() as session:
        first, second = issued_to(session, PROGRAMME.id, [people.kari])[people.kari]
    assert first.period.valid_through == date(2029, 11, 21)  # a renewal moves nothing that was issued
    assert first.state(date(2029, 11, 21)) is State.EXPIRING
    assert second.state(valid_from) is State.VALID
    gap = [date(2029, 11, 22) + n * ONE_DAY for n in range((valid_from - date(2029, 11, 22)).days)]
    assert {first.state(day) for day in gap} <= {State.IN_GRACE}


@pytest.mark.parametrize(
    ("approved_on", "code"),
    [(date(2029, 5, 21), "renewal-not-open"), (date(2030, 5, 22), "renewal-lapsed")],
)
def test_an_approval_a_day_too_early_or_too_late(
    app: Flask, database: Database, people: Cast, approved_on: date, code: str
) -> None:
    old = first_approval(app, database, people, at_local(date(2026, 11, 22), 12))
    in_period = min(approved_on, old.valid_through) - ONE_DAY
    ready_to_renew(database, people, course_on=approved_on - ONE_DAY, in_period=in_period)
    with pytest.raises(Refused) as refusal:
        renew(app, people, approved_on)
    reason = refusal.value.reasons[0]
    assert reason.code == code
    if code == "renewal-not-open":
        assert reason.values["opens"] == date(2029, 5, 22)
        assert reason.values["through"] == date(2032, 11, 21)  # what a pass in the window will give
    else:
        assert reason.values["grace_ended"] == date(2030, 5, 21)


def test_after_a_leap_day_the_next_period_follows_without_drift(app: Flask, database: Database, people: Cast) -> None:
    old = first_approval(app, database, people, at_local(date(2028, 2, 29), 12))
    assert old.valid_through == date(2031, 2, 28)
    ready_to_renew(database, people, course_on=date(2030, 9, 30), in_period=date(2030, 9, 30))
    new = renew(app, people, date(2030, 10, 1))
    assert isinstance(new, Certificate)
    assert (new.valid_from, new.valid_through) == (date(2031, 3, 1), date(2034, 2, 28))


def test_a_window_that_opens_on_a_day_its_month_does_not_have(app: Flask, database: Database, people: Cast) -> None:
    with database.transaction() as session:
        old = factories.give_certificate(session, people.kari, valid_from=date(2023, 8, 31))
    assert (old.valid_through, old.window_opens) == (date(2026, 8, 30), date(2026, 2, 28))
    ready_to_renew(database, people, course_on=date(2026, 2, 20), in_period=date(2026, 2, 20))
    with pytest.raises(Refused):
        renew(app, people, date(2026, 2, 27))
    new = renew(app, people, date(2026, 2, 28))
    assert isinstance(new, Certificate)
    assert (new.valid_from, new.valid_through) == (date(2026, 8, 31), date(2029, 8, 30))
