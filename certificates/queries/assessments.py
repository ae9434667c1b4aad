"""Sheets, decisions, what was said about them, and appeals: what is shown of assessments, and who was involved."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased
from sqlalchemy.sql import ColumnElement

from certificates import appeals, rubric
from certificates.appeals import AppealOutcome, AppealState
from certificates.evidence import Outcome
from certificates.models.assessments import (
    AppealAssignment,
    AppealDecision,
    Assessment,
    AssessmentAppeal,
    AssessmentComment,
    AssessmentRound,
    AssessmentSheet,
)
from certificates.programme import Programme, Route, Rubric, TrainerAssessment
from certificates.queries.issued import coordinators_of
from certificates.queries.programmes import stored
from certificates.rubric import Filled
from lms.people import Person
from lms.roles import Role
from lms.units import Appointment, Unit, holds_on, membership_on, region_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet with its assessor's name and what stands on it."""

    row: AssessmentSheet
    name: str
    filled: Filled

    @property
    def is_active(self) -> bool:
        """Whether it counts in its round."""
        return self.row.set_aside_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """An appeal, where it stands, who looks at it, and what they decided."""

    row: AssessmentAppeal
    state: AppealState
    reviewer_id: int | None
    reviewer: str
    decision: AppealDecision | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision with all that stands beside it. `round` is None for one made without sheets; `sheets` are those that
    count; `appeal_through` is the last day to appeal on."""

    assessment: Assessment
    assessor: str
    round: AssessmentRound | None
    rubric: Rubric
    sheets: tuple[Sheet, ...]
    comments: tuple[AssessmentComment, ...]
    appeal: Appeal | None
    appeal_through: date
    is_newest: bool


def filled(row: AssessmentSheet) -> Filled:
    """What stands on a stored sheet."""
    return Filled(
        levels=dict(row.levels),
        notes=dict(row.notes),
        feedback=row.feedback,
        next_steps=row.next_steps,
        outcome=Outcome(row.outcome) if row.outcome else None,
    )


def open_round(session: Session, programme_id: str, person_id: int) -> AssessmentRound | None:
    """The round that is going on about a person, if there is one."""
    return session.scalar(
        select(AssessmentRound).where(
            AssessmentRound.person_id == person_id,
            AssessmentRound.programme == programme_id,
            AssessmentRound.ended_at.is_(None),
        )
    )


def rubric_of(session: Session, of: AssessmentRound) -> Rubric:
    """What the sheets of a round ask for: by the programme as it was when the round was begun."""
    return rubric_for(stored(session, of.programme_version_id), of.requirement)


def rubric_for(programme: Programme, requirement: str) -> Rubric:
    """What an assessment asks for."""
    every = [each for route in Route for each in programme.requirements(route)]
    asked = next((each for each in every if each.id == requirement and isinstance(each, TrainerAssessment)), None)
    return rubric.asked(programme, asked.criteria if isinstance(asked, TrainerAssessment) else ())


def sheets_of(session: Session, round_id: int) -> tuple[Sheet, ...]:
    """Every sheet of a round, those that count first."""
    rows = session.execute(
        select(AssessmentSheet, Person.name)
        .join(Person, Person.id == AssessmentSheet.assessor_id)
        .where(AssessmentSheet.round_id == round_id)
        .order_by(AssessmentSheet.set_aside_at.is_not(None), AssessmentSheet.place, AssessmentSheet.id)
    ).all()
    return tuple(Sheet(row=row, name=name, filled=filled(row)) for row, name in rows)


def decided(session: Session, programme: Programme, assessment_id: int) -> Decided:
    """A decision with all that stands beside it. Raises NoResultFound for an unknown one."""
    assessment, assessor = session.execute(
        select(Assessment, Person.name)
        .join(Person, Person.id == Assessment.assessor_id)
        .where(Assessment.id == assessment_id)
    ).one()
    about = session.scalar(select(AssessmentRound).where(AssessmentRound.assessment_id == assessment_id))
    under = stored(session, about.programme_version_id) if about else programme
    newest = is_newest(session, assessment)
    return Decided(
        assessment=assessment,
        assessor=assessor,
        round=about,
        rubric=rubric_for(under, about.requirement) if about else rubric.asked(programme, ()),
        sheets=tuple(each for each in sheets_of(session, about.id) if each.is_active) if about else (),
        comments=tuple(
            session.scalars(
                select(AssessmentComment)
                .where(AssessmentComment.assessment_id == assessment_id)
                .order_by(AssessmentComment.id)
            )
        ),
        appeal=_appeal(session, assessment_id, newest),
        appeal_through=appeals.last_day(assessment.decided_on, under.appeal_weeks),
        is_newest=newest,
    )


def is_newest(session: Session, assessment: Assessment) -> bool:
    """Whether nothing has been decided about the person since."""
    newest = select(func.max(Assessment.id)).where(
        Assessment.person_id == assessment.person_id, Assessment.programme == assessment.programme
    )
    return session.scalar(newest) == assessment.id


def _appeal(session: Session, assessment_id: int, newest: bool) -> Appeal | None:
    row = session.scalar(select(AssessmentAppeal).where(AssessmentAppeal.assessment_id == assessment_id))
    if row is None:
        return None
    decision = session.get(AppealDecision, row.id)
    reviewer_id, reviewer = reviewer_of(session, row.id)
    return Appeal(
        row=row,
        state=appeals.state(
            AppealOutcome(decision.outcome) if decision else None,
            is_assigned=reviewer_id is not None,
            is_newest=newest,
        ),
        reviewer_id=reviewer_id,
        reviewer=reviewer,
        decision=decision,
    )


def reviewer_of(session: Session, appeal_id: int) -> tuple[int | None, str]:
    """Who looks at an appeal, and the name: whoever was asked last."""
    row = session.execute(
        select(Person.id, Person.name)
        .join(AppealAssignment, AppealAssignment.reviewer_id == Person.id)
        .where(AppealAssignment.appeal_id == appeal_id)
        .order_by(AppealAssignment.id.desc())
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else (None, "")


def decisions_about(session: Session, programme_id: str, person_id: int) -> Sequence[Row[Assessment, str]]:
    """Every decision about a person with the name of who made it, the newest first."""
    return session.execute(
        select(Assessment, Person.name)
        .join(Person, Person.id == Assessment.assessor_id)
        .where(Assessment.person_id == person_id, Assessment.programme == programme_id)
        .order_by(Assessment.id.desc())
    ).all()


def involved(session: Session, programme_id: str, person_id: int) -> frozenset[int]:
    """Everybody who has ever assessed a person: decided, or had a sheet."""
    decided_by = select(Assessment.assessor_id).where(
        Assessment.person_id == person_id, Assessment.programme == programme_id
    )
    had_sheet = (
        select(AssessmentSheet.assessor_id)
        .join(AssessmentRound, AssessmentRound.id == AssessmentSheet.round_id)
        .where(AssessmentRound.person_id == person_id, AssessmentRound.programme == programme_id)
    )
    return frozenset(session.scalars(decided_by)) | frozenset(session.scalars(had_sheet))


def trainers(session: Session, *, on: date) -> Sequence[Row[int, str, str]]:
    """Everybody who may assess somewhere on a day: id, name and the unit they do it in, by unit and name."""
    return session.execute(
        select(Person.id, Person.name, Unit.name)
        .join(Appointment, Appointment.person_id == Person.id)
        .join(Unit, Unit.id == Appointment.unit_id)
        .where(Appointment.role == Role.TRAINER, holds_on(Appointment, on), Person.deactivated_at.is_(None))
        .order_by(Unit.path, Person.sort_name, Person.id)
    ).all()


def open_sheets(session: Session, assessor_id: int) -> Sequence[Row[AssessmentSheet, str, int]]:
    """An assessor's sheets in rounds that are not over, with the participant's name and how many count in the round
    that are not handed in."""
    other = aliased(AssessmentSheet)
    drafts = (
        select(func.count())
        .where(other.round_id == AssessmentSheet.round_id, other.set_aside_at.is_(None), other.handed_in_at.is_(None))
        .scalar_subquery()
    )
    return session.execute(
        select(AssessmentSheet, Person.name, drafts)
        .join(AssessmentRound, AssessmentRound.id == AssessmentSheet.round_id)
        .join(Person, Person.id == AssessmentSheet.person_id)
        .where(
            AssessmentSheet.assessor_id == assessor_id,
            AssessmentSheet.set_aside_at.is_(None),
            AssessmentRound.ended_at.is_(None),
        )
        .order_by(AssessmentSheet.begun_at, AssessmentSheet.id)
    ).all()


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An appeal that waits for somebody."""

    assessment_id: int
    person_id: int
    name: str
    appealed_on: date
    reviewer_id: int | None
    reviewer: str


def waiting_appeals(session: Session, programme_id: str, whose: ColumnElement[bool]) -> Sequence[Waiting]:
    """Appeals nobody has decided and nothing has overtaken, the oldest first; `whose` is about `Assessment`."""
    later, reviewer = aliased(Assessment), aliased(Person)
    newest = select(AppealAssignment.appeal_id, func.max(AppealAssignment.id).label("id")).group_by(
        AppealAssignment.appeal_id
    )
    last = newest.subquery()
    overtaken = select(later.id).where(
        later.person_id == Assessment.person_id, later.programme == Assessment.programme, later.id > Assessment.id
    )
    rows = session.execute(
        select(AssessmentAppeal, Assessment.person_id, Person.name, reviewer.id, reviewer.name)
        .join(Assessment, Assessment.id == AssessmentAppeal.assessment_id)
        .join(Person, Person.id == Assessment.person_id)
        .outerjoin(AppealDecision, AppealDecision.appeal_id == AssessmentAppeal.id)
        .outerjoin(last, last.c.appeal_id == AssessmentAppeal.id)
        .outerjoin(AppealAssignment, AppealAssignment.id == last.c.id)
        .outerjoin(reviewer, reviewer.id == AppealAssignment.reviewer_id)
        .where(Assessment.programme == programme_id, AppealDecision.appeal_id.is_(None), ~overtaken.exists(), whose)
        .order_by(AssessmentAppeal.id)
    ).all()
    return [
        Waiting(
            assessment_id=appeal.assessment_id,
            person_id=person_id,
            name=name,
            appealed_on=appeal.appealed_on,
            reviewer_id=reviewer_id,
            reviewer=reviewer_name or "",
        )
        for appeal, person_id, name, reviewer_id, reviewer_name in rows
    ]


def is_reviewer(assessment_id: InstrumentedAttribute[int], reviewer_id: int) -> ColumnElement[bool]:
    """The condition that somebody was the last to be asked to look at the appeal against a decision."""
    newer = aliased(AppealAssignment)
    return (
        select(AppealAssignment.id)
        .join(AssessmentAppeal, AssessmentAppeal.id == AppealAssignment.appeal_id)
        .where(
            AssessmentAppeal.assessment_id == assessment_id,
            AppealAssignment.reviewer_id == reviewer_id,
            ~select(newer.id)
            .where(newer.appeal_id == AppealAssignment.appeal_id, newer.id > AppealAssignment.id)
            .exists(),
        )
        .exists()
    )


def those_who_assign(session: Session, person_id: int, *, on: date) -> Sequence[Person]:
    """Who finds somebody to look at a person's appeal: the coordinators of the region, or the secretariat where there
    is none other than the person."""
    belongs = membership_on(session, person_id, on)
    found = coordinators_of(session, region_of(session, belongs[1]), on=on) if belongs else ()
    others = [person for person in found if person.id != person_id]
    return (
        others
        or session.scalars(
            select(Person)
            .join(Appointment, Appointment.person_id == Person.id)
            .where(
                Appointment.role == Role.SECRETARIAT,
                holds_on(Appointment, on),
                Person.deactivated_at.is_(None),
                Person.id != person_id,
            )
            .distinct()
            .order_by(Person.id)
        ).all()
    )


def people_by_id(session: Session, person_ids: Collection[int]) -> Sequence[Person]:
    """People, in the order of their ids."""
    return session.scalars(select(Person).where(Person.id.in_(person_ids)).order_by(Person.id)).all()
