"""Reads for the pages about observation visits. Write nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, ScalarSelect, and_, func, or_, select
from sqlalchemy.orm import Session

from courses.models.visits import MentorReminder, ObservationVisit, VisitLink, VisitWord
from courses.visits import STANDING, Prompt, Standing, Word
from lms.outbox import MailState, OutboxMail
from lms.people import Person
from lms.roles import Role
from lms.units import Appointment, Unit, below, holds_on, membership_on, region_of
from lms.viewer import Reach

LIST_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitLine:
    """A visit in a list, with where it stands; `comment` is the newest word's."""

    id: int
    on: date
    company: str
    modules: tuple[str, ...]
    mentor_name: str
    standing: Standing
    comment: str
    via_link: bool
    confirmed_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WordLine:
    """One thing said of a visit, as its page tells it."""

    word: str
    name: str
    address: str
    comment: str
    observed: tuple[tuple[str, str], ...]
    reflection: str
    at: datetime


def newest_word_id() -> ScalarSelect[int | None]:
    """The id of the newest word of the visit the query is about."""
    return (
        select(func.max(VisitWord.id))
        .where(VisitWord.visit_id == ObservationVisit.id)
        .correlate(ObservationVisit)
        .scalar_subquery()
    )


def newest_word(session: Session, visit_id: int) -> VisitWord:
    """What was last said of a visit."""
    return session.scalars(
        select(VisitWord).where(VisitWord.visit_id == visit_id).order_by(VisitWord.id.desc()).limit(1)
    ).one()


def own_visits(session: Session, person_id: int) -> list[VisitLine]:
    """A person's visits, newest first; what is struck out is gone, what is rejected is shown."""
    rows = session.execute(
        select(ObservationVisit, VisitWord, Person.name)
        .join(VisitWord, VisitWord.id == newest_word_id())
        .outerjoin(Person, Person.id == ObservationVisit.confirmed_by)
        .where(ObservationVisit.person_id == person_id, VisitWord.word != Word.STRUCK_OUT)
        .order_by(ObservationVisit.on.desc(), ObservationVisit.id.desc())
        .limit(LIST_LENGTH_MAX)
    )
    return [
        VisitLine(
            id=visit.id,
            on=visit.on,
            company=visit.company,
            modules=tuple(visit.modules),
            mentor_name=visit.mentor_name,
            standing=STANDING[Word(word.word)],
            comment=word.comment,
            via_link=visit.confirmed_address is not None,
            confirmed_name=visit.confirmed_name or name or "",
        )
        for visit, word, name in rows
    ]


def waiting_visits(
    session: Session, *, mentor_id: int | None, reach: Reach, viewer_id: int, on: date
) -> Sequence[Row[ObservationVisit, Person]]:
    """The visits that wait for this viewer, oldest first: as the mentor named in them, or in units within reach."""
    mine = ObservationVisit.mentor_id == mentor_id if mentor_id is not None else None
    near = reach.people(Person.id, on)
    return session.execute(
        select(ObservationVisit, Person)
        .join(Person, Person.id == ObservationVisit.person_id)
        .join(VisitWord, VisitWord.id == newest_word_id())
        .where(
            ObservationVisit.confirmed_at.is_(None),
            ObservationVisit.withdrawn_at.is_(None),
            VisitWord.word == Word.REPORTED,
            ObservationVisit.person_id != viewer_id,
            near if mine is None else or_(mine, near),
        )
        .order_by(ObservationVisit.on, ObservationVisit.id)
        .limit(LIST_LENGTH_MAX)
    ).all()


def words_of(session: Session, visit_id: int) -> list[WordLine]:
    """Everything said of a visit, oldest first. What was observed stands in the order of the prompts."""
    rows = session.execute(
        select(VisitWord, Person.name)
        .outerjoin(Person, Person.id == VisitWord.by_id)
        .where(VisitWord.visit_id == visit_id)
        .order_by(VisitWord.id)
    )
    return [
        WordLine(
            word=word.word,
            name=word.by_name or name or "",
            address=word.by_address,
            comment=word.comment,
            observed=told(word),
            reflection=word.reflection,
            at=word.at,
        )
        for word, name in rows
    ]


def told(word: VisitWord) -> tuple[tuple[str, str], ...]:
    """What a report says was observed, in the order of the prompts."""
    return tuple((str(prompt), word.observed[prompt]) for prompt in Prompt if word.observed.get(prompt))


def newest_link(session: Session, visit_id: int) -> tuple[VisitLink, str] | None:
    """The last link that was mailed about a visit, and where its mail stands."""
    row = session.execute(
        select(VisitLink, OutboxMail.state)
        .join(OutboxMail, OutboxMail.id == VisitLink.mail_id)
        .where(VisitLink.visit_id == visit_id)
        .order_by(VisitLink.mail_id.desc())
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else None


def came_back(state: str) -> bool:
    """Whether a mail that stands so has not arrived and will not."""
    return state in (MailState.REFUSED, MailState.GIVEN_UP)


def to_remind_mentors(session: Session, *, reported_before: datetime) -> Sequence[int]:
    """The visits whose newest word is a report older than this, of which nobody has been reminded."""
    return session.scalars(
        select(ObservationVisit.id)
        .join(VisitWord, VisitWord.id == newest_word_id())
        .join(Person, Person.id == ObservationVisit.person_id)
        .outerjoin(MentorReminder, MentorReminder.word_id == VisitWord.id)
        .where(
            VisitWord.word == Word.REPORTED,
            VisitWord.at < reported_before,
            ObservationVisit.withdrawn_at.is_(None),
            MentorReminder.word_id.is_(None),
            Person.deactivated_at.is_(None),
            or_(ObservationVisit.mentor_address != "", ObservationVisit.mentor_id.is_not(None)),
        )
        .order_by(VisitWord.id)
    ).all()


def mentors_near(session: Session, person_id: int, *, on: date) -> Sequence[Row[int, str]]:
    """Who may have been a person's mentor, by name: the mentors of the region, and those who train there.

    Whoever trains there also assesses there, and must be known by more than a typed name: nobody assesses the own
    mentee. The person is not among them.
    """
    membership = membership_on(session, person_id, on)
    if membership is None:
        return []
    region = region_of(session, membership[1])
    return session.execute(
        select(Person.id, Person.name)
        .join(Appointment, and_(Appointment.person_id == Person.id, holds_on(Appointment, on)))
        .join(Unit, Unit.id == Appointment.unit_id)
        .where(
            or_(
                and_(Appointment.role.in_((Role.MENTOR, Role.TRAINER)), below(Unit.path, [region.path])),
                and_(Appointment.role == Role.TRAINER, Unit.path.in_(_above(region.path))),
            ),
            Person.id != person_id,
            Person.deactivated_at.is_(None),
        )
        .group_by(Person.id)
        .order_by(Person.sort_name, Person.id)
    ).all()


def _above(path: str) -> list[str]:
    """The paths of the units above this one."""
    codes = path.strip("/").split("/")
    return ["/" + "/".join(codes[:length]) + "/" for length in range(1, len(codes))]
