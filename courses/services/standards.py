"""What changes a round on the pass mark: open, invite, rate, close a stage, decide. Nothing here commits.

Whoever rates or closes holds the round's row first, so that no rating slips in behind a closed stage.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from courses.models.standards import AngoffDecision, AngoffJudge, AngoffRating, AngoffRound
from courses.queries import standards as queries
from courses.queries.standards import Scope
from lms import audit, outbox
from lms.errors import Refused
from lms.people import Person
from lms.verdict import No, because
from lms.web import full_address
from quizzes.angoff import Stage, is_rating


def open_round(
    session: Session,
    *,
    course_id: str,
    version_id: int,
    scope: Scope,
    items: Sequence[str],
    actor_id: int,
    now: datetime,
) -> AngoffRound:
    """A new round. Raises `Refused`: `angoff-nothing-to-judge`, `angoff-open-already`."""
    if not items:
        raise Refused(because("angoff-nothing-to-judge"))
    row = AngoffRound(
        course_id=course_id,
        version_id=version_id,
        scope=scope,
        items=list(items),
        opened_by=actor_id,
        opened_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise Refused(because("angoff-open-already")) from error
    details = {"course": course_id, "version": version_id, "scope": scope, "items": len(items)}
    _record(session, "angoff-opened", row, details, actor_id=actor_id, now=now)
    return row


def invite(
    session: Session,
    row: AngoffRound,
    *,
    title: str,
    person_ids: Collection[int],
    actor_id: int,
    on: date,
    now: datetime,
) -> int:
    """Invite people who hold one of the panel's roles on a day; tells how many were not invited before, and mails them.

    Raises `Refused`: `angoff-first-closed`, or `angoff-not-a-judge` for somebody without such a role.
    """
    _lock(session, row)
    if row.stage is not Stage.FIRST:
        raise Refused(because("angoff-first-closed"))
    able = {one.id for one in queries.able_to_judge(session, on=on)}
    if not able.issuperset(person_ids):
        raise Refused(because("angoff-not-a-judge"))
    known = set(session.scalars(select(AngoffJudge.person_id).where(AngoffJudge.round_id == row.id)))
    new = sorted(set(person_ids) - known)
    session.add_all(
        AngoffJudge(round_id=row.id, person_id=person_id, invited_by=actor_id, invited_at=now) for person_id in new
    )
    session.flush()
    _tell(session, row, new, title=title, again=False, now=now)
    return len(new)


def rate(
    session: Session,
    row: AngoffRound,
    *,
    person_id: int,
    ratings: Mapping[str, int],
    now: datetime,
    seen: Stage | None = None,
) -> None:
    """Keep a judge's ratings for the stage that is open; those not named stay as they are.

    `seen` is the stage whose page the judge had before them, if known: what was said there is not said of the next.
    The caller has seen to it that the person is a judge. Raises `Refused`: `angoff-closed`, `angoff-moved-on`,
    `angoff-no-rating` for a question that is not judged or a number that is no rating; nothing is kept then.
    """
    _lock(session, row)
    if row.stage is Stage.CLOSED:
        raise Refused(because("angoff-closed"))
    if seen is not None and seen is not row.stage:
        raise Refused(because("angoff-moved-on"))
    if any(item not in row.items or not is_rating(percent) for item, percent in ratings.items()):
        raise Refused(because("angoff-no-rating"))
    own = select(AngoffRating).where(
        AngoffRating.round_id == row.id, AngoffRating.person_id == person_id, AngoffRating.stage == row.stage
    )
    known = {one.question_id: one for one in session.scalars(own.execution_options(populate_existing=True))}
    for question_id, percent in ratings.items():
        kept = known.get(question_id)
        if kept is None:
            session.add(
                AngoffRating(
                    round_id=row.id,
                    person_id=person_id,
                    stage=row.stage,
                    question_id=question_id,
                    percent=percent,
                    rated_at=now,
                )
            )
        elif kept.percent != percent:
            kept.percent, kept.rated_at = percent, now
    session.flush()


def close_stage(
    session: Session, row: AngoffRound, *, stage: Stage, title: str, actor_id: int, now: datetime
) -> AngoffRound:
    """Close the stage the caller has seen; the judges are told when the second begins.

    Raises `Refused` (`angoff-moved-on`) when it is another one by now.
    """
    _lock(session, row)
    if row.stage is not stage or stage is Stage.CLOSED:
        raise Refused(because("angoff-moved-on"))
    if stage is Stage.FIRST:
        row.first_closed_by, row.first_closed_at = actor_id, now
        judges = session.scalars(select(AngoffJudge.person_id).where(AngoffJudge.round_id == row.id)).all()
        _tell(session, row, judges, title=title, again=True, now=now)
    else:
        row.closed_by, row.closed_at = actor_id, now
    _record(session, "angoff-closed", row, {"stage": stage}, actor_id=actor_id, now=now)
    return row


def decide(
    session: Session, row: AngoffRound, *, pass_mark: Fraction, reason: str, actor_id: int, now: datetime
) -> AngoffDecision:
    """Keep which pass mark was decided on the basis of a round; said twice, it is kept once.

    The mark itself stands in the course's own file and changes when that is published. Raises `Refused`:
    `angoff-not-closed`, or `angoff-too-few-judges` when there is no result to decide on.
    """
    _lock(session, row)
    if row.stage is not Stage.CLOSED:
        raise Refused(because("angoff-not-closed"))
    result = queries.recommendation(session, row)
    if isinstance(result, No):
        raise Refused.by(result)
    newest = session.scalar(
        select(AngoffDecision).where(AngoffDecision.round_id == row.id).order_by(AngoffDecision.id.desc()).limit(1)
    )
    if newest and (newest.pass_mark, newest.reason, newest.decided_by) == (pass_mark, reason, actor_id):
        return newest
    decision = AngoffDecision(
        round_id=row.id,
        pass_numerator=pass_mark.numerator,
        pass_denominator=pass_mark.denominator,
        reason=reason,
        decided_by=actor_id,
        decided_at=now,
    )
    session.add(decision)
    details = {"pass_mark": str(pass_mark), "recommended": str(result.share), "reason": reason}
    _record(session, "pass-mark-decided", row, details, actor_id=actor_id, now=now)
    return decision


def judges_asked(
    session: Session, row: AngoffRound, person: Person, *, title: str, again: bool, now: datetime
) -> outbox.OutboxMail:
    """To a judge: a round to take part in, or its second stage."""
    context = {
        "title": title,
        "again": again,
        "count": len(row.items),
        "link": full_address("standards.round_", round_id=row.id),
    }
    return outbox.enqueue(session, name="angoff", person=person, context=context, now=now, daytime_only=True)


def _tell(
    session: Session, row: AngoffRound, person_ids: Collection[int], *, title: str, again: bool, now: datetime
) -> None:
    people = session.scalars(
        select(Person).where(Person.id.in_(person_ids), Person.deactivated_at.is_(None)).order_by(Person.id)
    )
    for person in people.all():
        judges_asked(session, row, person, title=title, again=again, now=now)


def _lock(session: Session, row: AngoffRound) -> None:
    session.refresh(row, with_for_update=True)


def _record(
    session: Session, action: str, row: AngoffRound, details: Mapping[str, object], *, actor_id: int, now: datetime
) -> None:
    session.flush()
    audit.record(session, actor_id=actor_id, action=action, subject=("angoff_round", row.id), details=details, now=now)
