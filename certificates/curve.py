"""A line of shares from stage to stage, as numbers for a small drawing. The table beside it says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

COLUMN_WIDTH, HEIGHT = 100, 120
TOP, BOTTOM = 10, 110  # where full marks and none lie


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Places of the known shares, from left to right, in a drawing of `width` × `height`; columns are equally wide."""

    points: tuple[tuple[int, int], ...]
    columns: int

    @property
    def width(self) -> int:
        """How wide the drawing is."""
        return self.columns * COLUMN_WIDTH

    @property
    def height(self) -> int:
        """How high the drawing is."""
        return HEIGHT

    @property
    def line(self) -> str:
        """The points as SVG writes them."""
        return " ".join(f"{x},{y}" for x, y in self.points)


def curve(shares: Sequence[Fraction | None]) -> Curve | None:
    """A line through the shares, 0…1, that are known, each in the middle of its column; None for fewer than two."""
    points = tuple(
        (column * COLUMN_WIDTH + COLUMN_WIDTH // 2, round(BOTTOM - (BOTTOM - TOP) * share))
        for column, share in enumerate(shares)
        if share is not None
    )
    return Curve(points=points, columns=len(shares)) if len(points) > 1 else None
