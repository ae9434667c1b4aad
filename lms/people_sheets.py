"""`lms people import`: people with unit and sector from a spreadsheet, tried first, all or nothing.

Nobody is invited: that is a step of its own. A person is known by the e-mail address; who is here stays as they are. An
unknown address with a name that somebody in the unit has is refused, until the row says that it is another person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import audit, people, units
from lms.clock import local_date
from lms.ids import search_key
from lms.people import Locale, Person, normalise_email
from lms.sheets import Columns, Row, RowProblem, Unreadable, email_in, read_rows, sector_in, unit_in
from lms.units import Membership, Sector, Unit, holds_on
from lms.verdict import Reason, because

ROWS_MAX = 2_000  # written in one transaction
BATCH = 500
HEADINGS: Mapping[str, str] = {
    "name": "Navn",
    "email": "E-post",
    "unit": "Enhet",
    "sector": "Sektor",
    "locale": "Språk",
    "is_new": "Ny person",
}
"""The columns of the sheet."""
ALSO = {"namn": "name", "epost": "email", "eining": "unit", "mal": "locale", "mål": "locale"}
COLUMNS = Columns(headings=HEADINGS, also=ALSO, needed=("name", "email", "unit", "sector"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """One row as read."""

    row: int
    name: str
    email: str
    unit: str
    sector: str
    locale: Locale
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """Whom a list adds and who is here already; or what is wrong with it, or why nobody can read it."""

    added: tuple[PersonRow, ...] = ()
    there: int = 0
    problems: tuple[RowProblem, ...] = ()
    unreadable: Reason | None = None


def unit_codes(session: Session) -> Mapping[str, str]:
    """The code of every unit by the search key of its code and of its name; empty for a name that two have."""
    found: dict[str, str] = {}
    rows = session.execute(select(Unit.code, Unit.name)).all()
    for code, name in rows:
        key = search_key(name)
        found[key] = code if found.get(key, code) == code else ""
    return found | {search_key(code): code for code, _name in rows}


def plan(session: Session, content: bytes, *, on: date) -> Planned:
    """What a file would do; changes nothing."""
    rows: list[PersonRow] = []
    problems: list[RowProblem] = []
    codes = unit_codes(session)
    try:
        for number, values in read_rows(content, COLUMNS, rows_max=ROWS_MAX):
            row = Row(values, COLUMNS)
            read = _read(number, row, codes)
            rows += [read] if not row.problems else []
            problems += row.found(number)
    except Unreadable as error:
        return Planned(unreadable=error.reason)
    known, namesakes = _known(session, rows), _namesakes(session, rows, on=on)
    added: list[PersonRow] = []
    first: dict[str, int] = {}
    for read in rows:
        wrong = _wrong(read, first, known, namesakes)
        first.setdefault(read.email, read.row)
        if wrong is not None:
            column, reason = wrong
            problems.append(RowProblem(number=read.row, column=HEADINGS[column], reason=reason))
        elif read.email not in known:
            added.append(read)
    told = tuple(sorted(problems, key=lambda each: each.number))
    return Planned(added=() if told else tuple(added), there=len(rows) - len(added), problems=told)


def carry_out(session: Session, planned: Planned, *, now: datetime) -> int:
    """Make everybody who is to be added; returns how many. Raises `Refused` when somebody was made meanwhile."""
    places = {unit.code: unit for unit in session.scalars(select(Unit))}
    for row in planned.added:
        person = people.add_person(session, name=row.name, email=row.email, locale=row.locale, now=now)
        units.join_unit(session, person, places[row.unit], Sector(row.sector), on=local_date(now))
        audit.record(
            session,
            actor_id=None,
            action="person-imported",
            subject=("person", person.id),
            details={"unit": row.unit, "sector": row.sector},
            now=now,
        )
    return len(planned.added)


def _read(number: int, row: Row, codes: Mapping[str, str]) -> PersonRow:
    name, email = row.text("name"), normalise_email(email_in(row, "email"))
    unit, sector = unit_in(row, "unit", codes), sector_in(row, "sector")
    locale, is_new = search_key(row.text("locale")) or Locale.NB, search_key(row.text("is_new"))
    if locale not in tuple(Locale):
        row.wrong("locale", because("cell-no-locale", text=locale[:40]))
    if is_new not in ("", "ja", "nei"):
        row.wrong("is_new", because("cell-yes-or-no"))
    return PersonRow(
        row=number,
        name=name,
        email=email,
        unit=unit,
        sector=sector,
        locale=Locale(locale) if locale in tuple(Locale) else Locale.NB,
        is_new=is_new == "ja",
    )


def _wrong(
    row: PersonRow, first: Mapping[str, int], known: Mapping[str, str], namesakes: Mapping[tuple[str, str], str]
) -> tuple[str, Reason] | None:
    if row.email in first:
        return "email", because("person-twice", email=row.email, row=first[row.email])
    if row.email in known:
        if search_key(known[row.email]) != search_key(row.name):
            return "name", because("person-other-name", email=row.email, name=known[row.email])
        return None
    namesake = namesakes.get((row.unit, search_key(row.name)))
    if namesake is not None and not row.is_new:
        return "email", because("person-namesake", name=row.name, email=namesake)
    return None


def _known(session: Session, rows: Sequence[PersonRow]) -> dict[str, str]:
    """The name of everybody whose address is in the list."""
    emails, found = sorted({row.email for row in rows}), dict[str, str]()
    for start in range(0, len(emails), BATCH):
        some = select(Person.email, Person.name).where(Person.email.in_(emails[start : start + BATCH]))
        found.update((email, name) for email, name in session.execute(some))
    return found


def _namesakes(session: Session, rows: Sequence[PersonRow], *, on: date) -> dict[tuple[str, str], str]:
    """The address of whoever has one of the names in a unit."""
    names, found = sorted({search_key(row.name) for row in rows}), dict[tuple[str, str], str]()
    for start in range(0, len(names), BATCH):
        for code, name, email in session.execute(
            select(Unit.code, Person.search_name, Person.email)
            .join(Membership, Membership.person_id == Person.id)
            .join(Unit, Unit.id == Membership.unit_id)
            .where(
                Person.search_name.in_(names[start : start + BATCH]),
                holds_on(Membership, on),
                Person.deactivated_at.is_(None),
            )
        ):
            found[code, name] = email
    return found
