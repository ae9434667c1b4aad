"""Anyone can check a certificate: by either code, in words, with nothing more than stands on it."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

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
    Slip,
    check_symbol,
    number_of,
    print_code,
    read_print_code,
    slip,
    typed_code,
)
from certificates.services.decisions import decide_certificate
from certificates.status import EventKind
from lms import throttle
from lms.clock import FrozenClock, at_local
from lms.db import Database
from tests.cast import Cast
from tests.certificates import editions, factories
from tests.certificates.factories import PROGRAMME, TODAY
from tests.certificates.test_sealed import anonymise
from tests.clients import Browser
from tests.limits import statements

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


@given(CODES)
def test_dashes_of_any_kind_wide_letters_and_a_crossed_zero_are_read(code: str) -> None:
    for dash in ("–", "—", "\u2011", "\u2212", " . ", "_", "\u00a0"):
        assert read_print_code(code.replace("-", dash)) == code
    assert read_print_code(code.replace("0", "ø")) == code
    assert read_print_code("".join(chr(ord(char) + 0xFEE0) if char.isalnum() else char for char in code)) == code
    assert slip(code) is None


@given(CODES, st.integers(0, 11), st.sampled_from(ALPHABET))
def test_one_wrong_symbol_is_always_noticed(code: str, place: int, other: str) -> None:
    symbols = code.replace("-", "")
    wrong = symbols[:place] + other + symbols[place + 1 :]
    assert (slip(wrong) is Slip.SYMBOL) == (wrong != symbols)
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
    followed = stranger.get(f"/verify/{old.print_code}").text
    assert f"Erstattet av sertifikat {new.number} fra 01.03.2027" in followed
    assert "Be om å få se det nye sertifikatet" in followed
    for kept_back in (new.print_code, new.verify_code, "28.02.2030"):
        assert kept_back not in followed


def test_json_says_the_same(app: Flask, stranger: FlaskClient, database: Database, people: Cast) -> None:
    certificate = factories.certify(app, database, people)
    answer = stranger.get(f"/verify/{certificate.verify_code}", headers={"Accept": "application/json"})
    assert answer.json == {
        "number": "HIA-2026-000001",
        "name": "Kari Åsen",
        "programme": "Instruktør i HelseIArbeid",
        "programme_edition": PROGRAMME.edition,
        "scope": [str(module) for module in PROGRAMME.scope],
        "unit": "Tromsø",
        "issued_by": "Regional enhet Nord",
        "imported_on": None,
        "sector": "nav",
        "valid_from": "2026-11-23",
        "valid_through": "2029-11-22",
        "issued_on": "2026-11-23",
        "edition": 1,
        "edition_issued_on": "2026-11-23",
        "on": "2026-11-23",
        "state": "valid",
        "valid": True,
        "since": None,
        "replaced_by": None,
        "statement": "Gyldig til og med 22.11.2029",
        "files": [],
    }
    assert {"Accept", "Accept-Language", "Cookie"} <= set(answer.vary)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    unknown = stranger.get("/verify/nope", headers={"Accept": "application/json"})
    assert unknown.status_code == 404
    assert unknown.json is not None


@pytest.mark.parametrize("code", ["nope", print_code(7), "1", "Kari Åsen", "x" * 2000])
def test_an_unknown_code_is_told_plainly_and_names_and_numbers_find_nothing(
    app: Flask, stranger: FlaskClient, database: Database, people: Cast, code: str
) -> None:
    factories.certify(app, database, people)
    page = stranger.get(f"/verify/{code}")
    assert page.status_code == 404
    assert "Vi har ikke utstedt noe sertifikat med denne koden" in page.text
    assert "Kari" not in page.text.partition("<main")[2].partition("</main>")[0].replace(f'value="{code}"', "")


def test_an_empty_code_asks_for_one(stranger: FlaskClient, database: Database) -> None:
    assert stranger.get("/verify").status_code == 200
    assert stranger.get("/verify?kode=%20").status_code == 422


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("K7PM-4XQT-9RWD", "Ett eller flere tegn i koden ser ut til å være feil."),
        ("k7pm 4xqt 9rwd", "Ett eller flere tegn i koden ser ut til å være feil."),
        ("HIA-2026-000001", "Det du skrev, er nummeret på sertifikatet."),
        ("hia 2026 000001", "Det du skrev, er nummeret på sertifikatet."),
    ],
)
def test_a_slip_is_told_without_asking_the_database_and_keeps_what_was_typed(
    app: Flask, stranger: FlaskClient, database: Database, people: Cast, typed: str, sentence: str
) -> None:
    factories.certify(app, database, people)
    with statements(database) as asked:
        page = stranger.get(f"/verify/{typed}")
        told = stranger.get(f"/verify/{typed}", headers={"Accept": "application/json"})
    assert asked == []
    assert (page.status_code, told.status_code) == (404, 404)
    assert sentence in page.text
    assert f'value="{typed}"' in page.text
    assert told.json is not None and told.json["title"].startswith(sentence)
    assert "Kari" not in page.text


def test_when_it_gets_too_many_the_page_says_so_calmly_and_nothing_of_the_certificate(
    app: Flask, stranger: FlaskClient, database: Database, people: Cast
) -> None:
    certificate = factories.certify(app, database, people)
    for _ in range(30):
        assert stranger.get(f"/verify/{certificate.print_code}").status_code == 200
    slow = stranger.get(f"/verify/{certificate.print_code}")
    assert slow.status_code == 429
    assert "Prøv igjen 23.11.2026 kl. 12.10" in slow.text
    assert "Kari" not in slow.text
    assert "error" not in slow.text
    told = stranger.get(f"/verify/{certificate.print_code}", headers={"Accept": "application/json"})
    assert (told.status_code, int(told.headers["Retry-After"])) == (429, 600)


@pytest.mark.parametrize(
    ("address", "household"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        (None, "unknown"),
        ("not an address", "not an address"),
    ],
)
def test_a_household_is_one_address_however_many_it_has(address: str | None, household: str) -> None:
    assert throttle.household(address) == household


def test_the_addresses_of_one_household_are_counted_together(
    stranger: FlaskClient, database: Database, people: Cast
) -> None:
    for number in range(30):
        stranger.get("/verify/nope", environ_base={"REMOTE_ADDR": f"2001:db8::{number:x}"})
    assert stranger.get("/verify/nope", environ_base={"REMOTE_ADDR": "2001:db8::beef"}).status_code == 429
    assert stranger.get("/verify/nope", environ_base={"REMOTE_ADDR": "2001:db8:0:1::1"}).status_code == 404


def test_the_answer_comes_first_and_in_the_readers_language(
    app: Flask, stranger: FlaskClient, database: Database, people: Cast
) -> None:
    certificate = factories.certify(app, database, people)
    page = stranger.get(f"/verify/{certificate.print_code}").text
    main = page.partition("<main")[2]
    assert page.count("<h1") == 1
    assert main.index("Gyldig i dag") < main.index("Kari Åsen") < main.index("Kontroller et annet")
    for language in ("nn", "en"):
        other = stranger.get(f"/verify/{certificate.print_code}", headers={"Accept-Language": language})
        assert f'lang="{language}"' in other.text
        assert certificate.number in other.text


def test_a_reissued_one_shows_its_newest_edition_and_owns_up_to_the_older_print(
    app: Flask, stranger: FlaskClient, database: Database, people: Cast
) -> None:
    certificate = factories.certify(app, database, people)
    later = TODAY + timedelta(days=9)
    editions.another(database, certificate.id, on=later, holder_name="Kari Berg")
    page = stranger.get(f"/verify/{certificate.print_code}").text
    assert "Kari Berg" in page
    assert "Kari Åsen" not in page
    assert "Utgave 2 ble utstedt 02.12.2026, med samme nummer." in page
    assert "En eldre utskrift er like ekte" in page
    told = stranger.get(f"/verify/{certificate.print_code}", headers={"Accept": "application/json"}).json
    assert told is not None
    assert (told["name"], told["edition"], told["edition_issued_on"]) == ("Kari Berg", 2, "2026-12-02")
    assert told["issued_on"] == "2026-11-23"


def test_the_digests_of_the_files_given_out_are_told_the_newest_edition_first(
    app: Flask, browser: Browser, stranger: FlaskClient, database: Database, people: Cast
) -> None:
    certificate = factories.certify(app, database, people)
    path, asked = f"/verify/{certificate.print_code}", {"Accept": "application/json"}
    assert "compare.js" not in stranger.get(path).text  # nothing is given out yet: nothing to compare with
    browser.sign_in_as(database, people.kari)
    first = {language: browser.get(f"/sertifikat/1.pdf?sprak={language}").data for language in ("nb", "en")}
    editions.another(database, certificate.id, on=TODAY, holder_name="Kari Berg")
    second = browser.get("/sertifikat/1.pdf?sprak=nn").data
    told = stranger.get(path, headers=asked).json
    assert told is not None
    assert [(one["edition"], one["language"]) for one in told["files"]] == [(2, "nn"), (1, "en"), (1, "nb")]
    assert told["files"][0]["sha256"] == hashlib.sha256(second).hexdigest()
    assert told["files"][2]["sha256"] == hashlib.sha256(first["nb"]).hexdigest()
    page = stranger.get(path).text
    assert page.count("data-newest") == 1
    assert "utgave 1, bokmål" in page
    assert "blir ikke sendt noe sted" in page
    assert "Denne nettleseren kan ikke sammenligne" in page  # until the script has taken over
    editions.another(database, certificate.id, on=TODAY, holder_name="")
    gone = stranger.get(path, headers=asked).json
    assert gone is not None and gone["files"] == []


def test_it_still_answers_when_the_person_has_been_anonymised(
    app: Flask, browser: Browser, stranger: FlaskClient, database: Database, people: Cast, clock: FrozenClock
) -> None:
    certificate = factories.certify(app, database, people)
    browser.sign_in_as(database, people.kari).get("/sertifikat/1.pdf")
    with database.transaction() as session:
        anonymise(session, recorded=True)
    assert browser.sign_in_as(database, people.siri).get("/sertifikat/1").status_code == 200
    for on, sentence in ((TODAY, "Gyldig i dag"), (date(2042, 1, 1), "Utløpt. Det gjaldt til og med 22.11.2029")):
        clock.instant = at_local(on, 13)
        page = stranger.get(f"/verify/{certificate.print_code}")
        assert page.status_code == 200
        main = page.text.partition("<main")[2].partition("</main>")[0]
        assert sentence in main
        assert "Navnet er ikke lenger lagret" in main
        assert certificate.number in main
        for gone in ("Kari", "Tone", "Mons", "sammenlign"):
            assert gone not in main
        told = stranger.get(f"/verify/{certificate.print_code}", headers={"Accept": "application/json"}).json
        assert told is not None
        assert (told["name"], told["files"], told["number"]) == (None, [], certificate.number)


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
