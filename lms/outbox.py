"""The outbox: a mail is a row first, written in the transaction that gave rise to it, and sent afterwards.

A row is claimed by a conditional update with a lease, sent, and marked. A crash between sending and marking is the
only way to a second copy; it bears the same Message-ID. A refusal is kept and shown to the unit of the person it went
to, or of the person it is about where it went to somebody who is not on the platform.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.errors import MessageDefect
from email.message import EmailMessage
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, and_, bindparam, case, event, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.clock import OSLO, Clock, at_local, local_date
from lms.db import Base, Database, Instant
from lms.errors import Refused
from lms.ids import new_token
from lms.mail import Composed, MailDelayed, MailRefused, Transport, as_message, compose
from lms.people import Person
from lms.verdict import because

LEASE = timedelta(minutes=5)
RETRY_PAUSES_MINUTES = (1, 5, 15, 60, 240, 720, 1440)  # after these, the mail is given up and shown
DAYTIME_HOURS = range(6, 18)  # Oslo; mails nobody is waiting for leave between 06 and 18 (DOMAIN.md 6)

log = logging.getLogger(__name__)


# Mails with a link that lets somebody in: their words are forgotten once they are sent.
CARRY_KEYS = frozenset({"invitation", "reset", "sign_up", "visit_confirmation"})


class MailState(StrEnum):
    """Where a mail stands.

    `refused`: the address said no; `bounced`: it was taken, and came back later; `given_up`: tried for days without
    success; `cancelled`: no longer true.
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    BOUNCED = "bounced"
    GIVEN_UP = "given_up"
    CANCELLED = "cancelled"


# Mails that did not arrive, and that somebody must see to.
FAILED = (MailState.REFUSED, MailState.BOUNCED, MailState.GIVEN_UP)


class OutboxMail(Base):
    """One mail to one person, with its words as they were when it was written. `person_id` is None for somebody who is
    not on the platform; `about_id` is then the person it is about, whose unit sees to it that it arrives."""

    __tablename__ = "outbox_mail"
    __table_args__ = (
        Index("ix_outbox_mail_due", "state", "due_at"),
        # a mail that comes back is somebody's to see to
        CheckConstraint("person_id IS NOT NULL OR about_id IS NOT NULL", name="somebody_s"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]  # which mail: the folder of its templates
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    about_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    recipient: Mapped[str]
    locale: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]
    calendar: Mapped[str | None]  # iCalendar objects that go with it
    daytime_only: Mapped[bool]
    state: Mapped[str] = mapped_column(default=MailState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]  # when it was refused, given up, or came back
    error: Mapped[str | None]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who is not on the platform: the name to greet, and the address."""

    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsedMail:
    """A mail that a rehearsal wrote and rolled back: which, to whom, and when it would leave at the earliest."""

    name: str
    person_id: int | None
    recipient: str
    subject: str
    leaves_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one round of sending did."""

    sent: int = 0
    delayed: int = 0
    refused: int = 0


def enqueue(
    session: Session,
    *,
    name: str,
    person: Person,
    context: Mapping[str, Any],
    now: datetime,
    daytime_only: bool = False,
    calendar: str | None = None,
    due: datetime | None = None,
) -> OutboxMail:
    """Write a mail to a person, in the person's language, as part of the present transaction; it leaves now, or when
    it is `due`. `calendar` is an iCalendar text that goes with it."""
    composed = compose(name, locale=person.locale, context={"person": person, **context})
    return _written(
        session,
        composed,
        name=name,
        recipient=person.email,
        locale=person.locale,
        now=now,
        daytime_only=daytime_only,
        calendar=calendar,
        due=due,
        person_id=person.id,
    )


def enqueue_outside(
    session: Session,
    *,
    name: str,
    recipient: Recipient,
    about: Person,
    context: Mapping[str, Any],
    now: datetime,
    daytime_only: bool = False,
    locale: str | None = None,
) -> OutboxMail:
    """Write a mail to somebody who is not on the platform, on behalf of a person, in that person's language where no
    other is asked for."""
    locale = locale or about.locale
    composed = compose(name, locale=locale, context={"person": recipient, **context})
    return _written(
        session,
        composed,
        name=name,
        recipient=recipient.address,
        locale=locale,
        now=now,
        daytime_only=daytime_only,
        about_id=about.id,
    )


def _written(
    session: Session,
    composed: Composed,
    *,
    name: str,
    recipient: str,
    locale: str,
    now: datetime,
    daytime_only: bool,
    calendar: str | None = None,
    due: datetime | None = None,
    person_id: int | None = None,
    about_id: int | None = None,
) -> OutboxMail:
    mail = OutboxMail(
        message_id=f"<{new_token()}@helseiarbeid>",
        name=name,
        person_id=person_id,
        about_id=about_id,
        recipient=recipient,
        locale=locale,
        subject=composed.subject,
        text=composed.text,
        html=composed.html,
        calendar=calendar,
        daytime_only=daytime_only,
        due_at=due or now,
        created_at=now,
    )
    session.add(mail)
    session.flush()
    return mail


def deliver_due(database: Database, transport: Transport, clock: Clock, *, sender: str, at_most: int = 500) -> Delivery:
    """Send what is due, one mail at a time; safe to run on any number of machines at once."""
    sent = delayed = refused = 0
    for _ in range(at_most):
        mail = _claim(database, clock.now())
        if mail is None:
            break
        try:
            transport.send(_message(mail, sender))
        except (MailRefused, MessageDefect, ValueError) as error:  # an address no message can be written to, too
            refused += 1
            _settle(database, mail, state=MailState.REFUSED, now=clock.now(), error=str(error))
        except MailDelayed as error:
            delayed += 1
            _delay(database, mail, now=clock.now(), error=str(error))
        else:
            sent += 1
            _settle(database, mail, state=MailState.SENT, now=clock.now(), error=None)
    return Delivery(sent, delayed, refused)


def _message(mail: OutboxMail, sender: str) -> EmailMessage:
    return as_message(
        Composed(mail.subject, mail.text, mail.html, mail.calendar),
        sender=sender,
        recipient=mail.recipient,
        message_id=mail.message_id,
        locale=mail.locale,
        sent_at=mail.created_at,
    )


def cancel(session: Session, mail_ids: Collection[int]) -> int:
    """Take back mails that are no longer true, as far as they have not left; returns how many."""
    taken_back = session.execute(
        update(OutboxMail)
        .where(OutboxMail.id.in_(mail_ids), OutboxMail.state == MailState.QUEUED)
        .values(state=MailState.CANCELLED)
    )
    return int(taken_back.rowcount)  # type: ignore[attr-defined]


def forget_words(session: Session, person_id: int) -> None:
    """What was written to a person, or about one to somebody outside: that it was sent stays, its words and address go.
    What has not left is taken back."""
    whose = or_(OutboxMail.person_id == person_id, OutboxMail.about_id == person_id)
    waiting_ = session.scalars(select(OutboxMail.id).where(whose, OutboxMail.state == MailState.QUEUED)).all()
    cancel(session, waiting_)
    emptied = {"recipient": "", "subject": "", "text": "", "html": "", "calendar": None}
    session.execute(update(OutboxMail).where(whose).values(**emptied))


def forget_outside(session: Session, name: str, *, written_by: datetime) -> int:
    """Mails of a name to people who are not on the platform, written by an instant: that they were sent stays, words
    and address go. What has not arrived by then is taken back. Returns how many."""
    whose = and_(OutboxMail.name == name, OutboxMail.person_id.is_(None), OutboxMail.created_at <= written_by)
    kept = and_(OutboxMail.recipient != "", OutboxMail.state != MailState.SENDING)
    state = case((OutboxMail.state == MailState.SENT, MailState.SENT), else_=MailState.CANCELLED)
    emptied = {"recipient": "", "text": "", "html": "", "state": state}
    gone = session.execute(update(OutboxMail).where(whose, kept).values(**emptied))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def note_written(session: Session, found: list[RehearsedMail]) -> None:
    """Note every mail this session writes, as it writes it: for rehearsals, after which nothing is left to be read."""

    def note(flushing: Session, _context: object) -> None:
        found.extend(
            RehearsedMail(
                name=mail.name,
                person_id=mail.person_id,
                recipient=mail.recipient,
                subject=mail.subject,
                leaves_at=leaves_at(mail.due_at, daytime_only=mail.daytime_only),
            )
            for mail in flushing.new
            if isinstance(mail, OutboxMail)
        )

    event.listen(session, "after_flush", note)


def leaves_at(due: datetime, *, daytime_only: bool) -> datetime:
    """When a mail leaves at the earliest: when it is due, or in the morning where it keeps to the day."""
    if not daytime_only or is_daytime(due):
        return due
    day = local_date(due)
    return at_local(day if due < at_local(day, DAYTIME_HOURS[0]) else day + timedelta(days=1), DAYTIME_HOURS[0])


def is_daytime(now: datetime) -> bool:
    """Whether mails nobody is waiting for may leave now."""
    return now.astimezone(OSLO).hour in DAYTIME_HOURS


def waiting(session: Session) -> Mapping[str, int]:
    """How many mails stand in each state."""
    rows = session.execute(select(OutboxMail.state, func.count()).group_by(OutboxMail.state)).all()
    return {row[0]: row[1] for row in rows}


_now = bindparam("now", type_=Instant)
_TAKEABLE = (
    select(OutboxMail)
    .where(
        or_(
            and_(OutboxMail.state == MailState.QUEUED, OutboxMail.due_at <= _now),
            and_(OutboxMail.state == MailState.SENDING, OutboxMail.lease_until <= _now),
        )
    )
    .order_by(OutboxMail.due_at, OutboxMail.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_TAKEABLE_AT_NIGHT = _TAKEABLE.where(OutboxMail.daytime_only.is_(False))


def _claim(database: Database, now: datetime) -> OutboxMail | None:
    """Take one due mail for this worker alone, until its lease ends."""
    with database.transaction() as session:
        mail = session.scalar(_TAKEABLE if is_daytime(now) else _TAKEABLE_AT_NIGHT, {"now": now})
        if mail is None:
            return None
        mail.state, mail.lease_until, mail.attempts = MailState.SENDING, now + LEASE, mail.attempts + 1
        session.flush()
        session.expunge(mail)
    return mail


def _settle(database: Database, mail: OutboxMail, *, state: MailState, now: datetime, error: str | None) -> None:
    """Mark the outcome, unless the lease ran out and another worker has the mail now."""
    forgotten = {"text": "", "html": ""} if state == MailState.SENT and mail.name in CARRY_KEYS else {}
    sent_at = now if state == MailState.SENT else None
    with database.transaction() as session:
        failed = state in FAILED
        session.execute(
            update(OutboxMail)
            .where(OutboxMail.id == mail.id, OutboxMail.attempts == mail.attempts)
            .values(
                state=state,
                sent_at=sent_at,
                failed_at=now if failed else None,
                lease_until=None,
                error=error,
                **forgotten,
            )
        )
        session.execute(
            update(Person)
            .where(Person.id == mail.person_id, Person.email == mail.recipient)
            .values(mail_refused_at=now if failed else None)
        )
    if error:
        whose = mail.person_id or f"outside, about {mail.about_id}"
        log.warning("mail %s to person %s: %s (%s)", mail.id, whose, state, error)


def _delay(database: Database, mail: OutboxMail, *, now: datetime, error: str) -> None:
    """Try again later, with growing pauses; after the last one give up and say so."""
    if mail.attempts > len(RETRY_PAUSES_MINUTES):
        _settle(database, mail, state=MailState.GIVEN_UP, now=now, error=error)
        return
    pause = timedelta(minutes=RETRY_PAUSES_MINUTES[mail.attempts - 1])
    with database.transaction() as session:
        session.execute(
            update(OutboxMail)
            .where(OutboxMail.id == mail.id, OutboxMail.attempts == mail.attempts)
            .values(state=MailState.QUEUED, due_at=now + pause, lease_until=None, error=error)
        )
    log.info("mail %s is delayed by %s: %s", mail.id, pause, error)


def send_again(session: Session, mail: OutboxMail, *, now: datetime) -> None:
    """Queue a failed mail anew, to the person's present address, or the one it had; the Message-ID stays.

    Refused for one whose words were forgotten when it left (`CARRY_KEYS`): a new one is to be made.
    """
    if not mail.text:
        raise Refused(because("mail-forgotten"))
    if mail.person_id is not None:
        mail.recipient = session.get_one(Person, mail.person_id).email
    mail.state, mail.attempts, mail.due_at, mail.error, mail.failed_at = MailState.QUEUED, 0, now, None, None
    session.flush()
