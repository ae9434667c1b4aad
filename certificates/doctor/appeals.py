"""Checks of appeals: what was granted has its effect, and nothing is undone without an appeal that was granted."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from certificates.appeals import Outcome
from certificates.deciding import reversal
from certificates.doctor.records import fault
from certificates.models.appeals import Appeal, AppealEnding
from certificates.models.issued import CertificateEvent
from certificates.queries.decisions import same_decision
from certificates.status import EventKind
from lms.doctor import Fault

GRANTED = (Outcome.GRANTED, Outcome.PARTLY)


def effects(session: Session) -> Iterator[Fault]:
    """Every granted appeal against a decision about a certificate has the event that undoes it, from its day."""
    effect = aliased(CertificateEvent)
    for appeal_id, ending, decided, undone in session.execute(
        select(Appeal.id, AppealEnding, CertificateEvent, effect)
        .join(AppealEnding, AppealEnding.appeal_id == Appeal.id)
        .join(CertificateEvent, CertificateEvent.id == Appeal.event_id)
        .outerjoin(effect, effect.id == AppealEnding.effect_id)
        .where(AppealEnding.outcome.in_(GRANTED))
        .order_by(Appeal.id)
    ):
        kind = decided.kind if decided.kind not in set(EventKind) else reversal(EventKind(decided.kind))
        if undone is None or (undone.certificate_id, undone.kind) != (decided.certificate_id, kind):
            what = "er tatt til følge, men beslutningen er ikke omgjort"
        elif undone.effective_on != ending.effective_on:
            what = f"er tatt til følge fra {ending.effective_on}, men virker fra {undone.effective_on}"
        else:
            continue
        mend = "Ta en ny beslutning som gjør det klagen fikk medhold i. lms audit verify sier om radene er endret."
        yield fault("klager", f"appeal {appeal_id}", what, mend)


def reinstatements(session: Session) -> Iterator[Fault]:
    """Every reinstatement is the effect of an appeal: of its own certificate, or of one the same decision stood on."""
    by_appeal = {
        each.id
        for (effect_id,) in session.execute(select(AppealEnding.effect_id).where(AppealEnding.effect_id.is_not(None)))
        for each in same_decision(session, session.get_one(CertificateEvent, effect_id))
    }
    for event in session.scalars(
        select(CertificateEvent).where(CertificateEvent.kind == EventKind.REINSTATED).order_by(CertificateEvent.id)
    ):
        if event.id not in by_appeal:
            yield fault(
                "klager",
                f"certificate_event {event.id}",
                "gjør et sertifikat gyldig igjen uten at en klage er tatt til følge",
                "Finn ut hvem som la den inn. Er den feil, trekkes sertifikatet tilbake på nytt.",
            )


CHECKS = (effects, reinstatements)
