"""Mails to those who sign up for the open course, and the course certificate."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from certificates import mails
from certificates.models.course_certificates import CourseCertificate, CourseCertificateEdition
from lms import outbox
from lms.outbox import OutboxMail, Recipient
from lms.people import Person
from tests.mail_samples.ground import LINK, NOW, Write

SIGN_IN, FORGOTTEN = "https://laering.example/logg-inn", "https://laering.example/glemt-passord"


def confirm(session: Session, person: Person) -> OutboxMail:
    recipient = Recipient("Grete <Lie> & Co", "grete@lege.example")
    context = {"link": LINK.format("meld-deg-pa"), "hours": 48}
    return outbox.enqueue_outside(
        session, name="sign_up", recipient=recipient, about=person, context=context, locale=person.locale, now=NOW
    )


def written(name: str) -> Write:
    context = {"link": SIGN_IN, "forgotten": FORGOTTEN}
    return lambda session, person: outbox.enqueue(session, name=name, person=person, context=context, now=NOW)


def issued(*, hpr_number: str | None, approved: bool) -> Write:
    certificate = CourseCertificate(
        id=12,
        number="HIK-2026-000012",
        last_on=date(2026, 11, 23),
        content={
            "language": "nb",
            "course": {"nb": {"title": "Emnekurs: <sykmelding> & arbeid"}},
            "approvals": [{"reference": "2026/17"}] if approved else [],
        },
    )
    edition = CourseCertificateEdition(edition=1, holder_name="Kari Åsen", hpr_number=hpr_number)
    return lambda session, person: mails.course_certificate_issued(session, certificate, edition, person, now=NOW)


MAILS: dict[str, Write] = {
    "sign_up": confirm,
    "sign_up_known": written("sign_up_known"),
    "sign_up_hpr": written("sign_up_hpr"),
    "course_certificate_issued-doctor": issued(hpr_number="1234567", approved=True),
    "course_certificate_issued-counsellor": issued(hpr_number=None, approved=False),
}
