"""Reads for the pages about faulty questions: what withdrawing one would do, what has been withdrawn, what waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from courses.compiling import CompiledCourse
from lms.people import Person
from lms.viewer import Reach
from quizzes import effective
from quizzes.effective import Change, Withdrawn
from quizzes.gain import MIN_GROUP_PERSONS
from quizzes.models import ItemProposal, QuestionVersion, ScoreAdjustment
from quizzes.scoring import to_show
from quizzes.withdrawal import Standing, Status, Way


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """What a withdrawal does to the test of somebody the viewer may see."""

    name: str
    change: Change

    @property
    def before_shown(self) -> Fraction:
        """The score until now, to show."""
        return to_show(self.change.before.share, passed=self.change.before.passed is not False)

    @property
    def after_shown(self) -> Fraction:
        """The recomputed score, to show: never rounded up to a mark it does not reach."""
        return to_show(self.change.share_after, passed=self.change.after.passed_after is not False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What withdrawing a question would do: in numbers, and by name for those the viewer may see.

    `figures` is false where the numbers would be about fewer than five people whom the viewer may not see.
    """

    way: Way
    tests: int
    running: int
    felt: int
    gains: int
    waits: int
    figures: bool
    lines: tuple[ChangeLine, ...]
    unnamed: int
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PassWaiting:
    """A pass that waits for a decision: the score it rests on, and the recomputed one."""

    attempt_id: int
    name: str
    question_id: str
    original: Fraction
    standing: Standing
    pass_mark: Fraction
    is_own: bool

    @property
    def shown(self) -> Fraction:
        """The recomputed score, to show: never rounded up to the mark it does not reach."""
        return to_show(self.standing.share, passed=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawnLine:
    """A question that has been withdrawn, by whom, and what came of it: tests recomputed, passes gained, and of those
    with too few points how many wait, were kept and were taken away."""

    withdrawn: Withdrawn
    title: str
    by: str
    recomputed: int
    gained: int
    waiting: int
    kept: int
    lost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalLine:
    """A proposal to withdraw a question."""

    question_id: str
    title: str
    way: Way
    reason: str
    by: str
    at: datetime


def rehearsal(
    session: Session, reach: Reach, *, bank: str, question_id: str, way: Way, at: datetime, on: date
) -> Rehearsal:
    """What withdrawing a question would do. `reach` says whose names the viewer may see."""
    found = effective.rehearsal(session, bank=bank, question_id=question_id, way=way, at=at)
    felt = [one for one in found if one.is_felt]
    names = _names(session, reach, {one.person_id for one in felt}, on=on)
    lines = [ChangeLine(name=names[one.person_id], change=one) for one in felt if one.person_id in names]
    everybody = {one.person_id for one in found}
    return Rehearsal(
        way=way,
        tests=len(found),
        running=effective.running(session, bank=bank, question_id=question_id),
        felt=len(felt),
        gains=sum(one.gains for one in found),
        waits=sum(one.waits for one in found),
        figures=len(lines) == len(felt) or len(everybody) >= MIN_GROUP_PERSONS,
        lines=tuple(sorted(lines, key=lambda one: (not one.change.waits, not one.change.gains))),
        unnamed=len(felt) - len(lines),
        fingerprint=effective.fingerprint(found),
    )


def passes_waiting(
    session: Session, reach: Reach, *, bank: str, viewer_id: int, on: date, question_id: str | None = None
) -> list[PassWaiting]:
    """The passes of people within reach that wait for a decision, all of a bank's or those of one question."""
    found = [
        one for one in effective.pending(session, bank=bank) if question_id is None or one[2].question_id == question_id
    ]
    names = _names(session, reach, {attempt.person_id for attempt, *_rest in found}, on=on)
    return [
        PassWaiting(
            attempt_id=attempt.id,
            name=names[attempt.person_id],
            question_id=withdrawal.question_id,
            original=(attempt.points or Fraction(0)) / attempt.out_of,
            standing=standing,
            pass_mark=attempt.pass_mark,
            is_own=attempt.person_id == viewer_id,
        )
        for attempt, standing, withdrawal in found
        if attempt.person_id in names
    ]


def withdrawn_lines(session: Session, *, bank: str) -> list[WithdrawnLine]:
    """The questions withdrawn from a bank, the latest first."""
    withdrawn = effective.withdrawn_from(session, bank)
    ids = [one.id for one in withdrawn.values()]
    counted: dict[tuple[int, str], int] = {
        (withdrawal_id, status): times
        for withdrawal_id, status, times in session.execute(
            select(ScoreAdjustment.withdrawal_id, ScoreAdjustment.status, func.count())
            .where(ScoreAdjustment.withdrawal_id.in_(ids))
            .group_by(ScoreAdjustment.withdrawal_id, ScoreAdjustment.status)
        )
    }
    gained = Counter(
        session.scalars(
            select(ScoreAdjustment.withdrawal_id).where(
                ScoreAdjustment.withdrawal_id.in_(ids),
                ScoreAdjustment.status == Status.APPLIED,
                ScoreAdjustment.passed_before.is_(False),
                ScoreAdjustment.passed_after.is_(True),
            )
        )
    )
    waiting = [withdrawal.id for _attempt, _standing, withdrawal in effective.pending(session, bank=bank)]
    by = _people(session, {one.decided_by for one in withdrawn.values()})
    titles = _titles(session, bank, withdrawn)
    return [
        WithdrawnLine(
            withdrawn=one,
            title=titles.get(question_id, question_id),
            by=by[one.decided_by],
            recomputed=counted.get((one.id, Status.APPLIED), 0) + counted.get((one.id, Status.PENDING), 0),
            gained=gained[one.id],
            waiting=waiting.count(one.id),
            kept=counted.get((one.id, Status.KEPT), 0),
            lost=counted.get((one.id, Status.WITHDRAWN), 0),
        )
        for question_id, one in reversed(withdrawn.items())
    ]


def proposal_lines(session: Session, *, bank: str) -> list[ProposalLine]:
    """The proposals that nobody has followed yet, oldest first."""
    found: Sequence[ItemProposal] = effective.proposals(session, bank=bank)
    by = _people(session, {one.proposed_by for one in found})
    titles = _titles(session, bank, {one.question_id for one in found})
    return [
        ProposalLine(
            question_id=one.question_id,
            title=titles.get(one.question_id, one.question_id),
            way=Way(one.way),
            reason=one.reason,
            by=by[one.proposed_by],
            at=one.proposed_at,
        )
        for one in found
    ]


def bank_titles(course: CompiledCourse) -> list[tuple[str, list[tuple[str, str]]]]:
    """The questions of the current version as id and title, by objective."""
    bank = course.bank()
    return [
        (objective.text, [(one.id, one.title) for one in bank if one.objective == objective.id])
        for objective in course.objectives
    ]


def _names(session: Session, reach: Reach, person_ids: Collection[int], *, on: date) -> dict[int, str]:
    """The names of those within reach, in the order of names."""
    if not reach or not person_ids:
        return {}
    rows = session.execute(
        select(Person.id, Person.name)
        .where(Person.id.in_(person_ids), reach.people(Person.id, on))
        .order_by(Person.sort_name, Person.id)
    )
    return {row[0]: row[1] for row in rows}


def _people(session: Session, person_ids: Collection[int]) -> dict[int, str]:
    """The names of those who have decided or proposed something: that is no secret."""
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(person_ids)))
    return {row[0]: row[1] for row in rows}


def _titles(session: Session, bank: str, question_ids: Collection[str]) -> dict[str, str]:
    """The newest title of each question."""
    rows = session.execute(
        select(QuestionVersion.question_id, QuestionVersion.document["title"].as_string())
        .where(QuestionVersion.bank == effective.family(bank), QuestionVersion.question_id.in_(question_ids))
        .order_by(QuestionVersion.id)
    )
    return {row[0]: row[1] for row in rows}
