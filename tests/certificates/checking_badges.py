"""How others check a badge: openbadgeslib and PyJWT, which share nothing with what signed it, over our public pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from openbadgeslib.ob3 import OB3Verifier, OpenBadgeCredential, check_credential_status

from certificates.models.issued import Certificate
from lms.db import Database
from tests.certificates import factories
from tests.clients import Browser

CLOCKS = ("jwt.api_jwt.datetime", "openbadgeslib.ob3.verifier.datetime", "openbadgeslib.ob3.status.datetime")


@contextmanager
def their_clock(at: datetime) -> Iterator[None]:
    """What the checking libraries take for now."""

    class Then(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return at

    with mock.patch(CLOCKS[0], Then), mock.patch(CLOCKS[1], Then), mock.patch(CLOCKS[2], Then):
        yield


def fetched(browser: Browser, address: str) -> Any:
    """What stands at one of our addresses, as anybody gets it."""
    parts = urlsplit(address)
    answer = browser.app.test_client().get(parts.path + (f"?{parts.query}" if parts.query else ""))
    assert answer.status_code == 200, f"{address}: {answer.status_code}"
    return answer


def key_of(browser: Browser, token: str) -> bytes:
    """The public key a token names, dereferenced, as PEM."""
    jwk = fetched(browser, jwt.get_unverified_header(token)["kid"]).get_json()
    assert "d" not in jwk and "p" not in jwk
    key = jwt.PyJWK(jwk).key
    return bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def check(browser: Browser, token: str, at: datetime) -> OpenBadgeCredential:
    """The whole check as of an instant; raises what the libraries raise."""
    with their_clock(at):
        badge = OB3Verifier(key_of(browser, token)).verify(token)
        for entry in badge.credential_status:
            listed = fetched(browser, entry["statusListCredential"]).text
            alone = OpenBadgeCredential(
                issuer=badge.issuer,
                recipient_id=badge.recipient_id,
                achievement=badge.achievement,
                credential_status=[entry],
            )
            check_credential_status(
                alone,
                download=lambda _url, listed=listed: listed.encode(),  # type: ignore[misc]
                verify_list=True,
                list_pubkey_pem=key_of(browser, listed),
            )
        return badge


def payload(browser: Browser, token: str, at: datetime) -> dict[str, Any]:
    """What PyJWT reads, its signature checked against the key set."""
    keys = jwt.PyJWKSet.from_dict(fetched(browser, "/badges/keys").get_json())
    kid = jwt.get_unverified_header(token)["kid"].rpartition("/")[2]
    with their_clock(at):
        read: dict[str, Any] = jwt.decode(token, keys[kid].key, algorithms=["RS256"])
    return read


def certified(database: Database, person_id: int, valid_from: date = date(2026, 11, 2), cycle: int = 1) -> Certificate:
    """A certificate of somebody's."""
    with database.transaction() as session:
        return factories.give_certificate(session, person_id, valid_from=valid_from, cycle=cycle)


def badge_for(browser: Browser, database: Database, person_id: int, certificate_id: int) -> str:
    """The bare badge, as its holder downloads it."""
    browser.sign_in_as(database, person_id)
    answer = browser.get(f"/sertifikat/{certificate_id}/merke.jwt")
    assert answer.status_code == 200, answer.text[:500]
    return str(answer.text)
