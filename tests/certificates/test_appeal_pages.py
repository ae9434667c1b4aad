"""The pages of appeals: what the person, who finds a handler and who handles it meet, and what nobody else does."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from flask import Flask

from certificates.appeals import Ground
from certificates.services import handling
from certificates.status import EventKind
from lms.clock import FrozenClock
from lms.db import Database
from lms.people import Locale, Person
from tests.cast import Cast
from tests.certificates import assessing, factories
from tests.certificates.appealing import appeal, assign, days_after, decide, state, tell
from tests.certificates.assessing import WHY
from tests.certificates.factories import TODAY
from tests.clients import Browser


@pytest.fixture
def certificate(database: Database, people: Cast) -> int:
    with database.transaction() as session:
        return factories.give_certificate(session, people.geir, valid_from=TODAY - timedelta(days=200)).id


@pytest.fixture
def suspended(app: Flask, people: Cast, certificate: int) -> int:
    return decide(app, certificate, EventKind.SUSPENDED, by=people.knut, on=TODAY - timedelta(days=7))


def test_from_the_certificate_to_the_outcome(
    browser: Browser, database: Database, people: Cast, certificate: int, suspended: int
) -> None:
    mine = browser.sign_in_as(database, people.geir).get(f"/sertifikat/{certificate}")
    assert "kan du klage til og med 14. desember 2026" in mine.text
    assert "Beslutningen gjelder til den er avgjort." in mine.text
    page = browser.get(f"/klager/ny/sertifikat/{suspended}")
    assert "To klager." in page.text
    assert browser.submit("Send klagen", why=" ").status_code == 422
    file = (io.BytesIO(b"MZ"), "brev.pdf")
    refused = browser.post(f"/klager/ny/sertifikat/{suspended}", {"why": "Jeg var\nder.", "file": file})
    assert refused.status_code == 422
    assert "Jeg var\nder." in refused.text, "what was typed is kept"
    file = (io.BytesIO(b"%PDF-1.7"), "brev.pdf")
    case = browser.post(f"/klager/ny/sertifikat/{suspended}", {"why": "Jeg var\nder.", "file": file}).location
    shown = browser.get(case).text
    assert "Jeg var<br>der." in shown
    assert "brev.pdf" in shown
    assert "Gi saken" not in shown and "Lagre avgjørelsen" not in shown
    assert browser.get(f"/klager/ny/sertifikat/{suspended}").status_code == 303
    assert "sendt 23.11.2026" in browser.get(f"/sertifikat/{certificate}").text

    browser.sign_in_as(database, people.knut)
    assert browser.get(case).status_code == 403, "who decided has no part in it"
    assert "Du har vært med på beslutningen" in browser.get("/klager").text
    assert "Klage fra" not in browser.get("/").text
    for other, status in ((people.tone, 403), (people.kari, 404), (people.terje, 404), (people.sonja, 404)):
        assert browser.sign_in_as(database, other).get(case).status_code == status

    browser.sign_in_as(database, people.siri)
    assert "Klage fra Geir Ødegård" in browser.get("/").text
    offered = browser.get(case).text
    assert "Knut Nordli, Regional enhet Nord" not in offered
    assert browser.post(f"{case}/fordel", {"handler": str(people.knut)}).status_code == 422
    browser.get(case)
    browser.submit("Gi saken til denne", handler=str(people.sonja))

    browser.sign_in_as(database, people.sonja)
    assert "venter på avgjørelsen din" in browser.get("/").text
    browser.get(case)
    browser.submit("Send spørsmålet", question="Hvem var med?")
    browser.get(case)
    browser.submit("Lagre som kladd", outcome="partly", reason="Uferdig tanke", effective_on="2026-11-20")
    assert "Uferdig tanke" in browser.get(case).text
    for other in (people.geir, people.siri, people.knut, people.tone):
        assert "Uferdig tanke" not in browser.sign_in_as(database, other).get(case).text, other
    browser.sign_in_as(database, people.geir)
    assert "venter på svar fra deg" in browser.get("/").text
    browser.get(case)
    browser.submit("Send", answer="Kari var med.")

    browser.sign_in_as(database, people.sonja)
    browser.get(case)
    wrong = browser.submit("Lagre avgjørelsen", outcome="partly", reason="Delvis.", effective_on="2026-11-16")
    assert wrong.status_code == 422
    assert "Delvis." in wrong.text
    assert "Velg en dag etter 16.11.2026." in wrong.text
    browser.get(case)
    browser.submit("Lagre avgjørelsen", outcome="granted", reason="Grunnlaget holder ikke.", effective_on="")
    assert state(database, certificate) == "valid"
    browser.sign_in_as(database, people.geir)
    assert "Grunnlaget holder ikke." in browser.get(case).text
    assert "Klagen din" not in browser.get("/").text
    history = browser.get(f"/sertifikat/{certificate}").text
    assert "Stansen opphevet" in history
    assert "tatt til følge" in history


def test_a_reinstated_certificate_is_valid_on_every_page(
    app: Flask, browser: Browser, database: Database, people: Cast, certificate: int
) -> None:
    case = appeal(app, Ground.EVENT, decide(app, certificate, EventKind.REVOKED, by=people.knut))
    assign(app, case, people.sonja, by=people.siri)
    browser.sign_in_as(database, people.sonja).get(f"/klager/{case}")
    browser.submit("Lagre avgjørelsen", outcome="granted", reason="Feil person.", effective_on="")
    browser.sign_in_as(database, people.geir)
    assert "Gjort gyldig igjen etter klage" in browser.get(f"/sertifikat/{certificate}").text
    browser.sign_in_as(database, people.siri)
    assert "Geir Ødegård" in browser.get("/register?status=valid").text
    assert "Geir Ødegård" not in browser.get("/register?status=revoked").text


def test_an_appeal_against_an_assessment_goes_the_same_way_and_its_page_shows_how_it_stands(
    app: Flask, browser: Browser, database: Database, people: Cast
) -> None:
    assessing.ready(database, people)
    id_ = assessing.not_yet(app, people.kari, by=people.tone)
    decision = f"/vurderinger/{id_}"
    for who in (people.stian, people.terje, people.geir, people.sonja, people.tone):
        browser.sign_in_as(database, who)
        assert browser.get(f"/klager/ny/vurdering/{id_}").status_code == 404
    mine = browser.sign_in_as(database, people.kari).get(decision)
    assert "14. desember 2026" in mine.text
    browser.get(f"/klager/ny/vurdering/{id_}")
    browser.submit("Send klagen", why="Jeg spurte\nmye.")
    case = browser.last.request.path
    assert "Se saken" in browser.get(decision).text
    browser.sign_in_as(database, people.tone)
    assert "Klage på den faglige vurderingen" in browser.get(decision).text
    assert "Jeg spurte" not in browser.last.text
    assert browser.get(case).status_code == 403
    browser.sign_in_as(database, people.knut)
    assert "Gå til saken" in browser.get(decision).text
    browser.get(case)
    browser.submit("Gi saken til denne", handler=str(people.terje))
    browser.sign_in_as(database, people.terje)
    assert "Klage fra Kari Åsen" in browser.get("/").text
    assert WHY in browser.get(decision).text
    assert browser.get(f"/deltakere/{people.kari}").status_code == 404, "the appeal opens nothing else"
    assert browser.post(f"{case}/avgjor", {"outcome": "kanskje", "reason": "x"}).status_code == 422
    assert browser.post(f"{case}/avgjor", {"outcome": "partly", "reason": "x"}).status_code == 422
    browser.get(case)
    browser.submit("Lagre avgjørelsen", outcome="granted", reason="Sprikende ark.")
    browser.sign_in_as(database, people.kari)
    assert "Avtal en ny vurdering" in browser.get(decision).text
    assert "Sprikende ark." in browser.last.text
    browser.sign_in_as(database, people.tone)
    assert "Sprikende ark." in browser.get(decision).text, "who assessed reads why"


def test_a_late_appeal_asks_why_and_waits_for_the_secretariat(
    app: Flask, browser: Browser, database: Database, people: Cast, suspended: int, clock: FrozenClock
) -> None:
    clock.instant += timedelta(weeks=3, hours=13)
    browser.sign_in_as(database, people.geir).get(f"/klager/ny/sertifikat/{suspended}")
    assert "Fristen var 14.12.2026." in browser.last.text
    answer = browser.submit("Send klagen", why="Uenig.", late_why="")
    assert answer.status_code == 422
    assert "Uenig." in answer.text
    browser.submit("Send klagen", why="Uenig.", late_why="Jeg lå syk.")
    case = browser.last.request.path
    assert "Sekretariatet avgjør om klagen tas til behandling." in browser.get(case).text
    browser.sign_in_as(database, people.knut)
    assert browser.post(f"{case}/slipp-inn", {"admitted": "ja", "admitted_why": "x"}).status_code == 403
    browser.sign_in_as(database, people.siri).get(case)
    assert "Gi saken" not in browser.last.text
    assert browser.submit("Lagre svaret", admitted_why="Sykdom.").status_code == 422
    browser.get(case)
    browser.submit("Lagre svaret", admitted="ja", admitted_why="Sykdom.")
    assert "Gi saken til denne" in browser.get(case).text


def test_the_person_takes_it_back_and_the_handler_steps_back(
    app: Flask, browser: Browser, database: Database, people: Cast, suspended: int
) -> None:
    case = appeal(app, Ground.EVENT, suspended)
    assign(app, case, people.sonja, by=people.siri)
    browser.sign_in_as(database, people.sonja).get(f"/klager/{case}")
    browser.submit("Lagre", partial=str(people.sonja), partial_why="Jeg kjenner ham.")
    assert browser.last.status_code == 200
    assert browser.get(f"/klager/{case}").status_code == 404, "it is not hers any more"
    browser.sign_in_as(database, people.geir).get(f"/klager/{case}")
    browser.submit("Trekk klagen", withdrawn_why="")
    assert "Trukket av den som klaget" in browser.get(f"/klager/{case}").text
    assert "Trekk klagen" not in browser.last.text


def test_what_can_be_appealed_against_stands_in_the_own_list_and_who_is_late_is_marked(
    app: Flask, browser: Browser, database: Database, people: Cast, suspended: int, clock: FrozenClock
) -> None:
    browser.sign_in_as(database, people.geir)
    assert "Klag på stansen av sertifikat" in browser.get("/klager").text
    assert "Du har ingen klager" in browser.sign_in_as(database, people.kari).get("/klager").text
    case = appeal(app, Ground.EVENT, suspended)
    clock.instant += timedelta(weeks=6, days=1)
    browser.sign_in_as(database, people.siri)
    assert "skulle vært avgjort senest 04.01.2027" in browser.get("/klager").text
    tell(app, handling.remind, case, now=days_after(43))


@pytest.mark.parametrize("locale", list(Locale))
def test_the_pages_are_made_in_every_language(
    app: Flask, browser: Browser, database: Database, people: Cast, suspended: int, locale: Locale
) -> None:
    with database.transaction() as session:
        for person in (people.geir, people.sonja):
            session.get_one(Person, person).locale = locale
    case = appeal(app, Ground.EVENT, suspended)
    assign(app, case, people.sonja, by=people.siri)
    for who in (people.geir, people.sonja):
        text = browser.sign_in_as(database, who).get(f"/klager/{case}").text
        assert f'<html lang="{locale}"' in text
        assert "%(" not in text
