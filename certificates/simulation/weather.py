"""What befalls the machines on a day: the server is down, the mail server is, the clock is wrong, the hour is doubled.

The same seed and day give the same weather in every shard, whoever is played.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from lms.clock import OSLO, at_local

SERVER_DOWN = 0.03
SMTP_DOWN = 0.02
CLOCK_BEHIND = 0.01
CLOCK_AHEAD = 0.005
RUN_TWICE = 0.02
KILLED = 0.01
BEHIND_DAYS_MAX = 3
AHEAD_HOURS = 26
NIGHT_HOUR = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """One day: whether anything runs, whether mail leaves, the instants at which the night is run, in the order it is,
    and after how many mails the morning's outbox is killed (None: it is not)."""

    day: date
    server: bool
    smtp: bool
    nights: tuple[datetime, ...]
    killed_after: int | None


def weather(seed: int, day: date) -> Weather:
    """The weather of a day."""
    dice = random.Random(f"{seed}/{day}")  # noqa: S311  (chance, not secrecy)
    server, smtp = dice.random() >= SERVER_DOWN, dice.random() >= SMTP_DOWN
    nights = [at_local(day, NIGHT_HOUR, 30)]
    if dice.random() < CLOCK_BEHIND:  # the machine woke up in the past, runs its night and is set right
        nights.insert(0, at_local(day - timedelta(days=dice.randint(1, BEHIND_DAYS_MAX)), NIGHT_HOUR, 30))
    if dice.random() < CLOCK_AHEAD:  # and once in a while in tomorrow
        nights.insert(0, nights[-1] + timedelta(hours=AHEAD_HOURS))
    if dice.random() < RUN_TWICE:
        nights.append(nights[-1] + timedelta(hours=1))
    nights[:0] = doubled_hours(day)
    killed = dice.randint(0, 20) if dice.random() < KILLED else None
    return Weather(day=day, server=server, smtp=smtp, nights=tuple(nights), killed_after=killed)


def doubled_hours(day: date) -> tuple[datetime, ...]:
    """On the nights on which the hour between 02 and 03 is missing or comes twice, half past of both: no scheduler of
    ours runs then (`Job.hour`), a person at the command line may."""
    midnight, evening = (datetime.combine(day, at, OSLO) for at in (time(0), time(23)))
    if midnight.utcoffset() == evening.utcoffset():
        return ()
    return tuple(datetime.combine(day, time(hour, 30), UTC) for hour in (0, 1))
