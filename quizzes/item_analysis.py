"""How well questions and forms measure, for authors (DOMAIN.md 7).

Scores are exact shares, 0…1 for a question, summed to totals; only what is returned is a float. Variances are those
of the persons at hand (divided by n, not n − 1). What has no value, for want of persons, questions or differences
between persons, is None.

Sources: Kuder & Richardson (1937), "The theory of the estimation of test reliability", Psychometrika 2, 151–160;
Cronbach (1951), "Coefficient alpha and the internal structure of tests", Psychometrika 16, 297–334;
Henrysson (1963), "Correction of item-total correlations in item analysis", Psychometrika 28, 211–218.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import copysign, fsum, sqrt

from quizzes.questions import Question
from quizzes.responses import Response, tokens
from quizzes.typed import folded

Scores = Sequence[Fraction]
"""Scores of one question, or totals of one form: one for each person."""

Table = Sequence[Scores]
"""One row for each person, one column for each question of the same form. Rows of unequal length: `ValueError`."""

NO_VARIANCE = 1e-12
"""What is left of no differences at all where floats are added, in points squared."""


def facility(scores: Scores) -> float | None:
    """Mean score, 0…1, high for an easy question: p = Σx / n. For right-or-wrong questions the proportion right."""
    return float(sum(scores) / Fraction(len(scores))) if scores else None


def discrimination(scores: Scores, totals: Scores) -> float | None:
    """Corrected point-biserial, −1…1: the correlation of a question with the rest of the test, r(x, t − x).

    `totals` are the same persons' totals in points, this question included; it is taken out again here, since a
    question correlates with itself (Henrysson 1963 on why). None when either side is the same for everybody.
    Raises `ValueError` when the two differ in length.
    """
    rests = [t - x for x, t in zip(scores, totals, strict=True)]
    spread = _variance(scores) * _variance(rests)
    if spread == 0:
        return None
    covariance = _mean([x * r for x, r in zip(scores, rests, strict=True)]) - _mean(scores) * _mean(rests)
    return copysign(sqrt(covariance**2 / spread), covariance)


def option_shares(question: Question, responses: Sequence[Response]) -> dict[str, float] | None:
    """For each thing one could answer the share of persons, 0…1, who did; omitted answers count as persons.

    Keyed by option for questions answered by choosing, by pair of prompt and option ("a=c") for matching, by pair of
    step and place ("b=1") for ordering: those nobody chose are there too. Typed answers are keyed by what was typed,
    folded (`quizzes.typed.folded`), the most frequent first.
    """
    if not responses:
        return None
    known = tokens(question)
    if known is None:
        given = Counter(folded(text) for response in responses for text in response)
        return {
            text: times / len(responses) for text, times in sorted(given.items(), key=lambda one: (-one[1], one[0]))
        }
    chosen = Counter(token for response in responses for token in response)
    return {token: chosen[token] / len(responses) for token in sorted(known)}


def cronbach_alpha(table: Table) -> float | None:
    """Internal consistency, at most 1: α = k/(k − 1) · (1 − Σ s²(x) / s²(t)), with k questions (Cronbach 1951)."""
    alpha = _alpha(table)
    return None if alpha is None else float(alpha)


def kr20(table: Table) -> float | None:
    """Alpha for right-or-wrong questions: k/(k − 1) · (1 − Σ p(1 − p) / s²(t)) (Kuder & Richardson 1937, formula 20).

    Raises `ValueError` for a score that is neither 0 nor 1.
    """
    if any(x not in (0, 1) for row in table for x in row):
        raise ValueError("KR-20 is for scores of 0 and 1; use cronbach_alpha for partial credit")
    return cronbach_alpha(table)  # the variance of zeros and ones is p(1 − p)


def standard_error(table: Table) -> float | None:
    """Standard error of measurement in points: s(t) · √(1 − α)."""
    alpha = _alpha(table)
    return None if alpha is None else sqrt(_variance([_sum(row) for row in table]) * (1 - alpha))


def drawn_alpha(rows: Sequence[Mapping[str, Fraction]]) -> float | None:
    """Alpha where each person has had questions of their own, drawn from the same bank: α = k·c̄ / (v̄ + (k − 1)·c̄).

    A row maps the questions one person has had to their scores; k is the mean length of rows. v̄ is the mean variance
    of a question and c̄ the mean covariance of two, each over all persons who have had them, as deviations from the
    question's mean. Where everybody has had the same questions this is `cronbach_alpha` (in the form
    with mean variance and covariance: Cortina 1993, "What is coefficient alpha? An examination of theory and
    applications", Journal of Applied Psychology 78, 98–104). That one draw may be harder than another is not
    counted, so it is the reliability of comparing persons whose draws are equally hard. None where it has no value.
    """
    found = _drawn(rows)
    return None if found is None else float(found[0])


def drawn_error(rows: Sequence[Mapping[str, Fraction]]) -> float | None:
    """The standard error in points that belongs to `drawn_alpha`: s(t)·√(1 − α), with s²(t) = k·(v̄ + (k − 1)·c̄)."""
    found = _drawn(rows)
    return None if found is None else sqrt(max(0.0, found[1] * (1 - found[0])))


def _drawn(rows: Sequence[Mapping[str, Fraction]]) -> tuple[float, float] | None:
    """Alpha and the variance of totals; None without two questions a person, or without differences.

    In floats: the means of many questions have no small common denominator.
    """
    scores: defaultdict[str, list[Fraction]] = defaultdict(list)
    for row in rows:
        for item, x in row.items():
            scores[item].append(x)
    means = {item: float(_mean(given)) for item, given in scores.items()}
    apart = [[float(x) - means[item] for item, x in row.items()] for row in rows]
    had, pairs = sum(map(len, apart)), sum(len(row) * (len(row) - 1) for row in apart)
    if not pairs:
        return None
    squares = [fsum(d * d for d in row) for row in apart]
    variance = fsum(squares) / had
    covariance = fsum(fsum(row) ** 2 - square for row, square in zip(apart, squares, strict=True)) / pairs
    k = had / len(apart)
    of_totals = k * (variance + (k - 1) * covariance)
    return (k * k * covariance / of_totals, of_totals) if of_totals > NO_VARIANCE else None


def _alpha(table: Table) -> Fraction | None:
    columns = list(zip(*table, strict=True))
    k = len(columns)
    of_totals = _variance([_sum(row) for row in table])
    if k < 2 or of_totals == 0:
        return None
    return Fraction(k, k - 1) * (1 - _sum([_variance(column) for column in columns]) / of_totals)


def _sum(values: Scores) -> Fraction:
    return sum(values, Fraction(0))


def _mean(values: Scores) -> Fraction:
    return _sum(values) / len(values)


def _variance(values: Scores) -> Fraction:
    """Variance of the values at hand; 0 for none."""
    return _mean([x * x for x in values]) - _mean(values) ** 2 if values else Fraction(0)
