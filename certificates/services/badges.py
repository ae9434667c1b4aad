"""Badges: signed when the holder first asks, kept ever after, one of each edition."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from certificates.badges import LIST_FULL, LIST_LENGTH, BadgeFacts, claims, credential
from certificates.issued import Issued
from certificates.models.documents import Badge, BadgeStatus
from certificates.models.issued import Certificate, CertificateEdition
from certificates.queries.badges import badge_of
from certificates.services.issuing import lock_person
from certificates.services.signing import sign, signing_key
from certificates.status import State
from lms import audit
from lms.clock import local_date
from lms.errors import Refused
from lms.verdict import because

SIGNED = "badge-signed"
SPEAKING = frozenset({State.UPCOMING, State.VALID, State.EXPIRING})


def make_badge(
    session: Session,
    certificate: Certificate,
    edition: CertificateEdition,
    issued: Issued,
    facts: Callable[[BadgeStatus], BadgeFacts],
    *,
    secret: str,
    key_address: Callable[[str], str],
    now: datetime,
) -> Badge:
    """The badge of an edition: made and signed now, or the one that was. Two who ask at once are given the same.

    Raises `Refused` for a certificate that does not speak for anybody today and never had a badge.
    """
    lock_person(session, certificate.person_id)
    there = badge_of(session, edition.id)
    if there is not None:
        return there
    if issued.state(local_date(now)) not in SPEAKING:
        raise Refused(because("badge-not-now"))
    status = status_of(session, certificate.id)
    said = facts(status)
    key = signing_key(session, secret=secret, now=now)
    token = sign(key, claims(credential(said)), secret=secret, address=key_address(key.kid))
    badge = Badge(
        edition_id=edition.id,
        uuid=said.uuid,
        kid=key.kid,
        sha256=hashlib.sha256(token.encode()).hexdigest(),
        token=token,
        made_at=now,
    )
    session.add(badge)
    session.flush()
    audit.record(
        session,
        actor_id=certificate.person_id,
        action=SIGNED,
        subject=("certificate", certificate.id),
        details={"badge": badge.id, "edition": edition.edition, "key": key.kid, "sha256": badge.sha256},
        now=now,
    )
    return badge


def status_of(session: Session, certificate_id: int) -> BadgeStatus:
    """The certificate's place in the status lists, drawn now if it has none. The person's row must be locked."""
    there = session.get(BadgeStatus, certificate_id)
    if there is not None:
        return there
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    number = 1 + (session.scalar(select(func.count()).select_from(BadgeStatus)) or 0) // LIST_FULL
    while session.get(BadgeStatus, certificate_id) is None:  # another one may have drawn the same place
        place = secrets.randbelow(LIST_LENGTH)
        drawn = insert(BadgeStatus).values(certificate_id=certificate_id, list_number=number, place=place)
        session.execute(drawn.on_conflict_do_nothing(index_elements=["list_number", "place"]))
    return session.get_one(BadgeStatus, certificate_id)
