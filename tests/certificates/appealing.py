"""Appeals made and handled by the real services."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from certificates.appeals import Ground, Outcome
from certificates.models.issued import Certificate, CertificateEvent
from certificates.queries import appeals, decisions
from certificates.queries.appeals import Case
from certificates.queries.issued import issued_to
from certificates.services import appealing, handling
from certificates.services.appealing import Sent
from certificates.services.decisions import decide_certificate
from certificates.status import EventKind, State
from lms.clock import at_local, local_date
from lms.db import Database
from lms.outbox import OutboxMail
from tests.certificates.assessing import act
from tests.certificates.factories import PROGRAMME, TODAY

NOON = at_local(TODAY, 12)
BEGUN = TODAY - timedelta(days=20)


def decide(
    app: Flask, certificate: int, kind: EventKind, *, by: int, on: date = TODAY, reason: str = "To klager.",
    now: datetime = NOON,
) -> int:  # fmt: skip
    """A certificate suspended, lifted or revoked; the id of the event."""

    def verb(session: Session) -> int:
        row = session.get_one(Certificate, certificate)
        decide_certificate(session, row, kind, effective_on=on, reason=reason, actor_id=by, now=now)
        newest = select(func.max(CertificateEvent.id)).where(CertificateEvent.certificate_id == certificate)
        return session.scalar(newest) or 0

    return act(app, verb)


def appeal(
    app: Flask, ground: Ground, ground_id: int, words: str = "Det stemmer ikke.", *, now: datetime = NOON,
    late_why: str = "", file: Sent | None = None,
) -> int:  # fmt: skip
    """The id of the case."""

    def verb(session: Session) -> int:
        decision = decisions.one(session, PROGRAMME, ground, ground_id)
        assert decision is not None
        row = appealing.appeal(session, PROGRAMME, decision, words, late_why=late_why, file=file, now=now)
        return row.id

    return act(app, verb)


def assign(app: Flask, case: int, handler: int, *, by: int, now: datetime = NOON) -> None:
    act(app, lambda db: handling.assign(db, PROGRAMME, case, handler_id=handler, actor_id=by, now=now))


def answer(
    app: Flask, case: int, outcome: Outcome, *, by: int, words: str = "Grunnlaget holder ikke.",
    on: date | None = None, now: datetime = NOON,
) -> str:  # fmt: skip
    """What the handler decided."""
    return act(
        app,
        lambda db: handling.decide(db, PROGRAMME, case, outcome, words, effective_on=on, actor_id=by, now=now).outcome,
    )


def tell(app: Flask, verb: Callable[..., object], case: int, *args: object, **more: object) -> None:
    """Any other verb about a case."""
    act(app, lambda db: verb(db, PROGRAMME, case, *args, **{"now": NOON, **more}) and None)


def seen(database: Database, case: int) -> Case:
    with database.reading() as session:
        return appeals.case(session, PROGRAMME, case)


def state(database: Database, certificate: int, on: date = TODAY) -> State:
    with database.reading() as session:
        row = session.get_one(Certificate, certificate)
        held = issued_to(session, row.programme, [row.person_id])[row.person_id]
        return next(each for each in held if each.id == certificate).state(on)


def mails(database: Database, name: str) -> list[int]:
    """Who got such a mail, in order."""
    with database.reading() as session:
        found = session.scalars(select(OutboxMail.person_id).where(OutboxMail.name == name).order_by(OutboxMail.id))
        return [person for person in found if person is not None]


def days_after(days: int) -> datetime:
    return at_local(local_date(NOON) + timedelta(days=days), 12)
