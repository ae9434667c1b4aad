"""What changes questions and attempts: publish, start, save, submit. Nothing here commits.

`owner` is a text the caller chooses ("enrolment:12"); all attempts of one owner are the same person's, in one cycle.
Having an attempt is the permission to answer it: whoever calls `start` has asked all other questions before.
An `attempt` argument is a row of the same session, from `start` or `quizzes.access`; it is locked and read anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.errors import Refused
from lms.features import HandedIn
from lms.verdict import No, Reason, because
from lms.web import tell_handed_in
from quizzes import effective, queries, timekeeping, timing
from quizzes.attempts import Purpose, accept, may_start
from quizzes.blueprint import Blueprint
from quizzes.limits import NO_LIMITS, Limits, deadline, is_over
from quizzes.models import Attempt, AttemptItem, QuestionVersion
from quizzes.questions import Kind, Question, content_digest, from_document, key_changed
from quizzes.responses import Response
from quizzes.scoring import score, total
from quizzes.selection import Form, ParallelForm, draw_next, laid_out
from quizzes.withdrawing import apply_at_submission

NO_TITLES: Mapping[str, str] = MappingProxyType({})
NO_FLAGS: Mapping[int, bool] = MappingProxyType({})
NO_SECONDS: Mapping[int, int] = MappingProxyType({})


def register_questions(session: Session, *, bank: str, documents: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Store the questions of a bank that is being published, each version once.

    `documents` come from `quizzes.questions.to_document`. A version is addressed by bank, question id and
    `quizzes.questions.content_digest`; one that is known already stays as it is. Raises `Refused` with one
    `question-key-changed` for each question of which `key_conflicts` speaks; nothing is stored then.
    """
    conflicts = key_conflicts(session, bank=bank, documents=documents)
    if conflicts:
        raise Refused(*conflicts)
    stored = select(QuestionVersion.question_id, QuestionVersion.digest).where(QuestionVersion.bank == bank)
    known = {(question_id, digest) for question_id, digest in session.execute(stored)}
    for document in documents:
        question = from_document(document)
        address = (question.id, content_digest(question))
        if address in known:
            continue
        known.add(address)
        version = QuestionVersion(
            bank=bank, question_id=question.id, digest=address[1], document=dict(document), published_at=now
        )
        with suppress(IntegrityError), session.begin_nested():  # somebody published the same text at this moment
            session.add(version)


def key_conflicts(session: Session, *, bank: str, documents: Sequence[Mapping[str, Any]]) -> tuple[Reason, ...]:
    """The questions that may not be published under their id: `question-key-changed` with `question` for each.

    Those whose kind or answer differs (`quizzes.questions.key_changed`) from a version of the same bank and id that
    somebody has been shown in an attempt: its answers exist, or may come at any moment. Changes nothing.
    """
    shown = queries.shown_questions(session, bank)
    proposed = (from_document(document) for document in documents)
    return tuple(
        because("question-key-changed", question=new.id)
        for new in proposed
        if any(key_changed(old, new) for old in shown.get(new.id, ()))
    )


def start(
    session: Session,
    *,
    person_id: int,
    owner: str,
    form: Purpose | str,
    title: str,
    bank: str,
    digests: Mapping[str, str],
    blueprint: Blueprint,
    pass_mark: Fraction,
    seed: str,
    go_back_to: str,
    now: datetime,
    objective_titles: Mapping[str, str] = NO_TITLES,
    first: ParallelForm | None = None,
    limits: Limits = NO_LIMITS,
    read_again: Mapping[str, Sequence[Mapping[str, str]]] | None = None,
) -> Attempt:
    """The attempt to answer now: the one in progress, if there is one (a second click), else a new one.

    `form` is "pre", "post" or "check"; a check has the pass mark 0. `digests` names the versions to draw from, question
    id to digest, all registered in `bank`. `pass_mark` is a share of all points, 0…1. `seed` is drawn on together with
    form and number of the try. `go_back_to` is the path on this site to which the result leads. `objective_titles` are
    kept for the result. `first` is the stored form that a first try gets, instead of one drawn for this owner. `limits`
    hold for this attempt from now on; the person's extra time is added to the time limit. `read_again` says by
    objective where to read about it, each with `title` and `path`, for the result.
    An attempt in progress whose time is out is closed, and returned: its result is what comes next.

    The two forms share no question as long as the bank is large enough, and later tries prefer questions not seen.
    Withdrawn questions are not drawn; where an objective then has too few, the test is that much shorter.
    Raises `Refused` when `quizzes.attempts.may_start` says no; `LookupError` for a version that is not registered
    and `ValueError` for a bank too small for the blueprint, both of which publishing rules out.
    """
    purpose = Purpose(form)
    if not go_back_to.startswith("/") or go_back_to.startswith(("//", "/\\")):
        raise ValueError(f"not a path on this site: {go_back_to!r}")
    running = queries.attempt_in_progress(session, owner, purpose)
    if running is not None:
        _of_person(running, person_id)
        return submit(session, running, now=now) if is_over(running.deadline_at, now) else running
    ordinal = may_start(purpose, [one.as_rule() for one in queries.attempts_of(session, owner)], limits, now)
    if isinstance(ordinal, No):
        running = queries.attempt_in_progress(session, owner, purpose)
        if running is None:
            raise Refused.by(ordinal)
        return _of_person(running, person_id)  # the other click was first, between the two reads above
    versions = _versions(session, bank, digests)
    questions = [from_document(version.document) for version in versions.values()]
    usable, asked = without_withdrawn(session, bank, questions, blueprint)
    if first is not None and ordinal == 1:
        left = {question.id for question in usable}
        drawn = laid_out(usable, replace(first, question_ids=tuple(one for one in first.question_ids if one in left)))
    else:
        drawn = _draw_next(session, usable, asked, seed=f"{seed}/{purpose}/{ordinal}", owner=owner, form=purpose)
    attempt = Attempt(
        person_id=person_id,
        owner=owner,
        form=purpose,
        ordinal=ordinal,
        title=title,
        bank=bank,
        seed=seed,
        go_back_to=go_back_to,
        objective_titles=dict(objective_titles),
        pass_numerator=pass_mark.numerator,
        pass_denominator=pass_mark.denominator,
        out_of=len(drawn.items),
        version=first.version if first is not None and ordinal == 1 else None,
        limits=limits.document() or None,
        read_again={key: [dict(one) for one in places] for key, places in read_again.items()} if read_again else None,
        started_at=now,
        deadline_at=deadline(now, limits, timekeeping.extra_percent(session, person_id)),
    )
    try:
        with session.begin_nested():
            _add(session, attempt, drawn, versions)
    except IntegrityError:  # the other click was first
        running = queries.attempt_in_progress(session, owner, purpose)
        if running is None:
            raise
        return _of_person(running, person_id)
    return attempt


def save_answer(
    session: Session,
    attempt: Attempt,
    *,
    position: int,
    keys: Iterable[str] | None,
    now: datetime,
    flagged: bool | None = None,
    seconds: Mapping[int, int] = NO_SECONDS,
) -> None:
    """Keep what a person has answered to one question; no keys at all take the answer back, None leaves it as it is.

    `keys` are tokens as `quizzes.responses` describes them; `flagged` says whether one will come back to the question,
    None as before; `seconds` are those spent since last told, by position, and only ever counted. Raises `Refused`:
    `test-submitted`, `test-time-over`, `question-unknown`, `option-unknown`, `one-option-only` or `answer-too-long`.
    """
    _may_change(session, attempt, now)
    items = _items(session, attempt, only=position)
    if position not in items:
        raise Refused(because("question-unknown"))
    if keys is not None:
        _keep(items, {position: _accepted(items, position, keys)}, now=now)
    if flagged is not None:
        items[position][0].flagged = flagged
    timing.spend(session, attempt, seconds, now=now)
    session.flush()


def save_answers(
    session: Session,
    attempt: Attempt,
    *,
    answers: Mapping[int, Iterable[str]],
    now: datetime,
    flags: Mapping[int, bool] = NO_FLAGS,
    seconds: Mapping[int, int] = NO_SECONDS,
) -> None:
    """Keep a page of answers, by position. All or nothing; raises like `save_answer`.

    A radio button cannot be let go of, so a page without a choice where there is one is an old page: the answer stays.
    """
    _may_change(session, attempt, now)
    items = _items(session, attempt)
    _keep(items, _page(items, answers), now=now)
    for position, flagged in flags.items():
        items[position][0].flagged = flagged
    timing.spend(session, attempt, seconds, now=now)
    session.flush()


def save_time(session: Session, attempt: Attempt, *, seconds: Mapping[int, int], now: datetime) -> None:
    """Count time spent, by position, also where nothing was answered; it answers nothing.

    Raises `Refused`: `test-submitted` or `test-time-over`.
    """
    _may_change(session, attempt, now)
    timing.spend(session, attempt, seconds, now=now)
    session.flush()


def submit(
    session: Session, attempt: Attempt, *, answers: Mapping[int, Iterable[str]] | None = None, now: datetime
) -> Attempt:
    """Hand in and score, once; an attempt that is submitted already is returned as it is. The features are told.

    `answers` are those of the page, by position, kept like in `save_answers` before scoring; None for those saved.
    When the time is out they come too late: what was saved counts, and the attempt is closed at its deadline.
    """
    lock(session, attempt)
    if attempt.submitted_at is not None:
        return attempt
    items = _items(session, attempt)
    page = _page(items, answers or {}) if not is_over(attempt.deadline_at, now) else {}
    scores = {
        position: score(question, page.get(position, item.chosen)) for position, (item, question) in items.items()
    }
    points = total(scores.values()).points
    submitted_at = now if attempt.deadline_at is None else min(now, attempt.deadline_at)
    claimed = session.execute(
        update(Attempt)
        .where(Attempt.id == attempt.id, Attempt.submitted_at.is_(None))
        .values(submitted_at=submitted_at, points_numerator=points.numerator, points_denominator=points.denominator)
    )
    session.refresh(attempt)
    if claimed.rowcount != 1:  # type: ignore[attr-defined]
        return attempt
    _keep(items, page, now=now)
    for position, (item, _question) in items.items():
        item.score_numerator, item.score_denominator = scores[position].numerator, scores[position].denominator
    session.flush()
    apply_at_submission(session, attempt, now=now)
    tell_handed_in(session, HandedIn(person_id=attempt.person_id, owner=attempt.owner, form=attempt.form), now)
    return attempt


def without_withdrawn(
    session: Session, bank: str, questions: Sequence[Question], blueprint: Blueprint
) -> tuple[list[Question], Blueprint]:
    """The questions that are not withdrawn, and the blueprint with no more from an objective than that leaves.

    Raises `Refused` (`test-without-questions`) when nothing is left to ask.
    """
    withdrawn = effective.withdrawn_from(session, bank)
    usable = [question for question in questions if question.id not in withdrawn]
    left = Counter(question.objective for question in usable)
    short = {question.objective for question in questions if question.id in withdrawn}
    asked = {
        objective: min(wanted, left[objective]) if objective in short else wanted
        for objective, wanted in blueprint.items()
    }
    if short and not sum(asked.values()):
        raise Refused(because("test-without-questions"))
    return usable, asked


def lock(session: Session, attempt: Attempt) -> None:
    """Read the attempt again and let nobody else change it until the transaction ends."""
    session.refresh(attempt, with_for_update=True)


Items = Mapping[int, tuple[AttemptItem, Question]]
"""The questions of an attempt by position."""


def _of_person(attempt: Attempt, person_id: int) -> Attempt:
    if attempt.person_id != person_id:
        raise ValueError(f"{attempt.owner} belongs to another person")
    return attempt


def _may_change(session: Session, attempt: Attempt, now: datetime) -> None:
    lock(session, attempt)
    if is_over(attempt.deadline_at, now) or (attempt.submitted_at and attempt.submitted_at == attempt.deadline_at):
        raise Refused(because("test-time-over"))
    if attempt.submitted_at is not None:
        raise Refused(because("test-submitted"))


def _versions(session: Session, bank: str, digests: Mapping[str, str]) -> dict[str, QuestionVersion]:
    rows = session.scalars(
        select(QuestionVersion).where(QuestionVersion.bank == bank, QuestionVersion.digest.in_(set(digests.values())))
    )
    found = {row.question_id: row for row in rows if digests.get(row.question_id) == row.digest}
    if missing := sorted(digests.keys() - found.keys()):
        raise LookupError(f"not registered in {bank}: {', '.join(missing)}")
    return found


def _draw_next(
    session: Session, bank: Sequence[Question], blueprint: Blueprint, *, seed: str, owner: str, form: Purpose
) -> Form:
    seen = queries.seen_questions(session, owner)
    others = frozenset[str]().union(*(ids for purpose, ids in seen.items() if purpose is not form))
    return draw_next(bank, blueprint, seed=seed, other_form=others, seen=seen.get(form, frozenset()))


def _add(session: Session, attempt: Attempt, drawn: Form, versions: Mapping[str, QuestionVersion]) -> None:
    session.add(attempt)
    session.flush()
    session.add_all(
        AttemptItem(
            attempt_id=attempt.id,
            position=position,
            question_version_id=versions[item.question_id].id,
            option_order="".join(item.option_order),
        )
        for position, item in enumerate(drawn.items, 1)
    )
    session.flush()


def _items(session: Session, attempt: Attempt, *, only: int | None = None) -> Items:
    query = (
        select(AttemptItem, QuestionVersion.document)
        .join(QuestionVersion, QuestionVersion.id == AttemptItem.question_version_id)
        .where(AttemptItem.attempt_id == attempt.id)
        .order_by(AttemptItem.position)
        .execution_options(populate_existing=True)
    )
    if only is not None:
        query = query.where(AttemptItem.position == only)
    return {item.position: (item, from_document(document)) for item, document in session.execute(query)}


def _accepted(items: Items, position: int, keys: Iterable[str]) -> Response:
    if position not in items:
        raise Refused(because("question-unknown"))
    response = accept(keys, items[position][1])
    if isinstance(response, No):
        raise Refused.by(response)
    return response


def _page(items: Items, answers: Mapping[int, Iterable[str]]) -> dict[int, Response]:
    accepted = {position: _accepted(items, position, keys) for position, keys in answers.items()}
    return {
        position: response
        for position, response in accepted.items()
        if response or items[position][1].kind not in (Kind.SINGLE, Kind.TRUE_FALSE)
    }


def _keep(items: Items, responses: Mapping[int, Response], *, now: datetime) -> None:
    for position, response in responses.items():
        item = items[position][0]
        if response != item.chosen:
            item.response, item.answered_at = sorted(response), now
