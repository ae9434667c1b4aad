"""Sheets, decisions and what was said about them: what is shown of assessments, and who was involved."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session, aliased

from certificates import appeals, rubric
from certificates.evidence import Outcome
from certificates.models.assessments import Assessment, AssessmentComment, AssessmentRound, AssessmentSheet
from certificates.programme import Programme, Route, Rubric, TrainerAssessment
from certificates.queries.programmes import stored
from certificates.rubric import Filled
from lms.people import Person


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
class Decided:
    """A decision with all that stands beside it. `round` is None for one made without sheets; `sheets` are those that
    count; `appeal_through` is the last day to appeal on."""

    assessment: Assessment
    assessor: str
    round: AssessmentRound | None
    rubric: Rubric
    sheets: tuple[Sheet, ...]
    comments: tuple[AssessmentComment, ...]
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


def round_of(session: Session, assessment_id: int) -> AssessmentRound | None:
    """The round that ended with a decision; None for one made without sheets."""
    return session.scalar(select(AssessmentRound).where(AssessmentRound.assessment_id == assessment_id))


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
    about = round_of(session, assessment_id)
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
        appeal_through=appeals.last_day(assessment.decided_on, under.appeal_weeks),
        is_newest=newest,
    )


def is_newest(session: Session, assessment: Assessment) -> bool:
    """Whether nothing has been decided about the person since."""
    newest = select(func.max(Assessment.id)).where(
        Assessment.person_id == assessment.person_id, Assessment.programme == assessment.programme
    )
    return session.scalar(newest) == assessment.id


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


def people_by_id(session: Session, person_ids: Collection[int]) -> Sequence[Person]:
    """People, in the order of their ids."""
    return session.scalars(select(Person).where(Person.id.in_(person_ids)).order_by(Person.id)).all()
