"""The evaluation: one answer from each who was there, and nothing that tells whose it is."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect, select, text

from courses import evaluation as rules
from courses.evaluation import STATEMENTS, Answer
from courses.jobs.evaluation import ASK
from courses.models.evaluation import EvaluationAnswer, EvaluationTurn
from courses.models.seminars import Seminar
from courses.queries import evaluation as queries
from courses.seminars import days_of
from courses.services import evaluation
from lms import jobs
from lms.clock import FrozenClock, at_local
from lms.db import Database
from lms.errors import Refused
from lms.outbox import OutboxMail
from tests import cast
from tests.cast import Cast
from tests.clients import Browser
from tests.courses.fieldwork import HOSTILE, NOW, TODAY, attend, day_ids, plan
from tests.transports import KeptMail

RATINGS = dict.fromkeys(STATEMENTS, 4)


def members(people: Cast) -> list[int]:
    return [people.kari, people.geir, people.mons, people.knut, people.sonja, people.terje, people.stian]


@pytest.fixture
def seminar(database: Database, people: Cast) -> Seminar:
    """One day, today, on which seven were there and Ari was not."""
    return met(database, people)


def met(database: Database, people: Cast) -> Seminar:
    there = members(people)
    planned = plan(database, people.nord, now=NOW, days=days_of({1: [TODAY]}), seated=[*there, people.ari])
    given_ = {**dict.fromkeys(there, True), people.ari: False}
    attend(database, day_ids(database, planned.id)[0], given_, by=people.tone, now=NOW)
    return planned


def answer(database: Database, seminar: Seminar, person: int, *, on: date = TODAY, useful: str = "") -> None:
    with database.transaction() as session:
        part = queries.attended_part(session, seminar.id, 1, person)
        assert part is not None
        facts = {"useful": useful, "better": "", "now": at_local(on, 12)}
        evaluation.answer(session, part, ratings=RATINGS, **facts)  # type: ignore[arg-type]


def shown(database: Database, seminar: Seminar, *, on: date = TODAY) -> tuple[int, int]:
    """How many answers the unit sees, and how many wait."""
    with database.reading() as session:
        found = queries.answers_of(session, seminar.id, 1, last_day=TODAY, today=on)
    return len(found.shown), found.waiting


# the rules


@given(
    st.lists(
        st.builds(
            Answer,
            key=st.uuids().map(str),
            ratings=st.fixed_dictionaries({name: st.integers(1, 5) for name in STATEMENTS}),
            useful=st.text(),
            better=st.text(),
        ),
        max_size=20,
        unique_by=lambda each: each.key,
    )
)
def test_a_summary_counts_everybody_once_and_shows_nothing_of_four(answers: list[Answer]) -> None:
    made = rules.summarise(answers)
    if len(answers) < 5:
        assert made is None
        return
    assert made is not None
    assert all(sum(rated.counts) == len(answers) for rated in made.rated)
    assert all(1 <= rated.mean <= 5 for rated in made.rated)
    assert sorted(made.useful) == sorted(each.useful for each in answers if each.useful)


def test_the_two_texts_of_one_answer_do_not_stand_at_the_same_place() -> None:
    answers = [Answer(key=f"key {n}", ratings=RATINGS, useful=f"{n}", better=f"{n}") for n in range(15)]
    made = rules.summarise(answers)
    assert made is not None
    assert made.useful != made.better
    assert made.useful != tuple(f"{n}" for n in range(15))


@pytest.mark.parametrize(
    ("days", "code"), [(-1, "evaluation-not-open"), (0, None), (30, None), (31, "evaluation-closed")]
)
def test_the_form_is_open_from_the_last_day_for_thirty_days(days: int, code: str | None) -> None:
    problem = rules.answering_problem(last_day=TODAY, today=TODAY + timedelta(days=days), answered=False)
    assert (problem.reasons[0].code if problem is not None else None) == code


# the verbs


def test_one_answer_from_each_who_was_there(database: Database, people: Cast, seminar: Seminar) -> None:
    answer(database, seminar, people.kari)
    with pytest.raises(Refused) as refusal:
        answer(database, seminar, people.kari)
    assert refusal.value.reasons[0].code == "evaluation-answered"
    with pytest.raises(Refused):
        answer(database, seminar, people.geir, on=TODAY + timedelta(days=31))
    with database.reading() as session:
        assert queries.attended_part(session, seminar.id, 1, people.ari) is None, "who was not there has no form"
        assert queries.attended_part(session, seminar.id, 2, people.kari) is None
        assert [part.seminar_id for part in queries.to_answer(session, people.geir, today=TODAY)] == [seminar.id]
        assert queries.to_answer(session, people.kari, today=TODAY) == []


def test_nothing_is_shown_of_four_and_later_answers_wait_for_company(
    database: Database, people: Cast, seminar: Seminar
) -> None:
    seen = []
    for person in members(people):
        answer(database, seminar, person)
        seen.append(shown(database, seminar))
    assert seen == [(0, 1), (0, 2), (0, 3), (0, 4), (5, 0), (5, 1), (5, 2)]
    assert shown(database, seminar, on=TODAY + timedelta(days=30)) == (5, 2)
    assert shown(database, seminar, on=TODAY + timedelta(days=31)) == (7, 0)


def test_four_stay_hidden_after_the_form_is_closed(database: Database, people: Cast, seminar: Seminar) -> None:
    for person in members(people)[:4]:
        answer(database, seminar, person)
    assert shown(database, seminar, on=TODAY + timedelta(days=60)) == (0, 4)


def test_no_column_leads_from_an_answer_to_a_person_or_a_time(database: Database) -> None:
    columns = {
        column["name"]: str(column["type"]) for column in inspect(database.engine).get_columns("evaluation_answer")
    }
    assert set(columns) == {"id", "seminar_id", "part", "ratings", "useful", "better", "shown"}
    assert columns["id"].startswith("VARCHAR")
    keys = inspect(database.engine).get_foreign_keys("evaluation_answer")
    assert [key["referred_table"] for key in keys] == ["seminar"]


def test_the_database_itself_does_not_know_the_order_of_the_answers(
    database: Database, people: Cast, seminar: Seminar
) -> None:
    """Rows lie in the order of ids that are new each time, all written by the transaction of the last one."""
    orders, there = set(), members(people)
    for number, person in enumerate(there):
        answer(database, seminar, person, useful=f"Svar {number}")
        with database.reading() as session:
            place = "ctid" if database.engine.dialect.name == "postgresql" else "id"
            rows = session.execute(text(f"SELECT useful, id FROM evaluation_answer ORDER BY {place}")).all()
            assert [row[1] for row in rows] == sorted(row[1] for row in rows)
            orders.add(tuple(row[0] for row in rows[:3]))
            if database.engine.dialect.name == "postgresql":
                writers = session.execute(text("SELECT DISTINCT xmin::text FROM evaluation_answer")).all()
                assert len(writers) == 1, "the transaction that wrote a row would tell whose it is"
            else:
                words = session.scalar(text("SELECT sql FROM sqlite_schema WHERE name = 'evaluation_answer'"))
                assert "WITHOUT ROWID" in str(words)
    assert len(orders) > 2


def test_everybody_at_once_loses_no_answer_and_keeps_no_two_of_one(shared_database: Database) -> None:
    with shared_database.transaction() as session:
        people = cast.assemble(session)
    seminar = met(shared_database, people)
    clicks = [person for person in members(people) for _click in range(2)]
    ready, refused = threading.Barrier(len(clicks)), []

    def click(person: int) -> None:
        ready.wait()
        try:
            answer(shared_database, seminar, person)
        except Refused as refusal:
            refused.append(refusal.reasons[0].code)

    threads = [threading.Thread(target=click, args=(person,)) for person in clicks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["evaluation-answered"] * 7
    with shared_database.reading() as session:
        assert len(session.scalars(select(EvaluationAnswer)).all()) == 7
        assert len(session.scalars(select(EvaluationTurn).where(EvaluationTurn.answered)).all()) == 7


# the mail and the pages


def test_everybody_who_was_there_is_asked_once_when_the_day_is_over(
    app: Flask, database: Database, people: Cast, seminar: Seminar, clock: FrozenClock, outbox_transport: KeptMail
) -> None:
    answer(database, seminar, people.kari)
    for now in (NOW, NOW, NOW + timedelta(days=1)):
        jobs.run_job(app, ASK, now=now)
    with database.reading() as session:
        mails = session.scalars(select(OutboxMail).order_by(OutboxMail.person_id)).all()
    assert [mail.person_id for mail in mails] == sorted(set(members(people)) - {people.kari})
    assert {mail.due_at for mail in mails} == {at_local(TODAY, 16)}
    jobs.send_mail(app)
    assert outbox_transport.sent == []
    clock.instant = at_local(TODAY, 16, 1)
    jobs.send_mail(app)
    assert len(outbox_transport.sent) == 6
    assert jobs.run_job(app, ASK, now=NOW + timedelta(days=31)) == {"asked": 0, "failed": 0}


def test_two_workers_ask_once_and_a_rehearsal_asks_nobody(
    app: Flask, database: Database, people: Cast, seminar: Seminar
) -> None:
    assert jobs.run_job(app, ASK, now=NOW, rehearse=True)["asked"] == 7
    with database.reading() as session:
        due = queries.to_ask(session, today=TODAY)
    with app.test_request_context():
        for _worker in range(2):  # both have read the same list
            for part in due:
                with database.transaction() as session:
                    evaluation.ask(session, part, now=NOW)
    with database.reading() as session:
        assert len(session.scalars(select(OutboxMail)).all()) == 7


def test_from_the_home_page_to_the_units_summary(
    browser: Browser, people: Cast, database: Database, seminar: Seminar
) -> None:
    for person in members(people)[1:5]:
        answer(database, seminar, person, useful="Øvelsene")
    tone, kari = Browser(browser.app).sign_in_as(database, people.tone), browser.sign_in_as(database, people.kari)
    tone.get(f"/samlinger/{seminar.id}")
    assert "Hittil har 4 svart" in tone.click("Hva deltakerne synes om del 1").text
    kari.get("/")
    form = kari.click("Evaluer Grunnopplæring høst, del 1")
    assert "uten navn, uten dato og uten klokkeslett" in form.text
    refused = kari.submit("Send svaret", most_useful=HOSTILE, useful="5")
    assert refused.status_code == 422 and "Velg ett av alternativene" in refused.text
    assert "7*7" in refused.text and "<script>alert" not in refused.text
    thanks = kari.submit(
        "Send svaret",
        most_useful=HOSTILE,
        better="=1+1",
        **dict.fromkeys(STATEMENTS, "5"),
    )
    assert "lagret uten navnet ditt" in thanks.text and "Hva synes du om samlingen" not in thanks.text
    assert "Du har svart" in kari.get(f"/evaluering/{seminar.id}/1").text
    page = tone.get(f"/samlinger/{seminar.id}/evaluering/1").text
    assert "5 svar er med" in page and "Øvelsene" in page and "<script>alert" not in page
    assert "Kari" not in page and "4,2" in page
    table = tone.get(f"/samlinger/{seminar.id}/evaluering/1.csv")
    lines = table.data.decode("utf-8-sig").splitlines()
    assert lines[0] == "Utsagn;1;2;3;4;5;Snitt;Svar"
    assert lines[1].endswith(";0;0;0;4;1;4,2;5") and len(lines) == 6


@pytest.mark.parametrize("who", ["sonja", "terje"])
def test_another_region_sees_no_summary(
    browser: Browser, people: Cast, database: Database, seminar: Seminar, who: str
) -> None:
    browser.sign_in_as(database, getattr(people, who))
    for path in (f"/samlinger/{seminar.id}/evaluering/1", f"/samlinger/{seminar.id}/evaluering/1.csv"):
        assert browser.get(path).status_code == 404
