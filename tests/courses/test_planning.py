"""A seminar's plan: what is warned about, what people are told when it changes, who runs it, and calling it off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import time, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from courses import planning as rules
from courses.models.booking import SeatEvent
from courses.models.seminars import Attendance, Seminar, SeminarSeat, TrainerSubstitution
from courses.planning import Change, Plan, Substitution
from courses.queries import fieldwork
from courses.queries import planning as queries
from courses.seminars import Track, days_of
from courses.services import planning, seminars
from lms import audit
from lms.db import Database
from lms.errors import Refused
from lms.outbox import OutboxMail
from lms.people import Person
from tests.cast import Cast
from tests.courses import cohorts
from tests.courses.cohorts import PART_1, PART_2
from tests.courses.fieldwork import NOW, TODAY, attend, day_ids, plan

PLAN = Plan(name="Vinter", place="Tromsø", seats=15, days=days_of({1: PART_1, 2: PART_2}))


def with_day(of: Plan, key: tuple[int, int], **new: object) -> Plan:
    days = tuple(replace(day, **new) if day.key == key else day for day in of.days)  # type: ignore[arg-type]
    return replace(of, days=days)


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in refusal.value.reasons]


def mails(database: Database, name: str) -> list[OutboxMail]:
    with database.reading() as session:
        return list(session.scalars(select(OutboxMail).where(OutboxMail.name == name).order_by(OutboxMail.person_id)))


@pytest.mark.parametrize(("gap", "warned"), [(20, True), (21, False), (30, False), (45, False), (46, True)])
def test_a_part_2_that_is_not_about_a_month_later_is_warned_about(gap: int, warned: bool) -> None:
    second = [PART_1[-1] + timedelta(days=gap), PART_1[-1] + timedelta(days=gap + 1)]
    found = rules.warnings(days_of({1: PART_1, 2: second}))
    assert [reason.values["days"] for reason in found] == ([gap] if warned else [])
    assert rules.warnings(days_of({2: second})) == ()


def test_dates_hours_and_places_are_changes_programmes_and_seats_are_none() -> None:
    assert rules.changes(PLAN, replace(with_day(PLAN, (1, 1), programme="Nytt"), seats=8)) == ()
    moved = with_day(PLAN, (1, 2), starts=time(10), place="Alta")
    (change,) = rules.changes(PLAN, moved)
    assert (change.part, change.number, change.was, change.now) == (
        1,
        2,
        PLAN.when(PLAN.days[1]),
        moved.when(moved.days[1]),
    )
    assert len(rules.changes(PLAN, replace(PLAN, place="Bodø"))) == 5
    assert rules.changes(PLAN, with_day(PLAN, (1, 1), place="Tromsø")) == ()  # the same place, said twice


def test_a_sector_that_gets_a_place_of_its_own_is_told_and_the_other_is_not() -> None:
    parted = with_day(
        PLAN, (1, 3), tracks=(Track(sector="nav", place="NAV Tromsø"), Track(sector="helse", programme="x"))
    )
    assert [(each.sector, each.now.place) for each in rules.changes(PLAN, parted)] == [("nav", "NAV Tromsø")]
    later = with_day(parted, (1, 3), ends=time(15))
    assert [each.sector for each in rules.changes(parted, later)] == ["", "nav"]


@given(
    st.permutations(range(4)), st.lists(st.tuples(st.integers(0, 5), st.integers(6, 9), st.integers(0, 10)), max_size=5)
)
def test_there_are_as_many_trainers_as_were_given_the_seminar_whoever_takes_over(
    order: Sequence[int], changes: list[tuple[int, int, int]]
) -> None:
    assigned = list(order[:3])
    substitutions = [
        Substitution(absent_id=a, substitute_id=b * 10 + n, from_on=TODAY + timedelta(days=d))
        for n, (a, b, d) in enumerate(changes)
    ]
    for day in range(12):
        there = rules.trainers_on(TODAY + timedelta(days=day), assigned, substitutions)
        assert sorted(there.values()) == sorted(assigned)


def test_who_took_over_can_be_taken_over_from() -> None:
    changes = [
        Substitution(absent_id=1, substitute_id=2, from_on=PART_1[1]),
        Substitution(absent_id=2, substitute_id=3, from_on=PART_2[0]),
    ]
    assert [list(rules.trainers_on(day, [1], changes)) for day in (PART_1[0], PART_1[1], PART_2[0])] == [[1], [2], [3]]
    assert [rules.stands_in_for(1, day, changes) for day in (PART_1[0], PART_1[1], PART_2[0])] == [1, 2, 3]
    problem = rules.substitution_problems(
        Substitution(absent_id=1, substitute_id=3, from_on=PART_2[1] + timedelta(days=1)),
        assigned=[1, 3],
        before=changes[:1],
        last_on=PART_2[1],
    )
    assert problem is not None
    assert [each.code for each in problem.reasons] == [
        "substitute-for-nobody",
        "substitute-already-there",
        "substitute-too-late",
    ]


# the verbs


@pytest.fixture
def winter(in_app: Flask, database: Database, people: Cast) -> int:
    """A seminar with Kari and Geir, run by Tone."""
    with database.transaction() as session:
        seminar = cohorts.open_cohort(session, people.nord, by=people.tone, seated=[people.kari, people.geir])
        planning.set_trainers(
            session, seminar_id=seminar, person_ids=[people.tone], lead_id=people.tone, by=people.knut, now=NOW
        )
    return seminar


def change(database: Database, seminar_id: int, to: Plan, *, by: int, seen: int = 0) -> tuple[Change, ...]:
    with database.transaction() as session:
        return planning.change_plan(session, seminar_id=seminar_id, plan=to, seen_revision=seen, by=by, now=NOW)


def test_everybody_seated_is_told_old_and_new_and_the_revision_rises(
    database: Database, people: Cast, winter: int
) -> None:
    moved = [day + timedelta(days=1) for day in PART_1]  # every day onto the date of the next
    new = replace(PLAN, days=days_of({1: moved, 2: PART_2}))
    assert len(change(database, winter, with_day(new, (1, 1), starts=time(10)), by=people.knut)) == 3
    told = mails(database, "seminar_changed")
    assert [mail.person_id for mail in told] == sorted([people.kari, people.geir, people.tone])
    assert "11. januar 2027 kl. 09.00" in told[0].text and "12. januar 2027 kl. 10.00" in told[0].text
    assert "9. februar" not in told[0].text
    assert cohorts.seminar_of(database, winter).revision == 1
    with database.reading() as session:
        planned = fieldwork.planned_days(session, [people.kari], after=TODAY)[people.kari]
    assert [day.on for day in planned] == [*moved, *PART_2]


def test_a_plan_saved_unchanged_or_with_a_new_programme_mails_nobody(
    database: Database, people: Cast, winter: int
) -> None:
    assert change(database, winter, PLAN, by=people.tone) == ()
    tracks = (Track(sector="nav", programme="IGLO", trainer_id=people.tone),)
    assert change(database, winter, with_day(PLAN, (1, 3), programme="- 09 Start", tracks=tracks), by=people.tone) == ()
    assert mails(database, "seminar_changed") == []
    with database.reading() as session:
        seminar = session.get_one(Seminar, winter)
        kept = queries.plan_of(session, seminar)
        assert queries.track_trainers(session, seminar, kept) == {((1, 3), "nav"): "Tone Bjørnevik"}
    assert (seminar.revision, kept.days[2].programme, kept.days[2].tracks) == (0, "- 09 Start", tracks)


def test_a_day_with_attendance_keeps_its_date_and_hours_and_the_others_may_change(
    in_app: Flask, database: Database, people: Cast
) -> None:
    seminar = plan(database, people.nord, now=NOW, seated=[people.kari])
    attend(database, day_ids(database, seminar.id)[0], {people.kari: True}, by=people.tone, now=NOW)
    with database.reading() as session:
        old = queries.plan_of(session, session.get_one(Seminar, seminar.id))
    with pytest.raises(Refused) as refusal:
        change(database, seminar.id, with_day(old, (1, 1), ends=time(15)), by=people.tone)
    assert codes(refusal) == ["seminar-day-attended"]
    with pytest.raises(Refused):  # another place for the whole seminar is another place that day
        change(database, seminar.id, replace(old, place="Alta"), by=people.tone)
    assert len(change(database, seminar.id, with_day(old, (1, 2), ends=time(15)), by=people.tone)) == 1


def test_a_plan_against_the_rules_changes_nothing(database: Database, people: Cast, winter: int) -> None:
    with pytest.raises(Refused) as refusal:
        change(database, winter, replace(PLAN, days=PLAN.days[:3], seats=1), by=people.tone)
    assert codes(refusal) == ["seminar-day-kept", "seminar-day-kept", "seminar-seats-taken"]
    with pytest.raises(Refused) as refusal:
        change(database, winter, with_day(PLAN, (1, 1), starts=time(16)), by=people.tone)
    assert codes(refusal) == ["seminar-hours"]
    with pytest.raises(Refused) as refusal:
        change(database, winter, replace(PLAN, place="Alta"), by=people.tone, seen=7)
    assert codes(refusal) == ["seminar-changed-meanwhile"]
    with database.reading() as session:
        assert queries.plan_of(session, session.get_one(Seminar, winter)) == PLAN
    assert mails(database, "seminar_changed") == []


def test_a_seminar_called_off_tells_everybody_frees_the_seats_and_counts_for_nobody(
    database: Database, people: Cast, winter: int
) -> None:
    with database.transaction() as session:
        told = planning.cancel_seminar(session, seminar_id=winter, reason="For få <påmeldte>", by=people.knut, now=NOW)
    assert told == tuple(sorted([people.kari, people.geir]))
    with database.transaction() as session:
        assert planning.cancel_seminar(session, seminar_id=winter, reason="igjen", by=people.knut, now=NOW) == ()
    sent = mails(database, "seminar_cancelled")
    assert [mail.person_id for mail in sent] == sorted([people.kari, people.geir, people.tone])
    assert "For få <påmeldte>" in sent[0].text
    row = cohorts.seminar_of(database, winter)
    assert (row.revision, row.cancelled_by, row.cancelled_why) == (1, people.knut, "For få <påmeldte>")
    with database.reading() as session:
        assert session.scalars(select(SeminarSeat)).all() == []
        assert fieldwork.planned_days(session, [people.kari], after=TODAY)[people.kari] == ()
        kept = session.scalars(select(SeatEvent).where(SeatEvent.kind == "seminar_cancelled")).all()
        assert {(each.person_id, each.reason) for each in kept} == {(who, "For få <påmeldte>") for who in told}
        assert audit.verify(session) == []
    with pytest.raises(Refused) as refusal, database.transaction() as session:
        seminars.seat_people(session, seminar_id=winter, person_ids=[people.mons], now=NOW, by=people.tone)
    assert codes(refusal) == ["seminar-is-cancelled"]


def test_a_day_attended_before_the_seminar_was_called_off_still_counts(
    in_app: Flask, database: Database, people: Cast
) -> None:
    seminar = plan(database, people.nord, now=NOW, seated=[people.kari, people.geir])
    first = day_ids(database, seminar.id)[0]
    attend(database, first, {people.kari: True, people.geir: False}, by=people.tone, now=NOW)
    with database.transaction() as session:
        planning.cancel_seminar(session, seminar_id=seminar.id, reason="Snøstorm", by=people.tone, now=NOW)
    with database.reading() as session:
        assert len(fieldwork.attended_days(session, [people.kari])[people.kari]) == 1
        assert fieldwork.planned_days(session, [people.kari], after=TODAY)[people.kari] == ()
        assert session.scalars(select(SeminarSeat.person_id)).all() == [people.kari]  # so that it can be corrected
        assert len(session.scalars(select(Attendance)).all()) == 2


def test_a_substitute_takes_over_and_both_are_told_why(database: Database, people: Cast, winter: int) -> None:
    wanted = Substitution(absent_id=people.tone, substitute_id=people.knut, from_on=PART_2[0])
    with database.transaction() as session:
        planning.substitute(session, seminar_id=winter, wanted=wanted, reason="Permisjon", by=people.knut, now=NOW)
    with pytest.raises(Refused), database.transaction() as session:
        planning.substitute(session, seminar_id=winter, wanted=wanted, reason="igjen", by=people.knut, now=NOW)
    with database.reading() as session:
        before = queries.trainers_of(session, winter, on=PART_1[0])
        after = queries.trainers_of(session, winter, on=PART_2[0])
        row = session.scalars(select(TrainerSubstitution)).one()
        assert audit.verify(session) == []
    assert [(each.name, each.leads, each.for_name) for each in before] == [("Tone Bjørnevik", True, "")]
    assert [(each.name, each.leads, each.for_name) for each in after] == [("Knut Nordli", True, "Tone Bjørnevik")]
    assert (row.from_date, row.reason, row.decided_by) == (PART_2[0], "Permisjon", people.knut)
    sent = {mail.person_id: mail.text for mail in mails(database, "trainer_substitute")}
    assert set(sent) == {people.tone, people.knut}
    assert "Du tar over for Tone" in sent[people.knut] and "Knut Nordli tar over for deg" in sent[people.tone]
    assert all("Permisjon" in text and "januar" not in text for text in sent.values())


def test_who_is_given_a_seminar_has_the_trainer_s_role_in_its_region(
    in_app: Flask, database: Database, people: Cast, winter: int
) -> None:
    with database.reading() as session:
        around = queries.trainers_around(session, session.get_one(Seminar, winter), on=TODAY)
    assert [person.id for person in around] == [people.tone]
    with pytest.raises(Refused) as refusal, database.transaction() as session:
        planning.set_trainers(
            session, seminar_id=winter, person_ids=[people.tone], lead_id=people.knut, by=people.tone, now=NOW
        )
    assert codes(refusal) == ["lead-is-no-trainer"]


def test_who_has_left_is_not_mailed_about_a_change(database: Database, people: Cast, winter: int) -> None:
    with database.transaction() as session:
        session.get_one(Person, people.geir).deactivated_at = NOW
    change(database, winter, replace(PLAN, place="Alta"), by=people.tone)
    assert [mail.person_id for mail in mails(database, "seminar_changed")] == [people.kari]
