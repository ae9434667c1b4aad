"""Checks of what was given out: documents and badges are byte for byte what the audit chain tells of, keys what they
are called by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from joserfc.jwk import RSAKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.doctor.records import fault
from certificates.models.documents import Badge, CertificateDocument, SigningKey
from certificates.models.issued import CertificateEdition
from certificates.services.badges import SIGNED
from certificates.services.documents import KEPT
from lms.audit import AuditEntry
from lms.doctor import Fault

AT_A_TIME = 50  # documents held in memory
CHECK = "dokumenter"
RESTORE = "Hent raden fra en sikkerhetskopi. Den som har fått filen, kan vise sitt eksemplar."


def given_out(session: Session) -> Iterator[Fault]:
    """Every document and badge against its digest, and the digest against the entry that tells of it."""
    for action, key, model, held in (
        (KEPT, "document", CertificateDocument, CertificateDocument.content),
        (SIGNED, "badge", Badge, Badge.token),
    ):
        told = _told(session, action, key)
        rows = session.execute(
            select(model.id, model.sha256, CertificateEdition.salt)
            .join(CertificateEdition, CertificateEdition.id == model.edition_id)
            .order_by(model.id)
        ).all()
        for start in range(0, len(rows), AT_A_TIME):
            some = rows[start : start + AT_A_TIME]
            kept = dict(session.execute(select(model.id, held).where(model.id.in_([row.id for row in some]))).all())
            for id_, sha256, salt in some:
                named = told.pop(id_, None) == sha256
                for what in _wrong(kept[id_], sha256, named=named, is_anonymised=not salt):
                    yield fault(CHECK, f"{model.__tablename__} {id_}", what, RESTORE)
        for id_ in told:
            yield fault(CHECK, f"{model.__tablename__} {id_}", "er borte", RESTORE)
    yield from _keys(session)


def _wrong(content: bytes | str | None, sha256: str, *, named: bool, is_anonymised: bool) -> Iterator[str]:
    if not named:
        yield "fingeravtrykket er ikke det som ble skrevet da filen ble gitt ut"
    if content is None and not is_anonymised:
        yield "er tømt, men sertifikatet er ikke anonymisert"
    elif content is not None and _digest(content) != sha256:
        yield "innholdet er endret etter at det ble gitt ut"


def _keys(session: Session) -> Iterator[Fault]:
    """A key is called by the thumbprint of what is published."""
    for kid, public in session.execute(select(SigningKey.kid, SigningKey.public_jwk)):
        if RSAKey.import_key(json.loads(public)).thumbprint() != kid:
            mend = "Hent raden fra en sikkerhetskopi: merker som er signert med nøkkelen, kan ikke kontrolleres."
            yield fault(CHECK, f"signing_key {kid}", "den publiserte delen er en annen enn nøkkelens", mend)


def _told(session: Session, action: str, key: str) -> dict[int, str]:
    """The digests the audit chain tells of, by row."""
    found = session.scalars(select(AuditEntry.details).where(AuditEntry.action == action))
    return {int(each[key]): str(each["sha256"]) for each in map(json.loads, found)}


def _digest(content: bytes | str) -> str:
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()
