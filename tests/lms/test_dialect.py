"""The house's dialect: what the elements become, where the slots stand, and that no text can fake or lose one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.dialect import ADMONITIONS, SLOT, split_slots
from lms.markup import MarkupError, render

FILM = '!!! video "{title}"\n    [film]({title}.mp4) [teksting]({title}.vtt)\n\n    Det {title} sier.\n'


def slots(text: str) -> list[tuple[str, str]]:
    return [(kind, key) for _, kind, key in split_slots(render(text)) if kind]


def indented(text: str, by: int = 4) -> str:
    return "".join(f"{' ' * by}{line}\n" if line else "\n" for line in text.splitlines())


@pytest.mark.parametrize("kind", ADMONITIONS)
def test_a_callout_without_a_title_gets_the_norwegian_one_for_its_kind(kind: str) -> None:
    html = render(f"!!! {kind}\n    Noe å lese.\n\n    Mer.\n")
    assert f'class="admonition {kind}" role="note"' in html
    assert f'<p class="admonition-title">{ADMONITIONS[kind]}</p>' in html


def test_a_reflection_without_a_title_is_norwegian_also_with_an_id() -> None:
    html = render("!!! reflection min-id\n    Hva tenker du?\n")
    assert "Tenk etter" in html and "Reflection" not in html
    assert slots("!!! reflection min-id\n    Hva tenker du?\n") == [("svar", "min-id")]


def test_an_empty_title_is_no_title() -> None:
    assert "admonition-title" not in render('!!! tip ""\n    Bare teksten.\n')


@pytest.mark.parametrize("own_id", ["term", "attachment", "more", "slot", "figure", "footnote", "ds-table"])
def test_the_id_of_a_reflection_never_becomes_a_class_of_the_page(own_id: str) -> None:
    html = render(f'!!! reflection {own_id} "Tenk"\n    Hva?\n')
    assert '<div class="admonition reflection" role="note">' in html
    assert [key for _, _, key in split_slots(html) if key] == [own_id]


@pytest.mark.parametrize(
    "text",
    [
        '??? "Mer"\n' + indented(FILM.format(title="a")) + "\n" + FILM.format(title="b"),
        FILM.format(title="a") + '\n??? "Mer"\n' + indented(FILM.format(title="b")),
        "1. Først\n\n" + indented(FILM.format(title="a")) + "\n" + FILM.format(title="b"),
        '!!! tip "T"\n' + indented(FILM.format(title="a")) + "\n" + FILM.format(title="b"),
    ],
)
def test_films_are_numbered_as_they_are_written_however_they_stand_inside_one_another(text: str) -> None:
    html = render(text)
    assert [key for _, kind, key in split_slots(html) if kind == "film"] == ["1", "2"]
    assert html.index("Det a sier") < html.index('id="tekst-film-2"') < html.index("Det b sier")


def test_a_film_leaves_its_transcript_and_neither_its_address_nor_its_links() -> None:
    html = render(
        '!!! video "Møtet"\n    [film](https://www.youtube-nocookie.com/embed/x)\n\n    Hun sier hei.\n\n    Han går.\n'
    )
    assert "youtube" not in html and "<a" not in html
    assert re.search(r"<summary>Det som blir sagt</summary>\s*<p>Hun sier hei.</p>\s*<p>Han går.</p>", html)


def test_a_picture_with_a_title_is_a_figure_and_one_in_a_sentence_is_not() -> None:
    assert "<figcaption>Ryggen</figcaption>" in render('![En rygg](r.svg "Ryggen")')
    assert "<figure" not in render('Se ![En rygg](r.svg "Ryggen") her.')
    assert "<figure" not in render('![En rygg](r.svg "Ryggen") her.')
    assert "<figure" not in render("![En rygg](r.svg)")
    assert "&lt;b&gt;" in render('![En rygg](r.svg "<b>fet</b>")').replace("&amp;lt;", "&lt;").replace(
        "&amp;gt;", "&gt;"
    )


def test_a_wide_table_scrolls_is_reached_by_keyboard_and_keeps_its_alignment() -> None:
    html = render("| A | B |\n|:--|--:|\n| 1 | 2 |\n\ntekst\n\n| C |\n|---|\n| 3 |\n")
    assert re.findall(r'aria-label="(Tabell \d)"', html) == ["Tabell 1", "Tabell 2"]
    assert html.count('tabindex="0"') == 2 and html.count('scope="col"') == 3
    assert 'class="align-right"' in html and "style=" not in html


def test_links_to_words_files_and_other_sites_tell_what_they_are() -> None:
    html = render(
        "[ord](ord:min-skive) [fil](liste.pdf) [ute](https://nav.no/x.pdf)",
        pictures={"liste.pdf": "/innhold/1/liste.pdf"},
    )
    assert '<a class="term" href="#tekst-ord-min-skive">ord</a>' in html
    assert '<a class="attachment" href="/innhold/1/liste.pdf">fil (PDF)</a>' in html
    assert '<a href="https://nav.no/x.pdf" rel="noopener">ute</a>' in html


@pytest.mark.parametrize(
    "address",
    ['ord:"><script>alert(1)</script>', "ord:javascript:alert(1)", "ord:%22onclick=", "ord:", "ORD:x", "ord:æøå"],
)
def test_a_hostile_word_is_a_harmless_anchor_or_nothing(address: str) -> None:
    html = render(f"[ord]({address})")
    assert "<script" not in html and "onclick" not in html.partition(">")[0]
    assert all(link.startswith("#tekst-ord-") for link in re.findall(r'href="([^"]*)"', html))


@pytest.mark.parametrize(
    "text",
    [
        '<hr class="slot" id="svar-min-id">',
        "---\n{: #svar-min-id .slot }",
        "## Svar {#svar-min-id}",
        "## Film {#film-1}",
        '`<hr id="tekst-svar-x">`',
        '![<hr id="tekst-film-1">](x.svg "<hr id=tekst-film-1>")',
        "* * *\n{: id=film-1}",
    ],
)
def test_no_text_but_a_callout_makes_a_slot_with_an_answer(text: str) -> None:
    found = slots(text)
    assert all(kind == "svar" for kind, _ in found) or found == []
    assert not any(kind == "film" for kind, _ in found)


@given(st.text(max_size=300))
def test_pieces_and_slots_together_are_the_whole_text(text: str) -> None:
    try:
        html = str(render(text))
    except MarkupError:
        return
    pieces = list(split_slots(html))
    assert "".join(piece for piece, _, _ in pieces) == SLOT.sub("", html)
    assert [kind for _, kind, _ in pieces[:-1]] == [found[1] for found in SLOT.finditer(html)]
    assert pieces[-1][1:] == ("", "")


BLOCKS = st.sampled_from(
    [
        "Tekst.\n",
        "## Overskrift\n",
        "---\n",
        '!!! reflection en-id "Tenk"\n    Hva?\n',
        '!!! video "Film"\n    [film](a.mp4) [teksting](a.vtt)\n\n    Hun sier hei.\n',
        '??? "Mer"\n    Inni.\n\n    !!! reflection en-annen "Tenk"\n        Hva da?\n',
        "* punkt\n\n    !!! tip\n        Inni et punkt.\n",
        "> sitat\n",
        "| a |\n|---|\n| b |\n",
    ]
)


@given(st.lists(BLOCKS, max_size=8))
def test_every_film_and_reflection_has_its_slot_once_and_no_word_of_the_text_is_lost(blocks: list[str]) -> None:
    text = "\n".join(blocks)
    html = str(render(text))
    found = [(kind, key) for _, kind, key in split_slots(html) if kind]
    assert [key for kind, key in found if kind == "film"] == [str(n + 1) for n in range(text.count("!!! video"))]
    assert sum(kind == "svar" for kind, _ in found) == text.count("!!! reflection")
    assert html.count("Hun sier hei.") == text.count("Hun sier hei.")
