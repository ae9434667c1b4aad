"""Course certificates on pages: my courses, the document, its codes, approvals, and numbers that tell of nobody."""

from __future__ import annotations

import io
from datetime import date

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import func, select, update

from certificates.models.course_certificates import CourseApproval, CourseDocument
from lms import audit, practitioners, units
from lms.clock import FrozenClock, at_local, local_date
from lms.db import Database
from lms.people import Person
from lms.units import Sector, Unit
from tests import open_courses
from tests.cast import Cast
from tests.certificates import factories
from tests.clients import PASSWORD, Browser
from tests.courses import factories as courses
from tests.open_courses import Opened

FILLED = {
    "course": "emnekurs",
    "body": "Legeforeningen",
    "reference": "2026/99",
    "valid_from": "2026-01-01",
    "valid_through": "2027-12-31",
    "online": "4,25",
    "topic": "0,75",
}


@pytest.fixture
def opened(app: Flask, database: Database, people: Cast, library: None, clock: FrozenClock) -> Opened:
    """The shipped course with Geir's certificate, an approval, Grete who signed up."""
    with app.test_request_context(), database.transaction() as session:
        return open_courses.build(session, people, local_date(clock.now()))


def read(pdf: bytes) -> str:
    return " ".join(PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())


def test_the_document_says_it_all_in_three_languages_and_is_given_out_as_it_was_first(
    browser: Browser, database: Database, people: Cast, opened: Opened, clock: FrozenClock
) -> None:
    browser.sign_in_as(database, people.geir)
    address = f"/kursbevis/{opened.certificate.id}.pdf"
    said = read(browser.get(f"{address}?sprak=nb").data)
    for words in (
        "Geir Ødegård", "9144889", "HIK-2026-000001", "21.11.2026", "2026/1182", "Den norske legeforening", "1,75",
        "2,25", "Vurdere en sykmelding som en behandling", "HelseIArbeid, Nasjonalt sekretariat",
        opened.certificate.print_code,
    ):  # fmt: skip
        assert words in said, words
    assert "Vurdere ei sjukmelding" in read(browser.get(f"{address}?sprak=nn").data)
    assert browser.get(f"{address}?sprak=en").data.startswith(b"%PDF-")
    first = browser.get(f"{address}?sprak=nb").data
    clock.advance(days=400)
    with database.transaction() as session:
        session.get_one(Unit, people.norge).name = "Et annet navn"
    browser.sign_in_as(database, people.geir)
    assert browser.get(f"{address}?sprak=nb").data == first
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(CourseDocument)) == 3


def test_a_document_that_was_changed_is_not_given_out(
    browser: Browser, database: Database, people: Cast, opened: Opened
) -> None:
    browser.sign_in_as(database, people.geir)
    address = f"/kursbevis/{opened.certificate.id}.pdf"
    assert browser.get(address).status_code == 200
    with database.transaction() as session:
        session.execute(update(CourseDocument).values(content=b"%PDF forfalsket"))
    assert browser.get(address).status_code == 500


def test_a_new_name_asks_for_a_new_edition_with_its_own_document(
    browser: Browser, database: Database, people: Cast, opened: Opened
) -> None:
    browser.sign_in_as(database, people.geir)
    page = f"/kursbevis/{opened.certificate.id}"
    assert "ny utgave" not in browser.get(page).text
    assert browser.post(f"{page}/ny-utgave").status_code == 409
    browser.get(f"{page}.pdf")
    with database.transaction() as session:
        session.get_one(Person, people.geir).name = "Geir Fjell"
    browser.get(page)
    assert "Geir Fjell" in browser.submit("Utsted i ny utgave").text
    assert "utgave 2" in read(browser.get(f"{page}.pdf").data)
    assert "Geir Ødegård" in browser.get(page).text  # what it was stays to be seen


def test_the_codes_answer_for_anybody_without_the_number_of_the_register(
    app: Flask, opened: Opened, database: Database
) -> None:
    stranger = Browser(app)
    for code in (opened.certificate.print_code.lower().replace("-", " "), opened.certificate.verify_code):
        page = stranger.get(f"/verify/{code}")
        assert page.status_code == 200
        assert "Kursbeviset er utstedt av HelseIArbeid" in page.text
        assert "Geir Ødegård" in page.text
        assert "9144889" not in page.text
    told = stranger.get(f"/verify/{opened.certificate.verify_code}", headers={"Accept": "application/json"}).json
    assert told is not None
    assert (told["kind"], told["valid"], told["hours"]) == ("course_certificate", True, "5")
    assert told["approvals"] == ["2026/1182"]
    assert "9144889" not in str(told)


def test_my_courses_are_those_of_five_years_as_page_table_and_file(
    app: Flask, browser: Browser, database: Database, people: Cast, opened: Opened, clock: FrozenClock
) -> None:
    with app.test_request_context(), database.transaction() as session:
        factories.publish_course(session, "startopplaering", title="Begynt", kind="foundation", now=clock.now())
        courses.enrolled(session, people.geir, clock.now(), course="startopplaering")
    browser.sign_in_as(database, people.geir)
    page = browser.get("/mine-kurs").text
    assert "HIK-2026-000001" in page
    assert "ikke ennå" in page
    table = browser.get("/mine-kurs.csv").data.decode("utf-8-sig")
    assert "HIK-2026-000001;2026/1182;5" in table
    assert "HIK-2026-000001" in read(browser.get("/mine-kurs.pdf").data)
    clock.instant = at_local(date(2031, 11, 21), 12)  # five years to the day after the last
    browser.sign_in_as(database, people.geir)
    assert "HIK-2026-000001" in browser.get("/mine-kurs").text
    clock.advance(days=1)
    browser.sign_in_as(database, people.geir)
    assert "HIK-2026-000001" not in browser.get("/mine-kurs").text


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"valid_through": "2025-12-31"}, "Siste dag er før første dag."),
        ({"online": "", "topic": ""}, "minst ett av de tre feltene"),
        ({"online": "4,1"}, "Skriv timer i kvarte"),
        ({"online": "-1"}, "Skriv timer i kvarte"),
        ({"online": "1e3"}, "Skriv timer i kvarte"),
        ({"online": "101"}, "Skriv timer i kvarte"),
        ({"online": "NaN"}, "Skriv timer i kvarte"),
        ({"reference": "  "}, "Fyll ut dette feltet."),
        ({"course": "startopplaering"}, "Velg"),
    ],
)
def test_an_approval_that_is_none_is_told_in_place(
    browser: Browser, database: Database, people: Cast, opened: Opened, changes: dict[str, str], says: str
) -> None:
    browser.sign_in_as(database, people.siri)
    answer = browser.post("/apne-kurs/godkjenninger", FILLED | changes)
    assert answer.status_code == 422
    if "course" not in changes:
        assert says in answer.text
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(CourseApproval)) == 1


def test_an_approval_is_entered_and_withdrawn_by_the_secretariat_and_both_are_recorded(
    browser: Browser, database: Database, people: Cast, opened: Opened
) -> None:
    browser.sign_in_as(database, people.siri)
    assert browser.post("/apne-kurs/godkjenninger", FILLED).status_code == 303
    again = browser.post("/apne-kurs/godkjenninger", FILLED)
    assert again.status_code == 422
    assert "lagt inn fra før" in again.text
    assert "nettkurs 4,25, emnekurs 0,75" in browser.get("/apne-kurs/godkjenninger").text
    with database.reading() as session:
        entered = session.scalars(select(CourseApproval.id).where(CourseApproval.reference == "2026/99")).one()
    withdrawn = f"/apne-kurs/godkjenninger/{entered}/trekk"
    assert browser.post(withdrawn, {"reason": " "}).status_code == 422
    assert browser.post(withdrawn, {"reason": "Vedtaket er opphevet"}).status_code == 303
    assert browser.post(withdrawn, {"reason": "Vedtaket er opphevet"}).status_code == 409
    assert "Vedtaket er opphevet" in browser.get("/apne-kurs/godkjenninger").text
    with database.reading() as session:
        actions = set(session.scalars(select(audit.AuditEntry.action)))
        assert audit.verify(session) == []
    assert {"course-approval-entered", "course-approval-withdrawn", "course-certificate-issued"} <= actions


def test_regions_see_numbers_of_five_or_more_and_no_name(
    app: Flask, browser: Browser, database: Database, people: Cast, opened: Opened, clock: FrozenClock
) -> None:
    browser.sign_in_as(database, people.knut)
    page = browser.get("/apne-kurs").text
    assert "under 5" in page
    assert "Geir" not in page
    assert "HIK-" not in page
    today = local_date(clock.now())
    with app.test_request_context(), database.transaction() as session:
        for number in range(4):
            said = open_courses.signs_up(
                session, f"Lege{number} Lie", hpr=str(100 + number), region_id=people.nord, today=today
            )
            doctor = practitioners.complete(session, said, PASSWORD, now=clock.now())
            open_courses.take(session, doctor.id, today)
    assert '<td data-label="lege">5</td>' in browser.get("/apne-kurs").text
    browser.sign_in_as(database, people.sonja)
    assert "Regional enhet Nord" not in browser.get("/apne-kurs").text
    browser.sign_in_as(database, people.siri)
    listed = browser.get("/apne-kurs?q=9144889").text
    assert "Geir Ødegård" in listed
    assert "Lege1" not in listed
    assert "Lege1" in browser.get("/apne-kurs/deltakere.csv").data.decode("utf-8-sig")


def test_numbers_are_of_the_region_one_belonged_to_that_day(
    app: Flask, database: Database, people: Cast, opened: Opened, browser: Browser, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        geir = session.get_one(Person, people.geir)
        units.move(session, geir, session.get_one(Unit, people.arendal), Sector.HELSE, on=local_date(clock.now()))
    browser.sign_in_as(database, people.sonja)
    assert "Regional enhet" not in browser.get("/apne-kurs").text  # completed before he came to Sør
