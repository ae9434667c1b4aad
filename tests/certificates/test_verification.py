"""Anyone can check a certificate: by either code, in words, with nothing more than stands on it."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from certificates.models.issued import Certificate
from certificates.numbering import (
    ALPHABET,
    LOOK_ALIKE,
    PRINT_CODES,
    check_symbol,
    number_of,
    print_code,
    read_print_code,
    typed_code,
)
from certificates.services.decisions import decide_certificate
from certificates.status import EventKind
from lms.clock import FrozenClock, at_local
from lms.db import Database
from tests.cast import Cast
from tests.certificates import factories
from tests.certificates.factories import TODAY

CODES = st.integers(min_value=0, max_value=PRINT_CODES - 1).map(print_code)


@given(CODES)
def test_a_printed_code_is_read_however_it_is_typed(code: str) -> None:
    assert read_print_code(code) == code
    assert read_print_code(f"  {code.lower().replace('-', ' ')}\n") == code
    for typed, meant in (
        ("O", "0"),
        ("o", "0"),
        ("l", "1"),
        ("I", "1"),
        ("z", "2"),
        ("S", "5"),
        ("B", "8"),
        ("u", "V"),
    ):
        assert read_print_code(code.replace(meant, typed)) == code


@given(CODES, st.integers(0, 11), st.sampled_from(ALPHABET))
def test_one_wrong_symbol_is_always_noticed(code: str, place: int, other: str) -> None:
    symbols = code.replace("-", "")
    wrong = symbols[:place] + other + symbols[place + 1 :]
    assert (read_print_code(wrong) == code) == (wrong == symbols)
    assert wrong == symbols or read_print_code(wrong) is None


@given(CODES, st.integers(0, 10))
def test_two_neighbours_that_changed_places_are_always_noticed(code: str, place: int) -> None:
    symbols = code.replace("-", "")
    swapped = symbols[:place] + symbols[place + 1] + symbols[place] + symbols[place + 2 :]
    assert swapped == symbols or read_print_code(swapped) is None


@given(st.text(max_size=400))
def test_no_text_makes_the_reading_of_codes_fall_over(text: str) -> None:
    found = read_print_code(typed_code(text))
    assert found is None or check_symbol(found.replace("-", "")[:-1]) == found[-1]


def test_no_letter_of_the_alphabet_looks_like_another() -> None:
    assert not set(map(chr, LOOK_ALIKE)) & set(ALPHABET)
    assert len(ALPHABET) == 29
    assert number_of(2026, 123) == "HIA-2026-000123"


def test_the_address_from_the_paper_is_taken_for_its_code() -> None:
    assert typed_code(" https://laering.example/verify/K7PM-4XQT-9RWD?x=1 ") == "K7PM-4XQT-9RWD"


def test_both_codes_lead_to_the_same_certificate(
    app: Flask, stranger: FlaskClient, database: Database, people: Cast
) -> None:
    certificate = factories.certify(app, database, people)
    sloppy = certificate.print_code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    for code in (certificate.verify_code, certificate.print_code, sloppy):
        page = stranger.get(f"/verify/{code}")
        assert page.status_code == 200
        assert "Gyldig i dag, 23.11.2026" in page.text
        assert "Gjelder til og med 22.11.2029." in page.text
        assert "Kari Åsen" in page.text
    asked = stranger.get("/verify", query_string={"kode": sloppy})
    assert asked.status_code == 303
    assert stranger.get(asked.location).status_code == 200


def test_it_shows_no_more_than_the_certificate_says(
    app: Flask, stranger: FlaskClient, database: Database, people: Cast
) -> None:
    certificate = factories.certify(app, database, people)
    page = stranger.get(f"/verify/{certificate.print_code}").text
    for private in ("@cast.example", "Tone", certificate.verify_code, "Førtest", "/sertifikat/"):
        assert private not in page
    for shown in (certificate.number, "Tromsø", "NAV", "23.11.2026", "Instruktør i HelseIArbeid"):
        assert shown in page


@pytest.mark.parametrize(
    ("on", "sentence"),
    [
        (date(2026, 11, 23), "Gyldig i dag, 23.11.2026"),
        (date(2029, 11, 22), "Gyldig i dag, 22.11.2029"),
        (date(2029, 11, 23), "Utløpt. Det gjaldt til og med 22.11.2029"),
        (date(2031, 1, 1), "Utløpt. Det gjaldt til og med 22.11.2029"),
    ],
)
def test_the_state_is_told_in_words_on_its_boundary_days(
    app: Flask,
    stranger: FlaskClient,
    database: Database,
    people: Cast,
    clock: FrozenClock,
    on: date,
    sentence: str,
) -> None:
    certificate = factories.certify(app, database, people)
    clock.instant = at_local(on, 23, 30)
    assert sentence in stranger.get(f"/verify/{certificate.verify_code}").text


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (EventKind.SUSPENDED, "Midlertidig stanset fra 23.11.2026"),
        (EventKind.REVOKED, "Trukket tilbake fra 23.11.2026"),
    ],
)
def test_a_suspended_or_revoked_certificate_says_so_without_the_reason(
    app: Flask, stranger: FlaskClient, database: Database, people: Cast, kind: EventKind, sentence: str
) -> None:
    certificate = factories.certify(app, database, people)
    with app.test_request_context(), database.transaction() as session:
        decide_certificate(
            session,
            session.get_one(Certificate, certificate.id),
            kind,
            effective_on=TODAY,
            reason="Hemmelig grunn",
            actor_id=people.knut,
            now=at_local(TODAY, 12),
        )
    page = stranger.get(f"/verify/{certificate.print_code}").text
    assert sentence in page
    assert "Hemmelig" not in page
    assert "gjelder ikke i dag" in page


def test_an_older_and_a_coming_certificate_say_what_they_are(
    stranger: FlaskClient, database: Database, people: Cast, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        old = factories.give_certificate(session, people.geir, valid_from=date(2024, 3, 1))
        new = factories.give_certificate(session, people.geir, valid_from=date(2027, 3, 1), cycle=2)
    assert "Gyldig fra 01.03.2027" in stranger.get(f"/verify/{new.print_code}").text
    assert "Gjelder til og med 28.02.2027." in stranger.get(f"/verify/{old.print_code}").text
    clock.instant = at_local(date(2027, 3, 1), 0, 5)
    assert "Erstattet av et nyere sertifikat fra 01.03.2027" in stranger.get(f"/verify/{old.print_code}").text
    assert "Be om å få se det nye sertifikatet." in stranger.get(f"/verify/{old.print_code}").text


def test_json_says_the_same(app: Flask, stranger: FlaskClient, database: Database, people: Cast) -> None:
    certificate = factories.certify(app, database, people)
    answer = stranger.get(f"/verify/{certificate.verify_code}", headers={"Accept": "application/json"})
    assert answer.json == {
        "number": "HIA-2026-000001",
        "name": "Kari Åsen",
        "programme": "Instruktør i HelseIArbeid",
        "unit": "Tromsø",
        "sector": "nav",
        "valid_from": "2026-11-23",
        "valid_through": "2029-11-22",
        "on": "2026-11-23",
        "state": "valid",
        "valid": True,
        "statement": "Gyldig til og med 22.11.2029",
    }
    unknown = stranger.get("/verify/nope", headers={"Accept": "application/json"})
    assert unknown.status_code == 404
    assert unknown.json is not None


@pytest.mark.parametrize("code", ["nope", "K7PM-4XQT-9RWD", "HIA-2026-000001", "1", "Kari Åsen", "x" * 2000])
def test_an_unknown_code_is_told_plainly_and_names_and_numbers_find_nothing(
    app: Flask, stranger: FlaskClient, database: Database, people: Cast, code: str
) -> None:
    factories.certify(app, database, people)
    page = stranger.get(f"/verify/{code}")
    assert page.status_code == 404
    assert "Vi har ikke utstedt noe sertifikat med denne koden" in page.text
    assert "Kari" not in page.text.partition("<main")[2].partition("</main>")[0]


def test_an_empty_code_asks_for_one(stranger: FlaskClient, database: Database) -> None:
    assert stranger.get("/verify").status_code == 200
    assert stranger.get("/verify?kode=%20").status_code == 422


def test_guessing_is_slowed_down_by_address(stranger: FlaskClient, database: Database, clock: FrozenClock) -> None:
    for _ in range(30):
        assert stranger.get("/verify/nope").status_code == 404
    slow = stranger.get("/verify/nope")
    assert slow.status_code == 429
    assert int(slow.headers["Retry-After"]) > 0
    assert stranger.get("/verify/nope", environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 404
    clock.advance(minutes=10)
    assert stranger.get("/verify/nope").status_code == 404


def test_the_front_page_leads_there(stranger: FlaskClient, database: Database) -> None:
    assert 'href="/verify"' in stranger.get("/").text
