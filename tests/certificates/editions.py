"""Further editions of a certificate, put there without the service: for pages that show them."""

from __future__ import annotations

from datetime import date

from certificates.models.issued import CertificateEdition
from certificates.queries.issued import edition_of
from lms.clock import at_local
from lms.db import Database


def another(database: Database, certificate_id: int, *, on: date, holder_name: str) -> int:
    """The next edition, like the newest but for the holder's name; returns its id."""
    with database.transaction() as session:
        newest = edition_of(session, certificate_id)
        row = CertificateEdition(
            certificate_id=certificate_id,
            edition=newest.edition + 1,
            holder_name=holder_name,
            unit_id=newest.unit_id,
            unit_name=newest.unit_name,
            region_name=newest.region_name,
            sector=newest.sector,
            reason="Nytt navn",
            issued_at=at_local(on, 12),
            issued_on=on,
            issued_by=None,
        )
        session.add(row)
        session.flush()
        return row.id
