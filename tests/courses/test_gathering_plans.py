"""Gatherings planned ahead: signed up for by certified instructors, links for them only, recorded by list."""

from __future__ import annotations

import re
import threading
from datetime import date

import pytest
from sqlalchemy import func, select

from courses import gatherings as rules
from courses.gatherings import GatheringPlan
from courses.models.gatherings import Gathering, GatheringAttendance, GatheringSignUp
from courses.queries import fieldwork
from courses.seminars import GatheringKind
from courses.services import gathering_plans
from lms.clock import FrozenClock
from lms.db import Database
from lms.errors import Refused
from lms.outbox import OutboxMail
from lms.people import Locale, add_person
from lms.units import Sector, Unit, join_unit
from tests import cast
from tests.cast import Cast
from tests.certificates.factories import give_certificate
from tests.clients import Browser
from tests.courses.fieldwork import HOSTILE, NOW, TODAY, TOMORROW, YESTERDAY

LINK = "https://webinar.example/rom"


def a_plan(**more: object) -> GatheringPlan:
    values = {
        "title": "Nettverk høst",
        "kind": GatheringKind.NETWORK,
        "on": TOMORROW,
        "starts": "09:00",
        "ends": "15:00",
        "webinar_link": LINK,
        **more,
    }
    return GatheringPlan(**values)  # type: ignore[arg-type]


def planned(database: Database, people: Cast, *units: int, **more: object) -> Gathering:
    with database.transaction() as session:
        return gathering_plans.plan_gathering(
            session, a_plan(**more), unit_ids=units or [people.nord], entry=str(more), by=people.tone, now=NOW
        )


def certified(database: Database, *person_ids: int) -> None:
    with database.transaction() as session:
        for person_id in person_ids:
            give_certificate(session, person_id, valid_from=date(2025, 6, 1))


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"on": YESTERDAY}, "gathering-in-past"),
        ({"ends": "09:00"}, "gathering-times"),
        ({"webinar_link": " "}, "gathering-nowhere"),
        ({"webinar_link": "javascript:alert(1)"}, "gathering-link"),
        ({"webinar_link": "http://webinar.example"}, "gathering-link"),
    ],
)
def test_a_plan_that_leads_nowhere_is_refused(wrong: dict[str, object], code: str) -> None:
    problem = rules.gathering_problems(a_plan(**wrong), today=TODAY, units=1)
    assert problem is not None
    assert [reason.code for reason in problem.reasons] == [code]
    assert rules.gathering_problems(a_plan(), today=TODAY, units=0) is not None


def test_one_signs_up_once_however_often_one_clicks_at_once(shared_database: Database) -> None:
    with shared_database.transaction() as session:
        people = cast.assemble(session)
    row = planned(shared_database, people)
    together = threading.Barrier(4)

    def click() -> None:
        together.wait()
        with shared_database.transaction() as session:
            gathering_plans.sign_up(session, gathering_id=row.id, person_id=people.geir, now=NOW)

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with shared_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(GatheringSignUp)) == 1


def test_nobody_signs_up_for_what_is_over_or_called_off(database: Database, people: Cast) -> None:
    row = planned(database, people)
    with database.transaction() as session:
        assert gathering_plans.cancel_gathering(session, gathering_id=row.id, by=people.tone, now=NOW)
        assert not gathering_plans.cancel_gathering(session, gathering_id=row.id, by=people.tone, now=NOW)
    with pytest.raises(Refused), database.transaction() as session:
        gathering_plans.sign_up(session, gathering_id=row.id, person_id=people.geir, now=NOW)
    assert rules.signing_up_problem(on=YESTERDAY, cancelled=False, today=TODAY) is not None
    assert rules.signing_up_problem(on=TODAY, cancelled=False, today=TODAY) is None


@pytest.mark.usefixtures("in_app")
def test_those_who_signed_up_are_told_once_that_it_is_called_off(database: Database, people: Cast) -> None:
    row = planned(database, people)
    with database.transaction() as session:
        gathering_plans.sign_up(session, gathering_id=row.id, person_id=people.geir, now=NOW)
    for _click in range(2):
        with database.transaction() as session:
            gathering_plans.cancel_gathering(session, gathering_id=row.id, by=people.tone, now=NOW)
    with database.reading() as session:
        mail = session.scalars(select(OutboxMail)).one()
    assert (mail.person_id, mail.name) == (people.geir, "gathering_cancelled")
    assert "Nettverk høst" in mail.subject


def test_the_link_is_for_those_who_signed_up(browser: Browser, people: Cast, database: Database) -> None:
    row = planned(database, people)
    certified(database, people.geir)
    browser.sign_in_as(database, people.geir)
    assert "Nettverk høst" in browser.get("/").text
    page = browser.get(f"/opplaering/{row.id}").text
    assert LINK not in page
    assert "De påmeldte får se lenken her" in page
    assert LINK in browser.submit("Meld meg på").text
    assert "du er påmeldt" in browser.get("/opplaering").text
    browser.get(f"/opplaering/{row.id}")
    assert LINK not in browser.submit("Meld meg av").text
    browser.sign_in_as(database, people.kari)  # in the unit, and not certified
    assert LINK not in browser.get(f"/opplaering/{row.id}").text
    assert "Nettverk høst" not in browser.get("/").text
    assert browser.post(f"/opplaering/{row.id}/meld-pa").status_code == 403


def test_other_regions_do_not_know_of_it_unless_it_is_open_to_them(
    browser: Browser, people: Cast, database: Database
) -> None:
    own = planned(database, people)
    shared = planned(database, people, people.nord, people.sor, title="For to regioner")
    certified(database, people.stian)
    for person in (people.terje, people.sonja, people.stian):
        browser.sign_in_as(database, person)
        assert "Nettverk høst" not in browser.get("/opplaering").text
        for method, way in (("get", ""), ("get", "/deltakelse"), ("post", "/avlys"), ("post", "/meld-pa")):
            assert getattr(browser, method)(f"/opplaering/{own.id}{way}").status_code == 404
        assert browser.get(f"/opplaering/{shared.id}").status_code == 200
    assert browser.post(f"/opplaering/{shared.id}/avlys").status_code == 403
    browser.sign_in_as(database, people.ari)
    assert browser.get(f"/opplaering/{shared.id}").status_code == 404


def test_fifty_are_recorded_at_once_and_it_is_the_evidence_it_always_was(
    browser: Browser, people: Cast, database: Database, clock: FrozenClock
) -> None:
    row = planned(database, people, title="Stor samling")
    crowd = []
    with database.transaction() as session:
        for number in range(50):
            person = add_person(session, name=f"Nr {number}", email=f"{number}@cast.example", locale=Locale.NB, now=NOW)
            join_unit(session, person, session.get_one(Unit, people.tromso), Sector.NAV, on=TODAY)
            gathering_plans.sign_up(session, gathering_id=row.id, person_id=person.id, now=NOW)
            crowd.append(person.id)
    browser.sign_in_as(database, people.tone)
    assert "registreres fra 24.11.2026" in browser.get(f"/opplaering/{row.id}/deltakelse").text
    clock.advance(days=2)
    browser.sign_in_as(database, people.tone)
    assert "Deltakelse ikke registrert: Stor samling" in browser.get("/").text
    page = browser.get(f"/opplaering/{row.id}/deltakelse?alle=1").text
    assert len(re.findall(r'id="pameldt-\d+"[^>]* checked', page)) == 50
    search = browser.post(f"/opplaering/{row.id}/deltakelse", {"person": crowd, "q": "geir", "handling": "sok"})
    assert len(re.findall(r'id="pameldt-\d+"[^>]* checked', search.text)) == 50, "a search loses nothing"
    assert "Geir Ødegård" in search.text
    told = browser.post(f"/opplaering/{row.id}/deltakelse", {"person": [*crowd[:49], people.geir]})
    assert "Registrert for 50 personer" in browser.follow(told).text
    assert "ikke registrert" not in browser.get("/").text
    with database.reading() as session:
        facts = fieldwork.gatherings_of(session, [crowd[0], crowd[49], people.geir])
        assert session.scalar(select(func.count()).select_from(GatheringAttendance)) == 50
    assert [len(facts[person]) for person in (crowd[0], crowd[49], people.geir)] == [1, 0, 1]
    assert facts[people.geir][0].on == TOMORROW
    assert "registrert" in browser.get(f"/opplaering/{row.id}/deltakelse").text
    strangers = browser.post(f"/opplaering/{row.id}/deltakelse", {"person": [people.stian]})
    assert strangers.status_code == 404


def test_a_trainer_plans_and_what_is_wrong_is_told(browser: Browser, people: Cast, database: Database) -> None:
    browser.sign_in_as(database, people.tone)
    browser.get("/opplaering/planlegg")
    filled = {"title": HOSTILE, "on": "2026-12-01", "starts": "09:00", "ends": "08:00", "place": "Tromsø"}
    refused = browser.submit("Planlegg samlingen", **filled)
    assert refused.status_code == 422
    assert "minst én enhet" in refused.text
    for wrong in ("24:00", "ni", "9:5"):
        assert "Skriv klokkeslettet som 09:30" in browser.submit("Planlegg samlingen", starts=wrong).text
    refused = browser.submit("Planlegg samlingen", starts="9.00", units=[str(people.nord)])
    assert "slutte etter at den begynner" in refused.text
    page = browser.submit("Planlegg samlingen", ends="15:00", units=[str(people.nord), str(people.sor)]).text
    assert "Samlingen er planlagt" in page
    assert "<script>alert" not in page
    assert "kl. 09.00–15.00" in page
    assert "Videreutdanning og nettverk" in browser.get("/samlinger").text
    told = re.findall(r'href="(/opplaering/\d+)"', browser.get("/opplaering").text)
    assert len(told) == 1, "told once, also to who leads it and belongs there"
    browser.get(told[0])
    assert "Samlingen er avlyst" in browser.submit("Avlys samlingen").text
    for person in (people.kari, people.geir, people.ari):
        browser.sign_in_as(database, person)
        assert browser.get("/opplaering/planlegg").status_code == 403
