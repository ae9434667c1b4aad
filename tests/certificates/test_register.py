"""The register: the right people, the right state on the right day, quick with thousands, safe in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from certificates.models.issued import Certificate, CertificateEvent
from certificates.queries.register import Entry, Wanted, by_unit_and_sector, count_states, register
from certificates.status import State
from lms.clock import at_local
from lms.db import Database
from lms.people import Person
from lms.spreadsheets import csv_file
from lms.units import Sector, Unit, join_unit
from lms.viewer import Reach
from tests.cast import Cast
from tests.certificates import factories
from tests.certificates.factories import PROGRAMME, TODAY
from tests.clients import Browser
from tests.limits import statements

EVERYWHERE = Reach(everywhere=True)


def entries(database: Database, wanted: Wanted | None = None, *, on: date = TODAY) -> list[Entry]:
    with database.reading() as session:
        return register(session, EVERYWHERE, PROGRAMME.id, wanted or Wanted(), on=on)


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (date(2026, 8, 31), State.VALID),
        (date(2026, 9, 1), State.EXPIRING),
        (date(2027, 2, 28), State.EXPIRING),
        (date(2027, 3, 1), State.IN_GRACE),
        (date(2027, 8, 31), State.IN_GRACE),
        (date(2027, 9, 1), State.LAPSED),
    ],
)
def test_a_certificate_through_28_02_2027_on_its_boundary_days(
    database: Database, people: Cast, on: date, state: State
) -> None:
    with database.transaction() as session:
        factories.give_certificate(session, people.geir, valid_from=date(2024, 3, 1))
    (entry,) = entries(database, on=on)
    assert (entry.state, entry.valid_through) == (state, date(2027, 2, 28))


def test_a_person_who_has_renewed_early_counts_as_valid_and_shows_both_dates(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        factories.give_certificate(session, people.geir, valid_from=date(2024, 3, 1))
        factories.give_certificate(session, people.geir, valid_from=date(2027, 3, 1), cycle=2, issued_on=TODAY)
    (entry,) = entries(database)
    assert (entry.state, entry.valid_through, entry.renewed_through) == (
        State.VALID,
        date(2027, 2, 28),
        date(2030, 2, 28),
    )
    (then,) = entries(database, on=date(2027, 3, 1))
    assert (then.state, then.valid_through, then.renewed_through) == (State.VALID, date(2030, 2, 28), None)


def test_a_renewal_is_not_known_on_a_day_before_it_was_issued(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        factories.give_certificate(session, people.geir, valid_from=date(2024, 3, 1))
        factories.give_certificate(session, people.geir, valid_from=date(2027, 3, 1), cycle=2, issued_on=TODAY)
    (before,) = entries(database, on=TODAY - timedelta(days=1))
    assert (before.state, before.renewed_through) == (State.EXPIRING, None)
    (since,) = entries(database, on=TODAY)
    assert (since.state, since.renewed_through) == (State.VALID, date(2030, 2, 28))


def test_nobody_was_to_be_certified_before_anything_was_issued_to_them(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        factories.give_certificate(session, people.geir, valid_from=date(2026, 6, 1))
        # back in January after a lapse: all was met on the 8th, and the night of the 10th issued
        factories.give_certificate(session, people.mons, valid_from=date(2026, 1, 8), issued_on=date(2026, 1, 10))
    assert [entry.name for entry in entries(database, on=date(2026, 5, 31))] == ["Mons Sørby"]
    assert entries(database, on=date(2026, 1, 7)) == []
    assert {entry.state for entry in entries(database, on=date(2026, 1, 8))} == {State.VALID}


def test_who_was_certified_on_a_past_day_is_told_with_the_unit_of_that_day(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        factories.give_certificate(session, people.geir, valid_from=date(2025, 3, 1))
        person, unit = session.get_one(Person, people.geir), session.get_one(Unit, people.arendal)
        join_unit(session, person, unit, Sector.HELSE, on=date(2026, 6, 1))
    nord = Reach(paths=("/norge/nord/",))
    with database.reading() as session:
        then = register(session, nord, PROGRAMME.id, Wanted(), on=date(2026, 5, 31))
        now = register(session, nord, PROGRAMME.id, Wanted(), on=TODAY)
    assert [(entry.name, entry.unit_name) for entry in then] == [("Geir Ødegård", "Alta")]
    assert now == []


def test_the_filters_and_the_numbers_agree(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        for unit, name, began in (
            (people.alta, "Åse Ås", date(2025, 3, 1)),
            (people.alta, "Øyvind Berg", date(2024, 3, 1)),
            (people.tromso, "Anne 50% Dahl", date(2023, 10, 1)),
            (people.arendal, "Bo Eng", date(2022, 1, 1)),
        ):
            factories.holder(session, unit, name, valid_from=began)
    everyone = entries(database)
    assert [entry.name for entry in everyone] == ["Øyvind Berg", "Anne 50% Dahl", "Bo Eng", "Åse Ås"]
    assert count_states(everyone) == {State.VALID: 1, State.EXPIRING: 1, State.IN_GRACE: 1, State.LAPSED: 1}
    assert [entry.name for entry in entries(database, Wanted(name="øyv"))] == ["Øyvind Berg"]
    assert [entry.name for entry in entries(database, Wanted(name="50%", number="50%"))] == ["Anne 50% Dahl"]
    assert len(entries(database, Wanted(unit_path="/norge/nord/"))) == 3
    assert entries(database, Wanted(sector="nav")) == []
    lines = {(line.unit_name, line.sector): line.certified for line in by_unit_and_sector(everyone)}
    assert lines == {("Alta", "helse"): 2, ("Tromsø", "helse"): 0, ("Arendal", "helse"): 0}


def test_a_coordinator_sees_the_own_region_filters_and_pages(
    browser: Browser, database: Database, people: Cast
) -> None:
    with database.transaction() as session:
        for number in range(60):
            factories.holder(session, people.alta, f"Nr{number:02} Fjell", valid_from=date(2025, 1, 1))
        factories.holder(session, people.arendal, "Utenfor Rekkevidde", valid_from=date(2025, 1, 1))
    browser.sign_in_as(database, people.knut)
    page = browser.get("/register")
    assert "60 personer" in page.text
    assert "Side 1 av 2" in page.text
    assert page.text.count("Fjell</a>") == 50
    assert browser.get("/register?side=2").text.count("Fjell</a>") == 10
    assert "Utenfor" not in browser.get("/register?enhet=/norge/sor/").text
    assert "Ingen passer" in browser.get("/register?status=revoked").text
    assert browser.get("/register?q=nr07&status=valid&sektor=helse&dag=2026-11-01").text.count("Fjell</a>") == 1
    for odd in (
        "side=0",
        "side=99",
        "side=x",
        "status=x",
        "dag=igår",
        "dag=2099-01-01",
        "enhet=%25",
        "q=%00",
        "enhet=%00",
        "q=%25_",
        "sektor=x",
    ):
        assert browser.get(f"/register?{odd}").status_code == 200


def test_the_csv_is_what_the_page_shows_and_runs_nothing(browser: Browser, database: Database, people: Cast) -> None:
    with database.transaction() as session:
        factories.holder(session, people.alta, '=HYPERLINK("http://x";"Æ")', valid_from=date(2025, 1, 1))
        factories.holder(session, people.alta, "Åse Ås", valid_from=date(2024, 3, 1))
    browser.sign_in_as(database, people.knut)
    answer = browser.get("/register.csv?status=valid")
    assert answer.mimetype == "text/csv"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:4] == ["Navn", "Region", "Enhet", "Sektor"]
    assert [row[0] for row in rows[1:]] == ['\'=HYPERLINK("http://x";"Æ")']
    assert rows[1][1:3] == ["Regional enhet Nord", "Alta"]
    assert rows[1][5:8] == ["2025-01-01", "2027-12-31", "gyldig"]


@given(st.lists(st.lists(st.text(), min_size=1, max_size=4), min_size=1, max_size=5))
def test_no_cell_of_any_text_starts_a_formula_and_none_is_lost(table: list[list[str]]) -> None:
    width = len(table[0])
    rows = [(row + [""] * width)[:width] for row in table]
    rows = [[cell.replace("\x00", "") for cell in row] for row in rows]
    back = list(csv.reader(io.StringIO(csv_file(["a"] * width, rows).decode("utf-8-sig"), newline=""), delimiter=";"))
    for row, kept in zip(rows, back[1:], strict=True):
        for cell, shown in zip(row, kept or [""], strict=True):
            assert shown in (cell, f"'{cell}")
            assert not re.match(r" *[=@+\-\t\r]", shown) or re.fullmatch(r"[+-]?\d+([.,]\d+)?", shown)


def test_a_suspended_and_a_revoked_holder_are_not_certified(app: Flask, database: Database, people: Cast) -> None:
    with database.transaction() as session:
        for name, kind in (("A B", "suspended"), ("C D", "revoked")):
            person = factories.holder(session, people.alta, name, valid_from=date(2025, 1, 1))
            certificate = session.query(Certificate).filter_by(person_id=person.id).one()
            session.add(
                CertificateEvent(
                    certificate_id=certificate.id,
                    kind=kind,
                    effective_on=TODAY,
                    reason="x",
                    actor_id=people.knut,
                    at=at_local(TODAY, 9),
                )
            )
    assert count_states(entries(database)) == {State.SUSPENDED: 1, State.REVOKED: 1}
    assert count_states(entries(database, on=TODAY - timedelta(days=1))) == {State.VALID: 2}


def test_the_register_asks_the_database_as_often_for_many_as_for_few(
    browser: Browser, database: Database, people: Cast
) -> None:
    """What two thousand cost stands in `make bench`."""
    browser.sign_in_as(database, people.siri)
    asked = []
    for crowd in (range(3), range(3, 150)):
        with database.transaction() as session:
            for number in crowd:
                began = date(2023, 6, 1) + timedelta(days=8 * number)
                factories.holder(session, people.alta, f"Nr{number:04} Fjell", valid_from=began)
        with statements(database) as seen:
            assert f"Nr{crowd[0]:04} Fjell" in browser.get("/register").text
        asked.append(len(seen))
    assert asked[0] == asked[1] < 12
