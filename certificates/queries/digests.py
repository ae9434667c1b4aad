"""What a unit's monthly digest says, as it stands on a day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from certificates.models.reminders import DigestSent
from certificates.planned import MailKind
from certificates.programme import Programme
from certificates.queries.holds import Hold, open_holds
from certificates.queries.register import Entry, Wanted, register
from certificates.status import State
from certificates.validity import add_months
from lms.people import Person
from lms.roles import Role
from lms.units import Appointment, Membership, Unit, holds_on
from lms.viewer import Reach

DIGEST_MONTHS = 6  # ahead (DOMAIN.md 6)
ENDING = frozenset({State.VALID, State.EXPIRING, State.SUSPENDED})
ENDED = frozenset({State.IN_GRACE, State.SUSPENDED})  # a suspended one that has lapsed says so
REACHED = ENDING | ENDED  # whose address must work: there is something to keep or win back


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreached:
    """Somebody whose address refuses mail; `valid_through` is the certificate's that must be kept or won back."""

    person_id: int
    name: str
    unit_name: str
    email: str
    valid_through: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMail:
    """A mail that is held back, and whose it is."""

    name: str
    unit_name: str
    hold: Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What there is to tell a unit: who ends within the next months, who ended, held mails, addresses that refuse."""

    expiring: Sequence[Entry] = ()
    expired: Sequence[Entry] = ()
    held: Sequence[HeldMail] = ()
    unreached: Sequence[Unreached] = ()

    def __bool__(self) -> bool:
        return bool(self.expiring or self.expired or self.held or self.unreached)


def digest_of(session: Session, programme: Programme, unit: Unit, *, on: date) -> Digest:
    """The digest of a unit on a day."""
    reach = Reach(paths=(unit.path,))
    entries = register(session, reach, programme.id, Wanted(), on=on)
    return Digest(
        expiring=ending_soon(entries, on),
        expired=in_grace(entries, on),
        held=held_mails(session, reach, on=on),
        unreached=unreached(session, reach, entries, on=on),
    )


def ending_soon(entries: list[Entry], today: date) -> list[Entry]:
    """Whose certificate ends within the next months and is not renewed, the first to end first."""
    ends = add_months(today, DIGEST_MONTHS)
    found = [
        each
        for each in entries
        if each.state in ENDING and each.renewed_through is None and today <= each.valid_through < ends
    ]
    return sorted(found, key=lambda each: each.valid_through)


def in_grace(entries: list[Entry], today: date) -> list[Entry]:
    """Whose certificate has ended and can still be renewed in grace, the last to end first; also who is suspended."""
    found = [each for each in entries if each.state in ENDED and each.valid_through < today]
    return sorted(found, key=lambda each: each.valid_through, reverse=True)


def held_mails(session: Session, reach: Reach, *, on: date) -> list[HeldMail]:
    """The mails held back from people within reach."""
    holds = open_holds(session)
    about = {each.person_id for each in holds.values() if each.person_id is not None}
    if not about:
        return []
    people = {
        person_id: (name, unit_name)
        for person_id, name, unit_name in session.execute(
            select(Person.id, Person.name, Unit.name)
            .join(Membership, and_(Membership.person_id == Person.id, holds_on(Membership, on)))
            .join(Unit, Unit.id == Membership.unit_id)
            .where(Person.id.in_(about), Person.deactivated_at.is_(None), reach.units(Unit.path))
        )
    }
    return [
        HeldMail(name=people[each.person_id][0], unit_name=people[each.person_id][1], hold=each)
        for each in holds.values()
        if each.person_id in people and each.kind != MailKind.DIGEST
    ]


def unreached(session: Session, reach: Reach, entries: Collection[Entry], *, on: date) -> list[Unreached]:
    """Everybody within reach whose address refuses mail, those with a certificate first, the first to end first."""
    ends = {each.person_id: each.valid_through for each in entries if each.state in REACHED}
    found = [
        Unreached(person_id=id_, name=name, unit_name=unit_name, email=email, valid_through=ends.get(id_))
        for id_, name, email, unit_name in session.execute(
            select(Person.id, Person.name, Person.email, Unit.name)
            .join(Membership, and_(Membership.person_id == Person.id, holds_on(Membership, on)))
            .join(Unit, Unit.id == Membership.unit_id)
            .where(Person.mail_refused_at.is_not(None), Person.deactivated_at.is_(None), reach.units(Unit.path))
            .order_by(Person.sort_name, Person.id)
        )
    ]
    return sorted(found, key=lambda each: (each.valid_through is None, each.valid_through or on))


def digests_done(session: Session, unit_id: int) -> frozenset[date]:
    """The months whose digest a unit has had, each by its first day."""
    return frozenset(session.scalars(select(DigestSent.month).where(DigestSent.unit_id == unit_id)))


def terms_of_coordinators(session: Session, unit: Unit) -> Sequence[tuple[date, date | None]]:
    """From which day through which day (inclusive; None: until further notice) somebody coordinates a unit."""
    rows = session.execute(
        select(Appointment.from_date, Appointment.through_date)
        .join(Person, Person.id == Appointment.person_id)
        .where(Appointment.unit_id == unit.id, Appointment.role == Role.COORDINATOR, Person.deactivated_at.is_(None))
    )
    return [(begins, through) for begins, through in rows]
