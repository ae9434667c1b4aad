"""How long the record of a certificate is kept with the holder's name in it; pure (DOMAIN.md 10).

The programme says for how many years after the last day of validity. A person's certificates are one record: names stay
as long as one of them must be kept, for the history of one is read with the others.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from certificates.validity import MONTHS_A_YEAR, ONE_DAY, add_months


def kept_through(valid_through: date, retention_years: int) -> date:
    """The last day on which the record is kept as it is."""
    return add_months(valid_through + ONE_DAY, retention_years * MONTHS_A_YEAR) - ONE_DAY


def is_over(certificates: Iterable[tuple[date, int]], today: date) -> bool:
    """Whether all of a person's certificates, each given by its last day and the years its programme says, have been
    kept long enough. Nothing is over for somebody who has none."""
    last = [kept_through(valid_through, years) for valid_through, years in certificates]
    return bool(last) and max(last) < today
