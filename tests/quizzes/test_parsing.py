"""Questions from Markdown, and what becomes of texts that are none."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes.parsing import parse_questions
from quizzes.questions import Kind, Question, content_digest, from_document, key_changed, to_document
from tests.limits import ending
from tests.quizzes.factories import SKIVEN

# The example of DESIGN.md, Content, to the letter.
EXAMPLE = """\
## Skiven og løftet {#rygg-skive-01 objective=ryggens-robusthet kind=single}

En deltaker sier at skiven «sprekker av tunge løft». Hva er best dekket av kunnskapen?

- [ ] Løft med krum rygg gir som regel varig skade
  > Forskning har ikke kunnet vise at «riktig» løfteteknikk hindrer ryggskade.
- [x] Skiven er sterk, og tung belastning henger lite sammen med skade på den
- [ ] Skiven bør spares når ryggen gjør vondt

> Smerte er sjelden tegn på vevsskade, og bevegelse anbefales også når man har plager. [rapport, kap. 10.5]
"""

HEADING = "## Tittel {#q-1 objective=robusthet kind=single}"
OPTIONS = "- [ ] Galt\n- [x] Riktig\n"


def text(*, heading: str = HEADING, stem: str = "Hva?", options: str = OPTIONS, explanation: str = "> Fordi.") -> str:
    """A sound question on line 1, unless a part of it is replaced; the options begin on line 5."""
    return f"{heading}\n\n{stem}\n\n{options}\n{explanation}\n"


def only(source: str) -> Question:
    report = parse_questions(source, "questions.md")
    assert report.problems == ()
    assert len(report.items) == 1
    return report.items[0]


def told(source: str) -> list[tuple[int, str]]:
    """Line and kind of each problem: what stands before the colon."""
    report = parse_questions(source, "m/questions.md")
    assert report.items == ()
    assert {problem.path for problem in report.problems} <= {"m/questions.md"}
    assert all(": " in problem.message for problem in report.problems), "every message says what to do"
    return [(problem.line, problem.message.split(":")[0]) for problem in report.problems]


def test_the_example_of_the_design_reads_as_it_stands() -> None:
    question = only(EXAMPLE)
    assert question == SKIVEN
    assert question.line == 1


def test_several_questions_keep_their_order_and_lines() -> None:
    second = EXAMPLE.replace("rygg-skive-01", "rygg-skive-02")
    report = parse_questions(EXAMPLE + "\n" + second, "q.md")
    assert [(one.id, one.line) for one in report.items] == [("rygg-skive-01", 1), ("rygg-skive-02", 12)]


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_line_ends_and_byte_order_mark_of_other_systems_change_nothing(newline: str) -> None:
    question = only("\ufeff" + EXAMPLE.replace("\n", newline))
    assert content_digest(question) == content_digest(SKIVEN)


def test_stem_and_explanation_may_have_paragraphs_lists_quotes_and_code() -> None:
    stem = "Først **dette**.\n\n- punkt\n    - under\n- [lenke](https://nav.no)\n\n> Sitat\n\nSå `dette`:\n\n"
    stem += "```\n## ingen\n- [x] ingen\n```"
    question = only(text(stem=stem, explanation="> Ett.\n>\n> To,\nog mer.\n\n> - tre\n>     - fire"))
    assert question.stem == stem
    assert question.explanation == "Ett.\n\nTo,\nog mer.\n\n- tre\n    - fire"


def test_an_option_may_go_on_below_and_so_may_its_feedback() -> None:
    options = (
        "-\t[ ]  Galt, men\n  langt:\n\n  - a\n    - b\n\t> Fordi\n\t> det\n  er slik\n\n"
        "* [X] Riktig,\nselv uten innrykk\n\n  ```\n  > kode\n  ```\n\n  > Ja\n  >\n  > visst\n"
    )
    first, second = only(text(options=options)).options
    assert first.text == "Galt, men\nlangt:\n\n- a\n  - b"
    assert first.feedback == "Fordi\ndet\ner slik"
    assert second.text == "Riktig,\nselv uten innrykk\n\n  ```\n  > kode\n  ```"
    assert second.feedback == "Ja\n\nvisst"


@pytest.mark.parametrize(
    "code",
    [
        "````\n```\n- [x] kode\n````",  # a shorter fence does not end it,
        "```\n~~~\n- [x] kode\n```",  # nor one of another kind,
        "```\n``` py\n- [x] kode\n```",  # nor one that begins something
        "~~~ `py`\n- [x] kode\n~~~~",
        "```kode``` på én linje",
        "~~",
    ],
)
def test_code_ends_where_markdown_ends_it(code: str) -> None:
    assert only(text(stem=code)).stem == code


def test_a_quote_in_an_explanation_stays_a_quote() -> None:
    assert only(text(explanation="> > Sitat\n> Fordi.")).explanation == "> Sitat\nFordi."


def test_a_tab_and_spaces_that_reach_as_far_are_the_same_indent() -> None:
    options = "- [ ] Galt:\n\n\t- a\n\t    - b\n        - c\n- [x] Riktig\n"
    assert only(text(options=options)).options[0].text == "Galt:\n\n- a\n    - b\n    - c"


def test_the_longest_id_and_the_most_options_there_may_be() -> None:
    long_id = "a" * 80
    assert only(text(heading=HEADING.replace("q-1", long_id))).id == long_id
    assert told(text(heading=HEADING.replace("q-1", long_id + "b"))) == [(1, f"id «{long_id}» kan ikke brukes")]
    assert only(text(options="- [x] 0\n" + "".join(f"- [ ] {n}\n" for n in range(1, 26)))).options[-1].key == "z"


def test_every_kind_is_read() -> None:
    multiple = HEADING.replace("single", "multiple")
    true_false = HEADING.replace("single", "true_false")
    assert only(text(heading=multiple, options="- [x] A\n- [ ] B\n- [x] C\n")).right_keys == {"a", "c"}
    assert only(text(heading=true_false, options="- [ ] Sant\n- [x] Usant\n")).kind is Kind.TRUE_FALSE


@pytest.mark.parametrize(
    ("heading", "problem"),
    [
        ("## Tittel", "overskriften mangler {#id objective=læringsmål kind=single}"),
        ("## Tittel {#q objective=m kind=single", "attributtene leses ikke"),
        ("## Tittel {#q objective=m kind=single} slutt", "attributtene leses ikke"),
        ("## {#q objective=m kind=single}", "overskriften mangler tittel"),
        ("## Tittel {objective=m kind=single}", "mangler id"),
        ("## Tittel {# objective=m kind=single}", "mangler id"),
        ("## Tittel {#Rygg objective=m kind=single}", "id «Rygg» kan ikke brukes"),
        ("## Tittel {#rygg--1 objective=m kind=single}", "id «rygg--1» kan ikke brukes"),
        ("## Tittel {#rygg_1 objective=m kind=single}", "id «rygg_1» kan ikke brukes"),
        ("## Tittel {#q objective=mål kind=single}", "objective «mål» kan ikke brukes"),
        ("## Tittel {#q kind=single}", "mangler objective"),
        ("## Tittel {#q objective= kind=single}", "mangler objective"),
        ("## Tittel {#q objective=m}", "mangler kind"),
        ("## Tittel {#q objective=m kind=essay}", "ukjent kind «essay»"),
        ("## Tittel {#q objective=m kind=Single}", "ukjent kind «Single»"),
        ("## Tittel {#q objective=m kind=single points=2}", "ukjent attributt «points=2»"),
        ("## Tittel {#q objective=m kind=single .class}", "ukjent attributt «.class»"),
        ("## Tittel {#q #r objective=m kind=single}", "«id» står to ganger i overskriften"),
        ("## Tittel {#q objective=m objective=n kind=single}", "«objective» står to ganger i overskriften"),
    ],
)
def test_a_heading_that_is_not_as_agreed_is_one_problem(heading: str, problem: str) -> None:
    assert told(text(heading=heading)) == [(1, problem)]


@pytest.mark.parametrize(
    ("kind", "options", "problem"),
    [
        ("single", "", "mangler svaralternativer"),
        ("single", "- [x] Ett\n", "bare ett svaralternativ"),
        ("single", "- [ ] A\n- [ ] B\n", "ingen riktige svar"),
        ("single", "- [x] A\n- [x] B\n", "mer enn ett riktig svar"),
        ("single", "- [x] 0\n" + "".join(f"- [ ] {n}\n" for n in range(1, 27)), "for mange svaralternativer"),
        ("multiple", "- [ ] A\n- [ ] B\n", "ingen riktige svar"),
        ("multiple", "- [x] A\n- [x] B\n", "alle alternativene er riktige"),
        ("true_false", "- [x] A\n", "et spørsmål med kind=true_false skal ha nøyaktig to alternativer"),
        (
            "true_false",
            "- [x] A\n- [ ] B\n- [ ] C\n",
            "et spørsmål med kind=true_false skal ha nøyaktig to alternativer",
        ),
        ("true_false", "- [x] A\n- [x] B\n", "mer enn ett riktig svar"),
    ],
)
def test_an_answer_key_that_cannot_be_scored_is_one_problem(kind: str, options: str, problem: str) -> None:
    assert told(text(heading=HEADING.replace("single", kind), options=options)) == [(1, problem)]


def test_a_question_needs_a_stem_and_an_explanation() -> None:
    assert told(text(stem="")) == [(1, "mangler spørsmålstekst")]
    assert told(text(explanation="")) == [(1, "mangler forklaring")]
    assert told(text(explanation=">\n> ")) == [(1, "mangler forklaring")]


@pytest.mark.parametrize(
    "line", ["-[x] B", "- [] B", "- [ x ] B", "- [v] B", "- [x]B", "1. [x] B", "    - [x] B", "\t- [ ] B"]
)
def test_an_option_written_almost_right_is_not_silently_text(line: str) -> None:
    assert (7, "alternativet er skrevet feil") in told(text(options=f"{OPTIONS}{line}\n"))


def test_options_are_neither_empty_nor_alike() -> None:
    assert told(text(options="- [x] Ja\n- [ ]\n- [ ]  ja \n")) == [
        (6, "alternativet er tomt"),
        (7, "alternativet er likt det på linje 5"),
    ]


def test_text_in_the_wrong_place_is_told_once_a_paragraph() -> None:
    assert told("Innledning\nog mer\n\n" + text()) == [(1, "tekst før første spørsmål")]
    assert told(text(explanation="Løst\nogså løst\n\n> Fordi.\n\nEtterord")) == [
        (8, "teksten hører ikke til noe"),
        (13, "teksten hører ikke til noe"),
    ]
    assert told(text(options="- [ ] A\n  > Nei\n\n  mer\n- [x] B\n")) == [(8, "teksten står etter tilbakemeldingen")]


def test_feedback_that_is_not_indented_is_told_where_the_next_option_stands() -> None:
    assert told(text(options="- [ ] A\n> Nei\n- [x] B\n")) == [(7, "alternativet står etter forklaringen")]


@pytest.mark.parametrize(
    "line", ["# Bank", "### Under", "####### Sju", "  #Uten mellomrom", "> ## Sitat", "> tekst\n> ---", "tekst\n---"]
)
def test_other_headings_do_not_belong_in_a_stem(line: str) -> None:
    [(number, problem)] = told(text(stem=f"Hva?\n\n{line}"))
    assert number == 5 + line.count("\n")
    assert "overskrift" in problem


def test_a_rule_between_paragraphs_is_no_heading() -> None:
    assert only(text(stem="Hva?\n\n---\n\nHvorfor?")).stem == "Hva?\n\n---\n\nHvorfor?"


def test_code_that_never_ends_does_not_hide_the_next_question() -> None:
    source = text(stem="```\nkode") + text(heading="## To {#q-2 objective=m kind=essay}")
    assert told(source) == [(3, "kodeblokken tar ikke slutt"), (10, "ukjent kind «essay»")]


def test_ids_are_unique_in_the_file() -> None:
    assert told(text() + text()) == [(9, "id-en «q-1» er alt brukt på linje 1")]


def test_characters_nobody_sees_are_told() -> None:
    assert told(text(stem="Hva\x00?")) == [(3, "usynlig tegn (U+0000)")]
    assert told(text(stem="Hva\ud800?")) == [(3, "usynlig tegn (U+D800)")]


@pytest.mark.parametrize("source", ["", "\ufeff", "\n \n\t\n"])
def test_a_file_without_questions_is_told(source: str) -> None:
    assert told(source) == [(1, "ingen spørsmål")]


def test_all_problems_come_at_once_in_the_order_of_lines() -> None:
    source = "# Bank\n\n" + text(heading="## En {#A kind=x}", options="- [] A\n", explanation="") + text(stem="")
    lines = [line for line, _ in told(source)]
    assert lines == [1, 3, 3, 3, 3, 3, 3, 7, 10]


FRAGMENTS = st.sampled_from(
    [
        HEADING,
        HEADING.replace("q-1", "q-2"),
        "## x",
        "# x",
        "- [ ] A",
        "- [x] B",
        "  > nei",
        "> ja",
        ">",
        "",
        "",
        "tekst",
    ]
    + ["```", "~~~ py", "  mer", "\t- [x] C", "---", "- punkt", "- [", "{#", "> ```", "> - [ ] D", "\x00", "\u2028"]
)


@settings(max_examples=300)
@given(st.one_of(st.text(), st.lists(st.one_of(FRAGMENTS, st.text(max_size=5)), max_size=25).map("\n".join)))
def test_no_text_makes_the_parser_raise(source: str) -> None:
    report = parse_questions(source, "q.md")
    assert bool(report.items) != bool(report.problems)
    last = source.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    assert all(1 <= problem.line <= last for problem in report.problems)
    for question in report.items:
        assert question.stem and question.explanation and all(option.text for option in question.options)


@pytest.mark.parametrize(
    "hostile",
    [
        "> ",
        "`",
        "```\n",
        "``` a\n",
        "- [ ] \n",
        "- [",
        "{",
        "## {#a-\n",
        "#",
        "\t",
        " ",
        "> ```\n",
        "  > a\n",
        "a\n\n",
        "\r",
        "a-",
    ],
)
def test_the_time_grows_with_the_length_only(hostile: str) -> None:
    source = text() + text(heading="## To {#" + "a-" * 9) + hostile * (400_000 // len(hostile))
    with ending():
        parse_questions(source, "q.md")


words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=8)


@given(words, words, words)
def test_any_words_come_through_unchanged(stem: str, option: str, explanation: str) -> None:
    question = only(text(stem=f"Q {stem}", options=f"- [x] Q {option}\n- [ ] .\n", explanation=f"> Q {explanation}"))
    assert (question.stem, question.options[0].text) == (f"Q {stem}", f"Q {option}")
    assert question.explanation == f"Q {explanation}"


def test_a_document_is_json_keeps_what_was_shown_and_gives_the_question_back() -> None:
    document = json.loads(json.dumps(to_document(SKIVEN, lambda markdown: f"<p>{markdown}</p>")))
    assert from_document(document) == SKIVEN
    assert document["options"][2]["text_html"] == "<p>Skiven bør spares når ryggen gjør vondt</p>"
    assert document["options"][2]["feedback_html"] == ""
    assert document["explanation_html"].startswith("<p>Smerte")


def test_the_digest_is_of_all_that_is_said_and_not_of_the_place() -> None:
    first, *others = SKIVEN.options
    assert content_digest(replace(SKIVEN, line=90)) == content_digest(SKIVEN)
    variants = [
        replace(SKIVEN, title="Skiven"),
        replace(SKIVEN, objective="andre"),
        replace(SKIVEN, kind=Kind.MULTIPLE),
        replace(SKIVEN, stem=SKIVEN.stem + " "),
        replace(SKIVEN, explanation="Fordi."),
        replace(SKIVEN, options=(replace(first, feedback=""), *others)),
        replace(SKIVEN, options=(replace(first, right=True), *others), kind=Kind.MULTIPLE),
    ]
    assert len({content_digest(one) for one in [SKIVEN, *variants]}) == 8


def test_rewording_keeps_the_key_and_another_answer_or_kind_changes_it() -> None:
    first, second, third = SKIVEN.options
    reworded = replace(SKIVEN, stem="Ny", options=(first, replace(second, text="Skiven er robust"), third))
    other_answer = replace(SKIVEN, options=(replace(first, right=True), replace(second, right=False), third))
    assert not key_changed(SKIVEN, reworded)
    assert key_changed(SKIVEN, other_answer)
    assert key_changed(SKIVEN, replace(SKIVEN, kind=Kind.MULTIPLE))


def test_a_question_that_cannot_be_scored_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="no-right-option"):
        replace(SKIVEN, options=tuple(replace(option, right=False) for option in SKIVEN.options))
    with pytest.raises(ValueError, match="keyed"):
        replace(SKIVEN, options=SKIVEN.options[::-1])
