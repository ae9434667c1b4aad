"""Who is looking: the signed-in person with the roles held today, as one frozen value a request carries along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Date, and_, bindparam, exists, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql import ColumnElement

from lms import ids
from lms.db import Instant
from lms.people import Person, WebSession
from lms.practitioners import Practitioner
from lms.roles import MAY, Act, Role, Scope
from lms.units import Appointment, Membership, Unit, below, holds_on


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held today in a unit."""

    role: Role
    unit_id: int
    unit_path: str


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a permission reaches for one viewer: everything, some subtrees, or the own record only."""

    everywhere: bool = False
    paths: tuple[str, ...] = ()
    own: bool = False

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.paths) or self.own

    def includes(self, unit_path: str) -> bool:
        """Whether a unit lies within."""
        return self.everywhere or any(unit_path.startswith(path) for path in self.paths)

    def units(self, path: InstrumentedAttribute[str]) -> ColumnElement[bool]:
        """The SQL condition that a unit lies within."""
        if self.everywhere:
            return true()
        return below(path, self.paths) if self.paths else false()

    def people(self, person_id: InstrumentedAttribute[int], on: date) -> ColumnElement[bool]:
        """The SQL condition that a person belonged on a day to a unit within."""
        if self.everywhere:
            return true()
        if not self.paths:
            return false()
        return exists(
            select(Membership.id)
            .join(Unit, Unit.id == Membership.unit_id)
            .where(and_(Membership.person_id == person_id, holds_on(Membership, on), below(Unit.path, self.paths)))
        )


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person behind a request. `token` is the session's secret, which Flask-Login keeps in its cookie.

    `only_open_courses`: signed up for an open course and belongs to no unit; is on no way to an instructor certificate.
    """

    person_id: int
    name: str
    email: str
    locale: str
    grants: tuple[Grant, ...] = ()
    token: str = ""
    only_open_courses: bool = False

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """What Flask-Login stores: the session token, never the person's id."""
        return self.token

    @property
    def roles(self) -> frozenset[Role]:
        """The roles held today in any unit, participant always among them."""
        return frozenset({self._everyones} | {grant.role for grant in self.grants})

    @property
    def _everyones(self) -> Role:
        return Role.OPEN_PARTICIPANT if self.only_open_courses else Role.PARTICIPANT

    def may(self, act: Act) -> Reach:
        """How far this viewer may do this: false where not at all."""
        everywhere, own, paths = False, False, []
        for grant in (*self.grants, Grant(self._everyones, 0, "")):
            scope = MAY[grant.role].get(act)
            if scope is Scope.ALL:
                everywhere = True
            elif scope is Scope.UNIT:
                paths.append(grant.unit_path)
            elif scope is Scope.OWN:
                own = True
        return Reach(everywhere, tuple(paths), own)


# Every request of a signed-in person begins with this statement: made once, over plain tables.
_person, _web_session = Person.__table__.c, WebSession.__table__.c
_appointment, _unit = Appointment.__table__.c, Unit.__table__.c
_practitioner, _membership = Practitioner.__table__.c, Membership.__table__.c
_today = bindparam("today", type_=Date)
_belongs_today = exists(
    select(_membership.id).where(
        _membership.person_id == _person.id,
        _membership.from_date <= _today,
        or_(_membership.through_date.is_(None), _membership.through_date >= _today),
    )
)
_only_open_courses = and_(_practitioner.person_id.is_not(None), ~_belongs_today).label("only_open_courses")
_BEHIND_TOKEN = (
    select(
        _person.id,
        _person.name,
        _person.email,
        _person.locale,
        _only_open_courses,
        _appointment.role,
        _unit.id,
        _unit.path,
    )
    .select_from(
        WebSession.__table__.join(Person.__table__, _person.id == _web_session.person_id)
        .outerjoin(
            Appointment.__table__,
            and_(
                _appointment.person_id == _person.id,
                _appointment.from_date <= _today,
                or_(_appointment.through_date.is_(None), _appointment.through_date >= _today),
            ),
        )
        .outerjoin(Unit.__table__, _unit.id == _appointment.unit_id)
        .outerjoin(Practitioner.__table__, _practitioner.person_id == _person.id)
    )
    .where(
        _web_session.token_hash == bindparam("token_hash"),
        _web_session.expires_at > bindparam("now", type_=Instant),
        _person.deactivated_at.is_(None),
    )
)


def viewer_for_session(session: Session | Connection, token: str, *, now: datetime, today: date) -> Viewer | None:
    """The viewer behind a session token, or None when it is unknown, over, or the person has left. One query."""
    rows = session.execute(_BEHIND_TOKEN, {"token_hash": ids.token_hash(token), "now": now, "today": today}).all()
    if not rows:
        return None
    grants = tuple(Grant(Role(role), unit_id, path) for *_, role, unit_id, path in rows if role is not None)
    person_id, name, email, locale, only_open_courses, *_ = rows[0]
    return Viewer(person_id, name, email, locale, grants, token, bool(only_open_courses))
