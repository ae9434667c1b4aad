"""A missed day made up: agreed with a trainer, on another seminar's day or otherwise, never with oneself."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from certificates import pathway, programmes_on_file
from certificates.eligibility import decide
from certificates.evidence import Evidence
from certificates.evidence import SeminarDay as SeminarFact
from certificates.gathering import dossier_of
from certificates.programme import SeminarPart
from courses.models.attendance import MakeUp
from courses.models.seminars import Seminar, SeminarDay
from courses.queries import attendance as rolls
from courses.queries import fieldwork
from courses.queries.fieldwork import AttendedDay
from courses.seminars import Day, days_of
from courses.services import making_up
from lms import audit
from lms.clock import FrozenClock
from lms.db import Database
from lms.errors import Refused
from tests import cast
from tests.cast import Cast
from tests.certificates.dossiers import PROGRAMME
from tests.clients import Browser
from tests.courses.fieldwork import HOSTILE, NOW, PART_1, TODAY, YESTERDAY, attend, day_ids, plan

PART_1_ALONE = replace(PROGRAMME, first=(SeminarPart(id="samling-1", part=1, days=3),))


@pytest.fixture
def seminar(database: Database, people: Cast) -> Seminar:
    """Kari was there yesterday, the first day, and Geir was not."""
    planned = plan(database, people.nord, now=NOW, seated=[people.kari, people.geir])
    attend(database, day_ids(database, planned.id)[0], {people.kari: True, people.geir: False}, by=people.tone, now=NOW)
    return planned


@pytest.fixture
def next_one(database: Database, people: Cast) -> Seminar:
    """Another seminar, a fortnight later, with two seats."""
    days = days_of({1: [day + timedelta(days=14) for day in PART_1]})
    return plan(database, people.nord, now=NOW, name="Den neste", days=days, seats=2, seated=[people.mons])


def agree(
    database: Database, person: int, missed: int, *, by: int, other: int | None = None, what: str = "Avtalt."
) -> int:
    with database.transaction() as session:
        return making_up.agree(
            session,
            day=session.get_one(SeminarDay, missed),
            person_id=person,
            other=session.get_one(SeminarDay, other) if other else None,
            what=what,
            by=by,
            now=NOW,
        ).id


def refused(database: Database, person: int, missed: int, **more: object) -> str:
    with pytest.raises(Refused) as refusal:
        agree(database, person, missed, **more)  # type: ignore[arg-type]
    return refusal.value.reasons[0].code


def confirm(database: Database, id_: int, *, by: int, on: date = TODAY) -> bool:
    with database.transaction() as session:
        made = session.get_one(MakeUp, id_)
        return making_up.confirm(session, made, done_on=on, done_what="Drøftet dagens innhold.", by=by, now=NOW)


def attended(database: Database, person: int) -> tuple[AttendedDay, ...]:
    with database.reading() as session:
        return fieldwork.attended_days(session, [person])[person]


def test_a_day_at_another_seminar_counts_for_the_missed_one_once_that_days_list_says_so(
    database: Database, people: Cast, seminar: Seminar, next_one: Seminar
) -> None:
    missed, other = day_ids(database, seminar.id)[0], day_ids(database, next_one.id)[0]
    agree(database, people.geir, missed, by=people.tone, other=other)
    assert attended(database, people.geir) == ()
    with database.reading() as session:
        planned = fieldwork.planned_days(session, [people.geir], after=TODAY)[people.geir]
        (guest,) = rolls.guests_of(session, other, on=TODAY)
    assert ("Den neste", 1, 1) in [(day.seminar_name, day.part, day.day_number) for day in planned]
    assert (guest.person.id, guest.seminar_name) == (people.geir, "Grunnopplæring høst")
    later = NOW + timedelta(days=14)
    attend(database, other, {people.mons: True, people.geir: True}, by=people.knut, now=later)
    (day,) = attended(database, people.geir)
    assert (day.part, day.day_number, day.on, day.missed_on) == (1, 1, PART_1[0] + timedelta(days=14), YESTERDAY)
    assert (day.missed_at, day.recorded_by_name) == ("Grunnopplæring høst", "Knut Nordli")


def test_a_replacement_counts_when_another_vouches_for_it_and_no_longer_when_it_is_taken_back(
    database: Database, people: Cast, seminar: Seminar
) -> None:
    missed = day_ids(database, seminar.id)[0]
    made = agree(database, people.geir, missed, by=people.tone)
    assert attended(database, people.geir) == ()
    assert [confirm(database, made, by=people.knut) for _click in range(2)] == [True, False]
    (day,) = attended(database, people.geir)
    assert (day.part, day.day_number, day.of_days, day.on) == (1, 1, 3, TODAY)
    assert (day.made_up, day.recorded_by_name, day.missed_on) == ("Drøftet dagens innhold.", "Knut Nordli", YESTERDAY)
    with database.transaction() as session:
        row = session.get_one(MakeUp, made)
        assert making_up.withdraw(session, row, by=people.tone, now=NOW)
        assert not making_up.withdraw(session, row, by=people.tone, now=NOW)
        assert audit.verify(session) == []
    assert attended(database, people.geir) == ()
    agree(database, people.geir, missed, by=people.tone)  # and agreed anew


def test_what_is_made_up_meets_the_requirement_and_says_who_and_what(
    database: Database, people: Cast, seminar: Seminar
) -> None:
    days = day_ids(database, seminar.id)
    tomorrow = NOW + timedelta(days=1)
    for number in (1, 2):
        attend(database, days[number], {people.kari: True, people.geir: True}, by=people.tone, now=tomorrow)
    confirm(database, agree(database, people.geir, days[0], by=people.tone), by=people.tone)
    with database.reading() as session:
        evidence = dossier_of(session, programmes_on_file.main_programme(), people.geir, on=tomorrow.date()).evidence
    facts = [fact for fact in evidence.facts if type(fact).__name__ == "SeminarDay"]
    made = next(fact for fact in facts if getattr(fact, "made_up", ""))
    assert {getattr(fact, "day_number", 0) for fact in facts} == {1, 2, 3}
    told = pathway.told(pathway.as_values(made))
    assert (told.code, told.values["by"]) == ("fact-seminar-day-made-up", "Tone Bjørnevik")
    case = Evidence(person_id=evidence.person_id, facts=evidence.facts)
    (part_1,) = decide(PART_1_ALONE, case, tomorrow.date()).findings
    assert (part_1.met_on, part_1.done_on) == (tomorrow.date(), tomorrow.date())


def test_a_day_made_up_late_takes_no_visit_away() -> None:
    """Visits count from part 1 on; what was missed there and made up afterwards does not move that day."""
    part_1_of = partial(SeminarFact, seminar="1", part=1, of_days=3)
    days = [part_1_of(on=day, day_number=number) for number, day in enumerate(PART_1[1:], start=2)]
    late = TODAY + timedelta(days=60)
    made_up = part_1_of(on=late, recorded_on=late, day_number=1, missed_on=PART_1[0], made_up="x")
    (part_1,) = decide(PART_1_ALONE, Evidence(person_id="1", facts=(*days, made_up)), late).findings
    assert (part_1.met_on, part_1.done_on) == (late, PART_1[2])


def test_nobody_agrees_confirms_or_withdraws_for_themselves_neither_here_nor_in_the_table(
    database: Database, people: Cast
) -> None:
    seminar = plan(database, people.nord, now=NOW, seated=[people.tone])
    missed = day_ids(database, seminar.id)[0]
    attend(database, missed, {people.tone: False}, by=people.knut, now=NOW)
    assert refused(database, people.tone, missed, by=people.tone) == "make-up-by-oneself"
    made = agree(database, people.tone, missed, by=people.knut)
    with pytest.raises(Refused):
        confirm(database, made, by=people.tone)
    with pytest.raises(Refused), database.transaction() as session:
        making_up.withdraw(session, session.get_one(MakeUp, made), by=people.tone, now=NOW)
    with pytest.raises(IntegrityError, match="confirmed_by_another"), database.transaction() as session:
        row = session.get_one(MakeUp, made)
        row.confirmed_by, row.confirmed_at, row.done_on, row.done_what = people.tone, NOW, TODAY, "x"


def test_what_does_not_fit_is_refused(database: Database, people: Cast, seminar: Seminar, next_one: Seminar) -> None:
    missed, days = day_ids(database, seminar.id)[0], day_ids(database, next_one.id)
    gone = plan(database, people.nord, now=NOW, name="Før", days=[Day(part=1, number=1, on=TODAY - timedelta(days=9))])
    assert refused(database, people.kari, missed, by=people.tone) == "make-up-attended"
    assert refused(database, people.geir, missed, by=people.tone, what=" ") == "make-up-without-words"
    assert refused(database, people.geir, missed, by=people.tone, other=days[1]) == "make-up-other-day"
    assert refused(database, people.geir, missed, by=people.tone, other=missed) == "make-up-other-day"
    past = day_ids(database, gone.id)[0]
    assert refused(database, people.geir, missed, by=people.tone, other=past) == "make-up-other-day"
    agree(database, people.geir, missed, by=people.tone, other=days[0])
    assert refused(database, people.geir, missed, by=people.knut) == "make-up-agreed-already"
    other = plan(database, people.nord, now=NOW, name="Til", seated=[people.stian])
    theirs = day_ids(database, other.id)[0]
    assert refused(database, people.stian, theirs, by=people.tone, other=days[0]) == "make-up-full"
    with pytest.raises(Refused):
        confirm(
            database, agree(database, people.stian, theirs, by=people.tone), by=people.tone, on=TODAY + timedelta(1)
        )


def test_two_trainers_at_once_make_one_agreement_and_fill_the_last_place_once(shared_database: Database) -> None:
    with shared_database.transaction() as session:
        people = cast.assemble(session)
    here = plan(shared_database, people.nord, now=NOW, seated=[people.kari, people.geir])
    days = days_of({1: [day + timedelta(days=14) for day in PART_1]})
    there = plan(shared_database, people.nord, now=NOW, name="Den neste", days=days, seats=2, seated=[people.mons])
    missed, other = day_ids(shared_database, here.id)[0], day_ids(shared_database, there.id)[0]
    tries = [(who, by) for who in (people.kari, people.geir) for by in (people.tone, people.knut, people.siri)]
    ready, said = threading.Barrier(len(tries)), []

    def click(who: int, by: int) -> None:
        ready.wait()
        try:
            agree(shared_database, who, missed, by=by, other=other)
        except Refused as refusal:
            said.append(refusal.reasons[0].code)

    threads = [threading.Thread(target=click, args=one) for one in tries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["make-up-agreed-already"] * 2 + ["make-up-full"] * 3
    with shared_database.reading() as session:
        assert len(session.scalars(select(MakeUp)).all()) == 1
    with pytest.raises(IntegrityError), shared_database.transaction() as session:
        made = session.scalars(select(MakeUp)).one()
        facts = {"person_id": made.person_id, "seminar_day_id": missed, "what": "x", "done_what": ""}
        session.add(MakeUp(**facts, agreed_by=people.tone, agreed_at=NOW))


def test_agreed_shown_on_both_sides_and_confirmed_in_the_browser(
    browser: Browser, people: Cast, database: Database, seminar: Seminar, next_one: Seminar, clock: FrozenClock
) -> None:
    tone, geir = browser.sign_in_as(database, people.tone), Browser(browser.app).sign_in_as(database, people.geir)
    tone.get(f"/samlinger/{seminar.id}/dag/{day_ids(database, seminar.id)[0]}")
    tone.click("Avtal hvordan: Geir Ødegård")
    nothing = tone.submit("Lagre avtalen", what=HOSTILE)
    assert nothing.status_code == 422 and "Velg ett av alternativene" in nothing.text
    assert "<script>alert" not in nothing.text and "7*7" in nothing.text
    assert "Den neste" in nothing.text
    tone.submit("Lagre avtalen", way="noe-annet", what=HOSTILE)
    home = geir.get("/").text
    assert "Du skal ta igjen del 1, dag 1" in home and "<script>alert" not in home and "Tone Bjørnevik" in home
    assert "Geir Ødegård tar igjen del 1, dag 1" in tone.get("/").text
    tone.click("Geir Ødegård tar igjen del 1, dag 1 av Grunnopplæring høst: bekreft når det er gjort")
    early = tone.submit("Bekreft dagen", done_on="2026-12-24", done_what="Et notat")
    assert early.status_code == 422 and "tidligst 24.12.2026" in early.text and "Et notat" in early.text
    told = tone.submit("Bekreft dagen", done_on="2026-11-23", done_what="Et notat")
    assert "Dagen er bekreftet og teller med" in told.text
    assert "Du skal ta igjen" not in geir.get("/").text
    with database.reading() as session:
        row = session.scalars(select(MakeUp)).one()
    assert (row.agreed_by, row.confirmed_by, row.done_what) == (people.tone, people.tone, "Et notat")
    stranger = Browser(browser.app).sign_in_as(database, people.terje)
    assert stranger.get(f"/samlinger/{seminar.id}/dag/{row.seminar_day_id}/ta-igjen/{people.geir}").status_code == 404


def test_the_list_of_ones_own_days_says_how_a_missed_one_is_made_up(
    browser: Browser, database: Database, people: Cast, seminar: Seminar
) -> None:
    missed = day_ids(database, seminar.id)[0]
    browser.sign_in_as(database, people.geir)
    assert "ikke møtt" in browser.get("/samlingsdager").text
    made = agree(database, people.geir, missed, by=people.tone)
    assert "ikke møtt: avtalt, venter på bekreftelse" in browser.get("/samlingsdager").text
    with database.transaction() as session:
        row = session.get_one(MakeUp, made)
        making_up.confirm(session, row, done_on=TODAY, done_what="Drøftet.", by=people.tone, now=NOW)
    page = browser.get("/samlingsdager").text
    assert "tatt igjen 23.11.2026" in page and "ikke møtt" not in page
