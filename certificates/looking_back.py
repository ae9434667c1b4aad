"""What holds at the end of a day is not lost overnight: grace and the months of a test end while everybody sleeps.

The nightly step follows the day it closes, so it and the button also ask as of yesterday; where the worker has stood
still for longer, as of each day on which something became known, at most `DAYS_BACK` days ago.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from certificates.eligibility import NotYet, Ok, decide
from certificates.evidence import Assessment, Evidence, Outcome
from certificates.programme import Programme
from certificates.validity import ONE_DAY

DAYS_BACK = 31


def decide_lately(programme: Programme, evidence: Evidence, today: date) -> Ok | NotYet:
    """Today's answer; where that is a no and only time has passed since a yes, that yes."""
    answer = decide(programme, evidence, today)
    if isinstance(answer, Ok):
        return answer
    earlier = (decide(programme, evidence, day) for day in _days_back(programme, evidence, today))
    return next((each for each in earlier if isinstance(each, Ok)), answer)


def _days_back(programme: Programme, evidence: Evidence, today: date) -> Sequence[date]:
    """The earlier days to ask about, the newest first: yesterday and those on which something became known.

    None before the last "not yet": more evidence never turns a yes into a no, but that does. None before the rules were
    in force: what was met by earlier ones was issued when these were accepted.
    """
    taken_back = [
        fact.on
        for fact in evidence.facts
        if isinstance(fact, Assessment) and fact.outcome is Outcome.NOT_YET and fact.on <= today
    ]
    first = max(taken_back, default=date.min)
    first = max(first, today - timedelta(days=DAYS_BACK), programme.in_force_from or date.min)
    days = {today - ONE_DAY, *(fact.counts_from for fact in evidence.facts)}
    return sorted((day for day in days if first <= day < today), reverse=True)
