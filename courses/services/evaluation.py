"""Verbs of the evaluation: ask those who were there, once; take one answer from each, and forget whose it was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from courses import evaluation as rules
from courses.models.evaluation import EvaluationAnswer, EvaluationTurn
from courses.queries.evaluation import AttendedPart
from courses.services.attendance import locked_seminar
from lms import ids, outbox
from lms.clock import at_local, local_date
from lms.errors import hold
from lms.outbox import OutboxMail
from lms.people import Person
from lms.web import full_address


def ask(session: Session, part: AttendedPart, *, now: datetime) -> OutboxMail | None:
    """Claim a person's turn and write the mail, which leaves when the part is over; None where it has been claimed."""
    turn = EvaluationTurn(
        seminar_id=part.seminar_id, part=part.part, person_id=part.person_id, asked_at=now, answered=False
    )
    try:
        with session.begin_nested():
            session.add(turn)
    except IntegrityError:  # asked or answered meanwhile
        return None
    return asked(session, part, session.get_one(Person, part.person_id), now=now)


def asked(session: Session, part: AttendedPart, person: Person, *, now: datetime) -> OutboxMail:
    """To one who was there: please answer, and what becomes of it."""
    over = at_local(part.last_day, part.ends.hour, part.ends.minute)
    return outbox.enqueue(
        session,
        name="evaluation",
        person=person,
        context={
            "part": part,
            "closes": rules.closes(part.last_day),
            "least": rules.LEAST,
            "link": full_address("evaluation.answer", seminar_id=part.seminar_id, part=part.part),
        },
        now=now,
        due=max(now, over),
        daytime_only=True,
    )


def answer(
    session: Session, part: AttendedPart, *, ratings: Mapping[str, int], useful: str, better: str, now: datetime
) -> None:
    """Take an answer. Refused before and after the form is open, and to one who has answered.

    That somebody has answered, and what is answered, are kept apart; see `courses.models.evaluation` for how.
    """
    locked_seminar(session, part.seminar_id)
    turn = session.scalar(
        select(EvaluationTurn)
        .where(
            EvaluationTurn.seminar_id == part.seminar_id,
            EvaluationTurn.part == part.part,
            EvaluationTurn.person_id == part.person_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    answered = turn is not None and turn.answered
    hold(rules.answering_problem(last_day=part.last_day, today=local_date(now), answered=answered))
    if turn is None:
        turn = EvaluationTurn(seminar_id=part.seminar_id, part=part.part, person_id=part.person_id, asked_at=None)
        session.add(turn)
    turn.answered = True
    session.flush()
    _keep(session, part, {"ratings": dict(ratings), "useful": useful, "better": better})


def _keep(session: Session, part: AttendedPart, new: dict[str, object]) -> None:
    """Put an answer among the others of its part, all under new ids and written in their order, by one statement."""
    same_part = (EvaluationAnswer.seminar_id == part.seminar_id, EvaluationAnswer.part == part.part)
    kept = [
        {"ratings": row.ratings, "useful": row.useful, "better": row.better, "shown": row.shown}
        for row in session.scalars(select(EvaluationAnswer).where(*same_part))
    ]
    rows = [*kept, {**new, "shown": False}]
    if rules.is_group(sum(not row["shown"] for row in rows)):
        rows = [{**row, "shown": True} for row in rows]
    session.expunge_all()
    session.execute(delete(EvaluationAnswer).where(*same_part))
    dealt = [{"id": ids.new_token(), "seminar_id": part.seminar_id, "part": part.part, **row} for row in rows]
    session.execute(insert(EvaluationAnswer), sorted(dealt, key=lambda row: str(row["id"])))
