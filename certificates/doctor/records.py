"""What the checks look at, read once: certificates with their editions, events and reminders, person by person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.issued import Issued, followed_up
from certificates.models.issued import Certificate, CertificateEdition, CertificateEvent, CertificateNumber
from certificates.models.reminders import Reminder
from certificates.programme import Programme
from certificates.queries.issued import DECISIONS, period_as_issued
from certificates.queries.programmes import policies_of, stored
from certificates.status import Event, EventKind
from lms.doctor import Fault
from lms.outbox import OutboxMail

ISSUED, IMPORTED = "issued", "imported"
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailed:
    """The mail of a reminder: which one, to whom."""

    name: str
    person_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A certificate with all that hangs on it, in the order it was written."""

    row: Certificate
    issued: Issued
    programme: Programme
    editions: Sequence[CertificateEdition]
    events: Sequence[CertificateEvent]
    reminders: Sequence[tuple[Reminder, Mailed | None]]

    @property
    def is_imported(self) -> bool:
        """Whether it was issued before this platform."""
        return any(event.kind == IMPORTED for event in self.events)

    @property
    def named(self) -> str:
        """Which row it is."""
        return f"certificate {self.row.id} ({self.row.number})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """All there is: the certificates of each person and programme, the first cycle first; how many were numbered."""

    held: Mapping[tuple[int, str], Sequence[Held]]
    numbered: Mapping[int, int]

    def __iter__(self) -> Iterator[Held]:
        for own in self.held.values():
            yield from own


def read(session: Session) -> Records:
    """Read it all, in six statements."""
    editions = _by_certificate(session.scalars(select(CertificateEdition).order_by(CertificateEdition.edition)).all())
    events = _by_certificate(session.scalars(select(CertificateEvent).order_by(CertificateEvent.id)).all())
    reminders: defaultdict[int, list[tuple[Reminder, Mailed | None]]] = defaultdict(list)
    sent = select(Reminder, OutboxMail.name, OutboxMail.person_id).outerjoin(
        OutboxMail, OutboxMail.id == Reminder.mail_id
    )
    for reminder, name, person_id in session.execute(sent.order_by(Reminder.id)):
        mail = None if name is None else Mailed(name=name, person_id=person_id)
        reminders[reminder.certificate_id].append((reminder, mail))
    policies = policies_of(session)
    held: defaultdict[tuple[int, str], list[Held]] = defaultdict(list)
    in_order = select(Certificate).order_by(Certificate.person_id, Certificate.programme, Certificate.cycle)
    for row in session.scalars(in_order):
        issued = Issued(
            id=row.id,
            cycle=row.cycle,
            period=period_as_issued(row.valid_from, row.valid_through, row.window_opens),
            policy=policies[row.programme_version_id],
            events=tuple(as_event(event) for event in events.get(row.id, ()) if event.kind in DECISIONS),
        )
        held[row.person_id, row.programme].append(
            Held(
                row=row,
                issued=issued,
                programme=stored(session, row.programme_version_id),
                editions=editions.get(row.id, ()),
                events=events.get(row.id, ()),
                reminders=reminders.get(row.id, ()),
            )
        )
    counted = session.execute(select(CertificateNumber.year, CertificateNumber.last))
    return Records(held=held, numbered={row.year: row.last for row in counted})


def as_event(event: CertificateEvent) -> Event:
    """An event as the rules see it."""
    return Event(kind=EventKind(event.kind), effective_on=event.effective_on)


def as_followed(own: Sequence[Held]) -> tuple[Issued, ...]:
    """A person's certificates as the rules see them, each told which day a later one replaces it."""
    return followed_up([each.issued for each in own])


def fault(check: str, row: str, what: str, mend: str) -> Fault:
    """What a check finds."""
    return Fault(check=check, row=row, what=what, mend=mend)


def _by_certificate(rows: Sequence[T]) -> Mapping[int, Sequence[T]]:
    found: defaultdict[int, list[T]] = defaultdict(list)
    for row in rows:
        found[row.certificate_id].append(row)  # type: ignore[attr-defined]
    return found
