"""Time limits, extra time, waits and the last try: by the server's clock, through every door."""

from __future__ import annotations

import json
from datetime import timedelta
from fractions import Fraction

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from lms.audit import AuditEntry
from lms.clock import FrozenClock
from lms.db import Database
from lms.errors import Refused
from lms.features import Work
from lms.verdict import No
from quizzes import jobs, queries, services, timekeeping, timing
from quizzes.attempts import Attempt as Taken
from quizzes.attempts import Purpose, State, may_start
from quizzes.limits import GRACE, NO_LIMITS, Limits, deadline, is_over
from quizzes.models import Attempt, AttemptItem, ExtraTime
from tests.cast import Cast
from tests.clients import Browser
from tests.quizzes.factories import NOW, again, answer_all, begin, publish, questions

BANK = questions(20)
HALF_HOUR = Limits(time_limit=30)
END = NOW + timedelta(minutes=30)
LATE = END + GRACE + timedelta(microseconds=1)


def submitted(at: int) -> Taken:
    return Taken(purpose=Purpose.POST, state=State.SUBMITTED, submitted_at=NOW + timedelta(hours=at))


def start(database: Database, person: int, limits: Limits = HALF_HOUR, form: str = "post") -> int:
    with database.transaction() as session:
        publish(session, BANK)
        return begin(session, person, BANK, limits=limits, form=form).id


# The rules


def test_limits_are_written_only_where_they_are_set_and_read_back() -> None:
    assert NO_LIMITS.document() == {}
    assert Limits.read(None) == NO_LIMITS
    for limits in (HALF_HOUR, Limits(max_attempts=3, wait_hours=24)):
        assert Limits.read(limits.document()) == limits


@given(st.integers(1, 600), st.integers(0, 200))
def test_extra_time_is_a_share_of_the_limit(minutes: int, percent: int) -> None:
    end = deadline(NOW, Limits(time_limit=minutes), percent)
    assert end is not None
    assert (end - NOW).total_seconds() == pytest.approx(minutes * 60 * (1 + percent / 100))
    assert deadline(NOW, NO_LIMITS, percent) is None
    assert not is_over(None, LATE)


def test_what_comes_within_the_grace_is_not_late() -> None:
    assert not is_over(END, END + GRACE)
    assert is_over(END, LATE)


@pytest.mark.parametrize(
    ("limits", "earlier", "at", "answer"),
    [
        (Limits(max_attempts=2), [submitted(0)], 0, 2),
        (Limits(max_attempts=2), [submitted(0), submitted(1)], 2, "attempts-used"),
        (Limits(wait_hours=24), [], 0, 1),
        (Limits(wait_hours=24), [submitted(0)], 23, "test-waits"),
        (Limits(wait_hours=24), [submitted(0)], 24, 2),
        (Limits(wait_hours=24), [submitted(30), submitted(0)], 53, "test-waits"),
        (Limits(wait_hours=24, max_attempts=1), [submitted(0)], 1, "attempts-used"),
    ],
)
def test_tries_are_counted_and_waited_for(limits: Limits, earlier: list[Taken], at: int, answer: object) -> None:
    found = may_start(Purpose.POST, earlier, limits, NOW + timedelta(hours=at))
    assert (found.reasons[0].code if isinstance(found, No) else found) == answer


def test_the_pre_test_waits_for_nothing() -> None:
    assert may_start(Purpose.PRE, [submitted(0)], Limits(max_attempts=1, wait_hours=99), NOW) == 1


# The services


def test_when_the_time_is_out_what_was_saved_counts_and_the_attempt_ends_at_its_deadline(
    database: Database, people: Cast
) -> None:
    attempt_id = start(database, people.kari)
    with database.transaction() as session:
        attempt = session.get_one(Attempt, attempt_id)
        assert attempt.deadline_at == END
        services.save_answer(session, attempt, position=1, keys=["a"], now=END + GRACE)
        with pytest.raises(Refused, match="test-time-over"):
            services.save_answer(session, attempt, position=2, keys=["a"], now=LATE)
        with pytest.raises(Refused, match="test-time-over"):
            services.save_answers(session, attempt, answers={2: ["a"]}, now=LATE)
        services.submit(session, attempt, answers={2: ["a"], 3: ["a"]}, now=LATE + timedelta(days=3))
        assert (attempt.submitted_at, attempt.points) == (END, Fraction(1))
        with pytest.raises(Refused, match="test-time-over"):
            services.save_answer(session, attempt, position=2, keys=["a"], now=LATE)


def test_handing_in_within_the_grace_counts_with_what_is_sent(database: Database, people: Cast) -> None:
    attempt_id = start(database, people.kari)
    with database.transaction() as session:
        attempt = session.get_one(Attempt, attempt_id)
        services.submit(session, attempt, answers={2: ["a"]}, now=END + GRACE)
        assert (attempt.submitted_at, attempt.points) == (END, Fraction(1))


def test_without_a_limit_the_time_is_never_out(database: Database, people: Cast) -> None:
    attempt_id = start(database, people.kari, NO_LIMITS)
    with database.transaction() as session:
        attempt = session.get_one(Attempt, attempt_id)
        assert attempt.deadline_at is None
        services.save_answer(session, attempt, position=1, keys=["a"], now=NOW + timedelta(days=4000))


def test_beginning_again_after_the_time_gives_the_result_first(database: Database, people: Cast) -> None:
    attempt_id = start(database, people.kari)
    with database.transaction() as session:
        first = begin(session, people.kari, BANK, limits=HALF_HOUR, now=LATE)
        assert (first.id, first.submitted_at) == (attempt_id, END)
        assert begin(session, people.kari, BANK, limits=HALF_HOUR, now=LATE).ordinal == 2


def test_tries_and_waits_are_refused_by_the_service(database: Database, people: Cast) -> None:
    limits = Limits(max_attempts=2, wait_hours=24)
    start(database, people.kari, limits)
    with database.transaction() as session:
        services.submit(session, begin(session, people.kari, BANK), now=NOW)
        with pytest.raises(Refused, match="test-waits"):
            begin(session, people.kari, BANK, limits=limits, now=NOW + timedelta(hours=23))
        second = begin(session, people.kari, BANK, limits=limits, now=NOW + timedelta(hours=24))
        services.submit(session, second, now=NOW + timedelta(hours=25))
        with pytest.raises(Refused, match="attempts-used"):
            begin(session, people.kari, BANK, limits=limits, now=NOW + timedelta(days=99))


def test_extra_time_counts_from_the_start_of_an_attempt(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        timing.give_extra_time(session, person_id=people.kari, percent=50, given_by=people.knut, now=NOW)
        timing.give_extra_time(session, person_id=people.kari, percent=33, given_by=people.knut, now=NOW)
    attempt_id = start(database, people.kari)
    other_id = start_for_other(database, people.geir)
    with database.reading() as session:
        assert session.get_one(Attempt, attempt_id).deadline_at == NOW + timedelta(minutes=39.9)
        assert session.get_one(Attempt, other_id).deadline_at == END
        assert [one[0] for one in timekeeping.extra_time_given(session, people.kari)] == [33, 50]


def start_for_other(database: Database, person: int) -> int:
    with database.transaction() as session:
        return begin(session, person, BANK, limits=HALF_HOUR, owner="enrolment:2").id


def test_a_running_attempt_is_made_longer_and_never_shorter(database: Database, people: Cast) -> None:
    attempt_id = start(database, people.kari)
    for percent, minutes in ((50, 45), (20, 45), (0, 45), (100, 60)):
        with database.transaction() as session:
            timing.give_extra_time(session, person_id=people.kari, percent=percent, given_by=people.knut, now=NOW)
            assert again(session, session.get_one(Attempt, attempt_id)).deadline_at == NOW + timedelta(minutes=minutes)


def test_extra_time_opens_nothing_that_is_over(database: Database, people: Cast) -> None:
    attempt_id = start(database, people.kari)
    with database.transaction() as session:
        timing.give_extra_time(session, person_id=people.kari, percent=100, given_by=people.knut, now=LATE)
        assert session.get_one(Attempt, attempt_id).deadline_at == END


@pytest.mark.parametrize("percent", [-1, 201])
def test_extra_time_has_bounds(database: Database, people: Cast, percent: int) -> None:
    with database.transaction() as session, pytest.raises(ValueError, match="0 to 200"):
        timing.give_extra_time(session, person_id=people.kari, percent=percent, given_by=people.knut, now=NOW)


def test_what_is_kept_of_extra_time_says_nothing_of_why() -> None:
    assert set(ExtraTime.__table__.columns.keys()) == {"id", "person_id", "percent", "given_by", "given_at"}


def test_the_night_closes_what_nobody_opens_and_nothing_else(database: Database, people: Cast) -> None:
    attempt_id = start(database, people.kari)
    with database.transaction() as session:
        answer_all(session, session.get_one(Attempt, attempt_id), leave_out=5)
    other_id = start_for_other(database, people.geir)
    with database.transaction() as session:
        timing.give_extra_time(session, person_id=people.geir, percent=100, given_by=people.knut, now=NOW)
    for rehearse, closed in ((True, None), (False, END)):
        assert jobs.close_overdue(Work(database=database, now=LATE, rehearse=rehearse)) == {"closed": 1}
        with database.reading() as session:
            assert session.get_one(Attempt, attempt_id).submitted_at == closed
            assert session.get_one(Attempt, other_id).submitted_at is None
    assert jobs.close_overdue(Work(database=database, now=LATE)) == {"closed": 0}
    with database.reading() as session:
        assert queries.result(session, attempt_id).closed_by_time


# The pages


@pytest.fixture
def address(database: Database, people: Cast, browser: Browser, clock: FrozenClock) -> str:
    attempt_id = start(database, people.kari)
    assert clock.now() == NOW
    browser.sign_in_as(database, people.kari)
    return f"/prove/{attempt_id}"


def test_the_paper_says_until_when_and_how_long_is_left(browser: Browser, address: str, clock: FrozenClock) -> None:
    clock.advance(minutes=7, seconds=30)
    page = browser.get(address)
    assert "Prøven må være levert 23.11.2026 kl. 12.30" in page.text
    assert "23 minutter igjen" in page.text
    assert 'data-seconds-left="1350"' in page.text


@pytest.mark.parametrize("door", ["", "/lever", "/resultat", "/utskrift"])
def test_whoever_looks_after_the_time_finds_the_result(
    browser: Browser, address: str, clock: FrozenClock, database: Database, door: str
) -> None:
    browser.post(f"{address}/svar/1", {"svar": "a"})
    clock.instant = LATE
    page = browser.get(f"{address}{door}", follow_redirects=True)
    assert page.status_code == 200
    with database.reading() as session:
        assert session.scalars(select(Attempt.submitted_at)).one() == END
    assert "Tiden var ute 23.11.2026 kl. 12.30" in browser.get(f"{address}/resultat").text


def test_what_comes_late_is_refused_in_words_and_what_was_saved_stays(
    browser: Browser, address: str, clock: FrozenClock, database: Database
) -> None:
    browser.post(f"{address}/svar/1", {"svar": "a"})
    clock.instant = LATE
    late = browser.client.post(
        f"{address}/svar/2", json={"keys": ["a"]}, headers={"X-CSRFToken": browser.csrf, "Accept": "application/json"}
    )
    assert late.status_code == 409
    assert late.json is not None
    assert late.json["reasons"] == ["Tiden er ute. Det som var lagret da, teller."]
    page = browser.follow(browser.post(f"{address}/svar", {"sporsmal": "2", "svar-2": "a"}))
    assert page.location.endswith("/resultat")
    assert "Tiden er ute. Det som var lagret da, teller." in browser.follow(page).text
    with database.reading() as session:
        assert session.scalar(select(func.count()).where(AttemptItem.answered_at.is_not(None))) == 1


@pytest.mark.parametrize("confirmed", [{}, {"bekreftet": "ja"}])
def test_handing_in_late_leads_to_the_result_with_what_was_saved(
    browser: Browser, address: str, clock: FrozenClock, database: Database, confirmed: dict[str, str]
) -> None:
    browser.post(f"{address}/svar/1", {"svar": "a"})
    clock.instant = LATE
    page = browser.follow(browser.post(f"{address}/lever", {"sporsmal": "2", "svar-2": "a", **confirmed}))
    assert "Tiden er ute. Det som var lagret da, teller." in page.text
    with database.reading() as session:
        assert session.scalars(select(Attempt.points_numerator)).one() == 1
        assert session.scalars(select(Attempt.submitted_at)).one() == END


def test_the_result_says_when_one_may_try_again(
    browser: Browser, database: Database, people: Cast, clock: FrozenClock
) -> None:
    attempt_id = start(database, people.kari, Limits(max_attempts=3, wait_hours=24))
    with database.transaction() as session:
        services.submit(session, session.get_one(Attempt, attempt_id), now=NOW)
    browser.sign_in_as(database, people.kari)
    text = browser.get(f"/prove/{attempt_id}/resultat").text
    assert "Ettertesten åpner igjen 24.11.2026 kl. 12.00" in text
    assert "Du har 2 forsøk igjen" in text
    clock.advance(days=1)
    browser.sign_in_as(database, people.kari)
    text = browser.get(f"/prove/{attempt_id}/resultat").text
    assert "åpner igjen" not in text
    assert "Du har 2 forsøk igjen" in text


def test_the_last_try_says_that_it_was_the_last(browser: Browser, database: Database, people: Cast) -> None:
    attempt_id = start(database, people.kari, Limits(max_attempts=1))
    with database.transaction() as session:
        services.submit(session, session.get_one(Attempt, attempt_id), now=NOW)
    browser.sign_in_as(database, people.kari)
    assert "Du har brukt alle forsøkene på ettertesten (1)" in browser.get(f"/prove/{attempt_id}/resultat").text


def test_a_passed_test_speaks_of_no_other_try(browser: Browser, database: Database, people: Cast) -> None:
    attempt_id = start(database, people.kari, Limits(max_attempts=3, wait_hours=24))
    with database.transaction() as session:
        attempt = session.get_one(Attempt, attempt_id)
        answer_all(session, attempt)
        services.submit(session, attempt, now=NOW)
        assert attempt.points == Fraction(10)
    browser.sign_in_as(database, people.kari)
    text = browser.get(f"/prove/{attempt_id}/resultat").text
    assert "forsøk igjen" not in text
    assert "åpner igjen" not in text


def test_the_coordinator_gives_extra_time_and_it_is_written_down(
    app: Flask, database: Database, people: Cast, address: str
) -> None:
    knut = Browser(app).sign_in_as(database, people.knut)
    assert "Vanlig tid." in knut.get(f"/folk/{people.kari}").text
    knut.click("Endre ekstra tid")
    for wrong in ("", "mye", "201", "-1", "12,5"):
        assert knut.submit("Lagre ekstra tid", percent=wrong).status_code == 422
    page = knut.submit("Lagre ekstra tid", percent="50")
    assert "50 prosent mer tid enn andre." in page.text
    assert "50 prosent, gitt av" in knut.get(f"/folk/{people.kari}/ekstra-tid").text
    with database.reading() as session:
        assert session.scalars(select(Attempt.deadline_at)).one() == NOW + timedelta(minutes=45)
        written = session.scalars(select(AuditEntry).where(AuditEntry.action == "extra-time-given")).one()
    assert written.actor_id == people.knut
    assert json.loads(written.details) == {"percent": 50}


def test_only_those_who_look_after_a_person_give_extra_time(app: Flask, database: Database, people: Cast) -> None:
    found = {}
    for name in ("kari", "mons", "tone", "knut", "sonja", "terje", "ari", "siri"):
        browser = Browser(app).sign_in_as(database, getattr(people, name))
        door = f"/folk/{people.kari}/ekstra-tid"
        found[name] = (browser.get(door).status_code, browser.post(door, {"percent": "10"}).status_code)
    refused, unknown, allowed = (403, 403), (404, 404), (200, 303)
    assert found.pop("knut") == found.pop("siri") == allowed
    assert unknown in (found["sonja"], found["terje"])
    assert set(found.values()) == {refused, unknown}
