"""Who a night has to look at: those for whom something may be due by date, and nobody else.

Each selection may name too many and never too few: the rule (`eligibility`, `reminders`) decides about everybody it
names. It rests on dates and rows alone, not on when the night last ran, so that an outage, a killed night or a clock
that was wrong loses nobody. Statements are made once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, Subquery, and_, bindparam, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from certificates.looking_back import DAYS_BACK
from certificates.models.assessments import Assessment, Exemption
from certificates.models.issued import Certificate, CertificateEvent
from certificates.models.reminders import DigestSent, Reminder
from certificates.programme import Policy, Programme, Route, TrainerAssessment
from certificates.queries.issued import active_people, period_as_issued, regional_units
from certificates.queries.programmes import policies_of
from certificates.reminders import Stage, due
from certificates.status import EventKind
from lms.people import Person
from lms.units import Unit

REMEMBERED = timedelta(days=DAYS_BACK + 1)  # how long after grace something met in it may still be issued
_ON, _SINCE, _LAST, _FAR = (bindparam(name, type_=Date) for name in ("on", "since", "last", "far"))
_PROGRAMME: ColumnElement[str] = bindparam("programme")


def to_issue(session: Session, programme: Programme, *, on: date) -> Sequence[int]:
    """People to whom something may have to be issued: by id, in order.

    Nothing can be issued before the window of the latest certificate opens, unless that is revoked; and every route
    asks for an approval in the cycle, or for an exemption from it. A programme with a route without one gets everybody.
    """
    assessments = [_assessments(programme, route) for route in Route]
    if not all(assessments):
        return active_people(session)
    values = {
        "programme": programme.id,
        "waived": [id_ for route in assessments for id_ in route],
        "on": on,
        "since": on - REMEMBERED,
    }
    return session.scalars(_to_issue(), values).all()


def _assessments(programme: Programme, route: Route) -> list[str]:
    """The assessments a route asks for."""
    return [asked.id for asked in programme.requirements(route) if isinstance(asked, TrainerAssessment)]


@cache
def _to_issue() -> Select[int]:
    found = union_all(*_again(), _first()).subquery("found")
    return (
        select(Person.id)
        .where(Person.deactivated_at.is_(None), Person.id.in_(select(found.c.person_id)))
        .order_by(Person.id)
    )


def _signs() -> Subquery:
    """The approvals, and the exemptions from being assessed: whose, of which day, and whether it is an exemption."""
    return union_all(
        select(Assessment.person_id, Assessment.decided_on.label("day"), literal(0).label("waived")).where(
            Assessment.programme == _PROGRAMME, Assessment.outcome == "approved"
        ),
        select(Exemption.person_id, Exemption.decided_on.label("day"), literal(1).label("waived")).where(
            Exemption.programme == _PROGRAMME, Exemption.requirement.in_(bindparam("waived", expanding=True))
        ),
    ).subquery()


def _first() -> Select[int]:
    """Approved and never issued to."""
    sign = _signs()
    held = select(Certificate.id).where(Certificate.person_id == sign.c.person_id, Certificate.programme == _PROGRAMME)
    return select(sign.c.person_id).where(~held.exists())


def _again() -> tuple[Select[int], Select[int]]:
    """Approved for the cycle after their latest certificate: in its window or grace or after a lapse; and after a
    revocation."""
    by_date, by_event = _signs(), _signs()
    counts = or_(
        by_date.c.day > Certificate.valid_through,
        and_(
            Certificate.grace_through >= _SINCE,
            or_(
                by_date.c.day >= Certificate.window_opens,
                and_(by_date.c.waived == 1, by_date.c.day > Certificate.valid_from),
            ),
        ),
    )
    lately = (
        select(Certificate.person_id)
        .join(by_date, by_date.c.person_id == Certificate.person_id)
        .where(Certificate.programme == _PROGRAMME, Certificate.window_opens <= _ON, _is_latest(), counts)
    )
    revoked = (
        select(Certificate.person_id)
        .join(CertificateEvent, CertificateEvent.certificate_id == Certificate.id)
        .join(by_event, by_event.c.person_id == Certificate.person_id)
        .where(
            Certificate.programme == _PROGRAMME,
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
    """Certificates for which a reminder is due by date and has not been claimed; by id, in order.

    How near the end they must be, the policies say by which they live: the earliest stage of any of them.
    """
    policies = policies_of(session)
    asked = _asked(programme, policies, on, on)
    sent: defaultdict[int, list[Stage]] = defaultdict(list)
    for certificate_id, stage in session.execute(_claims(), asked):
        sent[certificate_id].append(Stage(stage))
    return [
        id_
        for id_, *days, version in session.execute(_near(), asked)
        if due(period_as_issued(*days), sent.get(id_, ()), on, policies[version]) is not None
    ]


def maybe_reminded(session: Session, programme: Programme, *, first: date, last: date) -> Sequence[int]:
    """Certificates for which a reminder may be due by date on one of these days; by id, in order."""
    found = session.execute(_near(), _asked(programme, policies_of(session), first, last))
    return [id_ for id_, *_rest in found]


def _asked(programme: Programme, policies: Mapping[int, Policy], first: date, last: date) -> dict[str, Any]:
    """The values `_is_near` asks for: `far` is where the earliest stage of any policy reaches to."""
    stages = (stage for policy in policies.values() for stage in policy.reminders)
    far = last + timedelta(days=max((stage.days_before or 0 for stage in stages), default=0))
    return {"programme": programme.id, "on": first, "last": last, "far": far}


def _is_near() -> ColumnElement[bool]:
    """The condition that a certificate may be due a reminder: the last of its holder's, near the end or in grace, not
    revoked, and the holder has not left."""
    return and_(
        Certificate.programme == _PROGRAMME,
        Certificate.grace_through >= _ON,
        or_(Certificate.window_opens <= _LAST, Certificate.valid_through < _FAR),
        _is_latest(),
        ~_decided(EventKind.REVOKED) | _decided(EventKind.REINSTATED),
        Certificate.person_id.in_(select(Person.id).where(Person.deactivated_at.is_(None))),
    )


def _decided(kind: EventKind) -> ColumnElement[bool]:
    """The condition that a certificate was once revoked, say, with effect from whatever day."""
    event = aliased(CertificateEvent)
    return select(event.id).where(event.certificate_id == Certificate.id, event.kind == kind).exists()


@cache
def _near() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Certificate.id,
            Certificate.valid_from,
            Certificate.valid_through,
            Certificate.window_opens,
            Certificate.programme_version_id,
        )
        .where(_is_near())
        .order_by(Certificate.id)
    )


@cache
def _claims() -> Select[*tuple[Any, ...]]:
    return (
        select(Reminder.certificate_id, Reminder.stage)
        .join(Certificate, Certificate.id == Reminder.certificate_id)
        .where(_is_near())
    )


def digests_to_send(session: Session, *, on: date) -> Sequence[Unit]:
    """The regional units whose digest of this month has not been claimed, in the order of the tree."""
    claimed = set(session.scalars(select(DigestSent.unit_id).where(DigestSent.month == on.replace(day=1))))
    return [unit for unit in regional_units(session) if unit.id not in claimed]
