"""What the demo's staff have done with the tests: a panel on the pass mark, a question withdrawn, time given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from dateutil.relativedelta import relativedelta
from sqlalchemy.orm import Session

from certificates.demo import answers, lives
from certificates.demo.lives import Chance
from courses.models.standards import AngoffRound
from courses.queries import learning as shelf
from courses.queries.standards import Scope, facilities, scopes
from courses.services import standards
from quizzes import timing, withdrawing
from quizzes.angoff import STEP, Stage
from quizzes.questions import Kind, Question
from quizzes.withdrawal import Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Those who work with the tests, by id; `judges` are the panel, the author among them."""

    secretariat: int
    author: int
    judges: Sequence[int]


def panels(session: Session, staff: Staff, today: date, *, chance: Chance) -> None:
    """A round that is over, its record beside the pass mark; and one in its second stage, in which one has to judge."""
    opened = today - relativedelta(months=5)
    finished = _round(session, staff, lives.FOUNDATION, Scope.FORM_A, opened, chance=chance)
    _rate(session, finished, staff.judges, opened + timedelta(days=24), chance=chance)
    _close(session, staff, finished, Stage.SECOND, opened + timedelta(days=28))
    standards.decide(
        session,
        finished,
        pass_mark=Fraction(4, 5),
        reason="Forslaget fra panelet ligger nær kravet vi har. Kravet blir stående til neste utgave.",
        actor_id=staff.secretariat,
        now=lives.noon(opened + timedelta(days=35)),
    )
    running = _round(session, staff, lives.RECERTIFICATION, Scope.BANK, today - timedelta(days=25), chance=chance)
    _rate(session, running, staff.judges[1:], today - timedelta(days=2), chance=chance)


def faults(session: Session, staff: Staff, today: date) -> None:
    """The question that most get wrong after the course is withdrawn; the next has been proposed."""
    bank = lives.FOUNDATION
    questions = _questions(session, bank, Scope.FORM_A) | _questions(session, bank, Scope.FORM_B)
    known = facilities(session, bank)
    asked = [question for question in questions.values() if question.kind is Kind.SINGLE and question.id in known]
    first, second = sorted(asked, key=lambda question: known[question.id])[:2]
    withdrawing.withdraw(
        session,
        bank=bank,
        question_id=first.id,
        way=Way.LEFT_OUT,
        reason="To av svarene kan forsvares, og svært mange velger det som fasiten kaller galt.",
        actor_id=staff.secretariat,
        now=lives.noon(today - timedelta(days=1)),
    )
    withdrawing.propose(
        session,
        bank=bank,
        question_id=second.id,
        way=Way.FULL,
        reason="To av svarene kan leses som riktige. Flere deltakere har spurt om det på samlingene.",
        actor_id=staff.author,
        now=lives.noon(today - timedelta(days=1)),
    )


def extra_time(session: Session, person_id: int, *, by: int, on: date) -> None:
    """Half as much time again for one person."""
    timing.give_extra_time(session, person_id=person_id, percent=50, given_by=by, now=lives.noon(on))


def _round(session: Session, staff: Staff, course_id: str, scope: Scope, on: date, *, chance: Chance) -> AngoffRound:
    """A round whose first stage is over, everybody having rated."""
    row = standards.open_round(
        session,
        course_id=course_id,
        version_id=lives.offered(session, course_id).version_id,
        scope=scope,
        items=list(_questions(session, course_id, scope)),
        actor_id=staff.author,
        now=lives.noon(on),
    )
    standards.invite(
        session,
        row,
        title=lives.offered(session, course_id).title,
        person_ids=staff.judges,
        actor_id=staff.author,
        on=on,
        now=lives.noon(on),
    )
    _rate(session, row, staff.judges, on + timedelta(days=6), chance=chance)
    _close(session, staff, row, Stage.FIRST, on + timedelta(days=14))
    return row


def _rate(session: Session, row: AngoffRound, judges: Sequence[int], on: date, *, chance: Chance) -> None:
    """Each judge has an own strictness; the second time they lie closer together."""
    apart = 12 if row.stage is Stage.FIRST else 5
    for judge_id in judges:
        strict = chance.dice.uniform(-apart, apart)
        ratings = {item: _rating(item, strict + chance.dice.uniform(-apart, apart)) for item in row.items}
        standards.rate(session, row, person_id=judge_id, ratings=ratings, now=lives.noon(on))


def _rating(item: str, strict: float) -> int:
    percent = 92 - 28 * answers.difficulty(item) - strict
    return min(100, max(0, STEP * round(percent / STEP)))


def _close(session: Session, staff: Staff, row: AngoffRound, stage: Stage, on: date) -> None:
    standards.close_stage(
        session,
        row,
        stage=stage,
        title=lives.offered(session, row.course_id).title,
        actor_id=staff.author,
        now=lives.noon(on),
    )


def _questions(session: Session, course_id: str, scope: Scope) -> dict[str, Question]:
    """The questions of a course's current version that a panel could judge, by id."""
    course = shelf.volume(session, lives.offered(session, course_id).digest).course
    asked = set(scopes(session, course)[scope])
    return {question.id: question for question in course.bank() if question.id in asked}
