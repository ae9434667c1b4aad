"""Who follows a company up: those who held the presentation, and those who look after their units; 404 for all others.

The page behind the token is everybody's who has it.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.access.unit_deliveries import deliveries_reach
from courses.deliveries import PartnerState
from courses.models.deliveries import DeliveryFollowUp
from courses.queries import follow_up as queries
from courses.queries.ledger import Standing
from lms import access
from lms.errors import NotFound
from lms.units import Unit
from lms.viewer import Viewer


def followed_for(session: Session, viewer: Viewer, delivery_id: int) -> Standing:
    """A delivery the viewer held, or one of a unit they look after; 404 for every other, and for one struck out."""
    standing = queries.standing_of(session, access.row_id(delivery_id))
    if standing is None:
        raise NotFound
    row = standing.row
    there = standing.state in (PartnerState.CONFIRMED, PartnerState.BOTH)
    twin_of = standing.twin.person_id if standing.twin else None
    if viewer.person_id in {row.person_id, row.partner_id if there else None, twin_of}:
        return standing
    held_with = None if standing.state is PartnerState.DENIED else row.partner_unit_id
    units = {row.unit_id, held_with} - {None}
    reach = deliveries_reach(viewer)
    if session.scalar(select(Unit.id).where(Unit.id.in_(units), reach.units(Unit.path))) is None:
        raise NotFound
    return standing


def page_behind(session: Session, token: str) -> DeliveryFollowUp:
    """The page behind a token; 404 when nothing is."""
    found = queries.behind_token(session, token)
    if found is None:
        raise NotFound
    return found
