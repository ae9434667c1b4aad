"""Every issue day from 2024 to 2040 against a calendar that is looked up, not calculated: all days in a row, and in it
the first day that is not earlier, or the last that is not later, than the one that may be missing."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date, timedelta

from certificates.simulation import oracle
from certificates.validity import Period, Policy, first_period, grace_ends, renewal
from lms.verdict import No

DAY = timedelta(days=1)
FIRST, LAST = date(2024, 1, 1), date(2040, 12, 31)
POLICY = Policy()
DAYS = [date(2020, 1, 1) + number * DAY for number in range(366 * 30)]
WRITTEN = [(day.year * 12 + day.month, day.day) for day in DAYS]


def later(day: date, months: int) -> date:
    """The first day of the calendar that is not earlier than this one so many months on."""
    return DAYS[bisect_left(WRITTEN, (day.year * 12 + day.month + months, day.day))]


def earlier(day: date, months: int) -> date:
    """The last day of the calendar that is not later than this one so many months back."""
    return DAYS[bisect_right(WRITTEN, (day.year * 12 + day.month - months, day.day)) - 1]


def every_day(step: int = 1) -> Iterator[date]:
    """The days of issue, all of them or some, the ends of months always among them."""
    for number in range((LAST - FIRST).days + 1):
        day = FIRST + number * DAY
        if number % step == 0 or (day + DAY).day <= 2 or (day.month, day.day) == (2, 28):
            yield day


def days_of(period: Period) -> tuple[date, date, date, date]:
    return period.valid_from, period.valid_through, period.window_opens, grace_ends(period, POLICY)


def expected(valid_from: date) -> tuple[date, date, date, date]:
    """From, through, window and end of grace."""
    over = later(valid_from, 36)
    return valid_from, over - DAY, earlier(over, 6), later(over, 6) - DAY


def test_the_first_period_of_every_day() -> None:
    days = list(every_day())
    assert len(days) == 6210
    assert [days_of(first_period(day, POLICY)) for day in days] == [expected(day) for day in days]


def test_the_oracle_of_the_simulation_knows_the_same_calendar() -> None:
    for day in every_day():
        held = oracle.Held(cycle=1, valid_from=day, issued_on=day)
        assert (held.valid_from, held.valid_through, held.window_opens, held.grace_through) == expected(day)


def test_a_renewal_on_every_day_of_window_and_grace_and_on_none_beside_them() -> None:
    for issued in every_day(step=19):
        old = first_period(issued, POLICY)
        _from, through, opens, grace = expected(issued)
        assert isinstance(renewal(old, opens - DAY, POLICY), No)
        assert isinstance(renewal(old, grace + DAY, POLICY), No)
        followed = expected(through + DAY)
        for number in range((through - opens).days + 1):
            new = renewal(old, opens + number * DAY, POLICY)
            assert isinstance(new, Period)
            assert days_of(new) == followed
        for number in range(1, (grace - through).days + 1):
            new = renewal(old, through + number * DAY, POLICY)
            assert isinstance(new, Period)
            assert days_of(new) == expected(through + number * DAY)
