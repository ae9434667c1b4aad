"""What two can do at once: begin, hand in, decide. One of each comes of it, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest
from flask import Flask
from sqlalchemy import func, select

from certificates.evidence import Outcome
from certificates.models.assessments import Assessment, AssessmentRound, AssessmentSheet
from certificates.models.issued import Certificate
from certificates.rubric import Filled
from certificates.services import sheets
from lms import audit
from lms.app import build_app
from lms.clock import FrozenClock
from lms.config import Settings
from lms.db import Database
from lms.errors import Refused
from tests import cast
from tests.cast import Cast
from tests.certificates import assessing
from tests.certificates.assessing import CRITERIA, NOON, TO_DO, WHY, act, begin, decide, hand_in, page
from tests.transports import KeptMail
from wsgi import FEATURES

T = TypeVar("T")
NOT_YET = Filled(outcome=Outcome.NOT_YET, feedback=WHY, next_steps=TO_DO)


@pytest.fixture
def ready(shared_database: Database) -> Cast:
    with shared_database.transaction() as session:
        ready = cast.assemble(session)
    assessing.ready(shared_database, ready)
    return ready


@pytest.fixture
def shared_app(shared_database: Database, settings: Settings) -> Flask:
    return build_app(settings, FEATURES, clock=FrozenClock(NOON), transport=KeptMail(), database=shared_database)


@pytest.fixture
def trine(shared_database: Database, ready: Cast) -> int:
    return assessing.another_trainer(shared_database, ready)


def at_once(*acts: Callable[[], T]) -> list[T]:
    """All of these, at the same moment; what each gave."""
    together = Barrier(len(acts))

    def one(act: Callable[[], T]) -> T:
        together.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return [done.result(timeout=60) for done in [threads.submit(one, each) for each in acts]]


def count(database: Database, what: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(what)) or 0


def whole(database: Database) -> bool:
    with database.reading() as session:
        return audit.verify(session) == []


def test_two_who_begin_at_once_are_in_one_round_and_one_who_clicks_twice_has_one_sheet(
    shared_app: Flask, shared_database: Database, ready: Cast, trine: int
) -> None:
    ids = at_once(*(lambda by=by: begin(shared_app, ready.kari, by=by) for by in (ready.tone, trine) * 3))
    assert len(set(ids)) == 2
    assert (count(shared_database, AssessmentRound), count(shared_database, AssessmentSheet)) == (1, 2)


def test_of_three_who_begin_at_once_one_is_told_that_there_are_two(
    shared_app: Flask, shared_database: Database, ready: Cast, trine: int
) -> None:
    tor = assessing.another_trainer(shared_database, ready, "Tor Tredje")

    def attempt(by: int) -> str:
        try:
            begin(shared_app, ready.kari, by=by)
        except Refused as refusal:
            return refusal.reasons[0].code
        return "began"

    found = at_once(*(lambda by=by: attempt(by) for by in (ready.tone, trine, tor)))
    assert sorted(found) == ["began", "began", "sheets-two-already"]


def test_handing_in_twice_at_once_decides_once(shared_app: Flask, shared_database: Database, ready: Cast) -> None:
    sheet = begin(shared_app, ready.kari, by=ready.tone)
    settled = at_once(*(lambda: hand_in(shared_app, sheet) for _ in range(6)))
    assert len({each.assessment.id for each in settled if each.assessment}) == 1
    assert sorted(each.was_there for each in settled) == [False] + [True] * 5
    assert (count(shared_database, Assessment), count(shared_database, Certificate)) == (1, 1)
    assert whole(shared_database)


def test_two_who_hand_in_at_once_both_count_and_nothing_is_decided(
    shared_app: Flask, shared_database: Database, ready: Cast, trine: int
) -> None:
    pair = [begin(shared_app, ready.kari, by=by) for by in (ready.tone, trine)]
    settled = at_once(*(lambda id_=id_: hand_in(shared_app, id_) for id_ in pair))
    assert [each.assessment for each in settled] == [None, None]
    with shared_database.reading() as session:
        assert None not in session.scalars(select(AssessmentSheet.handed_in_at)).all()
    assert count(shared_database, Assessment) == 0


def test_one_who_joins_while_the_other_hands_in_is_either_in_time_or_not_and_never_half(
    shared_app: Flask, shared_database: Database, ready: Cast, trine: int
) -> None:
    sheet = begin(shared_app, ready.kari, by=ready.tone)

    def join() -> str:
        try:
            begin(shared_app, ready.kari, by=trine)
        except Refused as refusal:
            return refusal.reasons[0].code
        return "joined"

    joined, _settled = at_once(join, lambda: hand_in(shared_app, sheet))
    assert (joined == "joined") == (count(shared_database, Assessment) == 0)
    assert count(shared_database, AssessmentSheet) == (2 if joined == "joined" else 1)


def test_two_who_decide_at_once_record_one_decision(
    shared_app: Flask, shared_database: Database, ready: Cast, trine: int
) -> None:
    pair = [begin(shared_app, ready.kari, by=by) for by in (ready.tone, trine)]
    for id_ in pair:
        hand_in(shared_app, id_)
    words = (NOT_YET, Filled(outcome=Outcome.APPROVED))
    settled = at_once(
        *(lambda id_=id_, said=said: decide(shared_app, id_, said) for id_, said in zip(pair, words, strict=True))
    )
    assert len({each.assessment.id for each in settled if each.assessment}) == 1
    assert sorted(each.was_there for each in settled) == [False, True]
    assert count(shared_database, Assessment) == 1
    assert whole(shared_database)


def test_drafts_from_two_devices_at_once_lose_no_field(
    shared_app: Flask, shared_database: Database, ready: Cast
) -> None:
    sheet = begin(shared_app, ready.kari, by=ready.tone)

    def save(criterion: str, level: int) -> None:
        fields = {f"level-{criterion}": str(level), f"note-{criterion}": f"{criterion} {level}"}
        act(shared_app, lambda session: sheets.save_draft(session, sheet, fields, now=NOON))

    at_once(*(lambda c=c, n=n: save(c, n % 4 + 1) for n, c in enumerate(CRITERIA)))
    with shared_database.reading() as session:
        kept = session.get_one(AssessmentSheet, sheet)
    assert kept.levels == {criterion: n % 4 + 1 for n, criterion in enumerate(CRITERIA)}
    assert len(kept.notes) == len(CRITERIA)


def test_a_draft_that_arrives_while_the_sheet_is_handed_in_never_changes_what_was_handed_in(
    shared_app: Flask, shared_database: Database, ready: Cast
) -> None:
    sheet = begin(shared_app, ready.kari, by=ready.tone)

    def late() -> None:
        try:
            act(shared_app, lambda db: sheets.save_draft(db, sheet, {"level-rollen": "1"}, now=NOON))
        except Refused as refusal:
            assert refusal.reasons[0].code == "sheet-handed-in"

    def once() -> None:
        hand_in(shared_app, sheet, page(3))

    at_once(once, late, late, late)
    with shared_database.reading() as session:
        assert session.get_one(AssessmentSheet, sheet).levels["rollen"] == 3
