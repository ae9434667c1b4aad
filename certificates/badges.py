"""An Open Badge for a certificate (Open Badges 3.0, W3C Verifiable Credentials 2.0): what it says, as plain values.

It holds no name and no address of anybody: the holder is a salted digest of their e-mail address and a random name of
the credential's own, evidence is in numbers. Its end is the first instant after the last day of validity in Oslo: the
second before, it is valid; from then on it is not.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from lms.clock import start_of_day

CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/"
CONTEXT = (CREDENTIALS_V2, f"{OPEN_BADGES}context-3.0.3.json", f"{OPEN_BADGES}extensions.json")
SCHEMA = {
    "id": f"{OPEN_BADGES}schema/json/ob_v3p0_achievementcredential_schema.json",
    "type": "1EdTechJsonSchemaValidator2019",
}
ALGORITHM = "RS256"  # what Open Badges 3.0 asks for at least
LIST_LENGTH = 131_072  # entries: the least a Bitstring Status List may have
LIST_FULL = 100_000  # certificates: the next one begins a new list, while a free place is still found quickly
LIST_EVERY = timedelta(minutes=5)  # a verifier may keep a list so long
LIST_VALID = timedelta(hours=1)  # an old list cannot be shown for longer, to hide what happened since
ONE_DAY = timedelta(days=1)


class Purpose(StrEnum):
    """What a status list tells: which certificates are revoked, or which are suspended."""

    REVOCATION = "revocation"
    SUSPENSION = "suspension"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Who issues: the address of its profile, its name and its site."""

    id: str
    name: str
    url: str

    def profile(self) -> dict[str, Any]:
        """The profile as it stands in credentials."""
        return {"id": self.id, "type": ["Profile"], "name": self.name, "url": self.url}


@dataclass(frozen=True, slots=True, kw_only=True)
class Achievement:
    """What is achieved, in words of one language: a version of the programme."""

    id: str
    name: str
    description: str
    criteria_url: str
    criteria: str
    picture_url: str
    version: str
    language: str = "nb"

    def record(self) -> dict[str, Any]:
        """The achievement as it stands in credentials."""
        return {
            "id": self.id,
            "type": ["Achievement"],
            "achievementType": "Certification",
            "name": self.name,
            "description": self.description,
            "criteria": {"id": self.criteria_url, "narrative": self.criteria},
            "image": {"id": self.picture_url, "type": "Image"},
            "inLanguage": self.language,
            "version": self.version,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """The holder, known again by who knows the address: a random name of their own, a salted digest."""

    uuid: str
    email: str
    salt: str

    def identity(self) -> dict[str, Any]:
        """The digest as the specification wants it."""
        digest = hashlib.sha256((self.email + self.salt).encode()).hexdigest()
        return {
            "type": "IdentityObject",
            "hashed": True,
            "identityHash": f"sha256${digest}",
            "identityType": "emailAddress",
            "salt": self.salt,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeFacts:
    """All a badge says. `evidence` holds (name, sentence) for each requirement; `status` the address of the list for
    each purpose, `place` the certificate's place in both."""

    uuid: str
    name: str
    number: str
    valid_from: date
    valid_through: date
    awarded_at: datetime
    issuer: Issuer
    achievement: Achievement
    recipient: Recipient
    evidence: tuple[tuple[str, str], ...]
    status: Mapping[Purpose, str]
    place: int


def begins(valid_from: date) -> datetime:
    """The instant from which a badge is valid: the first day begins in Oslo."""
    return start_of_day(valid_from)


def ends(valid_through: date) -> datetime:
    """The instant at which a badge ceases to be valid: the last day has ended in Oslo."""
    return start_of_day(valid_through + ONE_DAY)


def credential(facts: BadgeFacts) -> dict[str, Any]:
    """The OpenBadgeCredential."""
    return {
        "@context": list(CONTEXT),
        "id": f"urn:uuid:{facts.uuid}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": facts.name,
        "issuer": facts.issuer.profile(),
        "validFrom": _instant(begins(facts.valid_from)),
        "validUntil": _instant(ends(facts.valid_through)),
        "awardedDate": _instant(facts.awarded_at),
        "credentialSubject": {
            "id": f"urn:uuid:{facts.recipient.uuid}",
            "type": ["AchievementSubject"],
            "identifier": [facts.recipient.identity()],
            "licenseNumber": facts.number,
            "achievement": facts.achievement.record(),
        },
        "evidence": [{"type": ["Evidence"], "name": name, "narrative": sentence} for name, sentence in facts.evidence],
        "credentialStatus": [
            {
                "id": f"{address}#{facts.place}",
                "type": "BitstringStatusListEntry",
                "statusPurpose": str(purpose),
                "statusListIndex": str(facts.place),
                "statusListCredential": address,
            }
            for purpose, address in facts.status.items()
        ],
        "credentialSchema": [SCHEMA],
    }


def status_list(
    address: str, issuer: Issuer, purpose: Purpose, places: Iterable[int], *, at: datetime
) -> dict[str, Any]:
    """The BitstringStatusListCredential of one purpose with these places set, good from the last full five minutes."""
    since = at - timedelta(seconds=int(at.timestamp()) % int(LIST_EVERY.total_seconds()), microseconds=at.microsecond)
    return {
        "@context": [CREDENTIALS_V2],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer.id,
        "validFrom": _instant(since),
        "validUntil": _instant(since + LIST_VALID),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": str(purpose),
            "encodedList": encoded(places),
            "ttl": int(LIST_EVERY.total_seconds() * 1000),
        },
    }


def encoded(places: Iterable[int]) -> str:
    """A list of bits, the first one leftmost, as gzip in multibase base64url."""
    bits = bytearray(LIST_LENGTH // 8)
    for place in places:
        bits[place // 8] |= 0x80 >> place % 8
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).decode().rstrip("=")


def claims(document: Mapping[str, Any]) -> dict[str, Any]:
    """The payload to sign: the credential itself with the registered claims that repeat it (OB 3.0, 8.2)."""
    issuer, subject = document["issuer"], document["credentialSubject"]
    return {
        **document,
        "iss": issuer if isinstance(issuer, str) else issuer["id"],
        "jti": document["id"],
        "sub": subject["id"],
        "nbf": int(datetime.fromisoformat(document["validFrom"]).timestamp()),
        "exp": int(datetime.fromisoformat(document["validUntil"]).timestamp()),
    }


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
