"""What an import asks of the register, and what it would do there. A constant number of queries for each batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from certificates.impact import Change, Impact, Picture, compare, four_dates, mails_ahead, state_of
from certificates.imported import ImportRow, KnownPerson, Plan, Register, Standing, number_key, period_of
from certificates.issued import Issued, followed_up
from certificates.models.issued import Certificate, CertificateEvent
from certificates.models.reminders import Reminder
from certificates.programme import Policy, Programme, Stage
from certificates.queries.dry_run import Whose
from certificates.queries.issued import issued_to
from certificates.reminders import calendar
from certificates.status import EventKind
from lms.ids import search_key
from lms.people import Person
from lms.units import Membership, Unit, holds_on

BATCH = 500
IMPORTED = "imported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an import would do: numbers and whose. People who are not here yet have numbers below zero."""

    impact: Impact
    people: Sequence[Whose]
    new_people: int


def register_for(session: Session, programme_id: str, rows: Sequence[ImportRow], *, on: date) -> Register:
    """What stands in the register of the people, numbers and names in a list."""
    people: dict[str, Person] = {}
    for batch in _batches(sorted({row.email for row in rows})):
        people |= {person.email: person for person in session.scalars(select(Person).where(Person.email.in_(batch)))}
    standing = _standing(session, programme_id, [person.id for person in people.values()])
    known = {
        email: KnownPerson(
            id=person.id,
            name=person.name,
            has_left=person.deactivated_at is not None,
            certificates=standing[person.id],
        )
        for email, person in people.items()
    }
    strangers = [row for row in rows if row.email not in people]
    return Register(people=known, numbers=_numbers(session, rows), namesakes=_namesakes(session, strangers, on=on))


def outcome_of(session: Session, programme: Programme, plan: Plan, register: Register, *, on: date) -> Outcome:
    """The pictures of everybody concerned, before and after."""
    by_email: defaultdict[str, list[ImportRow]] = defaultdict(list)
    for row in plan.added:
        by_email[row.email].append(row)
    ids = [register.people[email].id for email in by_email if email in register.people]
    held: dict[int, tuple[Issued, ...]] = {}
    sent: defaultdict[int, set[Stage]] = defaultdict(set)
    for batch in _batches(ids):
        held |= issued_to(session, programme.id, batch)
        for certificate_id, stage in session.execute(
            select(Reminder.certificate_id, Reminder.stage)
            .join(Certificate, Certificate.id == Reminder.certificate_id)
            .where(Certificate.person_id.in_(batch))
        ):
            sent[certificate_id].add(Stage(stage))
    names = dict(session.execute(select(Unit.code, Unit.name)).all())
    changes: dict[int, tuple[Change, ...]] = {}
    people: list[Whose] = []
    for email, own in by_email.items():
        person = register.people.get(email)
        person_id = person.id if person else -own[0].row
        found = _changes(held.get(person_id, ()), own, sent, programme.policy, on=on)
        changes[person_id] = found
        people.append(
            Whose(
                person_id=person_id,
                name=own[0].name,
                email=email,
                unit_name=names[own[-1].unit],
                sector=own[-1].sector,
                changes=found,
            )
        )
    impact = Impact(changes=changes, people=len(by_email), certificates=len(plan.added))
    new_people = sum(email not in register.people for email in by_email)
    return Outcome(impact=impact, people=people, new_people=new_people)


def stages_past(issued: Issued, policy: Policy, *, on: date) -> tuple[Stage, ...]:
    """The reminders whose day had gone by when a certificate came here: they are never sent."""
    return tuple(each.stage for each in calendar(issued.period, (), policy) if each.on < on)


def _changes(
    held: Sequence[Issued], own: Sequence[ImportRow], sent: Mapping[int, set[Stage]], policy: Policy, *, on: date
) -> tuple[Change, ...]:
    first = held[-1].cycle + 1 if held else 1
    new = [
        Issued(id=-row.row, cycle=first + place, period=period_of(row, policy, on), policy=policy)
        for place, row in enumerate(own)
    ]
    numbers = {-row.row: row.number for row in own}
    together = followed_up([*(replace(each, events=_decided(each)) for each in held), *new])
    return compare(_picture(held, sent, policy, numbers, on=on), _picture(together, sent, policy, numbers, on=on))


def _decided(issued: Issued) -> tuple[Any, ...]:
    return tuple(event for event in issued.events if event.kind is not EventKind.REPLACED)


def _picture(
    certificates: Sequence[Issued],
    sent: Mapping[int, set[Stage]],
    policy: Policy,
    numbers: Mapping[int, str],
    *,
    on: date,
) -> Picture:
    if not certificates:
        return Picture(dates={})
    latest = certificates[-1]
    told = sent.get(latest.id, set()) if latest.id > 0 else stages_past(latest, policy, on=on)
    return Picture(
        dates={numbers.get(each.id, str(each.id)): four_dates(each.period, each.policy) for each in certificates},
        state=state_of(certificates, on),
        mails=mails_ahead(latest, told, policy, on=on, is_over=latest.revoked_on is not None),
    )


def _standing(session: Session, programme_id: str, person_ids: Sequence[int]) -> dict[int, tuple[Standing, ...]]:
    found: defaultdict[int, list[Standing]] = defaultdict(list)
    for batch in _batches(person_ids):
        whose = (Certificate.programme == programme_id, Certificate.person_id.in_(batch))
        revoked = {each.id: each.revoked_on for own in issued_to(session, programme_id, batch).values() for each in own}
        imported = set(
            session.scalars(
                select(CertificateEvent.certificate_id)
                .join(Certificate, Certificate.id == CertificateEvent.certificate_id)
                .where(*whose, CertificateEvent.kind == IMPORTED)
            )
        )
        for id_, person_id, number, valid_from, valid_through in session.execute(
            select(
                Certificate.id,
                Certificate.person_id,
                Certificate.number,
                Certificate.valid_from,
                Certificate.valid_through,
            )
            .where(*whose)
            .order_by(Certificate.person_id, Certificate.cycle)
        ):
            found[person_id].append(
                Standing(
                    number=number,
                    valid_from=valid_from,
                    valid_through=valid_through,
                    is_imported=id_ in imported,
                    revoked_on=revoked[id_],
                )
            )
    return {person_id: tuple(found[person_id]) for person_id in person_ids}


def _numbers(session: Session, rows: Sequence[ImportRow]) -> dict[str, str]:
    """Who has one of the numbers, by its key. Kept numbers may hold blanks: those are taken out to compare."""
    found: dict[str, str] = {}
    key = func.lower(func.replace(Certificate.number, " ", ""))
    for batch in _batches(sorted({number_key(row.number) for row in rows})):
        for number, name in session.execute(
            select(Certificate.number, Person.name)
            .join(Person, Person.id == Certificate.person_id)
            .where(key.in_(batch))
        ):
            found[number_key(number)] = name
    return found


def _namesakes(session: Session, rows: Sequence[ImportRow], *, on: date) -> dict[tuple[str, str], str]:
    """Names in a list of people who are not known by their address, that somebody in the same unit has."""
    found: dict[tuple[str, str], str] = {}
    for batch in _batches(sorted({search_key(row.name) for row in rows})):
        for code, name, email in session.execute(
            select(Unit.code, Person.search_name, Person.email)
            .join(Membership, Membership.person_id == Person.id)
            .join(Unit, Unit.id == Membership.unit_id)
            .where(Person.search_name.in_(batch), holds_on(Membership, on), Person.deactivated_at.is_(None))
        ):
            found[code, name] = email
    return found


def _batches(values: Collection[Any]) -> Iterator[list[Any]]:
    ordered = list(values)
    for start in range(0, len(ordered), BATCH):
        yield ordered[start : start + BATCH]
