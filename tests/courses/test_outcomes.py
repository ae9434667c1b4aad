"""What groups have learnt: who counts and where, what is hidden, and that nobody sees another region's figures."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from courses import slopes
from courses.outcomes import EVERYBODY, Outcome, Seat, Step, can_be_asked, choice, cohort_of, latest, region_of, report
from courses.queries.outcomes import outcomes_in
from courses.seminars import days_of
from courses.services import learning as services
from courses.services import seminars
from lms import people as persons
from lms import units
from lms.clock import at_local
from lms.db import Database
from lms.people import Locale
from lms.units import Sector, Unit
from lms.viewer import Reach
from quizzes.attempts import Purpose
from quizzes.gain import Scores
from quizzes.intervals import of_mean
from tests.cast import Cast
from tests.clients import Browser
from tests.courses import factories
from tests.limits import statements

DAY = date(2026, 3, 2)
TROMSO, ALTA, ARENDAL = "/norge/nord/tromso/", "/norge/nord/alta/", "/norge/sor/arendal/"
EVERYWHERE = Reach(everywhere=True)


def outcome(person_id: int, **changes: object) -> Outcome:
    facts: dict[str, object] = {
        "person_id": person_id,
        "cycle": 1,
        "version": 1,
        "seminar_id": None,
        "unit_path": TROMSO,
        "sector": "nav",
        "on": DAY,
        "scores": Scores(Fraction(1, 4), Fraction(3, 4)),
        "objectives": {"ryggen": Scores(Fraction(0), Fraction(1, 2))},
    }
    return Outcome(**{**facts, **changes})  # type: ignore[arg-type]


def many(count: int, start: int = 0, **changes: object) -> list[Outcome]:
    return [outcome(start + number, **changes) for number in range(count)]


def parts(of: Sequence[Outcome], step: Step, **wanted: str) -> dict[str, int]:
    """The parts shown by a step: persons by value."""
    found = report(of, ["ryggen"], choice({Step(name): value for name, value in wanted.items()}))
    return {value: gain.persons for one in found.partings if one.step is step for value, gain in one.parts}


# ---- who counts


def test_a_unit_brings_its_region_and_a_half_year_its_year() -> None:
    assert dict(choice({Step.UNIT: TROMSO, Step.HALF: "2026-1"})) == {
        "region": "/norge/nord/",
        "unit": TROMSO,
        "year": "2026",
        "half": "2026-1",
    }
    assert [region_of(path) for path in ("/norge/", "/norge/nord/", TROMSO, "")] == [
        "/norge/", "/norge/nord/", "/norge/nord/", "",
    ]  # fmt: skip


def test_only_the_place_can_be_combined_with_another_choice() -> None:
    assert can_be_asked(EVERYBODY)
    assert can_be_asked(choice({Step.UNIT: TROMSO, Step.HALF: "2026-1"}))
    assert not can_be_asked(choice({Step.SECTOR: "nav", Step.YEAR: "2026"}))


def test_the_seminar_is_the_first_that_was_not_over() -> None:
    def seat(id: int, first: int, last: int) -> Seat:
        return Seat(seminar_id=id, first_on=DAY + timedelta(days=first), last_on=DAY + timedelta(days=last))

    seats = [seat(1, -50, -10), seat(3, 90, 120), seat(2, 5, 40)]
    assert cohort_of(seats, DAY) == 2
    assert cohort_of(seats, DAY + timedelta(days=200)) is None
    assert cohort_of([], DAY) is None


def test_a_person_counts_once_with_the_latest_cycle() -> None:
    twice = [outcome(1, cycle=2, version=9), outcome(1, cycle=1), outcome(2)]
    assert {(one.person_id, one.cycle) for one in latest(twice)} == {(1, 2), (2, 1)}
    assert report([*twice, *twice], []).gain is None  # two persons, however often


# ---- what is shown


def test_figures_of_a_group_by_hand() -> None:
    pre = [Fraction(n, 10) for n in (2, 3, 4, 5, 6)]
    group = [outcome(n, scores=Scores(one, one + Fraction(3, 10))) for n, one in enumerate(pre)]
    gain = report(group, ["ryggen"]).gain
    assert gain is not None
    assert (gain.persons, gain.pre_mean, gain.difference) == (5, Fraction(2, 5), Fraction(3, 10))
    assert gain.gain_of_means == Fraction(1, 2)
    assert gain.difference_interval == of_mean([Fraction(3, 10)] * 5)


def test_a_group_of_four_is_not_shown_and_gives_no_empty_tables() -> None:
    found = report(many(4), ["ryggen"])
    assert (found.gain, found.objectives, found.partings) == (None, (), ())


def test_what_would_show_a_small_group_by_subtraction_is_hidden_too() -> None:
    people = [*many(9), *many(8, 100, unit_path=ALTA), *many(3, 200, unit_path=ARENDAL)]
    assert parts(people, Step.REGION) == {}  # 20 − 17 would be the three in Sør
    people += many(6, 300, unit_path="/norge/vest/bergen/")
    assert parts(people, Step.REGION) == {"/norge/nord/": 17}
    assert report(people, [], choice({Step.REGION: "/norge/vest/"})).gain is None
    assert not next(one for one in report(people, []).partings if one.step is Step.REGION).is_whole


def test_who_sees_one_region_sees_its_units() -> None:
    assert parts([*many(9), *many(8, 100, unit_path=ALTA)], Step.UNIT) == {ALTA: 8, TROMSO: 9}


def test_place_and_one_more_are_shown_where_the_whole_table_can_be() -> None:
    people = [*many(6), *many(7, 100, sector="helse"), *many(8, 200, unit_path=ARENDAL)]
    assert parts(people, Step.SECTOR, region="/norge/nord/") == {"helse": 7, "nav": 6}
    assert parts([*people, *many(2, 300, unit_path=ARENDAL, sector="helse")], Step.SECTOR, region="/norge/nord/") == {}


def test_an_objective_that_not_all_have_met_is_not_shown() -> None:
    found = report([*many(9), *many(5, 100, objectives={})], ["ryggen"])
    assert found.objectives == (("ryggen", None),)
    assert report(many(9), ["ryggen"]).objectives[0][1] is not None


def test_the_mean_of_gains_is_hidden_where_its_own_group_is_small() -> None:
    """Nine persons, four of whom had something left to learn."""
    full = Scores(Fraction(1), Fraction(1))
    gain = report([*many(4), *many(5, 100, scores=full)], []).gain
    assert gain is not None
    assert gain.mean_of_gains is None


places = st.tuples(st.sampled_from([TROMSO, ALTA, ARENDAL, ""]), st.sampled_from(["nav", "helse"]), st.integers(1, 12))


@given(st.lists(places, max_size=60))
def test_nothing_shown_has_fewer_than_five_persons(drawn: list[tuple[str, str, int]]) -> None:
    people = [
        outcome(n, unit_path=path, sector=sector, on=date(2026, month, 1))
        for n, (path, sector, month) in enumerate(drawn)
    ]
    for wanted in ({}, {Step.SECTOR: "nav"}, {Step.YEAR: "2026"}, {Step.REGION: "/norge/nord/"}):
        found = report(people, ["ryggen"], choice(wanted))
        gains = [found.gain, *(gain for _id, gain in found.objectives)]
        gains += [gain for parting in found.partings for _value, gain in parting.parts]
        assert all(gain is None or gain.persons >= 5 for gain in gains)


@given(st.lists(st.fractions(0, 1), min_size=1, max_size=30))
def test_every_slope_lies_in_its_panel_and_panels_do_not_overlap(shares: list[Fraction]) -> None:
    picture = slopes.picture([(n, share, 1 - share) for n, share in enumerate(shares, 1)], (Fraction(0), Fraction(1)))
    assert len({(one.x, one.y) for one in picture.slopes}) == len(shares)
    for one in picture.slopes:
        assert one.x + slopes.PANEL_WIDTH <= picture.width
        assert one.y + slopes.PANEL_HEIGHT <= picture.height
        assert slopes.FULL_AT <= min(one.left, one.right) <= max(one.left, one.right) <= slopes.NOTHING_AT


# ---- in the database


@pytest.fixture
def crowd(database: Database, people: Cast) -> dict[str, list[int]]:
    """Both tests taken: seven in Tromsø, six in Arendal, two in Alta; the first of each passed at the second try."""
    found: dict[str, list[int]] = {}
    with database.transaction() as session:
        factories.published(session, at_local(DAY - timedelta(days=60), 12))
        for place, unit, count in (
            ("tromso", people.tromso, 7),
            ("arendal", people.arendal, 6),
            ("alta", people.alta, 2),
        ):
            found[place] = []
            for number in range(count):
                person = persons.add_person(
                    session, name=f"{place} {number}", email=f"{place}{number}@x.example", locale=Locale.NB,
                    now=at_local(DAY, 8),
                )  # fmt: skip
                sector = Sector.NAV if number % 2 else Sector.HELSE
                units.join_unit(session, person, session.get_one(Unit, unit), sector, on=DAY - timedelta(days=90))
                enrolment = factories.all_read(session, person.id, at_local(DAY - timedelta(days=30), 12))
                if number == 0:
                    factories.take(session, enrolment, Purpose.POST, at_local(DAY - timedelta(days=1), 12), right=False)
                factories.take(session, enrolment, Purpose.POST, at_local(DAY, 12))
                found[place].append(person.id)
    return found


def test_the_first_post_test_counts_passed_or_not(database: Database, crowd: dict[str, list[int]]) -> None:
    with database.reading() as session:
        found = outcomes_in(session, EVERYWHERE, factories.COURSE).outcomes
    by_person = {one.person_id: one for one in found}
    failed, passed = (by_person[crowd["tromso"][n]] for n in (0, 1))
    assert (failed.scores, failed.on) == (Scores(Fraction(0), Fraction(0)), DAY - timedelta(days=1))
    assert (passed.scores, passed.on) == (Scores(Fraction(0), Fraction(1)), DAY)
    assert passed.objectives == {id: Scores(Fraction(0), Fraction(1)) for id in ("ryggen", "uroen")}
    assert (passed.unit_path, passed.sector, passed.version) == (TROMSO, "nav", 1)
    assert len(found) == 15


def test_two_statements_however_many(database: Database, crowd: dict[str, list[int]]) -> None:
    with database.reading() as session, statements(database) as asked:
        outcomes_in(session, EVERYWHERE, factories.COURSE)
    assert len(asked) == 2, asked


def test_one_counts_where_one_belonged_that_day(database: Database, people: Cast, crowd: dict[str, list[int]]) -> None:
    moved = crowd["tromso"][1]
    with database.transaction() as session:
        person = session.get_one(persons.Person, moved)
        units.join_unit(session, person, session.get_one(Unit, people.arendal), Sector.NAV, on=DAY + timedelta(days=5))
    with database.reading() as session:
        in_nord = outcomes_in(session, Reach(paths=("/norge/nord/",)), factories.COURSE).outcomes
        in_sor = outcomes_in(session, Reach(paths=("/norge/sor/",)), factories.COURSE).outcomes
    assert moved in {one.person_id for one in in_nord}
    assert moved not in {one.person_id for one in in_sor}


def test_a_seat_names_the_cohort(database: Database, people: Cast, crowd: dict[str, list[int]]) -> None:
    days = [DAY + timedelta(days=n) for n in (10, 11, 12)]
    with database.transaction() as session:
        seminar = seminars.plan_seminar(
            session, unit=session.get_one(Unit, people.nord), name="Vår 2026", place="Tromsø", seats=15,
            days=days_of({1: days, 2: [DAY + timedelta(days=40), DAY + timedelta(days=41)]}), now=at_local(DAY, 8),
        )  # fmt: skip
        seminars.seat_people(session, seminar_id=seminar.id, person_ids=crowd["tromso"][:6], now=at_local(DAY, 8))
    with database.reading() as session:
        found = outcomes_in(session, EVERYWHERE, factories.COURSE)
    assert found.seminars == {seminar.id: "Vår 2026"}
    assert {one.person_id for one in found.outcomes if one.seminar_id} == set(crowd["tromso"][:6])


# ---- the pages


def test_a_coordinator_sees_the_own_region_and_no_names(
    browser: Browser, database: Database, people: Cast, crowd: dict[str, list[int]]
) -> None:
    page = browser.sign_in_as(database, people.sonja).get(f"/maling/utbytte?kurs={factories.COURSE}").text
    assert "6 personer har tatt begge prøvene" in page
    assert "arendal 1" not in page
    assert "Tromsø" not in page
    elsewhere = browser.get(f"/maling/utbytte?kurs={factories.COURSE}&enhet={TROMSO}").text
    assert "Dette utvalget kan ikke vises" in elsewhere


def test_the_picture_says_what_it_shows_and_the_table_stands_beside(
    browser: Browser, database: Database, people: Cast, crowd: dict[str, list[int]]
) -> None:
    page = browser.sign_in_as(database, people.siri).get(f"/maling/utbytte?kurs={factories.COURSE}").text
    assert 'role="img" aria-labelledby="bilde-tittel bilde-tekst"' in page
    assert page.count('class="slope"') == 2
    assert "Forklare at ryggen er sterk" in page
    assert " style=" not in page
    # 15 persons, three of whom had failed the first post-test
    assert "80 %" in page


def test_csv_is_what_the_page_shows(
    browser: Browser, database: Database, people: Cast, crowd: dict[str, list[int]]
) -> None:
    answer = browser.sign_in_as(database, people.siri).get(f"/maling/utbytte.csv?kurs={factories.COURSE}")
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert {row["Gruppe"]: row["Personer"] for row in rows if row["Delt etter"] == "Region"} == {
        "Regional enhet Nord": "9",
        "Regional enhet Sør": "6",
    }
    assert not any("tromso" in str(row) for row in rows)
    hidden = browser.get(f"/maling/utbytte.csv?kurs={factories.COURSE}&enhet={ALTA}")
    assert len(hidden.data.decode("utf-8-sig").splitlines()) == 1


def test_an_empty_page_says_when_there_will_be_something(browser: Browser, database: Database, people: Cast) -> None:
    browser.sign_in_as(database, people.siri)
    assert "Ingen kurs med prøver er publisert ennå" in browser.get("/maling/utbytte").text
    with database.transaction() as session:
        factories.published(session, at_local(DAY, 12))
    assert "Ingen gruppe har 5 eller flere ennå" in browser.get("/maling/utbytte").text
    assert "Velg enhet og høyst én ting til" in browser.get("/maling/utbytte?sektor=nav&periode=2026").text
    for nonsense in ("samling=x", "periode=-", "utgave=%00", "enhet=/", "sektor=alt&enhet=%2e%2e"):
        assert browser.get(f"/maling/utbytte?{nonsense}").status_code == 200


def test_who_may_not_see_groups_does_not(browser: Browser, database: Database, people: Cast) -> None:
    for who in (people.kari, people.mons, people.ari):
        assert browser.sign_in_as(database, who).get("/maling/utbytte").status_code == 403


def test_a_person_sees_what_they_have_learnt_themselves(
    browser: Browser, database: Database, people: Cast, clock: object
) -> None:
    with database.transaction() as session:
        factories.published(session, at_local(DAY, 8))
        enrolment = factories.all_read(session, people.kari, at_local(DAY, 9))
    browser.sign_in_as(database, people.kari)
    assert "Dette har du lært" not in browser.get(f"/kurs/{factories.COURSE}").text
    with database.transaction() as session:
        factories.take(session, enrolment, Purpose.POST, at_local(DAY, 12))
    page = browser.get(f"/kurs/{factories.COURSE}").text
    assert "Dette har du lært" in page
    assert "Forklare at ryggen er sterk" in page


def test_authors_see_how_the_questions_have_worked(
    app: Flask, browser: Browser, database: Database, people: Cast, crowd: dict[str, list[int]]
) -> None:
    page = browser.sign_in_as(database, people.ari).get(f"/kurs/{factories.COURSE}/innhold/statistikk").text
    assert {f"{form} {letter}" for form in ("Førtest", "Ettertest") for letter in "AB"} == set(
        re.findall(r"<th scope=\"row\">((?:Førtest|Ettertest) [AB])</th>", page)
    )
    assert "rygg-1" in page
    assert (
        browser.sign_in_as(database, people.siri).get(f"/kurs/{factories.COURSE}/innhold").text.count("statistikk") == 1
    )
    assert (
        browser.sign_in_as(database, people.kari).get(f"/kurs/{factories.COURSE}/innhold/statistikk").status_code == 403
    )


def test_questions_without_answers_have_a_page_that_says_so(browser: Browser, database: Database, people: Cast) -> None:
    with database.transaction() as session:
        factories.published(session, at_local(DAY, 8))
        services.enrol(session, person_id=people.kari, course_id=factories.COURSE, now=at_local(DAY, 9))
    page = browser.sign_in_as(database, people.ari).get(f"/kurs/{factories.COURSE}/innhold/statistikk").text
    assert "Ingen har levert en prøve i dette kurset ennå" in page
