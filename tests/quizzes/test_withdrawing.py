"""Withdrawing questions in the database: what is kept, what is drawn and scored, and two at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.audit import AuditEntry, verify
from lms.db import Database
from lms.errors import Refused
from quizzes import effective, queries, services, withdrawing
from quizzes.models import Attempt, ItemWithdrawal, ScoreAdjustment
from quizzes.questions import Question
from quizzes.withdrawal import Status, Way
from tests import cast
from tests.cast import Cast
from tests.quizzes.factories import BANK, NOW, begin, publish, question, questions
from tests.quizzes.test_races import at_once

TEN = [question(f"q-{n:02}") for n in range(10)]
LATER = NOW + timedelta(days=3)


def sit(
    session: Session,
    person_id: int,
    bank: Sequence[Question] = TEN,
    *,
    wrong: Sequence[str] = (),
    named: str = BANK,
    **other: Any,
) -> Attempt:
    """A test over a whole bank handed in, all right but for some questions."""
    attempt = begin(session, person_id, bank, **{"blueprint": {"rygg": len(bank)}, "bank": named, **other})
    ids = [mark.question_id for mark in effective.marks_of(session, [attempt.id])[attempt.id]]
    answers = {place: ["b" if one in wrong else "a"] for place, one in enumerate(ids, 1)}
    return services.submit(session, attempt, answers=answers, now=NOW)


def withdraw(session: Session, people: Cast, question_id: str, way: Way = Way.LEFT_OUT, **other: Any) -> Any:
    given: dict[str, Any] = {"bank": BANK, "reason": "Fasiten er gal.", "actor_id": people.siri, "now": LATER}
    return withdrawing.withdraw(session, question_id=question_id, way=way, **{**given, **other})


def test_the_rehearsal_says_what_then_happens_and_changes_nothing(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        publish(session, TEN)
        sit(session, people.kari, wrong=["q-00", "q-01"])  # 8 of 10, q-05 right
        sit(session, people.stian, wrong=["q-05", "q-06", "q-07"], owner="enrolment:2")  # 7 of 10
    with database.reading() as session:
        said = effective.rehearsal(session, bank=BANK, question_id="q-05", way=Way.LEFT_OUT, at=LATER)
        assert session.scalar(select(func.count()).select_from(ScoreAdjustment)) == 0
    with database.transaction() as session:
        done = withdraw(session, people, "q-05")
    assert effective.fingerprint(done) == effective.fingerprint(said)
    assert [(one.person_id, one.waits, one.gains) for one in done] == [
        (people.kari, True, False),
        (people.stian, False, False),
    ]
    with database.reading() as session:
        kari, stian = (queries.attempts_of(session, f"enrolment:{n}")[0] for n in (1, 2))
    assert (kari.score, kari.original, kari.passed, kari.recomputed) == (
        Fraction(7, 9),
        Fraction(4, 5),
        True,
        Status.PENDING,
    )
    assert (stian.score, stian.original, stian.passed) == (Fraction(7, 9), Fraction(7, 10), False)


def test_the_original_score_and_every_answer_stay(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        publish(session, TEN)
        attempt = sit(session, people.kari, wrong=["q-00"])
        before = effective.marks_of(session, [attempt.id])
        withdraw(session, people, "q-01")
        withdraw(session, people, "q-00", Way.FULL)
    with database.reading() as session:
        kept = session.get_one(Attempt, attempt.id)
        assert (kept.points, kept.out_of) == (Fraction(9), 10)
        assert effective.marks_of(session, [attempt.id]) == before
        result = queries.result(session, attempt.id)
    assert (result.points, result.out_of, result.original.points) == (Fraction(9), 9, Fraction(9))
    assert [one.withdrawn.question_id for one in result.withdrawn] == sorted(
        (one.withdrawn.question_id for one in result.withdrawn), key=[m.question_id for m in before[attempt.id]].index
    )
    assert {one.withdrawn.question_id for one in result.withdrawn} == {"q-00", "q-01"}
    assert sum(one.out_of for one in result.objectives) == result.out_of
    assert sum(one.points for one in result.objectives) == result.points


def test_whoever_failed_and_now_passes_may_not_take_the_test_again_and_whoever_lost_it_may(
    database: Database, people: Cast
) -> None:
    with database.transaction() as session:
        publish(session, TEN)
        sit(session, people.kari, wrong=["q-00", "q-01", "q-02"])
        lost = sit(session, people.stian, wrong=["q-03", "q-04"], owner="enrolment:2")
        withdraw(session, people, "q-00", Way.FULL)
        withdraw(session, people, "q-05")
        withdrawing.decide_pass(
            session, lost, keep=False, reason="Prøven må tas på nytt.", actor_id=people.siri, now=LATER
        )
        with pytest.raises(Refused):
            begin(session, people.kari, TEN, blueprint={"rygg": 8})
        again = begin(session, people.stian, TEN, blueprint={"rygg": 8}, owner="enrolment:2")
        assert again.ordinal == 2


def test_a_withdrawn_question_is_not_drawn_again_and_a_short_objective_gives_a_shorter_test(
    database: Database, people: Cast
) -> None:
    with database.transaction() as session:
        publish(session, TEN)
        withdraw(session, people, "q-04")
        attempt = begin(session, people.kari, TEN, blueprint={"rygg": 10})
        asked = {mark.question_id for mark in effective.marks_of(session, [attempt.id])[attempt.id]}
    assert asked == {one.id for one in TEN} - {"q-04"}
    assert attempt.out_of == 9


def test_when_everything_is_withdrawn_no_test_begins(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        publish(session, TEN[:2])
        for one in TEN[:2]:
            withdraw(session, people, one.id)
        with pytest.raises(Refused) as refused:
            begin(session, people.kari, TEN[:2], blueprint={"rygg": 2})
    assert refused.value.reasons[0].code == "test-without-questions"


@pytest.mark.parametrize("way", Way)
def test_a_question_withdrawn_while_the_test_runs_is_not_scored(database: Database, people: Cast, way: Way) -> None:
    with database.transaction() as session:
        publish(session, TEN)
        attempt = begin(session, people.kari, TEN, blueprint={"rygg": 10})
        assert withdraw(session, people, "q-00", way, now=NOW) == ()
        ids = [mark.question_id for mark in effective.marks_of(session, [attempt.id])[attempt.id]]
        answers = {place: ["b" if one == "q-00" else "a"] for place, one in enumerate(ids, 1)}
        services.submit(session, attempt, answers=answers, now=LATER)
        services.submit(session, attempt, answers=answers, now=LATER)
    with database.reading() as session:
        (summary,) = queries.attempts_of(session, "enrolment:1")
        rows = session.scalars(select(ScoreAdjustment)).all()
    assert (summary.score, summary.original, summary.passed) == (Fraction(1), Fraction(9, 10), True)
    assert [(row.status, row.passed_before, row.out_of) for row in rows] == [
        ("applied", None, 9 if way is Way.LEFT_OUT else 10)
    ]


def test_all_versions_and_translations_are_withdrawn_and_other_banks_are_not(database: Database, people: Cast) -> None:
    reworded = [question("q-00", stem="En annen ordlyd"), *TEN[1:]]
    with database.transaction() as session:
        for name, bank in ((BANK, TEN), (BANK, reworded), (f"{BANK}/nn", TEN), (f"{BANK}-2", TEN)):
            publish(session, bank, name=name)
        sit(session, people.kari, TEN)
        sit(session, people.stian, reworded, owner="enrolment:2")
        sit(session, people.geir, TEN, owner="enrolment:3", named=f"{BANK}/nn")
        sit(session, people.mons, TEN, owner="enrolment:4", named=f"{BANK}-2")
        done = withdraw(session, people, "q-00")
        translated = begin(session, people.tone, TEN, owner="enrolment:5", bank=f"{BANK}/nn", blueprint={"rygg": 9})
        asked = {mark.question_id for mark in effective.marks_of(session, [translated.id])[translated.id]}
    assert [one.person_id for one in done] == [people.kari, people.stian, people.geir]
    assert "q-00" not in asked


def test_the_pre_test_is_recomputed_and_has_no_pass(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        publish(session, TEN)
        sit(session, people.kari, form="pre", wrong=["q-00"])
        withdraw(session, people, "q-00")
        (summary,) = queries.attempts_of(session, "enrolment:1")
    assert (summary.score, summary.passed, summary.recomputed) == (Fraction(1), None, Status.APPLIED)


@pytest.mark.parametrize("keep", [True, False])
def test_a_pass_is_decided_on_once_and_never_by_oneself(database: Database, people: Cast, keep: bool) -> None:
    with database.transaction() as session:
        publish(session, TEN)
        attempt = sit(session, people.kari, wrong=["q-00", "q-01"])
        withdraw(session, people, "q-05")

        def say(actor: int) -> None:
            withdrawing.decide_pass(session, attempt, keep=keep, reason="Slik.", actor_id=actor, now=LATER)

        for actor, code in ((people.kari, "pass-not-own"), (people.siri, ""), (people.siri, "pass-not-pending")):
            if not code:
                say(actor)
                continue
            with pytest.raises(Refused) as refused:
                say(actor)
            assert refused.value.reasons[0].code == code
    with database.reading() as session:
        (summary,) = queries.attempts_of(session, "enrolment:1")
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.number)).all()
        assert verify(session) == []
    assert summary.passed is keep
    assert summary.score == Fraction(7, 9)
    assert list(actions) == ["item-withdrawn", "pass-kept" if keep else "pass-withdrawn"]


def test_a_second_withdrawal_asks_again_about_a_pass_that_was_kept(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        publish(session, TEN)
        attempt = sit(session, people.kari, wrong=["q-00", "q-01"])
        withdraw(session, people, "q-05")
        withdrawing.decide_pass(session, attempt, keep=True, reason="Slik.", actor_id=people.siri, now=LATER)
        withdraw(session, people, "q-06")
        ((waits, standing, withdrawal),) = effective.pending(session, bank=BANK)
    assert (waits.id, standing.share, standing.out_of, standing.passed) == (attempt.id, Fraction(6, 8), 8, True)
    assert withdrawal.question_id == "q-06"


def test_proposals_are_kept_once_a_person_and_go_when_the_question_is_withdrawn(
    database: Database, people: Cast
) -> None:
    with database.transaction() as session:
        publish(session, TEN)
        given: dict[str, Any] = {"bank": f"{BANK}/nn", "question_id": "q-00", "way": Way.FULL, "now": NOW}
        for actor in (people.ari, people.ari, people.siri):
            withdrawing.propose(session, reason="To er riktige.", actor_id=actor, **given)
        assert [one.proposed_by for one in effective.proposals(session, bank=BANK)] == [people.ari, people.siri]
        withdraw(session, people, "q-00")
        assert effective.proposals(session, bank=BANK) == []
        with pytest.raises(Refused):
            withdrawing.propose(session, reason="Igjen.", actor_id=people.ari, **given)


def test_two_who_press_at_once_withdraw_once(shared_database: Database) -> None:
    with shared_database.transaction() as session:
        people = cast.assemble(session)
        publish(session, TEN)
        sit(session, people.kari, wrong=["q-00"])

    def press(_number: int) -> int:
        with shared_database.transaction() as session:
            return len(withdraw(session, people, "q-00"))

    answers = at_once(press, 4)
    assert sorted(answer for answer in answers if not isinstance(answer, Refused)) == [1]
    with shared_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ItemWithdrawal)) == 1
        assert session.scalar(select(func.count()).select_from(ScoreAdjustment)) == 1


@pytest.mark.parametrize("round_", range(4))
def test_a_test_handed_in_at_the_same_moment_is_neither_missed_nor_counted_twice(
    shared_database: Database, round_: int
) -> None:
    bank = questions(10, objectives=("rygg",))
    with shared_database.transaction() as session:
        people = cast.assemble(session)
        publish(session, bank)
        attempts = [
            begin(session, people.kari, bank, blueprint={"rygg": 10}, owner=f"enrolment:{n}").id for n in range(5)
        ]

    def act(number: int) -> None:
        with shared_database.transaction() as session:
            if number == round_:
                withdraw(session, people, "q-00")
            elif number == round_ + 1:
                withdraw(session, people, "q-01", Way.FULL)
            else:
                attempt = session.get_one(Attempt, attempts[number % 5])
                services.submit(session, attempt, answers=None, now=LATER)

    assert at_once(act, 7) == [None] * 7
    with shared_database.transaction() as session:
        for attempt_id in attempts:
            services.submit(session, session.get_one(Attempt, attempt_id), answers=None, now=LATER)
    with shared_database.reading() as session:
        worth = {(one.score, one.original) for n in range(5) for one in queries.attempts_of(session, f"enrolment:{n}")}
    assert worth == {(Fraction(1, 9), Fraction(0))}


def test_two_who_decide_at_once_decide_once(shared_database: Database) -> None:
    with shared_database.transaction() as session:
        people = cast.assemble(session)
        publish(session, TEN)
        attempt_id = sit(session, people.kari, wrong=["q-00", "q-01"]).id
        withdraw(session, people, "q-05")

    def decide(number: int) -> bool:
        with shared_database.transaction() as session:
            attempt = session.get_one(Attempt, attempt_id)
            keep = number % 2 == 0
            withdrawing.decide_pass(session, attempt, keep=keep, reason="Slik.", actor_id=people.siri, now=LATER)
            return keep

    said = [answer for answer in at_once(decide, 4) if not isinstance(answer, Refused)]
    assert len(said) == 1
    with shared_database.reading() as session:
        (summary,) = queries.attempts_of(session, "enrolment:1")
    assert summary.passed is said[0]
