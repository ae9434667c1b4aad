"""The blueprint of a test: how many questions from each objective, and whether a bank can fill it (DOMAIN.md 7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from quizzes.questions import Question

Blueprint = Mapping[str, int]
"""The number of questions, 0 or more, by objective."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """An objective with fewer questions (`available`) than two forms of `wanted` questions each need."""

    objective: str
    wanted: int
    available: int

    @property
    def is_error(self) -> bool:
        """Whether not even one form can be filled; otherwise pre- and post-test share questions."""
        return self.available < self.wanted

    @property
    def overlap(self) -> int:
        """How many questions pre- and post-test must share."""
        return 0 if self.is_error else 2 * self.wanted - self.available

    @property
    def message(self) -> str:
        """What is wrong and what to do, for the author of the content."""
        if self.is_error:
            return (
                f"læringsmålet «{self.objective}» har {self.available} spørsmål, og testen trenger {self.wanted}: "
                f"skriv {self.wanted - self.available} til, eller be om færre"
            )
        return (
            f"læringsmålet «{self.objective}» har {self.available} spørsmål, så førtest og ettertest får "
            f"{self.overlap} felles: skriv {self.overlap} til, så blir testene helt ulike"
        )


def coverage(bank: Iterable[Question], blueprint: Blueprint) -> tuple[Gap, ...]:
    """The gaps of a bank, in the blueprint's order; none when two forms without a common question can be drawn."""
    available = Counter(question.objective for question in bank)
    return tuple(
        Gap(objective=objective, wanted=wanted, available=available[objective])
        for objective, wanted in blueprint.items()
        if available[objective] < 2 * wanted
    )
