"""Publishing questions, starting, saving and submitting, on both databases."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import func, select, update

from lms.db import Database
from lms.errors import Refused
from quizzes import queries, services
from quizzes.models import Attempt, AttemptItem, QuestionVersion
from quizzes.questions import Kind
from tests.cast import Cast
from tests.quizzes import factories
from tests.quizzes.factories import NOW, again, answer_all, begin, publish, question, questions, shown_ids


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


# Publishing


def test_the_same_text_published_twice_is_one_version_and_a_new_wording_is_another(database: Database) -> None:
    with database.transaction() as session:
        publish(session, [question("q-1")])
        publish(session, [question("q-1"), question("q-1")])
        publish(session, [question("q-1", stem="Ny ordlyd")])
        publish(session, [question("q-1")], name="annet-kurs")
        assert session.scalar(select(func.count()).select_from(QuestionVersion)) == 3


def test_a_changed_key_is_fine_until_somebody_has_been_shown_the_question(database: Database) -> None:
    with database.transaction() as session:
        publish(session, [question("q-1", right="a")])
        publish(session, [question("q-1", right="b")])


@pytest.mark.parametrize("right, kind", [("b", Kind.SINGLE), ("a", Kind.MULTIPLE)])
def test_a_changed_key_or_kind_is_refused_by_name_once_shown(
    database: Database, people: Cast, right: str, kind: Kind
) -> None:
    old = questions(20)
    changed = question("q-00", right=right, kind=kind)
    with database.transaction() as session:
        publish(session, old)
        begin(session, people.kari, old, blueprint={"rygg": 10, "psyke": 10})
    with pytest.raises(Refused) as refused, database.transaction() as session:
        publish(session, [*old[1:], changed, question("q-new")])
    assert [(reason.code, dict(reason.values)) for reason in refused.value.reasons] == [
        ("question-key-changed", {"question": "q-00"})
    ]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(QuestionVersion)) == 20
        assert services.key_conflicts(session, bank="annet", documents=factories.documents([changed])) == ()


def test_a_reworded_question_stays_publishable_and_running_attempts_keep_the_old_words(
    database: Database, people: Cast
) -> None:
    old = questions(20)
    with database.transaction() as session:
        publish(session, old)
        attempt = begin(session, people.kari, old, blueprint={"rygg": 10, "psyke": 10})
        publish(session, [question(one.id, objective=one.objective, kind=one.kind, stem="NYTT") for one in old])
        assert all("NYTT" not in one.stem for one in queries.paper(session, attempt.id).questions)


def test_a_new_key_is_compared_with_every_version_ever_shown_not_only_the_last(
    database: Database, people: Cast
) -> None:
    first = questions(20)
    with database.transaction() as session:
        publish(session, first)
        begin(session, people.kari, first, blueprint={"rygg": 10, "psyke": 10})
        publish(session, [question("q-00", stem="NYTT")])
        conflicts = services.key_conflicts(
            session, bank=factories.BANK, documents=factories.documents([question("q-00", stem="NYTT", right="c")])
        )
        assert len(conflicts) == 1


# Starting


def test_a_second_click_gives_the_attempt_in_progress(database: Database, people: Cast) -> None:
    bank = questions(20)
    with database.transaction() as session:
        publish(session, bank)
        first = begin(session, people.kari, bank)
    with database.transaction() as session:
        second = begin(session, people.kari, bank, seed="noe annet")
        assert second.id == first.id
        assert session.scalar(select(func.count()).select_from(AttemptItem)) == 10


def test_the_pre_test_is_taken_once_and_the_post_test_until_passed(database: Database, people: Cast) -> None:
    bank = questions(20)
    with database.transaction() as session:
        publish(session, bank)
        services.submit(session, begin(session, people.kari, bank, form="pre"), answers=None, now=NOW)
        with pytest.raises(Refused) as refused:
            begin(session, people.kari, bank, form="pre")
        assert codes(refused) == ["pretest-taken"]

        failed = services.submit(session, begin(session, people.kari, bank), answers=None, now=NOW)
        second = begin(session, people.kari, bank)
        assert (failed.ordinal, second.ordinal) == (1, 2)
        answer_all(session, second)
        services.submit(session, second, answers=None, now=NOW)
        with pytest.raises(Refused) as refused:
            begin(session, people.kari, bank)
        assert codes(refused) == ["posttest-passed"]


def test_one_owners_attempts_do_not_bar_anothers(database: Database, people: Cast) -> None:
    bank = questions(20)
    with database.transaction() as session:
        publish(session, bank)
        one = begin(session, people.kari, bank, form="pre", owner="enrolment:1")
        other = begin(session, people.kari, bank, form="pre", owner="enrolment:2")
        assert one.id != other.id
        with pytest.raises(ValueError, match="another person"):
            begin(session, people.mons, bank, form="pre", owner="enrolment:1")


@pytest.mark.parametrize("seed", [f"person-{n}" for n in range(12)])
def test_the_forms_share_no_question_and_a_second_try_prefers_unseen_ones(
    database: Database, people: Cast, seed: str
) -> None:
    bank = questions(28)  # 14 of each objective: 5 pre, 5 post, 4 left
    with database.transaction() as session:
        publish(session, bank)
        begin(session, people.kari, bank, form="pre", seed=seed)
        first = services.submit(session, begin(session, people.kari, bank, seed=seed), answers=None, now=NOW)
        assert first.out_of == 10
        pre = shown_ids(session, "enrolment:1", "pre")
        post_1 = shown_ids(session, "enrolment:1", "post")
        begin(session, people.kari, bank, seed=seed)
        seen_in_post = shown_ids(session, "enrolment:1", "post")
        assert len(pre) == len(post_1) == 10
        assert not pre & seen_in_post
        assert len(seen_in_post) == 18  # all 18 there are beside the pre-test's, so only two came again


def test_a_bank_that_is_too_small_repeats_no_more_of_the_pre_test_than_it_must(
    database: Database, people: Cast
) -> None:
    bank = questions(16)  # 8 of each objective, 5 in each form: 2 must be shared
    with database.transaction() as session:
        publish(session, bank)
        begin(session, people.kari, bank, form="pre")
        for _ in range(3):
            attempt = begin(session, people.kari, bank)
            ids = set(
                session.scalars(
                    select(QuestionVersion.question_id)
                    .join(AttemptItem, AttemptItem.question_version_id == QuestionVersion.id)
                    .where(AttemptItem.attempt_id == attempt.id)
                )
            )
            assert len(ids & shown_ids(session, "enrolment:1", "pre")) == 4
            services.submit(session, attempt, answers=None, now=NOW)


@pytest.mark.parametrize("address", ["https://ond.example/", "//ond.example", "/\\ond.example", "kurs", ""])
def test_an_attempt_leads_back_to_this_site_only(database: Database, people: Cast, address: str) -> None:
    bank = questions(20)
    with database.transaction() as session:
        publish(session, bank)
        with pytest.raises(ValueError, match="not a path"):
            begin(session, people.kari, bank, go_back_to=address)


def test_a_version_that_was_never_published_cannot_be_drawn(database: Database, people: Cast) -> None:
    bank = questions(20)
    with database.transaction() as session:
        publish(session, bank)
        with pytest.raises(LookupError, match="q-new"):
            begin(session, people.kari, [*bank, question("q-new")])
        assert session.scalar(select(func.count()).select_from(Attempt)) == 0


# Answering


def test_answers_are_kept_as_given_and_can_be_changed_and_taken_back(database: Database, people: Cast) -> None:
    bank = questions(20)
    with database.transaction() as session:
        publish(session, bank)
        attempt = begin(session, people.kari, bank)
        for keys in (["b"], ["a", "a"], []):
            services.save_answer(session, attempt, position=1, keys=keys, now=NOW)
            shown = queries.paper(session, attempt.id).questions[0]
            assert {option.key for option in shown.options if option.chosen} == set(keys)


@pytest.mark.parametrize("keys", [["z"], [""], ["a", "z"], ["ab"], ["A"], ["a\x00"], ["<b>"]])
def test_hostile_keys_are_refused_and_change_nothing(database: Database, people: Cast, keys: list[str]) -> None:
    bank = questions(20)
    with database.transaction() as session:
        publish(session, bank)
        attempt = begin(session, people.kari, bank)
        services.save_answer(session, attempt, position=1, keys=["b"], now=NOW)
    for attack in (
        lambda session: services.save_answer(session, again(session, attempt), position=1, keys=keys, now=NOW),
        lambda session: services.save_answers(session, again(session, attempt), answers={2: ["a"], 1: keys}, now=NOW),
        lambda session: services.submit(session, again(session, attempt), answers={2: ["a"], 1: keys}, now=NOW),
    ):
        with pytest.raises(Refused) as refused, database.transaction() as session:
            attack(session)
        assert codes(refused) == ["option-unknown"]
    with database.reading() as session:
        paper = queries.paper(session, attempt.id)
        assert (paper.answered, paper.submitted_at) == (1, None)


def test_two_answers_to_a_question_with_one_are_refused(database: Database, people: Cast) -> None:
    bank = [question("q-1")]
    with database.transaction() as session:
        publish(session, bank)
        attempt = begin(session, people.kari, bank, blueprint={"rygg": 1})
        with pytest.raises(Refused) as refused:
            services.save_answer(session, attempt, position=1, keys=["a", "b"], now=NOW)
        assert codes(refused) == ["one-option-only"]


@pytest.mark.parametrize("position", [0, -1, 11, 2**31 - 1])
def test_a_position_the_test_does_not_have_is_refused(database: Database, people: Cast, position: int) -> None:
    bank = questions(20)
    with database.transaction() as session:
        publish(session, bank)
        attempt = begin(session, people.kari, bank)
        for act in (services.save_answers, services.submit):
            with pytest.raises(Refused) as refused:
                act(session, attempt, answers={position: ["a"]}, now=NOW)
            assert codes(refused) == ["question-unknown"]


def test_an_old_page_without_a_choice_takes_no_answer_back_but_a_checkbox_can_be_let_go_of(
    database: Database, people: Cast
) -> None:
    bank = [question("q-1"), question("q-2", kind=Kind.MULTIPLE)]
    with database.transaction() as session:
        publish(session, bank)
        attempt = begin(session, people.kari, bank, blueprint={"rygg": 2})
        services.save_answers(session, attempt, answers={1: ["b"], 2: ["b"]}, now=NOW)
        services.save_answers(session, attempt, answers={1: [], 2: []}, now=NOW)
        left = [one.kind for one in queries.paper(session, attempt.id).questions if one.is_answered]
        assert left == [Kind.SINGLE]


# Submitting


def test_scores_are_exact_and_partial_credit_counts(database: Database, people: Cast) -> None:
    bank = [
        question("q-1", kind=Kind.MULTIPLE, right="abc", options=6),
        question("q-2", objective="psyke"),
    ]
    with database.transaction() as session:
        publish(session, bank)
        attempt = begin(session, people.kari, bank, blueprint={"rygg": 1, "psyke": 1})
        positions = {one.kind: one.position for one in queries.paper(session, attempt.id).questions}
        services.submit(
            session, attempt, answers={positions[Kind.MULTIPLE]: ["a"], positions[Kind.SINGLE]: ["a"]}, now=NOW
        )
    with database.reading() as session:
        (summary,) = queries.attempts_of(session, "enrolment:1")
        by_objective = queries.result_by_objective(session, attempt.id)
    assert (summary.score, summary.passed) == (Fraction(2, 3), False)
    assert [(one.title, one.points, one.out_of) for one in by_objective] == [
        ("Ryggens robusthet", Fraction(1, 3), 1),
        ("Psykisk helse i arbeid", Fraction(1), 1),
    ]


def test_reaching_the_pass_mark_exactly_is_enough(database: Database, people: Cast) -> None:
    bank = [question(f"q-{n:02}") for n in range(10)]
    with database.transaction() as session:
        publish(session, bank)
        attempt = begin(session, people.kari, bank, blueprint={"rygg": 10})
        answer_all(session, attempt, leave_out=2)
        services.submit(session, attempt, answers=None, now=NOW)
        (summary,) = queries.attempts_of(session, "enrolment:1")
    assert (summary.score, summary.passed) == (Fraction(4, 5), True)


def test_a_second_submit_and_a_late_autosave_change_nothing(database: Database, people: Cast) -> None:
    bank = questions(20)
    later = NOW + timedelta(minutes=5)
    with database.transaction() as session:
        publish(session, bank)
        attempt = begin(session, people.kari, bank)
        services.submit(session, attempt, answers={1: ["a"]}, now=NOW)
    with database.transaction() as session:
        second = services.submit(session, again(session, attempt), answers={2: ["a"]}, now=later)
        assert second.submitted_at == NOW
    with pytest.raises(Refused) as refused, database.transaction() as session:
        services.save_answer(session, again(session, attempt), position=2, keys=["a"], now=later)
    assert codes(refused) == ["test-submitted"]
    with pytest.raises(Refused) as refused, database.transaction() as session:
        services.save_answers(session, again(session, attempt), answers={2: ["a"]}, now=later)
    assert codes(refused) == ["test-submitted"]
    with database.reading() as session:
        assert queries.paper(session, attempt.id).answered == 1
        assert queries.result(session, attempt.id).points == 1


def test_the_database_itself_refuses_an_attempt_submitted_without_a_score(database: Database, people: Cast) -> None:
    bank = questions(20)
    with database.transaction() as session:
        publish(session, bank)
        attempt = begin(session, people.kari, bank)
    with pytest.raises(Exception, match="submitted_is_scored"), database.transaction() as session:
        session.execute(update(Attempt).where(Attempt.id == attempt.id).values(submitted_at=NOW))


def test_there_is_no_result_before_submitting_and_no_review_of_a_pre_test_ever(
    database: Database, people: Cast
) -> None:
    bank = questions(20)
    with database.transaction() as session:
        publish(session, bank)
        attempt = begin(session, people.kari, bank, form="pre")
        for read in (queries.result, queries.result_by_objective):
            with pytest.raises(ValueError, match="before it is submitted"):
                read(session, attempt.id)
        services.submit(session, attempt, answers=None, now=NOW)
        assert queries.result(session, attempt.id).review == ()
        (summary,) = queries.attempts_of(session, "enrolment:1")
    assert (summary.score, summary.passed) == (Fraction(0), None)


def test_attempts_of_many_owners_come_in_order_and_none_is_an_empty_tuple(database: Database, people: Cast) -> None:
    bank = questions(20)
    with database.transaction() as session:
        publish(session, bank)
        services.submit(session, begin(session, people.kari, bank), answers=None, now=NOW)
        begin(session, people.kari, bank)
        begin(session, people.kari, bank, form="pre")
        begin(session, people.mons, bank, owner="enrolment:2")
        found = queries.attempts_of_many(session, ["enrolment:2", "enrolment:1", "enrolment:3"])
    assert [(one.form, one.ordinal) for one in found["enrolment:1"]] == [("pre", 1), ("post", 1), ("post", 2)]
    assert len(found["enrolment:2"]) == 1
    assert found["enrolment:3"] == ()


def test_a_score_just_below_the_pass_mark_is_never_shown_as_the_mark(database: Database, people: Cast) -> None:
    bank = [question("q-1", kind=Kind.MULTIPLE, right="abcdefghijklm", options=26)]
    with database.transaction() as session:
        publish(session, bank)
        attempt = begin(session, people.kari, bank, blueprint={"rygg": 1}, pass_mark=Fraction(9231, 10000))
        services.submit(session, attempt, answers={1: list("abcdefghijkl")}, now=NOW)
        result = queries.result(session, attempt.id)
    assert result.points == Fraction(12, 13)  # 92,3077 %: rounds to 92,3 either way, and is below 92,31
    assert result.share <= Fraction(12, 13)
    assert result.attempt.passed is False
