"""A certificate in words, in one language: for the PDF, and for the page that says the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from flask_babel import force_locale
from flask_babel import gettext as _

from certificates.documents.certificate import CertificateText
from certificates.documents.typesetting import Line
from certificates.imported import ROUTE
from certificates.mails import address
from certificates.models.issued import Certificate, CertificateEdition
from certificates.programme import Programme
from certificates.records import Derivation, Step, read_derivation, read_evidence
from lms import formatting
from lms.people import Locale
from lms.wording import say, shown

PLAIN = "—"


def certificate_text(
    certificate: Certificate, editions: Sequence[CertificateEdition], programme: Programme, locale: Locale
) -> CertificateText:
    """Everything the PDF says, in one language; of the editions up to the one in question, the last one speaks."""
    with force_locale(locale.value):
        return _text(certificate, editions, programme, locale.value)


def approved_by(steps: tuple[Step, ...]) -> str:
    """The name of the trainer whose approval counted, or an empty text where the assessment was waived."""
    names = [
        str(fact["label"])
        for step in steps
        for fact in step.facts
        if fact["fact"] == "Assessment" and fact["outcome"] == "approved"
    ]
    return names[-1] if names else ""


def scheme(programme: Programme, derivation: Derivation) -> str:
    """The programme, its edition as its authors number it, and the version of it that was in force."""
    told: str = _(
        "%(title)s, utgave %(edition)s (versjon %(version)s)",
        title=programme.title,
        edition=derivation.edition,
        version=derivation.version,
    )
    return told


def scope(programme: Programme) -> str:
    """What the certificate speaks for: the modules its holder may teach."""
    return _capital(_listed([shown(module) for module in programme.scope]))


def edition_told(editions: Sequence[CertificateEdition]) -> str:
    """The number of the last of these editions and, from the second on, which one it replaces."""
    if len(editions) == 1:
        return str(editions[0].edition)
    earlier, newest = editions[-2], editions[-1]
    told: str = _(
        "%(edition)s. Erstatter utgave %(earlier)s av %(day)s.",
        edition=newest.edition,
        earlier=earlier.edition,
        day=formatting.day(earlier.issued_on),
    )
    return told


def _listed(words: Sequence[str]) -> str:
    first, last = ", ".join(words[:-1]), words[-1]
    return _("%(first)s og %(last)s", first=first, last=last) if first else last


def _text(
    certificate: Certificate,
    editions: Sequence[CertificateEdition],
    programme: Programme,
    locale: Literal["nb", "nn", "en"],
) -> CertificateText:
    edition = editions[-1]
    derivation = read_derivation(certificate.derivation)
    steps = read_evidence(certificate.evidence)
    url = address("verification.show", code=certificate.verify_code)
    exempt = [say(step.title) for step in steps if step.exemption]
    imported = derivation.route == ROUTE
    statement = [
        _("har et sertifikat som %(programme)s, utstedt før denne plattformen.", programme=programme.title)
        if imported
        else _("har oppfylt kravene i programmet %(programme)s.", programme=programme.title)
    ]
    if exempt:
        statement.append(_("Fritatt fra: %(steps)s.", steps=", ".join(exempt)))
    return CertificateText(
        locale=locale,
        organisation="HelseIArbeid",
        title=_("Instruktørsertifikat"),
        lead=_("Det bekreftes at"),
        holder_name=edition.holder_name or _("Navnet er ikke lenger lagret"),
        statement=tuple(statement),
        number=Line(label=_("Sertifikatnummer"), value=certificate.number),
        valid_from=_day(_("Gyldig fra"), certificate.valid_from),
        valid_through=_day(_("Gyldig til og med"), certificate.valid_through),
        details=(
            Line(label=_("Ordning"), value=programme.title if imported else scheme(programme, derivation)),
            *([Line(label=_("Omfang"), value=scope(programme))] if programme.scope else []),
            Line(label=_("Sektor"), value=_capital(shown(edition.sector))),
            Line(label=_("Enhet"), value=edition.unit_name),
            Line(label=_("Utgave av sertifikatet"), value=edition_told(editions)),
        ),
        issued_by=Line(label=_("Utstedt av"), value=str(derivation.why.values.get("issued_by", edition.region_name))),
        issued_on=_day(_("Ført inn her") if imported else _("Utstedt"), edition.issued_on),
        approved_by=Line(label=_("Faglig godkjent av"), value=approved_by(steps) or PLAIN),
        verification_heading=_("Kontroller sertifikatet"),
        verification_text=_("Skann koden, eller skriv kontrollkoden på %(page)s.", page=address("verification.index")),
        verification_url=url,
        verification_alt=_("QR-kode til kontrollsiden for dette sertifikatet"),
        code=Line(label=_("Kontrollkode"), value=certificate.print_code),
        derivation=say(derivation.why),
        unprintable_note=_("□ står for et tegn som ikke kan trykkes. Kontrollsiden viser navnet som registrert."),
        dated=edition.issued_at,
    )


def _day(label: str, day: date) -> Line:
    return Line(label=label, value=formatting.day(day))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
