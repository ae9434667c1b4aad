"""Booking, waiting, offers, giving up and moving, one after the other: what the tables and the mails say."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from courses.jobs.booking import pass_on_offers
from courses.models.booking import SeatEvent, WaitingEntry
from courses.models.seminars import Seminar
from courses.queries import booking as queries
from courses.queries import fieldwork
from courses.services import booking, seminars
from courses.services.booking import Outcome
from lms import audit
from lms.clock import at_local
from lms.db import Database
from lms.errors import Refused
from lms.features import Work
from lms.outbox import OutboxMail
from lms.people import Person
from lms.units import Sector
from tests.cast import Cast
from tests.courses import cohorts
from tests.courses.cohorts import BOTH, PART_1, STARTS_AT, entries, seated
from tests.courses.fieldwork import NOW, TODAY, attend, day_ids, plan

HOUR = timedelta(hours=1)
OFFER = timedelta(hours=48)


def book(database: Database, seminar: int, who: int, *, now: datetime = NOW) -> Outcome:
    with database.transaction() as session:
        return booking.book(session, seminar_id=seminar, person_id=who, needed=BOTH, now=now)


def give_up(database: Database, seminar: int, who: int, *, now: datetime = NOW) -> bool:
    with database.transaction() as session:
        return booking.give_up(session, seminar_id=seminar, person_id=who, now=now)


def accept(database: Database, seminar: int, who: int, *, now: datetime = NOW) -> Outcome:
    with database.transaction() as session:
        return booking.accept(session, seminar_id=seminar, person_id=who, needed=BOTH, now=now)


def mailed(database: Database, name: str) -> list[int]:
    with database.reading() as session:
        return list(
            session.scalars(select(OutboxMail.person_id).where(OutboxMail.name == name).order_by(OutboxMail.id))
        )


def happened(database: Database, who: int) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(SeatEvent.kind).where(SeatEvent.person_id == who).order_by(SeatEvent.id)))


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in refusal.value.reasons]


@pytest.fixture
def full(in_app: Flask, database: Database, people: Cast) -> int:
    """A seminar with one seat, which Geir has; Kari and then Mons wait."""
    with database.transaction() as session:
        seminar = cohorts.open_cohort(session, people.nord, by=people.tone, seats=1, seated=[people.geir])
    assert book(database, seminar, people.kari) == Outcome(seated=False, position=1)
    assert book(database, seminar, people.mons) == Outcome(seated=False, position=2)
    return seminar


def test_a_second_click_is_the_same_booking_and_the_same_place_in_the_line(
    database: Database, people: Cast, full: int
) -> None:
    assert book(database, full, people.kari) == Outcome(seated=False, position=1)
    assert book(database, full, people.geir) == Outcome(seated=True)
    assert len(entries(database, full)) == 2
    with pytest.raises(IntegrityError, match="waiting_entry"), database.transaction() as session:
        session.add(WaitingEntry(seminar_id=full, person_id=people.kari, joined_at=NOW))


def test_a_seat_given_up_is_offered_to_the_first_who_takes_it(database: Database, people: Cast, full: int) -> None:
    assert give_up(database, full, people.geir) is True
    assert give_up(database, full, people.geir) is False
    first, second = entries(database, full)
    assert (first.offer_ends_at, second.offered_at) == (NOW + OFFER, None)
    assert mailed(database, "seat_offer") == [people.kari]
    assert seated(database, full) == set()
    assert book(database, full, people.knut) == Outcome(seated=False, position=2)  # it is promised
    assert accept(database, full, people.kari, now=NOW + OFFER - timedelta(seconds=1)) == Outcome(seated=True)
    assert accept(database, full, people.kari, now=NOW + OFFER) == Outcome(seated=True)  # a second click
    assert seated(database, full) == {people.kari}
    assert mailed(database, "seminar_seat") == [people.kari]
    assert happened(database, people.kari) == ["queued", "offered", "accepted"]
    assert happened(database, people.geir) == ["seated", "gave_up"]


def test_an_offer_that_ran_out_gets_no_seat_though_no_job_has_run(database: Database, people: Cast, full: int) -> None:
    give_up(database, full, people.geir)
    late = NOW + OFFER
    with pytest.raises(Refused) as refusal:
        accept(database, full, people.kari, now=late)
    assert codes(refusal) == ["offer-ran-out"]
    with database.reading() as session:
        assert [each.person_id for each in queries.line_of(session, full, now=late)] == [people.mons]
        assert [each.person_id for each in queries.line_of(session, full, now=late - HOUR)] == [
            people.kari,
            people.mons,
        ]
    # whoever comes first passes it on: it is Mons's now, and Knut waits behind
    assert book(database, full, people.knut, now=late) == Outcome(seated=False, position=1)
    assert mailed(database, "seat_offer") == [people.kari, people.mons]
    assert mailed(database, "seat_offer_over") == [people.kari]
    ran_out = entries(database, full)[0]
    assert (ran_out.outcome, ran_out.ended_at) == ("ran_out", late)
    with pytest.raises(Refused) as refusal:
        accept(database, full, people.kari, now=late)
    assert codes(refusal) == ["offer-ran-out"]
    assert book(database, full, people.kari, now=late) == Outcome(seated=False, position=2)  # the end of the line


def test_no_thanks_goes_to_the_next_at_once(database: Database, people: Cast, full: int) -> None:
    give_up(database, full, people.geir)
    with database.transaction() as session:
        assert booking.leave_line(session, seminar_id=full, person_id=people.kari, now=NOW + HOUR)
    with database.transaction() as session:
        assert not booking.leave_line(session, seminar_id=full, person_id=people.kari, now=NOW + HOUR)
    declined, offered = entries(database, full)
    assert (declined.outcome, offered.offer_ends_at) == ("declined", NOW + HOUR + OFFER)
    assert accept(database, full, people.mons, now=NOW + HOUR) == Outcome(seated=True)


def test_the_job_passes_on_what_ran_out_once_and_says_how_much(database: Database, people: Cast, full: int) -> None:
    give_up(database, full, people.geir)
    late = NOW + OFFER + HOUR
    assert pass_on_offers(Work(database=database, now=late - 2 * HOUR)) == {"ran_out": 0, "offered": 0, "failed": 0}
    rehearsed = pass_on_offers(Work(database=database, now=late, rehearse=True))
    assert rehearsed == {"ran_out": 1, "offered": 1, "failed": 0}
    assert mailed(database, "seat_offer") == [people.kari]
    assert pass_on_offers(Work(database=database, now=late)) == {"ran_out": 1, "offered": 1, "failed": 0}
    assert pass_on_offers(Work(database=database, now=late)) == {"ran_out": 0, "offered": 0, "failed": 0}
    assert entries(database, full)[1].offer_ends_at == late + OFFER
    assert mailed(database, "seat_offer") == [people.kari, people.mons]


def test_near_the_beginning_no_offers_are_made_and_a_free_seat_goes_to_who_books(
    database: Database, people: Cast, full: int
) -> None:
    near = STARTS_AT - 15 * HOUR
    with database.transaction() as session:
        person = session.get_one(Person, people.geir)
        seminars.unseat_person(session, seminar_id=full, person=person, by=people.tone, now=near, reason="Syk")
        window = booking.Window(bookable_from=TODAY, bookable_through=PART_1[0], cancel_through=None)
        limits = booking.Limits(seats=1)
        booking.open_for_booking(session, seminar_id=full, window=window, limits=limits, by=people.tone, now=near)
    assert mailed(database, "seat_offer") == []
    assert book(database, full, people.knut, now=near).seated


def test_a_seat_goes_past_those_whose_quota_is_full(in_app: Flask, database: Database, people: Cast) -> None:
    with database.transaction() as session:
        nav = cohorts.crowd(session, people.tromso, 3, sector=Sector.NAV, prefix="N")
        health = cohorts.crowd(session, people.alta, 3, sector=Sector.HELSE, prefix="H")
        seminar = cohorts.open_cohort(
            session, people.nord, by=people.tone, seats=3, sectors={"nav": 1}, seated=[nav[0], *health[:2]]
        )
    assert book(database, seminar, nav[1]).position == 1
    assert book(database, seminar, health[2]).position == 2
    give_up(database, seminar, health[0])
    assert mailed(database, "seat_offer") == [health[2]]  # the first in the line is from NAV, whose one seat is taken
    give_up(database, seminar, nav[0])
    assert mailed(database, "seat_offer") == [health[2], nav[1]]
    with database.transaction() as session:  # trainers keep the quotas, too
        seminars.unseat_person(
            session, seminar_id=seminar, person=session.get_one(Person, health[1]), by=people.tone, now=NOW
        )
    with pytest.raises(Refused) as refusal, database.transaction() as session:
        seminars.seat_people(session, seminar_id=seminar, person_ids=[nav[2]], now=NOW, by=people.tone)
    assert codes(refusal) == ["booking-sector-full"]


def test_a_seat_more_or_a_wider_quota_is_offered_at_once(database: Database, people: Cast, full: int) -> None:
    with database.transaction() as session:
        seminar = session.get_one(Seminar, full)
        seminar.seats = 2
        limits = booking.Limits(seats=2)
        booking.open_for_booking(session, seminar_id=full, window=cohorts.OPEN, limits=limits, by=people.tone, now=NOW)
    assert mailed(database, "seat_offer") == [people.kari]


def test_after_the_deadline_only_the_trainer_takes_the_seat_back_with_a_reason_that_is_kept(
    database: Database, people: Cast, full: int
) -> None:
    late = at_local(PART_1[0] - timedelta(days=8), 12)
    with pytest.raises(Refused) as refusal:
        give_up(database, full, people.geir, now=late)
    assert codes(refusal) == ["give-up-too-late"]

    def unseat(reason: str) -> bool:
        with database.transaction() as session:
            person = session.get_one(Person, people.geir)
            return seminars.unseat_person(
                session, seminar_id=full, person=person, by=people.tone, now=late, reason=reason
            )

    with pytest.raises(Refused) as refusal:
        unseat("")
    assert codes(refusal) == ["removal-needs-reason"]
    assert unseat("Brukket beinet") is True
    with database.reading() as session:
        kept = session.scalars(select(SeatEvent).where(SeatEvent.kind == "removed")).one()
        assert (kept.person_id, kept.reason, kept.by) == (people.geir, "Brukket beinet", people.tone)
        assert audit.verify(session) == []
    assert entries(database, full)[0].offer_ends_at == late + (STARTS_AT - late) / 4


def test_a_seat_moves_whole_and_the_old_one_goes_to_the_next(database: Database, people: Cast, full: int) -> None:
    with database.transaction() as session:
        spring = cohorts.open_cohort(session, people.nord, by=people.tone, name="Vår", later=True)

    def move(**more: object) -> bool:
        with database.transaction() as session:
            return booking.move(
                session,
                person_id=people.geir,
                from_id=full,
                to_id=spring,
                by=people.geir,
                now=NOW,
                **more,  # type: ignore[arg-type]
            )

    assert move(needed=BOTH) is True
    assert move(needed=BOTH) is False
    assert (seated(database, full), seated(database, spring)) == (set(), {people.geir})
    assert mailed(database, "seminar_moved") == [people.geir]
    assert mailed(database, "seat_offer") == [people.kari]
    assert happened(database, people.geir) == ["seated", "moved_out", "moved_in"]


def test_one_does_not_move_oneself_past_a_deadline_or_into_what_is_closed_but_a_trainer_does(
    in_app: Flask, database: Database, people: Cast
) -> None:
    with database.transaction() as session:
        winter = cohorts.open_cohort(session, people.nord, by=people.tone, seated=[people.kari])
        spring = plan_closed(session, people)

    def move(by: int, now: datetime, **more: object) -> bool:
        with database.transaction() as session:
            return booking.move(
                session,
                person_id=people.kari,
                from_id=winter,
                to_id=spring,
                by=by,
                now=now,
                **more,  # type: ignore[arg-type]
            )

    with pytest.raises(Refused) as refusal:
        move(people.kari, NOW, needed=BOTH)
    assert codes(refusal) == ["booking-by-trainer"]
    late = at_local(PART_1[0] - timedelta(days=5), 12)
    with pytest.raises(Refused) as refusal:
        move(people.kari, late, needed=BOTH)
    assert codes(refusal) == ["give-up-too-late"]
    assert move(people.tone, late, reason="Avtalt på telefon")
    assert seated(database, spring) == {people.kari}


def plan_closed(session: Session, people: Cast) -> int:
    seminar = cohorts.open_cohort(session, people.nord, by=people.tone, name="Vår", later=True)
    closed = booking.Window(bookable_from=None, bookable_through=None, cancel_through=None)
    limits = booking.Limits(seats=15)
    booking.open_for_booking(session, seminar_id=seminar, window=closed, limits=limits, by=people.tone, now=NOW)
    return seminar


def test_days_attended_stay_facts_of_the_old_seminar_when_the_seat_moves(
    in_app: Flask, database: Database, people: Cast
) -> None:
    old = plan(database, people.nord, now=NOW, seated=[people.kari])
    attend(database, day_ids(database, old.id)[0], {people.kari: True}, by=people.tone, now=NOW)
    with database.transaction() as session:
        new = cohorts.open_cohort(session, people.nord, by=people.tone)
        booking.move(session, person_id=people.kari, from_id=old.id, to_id=new, by=people.tone, now=NOW)
    with database.reading() as session:
        days = fieldwork.attended_days(session, [people.kari])[people.kari]
        planned = fieldwork.planned_days(session, [people.kari], after=TODAY)[people.kari]
    assert [(day.seminar_id, day.part, day.day_number) for day in days] == [(old.id, 1, 1)]
    assert {day.seminar_id for day in planned} == {new}


def test_an_offer_taken_by_one_with_a_seat_elsewhere_moves_the_seat(
    database: Database, people: Cast, full: int
) -> None:
    with database.transaction() as session:
        spring = cohorts.open_cohort(session, people.nord, by=people.tone, name="Vår", later=True, seated=[people.knut])
    with pytest.raises(Refused) as refusal:
        book(database, full, people.knut)
    assert codes(refusal) == ["booking-seated-elsewhere"]
    with database.transaction() as session:
        waits = booking.join_line(session, seminar_id=full, person_id=people.knut, needed=BOTH, now=NOW)
    assert waits.position == 3
    for who in (people.kari, people.mons):
        with database.transaction() as session:
            booking.leave_line(session, seminar_id=full, person_id=who, now=NOW)
    give_up(database, full, people.geir)
    assert seated(database, spring) == {people.knut}  # kept until the answer
    assert accept(database, full, people.knut).seated
    assert (seated(database, full), seated(database, spring)) == ({people.knut}, set())


def test_a_trainer_seats_nobody_who_has_a_seat_for_the_same_part(database: Database, people: Cast, full: int) -> None:
    with database.transaction() as session:
        spring = cohorts.open_cohort(session, people.nord, by=people.tone, name="Vår", later=True)
    with pytest.raises(Refused) as refusal, database.transaction() as session:
        everybody = [people.geir, people.kari]
        seminars.seat_people(session, seminar_id=spring, person_ids=everybody, now=NOW, by=people.tone)
    assert codes(refusal) == ["seated-elsewhere"]
    assert refusal.value.reasons[0].values["name"] == "Geir Ødegård"
    assert seated(database, spring) == set()


def test_who_waited_and_is_seated_by_the_trainer_waits_no_longer(database: Database, people: Cast, full: int) -> None:
    give_up(database, full, people.geir)
    with database.transaction() as session:
        seminars.seat_people(session, seminar_id=full, person_ids=[people.kari], now=NOW, by=people.tone)
    with pytest.raises(Refused) as refusal, database.transaction() as session:
        seminars.seat_people(session, seminar_id=full, person_ids=[people.mons], now=NOW, by=people.tone)
    assert codes(refusal) == ["seminar-full"]
    assert [entry.outcome for entry in entries(database, full)] == ["seated", None]


def test_who_has_left_is_passed_over(database: Database, people: Cast, full: int) -> None:
    with database.transaction() as session:
        session.get_one(Person, people.kari).deactivated_at = NOW
    give_up(database, full, people.geir)
    assert [(entry.outcome, entry.offered_at) for entry in entries(database, full)] == [("left", None), (None, NOW)]
    assert mailed(database, "seat_offer") == [people.mons]


def test_an_invitation_is_written_once_a_day_and_not_to_who_has_a_seat(
    database: Database, people: Cast, full: int
) -> None:
    for _click in range(2):
        with database.transaction() as session:
            everybody = [people.geir, people.kari, people.knut]
            booking.invite(session, seminar_id=full, person_ids=everybody, through=PART_1[0], by=people.tone, now=NOW)
    assert mailed(database, "seminar_invitation") == sorted([people.kari, people.knut])
    with pytest.raises(Refused) as refusal, database.transaction() as session:
        yesterday = TODAY - timedelta(days=1)
        booking.invite(session, seminar_id=full, person_ids=[people.mons], through=yesterday, by=people.tone, now=NOW)
    assert codes(refusal) == ["invitation-day"]
