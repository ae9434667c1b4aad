"""The instructor certificate as a document: one A4 page."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from certificates.documents.typesetting import Line, Typesetter, demand

_typesetter = Typesetter("certificate.typ")


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateText:
    """All a certificate says, worded in one language, dates formatted; plain text, shown as it stands.

    `details` are shown two by two in reading order (programme, scope, sector, edition…). `unprintable_note` is printed
    only when a character was replaced by `UNPRINTABLE`. `dated` is the aware instant of issue and becomes the file's
    date. Raises ValueError for a naive `dated` or an empty title or name.
    """

    locale: Literal["nb", "nn", "en"]
    organisation: str
    title: str
    lead: str
    holder_name: str
    statement: tuple[str, ...]
    number: Line
    valid_from: Line
    valid_through: Line
    details: tuple[Line, ...]
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
        demand(self.title, self.holder_name, self.dated)


def certificate_pdf(text: CertificateText) -> bytes:
    """One A4 page, PDF/UA-1 and PDF/A-2a; about 7 ms. The same text gives the same bytes."""
    said = asdict(text)
    del said["dated"], said["unprintable_note"]
    own = (said.pop("issued_by"), said.pop("issued_on"), said.pop("approved_by"))
    said |= {
        "highlights": (said.pop("valid_from"), said.pop("valid_through"), said.pop("number")),
        "details": (*said["details"], *own),
        "hours_headings": (),
        "hours": (),
        "points_heading": "",
        "points": (),
        "endnote": said.pop("derivation"),
        "author": text.issued_by.value,
    }
    return _typesetter.pdf(said, note=text.unprintable_note, dated=text.dated)
