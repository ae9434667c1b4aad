"""Whose certificates have been kept long enough."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from certificates.models.issued import Certificate
from certificates.queries.programmes import stored
from certificates.retention import is_over


def to_anonymise(session: Session, *, on: date, person_id: int | None = None) -> Sequence[int]:
    """Everybody (or only this person) whose certificates have been kept as long as their programme says and still bear
    names, by id."""
    old = (
        select(Certificate.person_id)
        .group_by(Certificate.person_id)
        .having(func.max(Certificate.valid_through) < on, func.max(func.length(Certificate.salt)) > 0)
    )
    if person_id is not None:
        old = old.where(Certificate.person_id == person_id)
    kept: defaultdict[int, list[tuple[date, int]]] = defaultdict(list)
    for person_id, valid_through, version_id in session.execute(
        select(Certificate.person_id, Certificate.valid_through, Certificate.programme_version_id).where(
            Certificate.person_id.in_(old)
        )
    ):
        kept[person_id].append((valid_through, stored(session, version_id).retention_years))
    return sorted(person_id for person_id, own in kept.items() if is_over(own, on))


def numbers_of(session: Session, person_id: int) -> Sequence[tuple[str, date]]:
    """The number and the last day of each of a person's certificates."""
    found = select(Certificate.number, Certificate.valid_through).where(Certificate.person_id == person_id)
    return [(number, through) for number, through in session.execute(found.order_by(Certificate.valid_through))]
