"""People who come to the open topic course by themselves: doctors and counsellors at NAV offices (DOMAIN.md 9).

They belong to no unit. What they say of themselves stands in `SignUp` until they have opened the link sent to the
address they gave, and only then becomes a person: nobody can take somebody else's address or HPR number by typing it.

**Decided**: the page answers alike whatever is known; what differs is the mail. For a known address it says that there
is an account. For an HPR number that is in use only its owner is written to, and the stranger learns nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms import audit, ids, people
from lms.db import Base
from lms.errors import Gone, Refused
from lms.people import Locale, Person
from lms.verdict import because

SIGN_UP_LASTS = timedelta(hours=48)


class Occupation(StrEnum):
    """What they take the course as."""

    GP = "gp"  # fastleger and other doctors who sick-list
    COUNSELLOR = "counsellor"  # veiledere at NAV offices


class Practitioner(Base):
    """What somebody who signed up by themselves is. The region is where they work, for numbers; it is no membership."""

    __tablename__ = "practitioner"
    __table_args__ = (
        CheckConstraint("occupation IN ('gp', 'counsellor')", name="occupation_known"),
        # the office is asked of counsellors, and of nobody else
        CheckConstraint("(occupation = 'counsellor') = (office <> '')", name="office_of_counsellors"),
        Index("ix_practitioner_region_id", "region_id"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    occupation: Mapped[str]
    office: Mapped[str]
    region_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    registered_at: Mapped[datetime]


class SignUp(Base):
    """Somebody who wants to take the course and has yet to open the link in the mail. Only its hash is kept."""

    __tablename__ = "sign_up"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower_case"),
        CheckConstraint("occupation IN ('gp', 'counsellor')", name="occupation_known"),
        CheckConstraint("(occupation = 'counsellor') = (office <> '')", name="office_of_counsellors"),
        # doctors are known by their number, and nobody else has one
        CheckConstraint("(occupation = 'gp') = (hpr_number IS NOT NULL)", name="hpr_number_of_doctors"),
        # digits, at most nine, the first of them no zero: one way to write each number
        CheckConstraint(
            "ltrim(hpr_number, '0123456789') = '' AND hpr_number NOT LIKE '0%' AND length(hpr_number) BETWEEN 1 AND 9",
            name="hpr_number_canonical",
        ),
        Index("ix_sign_up_email", "email"),
        Index("ix_sign_up_expires_at", "expires_at"),
    )

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    occupation: Mapped[str]
    hpr_number: Mapped[str | None]
    office: Mapped[str]
    region_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    locale: Mapped[str]
    go_on_to: Mapped[str]  # the path of the course they came from
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What somebody said of themselves. `hpr_number` is as `lms.hpr.read_hpr` gives it, and None for counsellors."""

    name: str
    email: str
    occupation: Occupation
    hpr_number: str | None
    office: str
    region_id: int | None
    locale: Locale
    go_on_to: str


def by_hpr(session: Session, hpr_number: str | None) -> Person | None:
    """The person with this HPR number, or None."""
    return session.scalar(select(Person).where(Person.hpr_number == hpr_number)) if hpr_number else None


def keep_sign_up(session: Session, said: Application, *, now: datetime) -> str:
    """Keep what somebody said until they have shown that the address is theirs; the token for the link."""
    token = ids.new_token()
    session.add(
        SignUp(
            token_hash=ids.token_hash(token),
            name=said.name,
            email=people.normalise_email(said.email),
            occupation=said.occupation,
            hpr_number=said.hpr_number,
            office=said.office,
            region_id=said.region_id,
            locale=said.locale,
            go_on_to=said.go_on_to,
            created_at=now,
            expires_at=now + SIGN_UP_LASTS,
        )
    )
    session.flush()
    return token


def drop_sign_up(session: Session, token: str) -> None:
    """Forget what nobody will be sent a link for."""
    session.execute(delete(SignUp).where(SignUp.token_hash == ids.token_hash(token)))


def sign_up_behind(session: Session, token: str, *, now: datetime) -> SignUp:
    """What a link in a mail stands for; `Gone` when it is unknown, used or too old."""
    found = session.get(SignUp, ids.token_hash(token))
    if found is None or found.used_at is not None or found.expires_at <= now:
        raise Gone(because("sign-up-gone"))
    return found


def complete(session: Session, token: str, password: str, *, now: datetime) -> Person:
    """Use the link up: the person with a password, an occupation and, for a doctor, the HPR number.

    Of two links for one address the first counts; the others are used up with it (`Gone`). Of two people with one HPR
    number the first gets it; for the second nothing is made (`Refused`: `sign-up-not-possible`).
    """
    said = _held(session, token, now=now)
    if by_hpr(session, said.hpr_number) is not None:
        raise Refused(because("sign-up-not-possible"))
    try:
        person = people.add_person(session, name=said.name, email=said.email, locale=Locale(said.locale), now=now)
    except Refused as error:  # an account was made for this address since
        raise Gone(because("sign-up-gone")) from error
    _give_hpr(session, person, said.hpr_number, "sign-up-not-possible")
    person.password_hash, person.activated_at = people.hash_password(password), now
    session.add(
        Practitioner(
            person_id=person.id,
            occupation=said.occupation,
            office=said.office,
            region_id=said.region_id,
            registered_at=now,
        )
    )
    session.execute(update(SignUp).where(SignUp.email == said.email, SignUp.used_at.is_(None)).values(used_at=now))
    session.flush()
    audit.record(
        session,
        actor_id=person.id,
        action="signed-up",
        subject=("person", person.id),
        details={"occupation": said.occupation},
        now=now,
    )
    return person


def correct_hpr(
    session: Session, person_id: int, hpr_number: str | None, *, actor_id: int, reason: str = "", now: datetime
) -> Person:
    """Set a person's HPR number right; the same one again changes nothing. `Refused` (`hpr-not-possible`) when somebody
    has it, or when a doctor who signed up would be left without one."""
    person = lock_person(session, person_id)
    if person.hpr_number == hpr_number:
        return person
    practitioner = session.get(Practitioner, person_id)
    if hpr_number is None and practitioner is not None and practitioner.occupation == Occupation.GP:
        raise Refused(because("hpr-missing"))
    if by_hpr(session, hpr_number) is not None:
        raise Refused(because("hpr-not-possible"))
    before = person.hpr_number
    _give_hpr(session, person, hpr_number, "hpr-not-possible")
    details = {"before": before, "after": hpr_number, "reason": reason}
    audit.record(
        session, actor_id=actor_id, action="hpr-corrected", subject=("person", person_id), details=details, now=now
    )
    return person


def correct_occupation(
    session: Session, practitioner: Practitioner, occupation: Occupation, *, office: str, actor_id: int, now: datetime
) -> None:
    """Set right what somebody is: a counsellor has an office, a doctor an HPR number (`Refused`: `hpr-missing`)."""
    person = lock_person(session, practitioner.person_id)
    if occupation is Occupation.GP and person.hpr_number is None:
        raise Refused(because("hpr-missing"))
    wanted = (occupation.value, office if occupation is Occupation.COUNSELLOR else "")
    if wanted == (practitioner.occupation, practitioner.office):
        return
    practitioner.occupation, practitioner.office = wanted
    session.flush()
    details = {"occupation": occupation.value, "office": practitioner.office}
    audit.record(
        session,
        actor_id=actor_id,
        action="occupation-corrected",
        subject=("person", person.id),
        details=details,
        now=now,
    )


def close_account(session: Session, person: Person, *, actor_id: int, now: datetime) -> None:
    """Nobody signs in with it any more; what it has given stays. A second click changes nothing."""
    if person.deactivated_at is not None:
        return
    person.deactivated_at = now
    people.end_sessions(session, person.id)
    audit.record(
        session, actor_id=actor_id, action="account-closed", subject=("person", person.id), details={}, now=now
    )


def open_account(session: Session, person: Person, *, actor_id: int, now: datetime) -> None:
    """Undo `close_account`."""
    if person.deactivated_at is None:
        return
    person.deactivated_at = None
    audit.record(
        session, actor_id=actor_id, action="account-opened", subject=("person", person.id), details={}, now=now
    )


def lock_person(session: Session, person_id: int) -> Person:
    """The person's row, held until the transaction ends; a row that only names the person may be written beside it."""
    locked = select(Person).where(Person.id == person_id).with_for_update(key_share=True)
    return session.scalars(locked.execution_options(populate_existing=True)).one()


def forget_old(session: Session, *, now: datetime) -> int:
    """Remove what those said who never opened the link, and what has become a person; returns how many."""
    gone = session.execute(delete(SignUp).where(SignUp.expires_at <= now))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _held(session: Session, token: str, *, now: datetime) -> SignUp:
    """What a link stands for, with all that was said for the same address, held: of two links one is used first."""
    email = sign_up_behind(session, token, now=now).email
    same = select(SignUp).where(SignUp.email == email).order_by(SignUp.token_hash)
    session.scalars(same.with_for_update().execution_options(populate_existing=True)).all()
    return sign_up_behind(session, token, now=now)


def _give_hpr(session: Session, person: Person, hpr_number: str | None, code: str) -> None:
    try:
        with session.begin_nested():
            person.hpr_number = hpr_number
    except IntegrityError as error:  # somebody else got it at this moment
        raise Refused(because(code)) from error
