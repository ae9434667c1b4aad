"""`lms doctor`: every invariant over every record; what is wrong, in which row, and how it can be mended.

A check is a function that reads and yields what it finds; a feature hands its own over through `Feature.checks`. The
doctor mends nothing: a mend that nobody decided would itself be a change of what was decided. The sentences are for
those who run the platform, in Norwegian.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from lms import audit
from lms.features import Feature
from lms.outbox import MailState, OutboxMail
from lms.people import Person
from lms.sealing import RowBreach
from lms.units import Membership

STUCK = timedelta(hours=1)  # past its lease; every worker looks several times a minute

RESTORE = (
    "Finn ut hvem som har skrevet i databasen utenom plattformen. Hent raden fra en sikkerhetskopi fra før det skjedde,"
    " og kjør lms audit verify igjen."
)
ENTRY_WORDS = {
    "changed": "innslag %d: innholdet er endret etter at det ble skrevet",
    "missing": "innslag %d: det som sto foran, er borte eller flyttet",
    "tail": "etter innslag %d: kjeden er kappet; den skulle ha gått lenger",
}
ROW_WORDS = {
    "row-changed": "er endret etter at innslag {} ble skrevet",
    "names-changed": "har fått et annet navn eller en annen begrunnelse enn da innslag {} ble skrevet",
    "row-deleted": "er slettet; innslag {} forteller om den",
    "row-unsealed": "er lagt inn uten noe innslag i kjeden, eller innslaget er borte",
    "row-anonymised": "har mistet navnene sine uten at noe innslag sier det; sist nevnt i innslag {}",
    "row-not-anonymised": "er ikke anonymisert, men innslag {} sier at den er det",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that is wrong: the name of the check, the row, what, and how it can be mended. With `is_notice` no
    invariant is broken, but somebody has something to see to."""

    check: str
    row: str
    what: str
    mend: str
    is_notice: bool = False


def examine(session: Session, features: tuple[Feature, ...], now: datetime) -> list[Fault]:
    """Everything every check finds."""
    found = list(_chain(session, features))
    for check in (_stuck_mails, _overlapping_memberships, _refusing_addresses):
        found += check(session, now)
    for feature in features:
        for examined in feature.checks:
            found += examined(session, now)
    return found


def row_words(breach: RowBreach) -> str:
    """What is wrong with a sealed row, in words."""
    which = f" ({breach.named})" if breach.named else ""
    return f"{breach.table} {breach.row_id}{which} {ROW_WORDS[breach.what].format(breach.entry)}"


def chain_words(session: Session, features: tuple[Feature, ...]) -> list[str]:
    """What is wrong with the chain and the rows it tells of, in words."""
    told = [ENTRY_WORDS[breach.what] % breach.number for breach in audit.verify(session)]
    return told + [row_words(each) for each in audit.verify_rows(session, [one for f in features for one in f.sealed])]


def _chain(session: Session, features: tuple[Feature, ...]) -> Iterator[Fault]:
    for words in chain_words(session, features):
        yield Fault(check="kjeden", row=words.partition(":")[0].partition(" (")[0], what=words, mend=RESTORE)


def _stuck_mails(session: Session, now: datetime) -> Iterator[Fault]:
    query = select(OutboxMail.id, OutboxMail.name, OutboxMail.lease_until).where(
        OutboxMail.state == MailState.SENDING,
        or_(OutboxMail.lease_until.is_(None), OutboxMail.lease_until < now - STUCK),
    )
    for id_, name, lease_until in session.execute(query.order_by(OutboxMail.id)):
        yield Fault(
            check="utboks",
            row=f"outbox_mail {id_}",
            what=f"e-posten «{name}» står som under sending, men fristen gikk ut {lease_until}",
            mend="Se at en worker er i gang (lms worker); den tar e-posten igjen. Ellers: lms outbox --send.",
        )


def _overlapping_memberships(session: Session, _now: datetime) -> Iterator[Fault]:
    later = aliased(Membership)
    overlapping = and_(
        later.person_id == Membership.person_id,
        later.id > Membership.id,
        or_(Membership.through_date.is_(None), later.from_date <= Membership.through_date),
        or_(later.through_date.is_(None), Membership.from_date <= later.through_date),
    )
    query = select(Membership.id, later.id, Membership.person_id).join(later, overlapping)
    for first, second, person_id in session.execute(query.order_by(Membership.id, later.id)):
        yield Fault(
            check="tilhørighet",
            row=f"membership {first} og {second}",
            what=f"person {person_id} hører til to enheter på samme dag",
            mend="Finn ut hvilken som er riktig, og la den andre slutte dagen før.",
        )


def _refusing_addresses(session: Session, _now: datetime) -> Iterator[Fault]:
    query = select(Person.id, Person.mail_refused_at).where(
        Person.mail_refused_at.is_not(None), Person.deactivated_at.is_(None)
    )
    for id_, since in session.execute(query.order_by(Person.id)):
        yield Fault(
            check="adresser",
            row=f"person {id_}",
            what=f"adressen har avvist e-post siden {since:%Y-%m-%d}",
            mend="Den regionale enheten ser det under Folk → E-post, og retter adressen der.",
            is_notice=True,
        )
