"""The day a page shows: today, or another one that is asked for with `dag` in the address.

One rule for the register, a person's page and a certificate: *a day is shown as it is known today to have been.* What
was decided later counts from the day it works from, so that a question about a day has one answer for ever after; what
was issued later and had not begun by then was not there. A day to come is shown as it will be if nothing happens until
then; what is decided already is counted in. Who may see what is asked of today alone (see `access`): a day in the
address opens nothing. On another day than today a page offers nothing to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import request

from certificates.validity import MONTHS_A_YEAR, add_months
from lms.verdict import Reason, because
from lms.web import request_today

FIRST = date(2000, 1, 1)
YEARS_AHEAD = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDay:
    """The day a page shows; `problem` says why that is not the one that was asked for."""

    on: date
    today: date
    first: date
    last: date
    problem: Reason | None = None

    @property
    def is_today(self) -> bool:
        """Whether this is the page as it always is, with everything one can do."""
        return self.on == self.today

    @property
    def is_to_come(self) -> bool:
        """Whether it shows what will be if nothing happens."""
        return self.on > self.today

    @property
    def kept(self) -> dict[str, str]:
        """What the links of the page carry on, so that one stays on the day."""
        return {} if self.is_today else {"dag": self.on.isoformat()}


def shown_day() -> ShownDay:
    """The day asked for in the address; today where none is, or where it cannot be shown."""
    today, asked = request_today(), request.args.get("dag", "").strip()
    last = add_months(today, YEARS_AHEAD * MONTHS_A_YEAR)
    try:
        wanted = date.fromisoformat(asked) if asked else today
    except ValueError:
        wanted = None
    if wanted is not None and FIRST <= wanted <= last:
        return ShownDay(on=wanted, today=today, first=FIRST, last=last)
    problem = because("day-not-shown", first=FIRST, last=last)
    return ShownDay(on=today, today=today, first=FIRST, last=last, problem=problem)
