"""What may stand in an author's text: ordinary Markdown is left alone, everything else is told on its line."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.manuscript import Reading, read
from lms.markup import MAX_BYTES, render

ABOVE = """\
Skiven er sterk. [rapport, kap. 10.5]

## Slik er den bygd

![To virvler og en skive](skive.svg "Skiven")

"""
FIRST_LINE = 5 + ABOVE.count("\n")


def reading(text: str) -> Reading:
    """What is read of a sound text that goes on with this, from `FIRST_LINE` on."""
    return read(f"{ABOVE}{text}\n", "01-skive.md", 5, pictures={"skive.svg"}, references={"rapport"})


def problems(text: str) -> list[str]:
    return [str(problem) for problem in reading(text).problems]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# Tittel", "nivå 1"),
        ("#### Tittel", "hopper fra nivå 2 til 4"),
        ("##", "tom"),
        ("Tittel\n======", "understreking"),
        ("<b>fet</b>", "HTML"),
        ("Se <script>alert(1)</script>", "HTML"),
        ("<!-- skjult -->", "HTML"),
        ("a\n\n<div>x", "HTML"),
        ("<javascript:alert(1)>", "HTML"),
        ("!!! danger\n    Tekst", "ukjent ramme «danger»"),
        ("!!! tip farlig\n    Tekst", "bare refleksjoner har en id"),
        ('!!! tip "Tittel"\nTekst', "fire mellomrom"),
        ("!!! tip", "fire mellomrom"),
        ("*fet*{: onclick=alert(1)}", "brukes ikke her"),
        ("Sant. [ukjent, s. 1]", "ukjent kilde «ukjent, s. 1»"),
        ("Sant. [Rapport, s. 1]", "ukjent kilde"),
        ("En [klamme] til", "ukjent kilde «klamme»"),
        ("[x](javascript:alert(1))", "kan ikke leses"),
        ("[x](javascript:alert)", "kan ikke brukes"),
        ("[x](JaVaScRiPt:alert)", "kan ikke brukes"),
        ("[x](//ond.example)", "kan ikke brukes"),
        ("[x](annen-leksjon.md)", "fører ingen steder"),
        ("[x](https://)", "fører ingen steder"),
        ("[x](http://[ond)", "kan ikke leses"),
        ("[x](mailto:)", "fører ingen steder"),
        ("[x]()", "fører ingen steder"),
        ("[x](en adresse)", "kan ikke leses"),
        ("[](https://nav.no)", "mangler tekst"),
        ("[hopp](#finnes-ikke)", "treffer ingen overskrift"),
        ("[x]: https://nav.no", "ikke nederst"),
        ("![Alt](borte.svg)", "«borte.svg» finnes ikke"),
        ("![ ](skive.svg)", "mangler tekstalternativ"),
        ("![Alt](../04-rygg/skive.svg)", "finnes ikke"),
        ("![Alt](https://ond.example/spor.gif)", "finnes ikke"),
        ("![Alt][skive]", "kan ikke leses"),
    ],
)
def test_a_fault_in_the_text_is_told_on_its_line(text: str, words: str) -> None:
    found = problems(text)
    assert any(words in one for one in found), found
    first = found[0].removeprefix("01-skive.md:").partition(":")[0]
    assert int(first) in range(FIRST_LINE, FIRST_LINE + len(text.split("\n")))


@pytest.mark.parametrize(
    "text",
    [
        "Vi skriver a < b, 5 > 3 og \\<b>.",
        "`<b>kode</b> [uten](mening)`",
        "<https://nav.no> og <post@example.no>",
        "[NAV](https://nav.no/a_b?c=d) og [post](mailto:a@b.no)",
        '[NAV](https://nav.no "Til NAV")',
        "[hopp](#slik-er-den-bygd)",
        "## Æ og å {#eget-anker}\n\n[hit](#eget-anker) [opp](#slik-er-den-bygd)",
        "## Sær: «tittel»!\n\n[hit](#sær-tittel)",
        "## To\n\n## To\n\n[hit](#to_1)",
        "Fotnote[^1]\n\n[^1]: Her. [rapport]",
        "| a | b |\n|---|--:|\n| 1 | 2 |",
        "* en\n* to\n\n1. en\n2. to\n\n> sitat",
        "Sant. [rapport] [rapport, s. 113] [rapport, kap. 10.5; s. 3]",
        "\\[ikke en kilde\\]",
        "### Under\n\n#### Dypere\n\n## Opp igjen",
        "!!! reflection min-tanke\n\n    Tekst etter blank linje",
        '!!! case "Tittel"\n    ### Overskrift i rammen\n\n    Tekst',
        "Avsnitt\n\n---\n\nNytt avsnitt",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert problems(text) == []


@pytest.mark.parametrize(
    "text", ["## Æ, ø & «å»!", "## To *ord* her", "## `kode` og mer", "## 10.5 Tall", "## Luft   i  midten ##"]
)
def test_anchors_are_known_as_the_renderer_makes_them(text: str) -> None:
    anchor = render(text).partition('id="tekst-')[2].partition('"')[0]
    assert problems(f"{text}\n\n[hit](#{anchor})") == []


def test_a_reading_knows_what_the_text_uses() -> None:
    found = reading("[rapport] `[kode, s. 1]` ![Alt](borte.png)")
    assert found.citations == {"rapport"}
    assert found.pictures == {"skive.svg", "borte.png"}


def test_any_key_will_do_while_the_references_are_not_known() -> None:
    assert read("[hva-som-helst, s. 1]", "a.md").problems == []
    assert read("[hva-som-helst, s. 1]", "a.md", references=()).problems != []


def test_headings_and_boxes_of_questions_are_left_to_their_own_parser() -> None:
    text = "## Tittel {#a-01 objective=b kind=single}\n\n- [ ] Nei [rapport]\n- [x] Ja <b>\n"
    found = read(text, "questions.md", references={"rapport"}, is_questions=True)
    assert [str(problem).partition(" ")[0] for problem in found.problems] == ["questions.md:4:"]
    assert found.citations == {"rapport"}


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='[]()!<>#`{}"\\ \na:|^-_*'))
def test_any_text_can_be_read(text: str) -> None:
    reading(text)


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece", ["[", "![](", "<", "`", "{", "# a\n", "!!!\n", "](", '![](a "', "<http://", "[a]: b\n", "\\", "a@"]
)
def test_reading_takes_no_longer_than_the_text_is_long(piece: str) -> None:
    text = piece * ((MAX_BYTES - len(ABOVE) - 10) // len(piece))
    reading(text)  # would not come back if a pattern were quadratic
