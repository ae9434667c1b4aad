"""A planned mail as it would be written on its day, if nothing more happened until then. Nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from certificates import mails
from certificates.gathering import dossier_of, missing_of
from certificates.issued import Issued
from certificates.models.issued import Certificate
from certificates.planned import MailKind, lacking_visits
from certificates.programme import Stage
from certificates.queries.digests import digest_of
from certificates.queries.issued import coordinators_of, issued_to
from certificates.queries.planned import PlannedMail
from certificates.queries.programmes import main_programme, programmes
from certificates.status import State
from lms.mail import Composed, compose
from lms.people import Person
from lms.units import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The words of a mail, and to whom: the first coordinator's where a digest goes to several."""

    to: tuple[Person, ...]
    composed: Composed


def preview(session: Session, mail: PlannedMail) -> Preview | None:
    """What would be written; None when there is nobody to write to, or nothing left to say."""
    if mail.person_id is None:
        return _digest(session, mail)
    person = session.get_one(Person, mail.person_id)
    match mail.target.kind:
        case MailKind.REMINDER:
            return _reminder(session, mail, person)
        case MailKind.CHECK:
            context = mails.check_context(session.get_one(Certificate, mail.target.subject_id), check_id=None)
            return _composed("knowledge_check", context, person)
        case _:
            return _visits(session, mail, person)


def _reminder(session: Session, mail: PlannedMail, person: Person) -> Preview:
    certificate = session.get_one(Certificate, mail.target.subject_id)
    programme = next(each for each in programmes(session) if each.id == certificate.programme)
    held = issued_to(session, programme.id, [person.id])[person.id]
    issued: Issued = next(each for each in held if each.id == certificate.id)
    context = mails.reminder_context(
        certificate,
        stage=Stage(mail.target.stage),
        missing=missing_of(dossier_of(session, programme, person.id, on=mail.on)),
        suspended=issued.state(mail.on) is State.SUSPENDED,
        today=mail.on,
    )
    return _composed("reminder", context, person)


def _visits(session: Session, mail: PlannedMail, person: Person) -> Preview | None:
    dossier = dossier_of(session, main_programme(session), person.id, on=mail.on)
    lacking = lacking_visits(dossier.answer.findings)
    if lacking is None or lacking.next_step is None or mail.first_day is None:
        return None
    context = mails.visits_context(
        missing=lacking.next_step, seminar=mail.about, place=mail.place, first_day=mail.first_day
    )
    return _composed("visits_missing", context, person)


def _digest(session: Session, mail: PlannedMail) -> Preview | None:
    unit = session.get_one(Unit, mail.unit_id)
    coordinators = coordinators_of(session, unit, on=mail.on)
    if not coordinators:
        return None
    digest = digest_of(session, main_programme(session), unit, on=mail.on)
    return _composed("reminder_digest", mails.digest_context(unit, digest), *coordinators)


def _composed(name: str, context: dict[str, object], *to: Person) -> Preview:
    words = compose(name, locale=to[0].locale, context={"person": to[0], **context})
    return Preview(to=to, composed=words)
