"""Handling an appeal: admit a late one, find who decides, ask, decide; and tell when the answer is due.

Two who decide at once decide once: the person's row is locked, and the ending has the appeal as its key.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates import appeal_mails as mails
from certificates import appeals
from certificates.appeals import OPEN, About, AppealState, Ground, Nudge, Outcome, StepKind
from certificates.models.appeals import Appeal, AppealDraft, AppealEnding, AppealNudge, AppealStep
from certificates.models.issued import CertificateEvent
from certificates.programme import Programme
from certificates.queries import appeals as queries
from certificates.queries.appeals import Case
from certificates.queries.assessments import people_by_id, sheets_of
from certificates.queries.assessments import round_of as assessment_round
from certificates.services.appealing import add_step, end, locked
from certificates.services.reversing import correct_back, reverse
from lms.clock import local_date
from lms.errors import Refused
from lms.people import Person
from lms.verdict import because
from quizzes import withdrawing
from quizzes.models import Attempt

QUESTIONS_MAX = 20  # about one appeal


def admit(
    session: Session, programme: Programme, appeal_id: int, *, admitted: bool, words: str, actor_id: int, now: datetime
) -> None:
    """Whether a late appeal is taken, and why; the appellant is told. Pressed twice, said once."""
    found = locked(session, programme, appeal_id)
    if found.state is not AppealState.LATE:
        said = any(each.row.kind == StepKind.ADMITTED for each in found.told)
        if (said and admitted) or (found.state is AppealState.INADMISSIBLE and not admitted):
            return
        raise Refused(because("appeal-over"))
    person = session.get_one(Person, found.row.person_id)
    if actor_id == person.id:
        raise Refused(because("review-not-oneself"))
    if not admitted:
        end(session, found, Outcome.INADMISSIBLE, words, actor_id=actor_id, now=now)
        mails.progress(session, found, person, what="inadmissible", words=words, now=now)
        return
    add_step(session, found, StepKind.ADMITTED, words, actor_id=actor_id, now=now)
    mails.progress(session, found, person, what="admitted", words=words, now=now)
    on = local_date(now)
    out = queries.involved(session, found.decision, found.steps)
    for recipient in queries.those_who_assign(session, person.id, out, on=on):
        if recipient.id != actor_id:
            mails.made(session, queries.case(session, programme, appeal_id), recipient, now=now)


def assign(
    session: Session, programme: Programme, appeal_id: int, *, handler_id: int, actor_id: int, now: datetime
) -> None:
    """Ask somebody who was not involved to handle an appeal, or another one than before; the appellant is told who.

    Raises `Refused` for an appeal that is over or not admitted, a handler who is involved or does not decide such
    things, and by who is involved, unless everybody who could say is.
    """
    today, found = local_date(now), locked(session, programme, appeal_id)
    _refuse_closed(found)
    out = queries.involved(session, found.decision, found.steps)
    _refuse_assigner(session, found, out, actor_id, on=today)
    _refuse_handler(session, found, handler_id, on=today)
    if found.handler_id == handler_id:
        return
    add_step(session, found, StepKind.ASSIGNED, "", actor_id=actor_id, person_id=handler_id, now=now)
    handler, person = session.get_one(Person, handler_id), session.get_one(Person, found.row.person_id)
    mails.assigned(session, found, handler, now=now)
    mails.progress(session, found, person, what="assigned", by=handler.name, now=now)


def recuse(
    session: Session, programme: Programme, appeal_id: int, person_id: int, words: str, *, actor_id: int, now: datetime
) -> None:
    """Somebody can't handle this appeal, and why: said by the handler, or by who finds one, for instance of whoever
    told of the ground. Those who find a handler are told when there is none any more."""
    found = locked(session, programme, appeal_id)
    _refuse_closed(found)
    if person_id in appeals.recused_from(found.steps):
        return
    add_step(session, found, StepKind.RECUSED, words, actor_id=actor_id, person_id=person_id, now=now)
    if found.handler_id != person_id:
        return
    found = queries.case(session, programme, appeal_id)
    out = queries.involved(session, found.decision, found.steps)
    for recipient in queries.those_who_assign(session, found.row.person_id, out, on=local_date(now)):
        if recipient.id != actor_id:
            mails.told(session, found, recipient, what="recused", words=words, now=now)


def ask(
    session: Session, programme: Programme, appeal_id: int, words: str, *, actor_id: int, now: datetime
) -> AppealStep:
    """The handler asks the appellant for more; question and answer are kept."""
    found = locked(session, programme, appeal_id)
    _refuse_closed(found)
    _refuse_other(found, actor_id)
    asked = [each.row for each in found.told if each.row.kind == StepKind.QUESTION]
    if asked and asked[-1].words == words:
        return asked[-1]
    if len(asked) >= QUESTIONS_MAX:
        raise Refused(because("questions-enough"))
    row = add_step(session, found, StepKind.QUESTION, words, actor_id=actor_id, now=now)
    person = session.get_one(Person, found.row.person_id)
    mails.progress(session, found, person, what="asked", words=words, by=found.handler, now=now)
    return row


def save_draft(
    session: Session,
    programme: Programme,
    appeal_id: int,
    *,
    outcome: str,
    words: str,
    effective_on: date | None,
    actor_id: int,
    now: datetime,
) -> None:
    """Keep what the handler is about to decide. Nobody else sees it, and it decides nothing."""
    found = locked(session, programme, appeal_id)
    _refuse_closed(found)
    _refuse_other(found, actor_id)
    row = queries.draft_of(session, appeal_id, actor_id)
    if row is None:
        row = AppealDraft(appeal_id=appeal_id, handler_id=actor_id, outcome="", words="", saved_at=now)
        session.add(row)
    row.outcome, row.words, row.effective_on, row.saved_at = outcome, words, effective_on, now
    session.flush()


def decide(
    session: Session,
    programme: Programme,
    appeal_id: int,
    outcome: Outcome,
    words: str,
    *,
    effective_on: date | None = None,
    actor_id: int,
    now: datetime,
) -> AppealEnding:
    """What the handler decides, and why: once, with its effect in the same transaction. The appellant and those who
    decided before are written to.

    `effective_on` is asked for when a suspension or revocation is undone in part. Raises `Refused` for an appeal that
    is over, for who was not asked, for who is involved, and for a day that is not possible.
    """
    found = locked(session, programme, appeal_id)
    if found.ending is not None and found.state in {AppealState(each) for each in appeals.DECIDED}:
        return found.ending
    _refuse_closed(found)
    _refuse_other(found, actor_id)
    today = local_date(now)
    _refuse_handler(session, found, actor_id, on=today)
    if outcome not in appeals.outcomes(found.decision.about):
        raise Refused(because("appeal-outcome-unknown"))
    effect = _effect(session, found, outcome, words, effective_on=effective_on, actor_id=actor_id, now=now)
    row = end(session, found, outcome, words, actor_id=actor_id, now=now, effect=effect)
    after = queries.case(session, programme, appeal_id)
    person = session.get_one(Person, found.row.person_id)
    for recipient in (person, *people_by_id(session, _those_who_decided(session, found) - {actor_id})):
        mails.decided(session, after, recipient, own=recipient.id == person.id, now=now)
    return row


def remind(session: Session, programme: Programme, appeal_id: int, *, now: datetime) -> AppealNudge | None:
    """Tell that an answer is due soon, or was due, once each: the handler and those who find one; the appellant when it
    is late. None when nothing is to be told."""
    found = locked(session, programme, appeal_id)
    told = session.scalars(select(AppealNudge.stage).where(AppealNudge.appeal_id == appeal_id)).all()
    today = local_date(now)
    stage = appeals.nudge(found.row.answer_by, {Nudge(each) for each in told}, today) if found.waits else None
    if stage is None:
        return None
    out = queries.involved(session, found.decision, found.steps)
    late = found.state is AppealState.LATE
    assigners = queries.those_who_assign(session, found.row.person_id, out, late=late, on=today)
    who = {person.id for person in assigners} | ({found.handler_id} if found.handler_id is not None else set())
    for recipient in people_by_id(session, who):
        mails.told(session, found, recipient, what=stage, now=now)
    if stage is Nudge.OVER:
        person = session.get_one(Person, found.row.person_id)
        mails.progress(session, found, person, what="delayed", now=now)
    row = AppealNudge(appeal_id=appeal_id, stage=stage, mails=len(who) + (stage is Nudge.OVER), claimed_at=now)
    session.add(row)
    session.flush()
    return row


def to_remind(session: Session, *, on: date) -> list[int]:
    """The appeals whose last day to answer is near or past, and which nobody has ended."""
    near = Appeal.answer_by <= on + timedelta(days=appeals.SOON_DAYS)
    return list(session.scalars(select(Appeal.id).where(queries.not_ended(), near).order_by(Appeal.id)))


def _effect(
    session: Session,
    found: Case,
    outcome: Outcome,
    words: str,
    *,
    effective_on: date | None,
    actor_id: int,
    now: datetime,
) -> dict[str, object]:
    """What granting does, done; as the ending keeps it. A new assessment follows the ordinary way afterwards: somebody
    else makes it."""
    if outcome is Outcome.UPHELD:
        return {}
    decision = found.decision
    if decision.about in {About.SUSPENDED, About.REVOKED}:
        day = _day(decision.effective_on, outcome, effective_on)
        decided = session.get_one(CertificateEvent, decision.ground_id)
        event = reverse(session, decided, effective_on=day, reason=words, actor_id=actor_id, now=now)
        return {"effective_on": day, "effect_id": event.id}
    if decision.about is About.CORRECTED:
        decided = session.get_one(CertificateEvent, decision.ground_id)
        event = correct_back(session, decided, reason=words, actor_id=actor_id, now=now)
        return {"effective_on": event.effective_on, "effect_id": event.id}
    if decision.ground is Ground.ADJUSTMENT:
        attempt = session.get_one(Attempt, decision.attempt_id)
        withdrawing.restore_pass(session, attempt, reason=words, actor_id=actor_id, now=now)
    return {}


def _day(first: date, outcome: Outcome, chosen: date | None) -> date:
    """From when a decision is undone: its own first day, or, in part, the later day that was chosen."""
    if outcome is Outcome.GRANTED:
        return first
    if chosen is None or chosen <= first:
        raise Refused(because("appeal-day-later", first=first))
    return chosen


def _those_who_decided(session: Session, found: Case) -> frozenset[int]:
    """Who made the decision appealed against: the one who did, or both who assessed together."""
    who = {found.decision.actor_id} if found.decision.actor_id is not None else set()
    if found.decision.ground is Ground.ASSESSMENT:
        of = assessment_round(session, found.decision.ground_id)
        who |= {each.row.assessor_id for each in sheets_of(session, of.id) if each.is_active} if of else set()
    return frozenset(who)


def _refuse_closed(found: Case) -> None:
    if found.state is AppealState.LATE:
        raise Refused(because("appeal-not-admitted"))
    if found.state not in OPEN:
        raise Refused(because("appeal-over"))


def _refuse_other(found: Case, actor_id: int) -> None:
    if found.handler_id != actor_id:
        raise Refused(because("review-not-asked"))


def _refuse_handler(session: Session, found: Case, handler_id: int, *, on: date) -> None:
    no = queries.refusal_to_handle(handler_id, found, queries.involved(session, found.decision, found.steps))
    if no is not None:
        raise Refused.by(no)
    about = found.decision.about
    if handler_id not in {row[0] for row in queries.holders_of(session, queries.HANDLERS[about], on=on)}:
        raise Refused(because("review-not-assessor" if about is About.ASSESSMENT else "review-not-decider"))


def _refuse_assigner(session: Session, found: Case, out: queries.Involved, actor_id: int, *, on: date) -> None:
    person_id = found.row.person_id
    if actor_id == person_id or (
        actor_id in out
        and actor_id not in {person.id for person in queries.those_who_assign(session, person_id, out, on=on)}
    ):
        raise Refused(because("appeal-assign-involved"))
