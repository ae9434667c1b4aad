"""A checker of our own for PDF/UA-1 (ISO 14289-1, by the points of the Matterhorn protocol) and PDF/A-2a (ISO 19005-2),
as far as a reader of structure can tell. Built on pikepdf (qpdf), which shares nothing with typst.

veraPDF would say more and comes neither by apt, pip nor npm; what it would check besides (colour spaces glyph by glyph,
the inside of font programs, the ICC profile's tables) is not checked here.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf

STANDARD_ROLES = {
    "/Document", "/Part", "/Art", "/Sect", "/Div", "/BlockQuote", "/Caption", "/TOC", "/TOCI", "/Index", "/NonStruct",
    "/P", "/H", "/H1", "/H2", "/H3", "/H4", "/H5", "/H6", "/L", "/LI", "/Lbl", "/LBody", "/Table", "/TR", "/TH", "/TD",
    "/THead", "/TBody", "/TFoot", "/Span", "/Quote", "/Note", "/Reference", "/BibEntry", "/Code", "/Link", "/Figure",
    "/Formula", "/Form",
}  # fmt: skip
PARENTS = {
    "/LI": {"/L"}, "/Lbl": {"/LI", "/Note", "/TOCI"}, "/LBody": {"/LI"},
    "/TR": {"/Table", "/THead", "/TBody", "/TFoot"},
    "/TH": {"/TR"}, "/TD": {"/TR"}, "/THead": {"/Table"}, "/TBody": {"/Table"}, "/TFoot": {"/Table"},
}  # fmt: skip
PAINTING = {"f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "Do", "Tj", "TJ", "'", '"', "EI"}
NEVER = {"/JS", "/JavaScript", "/URI", "/Launch", "/OpenAction", "/AA", "/EmbeddedFiles", "/AF", "/Encrypt", "/Movie",
         "/RichMedia", "/XFA", "/TR", "/HTP", "/OPI", "/PS", "/Alternates"}  # fmt: skip


@dataclass
class Marked:
    """One piece of marked content: its text as the fonts' ToUnicode says it."""

    text: str = ""
    painted: bool = False


@dataclass
class Page:
    """What a page's stream draws: by marked-content id, and what stands outside everything."""

    pieces: dict[int, Marked] = field(default_factory=dict)
    breaches: list[str] = field(default_factory=list)


def breaches(content: bytes) -> list[str]:
    """Everything that breaks a rule; empty for a file that keeps what it claims."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pages = [_read_page(page) for page in pdf.pages]
        found = [*_file(pdf, content), *_metadata(pdf), *_fonts(pdf), *_structure(pdf, pages)]
        for place, page in enumerate(pages, 1):
            found += [f"page {place}: {breach}" for breach in page.breaches]
        return found


def heard(content: bytes) -> list[tuple[str, str]]:
    """What a screen reader says: (role, text) of every element with text of its own, in the order of the tags."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        numbers = {page.objgen: place for place, page in enumerate(pdf.pages)}
        pages = [_read_page(page) for page in pdf.pages]
        said = []
        for element, own in _elements(pdf.Root.StructTreeRoot.K, None):
            text = "".join(pages[numbers[page.objgen]].pieces[mcid].text for page, mcid in own)
            if "/Alt" in element:
                text = str(element.Alt)
            if text.strip():
                said.append((str(element.S), " ".join(text.replace("\u200b", "").split())))
        return said


def _file(pdf: pikepdf.Pdf, content: bytes) -> Iterator[str]:
    if not content.startswith(b"%PDF-1.7\n%") or any(byte < 128 for byte in content[10:14]):
        yield "the header is not that of a binary PDF 1.7"
    if "/ID" not in pdf.trailer:
        yield "the trailer has no ID"
    if pdf.is_encrypted or len(pdf.attachments):
        yield "encrypted, or with attachments"
    intents = [intent for intent in pdf.Root.get("/OutputIntents", []) if intent.S == "/GTS_PDFA1"]
    if len(intents) != 1 or int(intents[0].DestOutputProfile.N) not in (1, 3, 4):
        yield "there is not exactly one output intent with a profile"
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            keys = set(item.keys())
            if NEVER & keys:
                yield f"the file can do or hold something it must not: {NEVER & keys}"
            if isinstance(item, pikepdf.Stream) and ("/F" in keys or "LZW" in str(item.get("/Filter", ""))):
                yield "a stream lies outside, or is compressed by LZW"
            if item.get("/Type") == "/Annot" or item.get("/Interpolate"):
                yield "an annotation, or an image that is smoothed"


def _metadata(pdf: pikepdf.Pdf) -> Iterator[str]:
    root = pdf.Root
    with pdf.open_metadata() as xmp:
        claims = {key: xmp.get(key) for key in ("pdfuaid:part", "pdfaid:part", "pdfaid:conformance")}
        title = xmp.get("dc:title")
    if claims != {"pdfuaid:part": "1", "pdfaid:part": "2", "pdfaid:conformance": "A"}:
        yield f"claims {claims}"
    if not title or ("/Title" in pdf.docinfo and str(pdf.docinfo.Title) != title):
        yield "no title, or two different ones"
    if not bool(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False)):
        yield "the title is not what windows show"
    if str(root.get("/Lang", "")) not in {"nb", "nn", "en"}:
        yield "no language"
    marks = root.get("/MarkInfo", {})
    if not bool(marks.get("/Marked", False)) or bool(marks.get("/Suspects", False)):
        yield "not marked as tagged"


def _fonts(pdf: pikepdf.Pdf) -> Iterator[str]:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font" and item.Subtype == "/Type0":
            descendant = item.DescendantFonts[0]
            if not {"/FontFile2", "/FontFile3"} & set(descendant.FontDescriptor.keys()):
                yield f"{item.BaseFont} is not embedded"
            if "/ToUnicode" not in item or item.Encoding != "/Identity-H":
                yield f"{item.BaseFont} does not say what its glyphs mean"
        elif (
            isinstance(item, pikepdf.Dictionary)
            and item.get("/Type") == "/Font"
            and item.get("/Subtype") not in {"/CIDFontType0", "/CIDFontType2"}
        ):
            yield f"a font of a kind not known here: {item.get('/Subtype')}"


def _structure(pdf: pikepdf.Pdf, pages: list[Page]) -> Iterator[str]:
    root = pdf.Root.StructTreeRoot
    roles, numbers = root.get("/RoleMap", {}), {page.objgen: place for place, page in enumerate(pdf.pages)}
    told, level = [set[int]() for _ in pages], 0
    for page in pdf.pages:
        if "/StructParents" not in page or page.get("/Tabs") != "/S":
            yield "a page does not know its structure"
    for element, own in _elements(root.K, None):
        role = str(roles.get(element.S, element.S))
        if role not in STANDARD_ROLES:
            yield f"{role} is no standard role"
        above = element.get("/P")
        parent = str(above.get("/S", "")) if isinstance(above, pikepdf.Dictionary) else ""
        if role in PARENTS and parent not in PARENTS[role]:
            yield f"{role} stands in {parent}"
        if role in {"/Figure", "/Formula"} and not str(element.get("/Alt", "")).strip():
            yield "a figure without a text"
        if role == "/TH" and "/Scope" not in _attributes(element):
            yield "a heading of a table that does not say what it heads"
        if re.fullmatch("/H[1-6]", role):
            if int(role[2]) > level + 1:
                yield f"{role} after level {level}"
            level = int(role[2])
        for page, mcid in own:
            place = numbers[page.objgen]
            if mcid in told[place] or mcid not in pages[place].pieces:
                yield f"marked content {mcid} is told twice, or is not there"
            told[place].add(mcid)
    for place, page in enumerate(pages):
        if missing := {mcid for mcid, piece in page.pieces.items() if piece.painted} - told[place]:
            yield f"page {place + 1} shows what no tag tells: {missing}"


def _attributes(element: pikepdf.Dictionary) -> set[str]:
    attributes = element.get("/A", [])
    several = list(attributes) if isinstance(attributes, pikepdf.Array) else [attributes]
    return {str(key) for one in several if isinstance(one, pikepdf.Dictionary) for key in one.keys()}  # noqa: SIM118


def _elements(kids: Any, page: Any) -> Iterator[tuple[pikepdf.Dictionary, list[tuple[Any, int]]]]:
    """Every element below, in order, with the (page, id) of the marked content that is its own."""
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            where = kid.get("/Pg", page)
            inner = kid.get("/K", pikepdf.Array([]))
            own = []
            for item in inner if isinstance(inner, pikepdf.Array) else [inner]:
                if isinstance(item, int):
                    own.append((where, item))
                elif isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/MCR":
                    own.append((item.get("/Pg", where), int(item.MCID)))
            yield kid, own
            yield from _elements(inner, where)


def _read_page(page: pikepdf.Page) -> Page:
    """Follow the stream: every painting stands in a tag or in an artifact, and neither in the other."""
    read, stack, meanings = Page(), list[int | None | str](), dict[int, str]()
    for step in pikepdf.parse_content_stream(page):
        operator, operands = str(step.operator), step.operands
        if operator in {"BDC", "BMC"}:
            properties = operands[1] if len(operands) > 1 else {}
            mark: int | None | str = None
            if str(operands[0]) == "/Artifact":
                mark = "artifact"
            elif isinstance(properties, pikepdf.Dictionary) and "/MCID" in properties:
                mark = int(properties.MCID)
                read.pieces[mark] = Marked()
            if isinstance(mark, int) and "artifact" in stack or mark == "artifact" and _tag(stack) is not None:
                read.breaches.append("a tag in an artifact, or the other way round")
            stack.append(mark)
        elif operator == "EMC":
            stack.pop()
        elif operator == "Tf":
            meanings = meanings_of(page.Resources.Font[str(operands[0])])
        elif operator in PAINTING:
            tag = _tag(stack)
            if tag is None and "artifact" not in stack:
                read.breaches.append(f"{operator} paints outside every tag")
            if tag is not None:
                read.pieces[tag].painted = True
                if operator in {"Tj", "TJ"}:
                    text = _text(operands[0], meanings)
                    if "\N{REPLACEMENT CHARACTER}" in text:
                        read.breaches.append("a glyph without a meaning")
                    read.pieces[tag].text += text
    return read


def _tag(stack: list[int | None | str]) -> int | None:
    return next((mark for mark in reversed(stack) if isinstance(mark, int)), None)


def _text(shown: Any, meanings: dict[int, str]) -> str:
    parts = shown if isinstance(shown, pikepdf.Array) else [shown]
    codes = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
    return "".join(
        meanings.get(int.from_bytes(codes[at : at + 2]), "\N{REPLACEMENT CHARACTER}") for at in range(0, len(codes), 2)
    )


def meanings_of(font: pikepdf.Object) -> dict[int, str]:
    """The ToUnicode table of a font: glyph → text."""
    table = bytes(font.ToUnicode.read_bytes()).decode("ascii")
    found: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, text in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            found[int(code, 16)] = bytes.fromhex(text).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, text in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            start = bytes.fromhex(text).decode("utf-16-be")
            for offset in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + offset] = start[:-1] + chr(ord(start[-1]) + offset)
    return found
