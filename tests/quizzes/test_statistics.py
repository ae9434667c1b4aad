"""Reads for figures: first tries only, translations with their originals, wordings counted, two statements."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from lms.db import Database
from quizzes import services, statistics, withdrawing
from quizzes.attempts import Purpose
from quizzes.gain import Scores
from quizzes.item_review import forms, review
from quizzes.models import Attempt
from quizzes.withdrawal import Way
from tests.cast import Cast
from tests.limits import statements
from tests.quizzes import factories
from tests.quizzes.factories import BANK, NOW

NYNORSK = f"{BANK}/nn"
BLUEPRINT = {"rygg": 2, "psyke": 2}


def take(database: Database, person_id: int, *, keys: str = "a", **begun: object) -> Attempt:
    """Start, answer everything with the same key, hand in."""
    with database.transaction() as session:
        attempt = factories.begin(session, person_id, ORIGINAL, **{"blueprint": BLUEPRINT, **begun})  # type: ignore[arg-type]
        factories.answer_all(session, attempt, keys)
        return services.submit(session, attempt, now=NOW)


ORIGINAL = [one for one in factories.questions(8) if one.kind.value == "single"]
BY_BANK = {BANK: ORIGINAL, NYNORSK: [replace(one, stem=f"Kva seier forskinga om {one.id}?") for one in ORIGINAL]}


def publish(database: Database) -> None:
    with database.transaction() as session:
        for name, bank in BY_BANK.items():
            factories.publish(session, bank, name=name)


def test_translations_count_with_their_originals(database: Database, people: Cast) -> None:
    publish(database)
    take(database, people.kari, owner="enrolment:1")
    nynorsk = {"bank": NYNORSK, "digests": factories.digests(BY_BANK[NYNORSK])}
    take(database, people.mons, owner="enrolment:2", keys="b", **nynorsk)
    with database.reading() as session:
        found = statistics.answers_in(session, [BANK, NYNORSK])
    assert len(found.sittings) == 2
    assert set(found.questions) == {one.id for one in ORIGINAL}
    assert set(found.texts.values()) == {1}  # a translation is no other wording
    answers = sum(line.answers for one in review(found.sittings, found.questions, found.texts) for line in one.lines)
    assert answers == 8


def test_only_the_first_try_of_a_person_counts(database: Database, people: Cast) -> None:
    publish(database)
    first = take(database, people.kari, owner="enrolment:1", keys="b")
    take(database, people.kari, owner="enrolment:1")
    take(database, people.kari, owner="enrolment:9")  # the next cycle
    with database.transaction() as session:
        factories.begin(session, people.mons, ORIGINAL, owner="enrolment:2", blueprint=BLUEPRINT)  # not handed in
    with database.reading() as session:
        found = statistics.answers_in(session, [BANK, NYNORSK])
    assert [one.attempt_id for one in found.sittings] == [first.id]
    assert {one.score for one in found.sittings[0].given} == {Fraction(0)}


def test_versions_of_a_question_are_one_question_with_its_newest_text(database: Database, people: Cast) -> None:
    publish(database)
    take(database, people.kari, owner="enrolment:1")
    reworded = [replace(one, stem="Hva er best dekket?") for one in ORIGINAL]
    with database.transaction() as session:
        factories.publish(session, reworded)
    take(database, people.mons, owner="enrolment:2", digests=factories.digests(reworded))
    with database.reading() as session:
        found = statistics.answers_in(session, [BANK])
    assert {one.stem for one in found.questions.values()} == {"Hva er best dekket?"}
    assert set(found.texts.values()) == {2}
    assert len(found.sittings) == 2


def test_stored_forms_stand_apart(database: Database, people: Cast) -> None:
    publish(database)
    for person, version in ((people.kari, "A"), (people.mons, "B"), (people.geir, "A")):
        attempt = take(database, person, owner=f"enrolment:{person}")
        with database.transaction() as session:
            session.get_one(Attempt, attempt.id).version = version
    with database.reading() as session:
        found = statistics.answers_in(session, [BANK])
    assert [(line.form, line.version, line.persons) for line in forms(found.sittings)] == [
        (Purpose.POST, "A", 2),
        (Purpose.POST, "B", 1),
    ]


def test_two_statements_however_many(database: Database, people: Cast) -> None:
    publish(database)
    for person in (people.kari, people.mons, people.geir):
        take(database, person, owner=f"enrolment:{person}")
    with database.reading() as session, statements(database) as asked:
        statistics.answers_in(session, [BANK, NYNORSK])
    assert len(asked) == 2, asked


def test_a_persons_gain_by_objective(database: Database, people: Cast) -> None:
    publish(database)
    pre = take(database, people.kari, owner="enrolment:1", form="pre", keys="b")
    post = take(database, people.kari, owner="enrolment:1")
    with database.reading() as session:
        found = statistics.gain_by_objective(session, pre.id, post.id)
    assert found == {"rygg": Scores(Fraction(0), Fraction(1)), "psyke": Scores(Fraction(0), Fraction(1))}


def test_withdrawn_questions_are_named_in_the_same_two_statements(database: Database, people: Cast) -> None:
    """In any language, and not those of a bank whose name only begins alike."""
    publish(database)
    with database.transaction() as session:
        factories.publish(session, ORIGINAL, name=f"{BANK}-2")
        given = {"way": Way.FULL, "reason": "Fasiten er gal.", "actor_id": people.siri, "now": NOW}
        withdrawing.withdraw(session, bank=NYNORSK, question_id=ORIGINAL[0].id, **given)  # type: ignore[arg-type]
        withdrawing.withdraw(session, bank=f"{BANK}-2", question_id=ORIGINAL[1].id, **given)  # type: ignore[arg-type]
    with database.reading() as session, statements(database) as asked:
        found = statistics.answers_in(session, [BANK, NYNORSK])
    assert found.withdrawn == {ORIGINAL[0].id}
    assert len(asked) == 2, asked


def test_a_withdrawn_question_is_in_nobodys_gain(database: Database, people: Cast) -> None:
    publish(database)
    pre = take(database, people.kari, owner="enrolment:1", form="pre", keys="b")
    post = take(database, people.kari, owner="enrolment:1")
    for way, objective in zip(Way, BLUEPRINT, strict=True):
        with database.transaction() as session:
            for one in ORIGINAL:
                if one.objective == objective:
                    withdrawing.withdraw(
                        session, bank=BANK, question_id=one.id, way=way, reason="Galt.", actor_id=people.siri, now=NOW
                    )
        with database.reading() as session:
            found = statistics.gain_by_objective(session, pre.id, post.id)
        assert objective not in found
    assert found == {}
