"""The mails of the days ahead: which night writes which, by the rules that send them (DOMAIN.md 6).

Planning asks the same functions as the night (`reminders.due_now`, `checks.due_now`, `stage_before_part_2`), for each
day on which their answer can change. What was sent is an argument, and so is today.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from certificates import checks, reminders
from certificates.eligibility import Finding, Standing
from certificates.issued import Issued
from certificates.programme import KnowledgeChecks, ObservationVisits, Stage
from certificates.validity import ONE_DAY, add_months
from courses.visits import REMINDED_DAYS_BEFORE, stage_before_part_2
from lms.clock import at_local, local_date

DAYS_AHEAD = 90
DAYTIME_BEGINS_HOUR = 6  # in Oslo, when what a night wrote leaves


class MailKind(StrEnum):
    """The mails that a night writes by the calendar."""

    REMINDER = "reminder"
    CHECK = "check"
    VISITS = "visits"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Some days in a row, first and last both inclusive."""

    first: date
    last: date

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Which mail: `subject_id` is the certificate's of a reminder or a check, the person's before part 2 of a seminar,
    the unit's of a digest. `stage` is the stage, the months of the check, the days before, or the month."""

    kind: MailKind
    subject_id: int
    stage: str
    seminar_id: int | None = None

    @property
    def key(self) -> str:
        """Its name, as in an address: `reminder-417-days_90`, `visits-12-7-14`, `digest-3-2026-12-01`."""
        parts = (self.kind, self.subject_id, self.seminar_id, self.stage)
        return "-".join(str(part) for part in parts if part is not None)


def reminder_target(certificate_id: int, stage: Stage) -> Target:
    """A holder's reminder."""
    return Target(kind=MailKind.REMINDER, subject_id=certificate_id, stage=str(stage))


def check_target(certificate_id: int, months: int) -> Target:
    """The offer of a knowledge check."""
    return Target(kind=MailKind.CHECK, subject_id=certificate_id, stage=str(months))


def visits_target(person_id: int, seminar_id: int, days_before: int) -> Target:
    """A participant's reminder of visits before part 2."""
    return Target(kind=MailKind.VISITS, subject_id=person_id, seminar_id=seminar_id, stage=str(days_before))


def digest_target(unit_id: int, month: date) -> Target:
    """A unit's digest of a month, given by any day of it."""
    return Target(kind=MailKind.DIGEST, subject_id=unit_id, stage=month.replace(day=1).isoformat())


ROW = r"([1-9][0-9]{0,8})"
KEYS = {
    MailKind.REMINDER: re.compile(rf"reminder-{ROW}()-(opened|day_0|days_[1-9][0-9]{{0,2}})"),
    MailKind.CHECK: re.compile(rf"check-{ROW}()-([1-9][0-9]{{0,2}})"),
    MailKind.VISITS: re.compile(rf"visits-{ROW}-{ROW}-([0-9]{{1,3}})"),
    MailKind.DIGEST: re.compile(rf"digest-{ROW}()-([0-9]{{4}}-[0-9]{{2}}-01)"),
}


def read_key(text: str) -> Target | None:
    """The mail a key names, or None."""
    for kind, pattern in KEYS.items():
        if match := pattern.fullmatch(text):
            seminar = int(match[2]) if match[2] else None
            return Target(kind=kind, subject_id=int(match[1]), stage=match[3], seminar_id=seminar)
    return None


def reminders_within(
    issued: Issued, sent: Collection[Stage], span: Span, *, is_over: bool
) -> Iterator[tuple[date, Stage]]:
    """The reminders of a certificate in these days, if nothing happens to it meanwhile; `is_over` as in `due_now`."""
    told = set(sent)
    stage_days = (reminders.day_of(stage, issued.period) for stage in issued.policy.reminders)
    for day in _turns(issued, stage_days, span):
        stage = reminders.due_now(issued, told, day, is_over=is_over)
        if stage is not None:
            told.add(stage)
            yield day, stage


def checks_within(
    issued: Issued, offered: Collection[int], span: Span, programme: KnowledgeChecks, *, wanted: bool
) -> Iterator[tuple[date, int]]:
    """The knowledge checks offered after a certificate in these days, by their months."""
    told = set(offered)
    stage_days = (checks.day_of(months, issued.period.valid_from) for months in programme.months)
    for day in _turns(issued, stage_days, span):
        months = checks.due_now(issued, told, day, programme, wanted=wanted)
        if months is not None:
            told.add(months)
            yield day, months


def visits_within(first_day: date, sent: Collection[int], span: Span) -> Iterator[tuple[date, int]]:
    """The reminders of visits before a part 2 that begins on a day, by their days before it."""
    told = set(sent)
    turns = {span.first, *(first_day - timedelta(days=days) for days in REMINDED_DAYS_BEFORE)}
    for day in sorted(day for day in turns if day in span):
        days_before = stage_before_part_2(first_day, sent=told, today=day)
        if days_before is not None:
            told.add(days_before)
            yield day, days_before


def digests_within(claimed: Collection[date], terms: Iterable[tuple[date, date | None]], span: Span) -> Iterator[date]:
    """The days on which a unit's digest is written: the first of each month, or the first after it on which somebody
    coordinates the unit. `claimed` are the months done, `terms` the days of coordinators, last day inclusive."""
    terms = tuple(terms)
    month = span.first.replace(day=1)
    while month <= span.last:
        following = add_months(month, 1)
        starts = (max(begins, month, span.first) for begins, _through in terms)
        days = [
            day
            for day in sorted(starts)
            if day < following
            and day in span
            and any(begins <= day and (through is None or day <= through) for begins, through in terms)
        ]
        if days and month not in claimed:
            yield days[0]
        month = following


def lacking_visits(findings: Iterable[Finding]) -> Finding | None:
    """The finding on the observation visits, while they are asked for and not done."""
    return next(
        (
            each
            for each in findings
            if isinstance(each.requirement, ObservationVisits)
            and each.state in (Standing.NOT_MET, Standing.NOT_YET_DUE)
        ),
        None,
    )


def span_from(first: date, days: int = DAYS_AHEAD) -> Span:
    """So many days in a row."""
    return Span(first=first, last=first + timedelta(days=days - 1))


def first_night(now: datetime) -> date:
    """The day of the first night to come: today's until its mails leave, then tomorrow's."""
    today = local_date(now)
    return today if now < at_local(today, DAYTIME_BEGINS_HOUR) else today + ONE_DAY


def _turns(issued: Issued, stage_days: Iterable[date], span: Span) -> list[date]:
    """The days on which what is due for a certificate can change: a stage's, an event's, its first, and the first of
    all; between them every night answers as the one before."""
    period = issued.period
    turns = {span.first, period.valid_from, period.window_opens, period.valid_through + ONE_DAY, *stage_days}
    turns.update(event.effective_on for event in issued.events)
    return sorted(day for day in turns if day in span)
