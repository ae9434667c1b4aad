"""The certificate as a document: worded text in, one accessible archival PDF page out.

The words arrive translated and the dates formatted; this room knows no rule and reads no clock. Every string is data to
the typst template (`sys.inputs`), never markup. The file is PDF/UA-1 and PDF/A-2a at once, and the same input gives the
same bytes. It has no links, scripts or attachments: the address to check it at is printed and in the QR code.
"""

from __future__ import annotations

import io
import json
import re
import unicodedata
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Literal

import segno
import typst

TEMPLATE = Path(__file__).resolve().parents[1] / "templates" / "documents" / "certificate.typ"
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
_compiler = typst.Compiler(str(TEMPLATE), ignore_system_fonts=True)
_compiling = Lock()  # a typst compiler serves one caller at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A label and what it says: `Line(label="Gyldig fra", value="22.11.2026")`."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateText:
    """All a certificate says, worded in one language, dates formatted; plain text, shown as it stands.

    `valid_through` is None for a course certificate, which does not expire. `details` are shown two by two in reading
    order (programme, edition, sector, hours, HPR number…), `points` as a list under `points_heading` (learning
    objectives). `unprintable_note` is printed only when a character was replaced by `UNPRINTABLE`. `dated` is the
    aware instant of issue and becomes the file's date. Raises ValueError for a naive `dated` or an empty title or name.
    """

    locale: Literal["nb", "nn", "en"]
    organisation: str
    title: str
    lead: str
    holder_name: str
    statement: tuple[str, ...]
    number: Line
    valid_from: Line
    valid_through: Line | None
    details: tuple[Line, ...]
    points_heading: str = ""
    points: tuple[str, ...] = ()
    issued_by: Line
    issued_on: Line
    approved_by: Line
    verification_heading: str
    verification_text: str
    verification_url: str
    verification_alt: str
    code: Line
    derivation: str
    unprintable_note: str
    dated: datetime

    def __post_init__(self) -> None:
        if self.dated.tzinfo is None:
            raise ValueError("an instant without a time zone cannot date a document")
        if not (_without_controls(self.title) and _without_controls(self.holder_name)):
            raise ValueError("a certificate needs a title and a holder's name")


def certificate_pdf(text: CertificateText) -> bytes:
    """One A4 page, PDF/UA-1 and PDF/A-2a; about 7 ms. The same text gives the same bytes."""
    fields = asdict(text)
    del fields["dated"]
    note = fields.pop("unprintable_note")
    said = {field: _printed(value) for field, value in fields.items()}
    replaced = UNPRINTABLE in json.dumps(said, ensure_ascii=False)
    code = segno.make(text.verification_url, error=QR_ERROR_CORRECTION, micro=False)
    said |= {
        "metadata_title": f"{_without_controls(text.title)} – {_without_controls(text.holder_name)}",
        "unprintable_note": _printed(note) if replaced else None,
        "qr": _svg(code),
        "qr_quiet_share": QR_QUIET_ZONE_MODULES / code.symbol_size(border=QR_QUIET_ZONE_MODULES)[0],
    }
    with _compiling:
        pdf = _compiler.compile(
            format="pdf",
            sys_inputs={"certificate": json.dumps(said)},
            pdf_standards=["ua-1", "a-2a"],
            timestamp=int(text.dated.timestamp()),
        )
    assert isinstance(pdf, bytes), "one PDF, not pages"
    return pdf


def unprintable(text: str) -> tuple[str, ...]:
    """The characters a document would replace by `UNPRINTABLE`, in order: to warn when a name is registered."""
    return tuple(char for char in _without_controls(text) if not _is_printable(char))


def _printed(value: object) -> object:
    """The same value with every string in it made printable."""
    if isinstance(value, str):
        return "".join(char if _is_printable(char) else UNPRINTABLE for char in _without_controls(value))
    if isinstance(value, dict):
        return {key: _printed(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return [_printed(inner) for inner in value]
    return value


def _is_printable(char: str) -> bool:
    return _PRINTABLE.fullmatch(char) is not None and unicodedata.category(char) != "Cn"


def _without_controls(text: str) -> str:
    """Composed letters, single spaces, no invisible characters that could reorder, hide or pile up."""
    visible = "".join(" " if char.isspace() else char for char in unicodedata.normalize("NFC", text))
    visible = "".join(char for char in visible if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Cn"})
    visible = re.sub("[\ufe00-\ufe0f]", "", visible)  # asks for a variant of the character before it
    return _MARK_PILE.sub(r"\1", " ".join(visible.split()))


def _svg(code: segno.QRCode) -> str:
    out = io.BytesIO()
    code.save(out, kind="svg", border=QR_QUIET_ZONE_MODULES, dark="#000", light="#fff", xmldecl=False)
    return out.getvalue().decode()
