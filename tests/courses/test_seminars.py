"""Planning seminars, seating people, recording attendance: the rules and the verbs."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from courses import seminars
from courses.models.seminars import Attendance, Seminar, SeminarSeat
from courses.queries import fieldwork
from courses.queries import seminars as pages
from courses.seminars import Day, days_of
from courses.services import seminars as services
from lms import audit
from lms.db import Database
from lms.errors import Refused
from lms.people import Person
from lms.verdict import No
from lms.viewer import Reach
from tests import cast
from tests.cast import Cast
from tests.courses.fieldwork import NOW, PART_1, PART_2, TODAY, TOMORROW, attend, day_ids, plan
from tests.limits import statements


def reasons(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in refusal.value.reasons]


# the rules


def test_days_are_numbered_by_date_within_their_part_however_they_were_typed() -> None:
    days = days_of({2: list(reversed(PART_2)), 1: [PART_1[2], PART_1[0], PART_1[1]]})
    assert [(day.part, day.number, day.on) for day in days] == [
        (1, 1, PART_1[0]),
        (1, 2, PART_1[1]),
        (1, 3, PART_1[2]),
        (2, 1, PART_2[0]),
        (2, 2, PART_2[1]),
    ]


def test_a_plan_that_contradicts_itself_is_told_everything_at_once() -> None:
    days = days_of({1: [TODAY, TODAY, PART_2[0]], 2: [PART_2[0]]})
    refused = seminars.plan_problems(days, seats=0)
    assert refused is not None
    assert [reason.code for reason in refused.reasons] == [
        "seminar-day-twice",
        "seminar-part-spread",
        "seminar-part-order",
        "seminar-seats",
    ]
    assert seminars.plan_problems((), seats=15) is not None


@pytest.mark.parametrize(("seats", "holds"), [(0, False), (1, True), (15, True), (16, False), (60, False)])
def test_a_seminar_has_at_most_fifteen_seats(seats: int, holds: bool) -> None:
    assert (seminars.plan_problems(days_of({1: PART_1}), seats=seats) is None) is holds


@pytest.mark.parametrize("part", [1, 2])
def test_the_days_of_a_part_lie_within_two_weeks(part: int) -> None:
    assert seminars.plan_problems(days_of({part: [TODAY, TODAY + timedelta(days=13)]}), seats=15) is None
    refused = seminars.plan_problems(days_of({part: [TODAY, TODAY + timedelta(days=14)]}), seats=15)
    assert refused is not None
    assert [(reason.code, reason.values["part"]) for reason in refused.reasons] == [("seminar-part-spread", part)]


def test_a_seminar_may_hold_part_2_alone() -> None:
    assert seminars.plan_problems(days_of({2: PART_2}), seats=15) is None


@given(seated=st.integers(0, 100), wanted=st.integers(0, 100), seats=st.integers(1, 60))
def test_nobody_is_seated_past_the_last_seat(seated: int, wanted: int, seats: int) -> None:
    refused = seminars.room_for(seated=seated, wanted=wanted, seats=seats)
    assert (refused is None) == (seated + wanted <= seats)
    assert refused is None or refused.reasons[0].values["free"] == max(seats - seated, 0)


@given(
    newest=st.dictionaries(st.integers(1, 20), st.booleans()), given_=st.dictionaries(st.integers(1, 20), st.booleans())
)
def test_a_list_recorded_twice_changes_nothing_the_second_time(
    newest: dict[int, bool], given_: dict[int, bool]
) -> None:
    once = {**newest, **seminars.attendance_changes(newest, given_)}
    assert once == {**newest, **given_}
    assert seminars.attendance_changes(once, given_) == {}


def test_the_sector_nobody_comes_from_is_named() -> None:
    assert seminars.missing_sectors(["nav", "nav"]) == ("helse",)
    assert seminars.missing_sectors(["", "nav", "helse"]) == ()


# the verbs


def test_a_second_click_on_plan_makes_no_second_seminar(database: Database, people: Cast) -> None:
    plan(database, people.nord, now=NOW)
    with pytest.raises(Refused) as refusal:
        plan(database, people.nord, now=NOW, name="  Grunnopplæring høst ")
    assert reasons(refusal) == ["seminar-name-taken"]
    plan(database, people.sor, now=NOW)  # another region may use the name
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Seminar)) == 2


def test_a_full_seminar_takes_nobody_and_seats_none_of_a_list_that_is_too_long(
    database: Database, people: Cast
) -> None:
    seminar = plan(database, people.nord, now=NOW, seats=2, seated=[people.kari])
    with pytest.raises(Refused) as refusal, database.transaction() as session:
        services.seat_people(session, seminar_id=seminar.id, person_ids=[people.geir, people.mons], now=NOW)
    assert reasons(refusal) == ["seminar-full"]
    assert refusal.value.reasons[0].values["free"] == 1
    with database.reading() as session:
        assert [person.id for person in pages.participants(session, seminar.id, on=TODAY)] == [people.kari]


def test_seating_the_same_people_again_takes_no_more_seats(database: Database, people: Cast) -> None:
    seminar = plan(database, people.nord, now=NOW, seats=2, seated=[people.kari, people.geir])
    with database.transaction() as session:
        again = [people.kari, people.geir, people.kari]
        assert services.seat_people(session, seminar_id=seminar.id, person_ids=again, now=NOW) == ()


def test_the_last_seat_goes_to_one_of_those_who_reach_for_it(
    shared_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = seminars.room_for

    def slowly(*, seated: int, wanted: int, seats: int) -> No | None:
        time.sleep(0.1)  # long enough for everybody to have counted the seats, if nothing held them back
        return count(seated=seated, wanted=wanted, seats=seats)

    monkeypatch.setattr(seminars, "room_for", slowly)
    with shared_database.transaction() as session:
        people = cast.assemble(session)
    seminar = plan(shared_database, people.nord, now=NOW, seats=1)
    wanting = [people.kari, people.geir, people.mons, people.knut, people.tone]
    ready = threading.Barrier(len(wanting))
    won: list[int] = []
    lost: list[int] = []

    def reach_for_it(person_id: int) -> None:
        ready.wait()
        try:
            with shared_database.transaction() as session:
                services.seat_people(session, seminar_id=seminar.id, person_ids=[person_id], now=NOW)
            won.append(person_id)
        except Refused:
            lost.append(person_id)

    threads = [threading.Thread(target=reach_for_it, args=(person_id,)) for person_id in wanting]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, len(wanting) - 1)
    with shared_database.reading() as session:
        assert session.scalars(select(SeminarSeat.person_id)).all() == won


def test_attendance_waits_for_the_day_in_oslo(database: Database, people: Cast) -> None:
    seminar = plan(database, people.nord, now=NOW, seated=[people.kari])
    third_day = day_ids(database, seminar.id)[2]
    almost = NOW + timedelta(hours=11, minutes=59)
    with pytest.raises(Refused) as refusal:
        attend(database, third_day, {people.kari: True}, by=people.tone, now=almost)
    assert reasons(refusal) == ["attendance-too-early"]
    assert attend(database, third_day, {people.kari: True}, by=people.tone, now=NOW + timedelta(hours=12)) == 1


def test_a_correction_is_a_new_row_and_the_newest_counts(database: Database, people: Cast) -> None:
    seminar = plan(database, people.nord, now=NOW, seated=[people.kari, people.geir])
    first_day = day_ids(database, seminar.id)[0]
    attend(database, first_day, {people.kari: True, people.geir: True}, by=people.tone, now=NOW)
    assert attend(database, first_day, {people.kari: True, people.geir: False}, by=people.knut, now=NOW) == 1
    with database.reading() as session:
        rows = session.execute(select(Attendance.person_id, Attendance.present).order_by(Attendance.id)).all()
        days = fieldwork.attended_days(session, [people.kari, people.geir])
        assert audit.verify(session) == []
        decided = session.scalars(select(audit.AuditEntry.actor_id).order_by(audit.AuditEntry.number)).all()
    assert len(rows) == 3
    assert [day.recorded_by_name for day in days[people.kari]] == ["Tone Bjørnevik"]
    assert days[people.geir] == ()
    assert decided == [people.tone, people.knut]


def test_the_same_list_sent_again_writes_nothing(database: Database, people: Cast) -> None:
    seminar = plan(database, people.nord, now=NOW, seated=[people.kari])
    first_day = day_ids(database, seminar.id)[0]
    attend(database, first_day, {people.kari: False}, by=people.tone, now=NOW)
    assert attend(database, first_day, {people.kari: False}, by=people.tone, now=NOW) == 0
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Attendance)) == 1
        assert session.scalar(select(func.count()).select_from(audit.AuditEntry)) == 1


def test_nobody_records_the_own_attendance_neither_here_nor_in_the_table(database: Database, people: Cast) -> None:
    seminar = plan(database, people.nord, now=NOW, seated=[people.kari, people.tone])
    first_day = day_ids(database, seminar.id)[0]
    with pytest.raises(Refused) as refusal:
        attend(database, first_day, {people.kari: True, people.tone: True}, by=people.tone, now=NOW)
    assert reasons(refusal) == ["attendance-by-oneself"]
    attend(database, first_day, {people.kari: True}, by=people.tone, now=NOW)
    with database.reading() as session:
        missing = pages.days_without_attendance(session, Reach(paths=("/norge/nord/",)), today=PART_1[0])
        assert [day.missing for day in missing] == [1]  # somebody else has to say a word about Tone
    with pytest.raises(IntegrityError, match="not_by_oneself"), database.transaction() as session:
        session.add(
            Attendance(
                seminar_day_id=first_day, person_id=people.tone, present=True, recorded_by=people.tone, recorded_at=NOW
            )
        )


def test_who_has_attended_stays_on_the_list_until_the_attendance_is_corrected(database: Database, people: Cast) -> None:
    seminar = plan(database, people.nord, now=NOW, seated=[people.kari])
    first_day = day_ids(database, seminar.id)[0]

    def unseat() -> bool:
        with database.transaction() as session:
            person = session.get_one(Person, people.kari)
            return services.unseat_person(session, seminar_id=seminar.id, person=person, by=people.tone, now=NOW)

    attend(database, first_day, {people.kari: True}, by=people.tone, now=NOW)
    with pytest.raises(Refused) as refusal:
        unseat()
    assert reasons(refusal) == ["seat-attended"]
    attend(database, first_day, {people.kari: False}, by=people.tone, now=NOW)
    assert unseat() is True
    assert unseat() is False


def test_evidence_counts_the_days_of_the_part_and_plans_only_what_is_later(database: Database, people: Cast) -> None:
    seminar = plan(database, people.nord, now=NOW, seated=[people.kari])
    plan(database, people.nord, now=NOW, name="Del 2 alene", days=[Day(part=2, number=1, on=PART_2[0])])
    days = day_ids(database, seminar.id)
    for day_id in days[:2]:
        attend(database, day_id, {people.kari: True}, by=people.tone, now=NOW)
    with database.reading() as session:
        attended = fieldwork.attended_days(session, [people.kari, people.stian])
        planned = fieldwork.planned_days(session, [people.kari, people.stian], after=TODAY)
    assert [(day.part, day.day_number, day.of_days, day.on) for day in attended[people.kari]] == [
        (1, 1, 3, PART_1[0]),
        (1, 2, 3, PART_1[1]),
    ]
    assert [day.on for day in planned[people.kari]] == [TOMORROW, *PART_2]
    assert (attended[people.stian], planned[people.stian]) == ((), ())


@pytest.mark.parametrize("asked", [1, 8])
def test_the_evidence_of_many_takes_as_many_queries_as_that_of_one(
    database: Database, people: Cast, asked: int
) -> None:
    everybody = [
        people.kari,
        people.geir,
        people.mons,
        people.knut,
        people.sonja,
        people.terje,
        people.stian,
        people.ari,
    ]
    seminar = plan(database, people.nord, now=NOW, seated=everybody)
    for day_id in day_ids(database, seminar.id)[:2]:
        attend(database, day_id, dict.fromkeys(everybody, True), by=people.tone, now=NOW)
    with database.reading() as session, statements(database) as said:
        ids = everybody[:asked]
        assert len(fieldwork.attended_days(session, ids)[people.kari]) == 2
        assert len(fieldwork.planned_days(session, ids, after=TODAY)) == asked
        fieldwork.visits_of(session, ids)
        fieldwork.deliveries_of(session, ids)
        fieldwork.gatherings_of(session, ids)
        fieldwork.mentors_of(session, ids)
    assert len(said) == 8, said
