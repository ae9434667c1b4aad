"""The pages on which trainers plan seminars, seat people and record attendance."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from courses.queries import seminars as queries
from courses.seminars import Day
from courses.services import attendance, seminars
from lms.clock import FrozenClock
from lms.db import Database
from lms.outbox import OutboxMail
from lms.viewer import Reach
from tests.cast import Cast
from tests.clients import Browser
from tests.courses.fieldwork import HOSTILE, NOW, TODAY, attend, day_ids, plan


def typed(people: Cast, **more: object) -> dict[str, object]:
    dates = {
        "part_1_day_1": "2027-02-01",
        "part_1_day_2": "02.02.2027",
        "part_1_day_3": "2027-02-03",
        "part_2_day_1": "2027-03-01",
        "part_2_day_2": "2027-03-02",
    }
    return {"unit": people.nord, "name": "Vinter", "place": "Alta", "seats": 15, **dates, **more}


def test_a_trainer_plans_seats_and_records_in_the_browser(
    browser: Browser, people: Cast, database: Database, clock: FrozenClock
) -> None:
    browser.sign_in_as(database, people.tone)
    page = browser.follow(browser.post("/samlinger/ny", typed(people, name=HOSTILE)))
    assert "<script>alert" not in page.text
    assert "0 av 15" in page.text
    seminar_path = page.request.path
    found = browser.post(seminar_path, {"q": "ase", "person": [people.geir], "handling": "sok"})
    assert "Kari Åsen" not in found.text  # å is a letter of its own
    assert f'value="{people.geir}" checked' in found.text
    found = browser.post(seminar_path, {"q": "åse", "person": [people.geir], "handling": "sok"})
    assert "Kari Åsen" in found.text
    page = browser.follow(browser.post(seminar_path, {"person": [people.kari, people.geir]}))
    assert "2 av 15" in page.text
    clock.instant = NOW.replace(year=2027, month=2, day=1)
    browser.sign_in_as(database, people.tone)
    day_path = f"{seminar_path}/dag/{day_ids(database, int(seminar_path.rpartition('/')[2]))[0]}"
    assert "Kari Åsen" in browser.get(day_path).text
    told = browser.follow(
        browser.post(day_path, {"listed": [people.kari, people.geir], "present": [people.kari], "seen_row": 0})
    )
    assert "1 av 2 til stede" in told.text
    assert f'value="{people.kari}" checked' in browser.get(day_path).text


def test_a_part_with_a_date_missing_names_the_day_and_keeps_the_rest(
    browser: Browser, people: Cast, database: Database
) -> None:
    browser.sign_in_as(database, people.tone)
    answer = browser.post("/samlinger/ny", typed(people, part_1_day_2="", name="Vårsamling"))
    assert answer.status_code == 422
    assert "Fyll ut alle dagene i delen" in answer.text
    assert 'value="Vårsamling"' in answer.text
    assert 'value="2027-02-03"' in answer.text


def test_who_gets_a_seat_is_told_once_and_who_loses_it_too(browser: Browser, people: Cast, database: Database) -> None:
    seminar = plan(database, people.nord, now=NOW, name=HOSTILE, seated=[people.geir])
    browser.sign_in_as(database, people.tone)
    for chosen in ([people.kari, people.geir], [people.kari]):
        browser.post(f"/samlinger/{seminar.id}", {"person": chosen})
    for _click in range(2):
        browser.post(f"/samlinger/{seminar.id}/deltakere/{people.geir}/fjern")
    with database.reading() as session:
        mails = session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all()
    assert [(mail.person_id, mail.name) for mail in mails] == [
        (people.kari, "seminar_seat"),
        (people.geir, "seminar_seat_lost"),
    ]
    assert HOSTILE in mails[0].subject and "Tromsø" in mails[0].text and mails[0].text.count("\n- Del ") == 5
    assert "<script>alert" not in mails[0].html and "<script>alert" not in mails[1].html


def test_nobody_is_mailed_about_a_seminar_that_is_over(
    browser: Browser, people: Cast, database: Database, clock: FrozenClock
) -> None:
    seminar = plan(database, people.nord, now=NOW, seated=[people.geir])
    clock.instant = NOW.replace(year=2027, month=2)
    browser.sign_in_as(database, people.tone)
    browser.post(f"/samlinger/{seminar.id}", {"person": [people.kari]})
    browser.post(f"/samlinger/{seminar.id}/deltakere/{people.geir}/fjern")
    with database.reading() as session:
        assert session.scalars(select(OutboxMail)).all() == []
        assert {row.id for row in queries.participants(session, seminar.id, on=TODAY)} == {people.kari}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"seats": 60}, "Skriv et tall fra 1 til 15"),
        ({"part_1_day_2": "2027-02-20"}, "Alle dagene i del 1 må ligge innenfor 14 dager"),
        ({"part_1_day_3": "2028-02-03"}, "Alle dagene i del 1 må ligge innenfor 14 dager"),
        ({"part_2_day_1": "2027-01-25", "part_2_day_2": "2027-01-26"}, "Del 2 må begynne etter siste dag i del 1"),
    ],
)
def test_a_plan_against_the_rules_is_told_why_and_keeps_what_was_typed(
    browser: Browser, people: Cast, database: Database, wrong: dict[str, object], said: str
) -> None:
    browser.sign_in_as(database, people.tone)
    answer = browser.post("/samlinger/ny", typed(people, **wrong))
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Alta"' in answer.text


def test_a_name_taken_is_said_in_the_form(browser: Browser, people: Cast, database: Database) -> None:
    plan(database, people.nord, now=NOW, name="Vinter")
    browser.sign_in_as(database, people.tone)
    answer = browser.post("/samlinger/ny", typed(people))
    assert answer.status_code == 422
    assert "har allerede en samling som heter Vinter" in answer.text
    assert 'value="Alta"' in answer.text


def test_too_many_for_the_seats_are_told_so_and_stay_ticked(browser: Browser, people: Cast, database: Database) -> None:
    seminar = plan(database, people.nord, now=NOW, seats=1)
    browser.sign_in_as(database, people.tone)
    answer = browser.post(f"/samlinger/{seminar.id}", {"person": [people.kari, people.geir]})
    assert answer.status_code == 422
    assert "Ingen er lagt til" in answer.text
    assert f'value="{people.kari}" checked' in answer.text
    assert f'value="{people.geir}" checked' in answer.text


def test_one_sector_alone_is_warned_about_and_seated_all_the_same(
    browser: Browser, people: Cast, database: Database
) -> None:
    seminar = plan(database, people.nord, now=NOW)
    browser.sign_in_as(database, people.knut)
    page = browser.follow(browser.post(f"/samlinger/{seminar.id}", {"person": people.kari}))
    assert "Ingen fra helsetjenesten har plass ennå" in page.text
    page = browser.follow(browser.post(f"/samlinger/{seminar.id}", {"person": people.geir}))
    assert "har plass ennå" not in page.text


def test_a_list_that_changed_meanwhile_is_shown_again_with_the_ticks_kept(
    browser: Browser, people: Cast, database: Database
) -> None:
    seminar = plan(database, people.nord, now=NOW, seated=[people.kari, people.geir])
    day_id = day_ids(database, seminar.id)[0]
    path = f"/samlinger/{seminar.id}/dag/{day_id}"
    browser.sign_in_as(database, people.tone)
    with database.transaction() as session:
        seminars.seat_people(session, seminar_id=seminar.id, person_ids=[people.mons], now=NOW)
    answer = browser.post(path, {"listed": [people.kari, people.geir], "present": [people.kari], "seen_row": 0})
    assert answer.status_code == 422
    assert "Deltakerlisten er endret" in answer.text
    assert f'value="{people.kari}" checked' in answer.text
    assert "Mons Sørby" in answer.text
    everybody = [people.kari, people.geir, people.mons]
    attend(database, day_id, {people.kari: False, people.geir: False, people.mons: True}, by=people.knut, now=NOW)
    answer = browser.post(path, {"listed": everybody, "present": [people.kari], "seen_row": 0})
    assert answer.status_code == 422
    assert "Noen andre har registrert frammøte" in answer.text
    assert "(registrert nå: ikke møtt)" in answer.text
    with database.reading() as session:
        assert attendance.roll_of(session, day_id).present == {
            people.kari: False,
            people.geir: False,
            people.mons: True,
        }


@pytest.mark.parametrize("junk", [{"listed": "x"}, {"listed": "-1"}, {"seen_row": "9" * 30}, {"present": "9" * 30}])
def test_junk_in_the_list_is_refused_and_nothing_recorded(
    browser: Browser, people: Cast, database: Database, junk: dict[str, str]
) -> None:
    seminar = plan(database, people.nord, now=NOW, seated=[people.kari])
    day_id = day_ids(database, seminar.id)[0]
    browser.sign_in_as(database, people.tone)
    answer = browser.post(
        f"/samlinger/{seminar.id}/dag/{day_id}", {"listed": people.kari, "present": people.kari, "seen_row": 0, **junk}
    )
    assert answer.status_code == 422
    with database.reading() as session:
        assert attendance.roll_of(session, day_id).present == {}


def test_the_day_before_there_is_no_list_to_fill_in(browser: Browser, people: Cast, database: Database) -> None:
    seminar = plan(database, people.nord, now=NOW, seated=[people.kari])
    tomorrow = day_ids(database, seminar.id)[2]
    browser.sign_in_as(database, people.tone)
    page = browser.get(f"/samlinger/{seminar.id}/dag/{tomorrow}")
    assert "Frammøte kan registreres fra 24.11.2026" in page.text
    assert 'name="present"' not in page.text
    answer = browser.post(
        f"/samlinger/{seminar.id}/dag/{tomorrow}", {"listed": people.kari, "present": people.kari, "seen_row": 0}
    )
    assert answer.status_code == 422
    assert "Frammøte kan registreres fra 24.11.2026" in answer.text


def test_home_says_which_days_wait_for_the_trainer_and_which_come_for_the_participant(
    browser: Browser, people: Cast, database: Database
) -> None:
    seminar = plan(database, people.nord, now=NOW, seated=[people.kari])
    browser.sign_in_as(database, people.tone)
    assert browser.get("/").text.count("Frammøte ikke registrert: Grunnopplæring høst") == 2
    attend(database, day_ids(database, seminar.id)[0], {people.kari: True}, by=people.tone, now=NOW)
    assert browser.get("/").text.count("Frammøte ikke registrert: Grunnopplæring høst") == 1
    browser.sign_in_as(database, people.kari)
    page = browser.get("/").text
    assert "De neste samlingsdagene dine" in page
    assert "I dag" in page
    assert "13. januar 2027" in page
    assert "22. november 2026" not in page
    browser.sign_in_as(database, people.terje)
    assert "Frammøte ikke registrert" not in browser.get("/").text


def test_the_list_has_what_is_to_come_first(database: Database, people: Cast) -> None:
    def on(day: date) -> list[Day]:
        return [Day(part=2, number=1, on=day)]

    for name, day in {
        "Gammel": date(2025, 3, 1),
        "Sen": date(2027, 9, 1),
        "I dag": TODAY,
        "Ny": date(2026, 11, 1),
    }.items():
        plan(database, people.nord, now=NOW, name=name, days=on(day), seated=[people.kari])
    plan(database, people.sor, now=NOW, name="Sørpå")
    with database.reading() as session:
        coming, over = queries.seminars_in(session, Reach(paths=("/norge/nord/",)), today=TODAY)
    assert [(line.name, line.seated) for line in coming] == [("I dag", 1), ("Sen", 1)]
    assert [line.name for line in over] == ["Ny", "Gammel"]
