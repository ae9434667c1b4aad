"""The keys badges are signed with: made, sealed under LMS_SECRET_KEY, used, and retired when the next one is made.

Several web nodes share nothing but the database and LMS_SECRET_KEY, so the private key lies in the database, encrypted:
a copy of the database alone signs nothing. A retired key's private part is thrown away; its public part stays, so that
what it signed goes on verifying.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.badges import ALGORITHM
from certificates.models.documents import SigningKey
from certificates.queries.badges import signs_now
from lms import audit
from lms.audit import AuditHead
from lms.errors import LmsError

KEY_BITS = 3072
NONCE_BYTES = 12
SEALED_FOR = b"helseiarbeid-lms badge signing key 1"


class SealedKey(LmsError):
    """The signing key was sealed under another LMS_SECRET_KEY: nothing can be signed until a new one is made."""

    code = "badge-key-sealed"
    status = 503


def signing_key(session: Session, *, secret: str, now: datetime) -> SigningKey:
    """The key that signs; made now if there is none. Two at once make one."""
    return signs_now(session) or _make_first(session, secret, now)


def rotate(session: Session, *, secret: str, actor_id: int | None, now: datetime) -> SigningKey:
    """Make a new key and retire the one before it: it never signs again, and what it signed goes on verifying."""
    _one_at_a_time(session)
    old = signs_now(session)
    if old is not None:
        old.retired_at, old.sealed_pem = now, ""
        session.flush()
    new = _add(session, secret, now)
    details = {"key": new.kid, "retired": old.kid if old else None}
    audit.record(
        session, actor_id=actor_id, action="badge-key-rotated", subject=("signing-key", None), details=details, now=now
    )
    return new


def sign(key: SigningKey, payload: Mapping[str, Any], *, secret: str, address: str) -> str:
    """The payload as a compact JWS; `address` is where the key's public part is published. Raises `SealedKey`."""
    pem = _opened(key.sealed_pem, secret, key.kid)
    header = {"alg": ALGORITHM, "kid": address, "typ": "JWT"}
    return jwt.encode(header, dict(payload), RSAKey.import_key(pem))


def _make_first(session: Session, secret: str, now: datetime) -> SigningKey:
    _one_at_a_time(session)
    return signs_now(session) or _add(session, secret, now)


def _one_at_a_time(session: Session) -> None:
    """Who makes keys waits here for the others."""
    session.scalars(select(AuditHead).where(AuditHead.id == 1).with_for_update()).one()


def _add(session: Session, secret: str, now: datetime) -> SigningKey:
    made = RSAKey.generate_key(KEY_BITS, private=True)
    kid = made.thumbprint()
    public = {**made.as_dict(private=False), "kid": kid, "use": "sig", "alg": ALGORITHM}
    row = SigningKey(
        kid=kid,
        use="sig",
        public_jwk=json.dumps(public, sort_keys=True),
        sealed_pem=_sealed(made.as_pem(private=True), secret, kid),
        made_at=now,
        retired_at=None,
    )
    session.add(row)
    session.flush()
    return row


def _sealed(pem: bytes, secret: str, kid: str) -> str:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return base64.b64encode(nonce + AESGCM(_seal(secret)).encrypt(nonce, pem, kid.encode())).decode()


def _opened(sealed: str, secret: str, kid: str) -> bytes:
    raw = base64.b64decode(sealed)
    try:
        return AESGCM(_seal(secret)).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], kid.encode())
    except (InvalidTag, ValueError) as error:
        raise SealedKey from error


def _seal(secret: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=SEALED_FOR).derive(secret.encode())
