"""Badges as they were signed, the keys they were signed with, and what the status lists say."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from certificates.badges import Purpose
from certificates.issued import Issued
from certificates.models.documents import Badge, BadgeStatus, SigningKey
from certificates.models.issued import Certificate, CertificateEvent
from certificates.queries.documents import DamagedDocument
from certificates.queries.issued import events_of, period_as_issued
from certificates.queries.programmes import policies_of
from certificates.status import State
from lms.clock import local_date
from lms.errors import Gone

TOLD = {Purpose.REVOCATION: State.REVOKED, Purpose.SUSPENSION: State.SUSPENDED}


def badge_of(session: Session, edition_id: int) -> Badge | None:
    """The badge of an edition, or None while nobody has asked for it."""
    return session.scalar(select(Badge).where(Badge.edition_id == edition_id))


def token_of(badge: Badge) -> str:
    """The badge as it was signed. Raises `Gone` where it was emptied, `DamagedDocument` where it was changed."""
    if badge.token is None:
        raise Gone
    if hashlib.sha256(badge.token.encode()).hexdigest() != badge.sha256:
        raise DamagedDocument
    return badge.token


def signs_now(session: Session) -> SigningKey | None:
    """The key that signs; None before the first one is made."""
    return session.scalar(select(SigningKey).where(SigningKey.retired_at.is_(None)))


def keys(session: Session) -> Sequence[SigningKey]:
    """Every key there has been, the newest first: retired ones still verify what they signed."""
    return session.scalars(select(SigningKey).order_by(SigningKey.made_at.desc(), SigningKey.kid)).all()


def public_key(session: Session, kid: str) -> dict[str, Any] | None:
    """The public part of a key as a JWK, or None for one there never was."""
    found = session.scalar(select(SigningKey.public_jwk).where(SigningKey.kid == kid))
    return dict(json.loads(found)) if found else None


def lists(session: Session) -> int:
    """How many status lists of each purpose there are; at least one."""
    return session.scalar(select(func.max(BadgeStatus.list_number))) or 1


def places(session: Session, purpose: Purpose, number: int, *, at: datetime) -> list[int]:
    """The places of a list that are set at an instant: by the rule that says what a certificate is (`status`), from
    what had been decided by then and works on that day in Oslo."""
    whose = and_(
        Certificate.id.in_(select(BadgeStatus.certificate_id).where(BadgeStatus.list_number == number)),
        CertificateEvent.at <= at,
    )
    events, on = events_of(session, whose), local_date(at)
    policies = policies_of(session)
    rows = session.execute(
        select(
            BadgeStatus.place,
            Certificate.id,
            Certificate.cycle,
            Certificate.valid_from,
            Certificate.valid_through,
            Certificate.window_opens,
            Certificate.programme_version_id,
        )
        .join(Certificate, Certificate.id == BadgeStatus.certificate_id)
        .where(BadgeStatus.list_number == number)
    )
    return sorted(
        place
        for place, id_, cycle, first, last, opens, version in rows
        if id_ in events
        and Issued(
            id=id_,
            cycle=cycle,
            period=period_as_issued(first, last, opens),
            policy=policies[version],
            events=events[id_],
        ).state(on)
        is TOLD[purpose]
    )
