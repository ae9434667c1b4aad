"""Nynorsk beside bokmål: paired by id, told when it is older, and each reader gets their own language throughout."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from courses.catalogue import Course
from courses.parsing.course import advice, parse_course
from courses.parsing.translation import fingerprints, stamp, translate
from courses.queries import learning as queries
from courses.services import learning
from lms.clock import FrozenClock
from lms.db import Database
from lms.errors import Refused
from lms.people import Locale, Person
from quizzes.attempts import Purpose
from quizzes.models import AttemptItem, QuestionVersion
from tests.cast import Cast
from tests.clients import Browser
from tests.courses import factories, rich
from tests.courses.rich import changed

BOTH = rich.files(nynorsk=True)
LESSON, QUESTIONS, WORDS = "01-rygg/01-skiven.nn.md", "01-rygg/questions.nn.md", "01-rygg/glossary.nn.md"


def parsed(files: Mapping[str, bytes]) -> Course:
    report = parse_course(files, "kurs")
    assert report, report.problems
    return report.items[0]


def problems(files: Mapping[str, bytes]) -> list[str]:
    return [str(problem) for problem in parse_course(files, "kurs").problems]


def notes(files: Mapping[str, bytes]) -> list[str]:
    return [str(note) for note in parsed(files).translations[0].notes]


def test_a_course_with_everything_translated_and_stamped_has_nothing_to_tell() -> None:
    assert notes(BOTH) == []
    assert not [note for note in advice(parsed(BOTH)) if ".nn." in str(note)]
    (nynorsk,) = parsed(BOTH).translations
    assert (nynorsk.language, nynorsk.title, nynorsk.id) == ("nn", "Roleg start", "rolig-start")
    assert [one.text for one in nynorsk.objectives][0].endswith("på nynorsk")
    assert nynorsk.modules[0].lessons[0].title == "Skiva er sterk"
    assert [term.term for term in nynorsk.glossary] == ["Mellomvirvelskive", "Unngåing"]


def test_what_is_not_translated_stands_as_in_the_original_and_is_told() -> None:
    files = {name: body for name, body in BOTH.items() if name not in (LESSON, QUESTIONS, WORDS)}
    (nynorsk,) = parsed(files).translations
    assert nynorsk.modules[0].lessons[0].title == "Skiven er sterk"
    assert nynorsk.modules[0].questions == parsed(files).modules[0].questions
    assert nynorsk.modules[0].questions_path == "kurs/01-rygg/questions.md"
    told = notes(files)
    assert len(told) == 3 and all("er ikke oversatt til nn" in note for note in told)
    assert any(note.startswith("kurs/01-rygg/01-skiven.md:1: ") and "lag 01-skiven.nn.md" in note for note in told)


STALE = [
    ("course.md", "Velkommen", "Hei", "course.nn.md"),
    ("course.md", 'title: "Rolig start"', "title: Rolig", "course.nn.md"),
    ("course.md", "Forklare hva uro er", "Vite hva uro er", "course.nn.md"),
    ("course.md", "Nye instruktører", "Alle", "course.nn.md"),
    ("01-rygg/module.md", "Om ryggen", "Alt om ryggen", "01-rygg/module.nn.md"),
    ("01-rygg/01-skiven.md", "tåler mye", "tåler alt", LESSON),
    ("01-rygg/01-skiven.md", "Skiven er sterk", "Skiven", LESSON),
    ("01-rygg/glossary.md", "Puten mellom", "Skiven mellom", WORDS),
    ("01-rygg/questions.md", "Hva er rygg-2?", "Hva er det?", QUESTIONS),
    ("01-rygg/questions.md", "- [ ] Svar a\n", "- [ ] Svar A\n", QUESTIONS),
]


@pytest.mark.parametrize(("name", "old", "new", "translation"), STALE)
def test_a_translation_older_than_its_original_is_told_and_no_other_is(
    name: str, old: str, new: str, translation: str
) -> None:
    text = BOTH[name].decode()
    assert old in text
    told = notes({**BOTH, name: text.replace(old, new, 1).encode()})
    assert len(told) == 1, told
    assert re.match(rf"kurs/{re.escape(translation)}:\d+: er eldre enn originalen", told[0])


def test_a_change_that_touches_no_text_makes_no_translation_older() -> None:
    files = changed(BOTH, "01-rygg/module.md", "minutes: 20", "minutes: 25")
    assert notes(changed(files, "course.md", "hours: 7,5", "hours: 8")) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        (WORDS, "## Unngåing {#unngaelse original=", "## Noko {#x}\n\nT.\n\n## U {#unngaelse original=", "originalen"),
        (WORDS, "original=", "original=0", "kan ikke leses"),
        (LESSON, "id: skiven", "id: skiva", "den samme som i originalen"),
        (LESSON, "original: ", "orginal: ", "ukjent nøkkel"),
        (LESSON, "original: ", "original: x", "åtte tegn"),
        (LESSON, "reflection min-rygg", "reflection ryggen-min", "samme id-ene"),
        (LESSON, '!!! reflection min-rygg "Kva toler du?"', "!!! tip", "samme id-ene"),
        (LESSON, '!!! video "Et løft på lageret"', '!!! tip "Eit løft"', "filmene"),
        (LESSON, "(film.mp4)", "(filmen.mp4)", "finnes ikke"),
        (LESSON, " [teksting](film.vtt)", "", "mangler teksting"),
        (LESSON, "ord:skive-ord", "ord:skiva", "ikke forklart"),
        (LESSON, "(skive.svg", "(skiva.svg", "finnes ikke"),
        (LESSON, "## Løft", "#### Løft", "hopper"),
        (LESSON, "[rapport, kap. 10.5]", "[rapporten]", "ukjent kilde"),
        (QUESTIONS, "- [x] Svar b", "- [ ] Svar b", "riktig"),
        (QUESTIONS, "{#rygg-1 original=", "{#rygg-99 original=", "finnes ikke i originalen"),
        (QUESTIONS, "{#rygg-1 original=", "{#rygg-1 objective=ryggen original=", "overskriften skal være"),
        (QUESTIONS, "Kva er rygg-1?", "Kva er <b>rygg-1</b>?", "HTML brukes ikke"),
        (QUESTIONS, "Kva er rygg-1?", "![](borte.svg)", "finnes ikke"),
        (QUESTIONS, "Kva er rygg-1?", "Kva [seier] dei?", "ukjent kilde"),
        ("course.nn.md", "Velkomen.", "Vel <b>komen</b>.", "HTML brukes ikke"),
        ("course.nn.md", "Velkomen.", "![](borte.svg)", "finnes ikke"),
        ("course.nn.md", "Velkomen.", "[Vel](ord:skive-ord)komen.", "bare leksjoner"),
        ("course.nn.md", "  ryggen: ", "  rygger: ", "finnes ikke i course.md"),
        ("01-rygg/module.nn.md", "Om ryggen", "Om <i>ryggen</i>", "HTML brukes ikke"),
        (WORDS, "Å halde", "Å <i>halde</i>", "HTML brukes ikke"),
    ],
)  # fmt: skip
def test_a_translation_that_does_not_fit_its_original_is_a_problem(name: str, old: str, new: str, words: str) -> None:
    text = BOTH[name].decode()
    assert old in text
    told = problems({**BOTH, name: text.replace(old, new, 1).encode()})
    assert any(one.startswith(f"kurs/{name}:") and words in one for one in told), told


@pytest.mark.parametrize("swap", [("- [x] Svar b", "- [ ] Svar b"), ("- [ ] Svar c\n", "")])
def test_another_key_or_another_number_of_answers_is_a_problem(swap: tuple[str, str]) -> None:
    text = BOTH[QUESTIONS].decode().replace(*swap, 1)
    if swap[1]:
        text = text.replace("- [ ] Svar a", "- [x] Svar a", 1)
    assert any("samme fasit" in one for one in problems({**BOTH, QUESTIONS: text.encode()}))


@pytest.mark.parametrize(
    "name", ["01-rygg/09-ny.nn.md", "03-ny/module.nn.md", "forord.nn.md", "01-rygg/questions.en.nn.md"]
)
def test_a_translation_of_nothing_is_a_problem(name: str) -> None:
    body = b"---\nid: ny\ntitle: Ny\noriginal: 00000000\n---\nTekst.\n"
    assert any(one.startswith(f"kurs/{name}:") for one in problems({**BOTH, name: body}))


def test_a_translation_into_the_language_it_is_in_is_a_problem() -> None:
    body = b"---\nid: rygg\ntitle: R\noriginal: 00000000\n---\nTekst.\n"
    assert any("allerede på «nb»" in one for one in problems({**BOTH, "01-rygg/module.nb.md": body}))


def test_words_objectives_and_questions_left_out_of_a_translation_are_told() -> None:
    words = BOTH[WORDS].decode().partition("## Unngåing")[0]
    objectives = re.sub(r"  uroen: .*\n", "", BOTH["course.nn.md"].decode())
    questions = "## ".join(BOTH[QUESTIONS].decode().split("## ")[:-1])
    told = notes({**BOTH, WORDS: words.encode(), "course.nn.md": objectives.encode(), QUESTIONS: questions.encode()})
    for what in ("ordet «unngaelse»", "læringsmålet «uroen»", "spørsmålet «rygg-4»"):
        assert sum(what in note for note in told) == 1, told
    assert len(told) == 3


def test_a_text_that_does_not_say_what_it_is_made_of_is_told() -> None:
    words = re.sub(r" original=[0-9a-f]{8}", "", BOTH[WORDS].decode(), count=1)
    questions = re.sub(r"original=[0-9a-f]{8}", "original=", BOTH[QUESTIONS].decode(), count=1)
    told = notes({**BOTH, WORDS: words.encode(), QUESTIONS: questions.encode()})
    assert len(told) == 2 and all("sier ikke hvilken original" in note for note in told), told


def test_a_film_may_have_captions_of_its_own_in_a_translation() -> None:
    files = changed({**BOTH, "01-rygg/film.nn.vtt": b"WEBVTT\n"}, LESSON, "(film.vtt)", "(film.nn.vtt)")
    compiled, _ = factories.compiled(files)
    (nynorsk,) = compiled.translations
    assert nynorsk.modules[0].lessons[0].videos[0].captions.endswith("/film.nn.vtt")
    assert compiled.modules[0].lessons[0].videos[0].captions.endswith("/film.vtt")


@pytest.mark.parametrize("name", [name for name in BOTH if name.endswith(".nn.md")])
def test_a_stamp_is_stable_and_changes_nothing_but_the_stamps(name: str) -> None:
    course = parsed(BOTH)
    text = BOTH[name].decode()
    assert stamp(course, name, text) == text
    dull = re.sub(r"(original[:=] ?'?)[0-9a-f]{8}", r"\g<1>00000000", text)
    for ends in ("\n", "\r\n"):
        stamped = stamp(course, name, dull.replace("\n", ends))
        assert stamp(course, name, stamped) == stamped
        plain = re.compile(r"original[:=] ?'?[0-9a-f]{8}'?")
        assert plain.sub("", stamped) == plain.sub("", text.replace("\n", ends))
        assert stamped.replace("\r\n", "\n") == text


def test_a_stamp_leaves_alone_what_only_looks_like_one() -> None:
    text = "---\nid: skiven\ntitle: T\noriginal: 00000000\n---\nTekst.\n\noriginal: 12345678\n"
    stamped = stamp(parsed(BOTH), LESSON, text)
    assert stamped.endswith("\n\noriginal: 12345678\n") and "original: 00000000" not in stamped


def test_fingerprints_of_a_course_are_its_own_and_do_not_change_between_runs() -> None:
    known = fingerprints(parsed(BOTH))
    assert known == fingerprints(parsed(rich.files()))
    assert all(re.fullmatch("[0-9a-f]{8}", one) for one in known.values())
    assert len(set(known.values())) == len(known) == 1 + 2 + 3 + 2 + 6


HOSTILE = st.text(st.sampled_from('#{}= \n-original:id[]x"!0af'), max_size=300) | st.text(max_size=300)


@given(
    st.dictionaries(
        st.sampled_from([*[n for n in BOTH if n.endswith(".nn.md")], "x.nn.md", "01-rygg/x.nn.md"]), HOSTILE
    )
)
def test_translating_any_texts_never_raises(texts: dict[str, str]) -> None:
    translate(parsed(rich.files()), texts, "kurs", "nn")
    for name, text in texts.items():
        once = stamp(parsed(rich.files()), name, text)
        assert stamp(parsed(rich.files()), name, once) == once
    parse_course({**BOTH, **{name: text.encode("utf-8", "replace") for name, text in texts.items()}}, "kurs")


# Published


def speaking(database: Database, person_id: int, locale: Locale) -> None:
    with database.transaction() as session:
        session.get_one(Person, person_id).locale = locale


@pytest.fixture
def published(database: Database, clock: FrozenClock) -> None:
    with database.transaction() as session:
        rich.published(session, clock.now(), BOTH)


@pytest.mark.parametrize(
    ("locale", "title", "question", "bank"),
    [
        (Locale.NN, "Roleg start", "Kva er", "rolig-start/nn"),
        (Locale.NB, "Rolig start", "Hva er", "rolig-start"),
        (Locale.EN, "Rolig start", "Hva er", "rolig-start"),
    ],
)
def test_each_reader_gets_their_language_in_pages_and_tests(
    app: Flask, database: Database, people: Cast, published: None,
    locale: Locale, title: str, question: str, bank: str,
) -> None:  # fmt: skip
    speaking(database, people.kari, locale)
    kari = Browser(app).sign_in_as(database, people.kari)
    assert title in kari.get("/kurs").text
    kari.post("/kurs/rolig-start/start")
    paper = kari.follow(kari.post("/kurs/rolig-start/prove/pre"))
    assert question in paper.text
    with database.reading() as session:
        banks = set(
            session.scalars(
                select(QuestionVersion.bank).join(AttemptItem, AttemptItem.question_version_id == QuestionVersion.id)
            )
        )
    assert banks == {bank}


@pytest.mark.parametrize(
    ("locale", "language", "words", "title"),
    [
        (Locale.NN, "nn", "toler mykje", "Skiva er sterk"),
        (Locale.NB, "nb", "tåler mye", "Skiven er sterk"),
        (Locale.EN, "nb", "tåler mye", "Skiven er sterk"),
    ],
)
def test_lessons_the_next_step_and_the_glossary_are_in_the_same_language(
    app: Flask, database: Database, people: Cast, published: None, clock: FrozenClock,
    locale: Locale, language: str, words: str, title: str,
) -> None:  # fmt: skip
    speaking(database, people.kari, locale)
    with database.transaction() as session:
        factories.reading(session, people.kari, clock.now())
    kari = Browser(app).sign_in_as(database, people.kari)
    page = kari.get("/kurs/rolig-start/skiven").text
    assert words in page and f'<article lang="{language}">' in page
    other = {"Skiva er sterk", "Skiven er sterk"} - {title}
    for path in ("/", "/kurs", "/kurs/rolig-start"):
        text = kari.get(path).text
        assert title in text, path
        assert not any(one in text for one in other), path
    assert ("Unngåing" in kari.get("/kurs/rolig-start/ordliste").text) == (language == "nn")


def test_two_readers_one_after_the_other_each_get_their_own_language(
    app: Flask, database: Database, people: Cast, published: None, clock: FrozenClock
) -> None:
    speaking(database, people.stian, Locale.NN)
    for person in (people.kari, people.stian):
        with database.transaction() as session:
            factories.reading(session, person, clock.now())
    kari, stian = (Browser(app).sign_in_as(database, person) for person in (people.kari, people.stian))
    for _ in range(2):
        assert "tåler mye" in kari.get("/kurs/rolig-start/skiven").text
        assert "toler mykje" in stian.get("/kurs/rolig-start/skiven").text


def test_an_answered_question_with_another_key_is_told_for_the_language_it_was_answered_in(
    database: Database, people: Cast, published: None, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        for person in (people.kari, people.stian):
            enrolment = factories.enrolled(session, person, clock.now())
            learning.start_test(session, enrolment, Purpose.PRE, clock.now(), go_back_to="/", language="nn")
        answered = set(
            session.scalars(
                select(QuestionVersion.bank).join(AttemptItem, AttemptItem.question_version_id == QuestionVersion.id)
            )
        )
    assert answered == {"rolig-start/nn"}
    new_key = rich.files(nynorsk=True, right="c")
    with pytest.raises(Refused), database.transaction() as session:
        rich.published(session, clock.now(), new_key)
    with database.reading() as session:
        offer = queries.offer(session, "rolig-start")
        assert offer is not None and offer.number == 1
    with database.transaction() as session:  # nobody has answered it in bokmål
        assert rich.published(session, clock.now(), rich.files(right="c")).number == 2
