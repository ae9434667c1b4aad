"""Taking the names out of records that have been kept long enough (DOMAIN.md 10). What was decided stays: number,
dates, events, who decided (by id), and everybody can still verify the certificate; but nobody can read whose it was.

**Decided.** A nightly step does it; `lms certificates anonymise` does it at once or, with `--dry-run`, says for whom.
It is an entry of its own in the audit chain, and the seals of the rows still hold (`lms.sealing`). What goes: the name
and the reason in editions, the reasons of events, what names people in the evidence, the bytes of documents and badges
(their digests stay), the words of exemptions, assessments and appeals; and the account with the words of its mails,
when the person no longer belongs to a unit or has a role. Somebody who asks to be erased before that is told until when
the record is kept; an account without a certificate is not this step's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from certificates.models.assessments import Assessment, Exemption
from certificates.models.issued import Certificate, CertificateEdition, CertificateEvent
from certificates.models.seals import NO_REASON, SEALED
from certificates.queries.retention import to_anonymise
from certificates.services.appealing import take_words_out
from certificates.services.documents import empty_documents
from certificates.services.issuing import lock_person
from lms import audit, outbox, people, sealing
from lms.clock import local_date
from lms.db import Base
from lms.units import belongs_somewhere


def anonymise(session: Session, person_id: int, *, now: datetime) -> bool:
    """Anonymise a person's certificates, if the time has come: decided anew under a lock, so twice is once."""
    person, today = lock_person(session, person_id), local_date(now)
    if not to_anonymise(session, on=today, person_id=person_id):
        return False
    rows = _rows(session, person_id)
    by_model = {sealed.model: sealed for sealed in SEALED}
    for row in rows:
        sealing.anonymise(by_model[type(row)], row)
    session.flush()
    certificates = [row.id for row in rows if isinstance(row, Certificate)]
    empty_documents(session, certificates)
    _empty_words(session, person_id)
    take_words_out(session, person_id)
    gone = not belongs_somewhere(session, person_id, on=today)
    if gone:
        people.anonymise(session, person, now=now)
        outbox.forget_words(session, person_id)
    audit.record(
        session,
        actor_id=None,
        action="anonymised",
        subject=("person", person_id),
        details={"certificates": certificates, "account": gone, **sealing.anonymised(SEALED, rows)},
        now=now,
    )
    return True


def _rows(session: Session, person_id: int) -> Sequence[Base]:
    """Every sealed row of a person that still bears names."""
    own = select(Certificate.id).where(Certificate.person_id == person_id)
    found: list[Base] = [
        *session.scalars(
            select(Certificate)
            .where(Certificate.person_id == person_id, Certificate.salt != "")
            .order_by(Certificate.id)
        ),
    ]
    for model in (CertificateEdition, CertificateEvent):
        found += session.scalars(
            select(model).where(model.certificate_id.in_(own), model.salt != "").order_by(model.id)
        )
    return found


def _empty_words(session: Session, person_id: int) -> None:
    """What trainers and coordinators wrote about the person on the way to the certificates."""
    session.execute(update(Exemption).where(Exemption.person_id == person_id).values(reason=NO_REASON))
    about = (Assessment.person_id == person_id, Assessment.feedback != "")
    session.execute(update(Assessment).where(*about).values(feedback=NO_REASON))
