"""Withdrawing a faulty question: what every test that held it is worth without it, and whose pass that touches.

Facts are appended and scores computed: the original score stays, each withdrawal adds what the test is worth after it.

**Decided**: a score follows the withdrawal at once; a pass does not. Whoever has passed keeps it until a person decides
otherwise. Whoever had failed and now passes, has passed from the day the withdrawal was applied and not from the day of
the test: a decision has no effect before it was made, and what was issued or refused in between stands as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from lms.verdict import No, because
from quizzes.scoring import FULL, Total, passed, total


class Way(StrEnum):
    """How a withdrawn question is scored: left out of points and maximum alike, or full points for everybody."""

    LEFT_OUT = "left_out"
    FULL = "full"


class Status(StrEnum):
    """What came of a recomputed score: it counts; or it lies below the mark, and a pass that was given waits for a
    decision, is kept by one, or is taken away by one."""

    APPLIED = "applied"
    PENDING = "pass_pending"
    KEPT = "pass_kept"
    WITHDRAWN = "pass_withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What one question of a test gave, 0…1."""

    question_id: str
    objective: str
    score: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """A recomputed score as it is kept: `points` of `out_of`, and whether they are enough (`passed_after`).

    `passed_before` is what held until then; both are None for a test one cannot pass, and `passed_before` also for one
    that was handed in when the question was withdrawn already.
    """

    points: Fraction
    out_of: int
    passed_before: bool | None
    passed_after: bool | None
    status: Status
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """A share of all points, 0…1, and from when it was known; `recomputed` when that was after the test."""

    share: Fraction
    at: datetime
    recomputed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a submitted test is worth today. `passed` is None for a test one cannot pass.

    `status` is that of the last recomputation, None where there was none. `grades` are the scores it has had, oldest
    first, without those that a withdrawn pass rested on. `passed_at`: from when it has been passed.
    """

    points: Fraction
    out_of: int
    passed: bool | None
    grades: tuple[Grade, ...]
    passed_at: datetime | None = None
    status: Status | None = None

    @property
    def share(self) -> Fraction:
        """Points as a share of all, 0…1."""
        return self.points / self.out_of


def counting(marks: Iterable[Mark], withdrawn: Mapping[str, Way]) -> tuple[Mark, ...]:
    """The marks that count, in order: without the questions left out, with full points for the other withdrawn ones.

    Where nothing would be left to count, every withdrawn question gives full points: no test is without a result.
    """
    marks = tuple(marks)
    left = [mark for mark in marks if withdrawn.get(mark.question_id) is not Way.LEFT_OUT]
    return tuple(replace(mark, score=FULL) if mark.question_id in withdrawn else mark for mark in left or marks)


def recompute(marks: Iterable[Mark], withdrawn: Mapping[str, Way]) -> Total:
    """What a test is worth when these questions are withdrawn, whatever the order in which they were.

    Raises `ValueError` for a test without questions.
    """
    return total(mark.score for mark in counting(marks, withdrawn))


def adjust(before: Standing | None, after: Total, *, pass_mark: Fraction | None, at: datetime) -> Adjustment:
    """The recomputed score, and what it does to a pass. `before` is None for a test that is being handed in now.

    `pass_mark` is None for a test one cannot pass. A pass is never taken away here.
    """
    enough = None if pass_mark is None else passed(after.share, pass_mark)
    had = before.passed if before else None
    status = Status.PENDING if had and not enough else Status.APPLIED
    return Adjustment(
        points=after.points, out_of=after.out_of, passed_before=had, passed_after=enough, status=status, at=at
    )


def decided(before: Standing, *, keep: bool, at: datetime) -> Adjustment | No:
    """A person's word on a pass that waits for it; No (`pass-not-pending`) where none does."""
    if before.status is not Status.PENDING:
        return No((because("pass-not-pending"),))
    status = Status.KEPT if keep else Status.WITHDRAWN
    return Adjustment(
        points=before.points, out_of=before.out_of, passed_before=True, passed_after=False, status=status, at=at
    )


def restored(before: Standing, *, at: datetime) -> Adjustment | No:
    """A pass that was taken away, given back on appeal; No (`pass-not-withdrawn`) where none was."""
    if before.status is not Status.WITHDRAWN:
        return No((because("pass-not-withdrawn"),))
    return Adjustment(
        points=before.points, out_of=before.out_of, passed_before=False, passed_after=False, status=Status.KEPT, at=at
    )


def effective(
    original: Total, *, pass_mark: Fraction | None, submitted_at: datetime, adjustments: Sequence[Adjustment] = ()
) -> Standing:
    """What a test is worth today: the one function every score that is shown or used comes from.

    `original` is the score it was handed in with, `adjustments` what has been recomputed since, in order. `pass_mark`
    is None for a test one cannot pass. A pass that was taken away and given back counts as never taken away: it stands
    from the day it was first known.
    """
    gave = None if pass_mark is None else passed(original.share, pass_mark)
    standing = Standing(
        points=original.points,
        out_of=original.out_of,
        passed=gave,
        grades=(Grade(share=original.share, at=submitted_at),),
        passed_at=submitted_at if gave else None,
    )
    for place, one in enumerate(adjustments):
        given_back = one.status is Status.WITHDRAWN and [each.status for each in adjustments[place + 1 :]][:1] == [
            Status.KEPT
        ]
        if not given_back:
            standing = _after(standing, one, submitted_at)
    return standing


def _after(standing: Standing, one: Adjustment, submitted_at: datetime) -> Standing:
    in_time = one.at <= submitted_at  # the question was withdrawn when the test was handed in
    grade = Grade(share=one.points / one.out_of, at=one.at, recomputed=not in_time)
    holds = {Status.PENDING: True, Status.KEPT: True, Status.WITHDRAWN: False}.get(one.status, one.passed_after)
    if in_time or one.status is Status.WITHDRAWN:
        grades: tuple[Grade, ...] = (grade,)
    else:
        grades = standing.grades if standing.grades[-1].share == grade.share else (*standing.grades, grade)
    since = standing.passed_at if standing.passed and not in_time else one.at
    return Standing(
        points=one.points,
        out_of=one.out_of,
        passed=holds,
        grades=grades,
        passed_at=since if holds else None,
        status=one.status,
    )
