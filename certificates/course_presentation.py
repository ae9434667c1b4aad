"""A course certificate, and a person's courses, in words of one language: for the PDF and for the pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from flask_babel import force_locale
from flask_babel import gettext as _

from certificates.course_certificates import SHOWN_YEARS, Approval
from certificates.documents.courses import CourseCertificateText, CourseListText, CourseRow
from certificates.documents.typesetting import Line
from certificates.mails import address
from certificates.models.course_certificates import CourseCertificate, CourseCertificateEdition
from lms import formatting
from lms.people import Locale, Person
from lms.verdict import because
from lms.wording import say

NONE = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCourse:
    """A line of «my courses»: a course with its hours (None: not passed) and, where one was issued, the certificate."""

    title: str
    version_number: int
    begun_on: date
    passed_on: date | None
    hours: Decimal | None
    certificate: CourseCertificate | None

    @property
    def approved(self) -> str:
        """The references of the approvals its certificate names."""
        return (
            ", ".join(each["reference"] for each in self.certificate.content["approvals"]) if self.certificate else ""
        )


def told(certificate: CourseCertificate, locale: str) -> Mapping[str, Any]:
    """Title and objectives of the course in a language, or in its own where it is not translated."""
    words: Mapping[str, Mapping[str, Any]] = certificate.content["course"]
    return words.get(locale) or words[certificate.content["language"]]


def course_language(certificate: CourseCertificate, locale: str) -> str:
    """The language `told` answers in."""
    return locale if locale in certificate.content["course"] else str(certificate.content["language"])


def hours_by_kind(certificate: CourseCertificate) -> list[Line]:
    """What the hours were spent on, in words."""
    return [_hours(f"hours-{kind}", hours) for kind, hours in certificate.content["hours_by_kind"]]


def approvals(certificate: CourseCertificate) -> list[str]:
    """Each approval as a sentence."""
    return [_approval(each) for each in certificate.content["approvals"]]


def approval_hours(approval: Approval) -> str:
    """What a body counts a course as, in words."""
    return _split([(kind, str(hours)) for kind, hours in approval.hours])


def certificate_text(
    certificate: CourseCertificate, edition: CourseCertificateEdition, locale: Locale
) -> CourseCertificateText:
    """Everything the PDF says, in one language."""
    with force_locale(locale.value):
        return _text(certificate, edition, locale.value)


def list_text(
    person: Person, courses: Sequence[OwnCourse], *, since: date, today: date, now: datetime, locale: Locale
) -> CourseListText:
    """A person's courses of the last years as one file."""
    with force_locale(locale.value):
        return _list(person, courses, since=since, today=today, now=now, locale=locale.value)


def list_headings() -> tuple[str, ...]:
    """What stands over the columns of the list."""
    return (_("Navn på kurset"), _("Begynt"), _("Bestått"), _("Kursbevis"), _("Godkjenning"), _("Kurstimer"))


def list_cells(course: OwnCourse) -> tuple[str, ...]:
    """A course as the cells under them."""
    return (
        _("%(title)s, utgave %(edition)s", title=course.title, edition=course.version_number),
        formatting.day(course.begun_on),
        formatting.day(course.passed_on) if course.passed_on else NONE,
        course.certificate.number if course.certificate else NONE,
        course.approved or NONE,
        formatting.number(course.hours, 2) if course.hours is not None else NONE,
    )


def _narrow(course: OwnCourse) -> tuple[str, ...]:
    """The cells for paper, which is no wider than it is: when a course was begun is said while it is not passed."""
    title, begun, passed, *rest = list_cells(course)
    return (title, passed if course.passed_on else _("begynt %(day)s", day=begun), *rest)


def _hours(code: str, hours: str) -> Line:
    return Line(label=say(because(code)), value=formatting.number(Decimal(hours), 2))


def _split(hours: Sequence[Sequence[str]]) -> str:
    lines = [_hours(f"credit-{kind}", count) for kind, count in hours]
    return ", ".join(f"{line.label} {line.value}" for line in lines)


def _approval(approval: Mapping[str, Any]) -> str:
    return str(
        _(
            "Godkjent av %(body)s, referanse %(reference)s. Kurstimer etter slag: %(hours)s.",
            body=approval["body"],
            reference=approval["reference"],
            hours=_split(approval["hours"]),
        )
    )


def _text(
    certificate: CourseCertificate, edition: CourseCertificateEdition, locale: Literal["nb", "nn", "en"]
) -> CourseCertificateText:
    content, words = certificate.content, told(certificate, locale)
    approved = " ".join(approvals(certificate))
    number = certificate.number
    if edition.edition > 1:
        number = _("%(number)s, utgave %(edition)s", number=number, edition=edition.edition)
    return CourseCertificateText(
        locale=locale,
        organisation="HelseIArbeid",
        title=_("Kursbevis"),
        lead=_("Det bekreftes at"),
        holder_name=edition.holder_name,
        statement=(_("har gjennomført kurset %(course)s og bestått ettertesten.", course=words["title"]),),
        number=Line(label=_("Nummer"), value=number),
        completed=Line(label=_("Fullført"), value=formatting.day(certificate.last_on)),
        hours=Line(label=_("Kurstimer"), value=formatting.number(Decimal(content["hours"]), 2)),
        hours_headings=(_("Hva timene gikk til"), _("Kurstimer")),
        hours_by_kind=tuple(hours_by_kind(certificate)),
        hpr=Line(label=_("HPR-nummer"), value=edition.hpr_number) if edition.hpr_number else None,
        course=Line(label=_("Navn på kurset"), value=words["title"]),
        content_version=Line(label=_("Utgave av kurset"), value=str(certificate.version_number)),
        started=Line(label=_("Påbegynt"), value=formatting.day(certificate.first_on)),
        organiser=Line(label=_("Arrangør"), value=content["organiser"]),
        issued_on=Line(label=_("Utstedt"), value=formatting.day(edition.issued_on)),
        approval=Line(label=_("Godkjent"), value=approved) if approved else None,
        objectives_heading=_("Læringsmål"),
        objectives=tuple(words["objectives"]),
        no_expiry=_("Kursbeviset går ikke ut på dato."),
        verification_heading=_("Kontroller kursbeviset"),
        verification_text=_("Skann koden, eller skriv kontrollkoden på %(page)s.", page=address("verification.index")),
        verification_url=address("verification.show", code=certificate.verify_code),
        verification_alt=_("QR-kode til kontrollsiden for dette kursbeviset"),
        code=Line(label=_("Kontrollkode"), value=certificate.print_code),
        unprintable_note=_("□ står for et tegn som ikke kan trykkes. Kontrollsiden viser navnet som registrert."),
        dated=edition.issued_at,
    )


def _list(
    person: Person,
    courses: Sequence[OwnCourse],
    *,
    since: date,
    today: date,
    now: datetime,
    locale: Literal["nb", "nn", "en"],
) -> CourseListText:
    facts = [
        Line(
            label=_("Periode"),
            value=_("%(first)s til %(last)s", first=formatting.day(since), last=formatting.day(today)),
        )
    ]
    if person.hpr_number:
        facts.insert(0, Line(label=_("HPR-nummer"), value=person.hpr_number))
    total = sum((each.hours for each in courses if each.hours is not None), Decimal(0))
    return CourseListText(
        locale=locale,
        organisation="HelseIArbeid",
        title=_("Kursene mine"),
        holder_name=person.name,
        facts=tuple(facts),
        headings=(_("Navn på kurset"), _("Bestått"), _("Kursbevis"), _("Godkjenning"), _("Kurstimer")),
        numeric=1,
        rows=tuple(CourseRow(cells=_narrow(each)) for each in courses),
        empty=_("Ingen kurs i disse årene."),
        total=Line(label=_("Kurstimer i alt, beståtte kurs"), value=formatting.number(total, 2)),
        endnote=_(
            "Listen viser kursene de siste %(years)s årene, slik de sto %(day)s. Hvert kursbevis kan kontrolleres på "
            "%(page)s.",
            years=SHOWN_YEARS,
            day=formatting.day(today),
            page=address("verification.index"),
        ),
        page_words=(_("Side"), _("av")),
        unprintable_note=_("□ står for et tegn som ikke kan trykkes."),
        dated=now,
    )
