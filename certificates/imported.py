"""Certificates issued before this platform: what a list of them would do, or what is wrong with it, row by row.

They keep their dates and numbers, also where those are not what our rules would give (DOMAIN.md 5). Decided here:

* A person is known by the e-mail address. The name must then be the one in the register; a changed name is re-issued
  afterwards. An unknown address with a name that somebody in the unit has is refused, until the row says that it is
  another person: one person must not become two.
* They come before everything issued here: nobody with a certificate of this platform's is given an earlier one, for
  cycles are counted in order and never counted anew.
* Certificates of one person never overlap; a revoked one ends the day before it was revoked, and one revoked from its
  first day never was: an import with wrong dates is made good by the next one, with a number of its own.
* A first day to come is taken only where the certificate before lasts until the day before it.
* Our own numbers cannot be used. Numbers are compared without regard to case and blanks.
* The same file twice adds nothing twice: a row that stands in the register to the letter is there already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from certificates.numbering import NUMBER_PREFIX
from certificates.programme import Policy
from certificates.validity import ONE_DAY, Period, add_months, window_opens
from lms.content import RowProblem
from lms.ids import search_key
from lms.verdict import Reason, because

EARLIEST = date(2000, 1, 1)
MONTHS_MAX = 120
ROUTE = "imported"

HEADINGS: Mapping[str, str] = {
    "name": "Navn",
    "email": "E-post",
    "unit": "Enhet",
    "sector": "Sektor",
    "number": "Sertifikatnummer",
    "valid_from": "Gyldig fra",
    "valid_through": "Gyldig til og med",
    "issued_by": "Utstedt av",
    "note": "Merknad",
    "is_new": "Ny person",
}
"""The columns of the template, in its order."""
NEEDED = ("name", "email", "unit", "sector", "number", "valid_from", "valid_through")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRow:
    """One row as read: unit and sector as codes of ours, `is_new` when it says so of a person with a namesake."""

    row: int
    name: str
    email: str
    unit: str
    sector: str
    number: str
    valid_from: date
    valid_through: date
    issued_by: str = ""
    note: str = ""
    is_new: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A certificate that stands in the register already."""

    number: str
    valid_from: date
    valid_through: date
    is_imported: bool = True
    revoked_on: date | None = None

    @property
    def last_day(self) -> date:
        """The last day on which it says anything: the day before it was revoked, where it was."""
        return self.valid_through if self.revoked_on is None else min(self.valid_through, self.revoked_on - ONE_DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """Somebody with an address that stands in the list."""

    id: int
    name: str
    has_left: bool = False
    certificates: tuple[Standing, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """What the rules ask of the register: people by address; who has a number, by its key; names taken in a unit, each
    with an address, by the unit's code and the name's search key."""

    people: Mapping[str, KnownPerson]
    numbers: Mapping[str, str]
    namesakes: Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an import does: the rows it adds, each person's in the order of their days, and those that are there."""

    added: tuple[ImportRow, ...] = ()
    there: tuple[ImportRow, ...] = ()
    problems: tuple[RowProblem, ...] = ()


def plan(rows: Sequence[ImportRow], register: Register, *, today: date) -> Plan:
    """What a list would do. With a problem in any row nothing is to be added."""
    there = [row for row in rows if _stands(row, register)]
    new = [row for row in rows if row not in there]
    problems = [*_numbers(rows, new, register)]
    by_email: defaultdict[str, list[ImportRow]] = defaultdict(list)
    for row in new:
        by_email[row.email].append(row)
        problems += _dates(row)
    for email, own in by_email.items():
        problems += _person(email, own, register)
        known = register.people.get(email)
        problems += _sequence(own, known.certificates if known else (), today)
    added = sorted(new, key=lambda row: (row.email, row.valid_from))
    return Plan(added=tuple(added), there=tuple(there), problems=tuple(sorted(problems, key=_place)))


def number_key(number: str) -> str:
    """What certificate numbers are compared by."""
    return "".join(number.split()).casefold()


def period_of(row: ImportRow, policy: Policy, on: date) -> Period:
    """The period as it stands on paper; recertification opens by the policy in force on the day of the import."""
    opens = max(window_opens(row.valid_through, policy), row.valid_from)
    return Period(valid_from=row.valid_from, valid_through=row.valid_through, window_opens=opens, why=why(row, on))


def why(row: ImportRow, on: date) -> Reason:
    """Why the dates are what they are."""
    if row.issued_by:
        return because("period-imported-from", issued_by=row.issued_by, on=on)
    return because("period-imported", on=on)


def _stands(row: ImportRow, register: Register) -> bool:
    known = register.people.get(row.email)
    return known is not None and any(
        number_key(each.number) == number_key(row.number)
        and (each.valid_from, each.valid_through) == (row.valid_from, row.valid_through)
        for each in known.certificates
        if each.is_imported
    )


def _numbers(rows: Sequence[ImportRow], new: Sequence[ImportRow], register: Register) -> Iterator[RowProblem]:
    first: dict[str, int] = {}
    for row in rows:
        key = number_key(row.number)
        if key in first:
            yield _wrong(row, "number", because("import-number-twice", number=row.number, row=first[key]))
        first.setdefault(key, row.row)
    for row in new:
        key = number_key(row.number)
        if key.startswith(NUMBER_PREFIX.casefold() + "-"):
            yield _wrong(row, "number", because("import-number-ours", number=row.number))
        elif key in register.numbers:
            yield _wrong(row, "number", because("import-number-taken", number=row.number, name=register.numbers[key]))


def _dates(row: ImportRow) -> Iterator[RowProblem]:
    if row.valid_from < EARLIEST:
        yield _wrong(row, "valid_from", because("import-too-early", earliest=EARLIEST))
    if row.valid_through < row.valid_from:
        yield _wrong(row, "valid_through", because("import-ends-before", first=row.valid_from))
    elif row.valid_through >= add_months(row.valid_from, MONTHS_MAX):
        yield _wrong(row, "valid_through", because("import-too-long", years=MONTHS_MAX // 12))


def _person(email: str, own: Sequence[ImportRow], register: Register) -> Iterator[RowProblem]:
    """Whether it is clear whose the rows are."""
    known = register.people.get(email)
    first = own[0]
    for row in own:
        if known is not None and known.has_left:
            yield _wrong(row, "email", because("import-person-left", name=known.name))
        elif known is not None and search_key(known.name) != search_key(row.name):
            yield _wrong(row, "name", because("import-other-name", email=email, name=known.name))
        elif known is None and search_key(row.name) != search_key(first.name):
            yield _wrong(row, "name", because("import-name-differs", email=email, name=first.name, row=first.row))
        elif known is None and not row.is_new and (row.unit, search_key(row.name)) in register.namesakes:
            namesake = register.namesakes[row.unit, search_key(row.name)]
            yield _wrong(row, "email", because("import-namesake", name=row.name, email=namesake))


def _sequence(own: Sequence[ImportRow], held: Sequence[Standing], today: date) -> Iterator[RowProblem]:
    """Whether the certificates of one person can stand after one another."""
    issued_here = next((each for each in held if not each.is_imported), None)
    if issued_here is not None:
        for row in own:
            yield _wrong(row, "valid_from", because("import-after-ours", number=issued_here.number))
        return
    for place, row in enumerate(own):
        for each in (one for one in held if one.last_day >= one.valid_from):
            if row.valid_from <= each.last_day and each.valid_from <= row.valid_through:
                yield _wrong(row, "valid_from", because("import-overlaps", number=each.number))
            elif row.valid_from < each.valid_from:
                yield _wrong(row, "valid_from", because("import-before", number=each.number))
        for other in own[:place]:
            if row.valid_from <= other.valid_through and other.valid_from <= row.valid_through:
                yield _wrong(row, "valid_from", because("import-overlaps-row", row=other.row))
        day_before = row.valid_from - timedelta(days=1)
        lasts = {each.valid_through for each in held} | {each.valid_through for each in own}
        if row.valid_from > today and day_before not in lasts:
            yield _wrong(row, "valid_from", because("import-in-future"))


def _wrong(row: ImportRow, column: str, reason: Reason) -> RowProblem:
    return RowProblem(number=row.row, column=HEADINGS[column], reason=reason)


def _place(problem: RowProblem) -> tuple[int, int]:
    return problem.number, list(HEADINGS.values()).index(problem.column)
