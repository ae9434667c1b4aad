"""Appeals in the demo: one against a suspension that waits for a handler, one that was handled and decided.

Around the people other parts of the story have decided about; it throws no dice.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.appeals import Ground, Outcome
from certificates.demo.lives import noon
from certificates.models.issued import CertificateEvent
from certificates.programme import Programme
from certificates.queries import appeals, decisions
from certificates.services import appealing, handling
from certificates.status import EventKind


def tell(session: Session, programme: Programme, today: date, *, secretariat: int) -> None:
    """The first suspension of the country is appealed against, and so was the first revocation."""
    waits = _appeal(
        session,
        programme,
        EventKind.SUSPENDED,
        "Jeg ba om permisjon fra februar, ikke fra nå. Fram til da holder jeg bedriftstiltak som avtalt.",
        on=today - timedelta(days=4),
    )
    over = _appeal(
        session,
        programme,
        EventKind.REVOKED,
        "Jeg har sluttet i enheten, men ikke som instruktør. Jeg begynner i en annen enhet i januar.",
        on=today - timedelta(days=15),
    )
    if waits is None or over is None:
        raise LookupError("the story has a suspension and a revocation")
    found = appeals.case(session, programme, over)
    handler = next(id_ for id_, _name in appeals.candidates(session, found, on=today) if id_ != secretariat)
    handling.assign(
        session, programme, over, handler_id=handler, actor_id=secretariat, now=noon(today - timedelta(days=14))
    )
    handling.ask(
        session,
        programme,
        over,
        "Har du skrevet at du ikke ønsker å fortsette?",
        actor_id=handler,
        now=noon(today - timedelta(days=12)),
    )
    appealing.answer(session, programme, over, "Ja, i mai. Da var det slik.", now=noon(today - timedelta(days=11)))
    handling.decide(
        session,
        programme,
        over,
        Outcome.UPHELD,
        "Enheten bygget på det du selv skrev i mai, og du sa ikke noe annet før beslutningen. Vil du tilbake, er veien "
        "del 2 av samlingen og en ny vurdering.",
        actor_id=handler,
        now=noon(today - timedelta(days=9)),
    )


def _appeal(session: Session, programme: Programme, kind: EventKind, words: str, *, on: date) -> int | None:
    """The appeal against the first decision of a kind; its id."""
    event = session.scalars(
        select(CertificateEvent.id).where(CertificateEvent.kind == kind).order_by(CertificateEvent.id).limit(1)
    ).first()
    against = decisions.one(session, programme, Ground.EVENT, event) if event else None
    return appealing.appeal(session, programme, against, words, now=noon(on)).id if against else None
