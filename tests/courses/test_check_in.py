"""Checking in with the code shown in the room: only there, only that day, never for oneself alone."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from courses import attendance as rules
from courses.models.attendance import CheckIn
from courses.models.seminars import Attendance, Seminar, SeminarDay
from courses.queries import fieldwork
from courses.services import checking_in
from lms import audit
from lms.clock import FrozenClock
from lms.db import Database
from lms.errors import Refused
from tests import cast
from tests.cast import Cast
from tests.clients import Browser
from tests.courses.fieldwork import NOW, attend, day_ids, plan

INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))


def today_of(database: Database, seminar: Seminar) -> int:
    return day_ids(database, seminar.id)[1]


def opened(database: Database, seminar: Seminar, by: int, now: datetime = NOW) -> str:
    """Open the check-in of today; returns the code."""
    with database.transaction() as session:
        day = session.get_one(SeminarDay, today_of(database, seminar))
        return rules.code_at(checking_in.open_check_in(session, day=day, by=by, now=now).secret, now)


def check_in(database: Database, person_id: int, code: str, now: datetime = NOW) -> None:
    with database.transaction() as session:
        checking_in.check_in(session, person_id=person_id, code=code, now=now)


def refused(database: Database, person_id: int, code: str, now: datetime = NOW) -> str:
    with pytest.raises(Refused) as refusal:
        check_in(database, person_id, code, now)
    return refusal.value.reasons[0].code


# the rules


@given(secret=st.text(min_size=1), now=INSTANTS)
def test_a_code_is_good_for_five_to_ten_minutes(secret: str, now: datetime) -> None:
    code, turns = rules.code_at(secret, now), rules.turns_at(now)
    assert len(code) == 6 and code.isdigit()
    assert timedelta(0) < turns - now <= rules.TURN
    assert rules.code_at(secret, turns - timedelta(seconds=1)) == code or turns - now < timedelta(seconds=1)
    assert rules.is_good(secret, code, turns + rules.TURN - timedelta(seconds=1))
    later = rules.code_at(secret, turns + rules.TURN), rules.code_at(secret, turns)
    assert rules.is_good(secret, code, turns + rules.TURN) is (code in later)


@given(now=INSTANTS)
def test_another_secret_has_other_codes(now: datetime) -> None:
    assert len({rules.code_at(f"secret {n}", now) for n in range(20)}) > 15


@given(typed=st.text())
def test_whatever_is_typed_is_read_as_digits(typed: str) -> None:
    assert set(rules.typed_code(typed)) <= set("0123456789")
    assert not rules.is_good("s", "٣٣٣٣٣٣", NOW)
    assert rules.typed_code(" 482 913") == rules.typed_code("482-913") == "482913"


# the verbs


@pytest.fixture
def seminar(database: Database, people: Cast) -> Seminar:
    return plan(database, people.nord, now=NOW, seated=[people.kari, people.geir])


def test_who_is_in_the_room_is_recorded_once_with_the_trainer_as_the_one_who_vouches(
    database: Database, people: Cast, seminar: Seminar
) -> None:
    code = opened(database, seminar, people.tone)
    for _click in range(2):
        check_in(database, people.kari, code)
    with database.reading() as session:
        (row,) = session.scalars(select(Attendance)).all()
        (day,) = fieldwork.attended_days(session, [people.kari])[people.kari]
        assert audit.verify(session) == []
        last = session.scalars(select(audit.AuditEntry).order_by(audit.AuditEntry.number.desc())).first()
    assert (row.person_id, row.present, row.recorded_by) == (people.kari, True, people.tone)
    assert row.check_in_id is not None
    assert (day.part, day.day_number, day.recorded_by_name) == (1, 2, "Tone Bjørnevik")
    assert last is not None and (last.action, last.actor_id) == ("checked-in", people.kari)


def test_a_code_opens_nothing_for_others_elsewhere_or_another_day(
    database: Database, people: Cast, seminar: Seminar
) -> None:
    other = plan(database, people.nord, now=NOW, name="En annen", seated=[people.stian])
    code, theirs = opened(database, seminar, people.tone), opened(database, other, people.tone)
    assert refused(database, people.mons, code) == "check-in-no-day"
    assert refused(database, people.stian, code) == "check-in-code-wrong"
    assert refused(database, people.kari, theirs) == "check-in-code-wrong"
    assert refused(database, people.kari, code, NOW + timedelta(minutes=11)) == "check-in-code-wrong"
    assert refused(database, people.kari, code, NOW + timedelta(days=60)) == "check-in-no-day"
    assert refused(database, people.kari, "") == "check-in-code-wrong"


def test_yesterdays_check_in_is_over_even_with_a_code_of_now(
    database: Database, people: Cast, seminar: Seminar
) -> None:
    opened(database, seminar, people.tone)
    tomorrow = NOW + timedelta(days=1)
    with database.reading() as session:
        secret = session.scalars(select(CheckIn.secret)).one()
    assert refused(database, people.kari, rules.code_at(secret, tomorrow), tomorrow) == "check-in-code-wrong"
    with pytest.raises(Refused), database.transaction() as session:
        day = session.get_one(SeminarDay, today_of(database, seminar))
        checking_in.open_check_in(session, day=day, by=people.tone, now=tomorrow)


def test_a_closed_check_in_is_closed_and_opening_it_again_turns_the_code(
    database: Database, people: Cast, seminar: Seminar
) -> None:
    code = opened(database, seminar, people.tone)
    assert opened(database, seminar, people.knut) == code, "two trainers show the same"
    with database.transaction() as session:
        day = session.get_one(SeminarDay, today_of(database, seminar))
        checking_in.close_check_in(session, day=day, by=people.tone, now=NOW)
        checking_in.close_check_in(session, day=day, by=people.tone, now=NOW)
    assert refused(database, people.kari, code) == "check-in-code-wrong"
    assert opened(database, seminar, people.knut) != code
    assert refused(database, people.kari, code) == "check-in-code-wrong"


def test_the_trainers_word_counts_over_the_check_in(database: Database, people: Cast, seminar: Seminar) -> None:
    day, code = today_of(database, seminar), opened(database, seminar, people.tone)
    check_in(database, people.kari, code)
    attend(database, day, {people.kari: False, people.geir: False}, by=people.tone, now=NOW)
    assert refused(database, people.kari, code) == "check-in-said-absent"
    assert refused(database, people.geir, code) == "check-in-said-absent"
    attend(database, day, {people.kari: True, people.geir: False}, by=people.tone, now=NOW)
    check_in(database, people.kari, code)
    with database.reading() as session:
        assert len(fieldwork.attended_days(session, [people.kari])[people.kari]) == 1
        assert fieldwork.attended_days(session, [people.geir])[people.geir] == ()


def test_a_list_read_before_somebody_checked_in_takes_nothing_from_them(
    browser: Browser, database: Database, people: Cast, seminar: Seminar
) -> None:
    """While phones check in one by one, the trainer can still save; a later look may say otherwise."""
    code, path = opened(database, seminar, people.tone), f"/samlinger/{seminar.id}/dag/{today_of(database, seminar)}"
    tone = browser.sign_in_as(database, people.tone)
    tone.get(path)
    check_in(database, people.kari, code)
    assert "1 av 2 til stede" in tone.submit("Lagre frammøtet").text
    with database.reading() as session:
        words = {row.person_id: row.present for row in session.scalars(select(Attendance))}
    assert words == {people.kari: True, people.geir: False}
    tone.get(path)
    assert "0 av 2 til stede" in tone.submit("Lagre frammøtet", present=[]).text


def test_nobody_checks_in_with_the_code_they_opened_neither_here_nor_in_the_table(
    database: Database, people: Cast
) -> None:
    seminar = plan(database, people.nord, now=NOW, seated=[people.tone])
    code = opened(database, seminar, people.tone)
    assert refused(database, people.tone, code) == "attendance-by-oneself"
    day = today_of(database, seminar)
    with database.reading() as session:
        check = session.scalars(select(CheckIn.id)).one()
    facts = {"seminar_day_id": day, "person_id": people.tone, "recorded_at": NOW, "check_in_id": check}
    with pytest.raises(IntegrityError, match="not_by_oneself"), database.transaction() as session:
        session.add(Attendance(**facts, present=True, recorded_by=people.tone))
    with pytest.raises(IntegrityError, match="check_in_present"), database.transaction() as session:
        session.add(Attendance(**facts, present=False, recorded_by=people.knut))


def test_many_phones_and_three_clicks_each_make_one_word_a_person(shared_database: Database) -> None:
    with shared_database.transaction() as session:
        people = cast.assemble(session)
    members = [people.kari, people.geir, people.mons, people.stian]
    seminar = plan(shared_database, people.nord, now=NOW, seated=members)
    code, errors = opened(shared_database, seminar, people.tone), []
    clicks = [member for member in members for _click in range(3)]
    ready = threading.Barrier(len(clicks))

    def click(person_id: int) -> None:
        ready.wait()
        try:
            check_in(shared_database, person_id, code)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=click, args=(person_id,)) for person_id in clicks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with shared_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Attendance)) == len(members)
        assert audit.verify(session) == []


# the pages


def test_from_the_screen_to_the_phone_and_back_to_the_list(
    browser: Browser, people: Cast, database: Database, seminar: Seminar
) -> None:
    tone, kari = browser.sign_in_as(database, people.tone), Browser(browser.app).sign_in_as(database, people.kari)
    path = f"/samlinger/{seminar.id}/dag/{today_of(database, seminar)}"
    tone.get(path)
    tone.click("La deltakerne sjekke inn selv, med en kode på skjermen i rommet")
    shown = tone.submit("Åpne innsjekkingen")
    code = shown.text.partition('<p class="code">')[2].partition("</p>")[0]
    assert "data:image/svg+xml" in shown.text
    assert "0 av 2 er registrert" in shown.text
    kari.get("/")
    kari.click("Sjekk inn")
    wrong = kari.submit("Sjekk inn", kode="000 00x")
    assert wrong.status_code == 422
    assert "Koden stemmer ikke" in wrong.text and 'value="000 00x"' in wrong.text
    assert "Du er sjekket inn" in kari.submit("Sjekk inn", kode=code).text
    assert "Du er registrert som til stede" in kari.get("/innsjekk").text
    assert "1 av 2 er registrert" in tone.get(f"{path}/innsjekk").text
    listed = tone.get(path).text
    assert "sjekket inn selv" in listed and f'value="{people.kari}" checked' in listed
    tone.get(f"{path}/innsjekk")
    assert "Når du åpner, vises en kode her" in tone.submit("Lukk innsjekkingen").text


def test_the_code_in_the_picture_fills_the_field_and_changes_nothing_by_itself(
    browser: Browser, people: Cast, database: Database, seminar: Seminar
) -> None:
    code = opened(database, seminar, people.tone)
    browser.sign_in_as(database, people.kari)
    assert f'value="{code}"' in browser.get(f"/innsjekk?kode={code}").text
    with database.reading() as session:
        assert session.scalars(select(Attendance)).all() == []


def test_guessing_is_stopped_for_the_guesser_alone(
    browser: Browser, people: Cast, database: Database, seminar: Seminar, clock: FrozenClock
) -> None:
    code = opened(database, seminar, people.tone)
    browser.sign_in_as(database, people.kari)
    answers = [browser.post("/innsjekk", {"kode": f"{n:06}"}).status_code for n in range(11)]
    assert answers == [422] * 10 + [429]
    assert browser.post("/innsjekk", {"kode": code}).status_code == 429
    geir = Browser(browser.app).sign_in_as(database, people.geir)
    assert geir.post("/innsjekk", {"kode": code}).status_code == 303
