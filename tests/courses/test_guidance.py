"""Guidance agreements and stays at other units: written by a trainer, agreed by the others, their visits noted."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from courses import guidance as rules
from courses.guidance import GuidanceKind, Proposal, Said, Stage
from courses.models.guidance import GuidanceAgreement, GuidanceVisit
from courses.queries import guidance as queries
from courses.services import guidance
from lms import audit
from lms.clock import FrozenClock
from lms.db import Database
from lms.errors import Refused
from tests.cast import Cast
from tests.clients import Browser
from tests.courses.fieldwork import HOSTILE, NOW, TODAY, TOMORROW, YESTERDAY

FIRST, LAST = date(2026, 11, 1), date(2027, 3, 31)


def proposal(person: int, guide: int, **more: object) -> Proposal:
    values = {
        "kind": GuidanceKind.METHOD,
        "first": FIRST,
        "last": LAST,
        "goals": "Spørre mer, forklare mindre.",
        "visits": (YESTERDAY, date(2027, 1, 15)),
        **more,
    }
    return Proposal(person_id=person, guide_id=guide, **values)  # type: ignore[arg-type]


def made(database: Database, people: Cast, **more: object) -> GuidanceAgreement:
    with database.transaction() as session:
        found = proposal(people.kari, people.tone, **more)
        return guidance.propose(session, found, unit_id=people.nord, entry=str(more), by=people.tone, now=NOW)


def say(database: Database, row: GuidanceAgreement, word: Said, by: int) -> bool:
    with database.transaction() as session:
        return guidance.say(session, agreement_id=row.id, word=word, by=by, now=NOW)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"last": date(2026, 10, 31), "visits": ()}, "guidance-dates"),
        ({"last": date(2029, 1, 1)}, "guidance-too-long"),
        ({"goals": " "}, "guidance-without-goals"),
        ({"visits": (YESTERDAY, YESTERDAY)}, "guidance-visit-twice"),
        ({"visits": (date(2027, 4, 1),)}, "guidance-visit-outside"),
        ({"visits": tuple(date(2026, 12, day) for day in range(1, 13))}, "guidance-too-many-visits"),
        ({"guide_id": 1}, "guidance-of-oneself"),
    ],
)
def test_an_agreement_that_contradicts_itself_is_told_so(wrong: dict[str, object], code: str) -> None:
    guide = wrong.pop("guide_id", 2)
    problem = rules.proposal_problems(proposal(1, guide, **wrong))  # type: ignore[arg-type]
    assert problem is not None
    assert [reason.code for reason in problem.reasons] == [code]


@pytest.mark.parametrize(
    ("kind", "said", "stage"),
    [
        (GuidanceKind.METHOD, set(), Stage.WAITING),
        (GuidanceKind.METHOD, {Said.AGREED}, Stage.AGREED),
        (GuidanceKind.STAY, {Said.AGREED}, Stage.WAITING),
        (GuidanceKind.STAY, {Said.RECEIVED}, Stage.WAITING),
        (GuidanceKind.STAY, {Said.AGREED, Said.RECEIVED}, Stage.AGREED),
        (GuidanceKind.STAY, {Said.AGREED, Said.DECLINED}, Stage.DECLINED),
        (GuidanceKind.METHOD, {Said.AGREED, Said.ENDED}, Stage.ENDED),
    ],
)
def test_an_agreement_holds_when_all_have_said_yes(kind: GuidanceKind, said: set[Said], stage: Stage) -> None:
    assert rules.stage(kind, said, last=TODAY, today=TODAY) is stage
    after = rules.stage(kind, said, last=YESTERDAY, today=TODAY)
    assert after is (Stage.OVER if stage is Stage.AGREED else stage)


def test_a_word_is_said_once_and_nothing_after_it_is_settled(database: Database, people: Cast) -> None:
    row = made(database, people)
    assert say(database, row, Said.AGREED, people.kari)
    assert not say(database, row, Said.AGREED, people.kari)
    with pytest.raises(Refused):
        say(database, row, Said.DECLINED, people.kari)
    assert say(database, row, Said.ENDED, people.tone)
    assert made(database, people).id == row.id, "the same form twice"
    with database.reading() as session:
        assert audit.verify(session) == []


def test_a_visit_is_noted_once_when_it_has_been_held_and_all_agree(database: Database, people: Cast) -> None:
    row = made(database, people)
    with database.reading() as session:
        visit = session.scalars(select(GuidanceVisit).order_by(GuidanceVisit.planned_on)).first()
    assert visit is not None

    def note(on: date) -> None:
        with database.transaction() as session:
            guidance.note_visit(session, visit_id=visit.id, held_on=on, note="Godt.", by=people.tone, now=NOW)

    with pytest.raises(Refused):
        note(YESTERDAY)
    say(database, row, Said.AGREED, people.kari)
    with database.reading() as session:
        assert queries.of_person(session, people.tone, today=TODAY)[0].missing_notes == 1
    with pytest.raises(Refused):
        note(TOMORROW)
    note(YESTERDAY)
    with pytest.raises(Refused):
        note(YESTERDAY)
    with database.reading() as session:
        assert queries.of_person(session, people.kari, today=TODAY)[0].missing_notes == 0


# the pages


def test_from_the_trainers_pen_to_the_instructors_yes_and_the_noted_visit(
    browser: Browser, people: Cast, database: Database
) -> None:
    browser.sign_in_as(database, people.tone)
    browser.get(f"/veiledning/ny?person={people.kari}")
    refused = browser.submit("Lag avtalen", first="2026-11-01", last="2026-10-01", goals=HOSTILE)
    assert refused.status_code == 422
    assert "ikke slutte før" in refused.text
    page = browser.submit("Lag avtalen", last="2027-03-31", **{"visits-0": "2026-11-22", "visits-1": "2027-01-15"})
    assert "venter på svar" in page.text
    assert "<script>alert" not in page.text
    browser.sign_in_as(database, people.kari)
    assert "venter på ditt ja" in browser.get("/").text
    browser.click("Avtale om metodeveiledning venter på ditt ja")
    assert "Avslutt avtalen" not in browser.last.text
    assert "Takk, avtalen har ditt ja" in browser.submit("Ja, jeg er enig").text
    assert "neste besøk 15.01.2027" in browser.get("/").text
    browser.sign_in_as(database, people.tone)
    assert "1 besøk å notere: Kari Åsen" in browser.get("/").text
    browser.click("1 besøk å notere: Kari Åsen")
    assert "Besøket er notert" in browser.submit("Lagre notatet", held_on="2026-11-22", note="Hun spurte mer.").text
    browser.sign_in_as(database, people.kari)
    browser.get("/veiledning")
    browser.click("Metodeveiledning: Tone Bjørnevik")
    assert "Hun spurte mer." in browser.last.text
    assert "Lagre notatet" not in browser.last.text


def test_a_stay_at_another_unit_waits_for_the_guest_and_the_host(
    browser: Browser, people: Cast, database: Database
) -> None:
    browser.sign_in_as(database, people.tone)
    browser.get(f"/veiledning/ny?person={people.geir}")
    filled = {"kind": "stay", "first": "2026-12-01", "last": "2026-12-05", "goals": "Se hvordan de gjør det."}
    assert "Velg en vert" in browser.submit("Lag avtalen", **filled).text
    page = browser.submit("Lag avtalen", **filled, host=f"{people.terje}-{people.sor}")
    assert "Terje Moen, Regional enhet Sør" in page.text
    with database.reading() as session:
        number = session.scalars(select(GuidanceAgreement.id)).one()
    browser.sign_in_as(database, people.terje)
    assert "hospitering ved en annen enhet venter på ditt ja" in browser.get("/").text
    browser.get(f"/veiledning/{number}")
    assert "Takk" in browser.submit("Ja, jeg tar imot").text
    browser.sign_in_as(database, people.geir)
    browser.get(f"/veiledning/{number}")
    assert browser.submit("Send", comment=" ").status_code == 422
    assert "gjelder ikke lenger" in browser.submit("Send", comment="Jeg har ferie.").text
    browser.sign_in_as(database, people.terje)
    page_ = browser.get(f"/veiledning/{number}").text
    assert "takket nei" in page_
    assert "Jeg har ferie." in page_


def test_nobody_else_knows_of_an_agreement(browser: Browser, people: Cast, database: Database) -> None:
    row = made(database, people)
    with database.reading() as session:
        visit = session.scalars(select(GuidanceVisit.id)).first()
    sees = {people.kari: 200, people.tone: 200, people.knut: 200}
    never = dict.fromkeys((people.mons, people.geir, people.terje, people.sonja, people.ari), 404)
    for person, status in (sees | never).items():
        browser.sign_in_as(database, person)
        assert browser.get(f"/veiledning/{row.id}").status_code == status
        if status == 404:
            for way in ("ja", f"besok/{visit}"):
                assert browser.post(f"/veiledning/{row.id}/{way}").status_code == 404
            assert browser.post(f"/veiledning/{row.id}/nei", {"comment": "x"}).status_code == 404
    browser.sign_in_as(database, people.kari)
    assert browser.post(f"/veiledning/{row.id}/besok/{visit}", {"held_on": "2026-11-22"}).status_code == 403
    browser.post(f"/veiledning/{row.id}/ja")
    assert browser.post(f"/veiledning/{row.id}/nei", {"comment": "x"}).status_code == 403, "only who guides ends it"
    browser.sign_in_as(database, people.terje)
    assert browser.get(f"/veiledning/ny?person={people.kari}").status_code == 404
    browser.sign_in_as(database, people.tone)
    assert browser.get(f"/veiledning/ny?person={people.tone}").status_code == 403
    browser.sign_in_as(database, people.mons)
    assert browser.get(f"/veiledning/ny?person={people.kari}").status_code == 403


def test_an_agreement_over_is_said_to_be_over(
    browser: Browser, people: Cast, database: Database, clock: FrozenClock
) -> None:
    row = made(database, people, last=TOMORROW, visits=(YESTERDAY,))
    say(database, row, Said.AGREED, people.kari)
    clock.advance(days=2)
    browser.sign_in_as(database, people.kari)
    assert ">over<" in browser.get("/veiledning").text
