"""Withdrawn questions count in no learning gain and in no form's figures; on the authors' page they stand marked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction

import pytest

from courses.queries import learning
from courses.queries.outcomes import outcomes_in
from lms.clock import at_local
from lms.db import Database
from lms.viewer import Reach
from quizzes import effective, withdrawing
from quizzes.attempts import Purpose
from quizzes.gain import Scores
from quizzes.withdrawal import Way
from tests.cast import Cast
from tests.clients import Browser
from tests.courses import factories
from tests.limits import statements

DAY = date(2026, 3, 2)
NOON, LATER = at_local(DAY, 12), at_local(DAY + timedelta(days=7), 9)
EVERYWHERE = Reach(everywhere=True)
BACK = tuple(f"rygg-{n}" for n in range(1, 5))
UNREST = ("uro-1", "uro-2")
GAIN, ITEMS = f"/maling/utbytte?kurs={factories.COURSE}", f"/kurs/{factories.COURSE}/innhold/statistikk"


@pytest.fixture
def six(database: Database, people: Cast) -> list[int]:
    """Both tests taken: nothing right before, all right after. All of them belong somewhere."""
    chosen = [people.kari, people.stian, people.mons, people.tone, people.geir, people.sonja]
    with database.transaction() as session:
        factories.published(session, at_local(DAY - timedelta(days=60), 12))
        for person_id in chosen:
            factories.passed(session, person_id, NOON)
    return chosen


def withdraw(database: Database, people: Cast, ids: Iterable[str], way: Way = Way.LEFT_OUT) -> None:
    with database.transaction() as session:
        for question_id in ids:
            withdrawing.withdraw(
                session, bank=factories.COURSE, question_id=question_id, way=way, reason="Fasiten er gal.",
                actor_id=people.siri, now=LATER,
            )  # fmt: skip


def own(database: Database, person_id: int) -> tuple[tuple[str, Scores], ...]:
    """What a person sees on the course's page."""
    with database.reading() as session:
        standing = learning.standing_of(session, person_id, factories.COURSE)
        assert standing is not None
        return learning.learnt(session, learning.studies(session, standing))


@pytest.mark.parametrize("way", Way)
def test_a_withdrawn_question_counts_in_neither_test(
    database: Database, people: Cast, six: list[int], way: Way
) -> None:
    """Full points for everybody would make the pre-test, where nothing was right, better than it was."""
    with database.transaction() as session:  # one who knew the back before, and had it wrong after
        enrolment = factories.enrolled(session, people.ari, NOON)
        factories.take(session, enrolment, Purpose.PRE, NOON)
        for lesson in factories.LESSONS:
            factories.services.mark_done(session, enrolment, lesson, NOON)
        factories.take(session, enrolment, Purpose.POST, NOON, right=False)
    withdraw(database, people, [BACK[0], UNREST[0]], way)
    with database.reading() as session, statements(database) as asked:
        found = outcomes_in(session, EVERYWHERE, factories.COURSE).outcomes
    assert len(asked) == 2, asked
    by_person = {one.person_id: one for one in found}
    assert by_person.pop(people.ari).scores == Scores(Fraction(1), Fraction(0))
    assert {one.scores for one in by_person.values()} == {Scores(Fraction(0), Fraction(1))}


def test_an_objective_with_nothing_left_is_not_spoken_of_and_the_rest_counts(
    browser: Browser, database: Database, people: Cast, six: list[int]
) -> None:
    withdraw(database, people, UNREST)
    with database.reading() as session:
        found = outcomes_in(session, EVERYWHERE, factories.COURSE).outcomes
    assert [set(one.objectives) for one in found] == [{"ryggen"}] * 6
    page = browser.sign_in_as(database, people.siri).get(GAIN).text
    assert "6 personer har tatt begge prøvene" in page
    assert "Forklare at ryggen er sterk" in page
    assert "uro" not in page
    assert [text for text, _scores in own(database, people.kari)] == ["Forklare at ryggen er sterk"]


def test_whoever_has_nothing_left_in_a_test_has_no_gain(
    browser: Browser, database: Database, people: Cast, six: list[int]
) -> None:
    withdraw(database, people, [*BACK, *UNREST])
    with database.reading() as session:
        assert outcomes_in(session, EVERYWHERE, factories.COURSE).outcomes == ()
    assert own(database, people.kari) == ()
    assert "Ingen gruppe har 5 eller flere ennå" in browser.sign_in_as(database, people.siri).get(GAIN).text
    page = browser.sign_in_as(database, people.kari).get(f"/kurs/{factories.COURSE}")
    assert page.status_code == 200
    assert "Dette har du lært" not in page.text
    items = browser.sign_in_as(database, people.ari).get(ITEMS)
    assert items.status_code == 200
    assert "Ingen har levert en prøve" not in items.text


def test_what_is_rehearsed_or_proposed_changes_no_figure(database: Database, people: Cast, six: list[int]) -> None:
    mine = own(database, people.kari)
    with database.reading() as session:
        before = outcomes_in(session, EVERYWHERE, factories.COURSE)
    with database.transaction() as session:
        given = {"bank": factories.COURSE, "question_id": UNREST[0], "way": Way.LEFT_OUT}
        effective.rehearsal(session, **given, at=LATER)  # type: ignore[arg-type]
        withdrawing.propose(session, **given, reason="To er riktige.", actor_id=people.ari, now=LATER)  # type: ignore[arg-type]
    with database.reading() as session:
        assert outcomes_in(session, EVERYWHERE, factories.COURSE) == before
    assert own(database, people.kari) == mine


def test_ones_own_gain_leaves_withdrawn_questions_out(
    browser: Browser, database: Database, people: Cast, six: list[int]
) -> None:
    withdraw(database, people, BACK[:2], Way.FULL)
    shares = {scores for _text, scores in own(database, people.kari)}
    assert shares == {Scores(Fraction(0), Fraction(1))}
    browser.sign_in_as(database, people.kari)
    assert "Trukne spørsmål er ikke med." in browser.get(f"/kurs/{factories.COURSE}").text


def test_authors_see_a_withdrawn_question_marked_and_with_its_figures(
    browser: Browser, database: Database, people: Cast, six: list[int]
) -> None:
    browser.sign_in_as(database, people.ari)
    before = browser.get(ITEMS).text
    assert "Spørsmålet er trukket" not in before
    withdraw(database, people, [UNREST[0]])
    page = browser.get(ITEMS).text
    assert page.count("Spørsmålet er trukket") == 1
    (card,) = (part for part in page.split('<details class="ds-card item"') if f'id="{UNREST[0]}"' in part)
    assert "trukket</span>" in card
    assert f"/sporsmal/{UNREST[0]}/trekk" in card
    assert card.count("svar</h4>") == before.split(f'id="{UNREST[0]}"')[1].split("</details>")[0].count("svar</h4>")
