"""What is written about appeals: the receipt, how it goes, what waits for whom, what was decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from certificates.appeals import About, AppealState
from certificates.mails import address
from certificates.queries.appeals import Case
from lms import outbox
from lms.outbox import OutboxMail
from lms.people import Person


def received(session: Session, found: Case, person: Person, *, now: datetime) -> OutboxMail:
    """To the appellant, at once: it has come in, who looks at it, until when, what holds meanwhile."""
    context = {**_about(found), "late": found.state is AppealState.LATE}
    return outbox.enqueue(session, name="appeal_received", person=person, context=context, now=now)


def made(session: Session, found: Case, recipient: Person, *, now: datetime) -> OutboxMail:
    """To who finds a handler, or admits a late one: an appeal waits."""
    context = {**_about(found), "late": found.state is AppealState.LATE}
    return outbox.enqueue(session, name="appeal_made", person=recipient, context=context, now=now)


def assigned(session: Session, found: Case, handler: Person, *, now: datetime) -> OutboxMail:
    """To who is asked to handle an appeal."""
    return outbox.enqueue(session, name="appeal_assigned", person=handler, context=_about(found), now=now)


def progress(
    session: Session, found: Case, person: Person, *, what: str, words: str = "", by: str = "", now: datetime
) -> OutboxMail:
    """To the appellant, how it goes. `what`: assigned, asked, admitted, inadmissible or delayed."""
    context = {**_about(found), "what": what, "words": words, "by": by}
    return outbox.enqueue(session, name="appeal_progress", person=person, context=context, now=now)


def told(session: Session, found: Case, recipient: Person, *, what: str, words: str = "", now: datetime) -> OutboxMail:
    """To who handles an appeal, or finds who does. `what`: answered, withdrawn, recused, soon or over."""
    context = {**_about(found), "what": str(what), "words": words}
    return outbox.enqueue(session, name="appeal_told", person=recipient, context=context, now=now)


def decided(session: Session, found: Case, recipient: Person, *, own: bool, now: datetime) -> OutboxMail:
    """To the appellant and to those who decided before: what became of an appeal, and why."""
    assert found.ending is not None, "what is told was decided"
    context = {
        **_about(found),
        "own": own,
        "outcome": found.ending.outcome,
        "words": found.ending.words,
        "effective_on": found.ending.effective_on,
    }
    if not own:
        context["link"] = _where_it_shows(found)
    return outbox.enqueue(session, name="appeal_decided", person=recipient, context=context, now=now)


def _about(found: Case) -> dict[str, Any]:
    return {
        "appellant": found.name,
        "about": str(found.decision.about),
        "named": found.decision.named,
        "number": found.row.id,
        "answer_by": found.row.answer_by,
        "link": address("appeals.show", appeal_id=found.row.id),
    }


def _where_it_shows(found: Case) -> str:
    """Where those who decided see what became of it: never the case itself."""
    if found.decision.about is About.ASSESSMENT:
        return address("assessments.show", assessment_id=found.decision.ground_id)
    if found.decision.certificate_id is not None:
        return address("holder.certificate", certificate_id=found.decision.certificate_id)
    return address("home.home")
