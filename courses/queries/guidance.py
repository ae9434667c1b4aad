"""Reads about guidance agreements. Write nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql import ColumnElement

from courses import guidance as rules
from courses.guidance import GuidanceKind, Said, Stage
from courses.models.guidance import GuidanceAgreement, GuidanceVisit, GuidanceWord
from lms.people import Person
from lms.roles import Role
from lms.units import Appointment, Membership, Unit, UnitKind, holds_on
from lms.viewer import Reach

LIST_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """An agreement as it stands on a day, with the names in it, its visits and what was said to it."""

    row: GuidanceAgreement
    person_name: str
    guide_name: str
    unit_name: str
    stage: Stage
    said: frozenset[Said]
    why_not: str  # of who said no
    visits: tuple[GuidanceVisit, ...]
    missing_notes: int

    def owed_by(self, person_id: int) -> tuple[Said, ...]:
        """The words somebody still owes it."""
        return rules.waits_for(
            GuidanceKind(self.row.kind),
            self.said,
            person_id=self.row.person_id,
            guide_id=self.row.guide_id,
            viewer_id=person_id,
        )


def agreements(session: Session, among: ColumnElement[bool], *, today: date) -> list[Agreement]:
    """Some agreements, the newest first. Three queries."""
    person, guide = aliased(Person), aliased(Person)
    rows = session.execute(
        select(GuidanceAgreement, person.name, guide.name, Unit.name)
        .join(person, person.id == GuidanceAgreement.person_id)
        .join(guide, guide.id == GuidanceAgreement.guide_id)
        .join(Unit, Unit.id == GuidanceAgreement.unit_id)
        .where(among)
        .order_by(GuidanceAgreement.through_date.desc(), GuidanceAgreement.id.desc())
        .limit(LIST_LENGTH_MAX)
    ).all()
    ids = [row.id for row, *_names in rows]
    words, visits = _words(session, ids), _visits(session, ids)
    return [
        _agreement(row, (person_name, guide_name, unit_name), words[row.id], visits[row.id], today)
        for row, person_name, guide_name, unit_name in rows
    ]


def of_person(session: Session, person_id: int, *, today: date) -> list[Agreement]:
    """Those in which somebody is guided or guides."""
    mine = or_(GuidanceAgreement.person_id == person_id, GuidanceAgreement.guide_id == person_id)
    return agreements(session, mine, today=today)


def in_reach(session: Session, reach: Reach, *, today: date) -> list[Agreement]:
    """Those of people in somebody's units."""
    near = GuidanceAgreement.person_id.in_(
        select(Membership.person_id)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(holds_on(Membership, today), reach.units(Unit.path))
    )
    return agreements(session, near, today=today)


def hosts(session: Session, person_id: int, *, on: date) -> Sequence[Row[int, str, int, str]]:
    """Who may receive a person at another unit: mentors and trainers of units other than the own, by unit and name."""
    own = select(Membership.unit_id).where(Membership.person_id == person_id, holds_on(Membership, on))
    return session.execute(
        select(Person.id, Person.name, Unit.id, Unit.name)
        .join(Appointment, and_(Appointment.person_id == Person.id, holds_on(Appointment, on)))
        .join(Unit, Unit.id == Appointment.unit_id)
        .where(
            Appointment.role.in_((Role.MENTOR, Role.TRAINER)),
            Unit.kind != UnitKind.NATIONAL,
            Unit.id.not_in(own),
            Person.id != person_id,
            Person.deactivated_at.is_(None),
        )
        .group_by(Person.id, Unit.id)
        .order_by(Unit.path, Person.sort_name, Person.id)
    ).all()


def _agreement(
    row: GuidanceAgreement,
    names: tuple[str, str, str],
    words: Sequence[GuidanceWord],
    visits: Sequence[GuidanceVisit],
    today: date,
) -> Agreement:
    said = frozenset(Said(word.kind) for word in words)
    stage = rules.stage(GuidanceKind(row.kind), said, last=row.through_date, today=today)
    planned = [(visit.planned_on, visit.held_on is not None) for visit in visits]
    counts = stage in (Stage.AGREED, Stage.OVER)
    return Agreement(
        row=row,
        person_name=names[0],
        guide_name=names[1],
        unit_name=names[2],
        stage=stage,
        said=said,
        why_not=next((word.comment for word in words if word.kind in (Said.DECLINED, Said.ENDED)), ""),
        visits=tuple(visits),
        missing_notes=rules.missing_notes(planned, today=today) if counts else 0,
    )


def _words(session: Session, ids: Collection[int]) -> defaultdict[int, list[GuidanceWord]]:
    found: defaultdict[int, list[GuidanceWord]] = defaultdict(list)
    for word in session.scalars(
        select(GuidanceWord).where(GuidanceWord.agreement_id.in_(ids)).order_by(GuidanceWord.id)
    ):
        found[word.agreement_id].append(word)
    return found


def _visits(session: Session, ids: Collection[int]) -> defaultdict[int, list[GuidanceVisit]]:
    found: defaultdict[int, list[GuidanceVisit]] = defaultdict(list)
    for visit in session.scalars(
        select(GuidanceVisit).where(GuidanceVisit.agreement_id.in_(ids)).order_by(GuidanceVisit.planned_on)
    ):
        found[visit.agreement_id].append(visit)
    return found
