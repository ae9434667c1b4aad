"""A picture of before and after: a small slope for each objective, all on the same scale, as numbers for an SVG.

Small multiples of slopes (Tufte 1983, The Visual Display of Quantitative Information, on both): a course has up to
thirty objectives, and so many lines between two axes could not be told apart. Four stand side by side, so that the
words can be read on a phone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

ACROSS = 4
PANEL_WIDTH, PANEL_HEIGHT = 84, 108
LEFT, RIGHT = 16, 68
"""Where the line of a panel begins and ends, from the panel's left."""

FULL_AT, NOTHING_AT = 28, 84
"""The heights of 100 % and of 0 %, from the panel's top."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """One panel: its number in the table, shares 0…1, where it stands, and the heights of both ends within it."""

    number: int
    before: Fraction
    after: Fraction
    x: int
    y: int
    left: float
    right: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """All panels; `left` and `right` are the heights of the line that all points together make, drawn in each."""

    slopes: tuple[Slope, ...]
    left: float
    right: float
    height: int
    width: int = ACROSS * PANEL_WIDTH


def picture(pairs: Sequence[tuple[int, Fraction, Fraction]], together: tuple[Fraction, Fraction]) -> Picture:
    """Panels for number, share before and share after, in the order given, beside all points together."""
    return Picture(
        slopes=tuple(
            Slope(
                number=number,
                before=before,
                after=after,
                x=place % ACROSS * PANEL_WIDTH,
                y=place // ACROSS * PANEL_HEIGHT,
                left=_height(before),
                right=_height(after),
            )
            for place, (number, before, after) in enumerate(pairs)
        ),
        left=_height(together[0]),
        right=_height(together[1]),
        height=max(1, -(-len(pairs) // ACROSS)) * PANEL_HEIGHT,
    )


def _height(share: Fraction) -> float:
    return round(NOTHING_AT - float(share) * (NOTHING_AT - FULL_AT), 1)
