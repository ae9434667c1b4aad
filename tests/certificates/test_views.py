"""The pages of holders, trainers and coordinators, by a browser without JavaScript."""

from __future__ import annotations

import io
from datetime import date

import pypdf
import pytest
from flask import Flask
from sqlalchemy import func, select

from certificates.models.assessments import Exemption
from certificates.models.issued import Certificate
from lms.clock import FrozenClock, at_local
from lms.db import Database
from lms.people import Locale, Person
from tests.cast import Cast
from tests.certificates import assessing, factories
from tests.certificates.factories import TODAY
from tests.clients import Browser

HOSTILE = "Áile <script>alert('å')</script> %(x)s {{ 7*7 }}"
APPROVAL = assessing.page(3)


def issued(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Certificate)) or 0


def test_a_newcomer_sees_every_step_the_first_one_next_and_where_to_go(
    browser: Browser, database: Database, people: Cast
) -> None:
    page = browser.sign_in_as(database, people.kari).get("/min-vei")
    assert page.status_code == 200
    assert page.text.count('class="way-step"') == 7
    assert page.text.count('data-mark="next"') == 1
    assert 'href="/kurs/startopplaering"' in page.text
    assert "Senere" in page.text
    assert "Neste: Førtest" in browser.get("/").text


def test_the_trainer_approves_and_the_participant_sees_the_certificate(
    browser: Browser, database: Database, people: Cast
) -> None:
    factories.trained(database, people)
    browser.sign_in_as(database, people.tone)
    assert "Kari Åsen" in browser.get("/").text
    assert "Venter på vurdering" in browser.get("/deltakere").text
    asked = browser.get(f"/deltakere/{people.kari}").text
    assert "Tromsø, NAV" in asked
    assert "kari@cast.example" in asked
    assert 'href="#vurdering"' in asked
    browser.submit("Begynn vurderingen")
    unanswered = browser.submit("Lever vurderingen")
    assert "Velg ett av alternativene." in unanswered.text
    assert unanswered.text.count("Velg et nivå.") == 2 * len(assessing.CRITERIA)
    after = browser.submit("Lever vurderingen", **APPROVAL)
    assert "HIA-2026-000001" in after.text
    assert "fra 23.11.2026 til og med 22.11.2029" in after.text
    browser.sign_in_as(database, people.kari)
    mine = browser.get("/min-vei").text
    assert "22. november 2029" in mine
    assert "23.05.2029" in mine
    assert "Du er sertifisert til og med 22.11.2029" in browser.get("/").text
    sheet = browser.get("/sertifikat/1").text
    assert "Godkjent 23.11.2026. Sertifikatet gjelder i 36 måneder fra den dagen." in sheet
    assert "Besluttet 23.11.2026 kl. 12.00 av Tone Bjørnevik." in sheet


def test_an_approval_that_does_not_complete_says_what_is_missing_and_the_button_comes_later(
    browser: Browser, database: Database, people: Cast
) -> None:
    factories.study(database, people.kari)
    parts = {1: factories.PART_1, 2: factories.PART_2}
    factories.attend(database, people.nord, [people.kari], parts, by=people.tone)
    browser.sign_in_as(database, people.tone)
    browser.get(f"/deltakere/{people.kari}")
    browser.submit("Begynn vurderingen")
    after = browser.submit("Lever vurderingen", **APPROVAL)
    assert "Dette gjenstår før sertifikatet kan utstedes: Hospitering." in after.text
    assert "Utsted sertifikatet" not in after.text
    factories.visit(database, people.kari, mentor_id=people.mons, by=people.tone)
    page = browser.get(f"/deltakere/{people.kari}")
    assert "Utsted sertifikatet" in page.text
    done = browser.follow(browser.post(f"/deltakere/{people.kari}/utsted", {"cycle": "1"}))
    assert "HIA-2026-000001" in done.text
    again = browser.post(f"/deltakere/{people.kari}/utsted", {"cycle": "1"})
    assert again.status_code == 303
    assert issued(database) == 1


def test_the_boundary_days_of_recertification_through_the_web(
    app: Flask, browser: Browser, database: Database, people: Cast, clock: FrozenClock
) -> None:
    factories.certify(app, database, people)
    factories.recertify_evidence(database, people.kari, on=date(2029, 5, 20), by=people.tone)
    clock.instant = at_local(date(2029, 5, 22), 23, 59)
    browser.sign_in_as(database, people.tone)
    page = browser.get(f"/deltakere/{people.kari}").text
    assert "23.05.2029" in page
    assert "Begynn vurderingen" not in page
    early = browser.post(f"/vurdering/ny/{people.kari}")
    assert early.status_code == 409
    assert "Resertifiseringen åpner 23.05.2029" in early.text
    assert "til og med 22.11.2032" in early.text
    assert issued(database) == 1
    clock.advance(minutes=2)
    browser.sign_in_as(database, people.tone)
    opened = browser.get(f"/deltakere/{people.kari}").text
    assert "Begynn vurderingen" in opened
    assert "level-" not in browser.submit("Begynn vurderingen").text  # a renewal asks for no levels
    after = browser.submit("Lever vurderingen", outcome="approved")
    assert "fra 23.11.2029 til og med 22.11.2032" in after.text
    browser.sign_in_as(database, people.kari)
    assert "allerede resertifisert" in browser.get("/min-vei").text


def test_in_grace_the_holder_is_told_not_to_teach_and_after_it_the_way_back(
    app: Flask, browser: Browser, database: Database, people: Cast, clock: FrozenClock
) -> None:
    factories.certify(app, database, people)
    clock.instant = at_local(date(2029, 11, 23), 12)
    page = browser.sign_in_as(database, people.kari).get("/min-vei").text
    assert "Du er ikke sertifisert nå" in page
    assert "22.05.2030" in page
    clock.instant = at_local(date(2030, 5, 23), 12)
    page = browser.sign_in_as(database, people.kari).get("/min-vei").text
    assert "Veien tilbake til sertifikatet" in page
    assert page.count('class="way-step"') == 2


def test_people_and_certificates_of_another_region_do_not_exist(
    app: Flask, browser: Browser, database: Database, people: Cast
) -> None:
    certificate = factories.certify(app, database, people)
    for outsider in (people.terje, people.sonja, people.stian):
        browser.sign_in_as(database, outsider)
        assert browser.get(f"/sertifikat/{certificate.id}").status_code == 404
        assert browser.get(f"/sertifikat/{certificate.id}.pdf").status_code == 404
        assert browser.get(f"/sertifikat/{certificate.id}/beslutning").status_code == 404
        assert browser.get(f"/deltakere/{people.kari}").status_code == (403 if outsider == people.stian else 404)
        assert browser.post(f"/vurdering/ny/{people.kari}").status_code in (403, 404)
    browser.sign_in_as(database, people.terje)
    assert "Kari" not in browser.get("/deltakere?vis=not_begun").text
    assert browser.get("/sertifikat/999").status_code == 404


def test_a_participant_opens_neither_the_register_nor_the_list(
    browser: Browser, database: Database, people: Cast
) -> None:
    browser.sign_in_as(database, people.kari)
    for path in ("/register", "/register.csv", "/deltakere", f"/deltakere/{people.kari}"):
        assert browser.get(path).status_code == 403
    assert "/register" not in browser.get("/min-vei").text


def test_a_trainer_neither_exempts_nor_revokes_and_a_coordinator_does_not_assess(
    app: Flask, browser: Browser, database: Database, people: Cast
) -> None:
    certificate = factories.certify(app, database, people)
    browser.sign_in_as(database, people.tone)
    assert browser.get(f"/sertifikat/{certificate.id}").status_code == 200
    assert browser.get(f"/sertifikat/{certificate.id}/beslutning").status_code == 403
    sent = {"requirement": "leveranser", "reason": "x"}
    assert browser.post(f"/deltakere/{people.kari}/fritak", sent).status_code == 403
    browser.sign_in_as(database, people.knut)
    assert browser.post(f"/vurdering/ny/{people.kari}").status_code == 403
    assert browser.post(f"/deltakere/{people.kari}/utsted", {"cycle": "2"}).status_code == 403


def test_the_coordinator_exempts_with_a_reason_that_the_participant_sees(
    browser: Browser, database: Database, people: Cast
) -> None:
    browser.sign_in_as(database, people.knut)
    path = f"/deltakere/{people.kari}"
    assert browser.post(f"{path}/fritak", {"requirement": "hospitering", "reason": " "}).status_code == 422
    browser.follow(browser.post(f"{path}/fritak", {"requirement": "hospitering", "reason": "Ti år i faget"}))
    browser.sign_in_as(database, people.kari)
    page = browser.get("/min-vei").text
    assert "Fritatt" in page
    assert "Ti år i faget" in page
    with database.reading() as session:
        assert session.scalars(select(Exemption.decided_on)).all() == [TODAY]


def test_a_suspension_through_the_form_is_told_on_the_holders_pages(
    app: Flask, browser: Browser, database: Database, people: Cast
) -> None:
    certificate = factories.certify(app, database, people)
    browser.sign_in_as(database, people.knut)
    form = browser.get(f"/sertifikat/{certificate.id}/beslutning")
    assert "Opphev stansen" not in form.text
    sent = {"kind": "suspended", "effective_on": "2026-11-23", "reason": "Klage fra en bedrift"}
    bad = browser.post(f"/sertifikat/{certificate.id}/beslutning", {**sent, "effective_on": "2026-02-30"})
    assert bad.status_code == 422
    early = browser.post(f"/sertifikat/{certificate.id}/beslutning", {**sent, "effective_on": "2026-11-22"})
    assert early.status_code == 422
    assert "Velg en dag fra 23.11.2026" in early.text
    browser.follow(browser.post(f"/sertifikat/{certificate.id}/beslutning", sent))
    browser.sign_in_as(database, people.kari)
    assert "midlertidig stanset" in browser.get("/min-vei").text
    page = browser.get(f"/sertifikat/{certificate.id}").text
    assert "Klage fra en bedrift" in page
    assert "Knut Nordli" in page
    assert "kan du klage" in page


@pytest.mark.parametrize(("locale", "word"), [("nb", "Gyldig fra"), ("nn", "Gyldig"), ("en", "HIA-2026-000001")])
def test_the_pdf_is_there_in_three_languages_with_a_hostile_name_as_plain_text(
    app: Flask, browser: Browser, database: Database, people: Cast, locale: str, word: str
) -> None:
    with database.transaction() as session:
        session.get_one(Person, people.kari).name = HOSTILE
    certificate = factories.certify(app, database, people)
    browser.sign_in_as(database, people.kari)
    answer = browser.get(f"/sertifikat/{certificate.id}.pdf?sprak={locale}")
    assert answer.mimetype == "application/pdf"
    assert f"HIA-2026-000001-{locale}.pdf" in answer.headers["Content-Disposition"]
    text = pypdf.PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
    assert word in text
    assert certificate.print_code in text
    squeezed = "".join(text.split())
    assert "<script>alert('å')</script>%(x)s{{7*7}}" in squeezed.replace("-", "") or "{{7*7}}" in squeezed


def test_a_hostile_name_is_text_on_every_page(app: Flask, browser: Browser, database: Database, people: Cast) -> None:
    with database.transaction() as session:
        session.get_one(Person, people.kari).name = HOSTILE
    certificate = factories.certify(app, database, people)
    browser.sign_in_as(database, people.knut)
    for path in (
        f"/sertifikat/{certificate.id}",
        f"/sertifikat/{certificate.id}/beslutning",
        f"/deltakere/{people.kari}",
        "/register",
        f"/verify/{certificate.verify_code}",
    ):
        page = browser.get(path)
        assert page.status_code == 200, path
        assert "<script>alert" not in page.text
        assert "{{ 7*7 }}" in page.text


@pytest.mark.parametrize("locale", list(Locale))
def test_every_page_is_made_in_every_language(
    app: Flask, browser: Browser, database: Database, people: Cast, locale: Locale
) -> None:
    certificate = factories.certify(app, database, people)
    with database.transaction() as session:
        for person_id in (people.kari, people.siri):
            session.get_one(Person, person_id).locale = locale
    browser.sign_in_as(database, people.kari)
    assert browser.get("/").status_code == 200
    assert f'lang="{locale}"' in browser.get("/min-vei").text
    browser.sign_in_as(database, people.siri)
    paths = ["/", "/register", "/deltakere", f"/deltakere/{people.kari}", f"/sertifikat/{certificate.id}"]
    assert [browser.get(path).status_code for path in paths] == [200] * 5


@pytest.mark.parametrize("cycle", ["0", "-1", "100", "9" * 15, "9" * 5000, "x", ""])
def test_a_cycle_that_cannot_be_is_not_asked_of_the_database(
    browser: Browser, database: Database, people: Cast, cycle: str
) -> None:
    factories.trained(database, people)
    browser.sign_in_as(database, people.tone)
    assert browser.post(f"/deltakere/{people.kari}/utsted", {"cycle": cycle}).status_code == 422
    assert issued(database) == 0
