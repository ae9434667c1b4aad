"""Pairs, steps, numbers, short texts and cases from Markdown, and what becomes of texts that are almost some."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes.parsing import parse_questions
from quizzes.questions import Case, Kind, Number, Question
from tests.limits import ending

PAIRS = "- Rygg :: Fysio\n  > Fordi.\n- Hode :: Lege\n- Nakke ::  fysio\n- :: Ingen\n  > Nei.\n"
STEPS = "1. Lytt\n  > Først.\n2. Spør,\n   og vent\n3. Avtal\n"
NUMBER = "- = 36 ± 0,5\n"
TEXTS = "- = Hypofysen\n- = hjernevedhenget\n"
GOOD = {"matching": PAIRS, "ordering": STEPS, "numeric": NUMBER, "short": TEXTS}
every_kind = pytest.mark.parametrize("kind", list(GOOD))


def text(
    kind: str, answers: str | None = None, *, stem: str = "Hva?", explanation: str = "> Fordi.", more: str = ""
) -> str:
    """A question on line 1 with its answers from line 5 on."""
    answers = GOOD[kind] if answers is None else answers
    return f"## Tittel {{#q-1 objective=rygg kind={kind}{more}}}\n\n{stem}\n\n{answers}\n{explanation}\n"


def only(source: str) -> Question:
    report = parse_questions(source, "q.md")
    assert report.problems == ()
    (question,) = report.items
    return question


def told(source: str) -> list[tuple[int, str]]:
    """Line and kind of each problem: what stands before the colon."""
    report = parse_questions(source, "q.md")
    assert report.items == ()
    assert all(": " in problem.message for problem in report.problems), "every message says what to do"
    return [(problem.line, problem.message.split(":")[0]) for problem in report.problems]


def test_pairs_are_read_with_feedback_and_equal_right_hand_sides_are_one_option() -> None:
    question = only(text("matching"))
    texts = {option.key: option.text for option in question.options}
    assert [(one.text, texts[one.option], one.feedback) for one in question.prompts] == [
        ("Rygg", "Fysio", "Fordi."),
        ("Hode", "Lege", ""),
        ("Nakke", "Fysio", ""),
    ]
    assert {(one.text, one.right, one.feedback) for one in question.options} == {
        ("Fysio", True, ""),
        ("Lege", True, ""),
        ("Ingen", False, "Nei."),
    }
    assert question.explanation == "Fordi."


def test_steps_are_read_in_order_and_may_go_on_below() -> None:
    question = only(text("ordering"))
    texts = {option.key: (option.text, option.feedback) for option in question.options}
    assert [texts[key] for key in question.order] == [("Lytt", "Først."), ("Spør,\nog vent", ""), ("Avtal", "")]


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("- = 36 ± 0,5", Number(value=Decimal(36), tolerance=Decimal("0.5"))),
        ("- = 36", Number(value=Decimal(36))),
        ("* =−3.5±1", Number(value=Decimal("-3.5"), tolerance=Decimal(1))),
        ("-  =  1 000,25 ", Number(value=Decimal("1000.25"))),
        ("- = 36 % ± 2 %", Number(value=Decimal(36), tolerance=Decimal(2))),
    ],
)
def test_a_number_is_read_as_people_write_it(line: str, number: Number) -> None:
    assert only(text("numeric", f"{line}\n")).number == number


def test_short_texts_are_read_each_from_its_line() -> None:
    assert only(text("short")).accepted == ("Hypofysen", "hjernevedhenget")
    assert only(text("short", "- = **ikke** Markdown\n")).accepted == ("**ikke** Markdown",)


@every_kind
def test_a_stem_may_have_lists_quotes_and_code_of_its_own(kind: str) -> None:
    stem = "Se:\n\n- punkt\n- :kolon:\n\n> sitat\n\n```\n1. kode\n- A :: B\n- = 1\n```"
    assert only(text(kind, stem=stem)).stem == stem


@every_kind
def test_line_ends_of_other_systems_change_nothing(kind: str) -> None:
    assert only("\ufeff" + text(kind).replace("\n", "\r\n")) == only(text(kind))


# What is not as agreed

EMPTY = {
    "matching": "for få par",
    "ordering": "for få trinn",
    "numeric": "mangler tallet som er svaret",
    "short": "mangler svar",
}


@every_kind
def test_a_question_without_answers_stem_or_explanation_is_told(kind: str) -> None:
    assert told(text(kind, "")) == [(1, EMPTY[kind])]
    assert told(text(kind, stem="")) == [(1, "mangler spørsmålstekst")]
    assert told(text(kind, explanation="")) == [(1, "mangler forklaring")]


@every_kind
def test_answers_of_another_kind_are_not_silently_text(kind: str) -> None:
    for line in ("- [x] Ja", "- punkt", "* punkt"):
        lines = GOOD[kind].count("\n")
        assert told(text(kind, f"{GOOD[kind]}{line}\n")) == [(5 + lines, "linjen leses ikke som svar her")]
    assert (3, "linjen leses ikke som svar her") in told(text(kind, stem="- [ ] Ja"))


@every_kind
def test_answers_need_a_blank_line_above_so_that_a_first_one_written_wrong_is_seen(kind: str) -> None:
    noun = {"matching": "paret", "ordering": "trinnet", "numeric": "tallet", "short": "svaret"}[kind]
    assert told(text(kind, f"Svar\n{GOOD[kind]}")) == [(6, f"mangler blank linje over {noun}")]


@every_kind
def test_answers_below_the_explanation_are_told(kind: str) -> None:
    problems = told(text(kind, explanation="> Fordi.\n\n" + GOOD[kind].splitlines()[0]))
    line = text(kind).count("\n") + 2
    assert any(at == line and "står etter forklaringen" in problem for at, problem in problems)


@every_kind
def test_loose_text_below_the_answers_is_told(kind: str) -> None:
    lines = GOOD[kind].count("\n")
    assert told(text(kind, GOOD[kind] + "\nLøst\n")) == [(6 + lines, "teksten hører ikke til noe")]


@pytest.mark.parametrize(
    ("answers", "problems"),
    [
        ("- A :: 1\n- B :: 2\n", [(1, "for få par")]),
        ("".join(f"- L{n} :: R{n}\n" for n in range(9)), [(1, "for mange par")]),
        ("".join(f"- L{n} :: R\n" for n in range(3)), [(1, "alle parene har samme høyre side")]),
        (
            "".join(f"- L{n} :: R{n}\n" for n in range(8)) + "".join(f"- :: X{n}\n" for n in range(5)),
            [(1, "for mange svar å velge blant")],
        ),
        ("- A :: 1\n- B :: 2\n- C ::\n", [(1, "for få par"), (7, "paret mangler høyre side")]),
        ("- A :: 1\n- B :: 2\n- C :: 3\n- ::\n", [(8, "paret mangler høyre side")]),
        ("- A :: 1\n- B::2\n- C :: 3\n", [(6, "paret er skrevet feil")]),
        ("- A :: 1\n-B :: 2\n- C :: 3\n", [(6, "paret er skrevet feil")]),
        ("- A :: 1\n2. B :: 2\n- C :: 3\n", [(6, "paret er skrevet feil")]),
        ("- A :: 1\n    - B :: 2\n- C :: 3\n", [(6, "paret er skrevet feil")]),
        ("- A :: 1\n- B : 2\n- C :: 3\n- D :: 4\n", [(6, "linjen leses ikke som svar her")]),
        ("- A :: 1\n- B :: 2 :: 3\n- C :: 3\n", [(6, "paret har mer enn ett ")]),
        ("- A :: 1\n- a :: 2\n- C :: 3\n", [(6, "venstre side er lik den på linje 5")]),
        ("- A :: 1\n- B :: 2\n- C :: 3\n- :: x\n- :: X\n", [(9, "det ekstra svaret er likt det på linje 8")]),
        ("- :: 1\n- A :: 1\n- B :: 2\n- C :: 3\n", [(5, "det ekstra svaret er riktig på linje 6")]),
        ("- A :: ![x](x.svg)\n- B :: 2\n- C :: 3\n", [(5, "høyre side er et bilde")]),
        ("- A :: 1\n  mer\n- B :: 2\n- C :: 3\n", [(6, "paret skal stå på én linje")]),
        ("- A :: 1\nmer\n- B :: 2\n- C :: 3\n", [(6, "paret skal stå på én linje")]),
    ],
)  # fmt: skip
def test_pairs_that_are_not_as_agreed_are_told_each(answers: str, problems: list[tuple[int, str]]) -> None:
    assert told(text("matching", answers)) == problems


@pytest.mark.parametrize(
    ("answers", "problems"),
    [
        ("1. A\n2. B\n", [(1, "for få trinn")]),
        ("".join(f"{n}. S{n}\n" for n in range(1, 10)), [(1, "for mange trinn")]),
        ("1. A\n3. B\n2. C\n", [(6, "trinnet har nummer 3, men er nummer 2 ovenfra")]),
        ("1. A\n1. B\n1. C\n", [(6, "trinnet har nummer 1, men er nummer 2 ovenfra")]),
        ("2. A\n3. B\n4. C\n", [(5, "trinnet har nummer 2, men er nummer 1 ovenfra")]),
        ("1. A\n2) B\n3. C\n", [(6, "trinnet er skrevet feil")]),
        ("1. A\n2.B\n3. C\n", [(6, "trinnet er skrevet feil")]),
        ("1. A\n2. B\n3. C\n   4. D\n", [(8, "trinnet er skrevet feil")]),
        ("1. A\n2.\n3. C\n", [(6, "trinnet er tomt")]),
        ("1. A\n2. B\n3.  a \n", [(7, "trinnet er likt det på linje 5")]),
    ],
)
def test_steps_that_are_not_as_agreed_are_told_each(answers: str, problems: list[tuple[int, str]]) -> None:
    assert told(text("ordering", answers)) == problems


def test_a_nested_list_belongs_to_its_step() -> None:
    question = only(text("ordering", "1. A\n    1. a\n    2. b\n2. B\n3. C\n"))
    assert next(one.text for one in question.options if one.key == question.order[0]) == "A\n1. a\n2. b"


@pytest.mark.parametrize(
    ("answers", "problems"),
    [
        ("- = tre\n", [(5, "tallet «tre» leses ikke")]),
        ("- =\n", [(5, "tallet «» leses ikke")]),
        ("- = 3 ±\n", [(5, "tallet etter ± leses ikke («»)")]),
        ("- = 3 ± −1\n", [(5, "tallet etter ± leses ikke («−1»)")]),
        ("- = x ± y\n", [(5, "tallet etter ± leses ikke («y»)"), (5, "tallet «x» leses ikke")]),
        ("- = 1.000,5\n", [(5, "tallet «1.000,5» leses ikke")]),
        ("- = " + "9" * 31 + "\n", [(5, f"tallet «{'9' * 31}» leses ikke")]),
        ("- = 3\n- = 4\n", [(6, "mer enn ett tall")]),
        ("-= 3\n", [(5, "tallet er skrevet feil")]),
        ("    - = 3\n", [(5, "tallet er skrevet feil")]),
        ("- = 3\n  > Nei\n", [(6, "svaret har ingen egen tilbakemelding")]),
        ("- = 3\n  kroner\n", [(6, "tallet skal stå på én linje")]),
        ("- 3\n", [(1, "mangler tallet som er svaret")]),
    ],
)
def test_numbers_that_are_not_as_agreed_are_told_each(answers: str, problems: list[tuple[int, str]]) -> None:
    assert told(text("numeric", answers)) == problems


@pytest.mark.parametrize(
    ("answers", "problems"),
    [
        ("- =\n- = .\n", [(5, "svaret er tomt"), (6, "svaret er tomt")]),
        ("- = Ja\n- = nei\n- =  JA.\n", [(7, "svaret godtas alt på linje 5")]),
        ("- = " + "a" * 201 + "\n", [(5, "svaret er for langt")]),
        ("- = ja\n  > Nei\n", [(6, "svaret har ingen egen tilbakemelding")]),
    ],
)
def test_short_texts_that_are_not_as_agreed_are_told_each(answers: str, problems: list[tuple[int, str]]) -> None:
    assert told(text("short", answers)) == problems


# Cases

CASE = "## Lageret {#lager kind=case}\n\nOla løfter *kasser*.\n\n> Sitat\n\n- punkt\n\n"


def test_a_case_is_told_once_and_asked_about_by_name() -> None:
    asking = text("numeric", more=" case=lager")
    report = parse_questions(CASE + asking + asking.replace("q-1", "q-2") + text("short").replace("q-1", "q-3"), "q.md")
    assert report.problems == ()
    story = Case(id="lager", title="Lageret", text="Ola løfter *kasser*.\n\n> Sitat\n\n- punkt")
    assert [one.case for one in report.items] == [story, story, None]
    assert report.items[0].case is not None
    assert report.items[0].case.line == 1


def test_the_kinds_there_were_may_ask_about_a_case_too() -> None:
    single = text("single", "- [x] Ja\n- [ ] Nei\n", more=" case=lager")
    assert parse_questions(CASE + single, "q.md").items[0].case is not None


ASKING = text("short", more=" case=lager")


@pytest.mark.parametrize(
    ("source", "problems"),
    [
        (CASE, [(1, "kasuset «lager» brukes ikke")]),
        (ASKING, [(1, "kasuset «lager» finnes ikke")]),
        (ASKING + CASE, [(1, "kasuset «lager» står lenger ned, på linje 9")]),
        (text("short", more=" case="), [(1, "«case» er tom")]),
        (CASE + text("short", more=" case=lager case=b"), [(9, "«case» står to ganger i overskriften")]),
        (CASE + CASE + ASKING, [(9, "id-en «lager» er alt brukt på linje 1")]),
        (CASE.replace("lager", "q-1") + text("short", more=" case=q-1"), [(9, "id-en «q-1» er alt brukt på linje 1")]),
        (CASE.replace("kind", "objective=a kind") + ASKING, [(1, "ukjent attributt «objective=a»")]),
        (CASE.replace("kind", "case=x kind") + ASKING, [(1, "ukjent attributt «case=x»")]),
        (CASE.replace("#lager ", ""), [(1, "mangler id")]),
        (CASE.replace("lager", "Lager") + text("short", more=" case=Lager"), [(1, "id «Lager» kan ikke brukes")]),
        ("## Tomt {#lager kind=case}\n\n" + ASKING, [(1, "kasuset er tomt")]),
        (CASE.replace("- punkt", "- [x] Ja") + ASKING, [(7, "kasuset har et svaralternativ")]),
        (CASE.replace("- punkt", "> # Sju") + ASKING, [(7, "linjen lager en overskrift")]),
        (CASE.replace("- punkt", "```") + ASKING, [(7, "kodeblokken tar ikke slutt")]),
    ],
)  # fmt: skip
def test_a_case_that_is_not_as_agreed_is_told(source: str, problems: list[tuple[int, str]]) -> None:
    assert told(source) == problems


# Options whose order carries meaning

CHOICE = "- [ ] Aldri\n- [x] Av og til\n- [ ] Alltid\n"


@pytest.mark.parametrize("kind", ["single", "multiple"])
def test_options_keep_their_order_where_the_heading_says_so(kind: str) -> None:
    assert only(text(kind, CHOICE, more=" order=fixed")).keeps_order
    assert not only(text(kind, CHOICE)).keeps_order


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (text("true_false", "- [x] Sant\n- [ ] Usant\n", more=" order=fixed"), "passer ikke til kind=true_false"),
        *((text(kind, more=" order=fixed"), f"passer ikke til kind={kind}") for kind in GOOD),
        (text("single", CHOICE, more=" order=random"), "ukjent order «random»"),
        (text("single", CHOICE, more=" order="), "ukjent order «»"),
        (text("single", CHOICE, more=" order=fixed order=fixed"), "«order» står to ganger"),
        (text("essay", CHOICE, more=" order=fixed"), "ukjent kind «essay»"),
        (CASE.replace("kind", "order=fixed kind") + ASKING, "ukjent attributt «order=fixed»"),
    ],
)
def test_an_order_is_refused_where_it_makes_no_sense(source: str, problem: str) -> None:
    ((line, said),) = told(source)
    assert (line, problem in said) == (1, True), said


# Attributes for others


def test_other_attributes_are_unknown_unless_they_are_asked_for() -> None:
    source = CASE.replace("kind", "original=abc kind") + text("short", more=" case=lager original=def")
    assert [problem for _line, problem in told(source)] == [
        "ukjent attributt «original=abc»",
        "ukjent attributt «original=def»",
    ]


# Whatever the text

FRAGMENTS = st.sampled_from(
    [f"## T {{#q-{n} objective=m kind={kind}{more}}}" for n, kind in enumerate(Kind) for more in ("", " case=k")]
    + ["## K {#k kind=case}", "- A :: B", "- C :: D", "- E::F", "- :: G", "::", "1. a", "2. b", "3. c"]
    + ["  4. d", "- = 3", "- = 3 ± 4", "- =", "- = ja", "=", "±", "- [x] A", "- [ ] B", "  > nei", "> ja", ""]
    + ["", "tekst", "  mer", "```"]
)  # fmt: skip


@settings(max_examples=400)
@given(st.lists(st.one_of(FRAGMENTS, st.text(max_size=5)), max_size=30).map("\n".join))
def test_no_text_makes_the_parser_raise(source: str) -> None:
    report = parse_questions(source, "q.md")
    assert bool(report.items) != bool(report.problems)
    last = source.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    assert all(1 <= problem.line <= last for problem in report.problems)
    assert len(set(report.problems)) == len(report.problems)


@pytest.mark.parametrize(
    "hostile",
    ["- A :: B\n", ":: ", "- :: ", "- ::\n", "- = 1\n", "- = ", "± ", "1. a\n", "1", "9.\n", "- \t::", "-\t", "9 "]
    + ["- = é\n", "\u0300"],
)  # fmt: skip
@every_kind
def test_the_time_grows_with_the_length_only(kind: str, hostile: str) -> None:
    source = text(kind) + f"## To {{#q-2 objective=m kind={kind}}}\n\nHva?\n\n- " + hostile * (100_000 // len(hostile))
    with ending():
        parse_questions(source, "q.md")


def test_many_cases_and_questions_take_their_time_and_no_more() -> None:
    sections = [
        CASE.replace("lager", f"k-{n}") + text("short", more=f" case=k-{n}").replace("q-1", f"q-{n}")
        for n in range(3000)
    ]
    with ending():
        assert len(parse_questions("".join(sections), "q.md").items) == 3000


words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=8).filter(
    lambda text: "![" not in text  # a picture, which is told at its place
)


@given(words, words, words)
def test_any_words_come_through_unchanged(left: str, right: str, step: str) -> None:
    pairs = only(text("matching", f"- L {left} :: R {right}\n- B :: C\n- D :: E\n"))
    assert pairs.prompts[0].text == f"L {left}"
    assert f"R {right}" in {option.text for option in pairs.options}
    steps = only(text("ordering", f"1. S {step}\n2. B\n3. C\n"))
    assert f"S {step}" in {option.text for option in steps.options}
    assert only(text("short", f"- = S {step}\n")).accepted == (f"S {step}",)
