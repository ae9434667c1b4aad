"""Knowledge checks: offering one, beginning one, saying no thanks. Claim and mail are one transaction.

Nothing here touches a certificate or what it rests on.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from certificates import mails
from certificates.checks import due_now
from certificates.models.checks import KnowledgeCheck, KnowledgeCheckChoice
from certificates.models.issued import Certificate
from certificates.planned import check_target
from certificates.programme import Programme
from certificates.queries.checks import drawable, is_wanted, offered_months, offers_of, tested_before
from certificates.queries.holds import is_held
from certificates.queries.issued import issued_to
from certificates.services.issuing import lock_person
from courses.queries import checks as courses
from courses.services.checks import start_check
from lms.clock import local_date
from lms.errors import Refused
from lms.verdict import because


def offer_check(session: Session, programme: Programme, certificate_id: int, *, now: datetime) -> KnowledgeCheck | None:
    """Offer the one check a holder is due today, or nothing. Decided anew under a lock on the holder.

    Whoever has no post-test before the certificate has no weakest objectives, and is offered none.
    """
    certificate, today = session.get_one(Certificate, certificate_id), local_date(now)
    person = lock_person(session, certificate.person_id)  # a no thanks, a renewal, a suspension wait for this lock
    held = issued_to(session, programme.id, [person.id])[person.id]
    issued = next(each for each in held if each.id == certificate_id)
    if programme.checks is None or person.deactivated_at is not None:
        return None
    wanted = is_wanted(session, person.id, programme.id)
    months = due_now(issued, offered_months(session, certificate_id), today, programme.checks, wanted=wanted)
    if months is None or is_held(session, check_target(certificate_id, months).key):
        return None
    if not drawable(session, programme, [certificate_id]):
        return None
    check = KnowledgeCheck(certificate_id=certificate_id, months=months, offered_at=now, offered_on=today)
    session.add(check)
    session.flush()
    check.mail_id = mails.knowledge_check(session, certificate, person, check, now=now).id
    session.flush()
    return check


def begin_check(
    session: Session,
    programme: Programme,
    check: KnowledgeCheck,
    certificate: Certificate,
    *,
    go_back_to: str,
    now: datetime,
    language: str,
) -> int | None:
    """The id of the attempt to answer now, begun now or before; None when it is handed in already.

    Raises `Refused`: `check-not-open`, `check-without-questions`.
    """
    lock_person(session, certificate.person_id)
    offers = offers_of(session, programme, certificate.person_id, on=local_date(now))
    offered = next((one for one in offers if one.id == check.id), None)
    if offered is not None and offered.submitted_on is not None:
        return None
    test = tested_before(session, programme, certificate)
    if offered is None or not offered.waits or programme.checks is None or test is None:
        raise Refused(because("check-not-open"))
    results = courses.results(session, [test.attempt_id])[test.attempt_id]
    attempt = start_check(
        session,
        person_id=certificate.person_id,
        key=str(check.id),
        course_id=test.course_id,
        shares={one.objective: one.share for one in results},
        items=programme.checks.items,
        go_back_to=go_back_to,
        now=now,
        language=language,
    )
    return attempt.id


def choose_checks(session: Session, programme: Programme, person_id: int, *, wanted: bool, now: datetime) -> None:
    """Keep whether a person wants checks. No thanks takes back an offer that has not left; said twice, it is kept once.

    An offer made before stays open: who says no thanks may still take it.
    """
    lock_person(session, person_id)
    if is_wanted(session, person_id, programme.id) == wanted:
        return
    session.add(KnowledgeCheckChoice(person_id=person_id, programme=programme.id, wanted=wanted, said_at=now))
    session.flush()
    if not wanted:
        held = issued_to(session, programme.id, [person_id])[person_id]
        mails.drop_checks(session, [each.id for each in held])
