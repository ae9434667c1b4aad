"""The planned mails of the days ahead, gathered for people within reach; which night writes which says `planned`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from certificates.eligibility import Ok
from certificates.gathering import dossiers
from certificates.models.checks import KnowledgeCheck, KnowledgeCheckChoice
from certificates.models.issued import Certificate
from certificates.models.reminders import Reminder
from certificates.planned import (
    MailKind,
    Span,
    Target,
    check_target,
    checks_within,
    digest_target,
    digests_within,
    lacking_visits,
    reminder_target,
    reminders_within,
    visits_target,
    visits_within,
)
from certificates.programme import Programme, Stage
from certificates.queries.checks import drawable
from certificates.queries.digests import digest_of, digests_done, terms_of_coordinators
from certificates.queries.holds import Hold, open_holds
from certificates.queries.issued import issued_to, regional_units
from certificates.queries.nights import maybe_reminded, to_issue
from certificates.queries.programmes import main_programme, programmes
from courses.models.visits import VisitsReminder
from courses.queries.part_two import coming_part_2
from lms.people import Person
from lms.units import Membership, Unit, below, holds_on
from lms.viewer import Reach

BATCH = 500  # people a query asks about at once
ALL_KINDS = frozenset(MailKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Whose planned mails: of people and units within reach, in a subtree, of some people only (None: everybody)."""

    reach: Reach
    unit_path: str = ""
    kinds: Collection[MailKind] = ALL_KINDS
    person_ids: Collection[int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMail:
    """A mail of a day ahead: to whom, about what. `person_id` is None for a digest, which goes to the coordinators of
    the unit. `hold` says who holds it back and why; `refused` that the address refuses mail."""

    target: Target
    on: date
    person_id: int | None
    name: str
    unit_id: int
    unit_name: str
    unit_path: str
    certificate_id: int | None = None
    about: str = ""
    first_day: date | None = None
    place: str = ""
    hold: Hold | None = None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class _Ground:
    """What every kind of planning needs: the people within reach, and what is held."""

    people: Mapping[int, Any]
    holds: Mapping[str, Hold]
    span: Span

    def mail(self, target: Target, on: date, person_id: int, **about: Any) -> PlannedMail:
        """A mail to one of the people."""
        person = self.people[person_id]
        return PlannedMail(
            target=target,
            on=on,
            person_id=person_id,
            name=person.name,
            unit_id=person.unit_id,
            unit_name=person.unit_name,
            unit_path=person.unit_path,
            hold=self.holds.get(target.key),
            refused=person.mail_refused_at is not None,
            **about,
        )


def plan(session: Session, whose: Whose, span: Span) -> list[PlannedMail]:
    """The mails of these days as things stand, day by day; what is held is among them.

    Whoever has met everything is renewed by the next night and gets no reminder.
    """
    main = main_programme(session)
    people, holds = _people(session, whose, on=span.first), open_holds(session)
    found: list[PlannedMail] = []
    for programme in programmes(session):
        if MailKind.REMINDER in whose.kinds:
            found += _reminders(session, programme, _Ground(people, holds, span))
        if MailKind.CHECK in whose.kinds:
            found += _checks(session, programme, _Ground(people, holds, span))
    if MailKind.VISITS in whose.kinds:
        found += _visits(session, main, _Ground(people, holds, span))
    if MailKind.DIGEST in whose.kinds and whose.person_ids is None:
        found += _digests(session, main, whose, holds, span)
    return sorted(found, key=lambda each: (each.on, each.unit_path, each.name, each.target.key))


def _people(session: Session, whose: Whose, *, on: date) -> Mapping[int, Any]:
    """The people within reach who have not left, each with name and unit."""
    query = (
        select(
            Person.id,
            Person.name,
            Person.mail_refused_at,
            Unit.id.label("unit_id"),
            Unit.name.label("unit_name"),
            Unit.path.label("unit_path"),
        )
        .join(Membership, and_(Membership.person_id == Person.id, holds_on(Membership, on)))
        .join(Unit, Unit.id == Membership.unit_id)
        .where(Person.deactivated_at.is_(None), whose.reach.units(Unit.path))
    )
    if whose.unit_path:
        query = query.where(below(Unit.path, [whose.unit_path]))
    if whose.person_ids is not None:
        query = query.where(Person.id.in_(whose.person_ids))
    return {row.id: row for row in session.execute(query)}


def _reminders(session: Session, programme: Programme, ground: _Ground) -> Iterator[PlannedMail]:
    wanted = maybe_reminded(session, programme, first=ground.span.first, last=ground.span.last)
    renewed = ready(session, programme, ground.people, on=ground.span.first)
    for rows in _certificates(session, wanted, ground.people):
        person_ids = [row.person_id for row in rows]
        held, sent = issued_to(session, programme.id, person_ids), _sent(session, [row.id for row in rows])
        for row in rows:
            issued = next(each for each in held[row.person_id] if each.id == row.id)
            is_over = issued is not held[row.person_id][-1] or issued.revoked_on is not None or row.person_id in renewed
            for day, stage in reminders_within(issued, sent[row.id], ground.span, is_over=is_over):
                target = reminder_target(row.id, stage)
                yield ground.mail(target, day, row.person_id, certificate_id=row.id, about=row.number)


def _checks(session: Session, programme: Programme, ground: _Ground) -> Iterator[PlannedMail]:
    if programme.checks is None:
        return
    span = ground.span
    wanted = session.scalars(
        select(Certificate.id).where(
            Certificate.programme == programme.id,
            Certificate.valid_through >= span.first,
            Certificate.valid_from <= span.last,
        )
    ).all()
    for rows in _certificates(session, wanted, ground.people):
        person_ids = [row.person_id for row in rows]
        held, offered = issued_to(session, programme.id, person_ids), _offered(session, [row.id for row in rows])
        declined = _declined(session, programme, person_ids)
        coming = []
        for row in rows:
            issued = next(each for each in held[row.person_id] if each.id == row.id)
            wants = row.person_id not in declined
            days = checks_within(issued, offered[row.id], span, programme.checks, wanted=wants)
            coming += [(row, day, months) for day, months in days]
        may = drawable(session, programme, {row.id for row, _day, _months in coming})
        for row, day, months in coming:
            if row.id in may:
                target = check_target(row.id, months)
                yield ground.mail(target, day, row.person_id, certificate_id=row.id, about=row.number)


def _visits(session: Session, programme: Programme, ground: _Ground) -> Iterator[PlannedMail]:
    seats = coming_part_2(session, on=ground.span.first, through=ground.span.last)
    seats = [seat for seat in seats if seat.person_id in ground.people]
    if not seats:
        return
    cases = dossiers(session, programme, [seat.person_id for seat in seats], on=ground.span.first)
    sent: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for person_id, seminar_id, days in session.execute(
        select(VisitsReminder.person_id, VisitsReminder.seminar_id, VisitsReminder.days_before).where(
            VisitsReminder.seminar_id.in_({seat.seminar_id for seat in seats})
        )
    ):
        sent[person_id, seminar_id].add(days)
    for seat in seats:
        lacking = lacking_visits(cases[seat.person_id].answer.findings)
        if lacking is None or lacking.next_step is None:
            continue
        for day, days in visits_within(seat.first_day, sent[seat.person_id, seat.seminar_id], ground.span):
            yield ground.mail(
                visits_target(seat.person_id, seat.seminar_id, days),
                day,
                seat.person_id,
                about=seat.seminar_name,
                first_day=seat.first_day,
                place=seat.place,
            )


def _digests(
    session: Session, programme: Programme, whose: Whose, holds: Mapping[str, Hold], span: Span
) -> Iterator[PlannedMail]:
    for unit in regional_units(session):
        if not whose.reach.includes(unit.path) or not unit.path.startswith(whose.unit_path):
            continue
        terms = terms_of_coordinators(session, unit)
        for day in digests_within(digests_done(session, unit.id), terms, span):
            if digest_of(session, programme, unit, on=day):
                target = digest_target(unit.id, day)
                yield PlannedMail(
                    target=target,
                    on=day,
                    person_id=None,
                    name=unit.name,
                    unit_id=unit.id,
                    unit_name=unit.name,
                    unit_path=unit.path,
                    hold=holds.get(target.key),
                )


def ready(session: Session, programme: Programme, person_ids: Collection[int], *, on: date) -> frozenset[int]:
    """Of these people, those who have met everything, so that the night issues before it reminds."""
    maybe = [person_id for person_id in to_issue(session, programme, on=on) if person_id in person_ids]
    cases = dossiers(session, programme, maybe, on=on)
    return frozenset(person_id for person_id, case in cases.items() if isinstance(case.answer, Ok))


def not_issued_to_tonight(
    session: Session, programme: Programme, certificate_ids: Sequence[int], *, on: date
) -> Sequence[int]:
    """Of these certificates, those whose holder a night on this day issues no other to."""
    holders = {
        row.id: row.person_id
        for row in session.execute(
            select(Certificate.id, Certificate.person_id).where(Certificate.id.in_(certificate_ids))
        )
    }
    renewed = ready(session, programme, frozenset(holders.values()), on=on)
    return [id_ for id_ in certificate_ids if holders[id_] not in renewed]


def _certificates(session: Session, ids: Sequence[int], people: Mapping[int, Any]) -> Iterator[Sequence[Any]]:
    """Id, number and holder of some certificates, of these people only, in batches."""
    for start in range(0, len(ids), BATCH):
        rows = session.execute(
            select(Certificate.id, Certificate.number, Certificate.person_id).where(
                Certificate.id.in_(ids[start : start + BATCH])
            )
        )
        own = [row for row in rows if row.person_id in people]
        if own:
            yield own


def _sent(session: Session, certificate_ids: Collection[int]) -> Mapping[int, set[Stage]]:
    found: defaultdict[int, set[Stage]] = defaultdict(set)
    rows = session.execute(
        select(Reminder.certificate_id, Reminder.stage).where(Reminder.certificate_id.in_(certificate_ids))
    )
    for id_, stage in rows:
        found[id_].add(Stage(stage))
    return found


def _offered(session: Session, certificate_ids: Collection[int]) -> Mapping[int, set[int]]:
    found: defaultdict[int, set[int]] = defaultdict(set)
    rows = session.execute(
        select(KnowledgeCheck.certificate_id, KnowledgeCheck.months).where(
            KnowledgeCheck.certificate_id.in_(certificate_ids)
        )
    )
    for id_, months in rows:
        found[id_].add(months)
    return found


def _declined(session: Session, programme: Programme, person_ids: Collection[int]) -> set[int]:
    """Those of these people who said no thanks to checks last."""
    said: dict[int, bool] = {}
    for person_id, wanted in session.execute(
        select(KnowledgeCheckChoice.person_id, KnowledgeCheckChoice.wanted)
        .where(KnowledgeCheckChoice.programme == programme.id, KnowledgeCheckChoice.person_id.in_(person_ids))
        .order_by(KnowledgeCheckChoice.id)
    ):
        said[person_id] = wanted
    return {person_id for person_id, wanted in said.items() if not wanted}
