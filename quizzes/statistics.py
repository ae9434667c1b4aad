"""Reads over many persons' tests, for figures and never for a person: one or two statements each, whatever the number.

**Decided**: only first tries count. Of a form, a person's first submitted test in these banks counts for the questions;
later tries, and those of later cycles, have seen them before. A withdrawn question measures nothing, however it is
scored since: it counts in no gain, neither before nor after, and in no figure of a form; its own figures stay.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizzes.attempts import Purpose
from quizzes.effective import is_withdrawn
from quizzes.gain import Scores
from quizzes.item_review import Given, Sat
from quizzes.models import Attempt, AttemptItem, QuestionVersion
from quizzes.questions import Question, from_document
from quizzes.scoring import NOTHING, by_objective


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAnswers:
    """What was answered to the questions of some banks, the newest version of each, and how many wordings it has had.

    Translations count with what they translate: `texts` counts the versions of the first bank only. `withdrawn` are
    the ids of those questions that are.
    """

    sittings: tuple[Sat, ...]
    questions: dict[str, Question]
    texts: dict[str, int]
    withdrawn: frozenset[str]


def answers_in(session: Session, banks: Sequence[str]) -> BankAnswers:
    """All first tries at questions of these banks, the first of which is the original. Two queries."""
    versions = session.execute(
        select(
            QuestionVersion.id,
            QuestionVersion.bank,
            QuestionVersion.question_id,
            QuestionVersion.document,
            is_withdrawn().label("withdrawn"),
        )
        .where(QuestionVersion.bank.in_(banks))
        .order_by(QuestionVersion.id)
    ).all()
    originals = [row for row in versions if row.bank == banks[0]]
    question_ids = {row.id: row.question_id for row in versions}
    return BankAnswers(
        sittings=_sittings(session, banks, question_ids),
        questions={row.question_id: from_document(row.document) for row in originals},  # the newest stands last
        texts=dict(Counter(row.question_id for row in originals)),
        withdrawn=frozenset(row.question_id for row in versions if row.withdrawn),
    )


def _sittings(session: Session, banks: Sequence[str], question_ids: dict[int, str]) -> tuple[Sat, ...]:
    firsts = (
        select(func.min(Attempt.id).label("id"))
        .where(
            Attempt.bank.in_(banks), Attempt.submitted_at.is_not(None), Attempt.form.in_((Purpose.PRE, Purpose.POST))
        )
        .group_by(Attempt.person_id, Attempt.form)
        .subquery("firsts")
    )
    rows = session.execute(
        select(
            Attempt.id,
            Attempt.form,
            Attempt.version,
            AttemptItem.question_version_id,
            AttemptItem.response,
            AttemptItem.score_numerator,
            AttemptItem.score_denominator,
            AttemptItem.seconds_spent,
        )
        .join(firsts, firsts.c.id == Attempt.id)
        .join(AttemptItem, AttemptItem.attempt_id == Attempt.id)
        .order_by(Attempt.id, AttemptItem.position)
    )
    given: defaultdict[tuple[int, str, str | None], list[Given]] = defaultdict(list)
    for attempt_id, form, version, version_id, response, numerator, denominator, seconds in rows:
        given[attempt_id, form, version].append(
            Given(
                question_id=question_ids[version_id],
                response=frozenset(response or ()),
                score=Fraction(numerator or 0, denominator or 1),
                seconds=seconds,
            )
        )
    return tuple(
        Sat(attempt_id=attempt_id, form=Purpose(form), version=version, given=tuple(answers))
        for (attempt_id, form, version), answers in given.items()
    )


def gain_by_objective(session: Session, pre_id: int, post_id: int) -> dict[str, Scores]:
    """One person's shares before and after on each objective of which both tests have something left. One query."""
    shares = shares_by_objective(session, (pre_id, post_id))
    pre, post = shares.get(pre_id, {}), shares.get(post_id, {})
    return {objective: Scores(pre[objective], post[objective]) for objective in pre if objective in post}


def shares_by_objective(session: Session, attempt_ids: Collection[int]) -> dict[int, dict[str, Fraction]]:
    """The share of points on each objective, by attempt, without the questions that are withdrawn. One query."""
    rows = session.execute(
        select(
            AttemptItem.attempt_id,
            QuestionVersion.document["objective"].as_string(),
            AttemptItem.score_numerator,
            AttemptItem.score_denominator,
        )
        .join(QuestionVersion, QuestionVersion.id == AttemptItem.question_version_id)
        .where(AttemptItem.attempt_id.in_(attempt_ids), ~is_withdrawn())
        .order_by(AttemptItem.attempt_id, AttemptItem.position)
    )
    scores: defaultdict[int, list[tuple[str, Fraction]]] = defaultdict(list)
    for attempt_id, objective, numerator, denominator in rows:
        scores[attempt_id].append((objective, Fraction(numerator, denominator) if denominator else NOTHING))
    return {
        attempt_id: {objective: total.share for objective, total in by_objective(given).items()}
        for attempt_id, given in scores.items()
    }
