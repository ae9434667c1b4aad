"""Who is on the way to a certificate, and who waits for what: the trainer's list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy.orm import Session

from certificates.eligibility import NotYet, Ok, Standing
from certificates.gathering import Dossier, dossiers
from certificates.issued import Issued
from certificates.pathway import is_waiting_for_assessment
from certificates.programme import Programme, Route
from certificates.queries.issued import issued_to, people_within
from lms.verdict import Reason
from lms.viewer import Reach


class Group(StrEnum):
    """Where a person on the way stands, those who need somebody first."""

    READY = "ready"
    WAITING = "waiting"
    TRAINING = "training"
    RENEWING = "renewing"
    NOT_BEGUN = "not_begun"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trainee:
    """One person on the way: how far, and what comes next."""

    person_id: int
    name: str
    unit_name: str
    sector: str
    group: Group
    done: int
    total: int
    next_step: Reason | None
    title: Reason | None
    presents_by: date | None = None
    """The last day of the part 2 to come that they have a seat at: then the assessment is next."""


def trainees(
    session: Session, reach: Reach, programme: Programme, *, on: date, wanted: str = "", unit_path: str = ""
) -> Sequence[Trainee]:
    """Everybody within reach who isn't just holding a valid certificate, by group and name."""
    people = people_within(session, reach, on=on, wanted=wanted, unit_path=unit_path)
    held = issued_to(session, programme.id, [row[0] for row in people])
    on_the_way = [row for row in people if not _rests(held[row[0]], on)]
    cases = dossiers(session, programme, [row[0] for row in on_the_way], on=on)
    found = [_trainee(cases[row[0]], row[0], row[1], row[2], row[3]) for row in on_the_way]
    order = {group: place for place, group in enumerate(Group)}
    return sorted(found, key=lambda each: order[each.group])


def count_groups(found: Sequence[Trainee]) -> Counter[Group]:
    """How many there are in each group."""
    return Counter(each.group for each in found)


def _rests(certificates: Sequence[Issued], on: date) -> bool:
    """Whether the latest certificate still has time before recertification opens."""
    return bool(certificates) and certificates[-1].period.window_opens > on and not certificates[-1].is_revoked(on)


def _trainee(dossier: Dossier, person_id: int, name: str, unit_name: str, sector: str) -> Trainee:
    findings = dossier.answer.findings
    left = [each for each in findings if each.next_step]
    first = next((each for each in left if each.state is Standing.NOT_MET), left[0] if left else None)
    return Trainee(
        person_id=person_id,
        name=name,
        unit_name=unit_name,
        sector=sector,
        group=_group(dossier),
        done=sum(each.met_on is not None for each in findings),
        total=len(findings),
        next_step=first.next_step if first else None,
        title=first.requirement.title if first else None,
        presents_by=min(
            (plan.last_day for plan in dossier.evidence.planned if plan.booked and plan.part == 2), default=None
        ),
    )


def _group(dossier: Dossier) -> Group:
    answer = dossier.answer
    if isinstance(answer, Ok):
        return Group.READY
    if is_waiting_for_assessment(answer):
        return Group.WAITING
    if answer.route is Route.RENEWAL:
        return Group.RENEWING
    return Group.TRAINING if _has_begun(dossier, answer) else Group.NOT_BEGUN


def _has_begun(dossier: Dossier, answer: NotYet) -> bool:
    """Whether anything counts towards the present route, or a seat is booked."""
    return any(plan.booked for plan in dossier.evidence.planned) or any(each.evidence for each in answer.findings)
