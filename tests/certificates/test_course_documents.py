"""The course certificate and the list of courses as others receive them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.documents.courses import (
    CourseCertificateText,
    CourseListText,
    CourseRow,
    course_certificate_pdf,
    course_list_pdf,
)
from certificates.documents.typesetting import Line
from tests.certificates.pdf_rules import breaches, heard
from tests.certificates.reading_documents import opened, read, text_runs, unbroken

COURSE = CourseCertificateText(
    locale="nb",
    organisation="HelseIArbeid",
    title="Kursbevis",
    lead="Det bekreftes at",
    holder_name="Áile Márjá Ørbeck-Næss",
    statement=("har gjennomført emnekurset og bestått ettertesten.",),
    number=Line(label="Nummer", value="KB-2027-000012"),
    completed=Line(label="Fullført", value="14.03.2027"),
    hours=Line(label="Kurstimer i alt", value="6,5"),
    hours_headings=("Type", "Timer"),
    hours_by_kind=(Line(label="Nettkurs", value="5"), Line(label="Prøve", value="1,5")),
    hpr=Line(label="HPR-nummer", value="1234567"),
    course=Line(label="Kurs", value="Sykmelding og arbeid"),
    content_version=Line(label="Innholdsutgave", value="3"),
    started=Line(label="Påbegynt", value="02.03.2027"),
    organiser=Line(label="Arrangør", value="HelseIArbeid, nasjonalt sekretariat"),
    issued_on=Line(label="Utstedt", value="15.03.2027"),
    approval=Line(label="Godkjenning", value="Sak 2027/123, gyldig 01.01.2027–31.12.2028"),
    objectives_heading="Læringsmål",
    objectives=("Kan gjøre rede for gradert sykmelding", "#set page(width: 1cm)"),
    no_expiry="Kursbeviset har ingen utløpsdato.",
    verification_heading="Kontroller kursbeviset",
    verification_text="Skann koden, eller skriv kontrollkoden på laering.example/verify.",
    verification_url="https://laering.example/verify/K7PM-4XQT-9RWD",
    verification_alt="QR-kode til kontrollsiden for dette kursbeviset",
    code=Line(label="Kontrollkode", value="K7PM-4XQT-9RWD"),
    unprintable_note="□ står for et tegn som ikke kan trykkes.",
    dated=datetime(2027, 3, 15, 9, 0, tzinfo=UTC),
)
ROW = CourseRow(cells=("Sykmelding og arbeid", "14.03.2027", "KB-2027-000012", "6,5"))
LIST = CourseListText(
    locale="nb",
    organisation="HelseIArbeid",
    title="Kursene mine",
    holder_name=COURSE.holder_name,
    facts=(Line(label="Periode", value="15.03.2022–14.03.2027"),),
    headings=("Kurs", "Fullført", "Nummer", "Kurstimer"),
    numeric=1,
    rows=(ROW,),
    empty="Ingen kurs i perioden.",
    total=Line(label="Kurstimer i alt", value="6,5"),
    endnote="Hentet 14.03.2027.",
    page_words=("Side", "av"),
    unprintable_note="□ står for et tegn som ikke kan trykkes.",
    dated=COURSE.dated,
)


def test_a_course_certificate_says_all_of_it_in_the_order_people_read_it() -> None:
    said = heard(course_certificate_pdf(COURSE))
    told = [text for _role, text in said]
    lines = (COURSE.completed, COURSE.hours, COURSE.number, COURSE.hpr, COURSE.course, COURSE.content_version,
             COURSE.started, COURSE.organiser, COURSE.issued_on, COURSE.approval)  # fmt: skip
    expected = [COURSE.organisation, COURSE.title, COURSE.lead, COURSE.holder_name, *COURSE.statement]
    expected += [part for line in lines if line for part in (line.label, line.value)]
    expected += [*COURSE.hours_headings, "Nettkurs", "5", "Prøve", "1,5", COURSE.objectives_heading]
    expected += [part for objective in COURSE.objectives for part in ("•", objective)]
    expected += [COURSE.verification_alt, COURSE.verification_heading, COURSE.verification_text]
    assert told == [*expected, COURSE.verification_url, f"{COURSE.code.label} {COURSE.code.value}", COURSE.no_expiry]
    assert [text for role, text in said if role == "/TH"] == list(COURSE.hours_headings)
    assert [text for role, text in said if role == "/LBody"] == list(COURSE.objectives)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"hpr": None, "approval": None, "started": None, "hours_by_kind": (), "objectives": ()},
        {"objectives": tuple(f"Kan forklare mål {n} for kollegaer på arbeidsplassen" for n in range(25))},
        {"hours_by_kind": tuple(Line(label=f"Slag {n} " + "x" * 90, value="1 234,5") for n in range(9))},
        {"holder_name": "W" * 300, "organiser": Line(label="Arrangør", value="Ø" * 200)},
    ],
    ids=["all", "least", "many objectives", "many kinds of hours", "long words"],
)
def test_a_course_certificate_keeps_what_it_claims_on_one_page(changes: dict[str, Any]) -> None:
    pdf = course_certificate_pdf(replace(COURSE, **changes))
    assert breaches(pdf) == []
    with opened(pdf) as document:
        assert len(document.pages) == 1
        assert all(right <= 525 and 20 <= baseline <= 822 for _left, right, baseline in text_runs(document))


def test_a_list_of_courses_is_a_table_that_keeps_its_headings_over_pages() -> None:
    pdf = course_list_pdf(replace(LIST, rows=(ROW,) * 80))
    assert breaches(pdf) == []
    with opened(pdf) as document:
        assert len(document.pages) == 3
    assert read(pdf).count("Kurstimer\n") == 3 and "Side 3 av 3" in " ".join(read(pdf).split())
    said = heard(pdf)
    assert [text for role, text in said if role == "/TH"] == list(LIST.headings)
    assert [text for role, text in said if role == "/TD"] == list(ROW.cells) * 80
    assert ("/P", "Kurstimer i alt 6,5") in said


def test_a_list_without_courses_says_so() -> None:
    said = heard(course_list_pdf(replace(LIST, rows=())))
    assert ("/P", LIST.empty) in said and not [role for role, _text in said if role == "/Table"]


@settings(deadline=None, max_examples=20)
@given(cells=st.tuples(*[st.text(alphabet="aåÁčđŋ -/0123456789", max_size=200)] * 4), count=st.integers(1, 12))
def test_whatever_stands_in_the_cells_stays_in_its_column(cells: tuple[str, ...], count: int) -> None:
    pdf = course_list_pdf(replace(LIST, rows=(CourseRow(cells=cells),) * count))
    assert breaches(pdf) == []
    with opened(pdf) as document:
        assert all(left >= 50 and right <= 595.3 - 50 for left, right, _baseline in text_runs(document))
    assert unbroken("".join(cells)) in unbroken("".join(text for _role, text in heard(pdf)))


@pytest.mark.parametrize("changes", [{"rows": (CourseRow(cells=("a",)),)}, {"headings": ()}, {"title": " "}])
def test_a_list_that_cannot_be_one_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        replace(LIST, **changes)
