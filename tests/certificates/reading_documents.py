"""How tests read a document: with pikepdf and pypdf, which share nothing with typst."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf
import pypdf

from tests.certificates.pdf_rules import meanings_of


def reader(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def read(pdf: bytes) -> str:
    """What a reader hears, in the order of the file."""
    return "\n".join(page.extract_text() for page in reader(pdf).pages)


def file_title(pdf: bytes) -> str:
    information = reader(pdf).metadata
    assert information is not None
    return str(information.title)


def unbroken(text: str) -> str:
    """Without what depends on where lines break: spaces, hyphens, breaks inside a too long word."""
    return re.sub("[\\s\u00ad\u200b\u2010-]", "", text)


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))


def tags(element: Any) -> Iterator[pikepdf.Dictionary]:
    if isinstance(element, pikepdf.Array):
        for child in element:
            yield from tags(child)
    elif isinstance(element, pikepdf.Dictionary):
        if "/S" in element:
            yield element
        if "/K" in element:
            yield from tags(element.K)


def keys_anywhere(pdf: pikepdf.Pdf) -> set[str]:
    return {key for item in pdf.objects if isinstance(item, pikepdf.Dictionary | pikepdf.Stream) for key in item.keys()}  # noqa: SIM118


def instructions(pdf: pikepdf.Pdf) -> Iterator[tuple[str, Any]]:
    for step in pikepdf.parse_content_stream(pdf.pages[0]):
        yield str(step.operator), step.operands


def text_runs(pdf: pikepdf.Pdf) -> Iterator[tuple[float, float, float]]:
    """(left, right, baseline) of every run of text, in points, from the widths in the embedded fonts; blanks at the end
    of a line take no room."""
    for page in pdf.pages:
        fonts, at, size = page.Resources.Font, (0.0, 0.0), 0.0
        widths, blanks = dict[int, float](), set[int]()
        for step in pikepdf.parse_content_stream(page):
            operands = step.operands
            match str(step.operator):
                case "cm":
                    at = (float(operands[4]), float(operands[5]))
                case "Tf":
                    font = fonts[str(operands[0])]
                    widths, size = glyph_widths(font), float(operands[1])
                    blanks = {code for code, text in meanings_of(font).items() if not text.strip(" \u200b")}
                case "TJ" | "Tj":
                    run = operands[0] if isinstance(operands[0], pikepdf.Array) else [operands[0]]
                    total = seen = 0.0
                    for part in run:
                        if isinstance(part, pikepdf.String):
                            codes = bytes(part)
                            for place in range(0, len(codes), 2):
                                code = int.from_bytes(codes[place : place + 2])
                                total += widths[code]
                                seen = seen if code in blanks else total
                        else:
                            total -= float(part)
                    yield at[0], at[0] + seen / 1000 * size, at[1]


def glyph_widths(font: pikepdf.Object) -> dict[int, float]:
    widths: dict[int, float] = {}
    items = list(font.DescendantFonts[0].W)
    while items:
        first, second = int(items.pop(0)), items.pop(0)
        if isinstance(second, pikepdf.Array):
            widths |= {first + offset: float(width) for offset, width in enumerate(second)}
        else:
            widths |= dict.fromkeys(range(first, int(second) + 1), float(items.pop(0)))
    return widths


def drawn_qr(pdf: pikepdf.Pdf) -> tuple[list[list[int]], float]:
    """The modules as drawn inside the figure (with quiet zone), and the width of one in points."""
    inside, dark, side, scale = False, set[tuple[int, int]](), 0, 0.0
    start = (0.0, 0.0)
    for operator, operands in instructions(pdf):
        match operator:
            case "BDC":
                inside = "/Alt" in operands[1]
            case "EMC":
                inside = False
            case "cm" if inside:
                scale = float(operands[0])
            case "m" if inside and scale:
                start = (float(operands[0]), float(operands[1]))
            case "l" if inside and scale and start[1] % 1 == 0.5:
                dark |= {(int(start[1]), column) for column in range(int(start[0]), int(operands[0]))}
            case "l" if inside and scale:
                side = max(side, int(operands[0]))
    return [[int((row, column) in dark) for column in range(side)] for row in range(side)], scale
