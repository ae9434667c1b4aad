"""Lists of certificates from before this platform, as they were tried and carried out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class CertificateImport(Base):
    """A spreadsheet as it was tried: its rows as read, and a digest of all they would do. Of those not carried out, a
    person has only the last. `tried_by` is None on the command line."""

    __tablename__ = "certificate_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    tried_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    file_name: Mapped[str]
    digest: Mapped[str]  # SHA-256 of the file
    rows: Mapped[list[Any]]
    seen: Mapped[str]  # what was shown of it
    tried_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
