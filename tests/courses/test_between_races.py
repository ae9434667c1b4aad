"""What two people can do at the same moment between the parts: one of them is first, and nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from courses.models.pairs import Pair
from courses.models.visits import ObservationVisit, VisitLink, VisitWord
from courses.services import mentor_links, pairs
from courses.services import visits as services
from courses.services.visits import Said
from courses.visits import Word
from lms import audit
from lms.app import build_app
from lms.clock import FrozenClock
from lms.config import Settings
from lms.db import Database
from lms.errors import Refused
from lms.outbox import OutboxMail
from tests import cast
from tests.cast import Cast
from tests.courses.fieldwork import NOW, TODAY, a_visit
from tests.courses.test_visit_states import WRITTEN
from tests.transports import KeptMail
from wsgi import FEATURES

TIMES = 6


@pytest.fixture
def house(shared_database: Database, settings: Settings) -> tuple[Flask, Database, Cast]:
    app = build_app(settings, FEATURES, clock=FrozenClock(NOW), transport=KeptMail(), database=shared_database)
    with shared_database.transaction() as session:
        return app, shared_database, cast.assemble(session)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Start all at the same moment; a refusal is an answer too."""
    together = Barrier(len(acts))

    def one(act: Callable[[], object]) -> object:
        together.wait()
        try:
            return act()
        except Refused as refusal:
            return refusal.reasons[0].code

    with ThreadPoolExecutor(len(acts)) as threads:
        return [done.result(timeout=60) for done in [threads.submit(one, act) for act in acts]]


def told(app: Flask, database: Database, people: Cast, number: int) -> tuple[int, str]:
    """A visit that has been told of, and the token of its link."""
    with app.test_request_context(), database.transaction() as session:
        report = a_visit(mentor_id=people.mons, company=f"Bedrift {number}")
        visit = services.plan_visit(session, person_id=people.kari, report=report, now=NOW)
        mentor_links.hand_in(session, visit_id=visit.id, notes=WRITTEN, by=people.kari, now=NOW)
        text = session.scalars(select(OutboxMail.text).order_by(OutboxMail.id.desc()).limit(1)).one()
    return visit.id, text.partition("/hospitering/lenke/")[2].split()[0]


def test_confirmed_and_sent_back_at_once_is_one_of_them(house: tuple[Flask, Database, Cast]) -> None:
    app, database, people = house
    for number in range(TIMES):
        visit_id, _token = told(app, database, people, number)

        def confirm(visit_id: int = visit_id) -> object:
            with database.transaction() as session:
                return services.confirm_visit(session, visit_id=visit_id, by=people.mons, now=NOW)

        def send_back(visit_id: int = visit_id) -> object:
            with database.transaction() as session:
                said = Said(by_id=people.tone)
                return services.send_back(session, visit_id=visit_id, said=said, comment="x", now=NOW)

        answers = at_once(confirm, send_back)
        assert sorted(map(str, answers)) == ["True", "visit-not-now"]
        with database.reading() as session:
            confirmed = session.get_one(ObservationVisit, visit_id).confirmed_at is not None
            words = session.scalars(
                select(VisitWord.word).where(VisitWord.visit_id == visit_id).order_by(VisitWord.id)
            ).all()
        assert words == ["planned", "reported", "confirmed" if confirmed else "sent_back"]
    with database.reading() as session:
        assert audit.verify(session) == []


def test_a_link_pressed_on_two_phones_at_once_answers_once(house: tuple[Flask, Database, Cast]) -> None:
    app, database, people = house
    for number in range(TIMES):
        visit_id, token = told(app, database, people, number)

        def press(word: Word, token: str = token) -> object:
            with app.test_request_context(), database.transaction() as session:
                return mentor_links.answer(
                    session, token, word=word, comment="x", answerer_id=None, now=NOW
                ).state.value

        answers = at_once(
            lambda: press(Word.CONFIRMED),
            lambda: press(Word.CONFIRMED),
            lambda: press(Word.SENT_BACK),  # noqa: B023
        )
        assert sorted(map(str, answers)) == ["answered", "answered", "open"]
        with database.reading() as session:
            assert session.scalar(select(func.count()).where(VisitWord.visit_id == visit_id)) == 3
            assert session.scalars(select(VisitLink).where(VisitLink.visit_id == visit_id)).one().used_at is not None


def test_a_pair_asked_for_by_both_at_once_is_one_pair(house: tuple[Flask, Database, Cast]) -> None:
    _app, database, people = house

    def ask(one: int, other: int) -> object:
        with database.transaction() as session:
            return pairs.propose(session, by=one, partner_id=other, now=NOW).id

    answers = at_once(
        *(lambda: ask(people.kari, people.geir) for _ in range(3)),
        *(lambda: ask(people.geir, people.kari) for _ in range(3)),
    )
    assert len(set(answers)) == 1
    with database.reading() as session:
        assert session.scalars(select(Pair)).one().agreed_at is not None


def test_of_two_trainers_who_link_one_person_at_once_one_is_told(house: tuple[Flask, Database, Cast]) -> None:
    _app, database, people = house

    def link(other: int) -> object:
        with database.transaction() as session:
            ids = (people.kari, other)
            return pairs.link(session, person_ids=ids, from_on=TODAY, by=people.tone, now=NOW).id

    answers = at_once(lambda: link(people.geir), lambda: link(people.mons))
    assert sorted(isinstance(answer, int) for answer in answers) == [False, True]
    assert "pair-taken" in answers


def test_a_mentor_is_reminded_once_by_two_machines(house: tuple[Flask, Database, Cast]) -> None:
    app, database, people = house
    visit_id, _token = told(app, database, people, 1)
    later = NOW.replace(month=12, day=24)

    def remind() -> object:
        with app.test_request_context(), database.transaction() as session:
            return mentor_links.remind_mentor(session, visit_id=visit_id, now=later)

    assert sorted(map(str, at_once(remind, remind))) == ["False", "True"]
