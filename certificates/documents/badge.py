"""The picture of a badge, drawn by us: as SVG and as PNG from one drawing."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Literal

import typst

from certificates.documents.typesetting import TEMPLATES, printed

PIXELS_PER_INCH = 144  # the drawing is 300 points wide, the PNG 600 pixels

_compiler = typst.Compiler(str(TEMPLATES / "badge.typ"), ignore_system_fonts=True)
_compiling = Lock()  # a typst compiler serves one caller at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgePicture:
    """What the picture says: who issues, what it is, and until when (both may be empty). Never a name."""

    organisation: str
    title: str
    until: str = ""
    number: str = ""


def badge_svg(picture: BadgePicture) -> str:
    """The drawing as SVG."""
    return _drawn(picture, "svg").decode()


def badge_png(picture: BadgePicture) -> bytes:
    """The drawing as PNG."""
    return _drawn(picture, "png")


def _drawn(picture: BadgePicture, form: Literal["svg", "png"]) -> bytes:
    said = {field: printed(value) for field, value in asdict(picture).items()}
    with _compiling:
        drawn = _compiler.compile(format=form, ppi=PIXELS_PER_INCH, sys_inputs={"said": json.dumps(said)})
    assert isinstance(drawn, bytes), "one picture, not pages"
    return drawn
