"""The dry run of a change of rules over the whole register: a picture of everybody under the rules in force and under
others. One reader, a constant number of queries for each batch of people; nothing is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from certificates.eligibility import NotYet, Ok
from certificates.gathering import BATCH, Dossier, dossiers
from certificates.impact import (
    Change,
    Impact,
    Picture,
    PlannedMail,
    checks_ahead,
    compare,
    four_dates,
    mails_ahead,
    state_of,
)
from certificates.issued import Issued, speaking
from certificates.looking_back import decide_lately
from certificates.models.checks import KnowledgeCheck, KnowledgeCheckChoice
from certificates.models.issued import Certificate
from certificates.models.reminders import Reminder
from certificates.pathway import pass_today
from certificates.programme import Programme, Route, Stage
from certificates.queries.issued import active_people, issued_to
from certificates.queries.programmes import programme_now, with_grace_of
from courses.queries import checks as courses
from lms.people import Person
from lms.units import Membership, Unit, holds_on
from lms.viewer import Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """A person a change concerns, as the viewer may see them."""

    person_id: int
    name: str
    email: str
    unit_name: str
    sector: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What some people's mails depend on: what was sent and offered, by certificate; who wants checks and has a test
    they can be drawn from."""

    sent: Mapping[int, frozenset[Stage]]
    offered: Mapping[int, frozenset[int]]
    asked: frozenset[int]


def impact_of(session: Session, proposed: Programme, *, on: date) -> Impact:
    """What would change for whom if the proposed rules were in force from a day on."""
    present = programme_now(session, proposed.id)
    after = replace(proposed, in_force_from=on)
    mails = (present.policy.reminders, present.checks) != (after.policy.reminders, after.checks)  # else the same ones
    changes: dict[int, tuple[Change, ...]] = {}
    ready: list[int] = []
    people = active_people(session)
    certificates = 0
    for start in range(0, len(people), BATCH):
        batch = people[start : start + BATCH]
        held = issued_to(session, present.id, batch)
        known = _known(session, present, proposed, batch)
        on_the_way = [person_id for person_id in batch if not _rests(held[person_id], on)]
        cases = dossiers(session, present, on_the_way, on=on)
        for person_id in batch:
            certificates += len(held[person_id])
            case = cases.get(person_id)
            if case is not None and isinstance(case.answer, Ok):
                ready.append(person_id)  # issued by the present rules before the others are in force
            before, later = (
                _picture(person_id, held[person_id], known, rules, case, on=on, mails=mails)
                for rules in (present, after)
            )
            found = compare(before, later)
            if found:
                changes[person_id] = found
    return Impact(changes=changes, people=len(people), certificates=certificates, ready=tuple(ready))


def concerned(session: Session, changes: Mapping[int, tuple[Change, ...]], reach: Reach, *, on: date) -> list[Whose]:
    """Those within reach whom a change concerns, by name."""
    found: list[tuple[str, int, Whose]] = []
    ids = sorted(changes)
    for start in range(0, len(ids), BATCH):
        rows = session.execute(
            select(Person, Unit.name, Membership.sector)
            .outerjoin(Membership, and_(Membership.person_id == Person.id, holds_on(Membership, on)))
            .outerjoin(Unit, Unit.id == Membership.unit_id)
            .where(Person.id.in_(ids[start : start + BATCH]), reach.units(Unit.path))
        )
        for person, unit, sector in rows:
            whose = Whose(
                person_id=person.id,
                name=person.name,
                email=person.email,
                unit_name=unit or "",
                sector=sector or "",
                changes=changes[person.id],
            )
            found.append((person.sort_name, person.id, whose))
    return [whose for _name, _id, whose in sorted(found, key=lambda each: each[:2])]


def _rests(certificates: Sequence[Issued], on: date) -> bool:
    """Whether the latest certificate still has time before recertification opens: then nothing is asked for today."""
    return bool(certificates) and certificates[-1].period.window_opens > on and not certificates[-1].is_revoked(on)


def _picture(
    person_id: int,
    held: Sequence[Issued],
    known: _Known,
    rules: Programme,
    case: Dossier | None,
    *,
    on: date,
    mails: bool,
) -> Picture:
    picture = Picture(
        dates={str(each.id): four_dates(each.period, each.policy) for each in held},
        state=state_of(held, on),
        mails=_mails(person_id, held, known, rules, on=on) if mails else (),
    )
    if case is None or isinstance(case.answer, Ok):
        return picture
    if not held and not _has_begun(case):
        return picture
    applying = with_grace_of(rules, held[-1].policy) if held else rules
    answer = case.answer if applying == case.programme else decide_lately(applying, case.evidence, on)
    findings = answer.findings
    return replace(
        picture,
        met={each.requirement.id: each.met_on is not None for each in findings},
        titles={each.requirement.id: each.requirement.title for each in findings},
        gets=answer.period if isinstance(answer, Ok) else None,
        would_get=pass_today(case.evidence, answer.route, applying.policy, on),
    )


def _has_begun(case: Dossier) -> bool:
    """Whether anything counts towards the present route, or a seat is booked."""
    assert isinstance(case.answer, NotYet)
    booked = any(plan.booked for plan in case.evidence.planned)
    return booked or case.answer.route is Route.REENTRY or any(each.evidence for each in case.answer.findings)


def _mails(
    person_id: int, held: Sequence[Issued], known: _Known, rules: Programme, *, on: date
) -> tuple[PlannedMail, ...]:
    if not held:
        return ()
    latest, spoken = held[-1], speaking(held, on)
    planned = mails_ahead(
        latest,
        known.sent.get(latest.id, frozenset()),
        rules.policy,
        on=on,
        is_over=latest.revoked_on is not None,
    )
    if spoken is None:
        return planned
    offered = known.offered.get(spoken.id, frozenset())
    return planned + checks_ahead(spoken, offered, rules.checks, on=on, wanted=person_id in known.asked)


def _known(session: Session, present: Programme, proposed: Programme, person_ids: Collection[int]) -> _Known:
    whose = and_(Certificate.programme == present.id, Certificate.person_id.in_(person_ids))
    sent: defaultdict[int, set[Stage]] = defaultdict(set)
    for certificate_id, stage in session.execute(
        select(Reminder.certificate_id, Reminder.stage)
        .join(Certificate, Certificate.id == Reminder.certificate_id)
        .where(whose)
    ):
        sent[certificate_id].add(Stage(stage))
    offered: defaultdict[int, set[int]] = defaultdict(set)
    for certificate_id, months in session.execute(
        select(KnowledgeCheck.certificate_id, KnowledgeCheck.months)
        .join(Certificate, Certificate.id == KnowledgeCheck.certificate_id)
        .where(whose)
    ):
        offered[certificate_id].add(months)
    said = session.execute(
        select(KnowledgeCheckChoice.person_id, KnowledgeCheckChoice.wanted)
        .where(KnowledgeCheckChoice.programme == present.id, KnowledgeCheckChoice.person_id.in_(person_ids))
        .order_by(KnowledgeCheckChoice.id)
    )
    wanted = {person_id: wants for person_id, wants in said}  # noqa: C416  (what was said last counts)
    tested = courses.post_tests_of_many(
        session, list(person_ids), tuple({*present.tested_courses, *proposed.tested_courses})
    )
    return _Known(
        sent={id_: frozenset(stages) for id_, stages in sent.items()},
        offered={id_: frozenset(months) for id_, months in offered.items()},
        asked=frozenset(id_ for id_ in person_ids if tested.get(id_) and wanted.get(id_, True)),
    )
