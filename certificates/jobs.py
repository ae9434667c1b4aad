"""Nightly steps: issue what is due, remind holders and participants, send digests, offer checks. One item one
transaction; safe to repeat and to kill."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from sqlalchemy.orm import Session

from certificates.eligibility import NotYet, Ok
from certificates.gathering import dossiers
from certificates.models.course_certificates import CourseCertificate
from certificates.programme import Programme
from certificates.queries.checks import to_offer
from certificates.queries.course_certificates import waiting_enrolments
from certificates.queries.nights import digests_to_send, due_reminders, to_issue
from certificates.queries.planned import not_issued_to_tonight
from certificates.queries.programmes import main_programme, programmes
from certificates.queries.retention import to_anonymise
from certificates.services import handling
from certificates.services.anonymising import anonymise
from certificates.services.checking import offer_check
from certificates.services.course_certificates import issue_if_complete
from certificates.services.issuing import issue_if_due, lock_person
from certificates.services.preparing import remind_of_visits
from certificates.services.reminding import remind, send_digest
from courses.queries.part_two import ComingPart, coming_part_2
from lms.features import Job, Work

T = TypeVar("T")

log = logging.getLogger(__name__)


def issue_due(work: Work) -> Mapping[str, int]:
    """Issue the certificates of everybody for whom the last requirement has been met, also those of yesterday whose
    grace or test has run out since (`looking_back`)."""
    counts = {"issued": 0, "failed": 0}
    for programme in _all(work):
        with work.database.reading() as session:
            people = to_issue(session, programme, on=work.today)
            cases = dossiers(session, programme, people, on=work.today)
        ready = [person_id for person_id, case in cases.items() if isinstance(case.answer, Ok)]

        def issue_one(session: Session, person_id: int, programme: Programme = programme) -> bool:
            person = lock_person(session, person_id)
            return not isinstance(issue_if_due(session, programme, person, actor_id=None, now=work.now), NotYet)

        _each(work, "issued", ready, issue_one, counts)
    return counts


def issue_course_certificates(work: Work) -> Mapping[str, int]:
    """Issue the course certificates that handing in did not: a test passed because a question was withdrawn, one closed
    by its deadline, a fault at that moment. A second run finds none."""
    counts = {"issued": 0, "failed": 0}
    with work.database.reading() as session:
        waiting = waiting_enrolments(session)

    def issue_one(session: Session, enrolment_id: int) -> bool:
        return isinstance(issue_if_complete(session, enrolment_id, now=work.now), CourseCertificate)

    _each(work, "issued", waiting, issue_one, counts)
    return counts


def remind_holders(work: Work) -> Mapping[str, int]:
    """Send every holder the newest reminder that is due, and no other."""
    counts = {"sent": 0, "failed": 0}
    for programme in _all(work):
        with work.database.reading() as session:
            certificates = due_reminders(session, programme, on=work.today)
            if work.rehearse:  # whom the step before would have issued to, had it not been rolled back
                certificates = not_issued_to_tonight(session, programme, certificates, on=work.today)

        def remind_one(session: Session, id_: int, programme: Programme = programme) -> bool:
            return remind(session, programme, id_, now=work.now) is not None

        _each(work, "sent", certificates, remind_one, counts)
    return counts


def send_digests(work: Work) -> Mapping[str, int]:
    """Send every regional unit the digest of this month, once."""
    counts = {"units": 0, "failed": 0}
    with work.database.reading() as session:
        programme = main_programme(session)
        units = digests_to_send(session, on=work.today)
    _each(
        work,
        "units",
        units,
        lambda session, unit: send_digest(session, programme, unit, now=work.now) is not None,
        counts,
    )
    return counts


def offer_checks(work: Work) -> Mapping[str, int]:
    """Offer every holder the newest knowledge check that is due, and no other."""
    counts = {"offered": 0, "failed": 0}
    for programme in _all(work):
        with work.database.reading() as session:
            certificates = to_offer(session, programme, on=work.today)

        def offer_one(session: Session, id_: int, programme: Programme = programme) -> bool:
            return offer_check(session, programme, id_, now=work.now) is not None

        _each(work, "offered", certificates, offer_one, counts)
    return counts


def remind_before_part_2(work: Work) -> Mapping[str, int]:
    """Tell those with a seat in part 2 which observation visits they lack, 14 and 5 days before, each once."""
    counts = {"sent": 0, "failed": 0}
    with work.database.reading() as session:
        programme = main_programme(session)
        seats = coming_part_2(session, on=work.today)

    def remind_one(session: Session, seat: ComingPart) -> bool:
        return remind_of_visits(session, programme, seat, now=work.now) is not None

    _each(work, "sent", seats, remind_one, counts)
    return counts


def remind_of_appeals(work: Work) -> Mapping[str, int]:
    """Tell when an appeal is to be answered soon, or should have been, each once."""
    counts = {"told": 0, "failed": 0}
    with work.database.reading() as session:
        programme = main_programme(session)
        near = handling.to_remind(session, on=work.today)

    def remind_one(session: Session, appeal_id: int) -> bool:
        return handling.remind(session, programme, appeal_id, now=work.now) is not None

    _each(work, "told", near, remind_one, counts)
    return counts


def anonymise_old(work: Work) -> Mapping[str, int]:
    """Take the names out of records that have been kept as long as their programme says."""
    counts = {"anonymised": 0, "failed": 0}
    with work.database.reading() as session:
        due = to_anonymise(session, on=work.today)

    def anonymise_one(session: Session, person_id: int) -> bool:
        return anonymise(session, person_id, now=work.now)

    _each(work, "anonymised", due, anonymise_one, counts)
    return counts


def _all(work: Work) -> tuple[Programme, ...]:
    """Every programme as it is in force."""
    with work.database.reading() as session:
        return programmes(session)


def _each(work: Work, done: str, items: Iterable[T], act: Callable[[Session, T], bool], counts: dict[str, int]) -> None:
    """Each item in a transaction of its own; one that fails is logged and counted, and the others go on."""
    for item in items:
        try:
            with work.transaction() as session:
                counts[done] += act(session, item)
        except Exception:
            counts["failed"] += 1
            log.exception("%s: %r failed", act.__name__, item)


JOBS = (
    Job(name="issue_course_certificates", run=issue_course_certificates, hour=4, minute=35, each_hour=True),
    Job(name="issue_due", run=issue_due, hour=4, minute=30),
    Job(name="remind", run=remind_holders, hour=4, minute=45),
    Job(name="remind_before_part_2", run=remind_before_part_2, hour=4, minute=50),
    Job(name="digest", run=send_digests, hour=5, minute=0),
    Job(name="remind_of_appeals", run=remind_of_appeals, hour=5, minute=10),
    Job(name="offer_checks", run=offer_checks, hour=5, minute=15),
    Job(name="anonymise", run=anonymise_old, hour=5, minute=40),
)
