"""A badge in words and addresses: what the pure values of `badges` are filled with. In bokmål, for the whole world."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from certificates.badges import Achievement, BadgeFacts, Issuer, Purpose, Recipient
from certificates.documents.badge import BadgePicture
from certificates.mails import address
from certificates.models.documents import BadgeStatus
from certificates.models.issued import Certificate
from certificates.presentation import scope
from certificates.programme import Programme, Route
from certificates.records import Step, read_derivation, read_evidence
from lms import formatting
from lms.people import Locale
from lms.wording import say, shown

ORGANISATION = "HelseIArbeid"
SALT_BYTES = 16


def issuer() -> Issuer:
    """Who issues, at the address this installation is known by."""
    return Issuer(id=address("badges.issuer"), name=ORGANISATION, url=address("home.home"))


def achievement(programme: Programme, version: int) -> Achievement:
    """What a version of the programme certifies."""
    with force_locale(Locale.NB.value):
        steps = ", ".join(say(requirement.title) for requirement in programme.requirements(Route.FIRST))
        return Achievement(
            id=address("badges.achievement", programme_id=programme.id, number=version),
            name=_("Sertifisert: %(programme)s", programme=programme.title),
            description=_("Kan holde bedriftstiltaket i HelseIArbeid. %(scope)s", scope=_scope(programme)).strip(),
            criteria_url=address("verification.programme"),
            criteria=_("Krav i utgave %(edition)s: %(steps)s.", edition=programme.edition, steps=steps),
            picture_url=address("badges.picture"),
            version=programme.edition,
        )


def key_address(kid: str) -> str:
    """Where a key's public part is published."""
    return address("badges.key", kid=kid)


def list_address(purpose: Purpose, number: int) -> str:
    """Where a status list is published."""
    return address("badges.status", purpose=purpose.value, number=number)


def facts(certificate: Certificate, programme: Programme, email: str, status: BadgeStatus) -> BadgeFacts:
    """All a new badge says."""
    with force_locale(Locale.NB.value):
        return BadgeFacts(
            uuid=str(uuid.uuid4()),
            name=_("Instruktørsertifikat"),
            number=certificate.number,
            valid_from=certificate.valid_from,
            valid_through=certificate.valid_through,
            awarded_at=certificate.issued_at,
            issuer=issuer(),
            achievement=achievement(programme, read_derivation(certificate.derivation).version),
            recipient=Recipient(uuid=str(uuid.uuid4()), email=email, salt=secrets.token_hex(SALT_BYTES)),
            evidence=_evidence(read_evidence(certificate.evidence)),
            status={purpose: list_address(purpose, status.list_number) for purpose in Purpose},
            place=status.place,
        )


def picture(certificate: Certificate | None = None) -> BadgePicture:
    """What the picture says: of a certificate, or of the achievement itself."""
    with force_locale(Locale.NB.value):
        if certificate is None:
            return BadgePicture(organisation=ORGANISATION, title=_("Sertifisert instruktør"))
        return BadgePicture(
            organisation=ORGANISATION,
            title=_("Sertifisert instruktør"),
            until=_("Gyldig til og med %(day)s", day=formatting.day(certificate.valid_through)),
            number=certificate.number,
        )


def described(certificate: Certificate) -> tuple[str, str]:
    """A title and a description of the picture, for those who do not see it."""
    with force_locale(Locale.NB.value):
        return (
            _("Digitalt merke: sertifisert instruktør i HelseIArbeid"),
            _(
                "Rundt merke med sertifikatnummer %(number)s. Gyldig til og med %(day)s.",
                number=certificate.number,
                day=formatting.day(certificate.valid_through),
            ),
        )


def _scope(programme: Programme) -> str:
    return _("Omfang: %(scope)s.", scope=scope(programme)) if programme.scope else ""


def _evidence(steps: Sequence[Step]) -> tuple[tuple[str, str], ...]:
    """Each requirement with how many records it rests on: no names, no days, no places."""
    told = []
    for step in steps:
        count = 0 if step.exemption else len(step.facts)
        rests = ngettext("%(num)d registrering.", "%(num)d registreringer.", count) if count else ""
        told.append((say(step.title), f"{shown(step.state).capitalize()}. {rests}".strip()))
    return tuple(told)
