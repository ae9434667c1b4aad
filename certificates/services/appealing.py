"""What follows a decision, on the side of the person: a comment, an appeal, an answer to a question, taking it back.

All is appended. Whoever decides about the person at the same moment waits for the lock on the person's row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from certificates import appeal_mails as mails
from certificates import appeals
from certificates.appeals import WAITING, AppealState, Ground, Outcome, StepKind
from certificates.models.appeals import Appeal, AppealDraft, AppealEnding, AppealFile, AppealStep
from certificates.models.assessments import Assessment, AssessmentComment
from certificates.programme import Programme
from certificates.queries import appeals as queries
from certificates.queries import decisions
from certificates.queries.appeals import Case
from certificates.queries.assessments import people_by_id
from certificates.services.issuing import lock_person
from lms import audit, uploads
from lms.clock import local_date
from lms.errors import Refused
from lms.people import Person
from lms.uploads import Upload
from lms.verdict import because

COMMENTS_MAX = 20  # about one decision
ANSWERS_MAX = 20  # to questions about one appeal
FILES_MAX = 10  # with one appeal
NO_WORDS = "–"  # where somebody's words were


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A file as it was sent."""

    name: str
    content: bytes


def comment(session: Session, assessment: Assessment, words: str, *, now: datetime) -> AssessmentComment:
    """Keep what the participant has to say about a decision; the same words once more are kept once."""
    lock_person(session, assessment.person_id)
    said = session.scalars(
        select(AssessmentComment)
        .where(AssessmentComment.assessment_id == assessment.id)
        .order_by(AssessmentComment.id.desc())
    ).all()
    if said and said[0].words == words:
        return said[0]
    if len(said) >= COMMENTS_MAX:
        raise Refused(because("comments-enough"))
    row = AssessmentComment(assessment_id=assessment.id, words=words, said_at=now)
    session.add(row)
    session.flush()
    return row


def appeal(
    session: Session,
    programme: Programme,
    decision: decisions.Decision,
    words: str,
    *,
    late_why: str = "",
    file: Sent | None = None,
    now: datetime,
) -> Appeal:
    """Appeal against a decision: once, whatever is pressed twice. The appellant gets a receipt at once, and those who
    find a handler are written to.

    Raises `Refused` for an approval, when somebody has decided anew since, and after the last day without a reason.
    """
    person = lock_person(session, decision.person_id)
    known = decisions.one(session, programme, decision.ground, decision.ground_id)
    assert known is not None, "what was decided stays"
    there = queries.against(session, programme, known)
    if there is not None:
        return there.row
    no = appeals.refusal(approved=known.approved, is_newest=known.is_newest)
    if no is not None:
        raise Refused.by(no)
    today = local_date(now)
    late = appeals.is_late(known.appeal_through, today)
    if late and not late_why:
        raise Refused(because("appeal-too-late", through=known.appeal_through))
    row = Appeal(
        person_id=person.id,
        programme=known.programme,
        assessment_id=known.ground_id if known.ground is Ground.ASSESSMENT else None,
        event_id=known.ground_id if known.ground is Ground.EVENT else None,
        adjustment_id=known.ground_id if known.ground is Ground.ADJUSTMENT else None,
        words=words,
        late=late,
        late_why=late_why if late else "",
        appealed_at=now,
        appealed_on=today,
        answer_by=appeals.last_day(today, known.answer_weeks),
    )
    session.add(row)
    session.flush()
    details = {
        known.ground.name.lower(): known.ground_id,
        "words_sha256": digest(words),
        "late": late,
        "answer_by": row.answer_by,
    }
    record(session, "appealed", row, details, actor_id=person.id, now=now)
    if file is not None:
        _keep_file(session, row, file, by=person.id, now=now)
    found = queries.case(session, programme, row.id)
    mails.received(session, found, person, now=now)
    _tell_those_who_assign(session, found, now=now)
    return row


def answer(
    session: Session, programme: Programme, appeal_id: int, words: str, *, file: Sent | None = None, now: datetime
) -> AppealStep:
    """The appellant's answer to what was asked, or more to go with the case; whoever handles it is told."""
    found = locked(session, programme, appeal_id)
    person = session.get_one(Person, found.row.person_id)
    said = [each.row for each in found.told if each.row.kind == StepKind.ANSWER]
    if said and said[-1].words == words and file is None:
        return said[-1]
    if found.state not in WAITING:
        raise Refused(because("appeal-over"))
    if len(said) >= ANSWERS_MAX:
        raise Refused(because("answers-enough"))
    row = add_step(session, found, StepKind.ANSWER, words, actor_id=person.id, now=now)
    if file is not None:
        _keep_file(session, found.row, file, by=person.id, now=now)
    if found.handler_id is not None:
        (handler,) = people_by_id(session, [found.handler_id])
        mails.told(session, found, handler, what="answered", words=words, now=now)
    return row


def withdraw(session: Session, programme: Programme, appeal_id: int, words: str, *, now: datetime) -> AppealEnding:
    """The appellant takes the appeal back: the decision stands. Once it is decided, it is decided."""
    found = locked(session, programme, appeal_id)
    if found.ending is not None and found.ending.outcome == Outcome.WITHDRAWN:
        return found.ending
    if found.state not in WAITING:
        raise Refused(because("appeal-over"))
    person_id = found.row.person_id
    row = end(session, found, Outcome.WITHDRAWN, words, actor_id=person_id, now=now)
    who = [found.handler_id] if found.handler_id is not None else _assigner_ids(session, found, now=now)
    for recipient in people_by_id(session, who):
        mails.told(session, found, recipient, what="withdrawn", words=words, now=now)
    return row


def locked(session: Session, programme: Programme, appeal_id: int) -> Case:
    """A case as it stands once the person's row is locked."""
    lock_person(session, session.get_one(Appeal, appeal_id).person_id)
    return queries.case(session, programme, appeal_id)


def add_step(
    session: Session,
    found: Case,
    kind: StepKind,
    words: str,
    *,
    actor_id: int,
    person_id: int | None = None,
    now: datetime,
) -> AppealStep:
    """Append a step, recorded."""
    row = AppealStep(appeal_id=found.row.id, kind=kind, actor_id=actor_id, person_id=person_id, words=words, at=now)
    session.add(row)
    session.flush()
    details = {"step": row.id, "person": person_id, "words_sha256": digest(words)}
    record(session, f"appeal-{kind}", found.row, details, actor_id=actor_id, now=now)
    return row


def end(
    session: Session,
    found: Case,
    outcome: Outcome,
    words: str,
    *,
    actor_id: int,
    now: datetime,
    effect: Mapping[str, object] | None = None,
) -> AppealEnding:
    """Append how an appeal ended, recorded. `effect`: from which day, and by which event."""
    row = AppealEnding(
        appeal_id=found.row.id,
        outcome=outcome,
        words=words,
        actor_id=actor_id,
        decided_at=now,
        decided_on=local_date(now),
        **(effect or {}),
    )
    session.add(row)
    session.flush()
    details = {"outcome": outcome, "words_sha256": digest(words), **(effect or {})}
    record(session, "appeal-decided", found.row, details, actor_id=actor_id, now=now)
    return row


def digest(words: str) -> str:
    """What the chain keeps of somebody's words: they themselves can be taken out when a record is anonymised."""
    return hashlib.sha256(words.encode()).hexdigest()


def record(
    session: Session, action: str, row: Appeal, details: Mapping[str, object], *, actor_id: int, now: datetime
) -> None:
    """What happens to a case goes into the chain of decisions."""
    audit.record(session, actor_id=actor_id, action=action, subject=("appeal", row.id), details=details, now=now)


def take_words_out(session: Session, person_id: int) -> None:
    """When a person's record is anonymised: what was said in their appeals goes, with files and drafts; what was
    decided, when and by whom stays."""
    own = select(Appeal.id).where(Appeal.person_id == person_id).scalar_subquery()
    kept = select(AppealFile.upload_id).where(AppealFile.appeal_id.in_(own))
    upload_ids = session.scalars(kept).all()
    session.execute(delete(AppealFile).where(AppealFile.appeal_id.in_(own)))
    session.execute(delete(Upload).where(Upload.id.in_(upload_ids)))
    session.execute(delete(AppealDraft).where(AppealDraft.appeal_id.in_(own)))
    for model in (AppealStep, AppealEnding):
        session.execute(update(model).where(model.appeal_id.in_(own), model.words != "").values(words=NO_WORDS))
    session.execute(update(Appeal).where(Appeal.person_id == person_id, ~Appeal.late).values(words=NO_WORDS))
    late = {"words": NO_WORDS, "late_why": NO_WORDS}
    session.execute(update(Appeal).where(Appeal.person_id == person_id, Appeal.late).values(late))


def _keep_file(session: Session, row: Appeal, file: Sent, *, by: int, now: datetime) -> None:
    if queries.files_kept(session, row.id) >= FILES_MAX:
        raise Refused(because("appeal-files-enough", most=FILES_MAX))
    kept = uploads.keep(session, name=file.name, content=file.content, by=by, now=now)
    session.add(AppealFile(appeal_id=row.id, upload_id=kept.id))
    session.flush()
    record(session, "appeal-file", row, {"upload": kept.id, "sha256": kept.digest}, actor_id=by, now=now)


def _assigner_ids(session: Session, found: Case, *, now: datetime) -> list[int]:
    out = queries.involved(session, found.decision, found.steps)
    late = found.state is AppealState.LATE
    people = queries.those_who_assign(session, found.row.person_id, out, late=late, on=local_date(now))
    return [person.id for person in people]


def _tell_those_who_assign(session: Session, found: Case, *, now: datetime) -> None:
    for recipient in people_by_id(session, _assigner_ids(session, found, now=now)):
        mails.made(session, found, recipient, now=now)
