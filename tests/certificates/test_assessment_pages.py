"""The pages of the assessment: without JavaScript, by the script, by direct request, with hostile words."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from certificates.models.assessments import Assessment, AssessmentSheet
from lms import units
from lms.clock import FrozenClock
from lms.db import Database
from lms.people import Locale, Person
from tests.cast import Cast
from tests.certificates import assessing
from tests.certificates.assessing import CRITERIA, TO_DO, WHY, begin, hand_in, page
from tests.certificates.factories import TODAY
from tests.certificates.test_views import HOSTILE
from tests.clients import Browser


@pytest.fixture
def kari(database: Database, people: Cast) -> int:
    return assessing.ready(database, people)


@pytest.fixture
def trine(database: Database, people: Cast) -> int:
    return assessing.another_trainer(database, people)


def stored(database: Database, sheet_id: int) -> AssessmentSheet:
    with database.reading() as session:
        return session.get_one(AssessmentSheet, sheet_id)


def decisions(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Assessment)) or 0


def send(browser: Browser, sheet_id: int, document: object) -> TestResponse:
    """What the script sends."""
    return browser.client.post(
        f"/vurdering/{sheet_id}/kladd",
        json=document,
        headers={"X-CSRFToken": browser.csrf, "Accept": "application/json"},
    )


def test_without_javascript_a_draft_is_saved_found_again_and_handed_in(
    browser: Browser, database: Database, people: Cast, kari: int, clock: FrozenClock
) -> None:
    browser.sign_in_as(database, people.tone).get(f"/deltakere/{kari}")
    browser.submit("Begynn vurderingen")
    saved = browser.submit("Lagre kladden", **{"level-rollen": "2", "note-rollen": "En\nto", "feedback": "Halvveis"})
    assert "Kladden er lagret" in saved.text
    clock.advance(days=4)
    browser.sign_in_as(database, people.tone)
    assert "kladd, sist lagret 23.11.2026" in browser.get("/").text
    browser.click("Kari Åsen")
    assert "Fortsett på vurderingen" in browser.get(f"/deltakere/{kari}").text
    form = browser.click("Fortsett på vurderingen")
    assert "En\nto</textarea>" in form.text
    filled = dict(browser.page.form_with("Lever vurderingen").sent)
    assert (filled["level-rollen"], filled["feedback"]) == ("2", "Halvveis")
    done = browser.submit("Lever vurderingen", **page(3))
    assert "er utstedt" in done.text
    assert browser.last.request.path.startswith("/vurderinger/")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"level-rollen": ""}, "Velg et nivå."),
        ({"outcome": ""}, "Velg ett av alternativene."),
        ({"outcome": "not_yet", "next_steps": TO_DO, "feedback": "   "}, "Skriv hvorfor svaret er «ikke ennå»."),
        ({"outcome": "not_yet", "feedback": WHY}, "Skriv hva deltakeren skal gjøre nå."),
        ({"feedback": "x" * 5_001}, "Skriv høyst 5000 tegn."),
        ({"note-rollen": "x" * 2_001}, "Skriv høyst 2000 tegn."),
    ],
)
def test_what_is_missing_is_told_what_was_typed_stays_and_nothing_is_decided(
    app: Flask, browser: Browser, database: Database, people: Cast, kari: int, change: Mapping[str, str], told: str
) -> None:
    sheet = begin(app, kari, by=people.tone)
    browser.sign_in_as(database, people.tone)
    answer = browser.post(f"/vurdering/{sheet}", page(4, **{"note-egne-valg": "Lot dem velge."}) | change)
    assert answer.status_code == 422
    assert "Noe mangler før dette kan leveres" in answer.text
    assert told in answer.text
    sent = dict(browser.page.form_with("Lever vurderingen").sent)
    assert (sent["note-egne-valg"], sent["level-egne-valg"]) == ("Lot dem velge.", "4")
    assert decisions(database) == 0


@pytest.mark.parametrize("path", ["", "/kladd", "/beslutning"])
@pytest.mark.parametrize(
    "field", [{"level-rollen": "9"}, {"level-ukjent": "1"}, {"outcome": "kanskje"}, {"person_id": "4"}]
)
def test_a_field_that_cannot_be_is_refused_by_direct_request(
    app: Flask, browser: Browser, database: Database, people: Cast, kari: int, path: str, field: dict[str, str]
) -> None:
    sheet = begin(app, kari, by=people.tone)
    browser.sign_in_as(database, people.tone)
    assert browser.post(f"/vurdering/{sheet}{path}", page(3) | field).status_code == 409
    assert (stored(database, sheet).levels, decisions(database)) == ({}, 0)


def test_the_script_saves_field_by_field_and_is_told_when_it_is_over(
    app: Flask, browser: Browser, database: Database, people: Cast, kari: int
) -> None:
    sheet = begin(app, kari, by=people.tone)
    browser.sign_in_as(database, people.tone).get(f"/vurdering/{sheet}")
    assert send(browser, sheet, {"level-rollen": "2", "note-rollen": "En\0 to\u200b\r\ntre"}).status_code == 204
    assert send(browser, sheet, {"level-egne-valg": "3"}).status_code == 204
    kept = stored(database, sheet)
    assert (kept.levels, kept.notes) == ({"rollen": 2, "egne-valg": 3}, {"rollen": "En to\ntre"})
    for wrong in ([], "x", {"level-rollen": 3}, {"feedback": ["x"]}, {"level-rollen": None}):
        assert send(browser, sheet, wrong).status_code == 400, wrong
    assert send(browser, sheet, {"level-rollen": "7"}).status_code == 409
    assert send(browser, sheet, {"feedback": "x" * 5_001}).status_code == 409
    hand_in(app, sheet)
    late = send(browser, sheet, {"level-rollen": "1"})
    assert late.status_code == 409
    assert "ble levert" in late.json["reasons"][0]  # type: ignore[index]


def test_without_a_token_nothing_is_kept(
    app: Flask, browser: Browser, database: Database, people: Cast, kari: int
) -> None:
    sheet = begin(app, kari, by=people.tone)
    browser.sign_in_as(database, people.tone)
    for options in ({"json": {"level-rollen": "1"}}, {"data": {"level-rollen": "1"}}):
        assert browser.client.post(f"/vurdering/{sheet}/kladd", **options).status_code == 400  # type: ignore[arg-type]
    assert stored(database, sheet).levels == {}


def test_nobody_opens_or_writes_on_anothers_sheet(
    app: Flask, browser: Browser, database: Database, people: Cast, kari: int, trine: int
) -> None:
    sheet = begin(app, kari, by=people.tone)
    acts = ("", "/kladd", "/beslutning", "/bort", "/alene")
    for who, status in ((trine, 404), (people.terje, 404), (people.knut, 403), (people.siri, 403), (kari, 403)):
        browser.sign_in_as(database, who)
        assert browser.get(f"/vurdering/{sheet}").status_code == status
        assert {browser.post(f"/vurdering/{sheet}{act}", page(1)).status_code for act in acts} == {status}
    browser.sign_in_as(database, people.tone)
    assert {browser.get(f"/vurdering/{id_}").status_code for id_ in ("0", "999", "9" * 30)} == {404}
    assert stored(database, sheet).levels == {}


def test_neither_sees_the_others_levels_until_both_have_handed_in(
    app: Flask, browser: Browser, database: Database, people: Cast, kari: int, trine: int
) -> None:
    one, other = begin(app, kari, by=people.tone), begin(app, kari, by=trine)
    hand_in(app, one, page(2, "not_yet", **{"note-rollen": "Bare Tone vet dette."}))
    for who in (trine, people.knut, people.siri, kari):
        browser.sign_in_as(database, who)
        for path in (f"/vurdering/{other}", f"/deltakere/{kari}", "/min-vei", "/", "/vurderinger/1"):
            assert "Bare Tone vet dette." not in browser.get(path).text, (who, path)
            assert WHY not in browser.last.text, (who, path)
    browser.sign_in_as(database, people.tone)
    assert "Trine Trygg har ikke levert sitt ennå" in browser.get(f"/vurdering/{one}").text
    hand_in(app, other, page(4, **{"note-rollen": "Bare Trine vet dette."}))
    both = browser.get(f"/vurdering/{one}").text
    assert "Bare Trine vet dette." in both
    assert "Mer enn ett nivå fra hverandre" in both
    refused = browser.submit("Lagre beslutningen", outcome="not_yet", feedback="", next_steps="Ta det igjen.")
    assert refused.status_code == 422
    assert dict(browser.page.form_with("Lagre beslutningen").sent)["next_steps"] == "Ta det igjen."
    decided = browser.submit("Lagre beslutningen", outcome="not_yet", feedback=WHY)
    assert "Vurdert av Tone Bjørnevik, Trine Trygg." in decided.text
    again = browser.sign_in_as(database, trine).post(f"/vurdering/{other}/beslutning", {"outcome": "approved"})
    assert "Beslutningen er allerede tatt" in browser.follow(again).text
    assert decisions(database) == 1


def test_going_on_alone_and_stepping_down_through_the_pages(
    app: Flask, browser: Browser, database: Database, people: Cast, kari: int, trine: int
) -> None:
    one, other = begin(app, kari, by=people.tone), begin(app, kari, by=trine)
    browser.sign_in_as(database, people.tone).get(f"/vurdering/{one}")
    assert "Arket ditt er levert." in browser.submit("Lever vurderingen", **page(2, "not_yet")).text
    assert "lagt bort" in browser.submit("Gå videre alene").text
    browser.sign_in_as(database, trine)
    assert "Arket ditt er lagt bort" in browser.get(f"/vurdering/{other}").text
    assert browser.post(f"/vurdering/{other}", page(1)).status_code == 409
    browser.sign_in_as(database, people.tone).get(f"/vurdering/{one}")
    assert "Vurderingen er lagret." in browser.submit("Lagre beslutningen").text
    third = begin(app, kari, by=trine)
    browser.sign_in_as(database, trine).get(f"/vurdering/{third}")
    browser.submit("Legg bort kladden, jeg skal ikke vurdere")
    assert browser.last.request.path == f"/deltakere/{kari}"


def test_a_trainer_whose_role_has_ended_or_whose_participant_has_left_the_region_writes_no_more(
    app: Flask, browser: Browser, database: Database, people: Cast, kari: int
) -> None:
    sheet = begin(app, kari, by=people.tone)
    with database.transaction() as session:
        person, arendal = session.get_one(Person, kari), session.get_one(units.Unit, people.arendal)
        units.move(session, person, arendal, units.Sector.NAV, on=TODAY)
    browser.sign_in_as(database, people.tone)
    assert browser.post(f"/vurdering/{sheet}", page(3)).status_code == 404
    with database.transaction() as session:
        ((tones, _unit),) = units.roles_of(session, people.tone, on=TODAY)
        units.end_appointment(session, tones, on=TODAY)
    assert browser.post(f"/vurdering/{sheet}", page(3)).status_code == 403
    assert decisions(database) == 0


def test_hostile_words_are_words_on_every_page(
    app: Flask, browser: Browser, database: Database, people: Cast, kari: int
) -> None:
    with database.transaction() as session:
        session.get_one(Person, kari).name = HOSTILE
    sheet = begin(app, kari, by=people.tone)
    browser.sign_in_as(database, people.tone).get(f"/vurdering/{sheet}")
    words = {"note-rollen": HOSTILE, "feedback": HOSTILE, "next_steps": HOSTILE, "outcome": "not_yet"}
    browser.submit("Lagre kladden", **words)
    pages = [browser.last.text]
    browser.submit("Lever vurderingen", **{f"level-{id_}": "1" for id_ in CRITERIA})
    decision = browser.last.request.path
    browser.sign_in_as(database, kari).get(decision)
    browser.submit("Lagre kommentaren", words=HOSTILE)
    browser.get(f"/klager/ny/vurdering/{decision.rpartition('/')[2]}")
    browser.submit("Send klagen", why=HOSTILE)
    case = browser.last.request.path
    browser.submit("Send", answer=HOSTILE)
    pages += [browser.last.text, browser.get("/").text, browser.get("/min-vei").text, browser.get("/klager").text]
    browser.sign_in_as(database, people.knut)
    pages += [browser.get("/").text, browser.get(decision).text, browser.get("/klager").text, browser.get(case).text]
    assert browser.submit("Gi saken til denne").status_code == 422, "nobody is chosen beforehand"
    browser.submit("Gi saken til denne", handler=str(people.terje))
    browser.sign_in_as(database, people.terje)
    pages += [browser.get("/").text, browser.get(decision).text, browser.get(case).text]
    browser.submit("Send spørsmålet", question=HOSTILE)
    browser.submit("Lagre avgjørelsen", outcome="upheld", reason=HOSTILE)
    pages += [browser.last.text]
    for text in pages:
        assert "<script>alert" not in text
        assert "{{ 7*7 }}" in text
        assert "%(x)s" in text


@pytest.mark.parametrize("locale", list(Locale))
def test_the_pages_are_made_in_every_language_and_say_which_the_rubric_is_in(
    app: Flask, browser: Browser, database: Database, people: Cast, kari: int, locale: Locale
) -> None:
    with database.transaction() as session:
        for person in (kari, people.tone):
            session.get_one(Person, person).locale = locale
    sheet = begin(app, kari, by=people.tone)
    browser.sign_in_as(database, people.tone)
    text = browser.get(f"/vurdering/{sheet}").text
    assert f'<html lang="{locale}"' in text
    assert ('<span lang="nb">Rollen som instruktør</span>' in text) == (locale != "nb")
    decision = assessing.not_yet(app, kari, by=people.tone)
    assert browser.sign_in_as(database, kari).get(f"/vurderinger/{decision}").status_code == 200


def test_everybody_reads_the_rubric_on_the_programmes_page(browser: Browser) -> None:
    assert "Rollen som instruktør" in browser.get("/programmet").text
