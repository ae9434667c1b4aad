"""Pairs: linked by a trainer, or asked for and agreed; one running pair a person; visits entered once for both."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from courses import pairs
from courses.models.pairs import Pair
from courses.models.visits import ObservationVisit
from courses.queries import fieldwork
from courses.queries.pairs import mates_of, partner_of, partners_of, proposals_of
from courses.services import pairs as services
from courses.services import visits as visit_services
from lms.db import Database
from lms.errors import Refused
from lms.people import Person
from lms.units import Sector, Unit, move
from tests.cast import Cast
from tests.clients import Browser
from tests.courses.fieldwork import NOW, TODAY, TOMORROW, YESTERDAY, a_visit, plan
from tests.courses.test_visit_states import WRITTEN
from tests.courses.test_visits import NOTES, typed


def linked(database: Database, people: Cast, *, from_on: date = TODAY, other: int | None = None) -> Pair:
    with database.transaction() as session:
        ids = (people.kari, other or people.geir)
        return services.link(session, person_ids=ids, from_on=from_on, by=people.tone, now=NOW)


def partner(database: Database, person_id: int, on: date = TODAY) -> int | None:
    with database.reading() as session:
        found = partner_of(session, person_id, on)
    return found.person_id if found else None


# the rules


@pytest.mark.parametrize(
    ("sectors", "taken", "from_on", "codes"),
    [
        (("nav", "helse"), (), TODAY, []),
        (("helse", "nav"), (), TODAY - timedelta(days=366), []),
        (("nav", "nav"), (), TODAY, ["pair-of-one-sector"]),
        (("nav", ""), ("Geir",), TODAY, ["pair-of-one-sector", "pair-taken"]),
        (("nav", "helse"), (), TOMORROW, ["pair-from-future"]),
        (("nav", "helse"), (), TODAY - timedelta(days=367), ["pair-from-long-ago"]),
    ],
)
def test_a_pair_is_of_both_sectors_and_free_people(
    sectors: tuple[str, str], taken: tuple[str, ...], from_on: date, codes: list[str]
) -> None:
    no = pairs.linking_problems(sectors=sectors, taken=taken, from_on=from_on, today=TODAY)
    assert [reason.code for reason in (no.reasons if no is not None else ())] == codes


@pytest.mark.parametrize(("through", "fits"), [(YESTERDAY, True), (TODAY, True), (TOMORROW, False)])
def test_a_pair_ends_on_a_day_of_its_own_until_today(through: date, fits: bool) -> None:
    assert (pairs.ending_problem(from_on=YESTERDAY, through_on=through, today=TODAY) is None) is fits
    assert pairs.ending_problem(from_on=TODAY, through_on=YESTERDAY, today=TODAY) is not None


# the services


def test_partners_are_partners_from_a_day_through_a_day(database: Database, people: Cast) -> None:
    pair = linked(database, people, from_on=YESTERDAY)
    assert (pair.nav_id, pair.helse_id) == (people.kari, people.geir)
    with database.transaction() as session:
        assert services.dissolve(session, pair_id=pair.id, through_on=TODAY, by=people.geir, now=NOW)
        assert not services.dissolve(session, pair_id=pair.id, through_on=TODAY, by=people.geir, now=NOW)
    days = (YESTERDAY - timedelta(days=1), YESTERDAY, TODAY, TOMORROW)
    assert [partner(database, people.kari, day) for day in days] == [None, people.geir, people.geir, None]
    with database.reading() as session:
        found = partners_of(session, [people.kari, people.geir, people.mons], TODAY)
    assert {one: mate.person_id for one, mate in found.items()} == {
        people.kari: people.geir,
        people.geir: people.kari,
    }


def test_nobody_has_two_running_pairs_and_the_same_two_again_are_the_same_pair(
    database: Database, people: Cast
) -> None:
    pair = linked(database, people)
    assert linked(database, people).id == pair.id
    with pytest.raises(Refused) as refusal:
        linked(database, people, other=people.mons)
    assert [(reason.code, reason.values["name"]) for reason in refusal.value.reasons] == [("pair-taken", "Kari Åsen")]
    with database.transaction() as session:
        services.dissolve(session, pair_id=pair.id, through_on=TODAY, by=people.kari, now=NOW)
    with pytest.raises(Refused):
        linked(database, people, other=people.mons)  # today is still a day of the old pair
    with database.transaction() as session:
        later = NOW + timedelta(days=1)
        services.link(session, person_ids=(people.kari, people.mons), from_on=TOMORROW, by=people.tone, now=later)
    assert partner(database, people.kari, TOMORROW) == people.mons


@pytest.mark.parametrize("column", ["nav_id", "helse_id"])
def test_the_table_itself_takes_one_running_pair_a_person(database: Database, people: Cast, column: str) -> None:
    pair = linked(database, people)
    ids = {"nav_id": people.knut, "helse_id": people.mons, column: getattr(pair, column)}
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(
            Pair(**ids, from_on=TODAY, proposed_by=people.tone, proposed_at=NOW, agreed_by=people.tone, agreed_at=NOW)
        )
        session.flush()


def test_who_has_changed_sector_is_still_one_person(database: Database, people: Cast) -> None:
    linked(database, people)
    with database.transaction() as session:
        unit = session.get_one(Unit, people.tromso)
        move(session, session.get_one(Person, people.kari), unit, Sector.HELSE, on=TODAY)
    with pytest.raises(Refused), database.transaction() as session:
        services.link(session, person_ids=(people.kari, people.knut), from_on=TODAY, by=people.tone, now=NOW)


def test_one_asks_and_the_other_says_yes(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        pair = services.propose(session, by=people.geir, partner_id=people.kari, now=NOW)
        assert services.propose(session, by=people.geir, partner_id=people.kari, now=NOW).id == pair.id
    assert partner(database, people.kari) is None
    with database.reading() as session:
        (asked,) = proposals_of(session, people.kari)
        (asking,) = proposals_of(session, people.geir)
    assert (asked.mine, asked.name, asking.mine) == (False, "Geir Ødegård", True)
    with pytest.raises(Refused), database.transaction() as session:
        services.accept(session, pair_id=pair.id, by=people.geir, now=NOW)
    with database.transaction() as session:
        services.accept(session, pair_id=pair.id, by=people.kari, now=NOW)
        services.accept(session, pair_id=pair.id, by=people.kari, now=NOW)
    assert partner(database, people.kari) == people.geir


def test_two_who_ask_each_other_have_agreed(database: Database, people: Cast) -> None:
    for one, other in ((people.kari, people.geir), (people.geir, people.kari)):
        with database.transaction() as session:
            services.propose(session, by=one, partner_id=other, now=NOW)
    assert partner(database, people.kari) == people.geir


def test_a_no_ends_the_question_and_it_may_be_asked_again(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        pair = services.propose(session, by=people.kari, partner_id=people.geir, now=NOW)
        assert services.decline(session, pair_id=pair.id, by=people.geir, now=NOW)
        assert not services.decline(session, pair_id=pair.id, by=people.geir, now=NOW)
    with pytest.raises(Refused), database.transaction() as session:
        services.accept(session, pair_id=pair.id, by=people.geir, now=NOW)
    with database.transaction() as session:
        assert services.propose(session, by=people.kari, partner_id=people.geir, now=NOW).id != pair.id


def test_one_may_ask_those_one_has_met_from_the_other_sector_who_are_free(database: Database, people: Cast) -> None:
    plan(database, people.nord, now=NOW, seated=[people.kari, people.geir, people.mons, people.knut])
    with database.reading() as session:
        assert [mate[0] for mate in mates_of(session, people.kari, "nav", on=TODAY)] == [people.mons, people.geir]
        assert mates_of(session, people.stian, "helse", on=TODAY) == []
    with database.transaction() as session:
        services.link(session, person_ids=(people.knut, people.mons), from_on=TODAY, by=people.tone, now=NOW)
    with database.reading() as session:
        assert [mate[0] for mate in mates_of(session, people.kari, "nav", on=TODAY)] == [people.geir]


# entered once for both


def test_a_visit_entered_for_both_counts_for_the_other_after_a_yes_a_report_and_the_mentor(
    database: Database, people: Cast
) -> None:
    linked(database, people)
    with database.transaction() as session:
        own = visit_services.plan_visit(session, person_id=people.kari, report=a_visit(mentor_id=people.mons), now=NOW)
        copy = visit_services.propose_to(session, own, partner_id=people.geir, now=NOW)
        assert copy is not None
        assert visit_services.propose_to(session, own, partner_id=people.geir, now=NOW) is None
    for word in ("confirm", "report"):
        with pytest.raises(Refused), database.transaction() as session:
            if word == "confirm":
                visit_services.confirm_visit(session, visit_id=copy.id, by=people.mons, now=NOW)
            else:
                visit_services.report_visit(session, visit_id=copy.id, notes=WRITTEN, by=people.geir, now=NOW)
    with database.transaction() as session:
        visit_services.report_visit(session, visit_id=own.id, notes=WRITTEN, by=people.kari, now=NOW)
        visit_services.confirm_visit(session, visit_id=own.id, by=people.mons, now=NOW)
        visit_services.accept_visit(session, visit_id=copy.id, by=people.geir, now=NOW)
    with database.reading() as session:
        facts = fieldwork.visits_of(session, [people.kari, people.geir])
    assert ([fact.confirmed for fact in facts[people.kari]], facts[people.geir]) == ([True], ())
    with database.transaction() as session:
        visit_services.report_visit(session, visit_id=copy.id, notes=WRITTEN, by=people.geir, now=NOW)
        visit_services.confirm_visit(session, visit_id=copy.id, by=people.mons, now=NOW)
    with database.reading() as session:
        (fact,) = fieldwork.visits_of(session, [people.geir])[people.geir]
    assert (fact.confirmed, fact.company) == (True, "Fiskeforedling AS")


def test_who_is_the_mentor_of_the_one_visits_not_with_the_other(database: Database, people: Cast) -> None:
    linked(database, people)
    with database.transaction() as session:
        own = visit_services.plan_visit(session, person_id=people.kari, report=a_visit(mentor_id=people.geir), now=NOW)
        assert visit_services.propose_to(session, own, partner_id=people.geir, now=NOW) is None


# the pages


def test_the_two_see_each_other_and_enter_a_visit_for_both(
    browser: Browser, app: Flask, people: Cast, database: Database
) -> None:
    plan(database, people.nord, now=NOW, seated=[people.kari, people.geir])
    kari, geir = (Browser(app).sign_in_as(database, one) for one in (people.kari, people.geir))
    assert "både" not in kari.get("/hospitering/ny").text
    kari.get("/makker")
    assert "Geir Ødegård ser spørsmålet" in kari.submit("Spør", partner=str(people.geir)).text
    assert "Kari Åsen vil være makkeren din" in geir.get("/").text
    geir.get("/makker")
    assert "Dere er makkere" in geir.submit("Ja, vi er makkere").text
    assert "Makkeren din er Geir Ødegård" in kari.get("/").text
    assert "Makker: Geir Ødegård" in kari.get("/min-vei").text
    kari.post("/hospitering/ny", typed(people, both="y"))
    assert "1 hospitering fra makkeren venter på ja fra deg" in geir.get("/").text
    with database.reading() as session:
        copy = session.scalars(select(ObservationVisit).where(ObservationVisit.person_id == people.geir)).one()
        own = session.scalars(select(ObservationVisit).where(ObservationVisit.person_id == people.kari)).one()
    assert kari.post(f"/hospitering/{copy.id}/ja").status_code == 403
    geir.get(f"/hospitering/{copy.id}")
    assert "Det du så" in geir.submit("Ja, den er også min").text
    kari.post(f"/hospitering/{own.id}/rapport", NOTES)
    assert "Jeg vil spørre mer." in geir.get(f"/hospitering/{own.id}").text
    assert geir.post(f"/hospitering/{own.id}/bekreft").status_code == 403
    assert "Oppløs" in kari.get("/makker").text
    kari.submit("Oppløs paret", through_on="2026-11-23")
    assert partner(database, people.geir, TOMORROW) is None


def test_a_trainer_links_and_dissolves_in_the_region_only(browser: Browser, people: Cast, database: Database) -> None:
    plan(database, people.nord, now=NOW, seated=[people.kari, people.geir])
    plan(database, people.sor, now=NOW, name="Sørpå", seated=[people.stian])
    browser.sign_in_as(database, people.tone)
    page = browser.get("/makker/par")
    assert "Stian" not in page.text
    assert page.text.count("Velg i listen") == 2, "nobody is chosen before the trainer has"
    assert browser.submit("Koble dem sammen").status_code == 422
    values = {"nav": people.kari, "helse": people.geir, "from_on": "2026-11-20"}
    assert browser.post("/makker/par", {**values, "helse": ""}).status_code == 422
    assert browser.post("/makker/par", {**values, "helse": people.stian}).status_code == 404
    assert browser.post("/makker/par", {**values, "from_on": "2026-12-20"}).status_code == 422
    assert "Kari Åsen og Geir Ødegård" in browser.follow(browser.post("/makker/par", values)).text
    assert "Makker: Geir Ødegård" in browser.get(f"/deltakere/{people.kari}").text
    with database.reading() as session:
        pair = session.scalars(select(Pair)).one()
    browser.sign_in_as(database, people.terje)
    assert "Kari" not in browser.get("/makker/par").text
    assert browser.post(f"/makker/{pair.id}/opplos", {"through_on": "2026-11-23"}).status_code == 404
    browser.sign_in_as(database, people.stian)
    assert browser.get("/makker/par").status_code == 403
    for verb in ("ja", "nei", "opplos"):
        assert browser.post(f"/makker/{pair.id}/{verb}", {"through_on": "2026-11-23"}).status_code == 404
    assert browser.post("/makker/spor", {"partner": people.kari}).status_code == 403
    browser.sign_in_as(database, people.tone)
    too_early = browser.post(f"/makker/{pair.id}/opplos", {"through_on": "2026-11-01"})
    assert too_early.status_code == 422
    assert "20.11.2026" in too_early.text
    browser.post(f"/makker/{pair.id}/opplos", {"through_on": "2026-11-22"})
    assert partner(database, people.kari) is None
