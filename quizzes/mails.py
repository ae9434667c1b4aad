"""What is written to people about their tests. Needs an application; whoever withdraws a question calls it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import outbox
from lms.outbox import OutboxMail
from lms.people import Person
from lms.web import full_address
from quizzes.effective import Change, mark_to_pass
from quizzes.models import Attempt
from quizzes.scoring import to_show


@dataclass(frozen=True, slots=True)
class ChangedResult:
    """A test whose result is another than before."""

    attempt: Attempt
    change: Change

    @property
    def before(self) -> Fraction:
        """The share of points until now, to show."""
        return self._shown(self.change.before.share)

    @property
    def after(self) -> Fraction:
        """The share of points from now on, to show."""
        return self._shown(self.change.share_after)

    @property
    def link(self) -> str:
        """Where the result is read."""
        return full_address("quizzes.result", attempt_id=self.attempt.id)

    def _shown(self, share: Fraction) -> Fraction:
        mark = mark_to_pass(self.attempt)
        return to_show(share, passed=mark is None or share >= mark)


def tell_changed(session: Session, changes: Sequence[Change], *, now: datetime) -> int:
    """Tell everybody whose result a withdrawal has changed, each in one mail; returns how many are told.

    In the transaction of the withdrawal, which happens once: so the mail is written once, or not at all.
    """
    felt = {one.attempt_id: one for one in changes if one.is_felt}
    rows = session.execute(
        select(Attempt, Person)
        .join(Person, Person.id == Attempt.person_id)
        .where(Attempt.id.in_(felt), Person.deactivated_at.is_(None))
        .order_by(Attempt.person_id, Attempt.id)
    )
    told: dict[int, tuple[Person, list[ChangedResult]]] = {}
    for attempt, person in rows:
        told.setdefault(person.id, (person, []))[1].append(ChangedResult(attempt, felt[attempt.id]))
    for person, results in told.values():
        result_changed(session, results, person, now=now)
    return len(told)


def result_changed(session: Session, results: Sequence[ChangedResult], person: Person, *, now: datetime) -> OutboxMail:
    """To one who has had a question that is now withdrawn: what the tests were worth, and what they are worth now."""
    context = {"results": results, "today": now}
    return outbox.enqueue(session, name="result_changed", person=person, context=context, now=now, daytime_only=True)
