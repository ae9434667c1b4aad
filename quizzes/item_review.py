"""All questions of a bank as they have worked, from what persons answered at their first try (DOMAIN.md 7).

Persons are compared with those who sat the same form: pre- and post-test are counted apart, since a course lies
between them. Where each person has drawn questions of their own, a question's rest of the test is the share of points
on the person's other questions. The thirds are by that share as well (Kelley 1939, "The selection of upper and lower
groups for the validation of test items", Journal of Educational Psychology 30, 17–24, on comparing groups of extremes;
thirds instead of his 27 % because the groups are small), persons with the same share in the order of their tests.

**Decided**: a withdrawn question keeps its own figures, against the questions that still count, and counts in nothing
else: not in the rest of the test of others, not in the usual time, not in the mean or the reliability of a form.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from statistics import median

from lms.verdict import Reason
from quizzes import item_flags
from quizzes.attempts import Purpose
from quizzes.disclosure import LEAST_PERSONS
from quizzes.item_analysis import discrimination, drawn_alpha, drawn_error
from quizzes.item_flags import ItemFigures, OptionUse
from quizzes.questions import CHOICES, Kind, Question
from quizzes.responses import Response
from quizzes.typed import folded

LEAST_FOR_THIRDS = 3 * LEAST_PERSONS
"""Fewer make thirds that are persons."""

TYPED_SHOWN = 5
"""So many of the most frequent typed answers are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What one person answered to one question; `score` 0…1, `seconds` how long it stood before them, if known."""

    question_id: str
    response: Response
    score: Fraction
    seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sat:
    """One person's first try at a form. `version` is A or B for a stored form, None for one drawn for the person."""

    attempt_id: int
    form: Purpose
    version: str | None
    given: tuple[Given, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """One question in one form; `figures` and what follows are None where fewer than five persons have had it."""

    form: Purpose
    answers: int
    figures: ItemFigures | None
    omitted: Fraction | None
    flags: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemReview:
    """One question in each form in which somebody has had it. `texts`: how many wordings there have been.

    `withdrawn`: whether it no longer counts; nothing is then to be done about its flags.
    """

    question: Question
    texts: int
    lines: tuple[ItemLine, ...]
    withdrawn: bool = False

    @property
    def flags(self) -> tuple[Reason, ...]:
        """What there is to say about it in any form, each once."""
        return tuple(dict.fromkeys(flag for line in self.lines for flag in line.flags))


@dataclass(frozen=True, slots=True, kw_only=True)
class FormLine:
    """How one form has measured by the questions that count; `questions` is 0 where all are withdrawn.

    `error` is the standard error of measurement as a share of all points.
    `reliability` is KR-20 where every score is 0 or 1 (`is_kr20`), else alpha; both None below `LEAST_ANSWERS`.
    """

    form: Purpose
    version: str | None
    persons: int
    questions: int
    mean: Fraction | None
    reliability: float | None
    is_kr20: bool
    error: float | None


def review(
    sittings: Iterable[Sat],
    questions: Mapping[str, Question],
    texts: Mapping[str, int],
    withdrawn: Collection[str] = (),
) -> list[ItemReview]:
    """Each of these questions, in their order, with its figures; `texts` counts the wordings of each."""
    had: defaultdict[tuple[str, Purpose], list[_Had]] = defaultdict(list)
    for sat in sorted(sittings, key=lambda one: one.attempt_id):
        counting = [one.score for one in sat.given if one.question_id not in withdrawn]
        points = sum(counting, Fraction(0))
        for one in sat.given:
            itself = (0, 0) if one.question_id in withdrawn else (one.score, 1)
            others = len(counting) - itself[1]
            rest = (points - itself[0]) / others if others else Fraction(0)
            had[one.question_id, sat.form].append(_Had(one, rest))
    found = {place: _line(questions[place[0]], place[1], rows) for place, rows in had.items() if place[0] in questions}
    standing = [line for (question_id, _form), line in found.items() if question_id not in withdrawn]
    usual = {form: _usual(line for line in standing if line.form is form) for form in Purpose}
    timed = {place: _with_flags(line, usual[line.form]) for place, line in found.items()}
    return [
        ItemReview(
            question=question,
            texts=texts.get(question_id, 1),
            lines=tuple(timed[question_id, form] for form in Purpose if (question_id, form) in timed),
            withdrawn=question_id in withdrawn,
        )
        for question_id, question in questions.items()
    ]


def forms(sittings: Iterable[Sat], withdrawn: Collection[str] = ()) -> list[FormLine]:
    """Each form that somebody has sat: pre-test and post-test, each by version, those drawn for persons last."""
    grouped: defaultdict[tuple[Purpose, str | None], list[Sat]] = defaultdict(list)
    for sat in sittings:
        counting = tuple(one for one in sat.given if one.question_id not in withdrawn)
        grouped[sat.form, sat.version].append(replace(sat, given=counting))
    order = sorted(grouped, key=lambda one: (list(Purpose).index(one[0]), one[1] is None, one[1] or ""))
    return [_form(form, version, grouped[form, version]) for form, version in order]


@dataclass(frozen=True, slots=True)
class _Had:
    """What somebody answered, and the share of points on the rest of their test."""

    given: Given
    rest: Fraction


def _line(question: Question, form: Purpose, rows: Sequence[_Had]) -> ItemLine:
    answers = len(rows)
    if answers < LEAST_PERSONS:
        return ItemLine(form=form, answers=answers, figures=None, omitted=None, flags=())
    scores = [one.given.score for one in rows]
    times = [Fraction(one.given.seconds) for one in rows if one.given.seconds is not None]
    return ItemLine(
        form=form,
        answers=answers,
        figures=ItemFigures(
            kind=question.kind,
            form=form,
            answers=answers,
            facility=sum(scores, Fraction(0)) / answers,
            discrimination=discrimination(scores, [one.rest + one.given.score for one in rows]),
            options=_options(question, rows),
            median_seconds=median(times) if len(times) >= LEAST_PERSONS else None,
            timed=len(times),
            usual_seconds=None,
        ),
        omitted=Fraction(sum(not one.given.response for one in rows), answers),
        flags=(),
    )


def _usual(lines: Iterable[ItemLine]) -> Fraction | None:
    """The median over a form's questions of their median times; None where fewer than five have one."""
    times = [one.figures.median_seconds for one in lines if one.figures and one.figures.median_seconds is not None]
    return median(times) if len(times) >= LEAST_PERSONS else None


def _with_flags(line: ItemLine, usual: Fraction | None) -> ItemLine:
    if line.figures is None:
        return line
    figures = replace(line.figures, usual_seconds=usual)
    return replace(line, figures=figures, flags=item_flags.flags(figures))


def _options(question: Question, rows: Sequence[_Had]) -> tuple[OptionUse, ...]:
    """What was answered, by all and by thirds: options, right pairs, right places, or the most frequent texts."""
    ranked = sorted(rows, key=lambda one: one.rest)  # stable: the order of their tests where equal
    third = len(rows) // 3 if len(rows) >= LEAST_FOR_THIRDS else 0
    groups = [rows] + ([ranked[-third:], ranked[third:-third], ranked[:third]] if third else [])
    chosen = [Counter(token for one in group for token in _tokens(question, one.given.response)) for group in groups]
    uses: list[OptionUse] = []
    for token, label, right in _answers(question, chosen[0]):
        shares = [Fraction(counted[token], len(group)) for counted, group in zip(chosen, groups, strict=True)]
        upper, middle, lower = shares[1:] or (None, None, None)
        uses.append(
            OptionUse(token=token, label=label, right=right, share=shares[0], upper=upper, middle=middle, lower=lower)
        )
    return tuple(uses)


def _tokens(question: Question, response: Response) -> frozenset[str]:
    return response if question.options else frozenset(folded(text) for text in response)


def _answers(question: Question, chosen: Counter[str]) -> list[tuple[str, str, bool]]:
    """Token, label and whether it is right. A typed answer that fewer than five have given stays with them."""
    if question.kind in CHOICES:
        return [(one.key, one.key.upper(), one.right) for one in question.options]
    if question.kind is Kind.MATCHING:
        pairs = sorted(question.prompts, key=lambda one: one.key)
        return [(f"{one.key}={one.option}", f"{n} – {one.option.upper()}", True) for n, one in enumerate(pairs, 1)]
    if question.kind is Kind.ORDERING:
        return [(f"{key}={place}", f"{place} – {key.upper()}", True) for place, key in enumerate(question.order, 1)]
    right = {folded(text) for text in (*question.accepted, *question.right_response)}
    frequent = sorted((-times, text) for text, times in chosen.items() if times >= LEAST_PERSONS)
    return [(text, text, text in right) for _times, text in frequent[:TYPED_SHOWN]]


def _form(form: Purpose, version: str | None, sittings: Sequence[Sat]) -> FormLine:
    rows = [{one.question_id: one.score for one in sat.given} for sat in sittings if sat.given]
    scores = [score for row in rows for score in row.values()]
    enough = len(rows) >= item_flags.LEAST_ANSWERS
    length = max((len(row) for row in rows), default=0)
    error = drawn_error(rows) if enough else None
    return FormLine(
        form=form,
        version=version,
        persons=len(sittings),
        questions=length,
        mean=sum(scores, Fraction(0)) / len(scores) if len(rows) >= LEAST_PERSONS else None,
        reliability=drawn_alpha(rows) if enough else None,
        is_kr20=all(score in (0, 1) for score in scores),
        error=None if error is None or not length else error / length,
    )
