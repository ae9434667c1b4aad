"""What was met at the end of a day is issued in the night after it, although the answer has changed by then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from certificates import jobs as nightly
from certificates.eligibility import NotYet, Ok, decide
from certificates.evidence import Assessment, Delivery, Evidence, Outcome, TestTaken
from certificates.looking_back import DAYS_BACK, decide_lately
from certificates.models.issued import Certificate
from courses.seminars import GatheringKind
from courses.services import gatherings
from lms import jobs as ground
from lms.clock import FrozenClock, at_local
from lms.db import Database
from tests.cast import Cast
from tests.certificates import factories
from tests.certificates.dossiers import (
    ONE_DAY,
    PREVIOUS,
    PROGRAMME,
    RENEWAL_FACTS,
    assessed,
    holder,
    holder_but,
    tried,
)
from tests.certificates.factories import NOT_YET, PLAIN_APPROVAL
from tests.clients import Browser

ISSUING = next(job for job in nightly.JOBS if job.name == "issue_due")
LAST_OF_GRACE = date(2030, 5, 21)
LATE_TEST = tried(date(2029, 10, 1), Fraction(1), course="resertifisering")


def in_grace(*approvals: Assessment) -> Evidence:
    """Everything a renewal asks for, with these assessments."""
    kept = (fact for fact in RENEWAL_FACTS if not isinstance(fact, Assessment | TestTaken))
    return holder(*kept, LATE_TEST, *approvals)


class TestTheRule:
    @pytest.mark.parametrize("nights", [1, 2, DAYS_BACK])
    def test_a_yes_of_the_last_day_of_grace_stands_until_the_worker_comes(self, nights: int) -> None:
        evidence, later = in_grace(assessed(LAST_OF_GRACE)), LAST_OF_GRACE + nights * ONE_DAY
        assert not decide(PROGRAMME, evidence, later)
        assert decide_lately(PROGRAMME, evidence, later) == decide(PROGRAMME, evidence, LAST_OF_GRACE)

    def test_not_for_ever(self) -> None:
        answer = decide_lately(
            PROGRAMME, in_grace(assessed(LAST_OF_GRACE)), LAST_OF_GRACE + timedelta(days=DAYS_BACK + 1)
        )
        assert isinstance(answer, NotYet)
        assert answer.reasons[0].code == "renewal-lapsed"

    def test_a_test_passed_exactly_twelve_months_before_the_last_fact_counts_the_night_after(self) -> None:
        evidence = holder_but(TestTaken, tried(date(2028, 6, 1), Fraction(1), course="resertifisering"))
        assert isinstance(decide(PROGRAMME, evidence, date(2029, 6, 2)), NotYet)
        assert isinstance(decide_lately(PROGRAMME, evidence, date(2029, 6, 2)), Ok)

    def test_a_not_yet_of_today_takes_back_the_yes_of_yesterday(self) -> None:
        not_yet = assessed(LAST_OF_GRACE + ONE_DAY, Outcome.NOT_YET, feedback="Øv mer.")
        assert not decide_lately(PROGRAMME, in_grace(assessed(LAST_OF_GRACE), not_yet), LAST_OF_GRACE + ONE_DAY)

    def test_what_is_written_down_after_grace_does_not_reach_back_into_it(self) -> None:
        late = Delivery(on=PREVIOUS.valid_through, recorded_on=LAST_OF_GRACE + ONE_DAY)
        five = [fact for fact in RENEWAL_FACTS if isinstance(fact, Delivery)][:5]
        evidence = holder_but(Delivery, LATE_TEST, *five, late)
        assert not decide_lately(PROGRAMME, evidence, LAST_OF_GRACE + ONE_DAY)

    def test_a_revocation_of_today_is_not_escaped_by_the_answer_of_yesterday(self) -> None:
        revoked = replace(in_grace(assessed(LAST_OF_GRACE)), revoked_on=LAST_OF_GRACE + ONE_DAY)
        assert not decide_lately(PROGRAMME, revoked, LAST_OF_GRACE + ONE_DAY)

    @given(approved_on=st.dates(date(2029, 5, 22), LAST_OF_GRACE), waited=st.integers(0, DAYS_BACK))
    def test_waiting_for_the_worker_never_changes_the_certificate(self, approved_on: date, waited: int) -> None:
        evidence = in_grace(assessed(approved_on))
        then, later = (decide_lately(PROGRAMME, evidence, approved_on + n * ONE_DAY) for n in (0, waited))
        if isinstance(then, Ok):
            assert isinstance(later, Ok)
            assert later.period == then.period


def renewals(database: Database) -> list[tuple[date, date]]:
    """From when, and issued when, the certificates after the first are."""
    with database.reading() as session:
        rows = session.execute(
            select(Certificate.valid_from, Certificate.issued_on).where(Certificate.cycle > 1).order_by(Certificate.id)
        )
        return [(row[0], row[1]) for row in rows]


def met_on_the_last_day_of_grace(app: Flask, database: Database, people: Cast) -> None:
    """Kari, through 22.11.2029: approved in grace, and the test passed on its last day, 22.05.2030."""
    factories.certify(app, database, people)
    with database.transaction() as session:
        held, now = date(2029, 3, 1), at_local(date(2029, 3, 2), 12)
        gatherings.record_gathering(
            session,
            person_ids=[people.kari],
            title="Nettverk",
            on=held,
            kind=GatheringKind.NETWORK,
            by=people.tone,
            now=now,
        )
    factories.log_deliveries(database, people.kari, on=date(2029, 3, 1), recorded_on=date(2029, 4, 1))
    in_may = at_local(date(2030, 5, 10), 12)
    assert isinstance(factories.approve(app, people.kari, by=people.tone, now=in_may, verdict=PLAIN_APPROVAL), NotYet)
    factories.pass_recertification(database, people.kari, on=date(2030, 5, 22))


@pytest.mark.parametrize("night", [date(2030, 5, 23), date(2030, 6, 5)])
def test_everything_met_on_the_last_day_of_grace_is_issued_by_the_next_night_that_runs(
    app: Flask, database: Database, people: Cast, night: date
) -> None:
    met_on_the_last_day_of_grace(app, database, people)
    for _ in range(2):
        ground.run_job(app, ISSUING, now=at_local(night, 4))
    assert renewals(database) == [(date(2030, 5, 22), night)]


def test_the_day_after_the_last_of_grace_the_page_says_so_and_the_button_issues(
    app: Flask, browser: Browser, database: Database, people: Cast, clock: FrozenClock
) -> None:
    met_on_the_last_day_of_grace(app, database, people)
    clock.instant = at_local(date(2030, 5, 23), 9)
    browser.sign_in_as(database, people.tone)
    page = browser.get(f"/deltakere/{people.kari}")
    assert "fra 22.05.2030 til og med 21.05.2033" in page.text
    after = browser.follow(browser.post(f"/deltakere/{people.kari}/utsted", {"cycle": "2"}))
    assert "fra 22.05.2030 til og med 21.05.2033" in after.text
    assert renewals(database) == [(date(2030, 5, 22), date(2030, 5, 23))]


def test_a_not_yet_in_the_morning_after_stops_what_the_night_has_not_issued(
    app: Flask, database: Database, people: Cast
) -> None:
    met_on_the_last_day_of_grace(app, database, people)
    morning = at_local(date(2030, 5, 23), 1)
    verdict = replace(NOT_YET, content_score=None, non_directive_score=None)
    assert isinstance(factories.approve(app, people.kari, by=people.tone, now=morning, verdict=verdict), NotYet)
    ground.run_job(app, ISSUING, now=at_local(date(2030, 5, 23), 4))
    assert renewals(database) == []


def test_the_last_day_of_the_twelve_months_of_a_test_is_not_lost_overnight(
    app: Flask, database: Database, people: Cast
) -> None:
    factories.certify(app, database, people)
    factories.pass_recertification(database, people.kari, on=date(2028, 7, 1))
    factories.log_deliveries(database, people.kari, on=date(2029, 3, 1), recorded_on=date(2029, 4, 1))
    in_june = at_local(date(2029, 6, 10), 12)
    factories.approve(app, people.kari, by=people.tone, now=in_june, verdict=PLAIN_APPROVAL)
    with database.transaction() as session:
        gatherings.record_gathering(
            session,
            person_ids=[people.kari],
            title="Nettverk",
            on=date(2029, 7, 1),
            kind=GatheringKind.NETWORK,
            by=people.tone,
            now=at_local(date(2029, 7, 1), 15),
        )
    ground.run_job(app, ISSUING, now=at_local(date(2029, 7, 2), 4))
    assert renewals(database) == [(date(2029, 11, 23), date(2029, 7, 2))]
