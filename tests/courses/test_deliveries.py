"""Deliveries and gatherings: logged in half a minute, counted once."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from courses import visits
from courses.models.deliveries import Delivery
from courses.models.gatherings import GatheringAttendance
from courses.queries import fieldwork
from courses.seminars import GatheringKind
from courses.services import deliveries, gatherings, pairs
from courses.visits import DeliveryModel, DeliveryReport, ModuleKind
from lms import audit
from lms.db import Database
from lms.errors import Refused
from tests.cast import Cast
from tests.certificates.factories import give_certificate
from tests.clients import Browser
from tests.courses.fieldwork import HOSTILE, NOW, TODAY, TOMORROW, YESTERDAY, a_delivery


def typed(**more: object) -> dict[str, object]:
    return {
        "entry": "et-skjema",
        "on": "2026-11-23",
        "company": "Verftet",
        "module": "psykisk_helse",
        "model": 2,
        "employees": 20,
        "leaders": 3,
        "minutes": "",
        **more,
    }


def logged(database: Database) -> list[Delivery]:
    with database.reading() as session:
        return list(session.scalars(select(Delivery).order_by(Delivery.id)))


@pytest.mark.parametrize(("model", "minutes"), [(DeliveryModel.ONE, 60), (DeliveryModel.TWO, 90)])
def test_without_a_length_a_delivery_is_as_long_as_its_model(model: DeliveryModel, minutes: int) -> None:
    report = DeliveryReport(on=TODAY, company="A", module=ModuleKind.PARTSMODUL, model=model, employees=1, leaders=0)
    assert report.duration_minutes == minutes


def test_a_delivery_to_nobody_tomorrow_is_refused_for_both() -> None:
    refused = visits.delivery_problems(a_delivery(on=TOMORROW, employees=0), today=TODAY)
    assert refused is not None
    assert [reason.code for reason in refused.reasons] == ["day-in-future", "delivery-to-nobody"]


def test_the_same_form_sent_twice_is_one_delivery_and_two_shifts_are_two(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        first = deliveries.log_delivery(session, person_id=people.geir, report=a_delivery(), entry="a", now=NOW)
        again = deliveries.log_delivery(session, person_id=people.geir, report=a_delivery(), entry="a", now=NOW)
        shift = deliveries.log_delivery(session, person_id=people.geir, report=a_delivery(), entry="b", now=NOW)
        other = deliveries.log_delivery(session, person_id=people.stian, report=a_delivery(), entry="a", now=NOW)
    assert (first, again, shift, other) == (True, False, True, True)
    with database.reading() as session:
        facts = fieldwork.deliveries_of(session, [people.geir, people.stian, people.kari])
    assert [len(facts[person]) for person in (people.geir, people.stian, people.kari)] == [2, 1, 0]
    assert facts[people.stian][0].model is DeliveryModel.TWO


def test_a_fault_that_is_no_double_click_is_not_taken_for_one(database: Database) -> None:
    with pytest.raises(IntegrityError), database.transaction() as session:
        deliveries.log_delivery(session, person_id=4711, report=a_delivery(), entry="a", now=NOW)


def test_the_short_form_begins_with_today_and_the_model_used_last(
    browser: Browser, people: Cast, database: Database
) -> None:
    browser.sign_in_as(database, people.geir)
    page = browser.get("/leveranser").text
    assert 'value="2026-11-23"' in page
    entry = re.search(r'name="entry" value="([^"]+)"', page)
    assert entry is not None
    page = browser.follow(browser.post("/leveranser", typed(entry=entry[1], company=HOSTILE))).text
    assert "Leveransen er registrert" in page
    assert "<script>alert" not in page
    assert entry[1] not in page  # the next form is another one
    assert re.search(r'name="model" value="2" checked', page)
    assert '<option value="&lt;script&gt;' in page
    assert (logged(database)[0].duration_minutes, logged(database)[0].leaders) == (90, 3)


def test_a_second_click_logs_nothing_more(browser: Browser, people: Cast, database: Database) -> None:
    browser.sign_in_as(database, people.geir)
    browser.post("/leveranser", typed())
    assert "var allerede registrert" in browser.follow(browser.post("/leveranser", typed())).text
    assert len(logged(database)) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"on": "2026-11-24"}, "Datoen ligger fram i tid"),
        ({"employees": 0, "leaders": 0}, "Minst én må ha deltatt"),
        ({"employees": -1}, "Skriv et tall fra 0 til"),
        ({"employees": "9" * 30}, "Skriv et tall fra 0 til"),
        ({"minutes": "0"}, "Skriv et tall fra 1 til 600"),
        ({"model": 3}, "model-feil"),
        ({"module": ""}, "Fyll ut dette feltet"),
    ],
)
def test_what_is_wrong_is_said_and_the_form_keeps_its_entry(
    browser: Browser, people: Cast, database: Database, wrong: dict[str, object], said: str
) -> None:
    browser.sign_in_as(database, people.geir)
    answer = browser.post("/leveranser", typed(**wrong))
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Verftet"' in answer.text
    assert 'name="entry" value="et-skjema"' in answer.text
    assert logged(database) == []


def test_one_sees_the_own_deliveries_only(browser: Browser, people: Cast, database: Database) -> None:
    browser.sign_in_as(database, people.geir)
    browser.post("/leveranser", typed())
    for other in (people.kari, people.tone, people.siri):
        browser.sign_in_as(database, other)
        assert "Verftet" not in browser.get("/leveranser").text


# gatherings


def gather(database: Database, *people: int, by: int, title: str = "Nettverk i Nord") -> int:
    with database.transaction() as session:
        return gatherings.record_gathering(
            session, person_ids=people, title=title, on=YESTERDAY, kind=GatheringKind.NETWORK, by=by, now=NOW
        )


def test_a_gathering_counts_once_however_many_record_it(database: Database, people: Cast) -> None:
    assert gather(database, people.geir, people.mons, by=people.tone) == 2
    assert gather(database, people.geir, people.mons, people.kari, by=people.knut) == 1
    with database.reading() as session:
        facts = fieldwork.gatherings_of(session, [people.geir, people.kari, people.tone])
        assert session.scalar(select(func.count()).select_from(audit.AuditEntry)) == 2
    assert [len(facts[person]) for person in (people.geir, people.kari, people.tone)] == [1, 1, 0]
    assert facts[people.geir][0].kind is GatheringKind.NETWORK


def test_a_trainer_cannot_record_the_own_further_training(database: Database, people: Cast) -> None:
    with pytest.raises(Refused):
        gather(database, people.geir, people.tone, by=people.tone)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(GatheringAttendance)) == 0


def test_a_gathering_tomorrow_or_of_nobody_is_refused(database: Database, people: Cast) -> None:
    with pytest.raises(Refused), database.transaction() as session:
        gatherings.record_gathering(
            session,
            person_ids=[people.geir],
            title="I morgen",
            on=TOMORROW,
            kind=GatheringKind.NETWORK,
            by=people.tone,
            now=NOW,
        )
    with pytest.raises(Refused):
        gather(database, by=people.tone)


def test_a_search_loses_neither_what_was_typed_nor_who_was_ticked(
    browser: Browser, people: Cast, database: Database
) -> None:
    browser.sign_in_as(database, people.tone)
    form = {"title": HOSTILE, "on": "2026-11-22", "kind": "network", "person": [people.geir]}
    page = browser.post("/opplaering/ny", {**form, "q": "kari", "handling": "sok"})
    assert page.status_code == 200
    assert "&lt;script&gt;alert" in page.text
    assert f'value="{people.geir}" checked' in page.text
    assert "Kari Åsen" in page.text
    assert "Mons Sørby" not in page.text
    assert "Tone Bjørnevik</" not in page.text.partition("<main")[2]
    told = browser.follow(browser.post("/opplaering/ny", {**form, "person": [people.geir, people.kari]}))
    assert "Registrert for 2 personer" in told.text
    browser.sign_in_as(database, people.geir)
    own = browser.get("/leveranser").text
    assert "(nettverkssamling)" in own
    assert "<script>alert" not in own


def test_the_one_i_teach_with_is_first_in_the_list_and_chosen_from_the_start(
    browser: Browser, database: Database, people: Cast
) -> None:
    with database.transaction() as session:
        for person in (people.mons, people.tone, people.geir, people.kari):
            give_certificate(session, person, valid_from=TODAY)
    with database.transaction() as session:
        earlier = replace(a_delivery(), partner_id=people.tone)
        deliveries.log_delivery(session, person_id=people.kari, report=earlier, entry="en", now=NOW)
    browser.sign_in_as(database, people.kari)
    assert f'<option value="{people.tone}" selected>' in browser.get("/leveranser").text
    with database.transaction() as session:
        pairs.link(session, person_ids=(people.kari, people.mons), from_on=TODAY, by=people.knut, now=NOW)
    page = browser.get("/leveranser").text
    assert f'<option value="{people.mons}" selected>' in page
    partners = re.findall(r'<option value="(\d+)"', page.partition('id="partner"')[2].partition("</select>")[0])
    assert partners[:2] == ["0", str(people.mons)] and len(partners) == 4
