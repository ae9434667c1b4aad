"""What was issued to whom, what happened to it since, and who is to be reminded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, bindparam, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from certificates.issued import Issued, followed_up, speaking
from certificates.models.issued import Certificate, CertificateEdition, CertificateEvent
from certificates.models.reminders import Reminder
from certificates.programme import Stage
from certificates.queries.programmes import policies_of
from certificates.status import Event, EventKind, State
from certificates.validity import ONE_DAY, Period
from lms.clock import start_of_day
from lms.people import Person
from lms.roles import Role
from lms.units import Appointment, Membership, Unit, UnitKind, below, holds_on
from lms.verdict import because
from lms.viewer import Reach

OVER = frozenset({State.LAPSED, State.REPLACED, State.REVOKED})
DECISIONS = (EventKind.SUSPENDED, EventKind.LIFTED, EventKind.REVOKED, EventKind.REINSTATED)


def issued_to(
    session: Session, programme_id: str, person_ids: Collection[int], *, on: date | None = None
) -> dict[int, tuple[Issued, ...]]:
    """Every person's certificates of a programme, the first cycle first; with `on` those that were there on that day,
    with what had been decided about them by its end or worked by then."""
    if not person_ids:
        return {}
    asked = {"programme": programme_id, "person_ids": list(person_ids)}
    known, happened = _HELD, _THEIR_EVENTS
    if on is not None:
        known, happened = known.where(was_there(on)), happened.where(had_happened(on))
    events, policies = _by_certificate(session.execute(happened, asked)), policies_of(session)
    held: defaultdict[int, list[Issued]] = defaultdict(list)
    for id_, person_id, cycle, valid_from, valid_through, window_opens, version in session.execute(known, asked):
        period = period_as_issued(valid_from, valid_through, window_opens)
        held[person_id].append(
            Issued(id=id_, cycle=cycle, period=period, policy=policies[version], events=events.get(id_, ()))
        )
    return {person_id: followed_up(held[person_id]) for person_id in person_ids}


def holders(session: Session, programme_id: str, person_ids: Collection[int], *, on: date) -> frozenset[int]:
    """Of these people, those whose certificate is in force, in grace or suspended on a day."""
    held = issued_to(session, programme_id, person_ids)
    holding = {State.VALID, State.EXPIRING, State.IN_GRACE, State.SUSPENDED}
    return frozenset(
        person_id
        for person_id, issued in held.items()
        if (spoken := speaking(issued, on)) is not None and spoken.state(on) in holding
    )


def period_as_issued(valid_from: date, valid_through: date, window_opens: date) -> Period:
    """The period of a stored certificate; its full derivation stands in the certificate itself."""
    why = because("period-as-issued")
    return Period(valid_from=valid_from, valid_through=valid_through, window_opens=window_opens, why=why)


def was_there(on: date) -> ColumnElement[bool]:
    """The condition that a certificate is known on a day: issued by then, or begun, since an issue may come after its
    first day."""
    return or_(Certificate.issued_on <= on, Certificate.valid_from <= on)


def had_happened(on: date) -> ColumnElement[bool]:
    """The condition that an event is known on a day: decided by its end, or working by then, whenever decided."""
    return or_(CertificateEvent.effective_on <= on, CertificateEvent.at < start_of_day(on + ONE_DAY))


def events_of(session: Session, whose: ColumnElement[bool], *, on: date | None = None) -> dict[int, tuple[Event, ...]]:
    """The suspensions, revocations and what ended them, of some certificates, in the order they were decided; with
    `on` those that are known on that day."""
    if on is not None:
        whose = and_(whose, had_happened(on))
    return _by_certificate(session.execute(_EVENTS.where(whose)))


def _by_certificate(rows: Iterable[Any]) -> dict[int, tuple[Event, ...]]:
    found: defaultdict[int, list[Event]] = defaultdict(list)
    for certificate_id, kind, effective_on in rows:
        found[certificate_id].append(Event(kind=EventKind(kind), effective_on=effective_on))
    return {certificate_id: tuple(events) for certificate_id, events in found.items()}


# Whoever is looked at, these are asked; so they are made once.
_WHOSE = and_(
    Certificate.programme == bindparam("programme"), Certificate.person_id.in_(bindparam("person_ids", expanding=True))
)
_HELD = (
    select(
        Certificate.id,
        Certificate.person_id,
        Certificate.cycle,
        Certificate.valid_from,
        Certificate.valid_through,
        Certificate.window_opens,
        Certificate.programme_version_id,
    )
    .where(_WHOSE)
    .order_by(Certificate.person_id, Certificate.cycle)
)
_EVENTS = (
    select(CertificateEvent.certificate_id, CertificateEvent.kind, CertificateEvent.effective_on)
    .join(Certificate, Certificate.id == CertificateEvent.certificate_id)
    .where(CertificateEvent.kind.in_(DECISIONS))
    .order_by(CertificateEvent.id)
)
_THEIR_EVENTS = _EVENTS.where(_WHOSE)


def certificates_of(session: Session, person_id: int, *, on: date | None = None) -> Sequence[Certificate]:
    """A person's certificates, the newest first; with `on` those that were there on that day."""
    query = select(Certificate).where(Certificate.person_id == person_id).order_by(Certificate.cycle.desc())
    return session.scalars(query if on is None else query.where(was_there(on))).all()


def not_over(session: Session, person_id: int, *, on: date) -> Sequence[Certificate]:
    """A person's certificates that speak for them or will: neither lapsed, replaced nor revoked on a day."""
    rows = list(reversed(certificates_of(session, person_id)))
    states = {
        each.id: each.state(on)
        for programme in {row.programme for row in rows}
        for each in issued_to(session, programme, [person_id])[person_id]
    }
    return [row for row in rows if states[row.id] not in OVER]


def renamed(session: Session, person_id: int, *, on: date) -> Sequence[Certificate]:
    """The certificates a person needs that bear another name than the one they are registered with."""
    name = session.scalar(select(Person.name).where(Person.id == person_id))
    newest = [(row, edition_of(session, row.id)) for row in not_over(session, person_id, on=on)]
    return [row for row, edition in newest if edition.holder_name != name and edition.salt]


def edition_of(session: Session, certificate_id: int, on: date | None = None) -> CertificateEdition:
    """The newest edition of a certificate, or the one that was the newest at the end of a day; the first for a day
    before it was issued."""
    editions = editions_of(session, certificate_id)
    given_out = [each for each in editions if on is None or each.issued_on <= on]
    return given_out[-1] if given_out else editions[0]


def editions_of(session: Session, certificate_id: int) -> Sequence[CertificateEdition]:
    """Every edition of a certificate, the first one first."""
    return session.scalars(
        select(CertificateEdition)
        .where(CertificateEdition.certificate_id == certificate_id)
        .order_by(CertificateEdition.edition)
    ).all()


def by_code(session: Session, *, long_code: str, print_code: str | None) -> Certificate | None:
    """The certificate behind a code from the QR code or from paper, or None."""
    return session.scalar(
        select(Certificate).where(
            or_(Certificate.verify_code == long_code, Certificate.print_code == (print_code or long_code))
        )
    )


def history(
    session: Session, certificate_id: int, *, on: date | None = None
) -> Sequence[Row[CertificateEvent, str | None]]:
    """What happened to a certificate, oldest first, each with the name of who decided it; with `on` what is known on
    that day."""
    query = (
        select(CertificateEvent, Person.name)
        .outerjoin(Person, Person.id == CertificateEvent.actor_id)
        .where(CertificateEvent.certificate_id == certificate_id)
        .order_by(CertificateEvent.id)
    )
    return session.execute(query if on is None else query.where(had_happened(on))).all()


def sent_stages(session: Session, certificate_id: int) -> frozenset[Stage]:
    """The reminders a certificate has had."""
    rows = session.scalars(select(Reminder.stage).where(Reminder.certificate_id == certificate_id))
    return frozenset(Stage(stage) for stage in rows)


def active_people(session: Session) -> Sequence[int]:
    """Everybody who has not left."""
    return session.scalars(select(Person.id).where(Person.deactivated_at.is_(None)).order_by(Person.id)).all()


def people_within(
    session: Session, reach: Reach, *, on: date, wanted: str, unit_path: str
) -> Sequence[Row[int, str, str, str]]:
    """Id, name, unit and sector of the people within reach on a day, by name; `wanted` is a search key."""
    query = (
        select(Person.id, Person.name, Unit.name, Membership.sector)
        .join(Membership, and_(Membership.person_id == Person.id, holds_on(Membership, on)))
        .join(Unit, Unit.id == Membership.unit_id)
        .where(reach.units(Unit.path), Person.deactivated_at.is_(None))
        .order_by(Person.sort_name, Person.id)
    )
    if unit_path:
        query = query.where(below(Unit.path, [unit_path]))
    if wanted:
        query = query.where(Person.search_name.contains(wanted, autoescape=True))
    return session.execute(query).all()


def regional_units(session: Session) -> Sequence[Unit]:
    """The regional units, in the order of the tree."""
    return session.scalars(select(Unit).where(Unit.kind == UnitKind.REGIONAL).order_by(Unit.path)).all()


def coordinators_of(session: Session, unit: Unit, *, on: date) -> Sequence[Person]:
    """Who coordinates a unit on a day."""
    return session.scalars(
        select(Person)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(
            Appointment.unit_id == unit.id,
            Appointment.role == Role.COORDINATOR,
            holds_on(Appointment, on),
            Person.deactivated_at.is_(None),
        )
        .distinct()
        .order_by(Person.id)
    ).all()
