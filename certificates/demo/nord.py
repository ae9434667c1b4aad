"""Who of the demo's people the meetings are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from certificates.demo.lives import Guides


class Cohort(NamedTuple):
    """A seminar's id, who has a seat, and its five days."""

    seminar_id: int
    members: list[int]
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Nord:
    """The people of the region, by where they are: between the parts, waiting for assessment, instructors by cohort."""

    guides: Guides
    unit_id: int
    between: Cohort
    assessed: Cohort
    new: Sequence[int]
    experienced: Sequence[int]
    instructor: int
    partner: int
