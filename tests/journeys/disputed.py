"""Appeals in every state their pages show: asked about something, late, and decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.appeals import Ground, Outcome
from certificates.models.issued import Certificate, CertificateEvent
from certificates.queries import decisions as queries
from certificates.queries.programmes import main_programme
from certificates.services import appealing, decisions, handling
from certificates.status import EventKind
from lms.clock import at_local
from tests.cast import Cast
from tests.certificates import factories


@dataclass(frozen=True)
class Disputed:
    """Ids of appeals."""

    asked: int  # Sonja's, against her suspension; Knut handles it and has asked her something
    late: int  # somebody's in Alta
    decided: int  # another's: the revocation was undone in part
    reinstated: int  # the certificate of that one


def furnish(session: Session, people: Cast, today: date, *, suspended: int) -> Disputed:
    """Sonja's certificate is suspended."""
    programme, now = main_programme(session), at_local(today, 12)
    asked = _appeal(session, suspended, now=now)
    handling.assign(session, programme, asked, handler_id=people.knut, actor_id=people.siri, now=now)
    handling.ask(session, programme, asked, "Hvem holdt du dem sammen med?", actor_id=people.knut, now=now)
    late = _holder(session, people, "Sein Sen", EventKind.SUSPENDED, today - timedelta(days=40))
    decided = _holder(session, people, "Medhold Moe", EventKind.REVOKED, today - timedelta(days=10))
    case = _appeal(session, decided, now=at_local(today - timedelta(days=9), 12))
    handling.assign(session, programme, case, handler_id=people.sonja, actor_id=people.siri, now=now)
    handling.decide(
        session,
        programme,
        case,
        Outcome.PARTLY,
        "Varselet kom for seint.",
        effective_on=today,
        actor_id=people.sonja,
        now=now,
    )
    return Disputed(
        asked=asked,
        late=_appeal(session, late, late_why="Jeg var uten nett i fire uker.", now=now),
        decided=case,
        reinstated=decided,
    )


def _holder(session: Session, people: Cast, name: str, kind: EventKind, on: date) -> int:
    """Somebody in Alta whose certificate Knut decides about on a day; the certificate."""
    person = factories.holder(session, people.alta, name, valid_from=on - timedelta(days=100))
    certificate = session.scalars(select(Certificate).where(Certificate.person_id == person.id)).one()
    decisions.decide_certificate(
        session,
        certificate,
        kind,
        effective_on=on,
        reason="Holdt ikke avtalene med to bedrifter.",
        actor_id=people.knut,
        now=at_local(on, 12),
    )
    return certificate.id


def _appeal(session: Session, certificate: int, *, late_why: str = "", now: datetime) -> int:
    """The appeal against the last decision about a certificate."""
    event = session.scalars(
        select(CertificateEvent.id)
        .where(CertificateEvent.certificate_id == certificate)
        .order_by(CertificateEvent.id.desc())
    ).first()
    programme = main_programme(session)
    against = queries.one(session, programme, Ground.EVENT, event or 0)
    assert against is not None
    words = "Dagene er feil.\nJeg var sammen med makkeren min hver gang."
    return appealing.appeal(session, programme, against, words, late_why=late_why, now=now).id
