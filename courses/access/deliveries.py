"""The only way a view of deliveries gets a row; 404 and 403 are decided here.

404 for what the viewer may not know of (others' deliveries), 403 for what is known but not allowed.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from courses.models.deliveries import Delivery, DeliveryImport
from courses.queries import deliveries as queries
from courses.queries import pairs
from courses.queries.deliveries import Partner
from lms import access
from lms.errors import NotFound
from lms.roles import Act
from lms.viewer import Viewer
from lms.web import instructors_among


def deliverer(viewer: Viewer) -> int:
    """The viewer's id as one who logs own deliveries; 403 otherwise."""
    access.require(viewer, Act.LOG_DELIVERIES)
    return viewer.person_id


def partners_for(session: Session, viewer: Viewer, *, on: date, besides: int | None = None) -> list[Partner]:
    """With whom the viewer may have held a presentation: the region's instructors of the other sector, and whoever
    was the last partner (or is named: `besides`), also where their certificate has ended since. The one they teach
    with comes first."""
    person_id = deliverer(viewer)
    near = queries.people_opposite(session, person_id, on=on)
    certified = instructors_among(session, [partner.id for partner in near], on=on)
    known = {queries.last_partner(session, person_id), besides}
    found = [partner for partner in near if partner.id in certified or partner.id in known]
    mate = pairs.partner_of(session, person_id, on)
    return sorted(found, key=lambda partner: mate is None or partner.id != mate.person_id)


def own_delivery_for(session: Session, viewer: Viewer, delivery_id: int) -> Delivery:
    """A delivery the viewer logged; 404 for every other."""
    row = session.get(Delivery, access.row_id(delivery_id))
    if row is None or row.person_id != deliverer(viewer):
        raise NotFound
    return row


def named_delivery_for(session: Session, viewer: Viewer, delivery_id: int) -> Delivery:
    """A delivery that names the viewer as the partner; 404 for every other."""
    row = session.get(Delivery, access.row_id(delivery_id))
    if row is None or row.partner_id != deliverer(viewer):
        raise NotFound
    return row


def own_import_for(session: Session, viewer: Viewer, import_id: int) -> DeliveryImport:
    """An import the viewer rehearsed; 404 for every other, and for one that a later rehearsal has replaced."""
    row = session.get(DeliveryImport, access.row_id(import_id))
    if row is None or row.person_id != deliverer(viewer):
        raise NotFound
    return row
