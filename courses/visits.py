"""Observation visits and deliveries: what they may cover, and who vouches for a visit (DOMAIN.md 4, step 3)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitReport:
    """What is reported of a visit. `mentor_id` is None for a mentor who is not on the platform."""

    on: date
    company: str
    modules: frozenset[ModuleKind]
    mentor_id: int | None
    mentor_name: str
    note: str = ""


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
    """Everything that keeps a visit from being recorded, or None."""
    found: list[Reason] = []
    if report.on > today:
        found.append(because("day-in-future", day=report.on))
    if not report.company.strip():
        found.append(because("company-missing"))
    if not report.modules:
        found.append(because("visit-without-module"))
    if report.mentor_id == person_id:
        found.append(because("visit-own-mentor"))
    if not report.mentor_name.strip():
        found.append(because("visit-without-mentor"))
    return No(tuple(found)) if found else None


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
