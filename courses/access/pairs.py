"""The only way a view of pairs gets a row: fetched and checked in one step; 404 and 403 are decided here."""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from courses.models.pairs import Pair
from courses.queries import pairs as queries
from lms import access
from lms.errors import Forbidden, NotFound
from lms.people import Person
from lms.roles import Act
from lms.units import membership_on
from lms.viewer import Reach, Viewer


def linking_reach(viewer: Viewer) -> Reach:
    """In which units the viewer links pairs; false, not refused, where in none."""
    return viewer.may(Act.RUN_SEMINARS)


def require_linking(viewer: Viewer) -> Reach:
    """The same, 403 where in none."""
    return access.require(viewer, Act.RUN_SEMINARS)


def own_pair_for(session: Session, viewer: Viewer, pair_id: int) -> Pair:
    """A pair, or a proposal, of which the viewer is one; 404 for every other."""
    pair = session.get(Pair, access.row_id(pair_id))
    if pair is None or viewer.person_id not in (pair.nav_id, pair.helse_id):
        raise NotFound
    return pair


def pair_to_end_for(session: Session, viewer: Viewer, pair_id: int, *, on: date) -> Pair:
    """A pair the viewer may end: the own, or one of whom somebody is within reach; 404 for every other."""
    pair = session.get(Pair, access.row_id(pair_id))
    if pair is None:
        raise NotFound
    if viewer.person_id in (pair.nav_id, pair.helse_id):
        return pair
    near = linking_reach(viewer).people(Person.id, on)
    both = or_(Person.id == pair.nav_id, Person.id == pair.helse_id)
    if session.scalars(select(Person.id).where(both, near)).first() is None:
        raise NotFound
    return pair


def people_to_link_for(session: Session, viewer: Viewer, person_ids: tuple[int, int], *, on: date) -> tuple[int, int]:
    """Two people within reach, to be linked; 404 where one is not."""
    first, second = (
        access.person_for(session, viewer, Act.RUN_SEMINARS, access.row_id(id_), on=on).id for id_ in person_ids
    )
    return first, second


def mate_for(session: Session, viewer: Viewer, person_id: int, *, on: date) -> int:
    """Somebody the viewer may propose to: met at a seminar, from the other sector, without a partner; 403 for others,
    whether they exist or not."""
    own = membership_on(session, viewer.person_id, on)
    mates = queries.mates_of(session, viewer.person_id, own[0].sector, on=on) if own else ()
    if person_id not in {mate[0] for mate in mates}:
        raise Forbidden
    return person_id
