"""Gathers what is known of people from `courses` and from the own tables: the only room here that looks down.

A constant number of queries for any number of people; the rules (`eligibility`) decide what counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from certificates.eligibility import NotYet, Ok
from certificates.evidence import (
    Assessment,
    Delivery,
    Evidence,
    Exemption,
    Fact,
    Form,
    Gathering,
    LessonsDone,
    Outcome,
    PlannedSeminar,
    SeminarDay,
    TestTaken,
    Visit,
)
from certificates.issued import Issued
from certificates.looking_back import decide_lately
from certificates.models.assessments import Assessment as AssessmentRow
from certificates.models.assessments import AssessmentRound
from certificates.models.assessments import Exemption as ExemptionRow
from certificates.programme import ModuleKind, Programme
from certificates.queries.issued import issued_to
from certificates.queries.programmes import with_grace_of
from courses.queries import booking, fieldwork, learning
from courses.queries.learning import CourseResult
from lms.people import Person
from lms.verdict import Reason

BATCH = 500  # people a query asks about at once
PART_LASTS = timedelta(days=14)  # the days of one part of a seminar lie within this


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """One person's case on a day: the programme as it applies to them, what is known, what the rules say to it, also to
    what held until yesterday (`looking_back`)."""

    programme: Programme
    evidence: Evidence
    answer: Ok | NotYet
    certificates: tuple[Issued, ...]


def dossier_of(
    session: Session, programme: Programme, person_id: int, *, on: date, known_on: date | None = None
) -> Dossier:
    """One person's case."""
    return dossiers(session, programme, [person_id], on=on, known_on=known_on)[person_id]


def missing_of(dossier: Dossier) -> list[Reason]:
    """What is still to be done, in the order of the programme: the next step of each requirement that isn't met."""
    answer = dossier.answer
    return [each.next_step for each in answer.findings if each.next_step] if isinstance(answer, NotYet) else []


def dossiers(
    session: Session, programme: Programme, person_ids: Collection[int], *, on: date, known_on: date | None = None
) -> dict[int, Dossier]:
    """The case of each person. With `known_on`, to look at another day, only the certificates that were there on it;
    whoever decides must know of all."""
    found: dict[int, Dossier] = {}
    for batch in _batches(person_ids):
        issued = issued_to(session, programme.id, batch, on=known_on)
        known = _evidence(session, programme, batch, issued, on=on)
        for person_id in batch:
            held = issued[person_id]
            applying = with_grace_of(programme, held[-1].policy) if held else programme
            found[person_id] = Dossier(
                programme=applying,
                evidence=known[person_id],
                answer=decide_lately(applying, known[person_id], on),
                certificates=held,
            )
    return found


def _evidence(
    session: Session, programme: Programme, person_ids: list[int], issued: dict[int, tuple[Issued, ...]], *, on: date
) -> dict[int, Evidence]:
    """What is known of each person, with the period of their latest certificate."""
    facts = _facts(session, programme.id, person_ids)
    mentors = fieldwork.mentors_of(session, person_ids)
    planned = _planned(session, person_ids, on=on)
    found = {}
    for person_id in person_ids:
        latest = issued[person_id][-1] if issued[person_id] else None
        found[person_id] = Evidence(
            person_id=str(person_id),
            mentor_ids=frozenset(str(mentor) for mentor in mentors.get(person_id, ())),
            previous=latest.period if latest else None,
            revoked_on=latest.revoked_on if latest else None,
            facts=tuple(facts[person_id]),
            planned=tuple(planned[person_id]),
        )
    return found


def _facts(session: Session, programme_id: str, person_ids: list[int]) -> dict[int, list[Fact]]:
    """Every fact of every kind, by person; those of one kind in the order they were recorded."""
    found: defaultdict[int, list[Fact]] = defaultdict(list)
    for person_id, results in learning.results_of_many(session, person_ids).items():
        for result in results:
            found[person_id] += _of_course(result)
    for person_id, fact in _fieldwork(session, person_ids):
        found[person_id].append(fact)
    for person_id, fact in _decisions(session, programme_id, person_ids):
        found[person_id].append(fact)
    return found


def _of_course(result: CourseResult) -> Iterator[Fact]:
    """The tests and lessons of one enrolment. A score recomputed since is a fact of its own, known from that day on."""
    label = f"{result.title}, {result.version_number}"
    taken = [(Form.PRE, result.pre)] if result.pre else []
    for form, test in (*taken, *((Form.POST, post) for post in result.posts)):
        for known in test.scores:
            yield TestTaken(
                on=test.on,
                recorded_on=known.recomputed_on,
                course=result.course_id,
                form=form,
                score=known.share,
                ref=f"attempt:{test.attempt_id}",
                label=label,
            )
    if result.lessons_done:
        yield LessonsDone(
            on=result.lessons_done_on or result.enrolled_on,
            course=result.course_id,
            done=result.lessons_done,
            total=result.lessons_total,
            label=label,
        )


def _fieldwork(session: Session, person_ids: list[int]) -> Iterator[tuple[int, Fact]]:
    """Seminar days, visits, deliveries and gatherings."""
    for person_id, days in fieldwork.attended_days(session, person_ids).items():
        for day in days:
            yield (
                person_id,
                SeminarDay(
                    on=day.on,
                    recorded_on=day.recorded_on,
                    seminar=str(day.seminar_id),
                    part=day.part,
                    day_number=day.day_number,
                    of_days=day.of_days,
                    missed_on=day.missed_on,
                    missed_at=day.missed_at,
                    made_up=day.made_up,
                    confirmed_by=day.recorded_by_name if day.made_up else "",
                    ref=f"seminar:{day.seminar_id}",
                    label=day.seminar_name,
                ),
            )
    for person_id, visits in fieldwork.visits_of(session, person_ids).items():
        for visit in visits:
            yield (
                person_id,
                Visit(
                    on=visit.on,
                    modules=frozenset(ModuleKind(kind) for kind in visit.modules),
                    mentor=visit.mentor_name,
                    company=visit.company,
                    confirmed_on=visit.confirmed_on,
                    ref=f"visit:{visit.id}",
                    label=visit.company,
                ),
            )
    for person_id, deliveries in fieldwork.deliveries_of(session, person_ids).items():
        for held in deliveries:
            yield (
                person_id,
                Delivery(on=held.on, recorded_on=held.recorded_on, ref=f"delivery:{held.id}", label=held.company),
            )
    for person_id, gatherings in fieldwork.gatherings_of(session, person_ids).items():
        for attended in gatherings:
            yield (
                person_id,
                Gathering(
                    on=attended.on,
                    recorded_on=attended.recorded_on,
                    ref=f"gathering:{attended.id}",
                    label=attended.title,
                ),
            )


def _decisions(session: Session, programme_id: str, person_ids: list[int]) -> Iterator[tuple[int, Fact]]:
    """Assessments and exemptions, in the order they were decided."""
    asked = {"person_ids": person_ids, "programme": programme_id}
    for seen, name, next_steps in session.execute(_ASSESSMENTS, asked):
        yield (
            seen.person_id,
            Assessment(
                on=seen.decided_on,
                assessor_id=str(seen.assessor_id),
                outcome=Outcome(seen.outcome),
                content_knowledge=seen.content_score,
                non_directive=seen.non_directive_score,
                feedback=" ".join(filter(None, (seen.feedback, next_steps))),
                ref=f"assessment:{seen.id}",
                label=name,
            ),
        )
    for waived, name in session.execute(_EXEMPTIONS, asked):
        yield (
            waived.person_id,
            Exemption(
                on=waived.decided_on,
                requirement=waived.requirement,
                reason=waived.reason,
                by=name,
                ref=f"exemption:{waived.id}",
                label=name,
            ),
        )


# Every dossier asks these, so they are made once.
_PEOPLE: BindParameter[int] = bindparam("person_ids", expanding=True)
_PROGRAMME: BindParameter[str] = bindparam("programme")
_ASSESSMENTS = (
    select(AssessmentRow, Person.name, AssessmentRound.next_steps)
    .join(Person, Person.id == AssessmentRow.assessor_id)
    .outerjoin(AssessmentRound, AssessmentRound.assessment_id == AssessmentRow.id)
    .where(AssessmentRow.person_id.in_(_PEOPLE), AssessmentRow.programme == _PROGRAMME)
    .order_by(AssessmentRow.id)
)
_EXEMPTIONS = (
    select(ExemptionRow, Person.name)
    .join(Person, Person.id == ExemptionRow.decided_by)
    .where(ExemptionRow.person_id.in_(_PEOPLE), ExemptionRow.programme == _PROGRAMME)
    .order_by(ExemptionRow.id)
)


def _planned(session: Session, person_ids: list[int], *, on: date) -> dict[int, list[PlannedSeminar]]:
    """The parts of seminars each person has a seat in that are not over, and those open for booking."""
    found: defaultdict[int, list[PlannedSeminar]] = defaultdict(list)
    for person_id, days in fieldwork.planned_days(session, person_ids, after=on - PART_LASTS).items():
        parts: defaultdict[tuple[int, int], list[fieldwork.PlannedDay]] = defaultdict(list)
        for day in days:
            parts[day.seminar_id, day.part].append(day)
        for (seminar_id, part), part_days in parts.items():
            last = max(day.on for day in part_days)
            if last >= on:
                found[person_id].append(
                    PlannedSeminar(
                        part=part,
                        first_day=min(day.on for day in part_days),
                        last_day=last,
                        booked=True,
                        ref=f"seminar:{seminar_id}",
                        label=f"{part_days[0].seminar_name}, {part_days[0].place}",
                    )
                )
    for person_id, open_parts in booking.open_parts(session, person_ids, on=on).items():
        booked = {plan.ref for plan in found[person_id]}
        found[person_id] += [
            PlannedSeminar(
                part=each.part,
                first_day=each.first_on,
                last_day=each.last_on,
                ref=f"seminar:{each.seminar_id}",
                label=f"{each.seminar_name}, {each.place}",
            )
            for each in open_parts
            if f"seminar:{each.seminar_id}" not in booked
        ]
    return found


def _batches(person_ids: Collection[int]) -> Iterator[list[int]]:
    ordered = list(dict.fromkeys(person_ids))
    for start in range(0, len(ordered), BATCH):
        yield ordered[start : start + BATCH]
