"""The course certificate (kursbevis) as a document of one A4 page, and a person's courses as one file (DOMAIN.md 9)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from certificates.documents.typesetting import Line, Typesetter, demand

_certificate = Typesetter("certificate.typ")
_list = Typesetter("course-list.typ")

COLUMNS = 7  # more would break every word


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseCertificateText:
    """All a course certificate says, worded in one language, dates and hours formatted; plain text, shown as it stands.

    `completed`, `hours` (the sum) and `number` stand out. `hours_by_kind` is a table under its two headings: what the
    hours were (label) and how many (value). `hpr` is None for those without such a number, `approval` unless an
    approval with its validity dates has been entered, `started` where it says nothing. `no_expiry` is the sentence that
    it does not expire. `dated` is the aware instant of issue and becomes the file's date. Raises ValueError for a naive
    `dated` or an empty title or name.
    """

    locale: Literal["nb", "nn", "en"]
    organisation: str
    title: str
    lead: str
    holder_name: str
    statement: tuple[str, ...]
    number: Line
    completed: Line
    hours: Line
    hours_headings: tuple[str, str]
    hours_by_kind: tuple[Line, ...]
    hpr: Line | None
    course: Line
    content_version: Line
    started: Line | None
    organiser: Line
    issued_on: Line
    approval: Line | None
    objectives_heading: str
    objectives: tuple[str, ...]
    no_expiry: str
    verification_heading: str
    verification_text: str
    verification_url: str
    verification_alt: str
    code: Line
    unprintable_note: str
    dated: datetime

    def __post_init__(self) -> None:
        demand(self.title, self.holder_name, self.dated)


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseRow:
    """One course in a person's list: what stands under each heading, in their order."""

    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseListText:
    """A person's courses, worded in one language: who, which period, a table with its headings, the sum.

    `headings` and every row have the same number of cells, up to `COLUMNS`; the first column is widest, the last
    `numeric` ones are aligned to the right. `page_words` stand before the page's number and before how many pages there
    are. `empty` stands in place of the table where there is no row. Raises ValueError for rows of another length, a
    naive `dated`, an empty title or name.
    """

    locale: Literal["nb", "nn", "en"]
    organisation: str
    title: str
    holder_name: str
    facts: tuple[Line, ...]
    headings: tuple[str, ...]
    numeric: int
    rows: tuple[CourseRow, ...]
    empty: str
    total: Line
    endnote: str
    page_words: tuple[str, str]
    unprintable_note: str
    dated: datetime

    def __post_init__(self) -> None:
        demand(self.title, self.holder_name, self.dated)
        if not 0 < len(self.headings) <= COLUMNS or any(len(row.cells) != len(self.headings) for row in self.rows):
            raise ValueError("every row has a cell for each heading")


def course_certificate_pdf(text: CourseCertificateText) -> bytes:
    """One A4 page, PDF/UA-1 and PDF/A-2a. The same text gives the same bytes."""
    said = asdict(text)
    del said["dated"], said["unprintable_note"]
    order = ("hpr", "course", "content_version", "started", "organiser", "issued_on", "approval")
    told = [said.pop(field) for field in order]
    said |= {
        "highlights": (said.pop("completed"), said.pop("hours"), said.pop("number")),
        "details": tuple(line for line in told if line is not None),
        "hours": said.pop("hours_by_kind"),
        "points_heading": said.pop("objectives_heading"),
        "points": said.pop("objectives"),
        "endnote": said.pop("no_expiry"),
        "author": text.organiser.value,
    }
    return _certificate.pdf(said, note=text.unprintable_note, dated=text.dated)


def course_list_pdf(text: CourseListText) -> bytes:
    """As many A4 pages as it takes, the headings on each, PDF/UA-1 and PDF/A-2a. The same text gives the same bytes."""
    said = asdict(text)
    del said["dated"], said["unprintable_note"]
    said["rows"] = tuple(row.cells for row in text.rows)
    return _list.pdf(said | {"author": text.organisation}, note=text.unprintable_note, dated=text.dated)
