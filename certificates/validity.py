"""From when to when a certificate is valid: civil dates in Oslo, whole calendar months (DOMAIN.md 5).

Later changes of policy never move what was issued: a period carries its own `window_opens`.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from certificates.programme import Policy as Policy
from lms.verdict import No, Reason, because

MONTHS_A_YEAR = 12
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days of a certificate, first and last both inclusive, the day recertification opens, and the rule behind."""

    valid_from: date
    valid_through: date
    window_opens: date
    why: Reason

    def __post_init__(self) -> None:
        if self.valid_through < self.valid_from:
            raise ValueError(f"a period can't end ({self.valid_through}) before it begins ({self.valid_from})")


def add_months(day: date, months: int) -> date:
    """Go `months` forward; a day that doesn't exist there becomes the first of the next month: 29.02 + 36 is 01.03."""
    year, month, last = _month(day, months)
    return date(year, month, day.day) if day.day <= last else date(year, month, last) + ONE_DAY


def subtract_months(day: date, months: int) -> date:
    """Go `months` back; a day that doesn't exist there becomes the last of that month: 31.08 − 6 is 28.02 or 29.02."""
    year, month, last = _month(day, -months)
    return date(year, month, min(day.day, last))


def _month(day: date, months: int) -> tuple[int, int, int]:
    """Year, month and last day of the month that lies `months` from `day`."""
    if isinstance(day, datetime):
        raise TypeError("an instant has no months: take lms.clock.local_date of it first")
    year, zero_based = divmod(day.year * MONTHS_A_YEAR + day.month - 1 + months, MONTHS_A_YEAR)
    return year, zero_based + 1, monthrange(year, zero_based + 1)[1]


def first_day_no_longer_valid(period: Period) -> date:
    """The day after the last valid one; windows, grace and reminders are counted from it."""
    return period.valid_through + ONE_DAY


def window_opens(valid_through: date, policy: Policy) -> date:
    """The first day on which an approval renews a certificate that is valid through the given day."""
    return subtract_months(valid_through + ONE_DAY, policy.window_months)


def grace_ends(period: Period, policy: Policy) -> date:
    """The last day of grace; `valid_through` itself where a programme gives no grace."""
    return add_months(first_day_no_longer_valid(period), policy.grace_months) - ONE_DAY


def first_period(approved_on: date, policy: Policy) -> Period:
    """The period of a first certificate, and of one regained after a lapse: from the day of the approval."""
    why = because("period-first", approved_on=approved_on, months=policy.validity_months)
    return _beginning(approved_on, policy, why)


def renewal(previous: Period, approved_on: date, policy: Policy) -> Period | No:
    """The period after `previous` for an approval on a day, or `No` when that is too early or the certificate lapsed.

    In the window it begins the day after the old one, so that no day is lost and none is counted twice; in grace it
    begins on the day of the approval, and the gap stays visible.
    """
    follows = first_day_no_longer_valid(previous)
    last_of_grace = grace_ends(previous, policy)
    if approved_on < previous.window_opens:
        then = _through(follows, policy)
        return No((because("renewal-not-open", opens=previous.window_opens, through=then),))
    if approved_on > last_of_grace:
        return No((because("renewal-lapsed", valid_through=previous.valid_through, grace_ended=last_of_grace),))
    values = {"approved_on": approved_on, "previous_through": previous.valid_through, "months": policy.validity_months}
    if approved_on < follows:
        return _beginning(follows, policy, because("period-renewal-in-window", **values))
    return _beginning(approved_on, policy, because("period-renewal-in-grace", **values))


def _through(valid_from: date, policy: Policy) -> date:
    return add_months(valid_from, policy.validity_months) - ONE_DAY


def _beginning(valid_from: date, policy: Policy, why: Reason) -> Period:
    through = _through(valid_from, policy)
    return Period(valid_from=valid_from, valid_through=through, window_opens=window_opens(through, policy), why=why)
