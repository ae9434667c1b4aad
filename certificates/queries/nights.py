"""Who a night has to look at: those for whom something may be due by date, and nobody else.

Each selection may name too many and never too few: the rule (`eligibility`, `reminders`) decides about everybody it
names. It rests on dates and rows alone, not on when the night last ran, so that an outage, a killed night or a clock
that was wrong loses nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, Subquery, and_, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from certificates.looking_back import DAYS_BACK
from certificates.models.assessments import Assessment, Exemption
from certificates.models.issued import Certificate, CertificateEvent
from certificates.models.reminders import DigestSent, Reminder
from certificates.programme import Programme, Route, TrainerAssessment
from certificates.queries.issued import active_people, near_the_end, period_as_issued, regional_units
from certificates.queries.programmes import policies_of
from certificates.reminders import Stage, due
from certificates.status import EventKind
from lms.people import Person
from lms.units import Unit

REMEMBERED = timedelta(days=DAYS_BACK + 1)  # how long after grace something met in it may still be issued


def to_issue(session: Session, programme: Programme, *, on: date) -> Sequence[int]:
    """People to whom something may have to be issued: by id, in order.

    Nothing can be issued before the window of the latest certificate opens, unless that is revoked; and every route
    asks for an approval in the cycle, or for an exemption from it. A programme with a route without one gets everybody.
    """
    if not all(_assessments(programme, route) for route in Route):
        return active_people(session)
    found = union_all(*_open(programme, on), _first(programme)).subquery("found")
    return session.scalars(
        select(Person.id)
        .where(Person.deactivated_at.is_(None), Person.id.in_(select(found.c.person_id)))
        .order_by(Person.id)
    ).all()


def _assessments(programme: Programme, route: Route) -> list[str]:
    """The assessments a route asks for."""
    return [asked.id for asked in programme.requirements(route) if isinstance(asked, TrainerAssessment)]


def _signs(programme: Programme) -> Subquery:
    """The approvals, and the exemptions from being assessed: whose, of which day, and whether it is an exemption."""
    waived = [id_ for route in Route for id_ in _assessments(programme, route)]
    return union_all(
        select(Assessment.person_id, Assessment.decided_on.label("day"), literal(0).label("waived")).where(
            Assessment.programme == programme.id, Assessment.outcome == "approved"
        ),
        select(Exemption.person_id, Exemption.decided_on.label("day"), literal(1).label("waived")).where(
            Exemption.programme == programme.id, Exemption.requirement.in_(waived)
        ),
    ).subquery("sign")


def _first(programme: Programme) -> Select[int]:
    """Approved and never issued to."""
    sign = _signs(programme)
    held = select(Certificate.id).where(
        Certificate.person_id == sign.c.person_id, Certificate.programme == programme.id
    )
    return select(sign.c.person_id).where(~held.exists())


def _open(programme: Programme, on: date) -> tuple[Select[int], Select[int]]:
    """Approved for the cycle after their latest certificate: in its window or grace, after a lapse, after a
    revocation."""
    by_date, by_event = _signs(programme), _signs(programme)
    counts = or_(
        by_date.c.day > Certificate.valid_through,
        and_(
            Certificate.grace_through >= on - REMEMBERED,
            or_(
                by_date.c.day >= Certificate.window_opens,
                and_(by_date.c.waived == 1, by_date.c.day > Certificate.valid_from),
            ),
        ),
    )
    lately = (
        select(Certificate.person_id)
        .join(by_date, by_date.c.person_id == Certificate.person_id)
        .where(Certificate.programme == programme.id, Certificate.window_opens <= on, _is_latest(), counts)
    )
    revoked = (
        select(Certificate.person_id)
        .join(CertificateEvent, CertificateEvent.certificate_id == Certificate.id)
        .join(by_event, by_event.c.person_id == Certificate.person_id)
        .where(
            Certificate.programme == programme.id,
            CertificateEvent.kind == EventKind.REVOKED,
            CertificateEvent.effective_on < by_event.c.day,
            _is_latest(),
        )
    )
    return lately, revoked


def _is_latest() -> ColumnElement[bool]:
    """The condition that a certificate is the last of its holder's."""
    later = aliased(Certificate)
    return ~(
        select(later.id)
        .where(
            later.person_id == Certificate.person_id,
            later.programme == Certificate.programme,
            later.cycle > Certificate.cycle,
        )
        .exists()
    )


def due_reminders(session: Session, programme: Programme, *, on: date) -> Sequence[int]:
    """Certificates for which a reminder is due by date and has not been claimed; by id, in order. Three queries."""
    is_near = near_the_end(session, programme.id, on)
    near = select(Certificate.id).where(is_near).scalar_subquery()
    policies = policies_of(session)
    sent: defaultdict[int, list[Stage]] = defaultdict(list)
    for certificate_id, stage in session.execute(
        select(Reminder.certificate_id, Reminder.stage).where(Reminder.certificate_id.in_(near))
    ):
        sent[certificate_id].append(Stage(stage))
    rows = session.execute(
        select(
            Certificate.id,
            Certificate.valid_from,
            Certificate.valid_through,
            Certificate.window_opens,
            Certificate.programme_version_id,
        )
        .where(is_near)
        .order_by(Certificate.id)
    )
    return [
        id_
        for id_, *days, version in rows
        if due(period_as_issued(*days), sent.get(id_, ()), on, policies[version]) is not None
    ]


def digests_to_send(session: Session, *, on: date) -> Sequence[Unit]:
    """The regional units whose digest of this month has not been claimed, in the order of the tree."""
    claimed = set(session.scalars(select(DigestSent.unit_id).where(DigestSent.month == on.replace(day=1))))
    return [unit for unit in regional_units(session) if unit.id not in claimed]
