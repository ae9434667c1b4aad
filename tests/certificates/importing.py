"""Lists of certificates from before this platform, for tests."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime

from openpyxl import Workbook

from certificates.certificate_sheets import read_sheet
from certificates.imported import HEADINGS
from certificates.services import importing
from certificates.services.importing import Tried
from lms.clock import at_local
from lms.db import Database
from lms.people_sheets import unit_codes
from lms.spreadsheets import csv_file
from tests.certificates.factories import TODAY

NOON = at_local(TODAY, 12)
HEADED = tuple(HEADINGS.values())


def line(
    name: str = "Liv Berg",
    email: str = "liv@gammel.example",
    *,
    unit: str = "Alta",
    sector: str = "helse",
    number: str = "NORD-17",
    first: date | str = date(2024, 3, 15),
    last: date | str = date(2027, 3, 14),
    issued_by: str = "Regional enhet Nord",
    is_new: str = "",
) -> tuple[object, ...]:
    """One row of a list."""
    return (name, email, unit, sector, number, first, last, issued_by, "", is_new)


def csv_of(*rows: Sequence[object], headings: Sequence[str] = HEADED) -> bytes:
    return csv_file(headings, rows)


def book_of(*rows: Sequence[object], headings: Sequence[str] = HEADED) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (headings, *rows):
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rehearse(database: Database, content: bytes, *, now: datetime = NOON) -> Tried:
    """What a file would do."""
    with database.transaction() as session:
        sheet = read_sheet(content, units=unit_codes(session))
        assert sheet.unreadable is None, sheet.unreadable
        return importing.rehearse(session, "instruktor", sheet.rows, sheet.problems, now=now)


def keep(database: Database, content: bytes, *, by: int | None = None, now: datetime = NOON) -> tuple[int, Tried]:
    """Try a file and keep what it would do; returns the import's id."""
    tried = rehearse(database, content, now=now)
    with database.transaction() as session:
        kept = importing.keep(session, tried, content=content, file_name="gamle.csv", actor_id=by, now=now)
    return kept.id, tried


def apply(database: Database, import_id: int, tried: Tried, *, by: int | None = None, now: datetime = NOON) -> int:
    with database.transaction() as session:
        return importing.apply(session, import_id, "instruktor", seen=tried.seen, actor_id=by, now=now)


def bring_in(database: Database, *rows: Sequence[object], by: int | None = None, now: datetime = NOON) -> int:
    """Import rows; returns how many certificates were added."""
    import_id, tried = keep(database, csv_of(*rows), by=by, now=now)
    return apply(database, import_id, tried, by=by, now=now)


def problems(tried: Tried) -> list[tuple[int, str, str]]:
    """Row, column and code of everything that is wrong."""
    return [(each.number, each.column, each.reason.code) for each in tried.plan.problems]
