"""Deliveries from a spreadsheet (.xlsx, or CSV with ; or ,): what each row says, or what is wrong with it and where.

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

from courses import visits
from courses.companies import organisation_number
from courses.deliveries import SheetRow
from courses.visits import DeliveryModel, DeliveryReport, ModuleKind
from lms.ids import search_key
from lms.verdict import No, Reason, because

BYTES_MAX = 1024 * 1024
UNPACKED_BYTES_MAX = 20 * 1024 * 1024
PARTS_MAX = 200
ROWS_MAX = 1_000
LINES_MAX = 5_000  # empty ones among them
COLUMNS_MAX = 30
TEXT_LENGTH_MAX = 200
PEOPLE_MAX = 10_000
MINUTES_MAX = 600

HEADINGS: Mapping[str, str] = {
    "on": "Dato",
    "company": "Bedrift",
    "org_number": "Organisasjonsnummer",
    "module": "Modul",
    "model": "Modell",
    "employees": "Ansatte",
    "leaders": "Ledere",
    "minutes": "Varighet i minutter",
    "partner": "Partnerens e-post",
}
"""The columns of the template, in its order. Nynorsk's words are known as well."""
NEEDED = ("on", "company", "module", "model", "employees", "leaders")
TEMPLATE_ROW = ("22.11.2026", "Fiskeforedling AS", "974760673", "Psykisk helse", "2", "14", "2", "", "")
_COLUMN_BY_WORDS = {search_key(words): column for column, words in HEADINGS.items()} | {
    "tilsette": "employees",
    "leiarar": "leaders",
    "verksemd": "company",
    "varighet": "minutes",
    "varigheit": "minutes",
    "varigheit i minutt": "minutes",
    "partner": "partner",
    "e-posten til partneren": "partner",
    "org.nr.": "org_number",
}
_MODULE_BY_WORDS = {
    "partsmodul": ModuleKind.PARTSMODUL,
    "muskel og skjelett": ModuleKind.MUSKEL_SKJELETT,
    "muskel_skjelett": ModuleKind.MUSKEL_SKJELETT,
    "psykisk helse": ModuleKind.PSYKISK_HELSE,
    "psykisk_helse": ModuleKind.PSYKISK_HELSE,
}
_NORWEGIAN_DAY = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00)?)?")

Cell = object
"""What a cell holds: None, text, a number, a date; text that begins with = is a formula."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """What is wrong with a row: its number in the sheet, the column's heading, what it is and what to do."""

    number: int
    column: str
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a file says: the rows that could be read, and every problem; or why nobody can read it (`unreadable`)."""

    rows: tuple[SheetRow, ...] = ()
    problems: tuple[RowProblem, ...] = ()
    unreadable: Reason | None = None


class _Unreadable(Exception):
    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


def read_sheet(content: bytes, *, today: date, partners: Mapping[str, int]) -> Sheet:
    """The deliveries in a file. `partners` has who may be named, by e-mail address in lower case."""
    try:
        lines = _lines(content)
        number, headings = next(lines, (0, []))
        if not number:
            raise _Unreadable(because("sheet-empty"))
        columns = _columns(headings)
        return _read(lines, columns, today=today, partners=partners)
    except _Unreadable as error:
        return Sheet(unreadable=error.reason)


def _read(
    lines: Iterator[tuple[int, list[Cell]]], columns: Mapping[str, int], *, today: date, partners: Mapping[str, int]
) -> Sheet:
    rows: list[SheetRow] = []
    problems: list[RowProblem] = []
    for number, cells in lines:
        values = {column: cells[place] if place < len(cells) else None for column, place in columns.items()}
        found = _Row(values, today, partners)
        report = found.report()
        if report is not None:
            rows.append(SheetRow(number=number, report=report))
        problems += [RowProblem(number=number, column=column, reason=why) for column, why in found.problems]
    if not rows and not problems:
        raise _Unreadable(because("sheet-without-rows"))
    return Sheet(rows=tuple(rows), problems=tuple(problems))


def _lines(content: bytes) -> Iterator[tuple[int, list[Cell]]]:
    """The rows that hold something, with their numbers, the heading first."""
    if len(content) > BYTES_MAX:
        raise _Unreadable(because("sheet-too-large", most=BYTES_MAX // 1024))
    if content.startswith(b"PK"):
        found = _from_workbook(content)
    elif content.startswith((b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise _Unreadable(because("sheet-kind"))
    else:
        found = _from_csv(content)
    kept = 0
    for number, cells in found:
        if any(cell is not None and str(cell).strip() for cell in cells):
            kept += 1
            if kept > ROWS_MAX + 1:
                raise _Unreadable(because("spreadsheet-too-long", most=ROWS_MAX))
            yield number, cells


def _from_csv(content: bytes) -> Iterator[tuple[int, list[Cell]]]:
    """`;` or `,`, whichever the heading has more of; UTF-8, or what older Norwegian spreadsheets write."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise _Unreadable(because("sheet-kind"))
    first = next((line for line in text.splitlines() if line.strip(' ;,"\t')), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="," if first.count(",") > first.count(";") else ";")
    number = 0
    try:
        for cells in reader:
            number = reader.line_num if not cells else number + 1
            yield number, list(cells[:COLUMNS_MAX])
    except csv.Error as error:
        raise _Unreadable(because("sheet-broken")) from error


def _from_workbook(content: bytes) -> Iterator[tuple[int, list[Cell]]]:
    """The first sheet of a workbook."""
    try:
        _look_inside(content)
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        try:
            sheet = workbook.worksheets[0]
            sheet.reset_dimensions()
            for number, row in enumerate(sheet.iter_rows(max_col=COLUMNS_MAX, values_only=True), start=1):
                if number > LINES_MAX:
                    raise _Unreadable(because("spreadsheet-too-long", most=ROWS_MAX))
                yield number, list(row)
        finally:
            workbook.close()
    except _Unreadable:
        raise
    except Exception as error:  # whatever a broken or hostile workbook makes of its reader
        raise _Unreadable(because("sheet-broken")) from error


def _look_inside(content: bytes) -> None:
    """How large it would become, before anything is unpacked; then what no honest sheet for us has in it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > UNPACKED_BYTES_MAX:
            raise _Unreadable(because("sheet-bomb"))
        for part in parts:
            if not part.filename.endswith((".xml", ".rels")):
                continue
            words = archive.read(part)
            if b"<!DOCTYPE" in words or b"<!ENTITY" in words or b"<\0!\0" in words:
                raise _Unreadable(because("sheet-broken"))
            if part.filename.startswith("xl/worksheets/") and b"<mergeCell " in words:
                raise _Unreadable(because("sheet-merged"))


def _columns(headings: Sequence[Cell]) -> dict[str, int]:
    """Where each column stands."""
    found: dict[str, int] = {}
    for place, heading in enumerate(headings):
        words = search_key(str(heading if heading is not None else "")).rstrip("*: ")
        if not words:
            continue
        column = _COLUMN_BY_WORDS.get(words) or _COLUMN_BY_WORDS.get(words.partition(" (")[0])
        if column is None:
            raise _Unreadable(because("sheet-column-unknown", column=str(heading)[:60], known=tuple(HEADINGS.values())))
        if column in found:
            raise _Unreadable(because("sheet-column-twice", column=HEADINGS[column]))
        found[column] = place
    if missing := [HEADINGS[column] for column in NEEDED if column not in found]:
        raise _Unreadable(because("sheet-columns-missing", columns=tuple(missing)))
    return found


class _Row:
    """One row being read; what is wrong is gathered, so that everything is told at once."""

    def __init__(self, values: Mapping[str, Cell], today: date, partners: Mapping[str, int]) -> None:
        self.values, self.today, self.partners = values, today, partners
        self.problems: list[tuple[str, Reason]] = []

    def report(self) -> DeliveryReport | None:
        """The delivery, or None with problems noted."""
        on, module = self._day(), self._module()
        model, employees = self._number("model", 1, 2), self._number("employees", 0, PEOPLE_MAX)
        leaders, minutes = self._number("leaders", 0, PEOPLE_MAX), self._number("minutes", 1, MINUTES_MAX)
        company, org_number, partner_id = self._text("company"), self._org_number(), self._partner()
        if self.problems or on is None or module is None or model is None or employees is None or leaders is None:
            return None
        report = DeliveryReport(
            on=on,
            company=company,
            module=module,
            model=DeliveryModel(model),
            employees=employees,
            leaders=leaders,
            minutes=minutes,
            org_number=org_number,
            partner_id=partner_id,
        )
        problem = visits.delivery_problems(report, today=self.today)
        for reason in () if problem is None else problem.reasons:
            self._wrong("on" if reason.code == "day-in-future" else "employees", reason)
        return report if problem is None else None

    def _wrong(self, column: str, reason: Reason) -> None:
        self.problems.append((HEADINGS[column], reason))

    def _text(self, column: str) -> str:
        """Text on one line; empty where nothing stands, which is a problem in a column that is needed."""
        value = self.values.get(column)
        if isinstance(value, str) and value.lstrip().startswith("="):
            self._wrong(column, because("cell-formula"))
            return ""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        text = "" if value is None else "".join(sign for sign in " ".join(str(value).split()) if sign.isprintable())
        if column in NEEDED and not text:
            self._wrong(column, because("cell-empty"))
        if len(text) > TEXT_LENGTH_MAX:
            self._wrong(column, because("cell-too-long", most=TEXT_LENGTH_MAX))
            return ""
        return text

    def _day(self) -> date | None:
        value = self.values.get("on")
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        text = self._text("on")
        if not text:
            return None
        norwegian, iso = _NORWEGIAN_DAY.fullmatch(text), _ISO_DAY.fullmatch(text)
        parts = norwegian.groups()[::-1] if norwegian else iso.groups() if iso else None
        try:
            if parts is not None:
                return date(*(int(part) for part in parts))
        except ValueError:
            pass
        self._wrong("on", because("cell-no-day", text=text[:40]))
        return None

    def _module(self) -> ModuleKind | None:
        text = self._text("module")
        module = _MODULE_BY_WORDS.get(search_key(text))
        if text and module is None:
            self._wrong("module", because("cell-no-module", text=text[:40]))
        return module

    def _number(self, column: str, least: int, most: int) -> int | None:
        value = self.values.get(column)
        if isinstance(value, bool | date):
            self._wrong(column, because("cell-no-number", text=str(value)[:40], least=least, most=most))
            return None
        text = self._text(column)
        if not text:
            return None
        digits = search_key(text).removeprefix("modell ") if column == "model" else text
        if digits.isascii() and digits.isdigit() and len(digits) < 10 and least <= int(digits) <= most:
            return int(digits)
        self._wrong(column, because("cell-no-number", text=text[:40], least=least, most=most))
        return None

    def _org_number(self) -> str | None:
        text = self._text("org_number")
        number = organisation_number(text) if text else None
        if isinstance(number, No):
            for reason in number.reasons:
                self._wrong("org_number", reason)
            return None
        return number

    def _partner(self) -> int | None:
        text = self._text("partner").lower()
        if not text:
            return None
        if text not in self.partners:
            self._wrong("partner", because("cell-no-partner", text=text[:60]))
        return self.partners.get(text)
