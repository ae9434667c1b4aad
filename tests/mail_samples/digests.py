"""The digests that are read as snapshots: an ordinary month, and one with held mails and addresses that refuse."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from certificates import mails
from certificates.queries.digests import Digest, HeldMail, Unreached
from certificates.queries.holds import Hold
from certificates.queries.register import Entry
from certificates.status import State
from lms.outbox import OutboxMail
from lms.people import Person
from lms.units import Unit
from tests.mail_samples.ground import NOW


def entry(name: str, unit_name: str, sector: str, valid_through: date, state: State) -> Entry:
    return Entry(
        person_id=2,
        name=name,
        unit_path="/norge/nord/",
        unit_name=unit_name,
        sector=sector,
        certificate_id=2,
        number="HIA-2024-00002",
        valid_from=date(2024, 3, 1),
        valid_through=valid_through,
        state=state,
        renewed_through=None,
    )


STOPPED = entry("Kari Åsen", "Tromsø", "nav", date(2027, 4, 30), State.SUSPENDED)


def digest(session: Session, person: Person) -> OutboxMail:
    told = Digest(
        expiring=[entry("Geir Ødegård", "Alta", "helse", date(2027, 2, 28), State.EXPIRING), STOPPED],
        expired=[entry("Liv <Li> Dahl", "Tromsø", "nav", date(2026, 10, 31), State.IN_GRACE)],
    )
    return mails.digest(session, person, mails.digest_context(Unit(name="Regional enhet Nord"), told), now=NOW)


def digest_of_trouble(session: Session, person: Person) -> OutboxMail:
    held = (("reminder", "days_1", "Ny dato er avtalt <snart>"), ("check", "12", "Permisjon"), ("visits", "14", "Syk"))
    told = Digest(
        held=[
            HeldMail(name="Geir & Ødegård", unit_name="Alta", hold=one_held(kind, stage, reason))
            for kind, stage, reason in held
        ],
        unreached=[
            Unreached(person_id=2, name="Liv <Li> Dahl", unit_name="Alta", email="", valid_through=date(2027, 2, 28)),
            Unreached(person_id=3, name="Ola Vik", unit_name="Tromsø", email="", valid_through=None),
        ],
    )
    return mails.digest(session, person, mails.digest_context(Unit(name="Regional enhet Nord"), told), now=NOW)


def one_held(kind: str, stage: str, reason: str) -> Hold:
    return Hold(
        id=1, key="", kind=kind, stage=stage, certificate_id=2, person_id=2, reason=reason, by="Knut Nordli", at=NOW
    )
