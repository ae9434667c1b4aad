"""Somebody in region Nord has a new name, and their certificate its second edition."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from certificates.demo import lives
from certificates.demo.story import SIGN_INS
from certificates.models.issued import Certificate, CertificateEdition
from certificates.services.reissuing import reissue_renamed
from lms.outbox import MailState, OutboxMail
from lms.people import Person, by_email, correct
from lms.units import Unit

DAYS_AGO = 20
MARRIED = "Solvang"


def change_one(session: Session, today: date) -> None:
    """The first in the region who was certified long ago and stays so for long; a mail told them."""
    knut = by_email(session, SIGN_INS["koordinator"])
    assert knut is not None, "the demo has its coordinator"
    holder = session.scalars(
        select(Person)
        .join(Certificate, Certificate.person_id == Person.id)
        .join(CertificateEdition, CertificateEdition.certificate_id == Certificate.id)
        .join(Unit, Unit.id == CertificateEdition.unit_id)
        .where(
            Unit.path.startswith("/norge/nord/"),
            Person.email.not_in(SIGN_INS.values()),
            Person.id != knut.id,
            Certificate.issued_on < today - timedelta(days=60),
            Certificate.valid_through > today + timedelta(days=365),
        )
        .order_by(Person.id)
        .limit(1)
    ).one()
    correct(session, holder, name=f"{holder.name} {MARRIED}", email=holder.email)
    reissue_renamed(session, holder, actor_id=knut.id, now=lives.noon(today - timedelta(days=DAYS_AGO)))
    told = update(OutboxMail).where(OutboxMail.name == "certificate_reissued")
    session.execute(told.values(state=MailState.SENT, sent_at=OutboxMail.created_at, attempts=1))
