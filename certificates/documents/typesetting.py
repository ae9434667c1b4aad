"""Worded text in, an accessible archival PDF out: what every document of the house has in common.

The words arrive translated and the dates formatted; this room knows no rule and reads no clock. Every string is data to
the typst template (`sys.inputs`), never markup. The file is PDF/UA-1 and PDF/A-2a at once, and the same input gives the
same bytes. It has no links, scripts or attachments: the address to check it at is printed and in the QR code.
"""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

import segno
import typst

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "documents"
QR_ERROR_CORRECTION = "q"  # a quarter of the code may be damaged; segno raises it to H where that costs no space
QR_QUIET_ZONE_MODULES = 4  # ISO/IEC 18004
MARKS_PER_LETTER = 2  # what living alphabets use; more only serves to paint over the neighbouring lines
UNPRINTABLE = "□"

# What the document's font (Libertinus Serif, inside the typst wheel) can show in every weight: Latin with all Sámi
# letters, Greek, Cyrillic, punctuation. PDF/A forbids missing glyphs, so all else is replaced; a test prints each.
_PRINTABLE = re.compile(
    "[ -~¡-\u023f\u0250-\u02e4\u0300-\u0331\u0384-\u03ce\u0400-\u045f\u0490-\u04c4\u04d0-\u04f9\u1e00-\u1e9b\u1e9e"
    "\u1ea0-\u1ef9\u1f00-\u1fff\u2010-\u2027\u2030-\u2037\u2039-\u203e₀-₉⁰-⁹€№™Ω←-↕−√∞≈≠≤≥□]"
)
_MARK_PILE = re.compile(f"([\u0300-\u036f]{{{MARKS_PER_LETTER}}})[\u0300-\u036f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A label and what it says: `Line(label="Gyldig fra", value="22.11.2026")`."""

    label: str
    value: str


class Typesetter:
    """One template, compiled for one caller at a time: a typst compiler serves no more."""

    def __init__(self, template: str) -> None:
        self._compiler = typst.Compiler(str(TEMPLATES / template), ignore_system_fonts=True)
        self._compiling = Lock()

    def pdf(self, said: Mapping[str, object], *, note: str, dated: datetime) -> bytes:
        """The document that says all this, dated to the second; `note` explains `UNPRINTABLE` where it was used."""
        shown: dict[str, Any] = {field: printed(value) for field, value in said.items()}
        replaced = UNPRINTABLE in json.dumps(shown, ensure_ascii=False)
        shown["unprintable_note"] = printed(note) if replaced else None
        if "verification_url" in shown:
            shown |= _qr(shown["verification_url"])
        with self._compiling:
            pdf = self._compiler.compile(
                format="pdf",
                sys_inputs={"said": json.dumps(shown | {"metadata_title": metadata_title(said)})},
                pdf_standards=["ua-1", "a-2a"],
                timestamp=int(dated.timestamp()),
            )
        assert isinstance(pdf, bytes), "one PDF, not pages"
        return pdf


def metadata_title(said: Mapping[str, object]) -> str:
    """What the file is called by readers: the document's title and whose it is, every letter kept."""
    return f"{visible(str(said['title']))} – {visible(str(said['holder_name']))}"


def demand(title: str, holder_name: str, dated: datetime) -> None:
    """Refuse, with ValueError, what cannot be a document: a naive instant, an empty title or name."""
    if dated.tzinfo is None:
        raise ValueError("an instant without a time zone cannot date a document")
    if not (visible(title) and visible(holder_name)):
        raise ValueError("a document needs a title and a holder's name")


def unprintable(text: str) -> tuple[str, ...]:
    """The characters a document would replace by `UNPRINTABLE`, in order: to warn when a name is registered."""
    return tuple(char for char in visible(text) if not _is_printable(char))


def visible(text: str) -> str:
    """Composed letters, single spaces, no invisible characters that could reorder, hide or pile up."""
    seen = "".join(" " if char.isspace() else char for char in unicodedata.normalize("NFC", text))
    seen = "".join(char for char in seen if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Cn"})
    seen = re.sub("[\ufe00-\ufe0f]", "", seen)  # asks for a variant of the character before it
    return _MARK_PILE.sub(r"\1", " ".join(seen.split()))


def printed(value: object) -> object:
    """The same value with every string in it made printable."""
    if isinstance(value, str):
        return "".join(char if _is_printable(char) else UNPRINTABLE for char in visible(value))
    if isinstance(value, dict):
        return {key: printed(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return [printed(inner) for inner in value]
    return value


def _is_printable(char: str) -> bool:
    return _PRINTABLE.fullmatch(char) is not None and unicodedata.category(char) != "Cn"


def _qr(url: str) -> dict[str, object]:
    code = segno.make(url, error=QR_ERROR_CORRECTION, micro=False)
    out = io.BytesIO()
    code.save(out, kind="svg", border=QR_QUIET_ZONE_MODULES, dark="#000", light="#fff", xmldecl=False)
    share = QR_QUIET_ZONE_MODULES / code.symbol_size(border=QR_QUIET_ZONE_MODULES)[0]
    return {"qr": out.getvalue().decode(), "qr_quiet_share": share}
