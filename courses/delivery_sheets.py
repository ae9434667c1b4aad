"""Deliveries from a spreadsheet (.xlsx, or CSV with ; or ,): what each row says, or what is wrong with it and where.

What a file may do to its reader is `lms.sheets`' concern.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from courses import visits
from courses.companies import organisation_number
from courses.deliveries import SheetRow
from courses.visits import DeliveryModel, DeliveryReport, ModuleKind
from lms.ids import search_key
from lms.sheets import BYTES_MAX as BYTES_MAX
from lms.sheets import ROWS_MAX as ROWS_MAX
from lms.sheets import Cell, Columns, Row, RowProblem, Unreadable, read_rows
from lms.verdict import No, Reason, because

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
_ALSO = {
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
COLUMNS = Columns(headings=HEADINGS, also=_ALSO, needed=NEEDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a file says: the rows that could be read, and every problem; or why nobody can read it (`unreadable`)."""

    rows: tuple[SheetRow, ...] = ()
    problems: tuple[RowProblem, ...] = ()
    unreadable: Reason | None = None


def read_sheet(content: bytes, *, today: date, partners: Mapping[str, int]) -> Sheet:
    """The deliveries in a file. `partners` has who may be named, by e-mail address in lower case."""
    try:
        return _read(read_rows(content, COLUMNS), today=today, partners=partners)
    except Unreadable as error:
        return Sheet(unreadable=error.reason)


def _read(found: Iterator[tuple[int, dict[str, Cell]]], *, today: date, partners: Mapping[str, int]) -> Sheet:
    rows: list[SheetRow] = []
    problems: list[RowProblem] = []
    for number, values in found:
        row = _Row(values, today, partners)
        report = row.report()
        if report is not None:
            rows.append(SheetRow(number=number, report=report))
        problems += row.found(number)
    if not rows and not problems:
        raise Unreadable(because("sheet-without-rows"))
    return Sheet(rows=tuple(rows), problems=tuple(problems))


class _Row(Row):
    """One row of deliveries being read."""

    def __init__(self, values: Mapping[str, Cell], today: date, partners: Mapping[str, int]) -> None:
        super().__init__(values, COLUMNS)
        self.today, self.partners = today, partners

    def report(self) -> DeliveryReport | None:
        """The delivery, or None with problems noted."""
        on, module = self.day("on"), self._module()
        model, employees = self._number("model", 1, 2), self._number("employees", 0, PEOPLE_MAX)
        leaders, minutes = self._number("leaders", 0, PEOPLE_MAX), self._number("minutes", 1, MINUTES_MAX)
        company, org_number, partner_id = self.text("company"), self._org_number(), self._partner()
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
            self.wrong("on" if reason.code == "day-in-future" else "employees", reason)
        return report if problem is None else None

    def _module(self) -> ModuleKind | None:
        text = self.text("module")
        module = _MODULE_BY_WORDS.get(search_key(text))
        if text and module is None:
            self.wrong("module", because("cell-no-module", text=text[:40]))
        return module

    def _number(self, column: str, least: int, most: int) -> int | None:
        value = self.values.get(column)
        if isinstance(value, bool | date):
            self.wrong(column, because("cell-no-number", text=str(value)[:40], least=least, most=most))
            return None
        text = self.text(column)
        if not text:
            return None
        digits = search_key(text).removeprefix("modell ") if column == "model" else text
        if digits.isascii() and digits.isdigit() and len(digits) < 10 and least <= int(digits) <= most:
            return int(digits)
        self.wrong(column, because("cell-no-number", text=text[:40], least=least, most=most))
        return None

    def _org_number(self) -> str | None:
        text = self.text("org_number")
        number = organisation_number(text) if text else None
        if isinstance(number, No):
            for reason in number.reasons:
                self.wrong("org_number", reason)
            return None
        return number

    def _partner(self) -> int | None:
        text = self.text("partner").lower()
        if not text:
            return None
        if text not in self.partners:
            self.wrong("partner", because("cell-no-partner", text=text[:60]))
        return self.partners.get(text)
