"""Verbs of deliveries: log one of one's own, correct it, strike it out; say whether one was the partner.

Whoever may take a delivery away from somebody (correct, strike out) holds the rows of both people first, as issuing a
certificate does: what a certificate rests on cannot go while it is being issued.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from courses import deliveries as rules
from courses import visits
from courses.deliveries import Word
from courses.models.deliveries import Delivery, DeliveryFollowUp, DeliverySeal, DeliveryWord
from courses.queries.ledger import STANDS, report_of
from courses.visits import DeliveryReport
from lms import audit
from lms.clock import local_date
from lms.errors import Refused, hold
from lms.people import Person
from lms.units import membership_on
from lms.verdict import because


def log_delivery(session: Session, *, person_id: int, report: DeliveryReport, entry: str, now: datetime) -> bool:
    """Log a delivery of one's own. False when the same form (`entry`) has been sent before."""
    _hold(report, person_id=person_id, now=now)
    try:
        with session.begin_nested():
            session.add(_row(session, report, person_id=person_id, entry=entry, now=now))
    except IntegrityError:
        if not is_logged(session, person_id, entry):
            raise
        return False
    return True


def is_logged(session: Session, person_id: int, entry: str) -> bool:
    """Whether this form has been sent before."""
    known = select(Delivery.id).where(Delivery.person_id == person_id, Delivery.entry == entry)
    return session.scalar(known) is not None


def correct_delivery(
    session: Session, *, delivery_id: int, report: DeliveryReport, entry: str, now: datetime
) -> Delivery | None:
    """Put another row in the place of one's own. None when the same form has been sent before.

    Refused once a certificate rests on it, or when somebody was first. What the partner confirmed stays confirmed
    where day, company and module are the same; otherwise the partner is asked anew.
    """
    old = session.get_one(Delivery, delivery_id)
    _hold(report, person_id=old.person_id, now=now)
    if is_logged(session, old.person_id, entry):
        return None
    old = _hold_to_change(session, old)
    new = _row(session, report, person_id=old.person_id, entry=entry, now=now)
    new.replaces_id = old.id
    new.known_at = (old.known_at or old.recorded_at) if new.on == old.on else None
    session.add(new)
    session.flush()
    session.execute(update(DeliveryFollowUp).where(DeliveryFollowUp.delivery_id == old.id).values(delivery_id=new.id))
    confirmed = _word(session, old.id, Word.CONFIRMED)
    if confirmed is not None and rules.still_vouched_for(report_of(old), report):
        session.add(
            DeliveryWord(
                delivery_id=new.id,
                kind=Word.CONFIRMED,
                comment="",
                said_by=confirmed.said_by,
                said_at=confirmed.said_at,
            )
        )
    _audit(session, new, "delivery-corrected", by=old.person_id, now=now, replaces=old.id)
    return new


def strike_delivery(session: Session, *, delivery_id: int, now: datetime) -> bool:
    """Strike out one's own delivery: it counts for nobody from now on. False when it is already struck out."""
    row = session.get_one(Delivery, delivery_id)
    if _word(session, row.id, Word.STRUCK) is not None:
        return False
    row = _hold_to_change(session, row)
    _say(session, row, Word.STRUCK, by=row.person_id, now=now)
    _audit(session, row, "delivery-struck", by=row.person_id, now=now)
    return True


def confirm_delivery(session: Session, *, delivery_id: int, now: datetime) -> bool:
    """The partner held it too. False when that has been said before."""
    row = _lock(session, delivery_id)
    hold(rules.changing_problem(rested_on=False, stands=_stands(session, row.id)))
    assert row.partner_id is not None, "access gives rows with a partner"
    if not _say(session, row, Word.CONFIRMED, by=row.partner_id, now=now):
        return False
    _audit(session, row, "delivery-confirmed", by=row.partner_id, now=now)
    return True


def deny_delivery(session: Session, *, delivery_id: int, comment: str, now: datetime) -> bool:
    """The partner was not there. False when that has been said before; refused once confirmed."""
    row = _lock(session, delivery_id)
    hold(rules.changing_problem(rested_on=False, stands=_stands(session, row.id)))
    assert row.partner_id is not None, "access gives rows with a partner"
    if _word(session, row.id, Word.CONFIRMED) is not None:
        raise Refused(because("delivery-confirmed-before"))
    if not _say(session, row, Word.DENIED, by=row.partner_id, now=now, comment=comment.strip()):
        return False
    _audit(session, row, "delivery-denied", by=row.partner_id, now=now)
    return True


def separate_delivery(session: Session, *, delivery_id: int, now: datetime) -> bool:
    """One's own is another presentation than the one the partner has logged. False when that has been said before."""
    row = _hold_to_change(session, session.get_one(Delivery, delivery_id))
    if not _say(session, row, Word.SEPARATE, by=row.person_id, now=now):
        return False
    _audit(session, row, "delivery-separate", by=row.person_id, now=now)
    return True


def seal(session: Session, delivery_ids: Collection[int], *, now: datetime) -> None:
    """A certificate rests on these from now on. Whoever issues it holds the holder's row."""
    known = set(session.scalars(select(DeliverySeal.delivery_id).where(DeliverySeal.delivery_id.in_(delivery_ids))))
    session.add_all(DeliverySeal(delivery_id=id_, sealed_at=now) for id_ in sorted(set(delivery_ids) - known))
    session.flush()


def _hold(report: DeliveryReport, *, person_id: int, now: datetime) -> None:
    hold(visits.delivery_problems(report, today=local_date(now)))
    hold(rules.partner_problem(report, person_id=person_id))


def _row(session: Session, report: DeliveryReport, *, person_id: int, entry: str, now: datetime) -> Delivery:
    return Delivery(
        person_id=person_id,
        entry=entry,
        on=report.on,
        company=report.company.strip(),
        module=report.module,
        model=report.model,
        employees=report.employees,
        leaders=report.leaders,
        duration_minutes=report.duration_minutes,
        recorded_at=now,
        org_number=report.org_number,
        partner_id=report.partner_id,
        unit_id=_unit_then(session, person_id, report.on, local_date(now)),
        partner_unit_id=_unit_then(session, report.partner_id, report.on, local_date(now)),
    )


def _unit_then(session: Session, person_id: int | None, on: date, today: date) -> int | None:
    """Where somebody belonged when they held it; where the platform did not know them then, where they do now."""
    if person_id is None:
        return None
    there = membership_on(session, person_id, on) or membership_on(session, person_id, today)
    return there[1].id if there else None


def _hold_to_change(session: Session, row: Delivery) -> Delivery:
    """The row of one's own, with both people locked as issuing locks them; refused where it may not change."""
    people = sorted({row.person_id, *([row.partner_id] if row.partner_id else [])})
    for person_id in people:
        session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))
    row = _lock(session, row.id)
    rested_on = session.get(DeliverySeal, row.id, populate_existing=True) is not None
    hold(rules.changing_problem(rested_on=rested_on, stands=_stands(session, row.id)))
    return row


def _lock(session: Session, delivery_id: int) -> Delivery:
    """The weaker lock of an update that leaves the key alone: seals and words are written beside it."""
    return session.scalars(
        select(Delivery)
        .where(Delivery.id == delivery_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def _stands(session: Session, delivery_id: int) -> bool:
    return session.scalar(select(Delivery.id).where(Delivery.id == delivery_id, STANDS)) is not None


def _word(session: Session, delivery_id: int, kind: Word) -> DeliveryWord | None:
    return session.scalar(
        select(DeliveryWord).where(DeliveryWord.delivery_id == delivery_id, DeliveryWord.kind == kind)
    )


def _say(session: Session, row: Delivery, kind: Word, *, by: int, now: datetime, comment: str = "") -> bool:
    """Say a word once; the row is locked."""
    if _word(session, row.id, kind) is not None:
        return False
    session.add(DeliveryWord(delivery_id=row.id, kind=kind, comment=comment, said_by=by, said_at=now))
    session.flush()
    return True


def _audit(
    session: Session, row: Delivery, action: str, *, by: int, now: datetime, replaces: int | None = None
) -> None:
    """No company's name in the chain: it outlives the people and the companies."""
    details = {"person": row.person_id, "partner": row.partner_id, "on": row.on, "module": row.module}
    audit.record(
        session,
        actor_id=by,
        action=action,
        subject=("delivery", row.id),
        details=details | ({"replaces": replaces} if replaces else {}),
        now=now,
    )
