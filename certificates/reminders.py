"""Which reminder a holder gets today (DOMAIN.md 6). What was sent is an argument; that nothing is sent twice by two
machines is the database's job."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from certificates.issued import Issued
from certificates.programme import Policy
from certificates.programme import Stage as Stage
from certificates.status import State
from certificates.validity import Period, first_day_no_longer_valid, grace_ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """A reminder in a certificate's calendar: the stage, its day, and whether it has been sent."""

    stage: Stage
    on: date
    sent: bool


def due(period: Period, sent: Collection[Stage], today: date, policy: Policy) -> Stage | None:
    """The one stage to send today, or None.

    Only the newest stage whose day has come, and nothing when that one or a newer one was sent: after an outage one
    mail, not a pile. A stage whose day lies before the certificate begins is none of its. The last stage stays due
    until the end of grace, when there still is something to do about it; after that, nothing. Whether the certificate
    wants reminders at all is for the caller to ask (`wants_reminders`).
    """
    reached = [stage for stage in policy.reminders if period.valid_from <= day_of(stage, period) <= today]
    if not reached or today > grace_ends(period, policy):
        return None
    newest = max(reached, key=lambda stage: _age(stage, period))
    has_been_told = any(_age(Stage(stage), period) >= _age(newest, period) for stage in sent)
    return None if has_been_told else newest


def due_now(issued: Issued, sent: Collection[Stage], today: date, *, is_over: bool) -> Stage | None:
    """The one stage to send today about a certificate as it stands, or None; `is_over` when a later one was issued,
    when its revocation was decided, or when the holder has left."""
    if not wants_reminders(issued.state(today), renewed=is_over):
        return None
    return due(issued.period, sent, today, issued.policy)


def calendar(period: Period, sent: Collection[Stage], policy: Policy) -> tuple[Scheduled, ...]:
    """Every stage of the policy that falls into the period or its grace, with its day, in the order they come."""
    own = [stage for stage in policy.reminders if period.valid_from <= day_of(stage, period)]
    in_order = sorted(own, key=lambda stage: _age(stage, period))
    return tuple(Scheduled(stage=stage, on=day_of(stage, period), sent=stage in sent) for stage in in_order)


def day_of(stage: Stage, period: Period) -> date:
    """The day from which a stage is due."""
    if stage.days_before is None:
        return period.window_opens
    return first_day_no_longer_valid(period) - timedelta(days=stage.days_before)


def wants_reminders(state: State, *, renewed: bool = False) -> bool:
    """Whether a certificate in this state is reminded about: while there is something to keep or win back in time.

    `renewed` when a later certificate has been issued, even one that has not begun. A suspended holder is reminded,
    and the message says so; revoked, replaced and lapsed certificates are left in peace.
    """
    return not renewed and state in {State.VALID, State.EXPIRING, State.IN_GRACE, State.SUSPENDED}


def _age(stage: Stage, period: Period) -> tuple[date, bool]:
    """Sorts stages by their day; the opening before another on the same day."""
    return day_of(stage, period), stage.days_before is not None
