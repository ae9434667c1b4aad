"""Observation visits and deliveries: what they may cover, what is said of a visit and in which order, and who vouches
for it (DOMAIN.md 4, step 3)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum, StrEnum

from lms.verdict import No, Reason, because


class ModuleKind(StrEnum):
    """The module kinds of a delivery at a workplace (DOMAIN.md 2)."""

    PARTSMODUL = "partsmodul"
    MUSKEL_SKJELETT = "muskel_skjelett"
    PSYKISK_HELSE = "psykisk_helse"


# A participant has seen both before part 2 (DOMAIN.md 4, step 3).
HEALTH_MODULES = (ModuleKind.MUSKEL_SKJELETT, ModuleKind.PSYKISK_HELSE)


class DeliveryModel(IntEnum):
    """The two forms of the workplace programme (DOMAIN.md 2)."""

    ONE = 1
    TWO = 2


# Model 2 adds NAV's process part to the hour (DOMAIN.md 2).
STANDARD_MINUTES: dict[DeliveryModel, int] = {DeliveryModel.ONE: 60, DeliveryModel.TWO: 90}


LINK_DAYS = 21  # how long a mentor's link works
MENTOR_WAITED_DAYS = 7  # then the mentor is reminded, once
REMINDED_DAYS_BEFORE = (14, 5)  # before part 2 begins, to those who lack visits
OBSERVED_LEAST = 2  # of the prompts; the others as there was something to see
PLANNED_AHEAD_DAYS_MAX = 366


class Prompt(StrEnum):
    """What one looks for at a presentation: what the report asks of those who hold it (l. 1436-1443, 3797-3890)."""

    MESSAGE = "message"
    QUESTIONS = "questions"
    TAKING_PART = "taking_part"
    NON_DIRECTIVE = "non_directive"
    SECTORS = "sectors"


class Word(StrEnum):
    """What can be said of a visit. Words are appended; the newest one says where the visit stands."""

    PROPOSED = "proposed"  # entered by the partner for both: waits for this person's yes
    ACCEPTED = "accepted"
    PLANNED = "planned"
    REPORTED = "reported"
    SENT_BACK = "sent_back"
    CONFIRMED = "confirmed"
    STRUCK_OUT = "struck_out"  # by the one whose visit it is
    REJECTED = "rejected"  # by a trainer


class Standing(StrEnum):
    """Where a visit stands."""

    PROPOSED = "visit-proposed"
    PLANNED = "visit-planned"
    WAITING = "visit-waiting"
    SENT_BACK = "visit-sent-back"
    CONFIRMED = "visit-confirmed"
    STRUCK_OUT = "visit-struck-out"
    REJECTED = "visit-rejected"


STANDING: Mapping[Word, Standing] = {
    Word.PROPOSED: Standing.PROPOSED,
    Word.ACCEPTED: Standing.PLANNED,
    Word.PLANNED: Standing.PLANNED,
    Word.REPORTED: Standing.WAITING,
    Word.SENT_BACK: Standing.SENT_BACK,
    Word.CONFIRMED: Standing.CONFIRMED,
    Word.STRUCK_OUT: Standing.STRUCK_OUT,
    Word.REJECTED: Standing.REJECTED,
}
# What may be said when. A confirmed visit is struck out by nobody; a trainer may still reject it, with a reason.
SAID_WHEN: Mapping[Word, frozenset[Standing]] = {
    Word.PROPOSED: frozenset(),
    Word.PLANNED: frozenset(),
    Word.ACCEPTED: frozenset({Standing.PROPOSED}),
    Word.REPORTED: frozenset({Standing.PLANNED, Standing.SENT_BACK}),
    Word.SENT_BACK: frozenset({Standing.WAITING}),
    Word.CONFIRMED: frozenset({Standing.WAITING}),
    Word.STRUCK_OUT: frozenset({Standing.PROPOSED, Standing.PLANNED, Standing.WAITING, Standing.SENT_BACK}),
    Word.REJECTED: frozenset({Standing.WAITING, Standing.SENT_BACK, Standing.CONFIRMED}),
}
CHANGEABLE = SAID_WHEN[Word.REPORTED]
"""When the one whose visit it is may set day, company, modules and mentor right."""
OVER = frozenset({Standing.STRUCK_OUT, Standing.REJECTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitReport:
    """The facts of a visit, planned or done. `mentor_id` is None for a mentor who is not on the platform; `model` is
    None for visits entered before it was asked for."""

    on: date
    company: str
    modules: frozenset[ModuleKind]
    mentor_id: int | None
    mentor_name: str
    note: str = ""
    model: DeliveryModel | None = None
    mentor_address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldNotes:
    """What somebody observed, by prompt, and what they themselves take from it."""

    observed: Mapping[Prompt, str]
    reflection: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """What is logged of a delivery; `minutes` None means the standard length of the model. `org_number` is the
    company's nine digits, `partner_id` who of the other sector held it too."""

    on: date
    company: str
    module: ModuleKind
    model: DeliveryModel
    employees: int
    leaders: int
    minutes: int | None = None
    org_number: str | None = None
    partner_id: int | None = None

    @property
    def duration_minutes(self) -> int:
        """The length as logged, or the model's own."""
        return self.minutes if self.minutes is not None else STANDARD_MINUTES[self.model]


def in_order(modules: Collection[ModuleKind]) -> tuple[ModuleKind, ...]:
    """Modules in the order of the programme, each once."""
    return tuple(kind for kind in ModuleKind if kind in modules)


def visit_problems(report: VisitReport, *, person_id: int, today: date) -> No | None:
    """Everything that keeps a visit that has been made from being recorded, or None."""
    found = [*_not_yet(report.on, today), *_fact_problems(report, person_id)]
    return No(tuple(found)) if found else None


def plan_problems(report: VisitReport, *, person_id: int, today: date) -> No | None:
    """Everything that keeps a visit from being planned, or None; its day may be past, when it is entered afterwards."""
    found = _fact_problems(report, person_id)
    if (report.on - today).days > PLANNED_AHEAD_DAYS_MAX:
        found.insert(0, because("visit-too-far-ahead", day=report.on))
    return No(tuple(found)) if found else None


def notes_problems(notes: FieldNotes, *, on: date, today: date) -> No | None:
    """Everything that keeps what was observed from being handed in, or None."""
    found = _not_yet(on, today)
    if sum(1 for text in notes.observed.values() if text.strip()) < OBSERVED_LEAST:
        found.append(because("visit-observed-little", least=OBSERVED_LEAST))
    if not notes.reflection.strip():
        found.append(because("visit-without-reflection"))
    return No(tuple(found)) if found else None


def address_problem(address: str, *, refused: Collection[str]) -> No | None:
    """Whether a mentor's address is really that of the participant, or of the partner; a mailbox is known by its
    `name+anything@` too."""
    if address and mailbox(address) in {mailbox(one) for one in refused}:
        return No((because("visit-own-address"),))
    return None


def with_mentor(report: VisitReport, *, mentor_id: int) -> VisitReport:
    """The report with a mentor who is known here, by the name that was typed: an address tells nobody's name."""
    return replace(report, mentor_id=mentor_id)


def mailbox(address: str) -> str:
    """The address without what a `+` adds to it."""
    name, _at, host = address.strip().lower().rpartition("@")
    return f"{name.partition('+')[0]}@{host}"


def word_problem(word: Word, standing: Standing) -> No | None:
    """Whether this can be said of a visit that stands so."""
    return None if standing in SAID_WHEN[word] else No((because("visit-not-now", standing=str(standing)),))


def asks_for_report(standing: Standing, *, on: date, today: date) -> bool:
    """Whether a planned visit's day has come and it waits to be told of."""
    return standing is Standing.PLANNED and on <= today


def stage_before_part_2(first_day: date, *, sent: Collection[int], today: date) -> int | None:
    """Which reminder, by its days before part 2, is to be sent today; None for none. After an outage only the newest,
    and none from the first day on."""
    reached = [days for days in REMINDED_DAYS_BEFORE if 0 < (first_day - today).days <= days]
    stage = min(reached, default=None)
    return None if stage is None or stage in sent else stage


def _not_yet(on: date, today: date) -> list[Reason]:
    return [because("day-in-future", day=on)] if on > today else []


def _fact_problems(report: VisitReport, person_id: int) -> list[Reason]:
    found: list[Reason] = []
    if not report.company.strip():
        found.append(because("company-missing"))
    if not report.modules:
        found.append(because("visit-without-module"))
    if report.mentor_id == person_id:
        found.append(because("visit-own-mentor"))
    if not report.mentor_name.strip():
        found.append(because("visit-without-mentor"))
    return found


def delivery_problems(report: DeliveryReport, *, today: date) -> No | None:
    """Everything that keeps a delivery from being logged, or None."""
    found: list[Reason] = []
    if report.on > today:
        found.append(because("day-in-future", day=report.on))
    if not report.company.strip():
        found.append(because("company-missing"))
    if min(report.employees, report.leaders) < 0 or report.employees + report.leaders < 1:
        found.append(because("delivery-to-nobody"))
    if report.duration_minutes < 1:
        found.append(because("delivery-without-length"))
    return No(tuple(found)) if found else None


def confirmed_at_once(*, person_id: int, recorded_by: int) -> bool:
    """A visit somebody else records for a person is vouched for by that; one's own waits for the mentor."""
    return person_id != recorded_by


def confirming_problem(*, person_id: int, confirmer_id: int) -> No | None:
    """Nobody confirms the own visit, whatever roles they hold."""
    return No((because("visit-own-confirmation"),)) if person_id == confirmer_id else None
