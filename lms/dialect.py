"""The house's dialect of Markdown: what authors may write beyond Python-Markdown, and how the result is finished.

    !!! reflection min-id "Title"      a callout; a reflection carries the id under which its answer is kept
    !!! video "Title"                  a film: links to film and captions, then what is said in it
    ??? "Title"                        text that unfolds
    [word](ord:unngaelse)              a term of the glossary
    [rapport, kap. 10.5]               a citation
    [Huskeliste](huskeliste.pdf)       a file to take along

Where the page around the text has something of its own to show (an answer to write, a film to play), a *slot* is
left: an empty rule with an id, which `split_slots` finds again. Nothing here is trusted: `lms.markup` sanitises.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.admonition import AdmonitionProcessor
from markdown.extensions.toc import slugify_unicode
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

ADMONITIONS: Mapping[str, str] = MappingProxyType(
    {
        "tip": "Tips",
        "fact": "Fakta",
        "caution": "Vær oppmerksom",
        "case": "Fra arbeidslivet",
        "reflection": "Tenk etter",
        "video": "Film",
    }
)
"""The kinds of callout and the title each has when the author gives none."""

TERM_SCHEME = "ord:"
"""How a link to a term of the glossary begins."""

TRANSCRIPT = "Det som blir sagt"
SLOT = re.compile(r'<hr[^>]*? id="tekst-(svar|film)-([a-z0-9-]+)"[^>]*>')


class _Callouts(AdmonitionProcessor):
    """Admonitions whose title, when the author gives none, is Norwegian."""

    def get_class_and_title(self, match: re.Match[str]) -> tuple[str, str | None]:
        kind, title = super().get_class_and_title(match)
        return kind, title if match[2] is not None else ADMONITIONS.get(kind.partition(" ")[0], title)


class _Citations(InlineProcessor):
    """`[rapport, kap. 10.5]` becomes a link to that reference in the list of sources."""

    def __init__(self, keys: Collection[str], markdown: Markdown) -> None:
        alternatives = "|".join(re.escape(key) for key in sorted(keys, key=len, reverse=True))
        super().__init__(rf"\[({alternatives})((?:,[^\[\]]*)?)\](?!\()", markdown)

    def handleMatch(  # type: ignore[override]
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002 - Python-Markdown hands it over
    ) -> tuple[Element, int, int]:
        link = Element("a", {"class": "reference", "href": f"#{citation_anchor(m[1])}"})
        link.text = AtomicString(f"[{m[1]}{m[2]}]")
        return link, m.start(0), m.end(0)


class _Finish(Treeprocessor):
    """Headings from level 2, tables that scroll, figures with captions, links that give nothing away."""

    def __init__(self, markdown: Markdown, pictures: Mapping[str, str]) -> None:
        super().__init__(markdown)
        self.pictures = pictures

    def run(self, root: Element) -> None:
        callouts = [one for one in root.iter("div") if "admonition" in one.get("class", "").split()]
        films = tables = 0
        for callout in callouts:  # in the order they are written, however they stand inside one another
            callout.set("role", "note")
            films += _finish_callout(callout, films + 1)
        for parent in list(root.iter()):
            for place, child in enumerate(list(parent)):
                match child.tag:
                    case "h1":
                        child.tag = "h2"
                    case "a":
                        self._finish_link(child)
                    case "img":
                        child.set("src", self.pictures.get(child.get("src", ""), child.get("src", "")))
                    case "p":
                        _make_figure(child)
                    case "details":
                        child.set("class", "more")
                    case "th" | "td" if align := child.attrib.pop("align", None):
                        child.set("class", f"align-{align}")
                    case "table":
                        tables += 1
                        parent[place] = _scrolling(child, tables)
                    case _:
                        pass

    def _finish_link(self, link: Element) -> None:
        address = link.get("href", "")
        if address.startswith(TERM_SCHEME):
            link.set("class", "term")
            link.set("href", f"#{term_anchor(address.removeprefix(TERM_SCHEME))}")
        elif address in self.pictures:
            link.set("class", "attachment")
            link.set("href", self.pictures[address])
            kind = SubElement(link, "span")
            kind.text = f" ({address.rpartition('.')[2].upper()})"
        elif address.lower().startswith(("http:", "https:")):
            link.set("rel", "noopener")


def _finish_callout(callout: Element, number: int) -> int:
    """Leave a slot where a reflection is answered and where a film is played; how many films it was."""
    _, kind, *own = [*callout.get("class", "").split(), ""]
    callout.set("class", f"admonition {kind}")
    if kind == "reflection" and own[0]:
        SubElement(callout, "hr", {"class": "slot", "id": f"svar-{own[0]}"})
    if kind != "video":
        return 0
    parts = list(callout)
    at = 1 if parts and parts[0].get("class") == "admonition-title" else 0
    transcript = Element("details", {"class": "more"})
    SubElement(transcript, "summary").text = TRANSCRIPT
    for part in parts[at:]:
        callout.remove(part)
    transcript.extend(parts[at + 1 :])  # the first paragraph only names film and captions
    callout.append(Element("hr", {"class": "slot", "id": f"film-{number}"}))
    callout.append(transcript)
    return 1


def _make_figure(paragraph: Element) -> None:
    """Turn a paragraph that holds one picture with a title, and nothing else, into a figure with a caption."""
    children = list(paragraph)
    if len(children) != 1 or children[0].tag != "img" or (paragraph.text or "").strip():
        return
    picture = children[0]
    if not (picture.tail or "").strip() and (caption := picture.attrib.pop("title", "").strip()):
        paragraph.tag = "figure"
        paragraph.set("class", "figure")
        SubElement(paragraph, "figcaption").text = caption


def _scrolling(table: Element, number: int) -> Element:
    """A table in a box that scrolls sideways on a narrow screen and can be reached by keyboard."""
    table.set("class", "ds-table")
    for header in table.iterfind("thead/tr/th"):
        header.set("scope", "col")
    attributes = {"class": "table-scroll", "role": "region", "tabindex": "0", "aria-label": f"Tabell {number}"}
    box = Element("div", attributes)
    box.tail, table.tail = table.tail, None
    box.append(table)
    return box


class HouseExtension(Extension):
    """Registers the above with Python-Markdown."""

    def __init__(self, pictures: Mapping[str, str], citations: Collection[str]) -> None:
        super().__init__()
        self.pictures = pictures
        self.citations = citations

    def extendMarkdown(self, md: Markdown) -> None:
        md.parser.blockprocessors.register(_Callouts(md.parser), "admonition", 105)
        md.treeprocessors.register(_Finish(md, self.pictures), "house", 3)  # after attributes (8) and anchors (5)
        if self.citations:
            md.inlinePatterns.register(_Citations(self.citations, md), "citation", 174)  # before links (170)


def citation_anchor(key: str) -> str:
    """The id an author's text gives the entry of a reference in a list of sources, before prefixing."""
    return f"kilde-{key}"


def heading_anchor(title: str) -> str:
    """The anchor a heading gets, before prefixing: `Å løfte` gives `å-løfte`."""
    return slugify_unicode(title, "-")


def term_anchor(key: str) -> str:
    """The id of a term in the glossary below a text, before prefixing."""
    return f"ord-{key}"


def split_slots(html: str) -> Iterator[tuple[str, str, str]]:
    """A sanitised text in pieces, each with the slot that follows: its kind ("svar", "film", at the end "") and id."""
    start = 0
    for found in SLOT.finditer(html):
        yield html[start : found.start()], found[1], found[2]
        start = found.end()
    yield html[start:], "", ""
