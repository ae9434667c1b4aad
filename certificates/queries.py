"""Reads over certificates. States are computed by the pure `status`; nothing here decides or writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from certificates import programmes_on_file
from certificates.models import Certificate, CertificateEvent, Reminder
from certificates.programme import Policy, Stage
from certificates.status import Event, EventKind, State, status
from certificates.validity import ONE_DAY, Period
from lms.people import Person
from lms.units import Membership, Unit, UnitKind, below, holds_on
from lms.verdict import because
from lms.viewer import Reach

LIST_LENGTH_MAX = 500
DECISIONS = (EventKind.SUSPENDED, EventKind.LIFTED, EventKind.REVOKED)
FIRST_REMINDER_DAYS = max(stage.days_before or 0 for stage in Stage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """The dates of an issued certificate, the policy it lives by, and what happened to it (later ones included)."""

    id: int
    person_id: int
    cycle: int
    period: Period
    policy: Policy
    events: tuple[Event, ...]

    def state(self, on: date) -> State:
        """What it is on a day."""
        return status(self.period, self.policy, events=self.events, on=on)


def issued_to(session: Session, programme_id: str, person_ids: Collection[int]) -> dict[int, tuple[Issued, ...]]:
    """Every person's certificates of a programme, the first cycle first."""
    if not person_ids:
        return {}
    query = _dates().where(Certificate.programme == programme_id, Certificate.person_id.in_(person_ids))
    found = _issued(session, query, Certificate.person_id.in_(person_ids))
    return {person_id: found.get(person_id, ()) for person_id in person_ids}


def speaking(certificates: Sequence[Issued], on: date) -> Issued | None:
    """The certificate that speaks for a person on a day: the latest that has begun, else the first to come."""
    if not certificates:
        return None
    begun = [each for each in certificates if each.period.valid_from <= on]
    return begun[-1] if begun else certificates[0]


def certificates_of(session: Session, person_id: int) -> Sequence[Certificate]:
    """A person's certificates, the newest first."""
    return session.scalars(
        select(Certificate).where(Certificate.person_id == person_id).order_by(Certificate.cycle.desc())
    ).all()


def by_code(session: Session, *, long_code: str, print_code: str | None) -> Certificate | None:
    """The certificate behind a code from the QR code or from paper."""
    wanted = Certificate.verify_code == long_code
    return session.scalar(select(Certificate).where(or_(wanted, Certificate.print_code == print_code)))


def successor(session: Session, certificate: Certificate) -> Certificate | None:
    """The next certificate of the same person, or None."""
    return session.scalar(
        select(Certificate)
        .where(
            Certificate.person_id == certificate.person_id,
            Certificate.programme == certificate.programme,
            Certificate.cycle > certificate.cycle,
        )
        .order_by(Certificate.cycle)
        .limit(1)
    )


def history(session: Session, certificate_id: int) -> Sequence[Row[CertificateEvent, str | None]]:
    """What happened to a certificate, oldest first, each with the name of who decided it."""
    return session.execute(
        select(CertificateEvent, Person.name)
        .outerjoin(Person, Person.id == CertificateEvent.actor_id)
        .where(CertificateEvent.certificate_id == certificate_id)
        .order_by(CertificateEvent.id)
    ).all()


def sent_stages(session: Session, certificate_id: int) -> frozenset[Stage]:
    """The reminders a certificate has had."""
    rows = session.scalars(select(Reminder.stage).where(Reminder.certificate_id == certificate_id))
    return frozenset(Stage(stage) for stage in rows)


def to_remind(session: Session, *, on: date) -> Sequence[int]:
    """Certificates that may be due a reminder: the latest of their cycle, near their end or in grace."""
    later = aliased(Certificate)
    return session.scalars(
        select(Certificate.id)
        .where(
            Certificate.grace_through >= on,
            or_(Certificate.window_opens <= on, Certificate.valid_through < on + FIRST_REMINDER_DAYS * ONE_DAY),
            ~select(later.id)
            .where(
                later.person_id == Certificate.person_id,
                later.programme == Certificate.programme,
                later.cycle > Certificate.cycle,
            )
            .exists(),
        )
        .order_by(Certificate.id)
    ).all()


def active_people(session: Session) -> Sequence[int]:
    """Everybody who has not left."""
    return session.scalars(select(Person.id).where(Person.deactivated_at.is_(None)).order_by(Person.id)).all()


def people_of(
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


def _dates() -> Select[int, int, int, date, date, date, int]:
    return select(
        Certificate.id,
        Certificate.person_id,
        Certificate.cycle,
        Certificate.valid_from,
        Certificate.valid_through,
        Certificate.window_opens,
        Certificate.programme_version_id,
    ).order_by(Certificate.person_id, Certificate.cycle)


def _issued(session: Session, query: Select[int, int, int, date, date, date, int], whose: object) -> dict[int, tuple[Issued, ...]]:
    """Rows of `_dates` as certificates by person, with their events and the policies they were issued under."""
    events = decisions(session, whose)
    policies = programmes_on_file.policies(session)
    by_person: defaultdict[int, list[Issued]] = defaultdict(list)
    for id_, person_id, cycle, valid_from, valid_through, window_opens, version in session.execute(query):
        by_person[person_id].append(
            Issued(
                id=id_,
                person_id=person_id,
                cycle=cycle,
                period=Period(
                    valid_from=valid_from,
                    valid_through=valid_through,
                    window_opens=window_opens,
                    why=because("period-as-issued"),
                ),
                policy=policies[version],
                events=tuple(events.get(id_, ())),
            )
        )
    return {person_id: followed_up(held) for person_id, held in by_person.items()}


def decisions(session: Session, whose: object) -> dict[int, list[Event]]: ...
