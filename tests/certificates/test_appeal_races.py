"""What can happen to an appeal at once: made, given away, decided, taken back, or overtaken. One thing comes of it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TypeVar

import pytest
from flask import Flask
from sqlalchemy import func, select

from certificates.appeals import AppealState, Ground, Outcome
from certificates.jobs import remind_of_appeals
from certificates.models.appeals import Appeal, AppealEnding, AppealNudge, AppealStep
from certificates.models.issued import CertificateEvent
from certificates.models.seals import SEALED
from certificates.services import appealing as services
from certificates.status import EventKind, State
from lms import audit
from lms.app import build_app
from lms.clock import FrozenClock, at_local
from lms.config import Settings
from lms.db import Database
from lms.errors import Refused
from lms.features import Work
from lms.outbox import OutboxMail
from tests import cast
from tests.cast import Cast
from tests.certificates import appealing, assessing, factories
from tests.certificates.appealing import NOON, answer, appeal, assign, decide, seen, state
from tests.certificates.factories import TODAY
from tests.transports import KeptMail
from wsgi import FEATURES

T = TypeVar("T")


@pytest.fixture
def crew(shared_database: Database) -> Cast:
    with shared_database.transaction() as session:
        return cast.assemble(session)


@pytest.fixture
def shared_app(shared_database: Database, settings: Settings) -> Flask:
    return build_app(settings, FEATURES, clock=FrozenClock(NOON), transport=KeptMail(), database=shared_database)


@pytest.fixture
def certificate(shared_database: Database, crew: Cast) -> int:
    with shared_database.transaction() as session:
        return factories.give_certificate(session, crew.geir, valid_from=TODAY - timedelta(days=200)).id


def at_once(*acts: Callable[[], T]) -> list[T | str]:
    """All of these, at the same moment; what each gave, or the code it was refused with."""
    together = Barrier(len(acts))

    def one(act: Callable[[], T]) -> T | str:
        together.wait()
        try:
            return act()
        except Refused as refusal:
            return refusal.reasons[0].code

    with ThreadPoolExecutor(len(acts)) as threads:
        return [done.result(timeout=60) for done in [threads.submit(one, each) for each in acts]]


def count(database: Database, what: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(what)) or 0


def kinds(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(CertificateEvent.kind).order_by(CertificateEvent.id)))


def whole(database: Database) -> bool:
    with database.reading() as session:
        return audit.verify(session) == [] and audit.verify_rows(session, SEALED) == []


def handled(app: Flask, crew: Cast, certificate: int, kind: EventKind) -> int:
    """Sonja is to decide an appeal against what Knut has decided a week ago."""
    event = decide(app, certificate, kind, by=crew.knut, on=TODAY - timedelta(days=7), now=appealing.days_after(-7))
    case = appeal(app, Ground.EVENT, event)
    assign(app, case, crew.sonja, by=crew.siri)
    return case


def test_made_given_away_and_decided_twice_at_once_each_is_done_once(
    shared_app: Flask, shared_database: Database, crew: Cast
) -> None:
    assessing.ready(shared_database, crew)
    decision = assessing.not_yet(shared_app, crew.kari, by=crew.tone)
    made = at_once(*[lambda: appeal(shared_app, Ground.ASSESSMENT, decision)] * 4)
    (case,) = set(made)
    assert isinstance(case, int)
    at_once(*[lambda: assign(shared_app, case, crew.terje, by=crew.knut)] * 4)
    outcomes = (Outcome.UPHELD, Outcome.GRANTED) * 2
    decided = at_once(*(lambda one=one: answer(shared_app, case, one, by=crew.terje) for one in outcomes))
    assert len(set(decided)) == 1
    for what in (Appeal, AppealStep, AppealEnding):
        assert count(shared_database, what) == 1, what
    with shared_database.reading() as session:
        sent = session.scalars(select(OutboxMail.name).where(OutboxMail.name.startswith("appeal_"))).all()
    expected = ["assigned", "decided", "decided", "made", "progress", "received"]
    assert sorted(sent) == [f"appeal_{each}" for each in expected]
    assert whole(shared_database)


@pytest.mark.parametrize("kind", [EventKind.SUSPENDED, EventKind.REVOKED])
def test_two_who_decide_at_once_undo_a_decision_once(
    shared_app: Flask, shared_database: Database, crew: Cast, certificate: int, kind: EventKind
) -> None:
    case = handled(shared_app, crew, certificate, kind)
    outcomes = (Outcome.GRANTED, Outcome.UPHELD, Outcome.PARTLY)
    decided = at_once(*(lambda one=one: answer(shared_app, case, one, by=crew.sonja, on=TODAY) for one in outcomes))
    assert len(set(decided)) == 1
    assert len(kinds(shared_database)) == (2 if "upheld" in decided else 3)
    assert (state(shared_database, certificate) is State.VALID) == ("upheld" not in decided)
    assert whole(shared_database)


def test_taking_back_and_deciding_at_once_one_of_them_counts_and_the_effect_follows_it(
    shared_app: Flask, shared_database: Database, crew: Cast, certificate: int
) -> None:
    case = handled(shared_app, crew, certificate, EventKind.REVOKED)
    at_once(
        lambda: answer(shared_app, case, Outcome.GRANTED, by=crew.sonja),
        lambda: appealing.tell(shared_app, services.withdraw, case, "Orker ikke."),
    )
    found = seen(shared_database, case)
    assert found.state in {AppealState.GRANTED, AppealState.WITHDRAWN}
    assert count(shared_database, AppealEnding) == 1
    assert (state(shared_database, certificate) is State.VALID) == (found.state is AppealState.GRANTED)
    assert ("reinstated" in kinds(shared_database)) == (found.state is AppealState.GRANTED)


def test_a_coordinator_who_lifts_while_the_appeal_is_granted_leaves_no_day_suspended(
    shared_app: Flask, shared_database: Database, crew: Cast, certificate: int
) -> None:
    case = handled(shared_app, crew, certificate, EventKind.SUSPENDED)
    done = at_once(
        lambda: answer(shared_app, case, Outcome.GRANTED, by=crew.sonja),
        lambda: str(decide(shared_app, certificate, EventKind.LIFTED, by=crew.knut)),
    )
    assert done[0] == "granted"
    for days in range(-8, 2):
        assert state(shared_database, certificate, TODAY + timedelta(days=days)) is State.VALID
    assert kinds(shared_database).count("lifted") == (1 if done[1] == "not-suspended" else 2)
    assert whole(shared_database)


def test_a_new_suspension_while_the_appeal_is_granted_is_never_undone_by_it(
    shared_app: Flask, shared_database: Database, crew: Cast, certificate: int
) -> None:
    case = handled(shared_app, crew, certificate, EventKind.SUSPENDED)
    decide(shared_app, certificate, EventKind.LIFTED, by=crew.knut)
    at_once(
        lambda: answer(shared_app, case, Outcome.GRANTED, by=crew.sonja),
        lambda: str(decide(shared_app, certificate, EventKind.SUSPENDED, by=crew.knut, reason="Ny sak.")),
    )
    assert state(shared_database, certificate) is State.SUSPENDED


def test_two_nights_at_once_tell_once(
    shared_app: Flask, shared_database: Database, crew: Cast, certificate: int
) -> None:
    case = handled(shared_app, crew, certificate, EventKind.SUSPENDED)
    work = Work(database=shared_database, now=at_local(seen(shared_database, case).row.answer_by, 5))

    def night() -> int:
        with shared_app.test_request_context():
            return remind_of_appeals(work)["told"]

    assert sum(each for each in at_once(*[night] * 3) if isinstance(each, int)) == 1
    assert count(shared_database, AppealNudge) == 1
