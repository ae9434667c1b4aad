"""A picture of before and after: a line for each objective from the left axis to the right, as numbers for an SVG.

After Tufte (1983), The Visual Display of Quantitative Information, p. 158, "slopegraph". Labels that would lie on each
other are pushed apart, so that each can be read; the dots stay where they belong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

WIDTH, HEIGHT = 340, 330
LEFT, RIGHT = 96, 244
TOP, BOTTOM = 44, 312
APART = 15
"""How far apart two labels stand at least, in the picture's units: a line of text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """One line: the number it has in the table (none for the mean of all), shares 0…1, and heights in the picture."""

    number: int | None
    before: Fraction
    after: Fraction
    left: float
    right: float
    left_label: float
    right_label: float


def slopes(pairs: Sequence[tuple[int | None, Fraction, Fraction]]) -> tuple[Slope, ...]:
    """Lines for number, share before and share after, in the order given."""
    left = [_height(before) for _number, before, _after in pairs]
    right = [_height(after) for _number, _before, after in pairs]
    return tuple(
        Slope(
            number=number,
            before=before,
            after=after,
            left=one,
            right=other,
            left_label=one_label,
            right_label=other_label,
        )
        for (number, before, after), one, other, one_label, other_label in zip(
            pairs, left, right, spread(left), spread(right), strict=True
        )
    )


def spread(heights: Sequence[float]) -> list[float]:
    """Heights for labels: as near to these as can be, in the same order, `APART` from each other, inside the picture.

    Neighbours that are too near share the middle of where they want to be (pool adjacent violators), so nothing moves
    further than it must.
    """
    order = sorted(range(len(heights)), key=lambda n: (heights[n], n))
    pools: list[list[float]] = []  # of each: wanted start of the first label times labels, and labels
    for place, n in enumerate(order):
        pools.append([heights[n] - place * APART, 1])
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] >= pools[-1][0] / pools[-1][1]:
            total, count = pools.pop()
            pools[-1] = [pools[-1][0] + total, pools[-1][1] + count]
    starts = [pool[0] / pool[1] for pool in pools for _ in range(int(pool[1]))]
    most = BOTTOM - (len(heights) - 1) * APART
    placed = [min(max(start, TOP), max(most, TOP)) + place * APART for place, start in enumerate(starts)]
    return [height for _n, height in sorted(zip(order, placed, strict=True))]


def _height(share: Fraction) -> float:
    return round(BOTTOM - float(share) * (BOTTOM - TOP), 1)
