"""Spreadsheets people hand in (.xlsx, or CSV with ; or ,): their rows with numbers, and what is wrong with a cell.

Nothing here trusts the file: its size is known before it is unpacked, no formula is worked out, no entity resolved.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from openpyxl import load_workbook

from lms.content import RowProblem as RowProblem
from lms.ids import search_key
from lms.verdict import Reason, because

BYTES_MAX = 1024 * 1024
UNPACKED_BYTES_MAX = 20 * 1024 * 1024
PARTS_MAX = 200
ROWS_MAX = 1_000
EMPTY_LINES = 5  # so many times the rows may be lines, empty ones among them
COLUMNS_MAX = 30
TEXT_LENGTH_MAX = 200

_NORWEGIAN_DAY = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00)?)?")

EMAIL = re.compile(r"[!-~]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")  # ASCII: mail reaches it everywhere
SECTORS = {"nav": "nav", "helse": "helse", "helsetjenesten": "helse", "helsetenesta": "helse"}

Cell = object
"""What a cell holds: None, text, a number, a date; text that begins with = is a formula."""
Rows = Iterator[tuple[int, list[Cell]]]


class Unreadable(Exception):
    """A file nobody can read as a sheet; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns a sheet may have: their headings by name, in the order of the template, other words for them, and
    which of them no sheet may lack."""

    headings: Mapping[str, str]
    also: Mapping[str, str]
    needed: Sequence[str]

    def by_words(self) -> Mapping[str, str]:
        """The name of a column by the words that may stand above it."""
        return {search_key(words): column for column, words in self.headings.items()} | dict(self.also)


def read_rows(content: bytes, columns: Columns, *, rows_max: int = ROWS_MAX) -> Iterator[tuple[int, dict[str, Cell]]]:
    """The rows that hold something, with their numbers in the sheet, each by the names of its columns.

    Raises `Unreadable`, also while one reads on.
    """
    found = _lines(content, rows_max)
    number, headings = next(found, (0, []))
    if not number:
        raise Unreadable(because("sheet-empty"))
    places = _places(headings, columns)
    for number, cells in found:
        yield number, {column: cells[place] if place < len(cells) else None for column, place in places.items()}


def _lines(content: bytes, rows_max: int) -> Rows:
    """The rows that hold something, with their numbers, the heading first."""
    if len(content) > BYTES_MAX:
        raise Unreadable(because("sheet-too-large", most=BYTES_MAX // 1024))
    if content.startswith(b"PK"):
        found = _from_workbook(content, rows_max)
    elif content.startswith((b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise Unreadable(because("sheet-kind"))
    else:
        found = _from_csv(content)
    kept = 0
    for number, cells in found:
        if any(cell is not None and str(cell).strip() for cell in cells):
            kept += 1
            if kept > rows_max + 1:
                raise Unreadable(because("spreadsheet-too-long", most=rows_max))
            yield number, cells


def _from_csv(content: bytes) -> Rows:
    """`;` or `,`, whichever the heading has more of; UTF-8, or what older Norwegian spreadsheets write."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise Unreadable(because("sheet-kind"))
    first = next((line for line in text.splitlines() if line.strip(' ;,"\t')), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="," if first.count(",") > first.count(";") else ";")
    number = 0
    try:
        for cells in reader:
            number = reader.line_num if not cells else number + 1
            yield number, list(cells[:COLUMNS_MAX])
    except csv.Error as error:
        raise Unreadable(because("sheet-broken")) from error


def _from_workbook(content: bytes, rows_max: int) -> Rows:
    """The first sheet of a workbook."""
    try:
        _look_inside(content)
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        try:
            sheet = workbook.worksheets[0]
            sheet.reset_dimensions()
            for number, row in enumerate(sheet.iter_rows(max_col=COLUMNS_MAX, values_only=True), start=1):
                if number > rows_max * EMPTY_LINES:
                    raise Unreadable(because("spreadsheet-too-long", most=rows_max))
                yield number, list(row)
        finally:
            workbook.close()
    except Unreadable:
        raise
    except Exception as error:  # whatever a broken or hostile workbook makes of its reader
        raise Unreadable(because("sheet-broken")) from error


def _look_inside(content: bytes) -> None:
    """How large it would become, before anything is unpacked; then what no honest sheet for us has in it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > UNPACKED_BYTES_MAX:
            raise Unreadable(because("sheet-bomb"))
        for part in parts:
            if not part.filename.endswith((".xml", ".rels")):
                continue
            words = archive.read(part)
            if b"<!DOCTYPE" in words or b"<!ENTITY" in words or b"<\0!\0" in words:
                raise Unreadable(because("sheet-broken"))
            if part.filename.startswith("xl/worksheets/") and b"<mergeCell " in words:
                raise Unreadable(because("sheet-merged"))


def _places(headings: Sequence[Cell], columns: Columns) -> dict[str, int]:
    """Where each column stands."""
    found: dict[str, int] = {}
    by_words, names = columns.by_words(), columns.headings
    for place, heading in enumerate(headings):
        words = search_key(str(heading if heading is not None else "")).rstrip("*: ")
        if not words:
            continue
        column = by_words.get(words) or by_words.get(words.partition(" (")[0])
        if column is None:
            known = tuple(names.values())
            raise Unreadable(because("sheet-column-unknown", column=str(heading)[:60], known=known))
        if column in found:
            raise Unreadable(because("sheet-column-twice", column=names[column]))
        found[column] = place
    if missing := [names[column] for column in columns.needed if column not in found]:
        raise Unreadable(because("sheet-columns-missing", columns=tuple(missing)))
    return found


class Row:
    """One row being read; what is wrong is gathered, so that everything is told at once."""

    def __init__(self, values: Mapping[str, Cell], columns: Columns) -> None:
        self.values, self.columns = values, columns
        self.problems: list[tuple[str, Reason]] = []

    def wrong(self, column: str, reason: Reason) -> None:
        """Note that something is wrong in a column."""
        self.problems.append((self.columns.headings[column], reason))

    def text(self, column: str, *, length_max: int = TEXT_LENGTH_MAX) -> str:
        """Text on one line; empty where nothing stands, which is a problem in a column that is needed."""
        value = self.values.get(column)
        if isinstance(value, str) and value.lstrip().startswith("="):
            self.wrong(column, because("cell-formula"))
            return ""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        text = "" if value is None else "".join(sign for sign in " ".join(str(value).split()) if sign.isprintable())
        if column in self.columns.needed and not text:
            self.wrong(column, because("cell-empty"))
        if len(text) > length_max:
            self.wrong(column, because("cell-too-long", most=length_max))
            return ""
        return text

    def day(self, column: str) -> date | None:
        """A day, as a date of the sheet or written 22.11.2026 or 2026-11-22; None with a problem noted."""
        value = self.values.get(column)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        text = self.text(column)
        if not text:
            return None
        norwegian, iso = _NORWEGIAN_DAY.fullmatch(text), _ISO_DAY.fullmatch(text)
        parts = norwegian.groups()[::-1] if norwegian else iso.groups() if iso else None
        try:
            if parts is not None:
                return date(*(int(part) for part in parts))
        except ValueError:
            pass
        self.wrong(column, because("cell-no-day", text=text[:40]))
        return None

    def found(self, number: int) -> list[RowProblem]:
        """The problems of the row, with its number."""
        return [RowProblem(number=number, column=column, reason=why) for column, why in self.problems]


def email_in(row: Row, column: str) -> str:
    """An e-mail address; empty with a problem noted."""
    text = row.text(column)
    if text and EMAIL.fullmatch(text) is None:
        row.wrong(column, because("cell-no-email", text=text[:60]))
        return ""
    return text


def unit_in(row: Row, column: str, units: Mapping[str, str]) -> str:
    """The code of a unit named by its code or its name; empty with a problem noted. `units` has the codes by search
    key, an empty one for a name that two units have."""
    text = row.text(column)
    if not text:
        return ""
    code = units.get(search_key(text))
    if not code:
        row.wrong(column, because("cell-two-units" if code is not None else "cell-no-unit", text=text[:60]))
    return code or ""


def sector_in(row: Row, column: str) -> str:
    """NAV or the health service; empty with a problem noted."""
    text = row.text(column)
    sector = SECTORS.get(search_key(text), "")
    if text and not sector:
        row.wrong(column, because("cell-no-sector", text=text[:40]))
    return sector
