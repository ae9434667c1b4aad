"""Spreadsheets of certificates issued before this platform: what each row says, or what is wrong with it and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from certificates.imported import HEADINGS, NEEDED, ImportRow
from lms.ids import search_key
from lms.people import normalise_email
from lms.sheets import Cell, Columns, Row, RowProblem, Unreadable, email_in, read_rows, sector_in, unit_in
from lms.verdict import Reason, because

ROWS_MAX = 2_000  # written in one transaction
NOTE_LENGTH_MAX = 500
NUMBER_LENGTH_MAX = 60
TEMPLATE_ROW = (
    "Kari Nordmann", "kari.nordmann@eksempel.no", "Tromsø", "NAV", "NORD-2024-17", "15.03.2024", "14.03.2027",
    "Regional enhet Nord", "", "",
)  # fmt: skip
ALSO = {
    "namn": "name",
    "epost": "email",
    "e-postadresse": "email",
    "eining": "unit",
    "nummer": "number",
    "gyldig til": "valid_through",
    "gjelder fra": "valid_from",
    "gjelder til og med": "valid_through",
    "gjeld frå": "valid_from",
    "gjeld til og med": "valid_through",
    "gyldig frå": "valid_from",
    "utstedt av/merknad": "issued_by",
    "utferda av": "issued_by",
}
COLUMNS = Columns(headings=HEADINGS, also=ALSO, needed=NEEDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a file says: the rows that could be read, and every problem; or why nobody can read it (`unreadable`)."""

    rows: tuple[ImportRow, ...] = ()
    problems: tuple[RowProblem, ...] = ()
    unreadable: Reason | None = None


def read_sheet(content: bytes, *, units: Mapping[str, str]) -> Sheet:
    """The certificates in a file. `units` has the code of every unit by the search key of its code and of its name."""
    rows: list[ImportRow] = []
    problems: list[RowProblem] = []
    try:
        for number, values in read_rows(content, COLUMNS, rows_max=ROWS_MAX):
            row, wrong = _read(number, values, units)
            rows += [row] if row is not None else []
            problems += wrong
    except Unreadable as error:
        return Sheet(unreadable=error.reason)
    if not rows and not problems:
        return Sheet(unreadable=because("sheet-without-rows"))
    return Sheet(rows=tuple(rows), problems=tuple(problems))


def _read(
    number: int, values: Mapping[str, Cell], units: Mapping[str, str]
) -> tuple[ImportRow | None, list[RowProblem]]:
    row = Row(values, COLUMNS)
    name, email = row.text("name"), email_in(row, "email")
    unit, sector = unit_in(row, "unit", units), sector_in(row, "sector")
    valid_from, valid_through = row.day("valid_from"), row.day("valid_through")
    own_number = row.text("number", length_max=NUMBER_LENGTH_MAX)
    issued_by, note = row.text("issued_by"), row.text("note", length_max=NOTE_LENGTH_MAX)
    says_new = search_key(row.text("is_new"))
    if says_new not in ("", "ja", "nei"):
        row.wrong("is_new", because("cell-yes-or-no"))
    if row.problems or valid_from is None or valid_through is None:
        return None, row.found(number)
    read = ImportRow(
        row=number,
        name=name,
        email=normalise_email(email),
        unit=unit,
        sector=sector,
        number=own_number,
        valid_from=valid_from,
        valid_through=valid_through,
        issued_by=issued_by,
        note=note,
        is_new=says_new == "ja",
    )
    return read, []
