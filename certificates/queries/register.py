"""The register: who is certified on a day. One query of columns; states by the pure `status` (DOMAIN.md 8)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import and_, false, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from certificates.issued import Issued, followed_up, speaking
from certificates.models.issued import Certificate
from certificates.queries.issued import events_of, period_as_issued, was_there
from certificates.queries.programmes import policies_of
from certificates.status import State, is_certified
from lms.people import ANONYMOUS, Person
from lms.units import Membership, Sector, Unit, UnitKind, below, holds_on
from lms.viewer import Reach

FEW = 1_000  # certificates whose events are asked for by name


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to show of the register; empty means all. `name` is a search key, `unit_path` a subtree."""

    name: str = ""
    number: str = ""
    unit_path: str = ""
    sector: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One person in the register, by the certificate that speaks for them on the day.

    `renewed_through` is the last day of a certificate that has been issued to follow; a person who has one counts as
    valid, not as expiring.
    """

    person_id: int
    name: str
    unit_path: str
    unit_name: str
    sector: str
    certificate_id: int
    number: str
    valid_from: date
    valid_through: date
    state: State
    renewed_through: date | None

    @property
    def is_named(self) -> bool:
        """Whether it still says whose it is: a record that was anonymised does not, also while its holder is here."""
        return self.name != ANONYMOUS


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLine:
    """One unit and sector in the summary, with how many stand in each state."""

    unit_path: str
    unit_name: str
    sector: str
    counts: Counter[State]

    @property
    def certified(self) -> int:
        """How many are certified."""
        return sum(count for state, count in self.counts.items() if is_certified(state))


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionLines:
    """The lines of one region, with their sum; without a name, those of national units."""

    name: str
    lines: Sequence[UnitLine]

    @property
    def counts(self) -> Counter[State]:
        """How many stand in each state in the whole region."""
        return sum((line.counts for line in self.lines), Counter[State]())


def register(
    session: Session,
    reach: Reach,
    programme_id: str,
    wanted: Wanted,
    *,
    on: date,
    among: Collection[int] | None = None,
) -> list[Entry]:
    """Everybody within reach who ever held a certificate, by name, as things stood on a day: by the units people
    belonged to then, and as it is known today to have been (`views.days` has the rule); or only `among` some.

    What was issued later is not known on that day, unless it has begun by then: an issue may come after its first day.
    """
    query = (
        select(
            Certificate.person_id,
            Person.name,
            Unit.path,
            Unit.name.label("unit_name"),
            Membership.sector,
            Certificate.id,
            Certificate.number,
            Certificate.cycle,
            Certificate.valid_from,
            Certificate.valid_through,
            Certificate.window_opens,
            Certificate.programme_version_id,
            (Certificate.salt == "").label("anonymised"),
        )
        .join(Membership, and_(Membership.person_id == Certificate.person_id, holds_on(Membership, on)))
        .join(Unit, Unit.id == Membership.unit_id)
        .join(Person, Person.id == Certificate.person_id)
        .where(
            Certificate.programme == programme_id,
            was_there(on),
            reach.units(Unit.path),
        )
        .order_by(Person.sort_name, Person.id, Certificate.cycle)
    )
    if among is not None:
        query = query.where(Certificate.person_id.in_(among))
    if wanted.unit_path:
        query = query.where(below(Unit.path, [wanted.unit_path]))
    if wanted.sector:
        query = query.where(Membership.sector == wanted.sector)
    if wanted.name:
        named = and_(Person.search_name.contains(wanted.name, autoescape=True), Certificate.salt != "")
        numbered = Certificate.number.contains(wanted.number, autoescape=True) if wanted.number else false()
        query = query.where(or_(named, numbered))
    rows = session.execute(query).all()
    # whose name is gone, comes last: a place in the alphabet would tell
    return sorted(_entries(session, programme_id, rows, on=on), key=lambda entry: not entry.is_named)


def still_within(session: Session, reach: Reach, person_ids: Collection[int], *, on: date) -> frozenset[int]:
    """Of these people, those who belong to a unit within reach on a day: the ones whose own page may be opened."""
    found = session.scalars(select(Person.id).where(Person.id.in_(person_ids), reach.people(Person.id, on)))
    return frozenset(found)


def count_states(entries: Iterable[Entry]) -> Counter[State]:
    """How many stand in each state."""
    return Counter(entry.state for entry in entries)


def by_unit_and_sector(entries: Iterable[Entry]) -> Sequence[UnitLine]:
    """How many stand in each state, for each unit and sector, in the order of the tree."""
    counted: defaultdict[tuple[str, int, str], Counter[State]] = defaultdict(Counter)
    order = {sector: place for place, sector in enumerate(Sector)}
    for entry in entries:
        counted[entry.unit_path, order[Sector(entry.sector)], entry.unit_name][entry.state] += 1
    sectors = tuple(Sector)
    return [
        UnitLine(unit_path=path, unit_name=name, sector=sectors[place], counts=counts)
        for (path, place, name), counts in sorted(counted.items(), key=itemgetter(0))
    ]


def by_region(lines: Iterable[UnitLine], regions: Mapping[str, str]) -> Sequence[RegionLines]:
    """Lines in the order of the tree, region by region; `regions` as `regions_by_path` has them."""
    grouped = groupby(lines, key=lambda line: region_name(line.unit_path, regions))
    return [RegionLines(name=name, lines=tuple(own)) for name, own in grouped]


def regions_by_path(session: Session) -> Mapping[str, str]:
    """The path of every region with its name."""
    regions = session.scalars(select(Unit).where(Unit.kind == UnitKind.REGIONAL))
    return {unit.path: unit.name for unit in regions}


def region_name(unit_path: str, regions: Mapping[str, str]) -> str:
    """The region a unit lies in, or an empty text for a national unit."""
    return next((name for path, name in regions.items() if unit_path.startswith(path)), "")


def _entries(session: Session, programme_id: str, rows: Sequence[Any], *, on: date) -> Iterator[Entry]:
    """One entry a person from their rows, which come one after the other, the first cycle first."""
    events = events_of(session, _whose(programme_id, rows))
    policies = policies_of(session)
    for _person_id, grouped in groupby(rows, key=attrgetter("person_id")):
        own = list(grouped)
        certificates = followed_up(
            [
                Issued(
                    id=row.id,
                    cycle=row.cycle,
                    period=period_as_issued(row.valid_from, row.valid_through, row.window_opens),
                    policy=policies[row.programme_version_id],
                    events=events.get(row.id, ()),
                )
                for row in own
            ]
        )
        yield _entry({row.id: row for row in own}, certificates, on)


def _whose(programme_id: str, rows: Sequence[Any]) -> ColumnElement[bool]:
    """The condition on the certificates whose events are needed: those of a few people, or all there are."""
    if len(rows) > FEW:
        return Certificate.programme == programme_id
    return Certificate.id.in_([row.id for row in rows])


def _entry(rows: Mapping[int, Any], certificates: Sequence[Issued], on: date) -> Entry:
    spoken = speaking(certificates, on)
    assert spoken is not None, "a person in the register holds a certificate"
    state, row = spoken.state(on), rows[spoken.id]
    to_come = [each for each in certificates if each.cycle > spoken.cycle and each.state(on) is State.UPCOMING]
    return Entry(
        person_id=row.person_id,
        name=ANONYMOUS if row.anonymised else row.name,
        unit_path=row.path,
        unit_name=row.unit_name,
        sector=row.sector,
        certificate_id=row.id,
        number=row.number,
        valid_from=row.valid_from,
        valid_through=row.valid_through,
        state=State.VALID if to_come and state is State.EXPIRING else state,
        renewed_through=to_come[-1].period.valid_through if to_come else None,
    )
