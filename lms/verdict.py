"""Answers of rules that explain themselves.

A rule answers with a value or with `No(reasons)`, which is false in a condition. A reason is a code with
values, never a sentence: what it says to a person, in their language, is looked up at the edge in the
`wording` of the features (`lms.wording.say`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, as a code known to the wording (`renewal-not-open`) and the values its sentence needs."""

    code: str
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    def __hash__(self) -> int:
        return hash((self.code, tuple(sorted((key, str(value)) for key, value in self.values.items()))))


def because(code: str, **values: object) -> Reason:
    """`because("renewal-not-open", opens=date)`: a reason in the order one says it."""
    return Reason(code, MappingProxyType(values))


@dataclass(frozen=True, slots=True)
class No:
    """A refusal with at least one reason; false in a condition."""

    reasons: tuple[Reason, ...]

    def __post_init__(self) -> None:
        if not self.reasons:
            raise ValueError("a No without a reason explains nothing")

    def __bool__(self) -> bool:
        return False
