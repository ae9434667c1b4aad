"""Deliveries from spreadsheets: every row is told of, hostile files do nothing, what was rehearsed is what happens."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlalchemy import select

from courses import delivery_sheets
from courses.delivery_sheets import HEADINGS, ROWS_MAX, TEMPLATE_ROW, Sheet, read_sheet
from courses.models.deliveries import Delivery, DeliveryImport
from courses.visits import DeliveryModel, ModuleKind
from lms import audit
from lms.db import Database
from lms.spreadsheets import csv_file
from tests.cast import Cast
from tests.clients import Browser
from tests.courses.fieldwork import TODAY
from tests.limits import ending

GOOD = ("22.11.2026", "Verftet AS", "974 760 673", "Psykisk helse", 2, 14, 2, "", "")


def read(content: bytes) -> Sheet:
    return read_sheet(content, today=TODAY, partners={"kari@cast.example": 7})


def csv_of(*rows: Sequence[object], headings: Sequence[str] = tuple(HEADINGS.values())) -> bytes:
    return csv_file(headings, rows)


def book_of(*rows: Sequence[object], headings: Sequence[str] = tuple(HEADINGS.values()), merge: str = "") -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (headings, *rows):
        sheet.append(list(row))
    if merge:
        sheet.merge_cells(merge)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(content: bytes, name: str, words: bytes) -> bytes:
    """The workbook with one part replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            if part.filename != name:
                new.writestr(part, old.read(part))
        new.writestr(name, words)
    return out.getvalue()


def unreadable(content: bytes) -> str:
    sheet = read(content)
    assert sheet.unreadable is not None, sheet
    assert not sheet.rows
    assert not sheet.problems
    return sheet.unreadable.code


@pytest.mark.parametrize("make", [csv_of, book_of])
def test_a_good_row_is_read_the_same_from_both_kinds_of_file(make: Callable[..., bytes]) -> None:
    other = (date(2026, 11, 1), "Sykehjemmet", None, "partsmodul", "Modell 1", 3, 0, 45, "Kari@Cast.example")
    content = make((), GOOD, (), other)
    sheet = read(content)
    assert sheet.problems == ()
    first, second = sheet.rows
    assert (first.number, second.number) == (3, 5)
    assert (first.report.on, first.report.company, first.report.org_number) == (
        date(2026, 11, 22),
        "Verftet AS",
        "974760673",
    )
    assert (first.report.module, first.report.model, first.report.duration_minutes) == (
        ModuleKind.PSYKISK_HELSE, DeliveryModel.TWO, 90,
    )  # fmt: skip
    assert (second.report.partner_id, second.report.minutes, second.report.model) == (7, 45, DeliveryModel.ONE)


def test_the_template_as_it_is_downloaded_can_be_read() -> None:
    assert len(read(csv_of(TEMPLATE_ROW)).rows) == 1


def test_commas_old_letters_and_nynorsk_headings_are_understood() -> None:
    text = "Dato,Bedrift,Modul,Modell,Tilsette,Leiarar\r\n1.11.2026,Blåbær & Sønner,Muskel og skjelett,1,4,1\r\n"
    for content in (text.encode(), text.encode("cp1252")):
        assert read(content).rows[0].report.company == "Blåbær & Sønner"


@pytest.mark.parametrize(
    "day", ["22.11.2026", "22. 11. 2026", "2026-11-22", "2026-11-22T00:00:00", datetime(2026, 11, 22, 14)]
)
def test_days_are_known_as_dates_and_as_text_in_norwegian_and_iso(day: object) -> None:
    assert read(book_of((day, *GOOD[1:]))).rows[0].report.on == date(2026, 11, 22)


@pytest.mark.parametrize(
    ("place", "value", "code"),
    [
        (0, "11/22/2026", "cell-no-day"),
        (0, "31.02.2026", "cell-no-day"),
        (0, 46348, "cell-no-day"),
        (0, "24.11.2026", "day-in-future"),
        (0, None, "cell-empty"),
        (0, "=TODAY()", "cell-formula"),
        (1, "  ", "cell-empty"),
        (1, "=HYPERLINK(1)", "cell-formula"),
        (1, "x" * 201, "cell-too-long"),
        (2, "974760674", "organisation-number-check"),
        (2, 97476067, "organisation-number-length"),
        (3, "rygg", "cell-no-module"),
        (4, 3, "cell-no-number"),
        (4, True, "cell-no-number"),
        (5, "mange", "cell-no-number"),
        (5, 2.5, "cell-no-number"),
        (5, -1, "cell-no-number"),
        (6, "٣", "cell-no-number"),
        (6, 10**30, "cell-no-number"),
        (7, 0, "cell-no-number"),
        (8, "mons@cast.example", "cell-no-partner"),
    ],
)
def test_what_is_wrong_is_told_with_row_and_column_and_the_other_rows_are_read(
    place: int, value: object, code: str
) -> None:
    wrong = [*GOOD[:place], value, *GOOD[place + 1 :]]
    sheet = read(book_of(GOOD, wrong, GOOD))
    assert [row.number for row in sheet.rows] == [2, 4]
    assert [(problem.number, problem.column, problem.reason.code) for problem in sheet.problems] == [
        (3, list(HEADINGS.values())[place], code)
    ]


def test_everything_wrong_in_a_row_is_told_at_once() -> None:
    sheet = read(book_of(("i går", "", "12", "rygg", 9, "x", 1, "", "")))
    assert [problem.reason.code for problem in sheet.problems] == [
        "cell-no-day",
        "cell-no-module",
        "cell-no-number",
        "cell-no-number",
        "cell-empty",
        "organisation-number-length",
    ]
    nobody = read(book_of((*GOOD[:5], 0, 0, "", "")))
    assert [problem.reason.code for problem in nobody.problems] == ["delivery-to-nobody"]


@pytest.mark.parametrize(
    ("headings", "code"),
    [
        (("Dato", "Bedrift"), "sheet-columns-missing"),
        ((*HEADINGS.values(), "Fødselsnummer"), "sheet-column-unknown"),
        ((*HEADINGS.values(), "dato"), "sheet-column-twice"),
        (GOOD, "sheet-column-unknown"),
    ],
)
def test_a_heading_that_does_not_fit_stops_the_sheet(headings: Sequence[str], code: str) -> None:
    assert unreadable(book_of(GOOD, headings=headings)) == code
    assert unreadable(csv_of(GOOD, headings=headings)) == code


def test_files_that_are_no_sheets_are_refused_in_words() -> None:
    assert unreadable(b"") == "sheet-empty"
    assert unreadable(b"\n\n;;\n") == "sheet-empty"
    assert unreadable(csv_of()) == unreadable(book_of()) == "sheet-without-rows"
    assert unreadable(b"%PDF-1.7") == unreadable(b"\xd0\xcf\x11\xe0\xa1\xb1") == unreadable(b"a\0b") == "sheet-kind"
    assert unreadable(b"PK\x03\x04 nothing") == "sheet-broken"
    assert unreadable(b"x" * (delivery_sheets.BYTES_MAX + 1)) == "sheet-too-large"
    assert unreadable(csv_of(*[GOOD] * (ROWS_MAX + 1))) == "spreadsheet-too-long"
    assert unreadable(b'Dato;"' + b"x" * 200_000) == "sheet-broken"
    assert unreadable(book_of(GOOD, merge="A2:B3")) == "sheet-merged"


def test_a_bomb_is_not_unpacked_and_an_entity_not_resolved() -> None:
    good = book_of(GOOD)
    with ending():
        assert unreadable(with_part(good, "xl/media/zeros.xml", b"\0" * 40_000_000)) == "sheet-bomb"
        doctype = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>'
        assert unreadable(with_part(good, "xl/worksheets/sheet1.xml", doctype)) == "sheet-broken"
        far = (
            b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
            b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData></worksheet>'
        )
        assert unreadable(with_part(good, "xl/worksheets/sheet1.xml", far)) == "spreadsheet-too-long"
        assert unreadable(with_part(good, "xl/workbook.xml", b"<a/>")) == "sheet-broken"


@given(st.binary(max_size=300))
def test_no_bytes_whatever_make_the_reader_fall(content: bytes) -> None:
    for prefix in (b"", b"PK\x03\x04", ";".join(HEADINGS.values()).encode() + b"\n"):
        sheet = read(prefix + content)
        assert sheet.unreadable or sheet.rows or sheet.problems


# the pages


def upload(browser: Browser, content: bytes, name: str = "ark.xlsx") -> str:
    browser.get("/leveranser/import")
    answer = browser.post(
        "/leveranser/import", {"sheet": (io.BytesIO(content), name)}, content_type="multipart/form-data"
    )
    assert answer.status_code in (200, 422)
    return answer.text


def logged(database: Database) -> list[Delivery]:
    with database.reading() as session:
        return list(session.scalars(select(Delivery).order_by(Delivery.id)))


def test_nothing_is_added_before_one_says_so_and_the_same_file_twice_adds_nothing(
    browser: Browser, people: Cast, database: Database
) -> None:
    browser.sign_in_as(database, people.geir)
    content = book_of(GOOD, GOOD, ("i går", *GOOD[1:]))
    page = upload(browser, content)
    assert "2 leveranser legges til" in page
    assert "Rad 4, Dato:" in page
    assert logged(database) == []
    assert "2 leveranser er lagt til" in browser.submit("Legg til 2 leveranser").text
    assert len(logged(database)) == 2
    page = upload(browser, content)
    assert "2 finnes fra før" in page
    assert "Legg til" not in browser.page.form_with("Prøv arket").buttons
    page = upload(browser, csv_of(GOOD, GOOD, GOOD), "et-annet.csv")
    assert "1 leveranse legges til. 2 finnes fra før" in page
    with database.reading() as session:
        assert audit.verify(session) == []


def test_what_is_done_is_what_was_rehearsed_or_nothing(browser: Browser, people: Cast, database: Database) -> None:
    browser.sign_in_as(database, people.geir)
    page = upload(browser, book_of(GOOD))
    number = re.search(r'action="/leveranser/import/(\d+)"', page)
    assert number is not None
    browser.post(
        "/leveranser",
        {
            "entry": "x",
            "on": "2026-11-22",
            "company": "Verftet",
            "module": "psykisk_helse",
            "model": 2,
            "employees": 1,
            "leaders": 0,
        },
    )
    refused = browser.post(
        f"/leveranser/import/{number[1]}", {"digest": re.findall(r'name="digest" value="(\w+)"', page)[0]}
    )
    assert refused.status_code == 409
    assert "ingenting er lagt til" in refused.text
    assert len(logged(database)) == 1
    with database.reading() as session:
        assert session.scalars(select(DeliveryImport)).one().applied_at is None


def test_a_second_click_adds_nothing_and_nobody_carries_out_anothers(
    browser: Browser, people: Cast, database: Database
) -> None:
    browser.sign_in_as(database, people.geir)
    upload(browser, book_of(GOOD))
    form = browser.page.form_with("Legg til 1 leveranse")
    sent = dict(form.sent)
    browser.sign_in_as(database, people.kari)
    assert browser.post(form.action, sent | {"csrf_token": browser.csrf}).status_code == 404
    browser.sign_in_as(database, people.geir)
    wrong = browser.post(form.action, {"digest": "0" * 64})
    assert wrong.status_code == 409, "the page shown was of another file"
    for _ in range(2):
        browser.follow(browser.post(form.action, {"digest": sent["digest"]}))
    assert len(logged(database)) == 1


def test_a_file_that_cannot_be_read_is_told_and_an_empty_form_too(
    browser: Browser, people: Cast, database: Database
) -> None:
    browser.sign_in_as(database, people.geir)
    assert "Filen er ødelagt" in upload(browser, b"PK\x03\x04")
    browser.get("/leveranser/import")
    assert "Velg en fil" in browser.post("/leveranser/import", {}).text
    assert b"Dato;Bedrift" in browser.get("/leveranser/import/mal.csv").data
