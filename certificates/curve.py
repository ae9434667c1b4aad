"""A line of shares over months, as numbers for a small drawing. The table beside it says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

WIDTH, HEIGHT = 320, 160
LEFT, RIGHT, TOP, BOTTOM = 40, 300, 24, 130


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A place in the drawing, with what it stands for."""

    x: int
    y: int
    months: int
    share: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The points of a line, from left to right; `places` is where each month stands, also those without a point."""

    points: tuple[Point, ...]
    places: tuple[tuple[int, int], ...]

    @property
    def line(self) -> str:
        """The points as SVG writes them."""
        return " ".join(f"{point.x},{point.y}" for point in self.points)


def curve(months: Sequence[int], shares: Sequence[Fraction | None]) -> Curve | None:
    """A line through the shares, 0…1, that are known; None where there are fewer than two.

    `months` ascend from 0 (the post-test); both sequences are equally long.
    """
    known = [(at, share) for at, share in zip(months, shares, strict=True) if share is not None]
    if len(known) < 2:
        return None
    longest = max(months)

    def across(at: int) -> int:
        return LEFT + (RIGHT - LEFT) * at // longest

    return Curve(
        points=tuple(
            Point(x=across(at), y=round(BOTTOM - (BOTTOM - TOP) * share), months=at, share=share) for at, share in known
        ),
        places=tuple((across(at), at) for at in months),
    )
