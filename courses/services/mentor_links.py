"""Asking a mentor by mail, and taking the answer: a link that works once, for one report, without an account.

Needs an application, because it writes mails. Opening a link changes nothing; only an answer does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from courses import visits
from courses.models.visits import MentorReminder, ObservationVisit, VisitLink, VisitWord
from courses.queries.pairs import partner_of
from courses.queries.visits import newest_word
from courses.services import visit_mails
from courses.services import visits as services
from courses.services.visits import Said
from courses.visits import LINK_DAYS, MENTOR_WAITED_DAYS, STANDING, FieldNotes, Standing, VisitReport, Word
from lms import outbox
from lms.clock import local_date
from lms.errors import Gone, Refused, hold
from lms.ids import new_token, token_hash
from lms.people import Person, by_email
from lms.verdict import because


class LinkState(StrEnum):
    """What a link is good for now."""

    OPEN = "open"
    ANSWERED = "answered"  # with this link, or in another way
    WITHDRAWN = "withdrawn"  # the visit is struck out or rejected, or the report has been written anew
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a link asks about: the report as it was handed in, by whom, and what may still be answered."""

    state: LinkState
    link: VisitLink
    visit: ObservationVisit
    report: VisitWord
    person: Person


def known_mentor(session: Session, report: VisitReport, *, person_id: int, now: datetime) -> VisitReport:
    """The report with its mentor as the person the address belongs to; refused for one's own address or the partner's.

    Whoever is named as mentor by an address is the mentor, and can then not be the assessor.
    """
    if not report.mentor_address:
        return report
    person = session.get_one(Person, person_id)
    partner = partner_of(session, person_id, local_date(now))
    hold(visits.address_problem(report.mentor_address, refused=(person.email, *((partner.email,) if partner else ()))))
    found = by_email(session, report.mentor_address)
    if report.mentor_id is not None or found is None or found.deactivated_at is not None:
        return report
    return visits.with_mentor(report, mentor_id=found.id)


def hand_in(
    session: Session, *, visit_id: int, notes: FieldNotes, by: int, now: datetime, tell: bool = True
) -> VisitLink | None:
    """Hand a report in and ask the mentor; None when there is no address to ask at (or `tell` is false)."""
    services.report_visit(session, visit_id=visit_id, notes=notes, by=by, now=now)
    return ask_mentor(session, visit_id=visit_id, now=now) if tell else None


def ask_mentor(session: Session, *, visit_id: int, now: datetime, again: bool = False) -> VisitLink | None:
    """Mail the mentor a link to answer the newest report by; None when no address is known. Earlier links to the same
    report go on working: nobody can end the one in a mail being read."""
    visit, standing = services.locked(session, visit_id)
    if standing is not Standing.WAITING:
        raise Refused(because("visit-not-now", standing=str(standing)))
    person = session.get_one(Person, visit.person_id)
    mentor = session.get(Person, visit.mentor_id) if visit.mentor_id is not None else None
    if mentor is not None and mentor.deactivated_at is not None:
        mentor = None
    address = visit.mentor_address or (mentor.email if mentor else "")
    if not address:
        return None
    partner = partner_of(session, person.id, local_date(now))
    hold(visits.address_problem(address, refused=(person.email, *((partner.email,) if partner else ()))))
    report = newest_word(session, visit.id)
    token = new_token()
    to = mentor if mentor is not None and mentor.email == address else outbox.Recipient(visit.mentor_name, address)
    mail = visit_mails.to_mentor(session, visit, person, to, token=token, again=again, now=now)
    link = VisitLink(
        token_hash=token_hash(token),
        visit_id=visit.id,
        word_id=report.id,
        name=visit.mentor_name,
        address=address,
        mail_id=mail.id,
        created_at=now,
        expires_at=now + timedelta(days=LINK_DAYS),
    )
    session.add(link)
    session.flush()
    return link


def change_address(session: Session, *, visit_id: int, name: str, address: str, by: int, now: datetime) -> None:
    """Ask at another address from now on; links to the old one end. Keeps a mentor who is known here."""
    visit, standing = services.locked(session, visit_id)
    if standing is not Standing.WAITING or not address or address.strip().lower() == visit.mentor_address:
        return
    report = known_mentor(
        session,
        VisitReport(
            on=visit.on,
            company=visit.company,
            modules=frozenset(),
            mentor_id=None,
            mentor_name=name,
            mentor_address=address,
        ),
        person_id=visit.person_id,
        now=now,
    )
    services.change_mentor(session, visit, report, by=by, now=now)
    session.execute(
        update(VisitLink).where(VisitLink.visit_id == visit.id, VisitLink.used_at.is_(None)).values(expires_at=now)
    )


def asked_by(session: Session, token: str, *, now: datetime) -> Asked:
    """What a link asks; raises `Gone` for one that never was. Changes nothing."""
    link = session.get(VisitLink, token_hash(token))
    if link is None:
        raise Gone(because("visit-link-unknown"))
    return _asked(session, link, now=now)


def answer(session: Session, token: str, *, word: Word, comment: str, answerer_id: int | None, now: datetime) -> Asked:
    """Confirm or send back by a link. A second answer changes nothing; what came first is told by `Asked.visit`.

    `answerer_id` is who happens to be signed in on the device: the participant's own word is never taken.
    """
    link = session.get(VisitLink, token_hash(token))
    if link is None:
        raise Gone(because("visit-link-unknown"))
    visit, _standing = services.locked(session, link.visit_id)
    session.refresh(link)  # somebody else may have used it while the row was locked
    asked = _asked(session, link, now=now)
    if asked.state is not LinkState.OPEN:
        return asked
    if answerer_id is not None and answerer_id in _barred(session, visit, now=now):
        raise Refused(because("visit-own-confirmation"))
    mentor = session.get(Person, visit.mentor_id) if visit.mentor_id is not None else None
    known = mentor is not None and mentor.email == link.address
    said = Said(by_id=visit.mentor_id if known else None, name=link.name, address=link.address)
    if word is Word.CONFIRMED:
        services.confirm_as(session, visit_id=visit.id, said=said, now=now)
    else:
        services.send_back(session, visit_id=visit.id, said=said, comment=comment, now=now)
        visit_mails.sent_back(session, visit, asked.person, by=link.name, comment=comment, now=now)
    link.used_at, link.answer = now, word
    session.flush()
    drop_mails(session, visit.id)
    return asked


def remind_mentor(session: Session, *, visit_id: int, now: datetime) -> bool:
    """Remind the mentor of a report that has waited, once; False when that is done, or nothing waits."""
    visit, standing = services.locked(session, visit_id)
    report = newest_word(session, visit.id)
    if standing is not Standing.WAITING or (local_date(now) - local_date(report.at)).days < MENTOR_WAITED_DAYS:
        return False
    if session.get(MentorReminder, report.id) is not None:
        return False
    session.add(MentorReminder(word_id=report.id, claimed_at=now))
    return ask_mentor(session, visit_id=visit_id, now=now, again=True) is not None


def drop_mails(session: Session, visit_id: int) -> int:
    """Take back the mails that ask about a visit and have not left yet: it has been answered."""
    mail_ids = session.scalars(select(VisitLink.mail_id).where(VisitLink.visit_id == visit_id)).all()
    return outbox.cancel(session, mail_ids) if mail_ids else 0


def _asked(session: Session, link: VisitLink, *, now: datetime) -> Asked:
    visit = session.get_one(ObservationVisit, link.visit_id)
    newest = newest_word(session, visit.id)
    standing = STANDING[Word(newest.word)]
    return Asked(
        state=_state(link, newest, standing, now=now),
        link=link,
        visit=visit,
        report=session.get_one(VisitWord, link.word_id),
        person=session.get_one(Person, visit.person_id),
    )


def _state(link: VisitLink, newest: VisitWord, standing: Standing, *, now: datetime) -> LinkState:
    if link.used_at is not None or standing is Standing.CONFIRMED:
        return LinkState.ANSWERED
    if standing is not Standing.WAITING or newest.id != link.word_id:
        return LinkState.WITHDRAWN
    return LinkState.OPEN if link.expires_at > now else LinkState.EXPIRED


def _barred(session: Session, visit: ObservationVisit, *, now: datetime) -> set[int]:
    partner = partner_of(session, visit.person_id, local_date(now))
    return {visit.person_id, *((partner.person_id,) if partner else ())}
