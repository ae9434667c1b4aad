"""What two, or forty, do at once with the seats of a seminar: on both databases, through real pages and services."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models.booking import WaitingEntry
from courses.models.seminars import Seminar, SeminarSeat
from courses.services import booking, seats, seminars
from courses.services.attendance import locked_seminar
from courses.services.seats import pass_on_one
from lms import audit
from lms.app import build_app
from lms.clock import FrozenClock
from lms.config import Settings
from lms.db import Database
from lms.errors import Refused
from lms.people import Person
from lms.units import Sector
from lms.verdict import No
from tests import cast
from tests.cast import Cast
from tests.clients import Browser
from tests.courses import cohorts
from tests.courses.cohorts import BOTH
from tests.courses.fieldwork import NOW
from tests.transports import KeptMail
from wsgi import FEATURES

Deed = Callable[[], object]
REACHING = 40


@pytest.fixture
def place(shared_database: Database, settings: Settings) -> tuple[Flask, Database, Cast]:
    """The application on a database many can use at once, with the cast."""
    app = build_app(settings, FEATURES, clock=FrozenClock(NOW), transport=KeptMail(), database=shared_database)
    with shared_database.transaction() as session:
        return app, shared_database, cast.assemble(session)


@pytest.fixture
def slow_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counting takes long enough for everybody to have counted before anybody sits, if nothing held them back."""
    count = seats.room

    def slowly(session: Session, seminar: Seminar, person_id: int, *, now: datetime) -> No | None:
        found = count(session, seminar, person_id, now=now)
        time.sleep(0.02)
        return found

    monkeypatch.setattr(seats, "room", slowly)


def at_once(*deeds: Deed) -> list[object]:
    """Everything at the same moment; returns what each gave, a refusal as itself."""
    ready = Barrier(len(deeds))

    def one(deed: Deed) -> object:
        ready.wait()
        try:
            return deed()
        except Refused as refusal:
            return refusal

    with ThreadPoolExecutor(len(deeds)) as threads:
        return [each.result(timeout=120) for each in [threads.submit(one, deed) for deed in deeds]]


def in_request(app: Flask, database: Database, act: Callable[..., object], **values: object) -> Deed:
    """A service in a request and a transaction of its own."""

    def deed() -> object:
        with app.test_request_context(), database.transaction() as session:
            return act(session, **values)

    return deed


@pytest.mark.slow
@pytest.mark.usefixtures("slow_count")
def test_the_last_seat_under_forty_bookings_goes_to_one_and_the_others_are_told_their_number(
    place: tuple[Flask, Database, Cast],
) -> None:
    app, database, people = place
    with app.test_request_context(), database.transaction() as session:
        there = cohorts.crowd(session, people.alta, 14, prefix="Plass")
        reaching = cohorts.crowd(session, people.tromso, REACHING, sector=Sector.HELSE)
        seminar = cohorts.open_cohort(session, people.nord, by=people.tone, seated=there)
    browsers = [Browser(app).sign_in_as(database, person_id) for person_id in reaching]
    answers = at_once(*(lambda b=b: b.post(f"/samlinger/ledige/{seminar}/meld-pa") for b in browsers))  # type: ignore[misc]
    assert Counter(answer.status_code for answer in answers) == {303: REACHING}  # type: ignore[attr-defined]
    assert len(cohorts.seated(database, seminar)) == 15
    waiting = [entry.person_id for entry in cohorts.entries(database, seminar)]
    won = cohorts.seated(database, seminar) & set(reaching)
    assert len(won) == 1
    assert sorted([*waiting, *won]) == reaching
    said = [browser.get(f"/samlinger/ledige/{seminar}").text for browser in browsers]
    assert sum("Du har fått plass" in text for text in said) == 1
    told = {n for n in range(1, REACHING) for text in said if f"Du står på ventelisten som nummer {n}." in text}
    assert told == set(range(1, REACHING))
    with database.reading() as session:
        assert audit.verify(session) == []


@pytest.mark.slow
@pytest.mark.usefixtures("slow_count")
def test_quotas_hold_however_many_book_at_once(place: tuple[Flask, Database, Cast]) -> None:
    app, database, people = place
    with app.test_request_context(), database.transaction() as session:
        nav = cohorts.crowd(session, people.tromso, 10, sector=Sector.NAV, prefix="Nav")
        health = cohorts.crowd(session, people.alta, 10, sector=Sector.HELSE, prefix="Helse")
        seminar = cohorts.open_cohort(
            session, people.nord, by=people.tone, seats=8, sectors={"nav": 3}, units={people.alta: 4}
        )
    wanting = [who for pair in zip(nav, health, strict=True) for who in pair]
    outcomes = at_once(
        *(
            in_request(app, database, booking.book, seminar_id=seminar, person_id=who, needed=BOTH, now=NOW)
            for who in wanting
        )
    )
    assert not any(isinstance(each, Refused) for each in outcomes)
    seated = cohorts.seated(database, seminar)
    assert (len(seated & set(nav)), len(seated & set(health))) == (3, 4)


@pytest.mark.slow
def test_a_seat_given_up_while_others_book_is_had_by_one_and_offered_to_none_besides(
    place: tuple[Flask, Database, Cast],
) -> None:
    app, database, people = place
    with app.test_request_context(), database.transaction() as session:
        there = cohorts.crowd(session, people.alta, 3, prefix="Plass")
        reaching = cohorts.crowd(session, people.tromso, 6)
        seminar = cohorts.open_cohort(session, people.nord, by=people.tone, seats=3, seated=there)
    give_up = in_request(app, database, booking.give_up, seminar_id=seminar, person_id=there[0], now=NOW)
    book = [
        in_request(app, database, booking.book, seminar_id=seminar, person_id=who, needed=BOTH, now=NOW)
        for who in reaching
    ]
    at_once(give_up, *book)
    promised = [entry for entry in cohorts.entries(database, seminar) if entry.offer_ends_at is not None]
    assert len(cohorts.seated(database, seminar)) + len(promised) == 3


@pytest.mark.slow
def test_two_trainers_move_and_unseat_at_once_and_nobody_has_two_seats_or_waits_in_a_circle(
    place: tuple[Flask, Database, Cast],
) -> None:
    app, database, people = place
    with app.test_request_context(), database.transaction() as session:
        half = cohorts.crowd(session, people.tromso, 4, prefix="A")
        other = cohorts.crowd(session, people.alta, 4, prefix="B")
        here = cohorts.open_cohort(session, people.nord, by=people.tone, name="Først", seats=5, seated=half)
        there = cohorts.open_cohort(session, people.nord, by=people.tone, name="Så", seats=5, seated=other, later=True)
    moves = [
        in_request(app, database, booking.move, person_id=who, from_id=a, to_id=b, by=by, now=NOW)
        for group, a, b in ((half, here, there), (other, there, here))
        for who in group
        for by in (people.tone, people.knut)
    ]

    def unseat(session: Session, person_id: int) -> object:
        person = session.get_one(Person, person_id)
        return seminars.unseat_person(session, seminar_id=here, person=person, by=people.knut, now=NOW)

    at_once(*moves, in_request(app, database, unseat, person_id=half[0]))
    with database.reading() as session:
        held = Counter(session.scalars(select(SeminarSeat.person_id)))
    assert set(held.values()) <= {1}
    assert set(held) >= {*half[1:], *other}
    assert max(len(cohorts.seated(database, each)) for each in (here, there)) <= 5
    with database.reading() as session:
        assert audit.verify(session) == []


@pytest.mark.slow
def test_one_person_in_two_windows_gets_one_seat(place: tuple[Flask, Database, Cast]) -> None:
    app, database, people = place
    with app.test_request_context(), database.transaction() as session:
        both = [
            cohorts.open_cohort(session, people.nord, by=people.tone, name=name, later=later)
            for name, later in (("Vinter", False), ("Vår", True))
        ]
    outcomes = at_once(
        *(
            in_request(app, database, booking.book, seminar_id=each, person_id=people.kari, needed=BOTH, now=NOW)
            for each in both * 3
        )
    )
    assert sum(people.kari in cohorts.seated(database, each) for each in both) == 1
    refused = [each for each in outcomes if isinstance(each, Refused)]
    assert {each.reasons[0].code for each in refused} == {"booking-seated-elsewhere"}
    assert len(refused) == 3


@pytest.mark.slow
def test_an_offer_taken_in_the_moment_it_runs_out_seats_one_or_passes_on_never_both(
    place: tuple[Flask, Database, Cast],
) -> None:
    app, database, people = place
    for number in range(6):
        with app.test_request_context(), database.transaction() as session:
            first, second, third = cohorts.crowd(session, people.tromso, 3, prefix=f"R{number}")
            seminar = cohorts.open_cohort(
                session, people.nord, by=people.tone, name=f"Kull {number}", seats=1, seated=[first]
            )
            for who in (second, third):
                booking.book(session, seminar_id=seminar, person_id=who, needed=BOTH, now=NOW)
            booking.give_up(session, seminar_id=seminar, person_id=first, now=NOW)
        ends_at = cohorts.entries(database, seminar)[0].offer_ends_at
        assert ends_at is not None

        def close(session: Session, seminar: int = seminar, at: datetime = ends_at) -> object:
            return pass_on_one(session, locked_seminar(session, seminar), now=at)

        just_before = ends_at - timedelta(milliseconds=1)
        at_once(
            in_request(
                app, database, booking.accept, seminar_id=seminar, person_id=second, needed=BOTH, now=just_before
            ),
            in_request(app, database, close),
            in_request(app, database, close),
        )
        took = cohorts.seated(database, seminar)
        with database.reading() as session:
            offered = session.scalars(
                select(WaitingEntry.person_id).where(
                    WaitingEntry.seminar_id == seminar, WaitingEntry.offer_ends_at > ends_at
                )
            ).all()
        assert (took, list(offered)) in (({second}, []), (set(), [third]), (set(), []))
