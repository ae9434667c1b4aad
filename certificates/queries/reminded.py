"""The reminders of one certificate, each with what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.issued import Issued
from certificates.models.reminders import Reminder
from certificates.planned import reminder_target
from certificates.programme import Stage
from certificates.queries.holds import Hold, open_holds
from certificates.reminders import calendar, due_now
from lms.outbox import FAILED, OutboxMail


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderLine:
    """One stage: its day, when it was written, whether it came through, who holds it; `comes` when a night is still to
    write it."""

    stage: str
    on: date
    written_at: datetime | None
    failed: bool
    hold: Hold | None
    comes: bool
    key: str


def reminder_lines(session: Session, issued: Issued, *, is_over: bool, on: date) -> Sequence[ReminderLine]:
    """Every stage of the certificate's policy, by its day."""
    written = {
        stage: (claimed_at, state)
        for stage, claimed_at, state in session.execute(
            select(Reminder.stage, Reminder.claimed_at, OutboxMail.state)
            .outerjoin(OutboxMail, OutboxMail.id == Reminder.mail_id)
            .where(Reminder.certificate_id == issued.id)
        )
    }
    holds, sent = open_holds(session), frozenset(map(Stage, written))
    lines = []
    for each in calendar(issued.period, (), issued.policy):
        claimed_at, state = written.get(each.stage, (None, None))
        key = reminder_target(issued.id, each.stage).key
        now = due_now(issued, sent, max(each.on, on), is_over=is_over)
        lines.append(
            ReminderLine(
                stage=each.stage,
                on=each.on,
                written_at=claimed_at,
                failed=state in FAILED,
                hold=holds.get(key),
                comes=claimed_at is None and now == each.stage,
                key=key,
            )
        )
    return lines
