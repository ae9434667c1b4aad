"""The secretariat changes the rules and brings in old certificates, by a browser without JavaScript."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from certificates import programmes_on_file
from certificates.models.issued import Certificate
from certificates.models.programmes import ProgrammeProposal, ProgrammeVersion
from certificates.queries.programmes import main_programme
from certificates.services.programmes import in_force
from lms.db import Database
from tests.cast import Cast
from tests.certificates import factories, importing
from tests.certificates.factories import give_certificate
from tests.certificates.importing import line
from tests.certificates.policies import FEWER_DELIVERIES, LONGER, NO_VISITS, NOON, SHIPPED, put_in_force
from tests.certificates.test_programme_versions import with_one_visit
from tests.clients import Browser


@pytest.fixture
def siri(browser: Browser, database: Database, people: Cast) -> Browser:
    """The secretariat, signed in, on a platform that is installed."""
    with database.transaction() as session:
        in_force(session, "instruktor", now=NOON)
    return browser.sign_in_as(database, people.siri)


def propose(browser: Browser, text: str) -> str:
    """Hand a text in; returns the page that comes."""
    browser.get("/programversjoner/forslag")
    return browser.submit("Se hva det ville endret", source=text).text


def versions(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(ProgrammeVersion)) or 0


def test_a_change_is_proposed_shown_and_accepted_with_why(siri: Browser, database: Database, people: Cast) -> None:
    with database.transaction() as session:
        give_certificate(session, people.geir, valid_from=date(2024, 6, 1))
    shown = propose(siri, SHIPPED.source.replace("reminders: [opened, 90, 30, 7, 0]", "reminders: [opened, 60]"))
    assert "Påminnelsene sendes når resertifiseringen åpner, 60 dager før." in shown
    assert "Hvem det gjelder: 1 person" in shown
    assert "60 dager før sertifikatet går ut" in shown
    assert 'data-mark="removed"' in shown
    without = siri.submit("Godta, og la det gjelde fra nå")
    assert "Fyll ut dette feltet." in without.text or without.status_code == 422
    done = siri.submit("Godta, og la det gjelde fra nå", note="Én påminnelse er nok")
    assert "Versjon 2 gjelder fra nå" in done.text
    assert "Én påminnelse er nok" in done.text
    listed = siri.get("/programversjoner").text
    assert "Én påminnelse er nok" in listed
    assert "fulgte med plattformen" in listed
    exported = siri.get(re.search(r'href="(/programversjoner/\d+)"', listed)[1] + ".md")  # type: ignore[index]
    assert "reminders: [opened, 60]" in exported.get_data(as_text=True)


def test_what_is_wrong_is_told_with_its_line_and_nothing_typed_is_lost(siri: Browser, database: Database) -> None:
    wrong = SHIPPED.source.replace("validity_months: 36", "validity_months: <b>mange</b>")
    shown = propose(siri, wrong)
    number = SHIPPED.source.splitlines().index("validity_months: 36") + 1
    assert f"Linje {number}:" in shown
    assert "validity_months: &lt;b&gt;mange&lt;/b&gt;" in shown
    assert siri.last.status_code == 422
    assert "Teksten er den samme som i versjon 1" in propose(siri, SHIPPED.source)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ProgrammeProposal)) == 0


def test_who_changes_a_rule_is_told_when_the_prose_still_says_the_old_one(siri: Browser) -> None:
    told = "Se om den fortsatt stemmer med reglene."
    rule = SHIPPED.source.replace("reminders: [opened, 90, 30, 7, 0]", "reminders: [opened, 60]")
    assert told in propose(siri, rule)
    assert told not in propose(siri, rule.replace("90, 30 og 7 dager", "60 dager"))


def test_a_file_is_taken_before_the_field(siri: Browser) -> None:
    siri.get("/programversjoner/forslag")
    form = siri.page.form_with("Se hva det ville endret")
    assert form.action.endswith("/programversjoner/forslag")
    data = {"source": "tull", "file": (io.BytesIO(LONGER.source.encode()), "nytt.md")}
    answer = siri.follow(siri.post("/programversjoner/forslag", data, content_type="multipart/form-data"))
    assert "Nye sertifikater gjelder i 48 måneder. Før: 36." in answer.text


def test_who_was_overtaken_is_told_and_proposes_the_same_again(siri: Browser, database: Database) -> None:
    propose(siri, LONGER.source)
    address = siri.last.request.path
    put_in_force(database, FEWER_DELIVERIES, note="Færre leveranser")
    stale = siri.submit("Godta, og la det gjelde fra nå", note="Lenger")
    assert stale.status_code == 409
    assert "Det du så på, stemmer ikke lenger" in stale.text
    assert "ble versjon 2 godtatt av kommandolinjen" in stale.text
    assert versions(database) == 2
    again = siri.submit("Legg det fram på nytt mot versjon 2")
    assert "Bygger på versjon 2" in again.text
    assert siri.last.request.path != address
    siri.submit("Godta, og la det gjelde fra nå", note="Lenger")
    assert versions(database) == 3


def test_what_was_shown_is_what_is_accepted(siri: Browser, database: Database, people: Cast) -> None:
    propose(siri, LONGER.source)
    with database.transaction() as session:
        give_certificate(session, people.geir, valid_from=date(2024, 6, 1))
    changed = siri.submit("Godta, og la det gjelde fra nå", note="Lenger")
    assert (changed.status_code, versions(database)) == (409, 1)
    assert "Lenger" in changed.text
    siri.submit("Godta, og la det gjelde fra nå", note="Lenger")
    assert versions(database) == 2


def test_who_has_met_all_by_the_present_rules_is_certified_by_them_first(
    siri: Browser, app: Flask, database: Database, people: Cast
) -> None:
    with_one_visit(database, people)
    put_in_force(database, NO_VISITS)  # now Kari lacks nothing, and the night has not been yet
    shown = propose(siri, SHIPPED.source)
    assert "1 person har oppfylt alt etter reglene som gjelder nå" in shown
    siri.submit("Godta, og la det gjelde fra nå", note="Tilbake")
    with database.reading() as session:
        certificate = session.scalars(select(Certificate)).one()
        assert session.get_one(ProgrammeVersion, certificate.programme_version_id).number == 2
        assert main_programme(session).first == SHIPPED.programme.first


def test_the_effect_can_be_taken_along_as_a_table(siri: Browser, database: Database, people: Cast) -> None:
    with database.transaction() as session:
        give_certificate(session, people.geir, valid_from=date(2024, 6, 1))
    propose(siri, SHIPPED.source.replace("reminders: [opened, 90, 30, 7, 0]", "reminders: [opened, 60]"))
    table = siri.click("Last ned alle som CSV")
    rows = table.get_data().decode("utf-8-sig").splitlines()
    assert rows[0] == "Navn;E-post;Enhet;Sektor;Hva;Før;Etter"
    assert all("geir@cast.example" in row for row in rows[1:])
    assert len(rows) > 3


def test_a_newer_file_of_the_platform_is_offered_and_not_taken(
    siri: Browser, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programmes_on_file, "all_on_file", lambda: (LONGER,))
    assert "En annen fil fulgte med" in siri.get("/programversjoner").text
    form = siri.click("Se på den som forslag").text
    assert "validity_months: 48" in form
    assert "Nye sertifikater gjelder i 48 måneder" in siri.submit("Se hva det ville endret").text
    assert versions(database) == 1


def test_a_proposal_is_laid_aside_and_changed(siri: Browser, database: Database) -> None:
    propose(siri, LONGER.source)
    siri.click("Endre teksten")
    assert "validity_months: 48" in siri.last.text
    siri.submit("Se hva det ville endret", source=FEWER_DELIVERIES.source)
    assert siri.get("/programversjoner").text.count("Forslag fra") == 1
    siri.click(next(words for words in siri.page.links if words.startswith("Forslag fra")))
    assert "Forslaget er lagt bort" in siri.submit("Legg bort forslaget").text
    assert "Forslag som venter" not in siri.last.text


def test_old_certificates_are_tried_and_brought_in(siri: Browser, database: Database, people: Cast) -> None:
    content = importing.book_of(line(), line("Ola Dunk", "ola@x.example", number="S-2", unit="Arendal", sector="nav"))
    tried = _upload(siri, content)
    assert "2 sertifikater legges til." in tried.text
    assert "2 personer opprettes uten å bli invitert." in tried.text
    assert "Liv Berg" in tried.text
    done = siri.submit("Importer 2 sertifikater")
    assert "2 sertifikater er importert." in done.text
    again = _upload(siri, content)
    assert "0 sertifikater legges til. 2 finnes fra før." in again.text
    with database.reading() as session:
        certificate = session.scalars(select(Certificate).where(Certificate.number == "NORD-17")).one()
    page = siri.get(f"/sertifikat/{certificate.id}").text
    assert "utstedt før denne plattformen av Regional enhet Nord" in page
    verified = Browser(siri.app).get(f"/verify/{certificate.verify_code}").text
    assert "Datoene og nummeret er beholdt slik de sto. Importert 23.11.2026." in verified
    assert "NORD-17" in verified


def test_faults_are_told_with_their_rows_and_nothing_is_brought_in(siri: Browser, database: Database) -> None:
    tried = _upload(siri, importing.csv_of(line(), line("<b>Ola</b>", "ola@x.example", number="S-2", unit="Mordor")))
    assert tried.status_code == 422
    assert "Rad 3, Enhet:" in tried.text
    assert "Importer 1 sertifikat" not in tried.text
    assert _upload(siri, b"%PDF-1.7").status_code == 422
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Certificate)) == 0


def test_the_document_of_an_imported_certificate_claims_nothing_else(
    siri: Browser, app: Flask, database: Database, people: Cast
) -> None:
    importing.bring_in(database, line())
    with database.reading() as session:
        certificate = session.scalars(select(Certificate)).one()
    page = siri.get(f"/sertifikat/{certificate.id}").text
    assert "har oppfylt kravene" not in page
    assert "utgave 2026" not in page
    assert factories.TODAY.strftime("%d.%m.%Y") in page


def _upload(browser: Browser, content: bytes) -> TestResponse:
    browser.get("/sertifikater/import")
    return browser.post(
        "/sertifikater/import", {"sheet": (io.BytesIO(content), "gamle.xlsx")}, content_type="multipart/form-data"
    )
