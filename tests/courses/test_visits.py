"""Observation visits: who reports, who vouches, what counts."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from courses import visits
from courses.models.visits import ObservationVisit
from courses.queries import fieldwork
from courses.queries import visits as visit_queries
from courses.services import visits as services
from courses.visits import ModuleKind
from lms import audit
from lms.db import Database
from lms.errors import Refused
from lms.people import Person, correct
from lms.roles import Role
from lms.units import Unit, appoint
from tests.cast import Cast
from tests.clients import Browser
from tests.courses.fieldwork import HOSTILE, NOW, TODAY, TOMORROW, YESTERDAY, a_visit


def typed(people: Cast, **more: object) -> dict[str, object]:
    return {
        "on": "2026-11-22",
        "company": "Fiskeforedling AS",
        "modules": ["muskel_skjelett"],
        "model": "1",
        "mentor": people.mons,
        "mentor_name": "",
        "note": "",
        **more,
    }


NOTES = {
    "message": "Med en historie om en sofa.",
    "questions": "Om man kan løfte når det gjør vondt.",
    "reflection": "Jeg vil spørre mer.",
}


def only_visit(database: Database) -> ObservationVisit:
    with database.reading() as session:
        return session.scalars(select(ObservationVisit)).one()


def test_a_report_with_everything_wrong_is_told_everything_at_once() -> None:
    refused = visits.visit_problems(
        a_visit(on=TOMORROW, company=" ", modules=(), mentor_id=1, mentor_name=""), person_id=1, today=TODAY
    )
    assert refused is not None
    assert [reason.code for reason in refused.reasons] == [
        "day-in-future",
        "company-missing",
        "visit-without-module",
        "visit-own-mentor",
        "visit-without-mentor",
    ]
    assert visits.visit_problems(a_visit(on=TODAY), person_id=1, today=TODAY) is None


def test_a_trainer_s_word_counts_at_once_and_one_s_own_waits(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        services.record_visit(session, person_id=people.kari, report=a_visit(), by=people.tone, now=NOW)
        services.record_visit(session, person_id=people.geir, report=a_visit(), by=people.geir, now=NOW)
        services.record_visit(session, person_id=people.tone, report=a_visit(), by=people.tone, now=NOW)
    with database.reading() as session:
        facts = fieldwork.visits_of(session, [people.kari, people.geir, people.tone])
    assert [facts[person][0].confirmed for person in (people.kari, people.geir, people.tone)] == [True, False, False]
    assert facts[people.kari][0].confirmed_on == TODAY


def test_a_visit_is_confirmed_once_and_by_another(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        visit = services.record_visit(
            session, person_id=people.kari, report=a_visit(mentor_id=people.mons), by=people.kari, now=NOW
        )
    with pytest.raises(Refused), database.transaction() as session:
        services.confirm_visit(session, visit_id=visit.id, by=people.kari, now=NOW)
    with database.transaction() as session:
        assert services.confirm_visit(session, visit_id=visit.id, by=people.mons, now=NOW) is True
    with database.transaction() as session:
        assert services.confirm_visit(session, visit_id=visit.id, by=people.tone, now=NOW) is False
    assert only_visit(database).confirmed_by == people.mons
    with database.reading() as session:
        assert session.scalars(select(audit.AuditEntry.action).order_by(audit.AuditEntry.number)).all() == [
            "visit-reported",
            "visit-confirmed",
        ]
        assert audit.verify(session) == []


@pytest.mark.parametrize("column", ["mentor_id", "confirmed_by"])
def test_the_table_itself_refuses_a_visit_vouched_for_by_the_visitor(
    database: Database, people: Cast, column: str
) -> None:
    with pytest.raises(IntegrityError, match="another"), database.transaction() as session:
        visit = services.record_visit(session, person_id=people.kari, report=a_visit(), by=people.tone, now=NOW)
        setattr(visit, column, people.kari)
        session.flush()


def test_the_evidence_has_modules_as_kinds_and_the_mentors_of_confirmed_visits(
    database: Database, people: Cast
) -> None:
    both = (ModuleKind.PSYKISK_HELSE, ModuleKind.MUSKEL_SKJELETT)
    with database.transaction() as session:
        for company, mentor, modules in (("A", people.mons, both), ("B", None, both[:1]), ("C", people.geir, both[1:])):
            report = a_visit(company=company, mentor_id=mentor, modules=modules)
            visit = services.record_visit(session, person_id=people.kari, report=report, by=people.kari, now=NOW)
            if mentor != people.geir:
                services.confirm_visit(session, visit_id=visit.id, by=people.tone, now=NOW)
    with database.reading() as session:
        facts = fieldwork.visits_of(session, [people.kari])[people.kari]
        assert fieldwork.mentors_of(session, [people.kari, people.stian]) == {
            people.kari: frozenset({people.mons}),  # what nobody has confirmed, nobody was mentor of
            people.stian: frozenset(),
        }
    assert [fact.modules for fact in facts] == [frozenset(both), frozenset(both[:1]), frozenset(both[1:])]
    with database.reading() as session:
        assert session.scalar(select(ObservationVisit.modules).where(ObservationVisit.company == "A")) == [
            "muskel_skjelett",
            "psykisk_helse",
        ]


def test_nobody_asked_about_is_nobody_answered(database: Database, people: Cast) -> None:
    with database.reading() as session:
        assert fieldwork.visits_of(session, []) == {}
        assert fieldwork.mentors_of(session, ()) == {}
        assert fieldwork.attended_days(session, []) == {}
        assert fieldwork.planned_days(session, [], after=TODAY) == {}


# the pages


def test_a_participant_reports_and_the_mentor_confirms_with_one_button(
    browser: Browser, people: Cast, database: Database
) -> None:
    browser.sign_in_as(database, people.kari)
    page = browser.follow(browser.post("/hospitering/ny", typed(people, company=HOSTILE, note=HOSTILE)))
    assert "Det du så" in page.text
    visit = only_visit(database)
    page = browser.follow(browser.post(f"/hospitering/{visit.id}/rapport", {**NOTES, "message": HOSTILE}))
    assert "Mons Sørby har fått en lenke på e-post" in page.text
    assert "<script>alert" not in page.text
    page = browser.get("/hospitering")
    assert "rapportert og venter på bekreftelse" in page.text
    assert "Ennå ikke sett: psykisk helse" in page.text
    assert "<script>alert" not in page.text
    assert "/bekreft" not in page.text
    browser.sign_in_as(database, people.mons)
    assert "1 hospitering å bekrefte" in browser.get("/").text
    page = browser.get("/hospitering")
    assert "Kari Åsen" in page.text
    assert "<script>alert" not in page.text
    path = f"/hospitering/{visit.id}/bekreft"
    assert "Hospiteringen er bekreftet" in browser.follow(browser.post(path)).text
    assert "allerede bekreftet" in browser.follow(browser.post(path)).text
    assert only_visit(database).confirmed_by == people.mons
    assert only_visit(database).mentor_name == "Mons Sørby"


def test_a_second_click_enters_no_second_visit(browser: Browser, people: Cast, database: Database) -> None:
    browser.sign_in_as(database, people.kari)
    assert browser.post("/hospitering/ny", typed(people)).status_code == 303
    again = browser.post("/hospitering/ny", typed(people, company="  Fiskeforedling   AS "))
    assert again.status_code == 422
    assert "er allerede registrert" in again.text
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ObservationVisit)) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"on": "2028-11-24"}, "mer enn et år fram i tid"),
        ({"model": "3"}, "model-feil"),
        ({"mentor": 0, "mentor_name": "Åse", "mentor_address": "åse"}, "Dette ser ikke ut som en e-postadresse"),
        ({"modules": []}, "Kryss av for minst én modul"),
        ({"modules": ["hodepine"]}, "modules-feil"),
        ({"mentor": 0}, "Velg mentoren i listen, eller skriv navnet"),
        ({"company": " \t "}, "Fyll ut dette feltet"),
        ({"company": "x" * 201}, "Skriv høyst 200 tegn"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    browser: Browser, people: Cast, database: Database, wrong: dict[str, object], said: str
) -> None:
    browser.sign_in_as(database, people.kari)
    answer = browser.post("/hospitering/ny", typed(people, note="et notat jeg skrev", **wrong))
    assert answer.status_code == 422
    assert said in answer.text
    assert "et notat jeg skrev" in answer.text


def test_a_mentor_of_another_region_or_oneself_cannot_be_chosen(
    browser: Browser, people: Cast, database: Database
) -> None:
    browser.sign_in_as(database, people.stian)
    assert browser.post("/hospitering/ny", typed(people, mentor=people.mons)).status_code == 422
    browser.sign_in_as(database, people.mons)
    assert browser.post("/hospitering/ny", typed(people, mentor=people.mons)).status_code == 422


def test_a_company_name_with_letters_nobody_can_see_is_kept_without_them(
    browser: Browser, people: Cast, database: Database
) -> None:
    browser.sign_in_as(database, people.kari)
    browser.post("/hospitering/ny", typed(people, company="Fi\x00sk\u202e\n AS", note="linje 1\x00\r\nlinje 2"))
    assert only_visit(database).company == "Fisk AS"
    assert only_visit(database).note == "linje 1\nlinje 2"


def test_a_trainer_records_for_a_participant_with_a_mentor_from_outside(
    browser: Browser, people: Cast, database: Database
) -> None:
    browser.sign_in_as(database, people.tone)
    path = f"/hospitering/ny?person={people.kari}"
    assert "for Kari Åsen" in browser.get(path).text
    browser.follow(browser.post(path, typed(people, mentor=0, mentor_name="Åse fra Vest")))
    visit = only_visit(database)
    assert (visit.person_id, visit.mentor_id, visit.mentor_name) == (people.kari, None, "Åse fra Vest")
    assert (visit.confirmed_by, visit.on) == (people.tone, YESTERDAY)


@pytest.mark.parametrize("name", ["Tone Bjørnevik", "  tone   BJØRNEVIK ", "Mons Sørby"])
def test_a_typed_name_that_stands_in_the_list_is_the_person_there(
    browser: Browser, people: Cast, database: Database, name: str
) -> None:
    """Whoever records a visit with themselves as mentor cannot assess the participant, however the name was given."""
    browser.sign_in_as(database, people.tone)
    browser.post(f"/hospitering/ny?person={people.kari}", typed(people, mentor=0, mentor_name=name))
    visit = only_visit(database)
    expected = people.mons if name.startswith("Mons") else people.tone
    assert (visit.mentor_id, visit.confirmed_by) == (expected, people.tone)
    with database.reading() as session:
        assert fieldwork.mentors_of(session, [people.kari]) == {people.kari: frozenset({expected})}


def test_two_of_one_name_are_told_apart_in_the_list(browser: Browser, people: Cast, database: Database) -> None:
    with database.transaction() as session:
        correct(session, session.get_one(Person, people.tone), name="Mons Sørby", email="tone@cast.example")
    browser.sign_in_as(database, people.kari)
    answer = browser.post("/hospitering/ny", typed(people, mentor=0, mentor_name="Mons Sørby"))
    assert answer.status_code == 422
    assert "Flere i listen heter dette" in answer.text
    assert browser.post("/hospitering/ny", typed(people, mentor=people.mons)).status_code == 303
    assert only_visit(database).mentor_id == people.mons


def test_trainers_of_the_region_and_of_the_country_stand_among_the_mentors(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        appoint(
            session, session.get_one(Person, people.siri), Role.TRAINER, session.get_one(Unit, people.norge), on=TODAY
        )
        appoint(
            session, session.get_one(Person, people.knut), Role.TRAINER, session.get_one(Unit, people.alta), on=TODAY
        )
        appoint(
            session, session.get_one(Person, people.ari), Role.MENTOR, session.get_one(Unit, people.norge), on=TODAY
        )

    def near(person_id: int) -> set[int]:
        with database.reading() as session:
            return {row[0] for row in visit_queries.mentors_near(session, person_id, on=TODAY)}

    assert near(people.kari) == {people.mons, people.tone, people.siri, people.knut}
    assert near(people.stian) == {people.terje, people.siri}
    assert near(people.tone) == {people.mons, people.siri, people.knut}


def test_a_trainer_named_as_mentor_confirms_the_visit_also_from_another_unit(
    browser: Browser, people: Cast, database: Database
) -> None:
    with database.transaction() as session:
        appoint(
            session, session.get_one(Person, people.geir), Role.TRAINER, session.get_one(Unit, people.alta), on=TODAY
        )
    browser.sign_in_as(database, people.kari)
    assert browser.post("/hospitering/ny", typed(people, mentor=people.geir)).status_code == 303
    assert browser.post(f"/hospitering/{only_visit(database).id}/rapport", NOTES).status_code == 303
    browser.sign_in_as(database, people.geir)
    assert "1 hospitering å bekrefte" in browser.get("/").text
    assert "Kari Åsen" in browser.get("/hospitering").text
    browser.post(f"/hospitering/{only_visit(database).id}/bekreft")
    assert only_visit(database).confirmed_by == people.geir


@pytest.mark.parametrize("nobody", ["", "x", "-1", "0", "9" * 30, "1e3"])
def test_a_broken_address_never_becomes_a_visit_of_one_s_own(
    browser: Browser, people: Cast, database: Database, nobody: str
) -> None:
    browser.sign_in_as(database, people.tone)
    assert browser.get(f"/hospitering/ny?person={nobody}").status_code == 404
    assert browser.post(f"/hospitering/ny?person={nobody}", typed(people)).status_code == 404
