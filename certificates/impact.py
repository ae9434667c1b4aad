"""What a change of rules, or an import, would do to each person: two pictures of the same day, compared.

What lives with a certificate never differs between them: its dates, its window and its grace stay as issued. What
follows the programme in force may: reminder stages, knowledge checks, requirements, what the next certificate gets.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from certificates.issued import Issued, speaking
from certificates.planned import Span, checks_within, reminders_within
from certificates.programme import KnowledgeChecks, Policy, Stage
from certificates.status import State
from certificates.validity import ONE_DAY, Period, add_months, grace_ends
from lms.verdict import Reason, because

MONTHS_AHEAD = 12


class What(StrEnum):
    """What changes for a person, in the order it is told."""

    DATES = "dates"
    STATE = "state"
    ISSUED = "issued"
    MET = "met"
    UNMET = "unmet"
    NEXT = "next"
    MAIL_NEW = "mail_new"
    MAIL_GONE = "mail_gone"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class PlannedMail:
    """A mail that goes out on a day as things stand: a reminder of a stage, or the offer of a knowledge check."""

    on: date
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One person on a day: certificates with their four dates, the state, planned mails, and the way to the next.

    `met` has every requirement of the present route by its id; `gets` is the period issued tonight, `would_get` what a
    pass today would give to one who is on the way.
    """

    dates: Mapping[str, tuple[date, ...]]
    state: State | None = None
    mails: tuple[PlannedMail, ...] = ()
    met: Mapping[str, bool] | None = None
    titles: Mapping[str, Reason] | None = None
    gets: Period | None = None
    would_get: Period | Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that changes for a person; what it was and becomes, where there is such a thing."""

    what: What
    about: Reason
    was: Reason | None = None
    becomes: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """What changes for whom, by the person's id, with how many people were looked at and how many are issued a
    certificate by the present rules first."""

    changes: Mapping[int, tuple[Change, ...]]
    people: int
    certificates: int
    ready: tuple[int, ...] = ()

    @property
    def counts(self) -> Counter[What]:
        """How many changes of each kind."""
        return Counter(each.what for changes in self.changes.values() for each in changes)

    @property
    def persons(self) -> Counter[What]:
        """For how many people something of each kind changes."""
        return Counter(what for changes in self.changes.values() for what in {each.what for each in changes})

    @property
    def digest(self) -> str:
        """The same for the same outcome, and for no other: what was shown is what is accepted."""
        told = [f"{person}: {change}" for person, changes in sorted(self.changes.items()) for change in changes]
        whole = "\n".join([f"{self.people} {self.certificates} {self.ready}", *told])
        return hashlib.sha256(whole.encode()).hexdigest()


def compare(before: Picture, after: Picture) -> tuple[Change, ...]:
    """Everything that differs for one person."""
    return tuple(_differences(before, after))


def mails_ahead(
    issued: Issued, sent: Collection[Stage], policy: Policy, *, on: date, is_over: bool = False
) -> tuple[PlannedMail, ...]:
    """The reminders of a certificate from a day on, a year ahead, if nothing happens to it. `is_over` when it has been
    followed or its revocation is decided. Stages are those of `policy`, all else is the certificate's own."""
    own = replace(issued, policy=replace(issued.policy, reminders=policy.reminders))
    planned = reminders_within(own, sent, _year_from(on), is_over=is_over)
    return tuple(PlannedMail(on=day, kind=f"reminder {stage}") for day, stage in planned)


def checks_ahead(
    issued: Issued, offered: Collection[int], checks: KnowledgeChecks | None, *, on: date, wanted: bool
) -> tuple[PlannedMail, ...]:
    """The knowledge checks that are offered to a holder from a day on, a year ahead."""
    if checks is None:
        return ()
    planned = checks_within(issued, offered, _year_from(on), checks, wanted=wanted)
    return tuple(PlannedMail(on=day, kind=f"check {months}") for day, months in planned)


def four_dates(period: Period, policy: Policy) -> tuple[date, ...]:
    """First and last day, the day recertification opens and the last of grace, as issued."""
    return period.valid_from, period.valid_through, period.window_opens, grace_ends(period, policy)


def state_of(certificates: Sequence[Issued], on: date) -> State | None:
    """The state of the certificate that speaks for a person; None where there is none."""
    spoken = speaking(certificates, on)
    return spoken.state(on) if spoken else None


def told_mail(mail: PlannedMail) -> Reason:
    """A planned mail as a code and values for the wording."""
    kind, _, which = mail.kind.partition(" ")
    if kind == "check":
        return because("planned-check", on=mail.on, months=int(which))
    days = Stage(which).days_before
    if days is None:
        return because("planned-opened", on=mail.on)
    return because("planned-reminder" if days else "planned-last-reminder", on=mail.on, days=days)


def _year_from(on: date) -> Span:
    return Span(first=on, last=add_months(on, MONTHS_AHEAD) - ONE_DAY)


def _differences(before: Picture, after: Picture) -> Iterator[Change]:
    for number in sorted({*before.dates, *after.dates}):
        was, becomes = before.dates.get(number), after.dates.get(number)
        if was != becomes:
            about = because("impact-certificate", number=number)
            yield Change(what=What.DATES, about=about, was=_dates(was), becomes=_dates(becomes))
    if before.state != after.state:
        yield Change(
            what=What.STATE, about=because("impact-state"), was=_state(before.state), becomes=_state(after.state)
        )
    if after.gets is not None and before.gets is None:
        yield Change(what=What.ISSUED, about=because("impact-issued"), becomes=_period(after.gets))
    yield from _requirements(before, after)
    if before.would_get != after.would_get:
        about = because("impact-pass-today")
        yield Change(what=What.NEXT, about=about, was=_period(before.would_get), becomes=_period(after.would_get))
    was_planned, is_planned = set(before.mails), set(after.mails)
    for mail in sorted(is_planned - was_planned):
        yield Change(what=What.MAIL_NEW, about=told_mail(mail))
    for mail in sorted(was_planned - is_planned):
        yield Change(what=What.MAIL_GONE, about=told_mail(mail))


def _requirements(before: Picture, after: Picture) -> Iterator[Change]:
    """Those that become met or unmet; one that is new and met changes nothing, nor one that goes and was met."""
    was, becomes = before.met or {}, after.met or {}
    titles = {**(before.titles or {}), **(after.titles or {})}
    for id_ in (*becomes, *(id_ for id_ in was if id_ not in becomes)):
        before_met, after_met = was.get(id_, True), becomes.get(id_, True)
        if before_met != after_met:
            yield Change(what=What.MET if after_met else What.UNMET, about=titles[id_])


def _dates(dates: tuple[date, ...] | None) -> Reason | None:
    if dates is None:
        return None
    valid_from, valid_through, opens, grace = dates
    return because("impact-dates", valid_from=valid_from, valid_through=valid_through, opens=opens, grace=grace)


def _period(period: Period | Reason | None) -> Reason | None:
    if isinstance(period, Period):
        return because("impact-period", valid_from=period.valid_from, valid_through=period.valid_through)
    return period


def _state(state: State | None) -> Reason:
    return because("impact-no-certificate" if state is None else f"word-{state}")
