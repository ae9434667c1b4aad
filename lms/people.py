"""People, their sessions in the browser and the links sent to them. Tables and the verbs that change them."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import CheckConstraint, ForeignKey, Index, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms import ids
from lms.db import Base
from lms.errors import Gone, Refused
from lms.verdict import because

PASSWORD_LENGTH_MIN = 12
PASSWORD_LENGTH_MAX = 128  # Argon2 takes more; a limit keeps one request cheap

ANONYMOUS = "–"
NOBODYS_DOMAIN = "anonym.invalid"  # RFC 2606: never anybody's

# OWASP ASVS 5.0, 11.4: Argon2id with at least 19 MiB, two passes, one lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Verified against when there is no such person, so that the time taken does not tell who has an account.
_NOBODYS_HASH = _hasher.hash("there is nobody behind this address")


class Locale(StrEnum):
    """Languages of the interface."""

    NB = "nb"
    NN = "nn"
    EN = "en"


class Person(Base):
    """A person with an account, or invited to one. Holds no national identity number and no health data."""

    __tablename__ = "person"
    __table_args__ = (
        # HPR numbers are digits, at most nine, kept without leading zeros (DOMAIN.md 9)
        CheckConstraint("length(hpr_number) <= 9", name="hpr_number_length"),
        CheckConstraint("email = lower(email)", name="email_lower_case"),
        Index("ix_person_sort_name", "sort_name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    sort_name: Mapped[str]
    search_name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    locale: Mapped[str] = mapped_column(default=Locale.NB)
    hpr_number: Mapped[str | None] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    created_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]
    deactivated_at: Mapped[datetime | None]
    # Set when a mail to this address is refused for good, cleared when one is accepted; shown to the unit.
    mail_refused_at: Mapped[datetime | None]


class LinkPurpose(StrEnum):
    """What a mailed link may do."""

    ACTIVATE = "activate"
    RESET = "reset"


class MailedLink(Base):
    """A single-use link sent by mail. Only the hash of its token is kept."""

    __tablename__ = "mailed_link"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    purpose: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class WebSession(Base):
    """A signed-in browser. Deleting the row signs it out at once."""

    __tablename__ = "web_session"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


def normalise_email(raw: str) -> str:
    """The form in which an address is kept and compared."""
    return raw.strip().lower()


def by_email(session: Session, email: str) -> Person | None:
    """The person with this address, or None."""
    return session.scalar(select(Person).where(Person.email == normalise_email(email)))


def add_person(session: Session, *, name: str, email: str, locale: Locale, now: datetime) -> Person:
    """A new person without a password; refused when the address is taken."""
    if by_email(session, email):
        raise Refused(because("email-taken", email=email))
    clean = " ".join(name.split())
    person = Person(
        name=clean,
        sort_name=ids.sort_key(clean),
        search_name=ids.search_key(clean),
        email=normalise_email(email),
        locale=locale,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(person)
    except IntegrityError as error:  # the other click was first
        raise Refused(because("email-taken", email=email)) from error
    return person


def correct(session: Session, person: Person, *, name: str, email: str) -> None:
    """Set name and address right. A new address has refused nothing yet, and links sent to the old one end.

    Refused when somebody else has the address. What follows from a new name is `Feature.renamed`.
    """
    other = by_email(session, email)
    if other is not None and other.id != person.id:
        raise Refused(because("email-taken", email=email))
    clean = " ".join(name.split())
    person.name, person.sort_name, person.search_name = clean, ids.sort_key(clean), ids.search_key(clean)
    if person.email != normalise_email(email):
        person.email, person.mail_refused_at = normalise_email(email), None
        session.execute(delete(MailedLink).where(MailedLink.person_id == person.id, MailedLink.used_at.is_(None)))
    session.flush()


def anonymise(session: Session, person: Person, *, now: datetime) -> None:
    """Nothing is left of an account but its number, to which records without names still point. It can't be used."""
    person.name, person.sort_name, person.search_name = ANONYMOUS, ANONYMOUS, ""
    person.email = f"{person.id}@{NOBODYS_DOMAIN}"
    person.hpr_number = person.password_hash = person.mail_refused_at = None
    person.deactivated_at = person.deactivated_at or now
    end_sessions(session, person.id)
    session.execute(delete(MailedLink).where(MailedLink.person_id == person.id))
    session.flush()


def mailed_link(session: Session, person: Person, purpose: LinkPurpose, *, now: datetime, valid_for: timedelta) -> str:
    """A fresh single-use token for a link. Earlier ones go on working: nobody can end them by asking for a new one."""
    token = ids.new_token()
    session.add(
        MailedLink(
            token_hash=ids.token_hash(token),
            person_id=person.id,
            purpose=purpose,
            created_at=now,
            expires_at=now + valid_for,
        )
    )
    session.flush()
    return token


def person_for_link(session: Session, token: str, purpose: LinkPurpose, *, now: datetime) -> Person:
    """Whom a link belongs to; raises `Gone` when it is unknown, used or too old. Changes nothing."""
    link = session.get(MailedLink, ids.token_hash(token))
    if link is None or link.purpose != purpose or link.used_at is not None or link.expires_at <= now:
        raise Gone(because("link-gone"))
    person = session.get_one(Person, link.person_id)
    if person.deactivated_at is not None:
        raise Gone(because("link-gone"))
    return person


def set_password(session: Session, token: str, purpose: LinkPurpose, password: str, *, now: datetime) -> Person:
    """Use a mailed link up: set the password, sign every browser out. Two at once: one succeeds, one gets `Gone`."""
    person = person_for_link(session, token, purpose, now=now)
    used = session.execute(
        update(MailedLink)
        .where(MailedLink.token_hash == ids.token_hash(token), MailedLink.used_at.is_(None))
        .values(used_at=now)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise Gone(because("link-gone"))
    person.password_hash = _hasher.hash(password)
    person.activated_at = person.activated_at or now
    session.execute(delete(MailedLink).where(MailedLink.person_id == person.id, MailedLink.used_at.is_(None)))
    end_sessions(session, person.id)
    session.flush()
    return person


def check_password(person: Person | None, password: str) -> bool:
    """Whether this person may sign in with this password; takes as long for nobody as for somebody."""
    stored = person.password_hash if person and person.password_hash and not person.deactivated_at else None
    try:
        _hasher.verify(stored or _NOBODYS_HASH, password[:PASSWORD_LENGTH_MAX])
    except (VerifyMismatchError, InvalidHashError):
        return False
    return stored is not None


def hash_password(password: str) -> str:
    """The stored form of a password (Argon2id); for imports and the demo."""
    return _hasher.hash(password)


def start_session(session: Session, person_id: int, *, now: datetime, valid_for: timedelta) -> str:
    """Sign a browser in; returns the token for its cookie."""
    token = ids.new_token()
    session.add(
        WebSession(token_hash=ids.token_hash(token), person_id=person_id, created_at=now, expires_at=now + valid_for)
    )
    session.flush()
    return token


def end_session(session: Session, token: str) -> None:
    """Sign one browser out."""
    session.execute(delete(WebSession).where(WebSession.token_hash == ids.token_hash(token)))


def end_sessions(session: Session, person_id: int) -> None:
    """Sign a person out everywhere: after a change of password or role."""
    session.execute(delete(WebSession).where(WebSession.person_id == person_id))


def forget_old_sessions(session: Session, *, now: datetime) -> int:
    """Remove sessions whose time has run out; returns how many."""
    gone = session.execute(delete(WebSession).where(WebSession.expires_at <= now))
    return int(gone.rowcount)  # type: ignore[attr-defined]
