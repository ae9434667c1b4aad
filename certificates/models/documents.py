"""Documents and badges as they were first given out, and the keys badges are signed with. Rows are added; what names a
person is emptied when a record is anonymised, and its digest stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class CertificateDocument(Base):
    """The PDF of an edition in one language, byte for byte as it was first given out: a file somebody shows years later
    is compared with it by its digest."""

    __tablename__ = "certificate_document"
    __table_args__ = (
        # of two who ask first at once, one is kept and both are given it
        UniqueConstraint("edition_id", "locale", name="uq_certificate_document_edition_id_locale"),
        CheckConstraint("length(sha256) = 64", name="sha256_in_hex"),
        Index("ix_certificate_document_sha256", "sha256"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("certificate_edition.id"))
    locale: Mapped[str]
    sha256: Mapped[str]
    content: Mapped[bytes | None] = mapped_column(LargeBinary)  # None: emptied when the record was anonymised
    made_at: Mapped[datetime]


class SigningKey(Base):
    """A key badges are signed with. The newest one that is not retired signs; every one is published for ever, so that
    what it signed goes on verifying."""

    __tablename__ = "signing_key"
    __table_args__ = (
        # one key signs at a time, whoever else makes one just now
        Index(
            "uq_signing_key_signs",
            "use",
            unique=True,
            sqlite_where=text("retired_at IS NULL"),
            postgresql_where=text("retired_at IS NULL"),
        ),
        # a retired key never signs: its private part is gone
        CheckConstraint("(retired_at IS NULL) = (length(sealed_pem) > 0)", name="retired_is_emptied"),
    )

    kid: Mapped[str] = mapped_column(primary_key=True)  # the JWK's thumbprint (RFC 7638)
    use: Mapped[str] = mapped_column(default="sig")
    public_jwk: Mapped[str]  # JSON
    sealed_pem: Mapped[str]  # the private key, encrypted under LMS_SECRET_KEY; empty when retired
    made_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class BadgeStatus(Base):
    """The place of a certificate in the status lists: the same number in the one for suspension and in the one for
    revocation. Drawn at random, so that the place says nothing about the holder."""

    __tablename__ = "badge_status"
    __table_args__ = (
        # two certificates never share a bit
        UniqueConstraint("list_number", "place", name="uq_badge_status_list_number_place"),
        CheckConstraint("place >= 0 AND place < 131072", name="place_in_list"),
    )

    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), primary_key=True, autoincrement=False)
    list_number: Mapped[int]
    place: Mapped[int]


class Badge(Base):
    """The badge of an edition as it was signed: an OpenBadgeCredential as a compact JWS."""

    __tablename__ = "badge"
    __table_args__ = (
        # of two who ask first at once, one is kept and both are given it
        UniqueConstraint("edition_id", name="uq_badge_edition_id"),
        CheckConstraint("length(sha256) = 64", name="sha256_in_hex"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("certificate_edition.id"))
    uuid: Mapped[str] = mapped_column(unique=True)  # the credential's own name
    kid: Mapped[str] = mapped_column(ForeignKey("signing_key.kid"))
    sha256: Mapped[str]
    token: Mapped[str | None]  # None: emptied when the record was anonymised
    made_at: Mapped[datetime]
