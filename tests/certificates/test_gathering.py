"""From rows to evidence: what courses recorded becomes the facts the rules count."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from certificates.eligibility import NotYet, Ok, Standing
from certificates.evidence import Form, LessonsDone, SeminarDay, TestTaken, Visit
from certificates.gathering import Dossier, dossier_of, dossiers
from certificates.programme import Route
from courses.seminars import days_of
from courses.services import visits
from lms.clock import at_local
from lms.db import Database
from tests.cast import Cast
from tests.certificates import factories
from tests.certificates.factories import PROGRAMME, TODAY
from tests.courses import fieldwork
from tests.limits import statements


def dossier(database: Database, person_id: int, on: date = TODAY) -> Dossier:
    with database.reading() as session:
        return dossier_of(session, PROGRAMME, person_id, on=on)


def test_somebody_who_has_begun_nothing_has_no_facts_and_a_first_step(database: Database, people: Cast) -> None:
    found = dossier(database, people.kari)
    assert found.evidence.facts == found.evidence.planned == found.certificates == ()
    assert isinstance(found.answer, NotYet)
    assert found.answer.route is Route.FIRST
    assert found.answer.findings[0].next_step is not None


def test_everything_done_but_the_assessment_leaves_only_the_assessment(database: Database, people: Cast) -> None:
    factories.trained(database, people)
    found = dossier(database, people.kari)
    assert [each.requirement.id for each in found.answer.findings if each.met_on is None] == ["vurdering"]
    assert found.evidence.mentor_ids == {str(people.mons)}
    facts = found.evidence.facts
    assert [fact.score for fact in facts if isinstance(fact, TestTaken)] == [Fraction(0), Fraction(1)]
    assert {fact.form for fact in facts if isinstance(fact, TestTaken)} == {Form.PRE, Form.POST}
    assert [(fact.done, fact.total, fact.on) for fact in facts if isinstance(fact, LessonsDone)] == [
        (3, 3, factories.POST_TESTED)
    ]
    assert [fact.on for fact in facts if isinstance(fact, SeminarDay)] == [*factories.PART_1, *factories.PART_2]
    assert [fact.confirmed_on for fact in facts if isinstance(fact, Visit)] == list(factories.VISITS)


def test_a_failed_post_test_is_known_with_its_score_and_does_not_count(database: Database, people: Cast) -> None:
    factories.study(database, people.kari, right=False)
    finding = next(
        each for each in dossier(database, people.kari).answer.findings if each.requirement.id == "ettertest"
    )
    assert finding.state is Standing.NOT_MET
    assert finding.next_step is not None
    assert finding.next_step.code == "retake-post-test"


def test_a_corrected_day_no_longer_counts(database: Database, people: Cast) -> None:
    factories.trained(database, people)
    seminar = next(f for f in dossier(database, people.kari).evidence.facts if isinstance(f, SeminarDay))
    day_id = fieldwork.day_ids(database, int(seminar.seminar))[0]
    fieldwork.attend(database, day_id, {people.kari: False}, by=people.tone, now=at_local(TODAY, 9))
    missing = [each.requirement.id for each in dossier(database, people.kari).answer.findings if each.met_on is None]
    assert "samling-1" in missing


def test_a_seat_to_come_is_told_as_booked_with_its_days(database: Database, people: Cast) -> None:
    days = days_of({1: (date(2026, 12, 1), date(2026, 12, 2), date(2026, 12, 3))})
    fieldwork.plan(database, people.nord, now=at_local(TODAY, 9), days=days, seated=[people.kari])
    (planned,) = dossier(database, people.kari).evidence.planned
    assert (planned.part, planned.first_day, planned.last_day) == (1, date(2026, 12, 1), date(2026, 12, 3))
    assert planned.booked
    in_the_middle = dossier(database, people.kari, on=date(2026, 12, 2)).evidence.planned
    assert [each.first_day for each in in_the_middle] == [date(2026, 12, 1)]
    assert dossier(database, people.kari, on=date(2026, 12, 4)).evidence.planned == ()


def test_an_unconfirmed_visit_is_there_and_waits(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        report = fieldwork.a_visit(mentor_id=people.mons)
        visits.record_visit(session, person_id=people.kari, report=report, by=people.kari, now=at_local(TODAY, 9))
    (visit,) = dossier(database, people.kari).evidence.facts
    assert isinstance(visit, Visit)
    assert visit.confirmed_on is None


def test_a_hundred_people_cost_no_more_queries_than_one(database: Database, people: Cast) -> None:
    factories.trained(database, people)
    with database.transaction() as session:
        others = [
            factories.holder(session, people.alta, f"Nr {number}", valid_from=TODAY - timedelta(days=number)).id
            for number in range(100)
        ]
    with database.reading() as session:
        with statements(database) as few:
            dossiers(session, PROGRAMME, [people.kari], on=TODAY)
        with statements(database) as many:
            dossiers(session, PROGRAMME, [people.kari, *others], on=TODAY)
    assert len(many) <= len(few) <= 20


def test_what_belongs_to_one_person_is_never_told_of_another(database: Database, people: Cast) -> None:
    factories.trained(database, people)
    with database.reading() as session:
        found = dossiers(session, PROGRAMME, [people.kari, people.stian, people.geir], on=TODAY)
    assert found[people.stian].evidence.facts == found[people.geir].evidence.facts == ()
    assert found[people.geir].evidence.mentor_ids == frozenset()
    assert not isinstance(found[people.kari].answer, Ok)
