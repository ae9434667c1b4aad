"""Observation visits from planned to confirmed: what may be said when, by whom, and what counts meanwhile."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from courses import visits
from courses.models.visits import ObservationVisit, VisitWord
from courses.queries import fieldwork
from courses.queries import visits as queries
from courses.services import visits as services
from courses.visits import SAID_WHEN, STANDING, FieldNotes, Prompt, Standing, Word
from lms import audit
from lms.clock import FrozenClock
from lms.db import Database
from lms.errors import Refused
from lms.outbox import OutboxMail
from tests.cast import Cast
from tests.clients import Browser
from tests.courses.fieldwork import HOSTILE, NOW, TODAY, TOMORROW, YESTERDAY, a_visit
from tests.courses.test_visits import NOTES, only_visit, typed

WRITTEN = FieldNotes(observed={Prompt.MESSAGE: "Rolig.", Prompt.QUESTIONS: "Om ryggen."}, reflection="Spørre mer.")


def planned(database: Database, people: Cast, **more: object) -> int:
    with database.transaction() as session:
        report = a_visit(mentor_id=people.mons, **more)  # type: ignore[arg-type]
        return services.plan_visit(session, person_id=people.kari, report=report, now=NOW).id


def told(database: Database, people: Cast) -> int:
    visit_id = planned(database, people)
    with database.transaction() as session:
        services.report_visit(session, visit_id=visit_id, notes=WRITTEN, by=people.kari, now=NOW)
    return visit_id


def counted(database: Database, person_id: int) -> list[bool]:
    with database.reading() as session:
        return [fact.confirmed for fact in fieldwork.visits_of(session, [person_id])[person_id]]


# the rules


def test_every_word_leads_somewhere_and_what_is_over_stays_over() -> None:
    assert set(STANDING) == set(Word) == set(SAID_WHEN)
    assert [word for word in Word if SAID_WHEN[word] & visits.OVER] == []


@given(st.lists(st.sampled_from(Word), max_size=12))
def test_whatever_is_tried_a_visit_is_confirmed_at_most_once_and_only_after_a_report(tried: list[Word]) -> None:
    standing, said = Standing.PLANNED, [Word.PLANNED]
    for word in tried:
        if visits.word_problem(word, standing) is None:
            standing, said = STANDING[word], [*said, word]
    assert said.count(Word.CONFIRMED) <= 1
    if Word.CONFIRMED in said:
        assert said[said.index(Word.CONFIRMED) - 1] is Word.REPORTED
        assert set(said[said.index(Word.CONFIRMED) + 1 :]) <= {Word.REJECTED}


@pytest.mark.parametrize(
    ("written", "on", "codes"),
    [
        (WRITTEN, TODAY, []),
        (WRITTEN, TOMORROW, ["day-in-future"]),
        (
            FieldNotes(observed={Prompt.MESSAGE: "Rolig.", Prompt.SECTORS: " "}, reflection="x"),
            TODAY,
            ["visit-observed-little"],
        ),
        (
            FieldNotes(observed={}, reflection="\n"),
            TOMORROW,
            ["day-in-future", "visit-observed-little", "visit-without-reflection"],
        ),
    ],
)
def test_a_report_needs_its_day_two_answers_and_a_thought(written: FieldNotes, on: object, codes: list[str]) -> None:
    no = visits.notes_problems(written, on=on, today=TODAY)  # type: ignore[arg-type]
    assert [reason.code for reason in (no.reasons if no is not None else ())] == codes


@pytest.mark.parametrize(
    ("address", "refused"),
    [
        ("kari@cast.example", True),
        ("  KARI@cast.example", True),
        ("kari+mentor@cast.example", True),
        ("geir@cast.example", True),
        ("kari@annet.example", False),
        ("ka.ri@cast.example", False),
        ("", False),
    ],
)
def test_nobody_is_asked_at_the_participant_s_or_the_partner_s_own_address(address: str, refused: bool) -> None:
    own = ("kari@cast.example", "geir+jobb@cast.example")
    assert (visits.address_problem(address, refused=own) is not None) is refused


def test_a_planned_visit_asks_for_its_report_from_its_day_on() -> None:
    assert not visits.asks_for_report(Standing.PLANNED, on=TOMORROW, today=TODAY)
    assert visits.asks_for_report(Standing.PLANNED, on=TODAY, today=TODAY)
    assert not visits.asks_for_report(Standing.WAITING, on=YESTERDAY, today=TODAY)


# the services


def test_what_is_planned_counts_when_told_and_confirmed(database: Database, people: Cast) -> None:
    visit_id = planned(database, people)
    assert counted(database, people.kari) == []
    with pytest.raises(Refused) as refusal, database.transaction() as session:
        services.confirm_visit(session, visit_id=visit_id, by=people.mons, now=NOW)
    assert [reason.code for reason in refusal.value.reasons] == ["visit-not-now"]
    with database.transaction() as session:
        services.report_visit(session, visit_id=visit_id, notes=WRITTEN, by=people.kari, now=NOW)
    assert counted(database, people.kari) == [False]
    with database.transaction() as session:
        assert services.confirm_visit(session, visit_id=visit_id, by=people.mons, now=NOW)
    assert counted(database, people.kari) == [True]
    with database.reading() as session:
        assert [word.word for word in queries.words_of(session, visit_id)] == ["planned", "reported", "confirmed"]
        assert audit.verify(session) == []


def test_what_is_sent_back_counts_for_nothing_until_it_is_told_again_and_all_versions_stay(
    database: Database, people: Cast
) -> None:
    visit_id = told(database, people)
    said = services.Said(by_id=people.mons)
    with database.transaction() as session:
        assert services.send_back(session, visit_id=visit_id, said=said, comment="Feil dag", now=NOW)
        assert not services.send_back(session, visit_id=visit_id, said=said, comment="Feil dag", now=NOW)
    assert counted(database, people.kari) == []
    with pytest.raises(Refused), database.transaction() as session:
        services.confirm_visit(session, visit_id=visit_id, by=people.mons, now=NOW)
    with database.transaction() as session:
        right = a_visit(mentor_id=people.mons, on=TODAY)
        _visit, changed = services.correct_visit(session, visit_id=visit_id, report=right, by=people.kari, now=NOW)
        assert changed
        again = FieldNotes(observed={Prompt.MESSAGE: "A", Prompt.SECTORS: "B"}, reflection="C")
        services.report_visit(session, visit_id=visit_id, notes=again, by=people.kari, now=NOW)
    assert only_visit(database).on == TODAY
    assert counted(database, people.kari) == [False]
    with database.reading() as session:
        reports = [word for word in queries.words_of(session, visit_id) if word.word == "reported"]
    assert [report.reflection for report in reports] == ["Spørre mer.", "C"]
    assert reports[1].observed == (("message", "A"), ("sectors", "B"))


def test_a_waiting_or_confirmed_visit_is_not_changed_behind_the_mentor_s_back(database: Database, people: Cast) -> None:
    visit_id = told(database, people)
    with pytest.raises(Refused), database.transaction() as session:
        services.correct_visit(session, visit_id=visit_id, report=a_visit(), by=people.kari, now=NOW)


def test_what_is_struck_out_is_gone_and_can_be_entered_anew(database: Database, people: Cast) -> None:
    visit_id = told(database, people)
    with database.transaction() as session:
        assert services.strike_out(session, visit_id=visit_id, by=people.kari, now=NOW)
        assert not services.strike_out(session, visit_id=visit_id, by=people.kari, now=NOW)
    assert counted(database, people.kari) == []
    with pytest.raises(Refused), database.transaction() as session:
        services.confirm_visit(session, visit_id=visit_id, by=people.mons, now=NOW)
    again = told(database, people)
    with database.transaction() as session:
        services.confirm_visit(session, visit_id=again, by=people.mons, now=NOW)
    with pytest.raises(Refused), database.transaction() as session:
        services.strike_out(session, visit_id=again, by=people.kari, now=NOW)
    assert counted(database, people.kari) == [True]


def test_a_trainer_may_reject_what_was_confirmed_and_its_mentor_is_none_then(database: Database, people: Cast) -> None:
    visit_id = told(database, people)
    with database.transaction() as session:
        services.confirm_visit(session, visit_id=visit_id, by=people.mons, now=NOW)
        assert services.reject(session, visit_id=visit_id, by=people.tone, comment="Var ikke der", now=NOW)
        assert not services.reject(session, visit_id=visit_id, by=people.tone, comment="Var ikke der", now=NOW)
    assert counted(database, people.kari) == []
    with database.reading() as session:
        assert fieldwork.mentors_of(session, [people.kari]) == {people.kari: frozenset()}


def test_nobody_rejects_or_sends_back_the_own_visit(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        visit = services.record_visit(session, person_id=people.tone, report=a_visit(), by=people.tone, now=NOW)
    said = services.Said(by_id=people.tone)
    with pytest.raises(Refused), database.transaction() as session:
        services.reject(session, visit_id=visit.id, by=people.tone, comment="x", now=NOW)
    with pytest.raises(Refused), database.transaction() as session:
        services.send_back(session, visit_id=visit.id, said=said, comment="x", now=NOW)


@pytest.mark.parametrize(("first", "second"), [("confirmed", "confirmed"), ("struck_out", "rejected")])
def test_the_table_itself_takes_one_confirmation_and_one_end(
    database: Database, people: Cast, first: str, second: str
) -> None:
    visit_id = told(database, people)
    with pytest.raises(IntegrityError), database.transaction() as session:
        for word in (first, second):
            session.add(VisitWord(visit_id=visit_id, word=word, by_id=people.mons, at=NOW))
            session.flush()


def test_a_word_is_somebody_s_and_a_confirmation_too(database: Database, people: Cast) -> None:
    visit_id = told(database, people)
    with pytest.raises(IntegrityError, match="somebody"), database.transaction() as session:
        session.add(VisitWord(visit_id=visit_id, word="sent_back", by_id=None, at=NOW))
        session.flush()
    with pytest.raises(IntegrityError, match="confirmed_by_and_at"), database.transaction() as session:
        session.get_one(ObservationVisit, visit_id).confirmed_at = NOW
        session.flush()


# the pages


def test_a_visit_is_planned_today_and_told_of_when_its_day_has_come(
    browser: Browser, people: Cast, database: Database, clock: FrozenClock
) -> None:
    browser.sign_in_as(database, people.kari)
    page = browser.follow(browser.post("/hospitering/ny", typed(people, on="2026-11-25", model="2")))
    assert "planlagt" in page.text
    visit = only_visit(database)
    assert visit.model == 2
    too_early = browser.post(f"/hospitering/{visit.id}/rapport", NOTES)
    assert too_early.status_code == 422
    assert "Med en historie om en sofa." in too_early.text
    clock.advance(days=2)
    browser.sign_in_as(database, people.kari)
    assert "Skriv rapporten" in browser.get("/hospitering").text
    assert "1 hospitering venter på rapport" in browser.get("/").text
    assert browser.post(f"/hospitering/{visit.id}/rapport", NOTES).status_code == 303
    assert "venter på rapport" not in browser.get("/").text


@pytest.mark.parametrize(
    ("who", "observed", "reflected"),
    [
        ("kari", True, True),
        ("mons", True, False),  # the mentor does not read what may be about the mentor
        ("tone", True, True),
        ("knut", True, False),  # coordinates, does not assess
        ("siri", True, False),
        ("geir", None, None),
        ("terje", None, None),
        ("stian", None, None),
    ],
)
def test_who_reads_what_of_a_report(
    browser: Browser, people: Cast, database: Database, who: str, observed: bool | None, reflected: bool | None
) -> None:
    visit_id = told(database, people)
    browser.sign_in_as(database, getattr(people, who))
    answer = browser.get(f"/hospitering/{visit_id}")
    assert answer.status_code == (404 if observed is None else 200)
    assert ("Om ryggen." in answer.text) is bool(observed)
    assert ("Spørre mer." in answer.text) is bool(reflected)


def test_a_mentor_sends_back_and_the_participant_corrects(browser: Browser, people: Cast, database: Database) -> None:
    visit_id = told(database, people)
    browser.sign_in_as(database, people.mons)
    empty = browser.post(f"/hospitering/{visit_id}/send-tilbake", {"comment": " "})
    assert empty.status_code == 422
    assert browser.post(f"/hospitering/{visit_id}/send-tilbake", {"comment": HOSTILE}).status_code == 303
    assert browser.post(f"/hospitering/{visit_id}/send-tilbake", {"comment": HOSTILE}).status_code == 303
    assert "Kari" not in browser.get("/hospitering").text
    browser.sign_in_as(database, people.kari)
    assert "1 hospitering er sendt tilbake" in browser.get("/").text
    page = browser.get(f"/hospitering/{visit_id}/rapport")
    assert "<script>alert" not in page.text
    assert "Mons Sørby vil ha noe rettet" in page.text
    assert "Om ryggen." in page.text  # what was written stands there to be set right
    assert browser.post(f"/hospitering/{visit_id}/rapport", NOTES).status_code == 303
    with database.reading() as session:
        mails = session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all()
    assert [(mail.name, mail.person_id) for mail in mails] == [
        ("visit_sent_back", people.kari),
        ("visit_confirmation", people.mons),
    ]


def test_a_trainer_rejects_with_a_reason_that_reaches_the_participant(
    browser: Browser, people: Cast, database: Database
) -> None:
    visit_id = told(database, people)
    browser.sign_in_as(database, people.mons)
    assert browser.post(f"/hospitering/{visit_id}/avvis", {"reason": "Nei"}).status_code == 403
    browser.sign_in_as(database, people.tone)
    assert browser.post(f"/hospitering/{visit_id}/avvis", {"reason": ""}).status_code == 422
    page = browser.follow(browser.post(f"/hospitering/{visit_id}/avvis", {"reason": "Møtet ble avlyst."}))
    assert "avvist" in page.text
    late = browser.post(f"/hospitering/{visit_id}/send-tilbake", {"comment": "Vent litt nå, dette stemmer ikke."})
    assert late.status_code == 409
    assert "Vent litt nå, dette stemmer ikke." in late.text  # what was typed is given back
    browser.sign_in_as(database, people.kari)
    assert "Møtet ble avlyst." in browser.get("/hospitering").text
    with database.reading() as session:
        mail = session.scalars(select(OutboxMail).where(OutboxMail.name == "visit_rejected")).one()
    assert "Møtet ble avlyst." in mail.text
