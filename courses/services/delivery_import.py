"""Verbs of the import: rehearse a spreadsheet, then do exactly what was rehearsed, or refuse."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from courses import deliveries as rules
from courses.deliveries import Fate, SheetRow
from courses.models.deliveries import Delivery, DeliveryImport
from courses.queries.ledger import ledger, report_of
from courses.services import deliveries
from courses.visits import DeliveryModel, DeliveryReport, ModuleKind
from lms import audit
from lms.errors import Refused
from lms.people import Person
from lms.verdict import because


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """A rehearsed import: its rows, and what becomes of each."""

    id: int
    rows: tuple[SheetRow, ...]
    fates: tuple[Fate, ...]

    @property
    def added(self) -> int:
        """How many deliveries it adds."""
        return self.fates.count(Fate.ADDED)


def digest_of(content: bytes) -> str:
    """What a file is known by."""
    return hashlib.sha256(content).hexdigest()


def rehearse(
    session: Session, *, person_id: int, content: bytes, file_name: str, rows: Sequence[SheetRow], now: datetime
) -> Rehearsed:
    """Keep what a file would do. An earlier rehearsal of this person that was not carried out is forgotten."""
    session.execute(
        delete(DeliveryImport).where(DeliveryImport.person_id == person_id, DeliveryImport.applied_at.is_(None))
    )
    digest = digest_of(content)
    found = _fates(session, person_id, digest, rows)
    row = DeliveryImport(
        person_id=person_id,
        file_name=file_name,
        digest=digest,
        rows=[_packed(each) for each in rows],
        fates=[str(fate) for fate in found],
        rehearsed_at=now,
    )
    session.add(row)
    session.flush()
    return Rehearsed(id=row.id, rows=tuple(rows), fates=tuple(found))


def apply(session: Session, kept: DeliveryImport, *, digest: str, partners: Collection[int], now: datetime) -> int:
    """Log what was rehearsed; returns how many were added. None the second time.

    Refused when the page shown was of another file, or when what would happen is no longer what was shown.
    """
    session.execute(select(Person.id).where(Person.id == kept.person_id).with_for_update(key_share=True))
    session.refresh(kept, with_for_update=True)
    if kept.applied_at is not None:
        return 0
    rows = [_unpacked(each) for each in kept.rows]
    known = {row.report.partner_id for row in rows} - {None}
    same = [Fate(fate) for fate in kept.fates] == _fates(session, kept.person_id, kept.digest, rows)
    if digest != kept.digest or not same or not known <= set(partners):
        raise Refused(because("import-changed"))
    added = 0
    for row, fate in zip(rows, kept.fates, strict=True):
        if fate == Fate.ADDED:
            added += deliveries.log_delivery(
                session,
                person_id=kept.person_id,
                report=row.report,
                entry=_entry(kept.digest, row.number),
                now=now,
            )
    kept.applied_at = now
    audit.record(
        session,
        actor_id=kept.person_id,
        action="deliveries-imported",
        subject=("delivery-import", kept.id),
        details={"added": added, "rows": len(rows), "sha256": kept.digest},
        now=now,
    )
    return added


def _fates(session: Session, person_id: int, digest: str, rows: Sequence[SheetRow]) -> list[Fate]:
    """A row that came with this very file is there already, also when it was struck out since."""
    entries = {_entry(digest, row.number) for row in rows}
    came = set(
        session.scalars(select(Delivery.entry).where(Delivery.person_id == person_id, Delivery.entry.in_(entries)))
    )
    others = [each.row for each in ledger(session, [person_id]).logged[person_id] if each.row.entry not in entries]
    new = [row for row in rows if _entry(digest, row.number) not in came]
    found = rules.fates(new, [report_of(row) for row in others])
    by_number = dict(zip((row.number for row in new), found, strict=True))
    return [by_number.get(row.number, Fate.THERE) for row in rows]


def _entry(digest: str, number: int) -> str:
    return f"ark-{digest[:40]}-{number}"


def _packed(row: SheetRow) -> dict[str, Any]:
    report = row.report
    return {
        "number": row.number,
        "on": report.on.isoformat(),
        "company": report.company,
        "module": str(report.module),
        "model": int(report.model),
        "employees": report.employees,
        "leaders": report.leaders,
        "minutes": report.minutes,
        "org_number": report.org_number,
        "partner_id": report.partner_id,
    }


def _unpacked(kept: dict[str, Any]) -> SheetRow:
    report = DeliveryReport(
        on=date.fromisoformat(kept["on"]),
        company=kept["company"],
        module=ModuleKind(kept["module"]),
        model=DeliveryModel(kept["model"]),
        employees=kept["employees"],
        leaders=kept["leaders"],
        minutes=kept["minutes"],
        org_number=kept["org_number"],
        partner_id=kept["partner_id"],
    )
    return SheetRow(number=kept["number"], report=report)
