"""Keeping what is given out: the first bytes of a document are the document, for ever."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from certificates.models.documents import Badge, CertificateDocument
from certificates.models.issued import CertificateEdition
from certificates.queries.documents import content_of, document_of
from lms import audit
from lms.errors import Gone
from lms.people import Locale

KEPT = "document-kept"


def keep_document(
    session: Session,
    edition: CertificateEdition,
    locale: Locale,
    made: bytes,
    *,
    actor_id: int | None,
    now: datetime,
) -> bytes:
    """What is given out: what was just made if it is the first of its edition and language, else what was kept then.

    Of two who come first at once, the database takes one row; both are given its bytes. Its digest goes into the audit
    chain, so that nobody can put another document in its place. Raises `Gone` when the record was anonymised while the
    document was being made.
    """
    named = select(CertificateEdition.holder_name).where(CertificateEdition.id == edition.id)
    if not session.scalar(named.with_for_update(read=True)):
        raise Gone
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    sha256 = hashlib.sha256(made).hexdigest()
    added = session.scalar(
        insert(CertificateDocument)
        .values(edition_id=edition.id, locale=locale, sha256=sha256, content=made, made_at=now)
        .on_conflict_do_nothing(index_elements=["edition_id", "locale"])
        .returning(CertificateDocument.id)
    )
    if added is not None:
        details = {"document": added, "edition": edition.edition, "locale": locale, "sha256": sha256}
        subject = ("certificate", edition.certificate_id)
        audit.record(session, actor_id=actor_id, action=KEPT, subject=subject, details=details, now=now)
    kept = document_of(session, edition.id, locale)
    assert kept is not None, "the row is there, whoever wrote it"
    return content_of(kept)


def empty_documents(session: Session, certificate_ids: Collection[int]) -> None:
    """Take the holder out of documents and badges when a record is anonymised: the bytes go, their digests stay, so
    that a file somebody kept can still be told from a forged one."""
    editions = select(CertificateEdition.id).where(CertificateEdition.certificate_id.in_(certificate_ids))
    session.execute(
        update(CertificateDocument).where(CertificateDocument.edition_id.in_(editions)).values(content=None)
    )
    session.execute(update(Badge).where(Badge.edition_id.in_(editions)).values(token=None))
