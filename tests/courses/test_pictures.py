"""Pictures: a drawing does nothing, fetches nothing and says what it shows."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.pictures import parse_picture

SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" role="img" aria-labelledby="t">
  <title id="t">Skiven</title>
  <style>.a { fill: #123; } @media (prefers-color-scheme: dark) { .a { fill: url(#g); } }</style>
  <g><path class="a" d="M0 0" fill="url(#g)"/><linearGradient href="#t"/><text>Skive</text></g>
</svg>
"""
PIECES = [
    *(b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">', b"<title>a</title>", b"</svg>", b"<g>", b"</g>"),
    *(b"<g onclick='x'/>", b"<script/>", b"<!DOCTYPE svg>", b"<use href='http://x'/>", b"<!-- -->", b"&amp;", b"\x00"),
]


def problems(name: str, content: str | bytes) -> list[str]:
    report = parse_picture(f"04-rygg/{name}", content.encode() if isinstance(content, str) else content)
    return [str(problem) for problem in report.problems]


@pytest.mark.parametrize(
    ("svg", "line", "words"),
    [
        (SVG.replace("<g>", "<script>alert(1)</script><g>"), 4, "<script>"),
        (SVG.replace("<g>", '<g onclick="alert(1)">'), 4, "onclick kjører skript"),
        (SVG.replace("<g>", '<g ONLOAD="alert(1)">'), 4, "skript"),
        (SVG.replace("<g>", '<g style="fill:red">'), 4, "style"),
        (SVG.replace("<g>", '<image href="https://ond.example/x.png"/><g>'), 4, "<image>"),
        (SVG.replace("<g>", "<foreignObject><p>x</p></foreignObject><g>"), 4, "<foreignObject>"),
        (SVG.replace("<g>", '<a href="javascript:alert(1)"/><g>'), 4, "<a>"),
        (SVG.replace("<g>", '<animate attributeName="href" to="javascript:alert(1)"/><g>'), 4, "<animate>"),
        (SVG.replace('href="#t"', 'href="https://ond.example/#x"'), 4, "viser ut av bildet"),
        (SVG.replace('href="#t"', 'xmlns:x="http://www.w3.org/1999/xlink" x:href="data:x"'), 4, "viser ut av bildet"),
        (SVG.replace('fill="url(#g)"', 'fill="url(https://ond.example/x)"'), 4, "henter noe utenfra"),
        (SVG.replace('fill="url(#g)"', 'fill="u\\72l(//ond.example)"'), 4, "henter noe utenfra"),
        (SVG.replace(".a { fill: #123; }", "@import 'https://ond.example/x.css';"), 3, "<style> henter"),
        (SVG.replace("#123", "url( 'https://ond.example/x' )"), 3, "<style> henter"),
        (SVG.replace("#123", "u\\72l(x)"), 3, "<style> henter"),
        (f'<!DOCTYPE svg [<!ENTITY a "b">]>\n{SVG}', 1, "DOCTYPE"),
        (f'\n\n<!doctype svg SYSTEM "file:///etc/passwd">\n{SVG}', 3, "DOCTYPE"),
        (f'<?xml-stylesheet href="https://ond.example/x.css"?>{SVG}', 1, "erklæringer"),
        (SVG.replace("</g>", ""), 5, "gyldig XML"),
        (SVG.replace("<text>", "<text>&ukjent;"), 4, "gyldig XML"),
        ("", 1, "gyldig XML"),
        ("ikke et bilde", 1, "gyldig XML"),
        ("<html xmlns='http://www.w3.org/1999/xhtml'/>", 1, "ikke et SVG-bilde"),
        (SVG.replace(' xmlns="http://www.w3.org/2000/svg"', ""), 1, "ikke et SVG-bilde"),
        (SVG.replace("Skiven</title>", " </title>"), 1, "mangler tittel"),
        (SVG.replace("<title", "<desc").replace("</title", "</desc"), 1, "mangler tittel"),
        (SVG.replace('viewBox="0 0 10 10" ', ""), 1, "viewBox"),
        (SVG.encode("utf-16"), 1, "UTF-8"),
        (SVG + " " * 600_000, 1, "KiB"),
    ],
)
def test_a_picture_that_could_do_harm_or_says_nothing_is_told(svg: str | bytes, line: int, words: str) -> None:
    found = problems("skive.svg", svg)
    assert any(one.startswith(f"04-rygg/skive.svg:{line}: ") and words in one for one in found), found


def drawing(inside: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><title>En skive</title>{inside}</svg>'


def layers(again: str) -> str:
    """A drawing of twelve layers, each of which draws the one below ten times."""
    return drawing(
        '<g id="a0"><rect width="1" height="1"/></g>'
        + "".join(f'<g id="a{n}">' + again.format(below=n - 1) * 10 + "</g>" for n in range(1, 13))
    )


@pytest.mark.parametrize(
    ("svg", "words"),
    [
        (drawing("<g>" * 60_000 + "</g>" * 60_000), "nivåer inni hverandre"),
        (drawing("<g>" * 19 + "<path/>" + "</g>" * 19), "nivåer inni hverandre"),
        (drawing("<path/>" * 2_000), "mer enn 2000 elementer"),
        (layers('<use href="#a{below}"/>'), "<use> er ikke tillatt"),
        (drawing('<pattern id="p"><rect fill="url(#q)"/></pattern>'), "<pattern> er ikke tillatt"),
        (drawing('<mask id="p"><rect mask="url(#q)"/></mask>'), "<mask> er ikke tillatt"),
        (drawing('<marker id="p"><path marker-end="url(#q)"/></marker>'), "<marker> er ikke tillatt"),
        (drawing('<clipPath id="p"><path clip-path="url(#q)"/></clipPath>'), "<clipPath> er ikke tillatt"),
        (drawing('<symbol id="p"/>'), "<symbol> er ikke tillatt"),
    ],
)
def test_a_small_file_that_would_be_an_endless_drawing_is_told(svg: str, words: str) -> None:
    (found,) = problems("skive.svg", svg)
    assert words in found


def test_a_drawing_at_the_limits_is_taken() -> None:
    assert problems("skive.svg", drawing("<g>" * 18 + "<path/>" * 1_900 + "</g>" * 18)) == []


def test_a_bomb_of_entities_is_refused_before_it_is_parsed() -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    (found,) = problems("skive.svg", f'<!DOCTYPE x [<!ENTITY a0 "ha">{entities}]><svg>&a11;</svg>')
    assert "DOCTYPE" in found


@pytest.mark.parametrize("name", ["skive.gif", "Skive.svg", "skive.jpeg", "ski ve.svg", "..svg", "<b>.svg"])
def test_a_picture_has_a_plain_name_and_a_known_kind(name: str) -> None:
    (found,) = problems(name, SVG)
    assert "filnavnet" in found


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.png", b"\x89PNG\r\n\x1a\n00"), ("a.jpg", b"\xff\xd8\xff\xe0"), ("a.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ")],
)
def test_a_photograph_is_what_its_name_says(name: str, content: bytes) -> None:
    (picture,) = parse_picture(f"04-rygg/{name}", content).items
    assert (picture.name, picture.content) == (name, content)
    assert problems(name, SVG) != []
    assert problems("b.svg", content) != []


def test_a_sound_drawing_is_taken_as_it_is() -> None:
    (picture,) = parse_picture("04-rygg/skive.svg", SVG.encode()).items
    assert (picture.name, picture.media_type) == ("skive.svg", "image/svg+xml")
    assert picture.content == SVG.encode()


@given(st.one_of(st.binary(max_size=300), st.text().map(str.encode), st.lists(st.sampled_from(PIECES)).map(b"".join)))
def test_any_bytes_are_a_picture_or_are_told(content: bytes) -> None:
    report = parse_picture("a/b.svg", content)
    assert bool(report) == (len(report.items) == 1)
    for drawing in report.items:
        assert not re.search(rb"<script|<!DOCTYPE|\son|https?://(?!www\.w3\.org)", drawing.content, re.IGNORECASE)
