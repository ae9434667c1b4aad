"""Verbs of the import: try a list of certificates from before this platform, then do exactly what was shown, or refuse.

People who are not here yet are made without an invitation, in the unit of their certificates from its first day;
inviting them is a step of its own. Nobody is written to: reminders whose day has gone by are claimed without a mail.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from certificates.imported import ROUTE, ImportRow, Plan, Register, period_of, plan
from certificates.issued import Issued
from certificates.models.imports import CertificateImport
from certificates.models.issued import Certificate, CertificateEdition
from certificates.models.programmes import ProgrammeVersion
from certificates.models.reminders import Reminder
from certificates.numbering import PRINT_CODES, print_code
from certificates.programme import Programme
from certificates.queries.importing import IMPORTED, Outcome, outcome_of, register_for, stages_past
from certificates.queries.issued import issued_to
from certificates.queries.programmes import stored
from certificates.records import imported_record
from certificates.services.programmes import in_force
from certificates.services.recording import add_event, record_event
from certificates.validity import grace_ends
from lms import audit, ids, people, units
from lms.audit import AuditHead
from lms.clock import local_date
from lms.content import RowProblem
from lms.errors import Refused
from lms.people import Locale, Person
from lms.units import Sector, Unit, region_of
from lms.verdict import because


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A list as it was tried: what it would do, or what is wrong with it. `id` is None where it cannot be done."""

    id: int | None
    plan: Plan
    outcome: Outcome | None
    seen: str


def digest_of(content: bytes) -> str:
    """What a file is known by."""
    return hashlib.sha256(content).hexdigest()


def rehearse(
    session: Session, programme_id: str, rows: Sequence[ImportRow], problems: Sequence[RowProblem], *, now: datetime
) -> Tried:
    """What a list would do; changes nothing."""
    today = local_date(now)
    programme = stored(session, in_force(session, programme_id, now=now).id)
    register = register_for(session, programme_id, rows, on=today)
    found = plan(rows, register, today=today)
    if problems or found.problems:
        told = tuple(sorted((*problems, *found.problems), key=lambda each: each.number))
        return Tried(id=None, plan=Plan(there=found.there, problems=told), outcome=None, seen="")
    outcome = outcome_of(session, programme, found, register, on=today)
    return Tried(id=None, plan=found, outcome=outcome, seen=_seen(found, outcome))


def keep(
    session: Session, tried: Tried, *, content: bytes, file_name: str, actor_id: int | None, now: datetime
) -> CertificateImport:
    """Keep what was tried until it is carried out. An earlier one of this person that was not is forgotten."""
    session.execute(
        delete(CertificateImport).where(CertificateImport.tried_by == actor_id, CertificateImport.applied_at.is_(None))
    )
    row = CertificateImport(
        tried_by=actor_id,
        file_name=file_name,
        digest=digest_of(content),
        rows=[_packed(each) for each in (*tried.plan.added, *tried.plan.there)],
        seen=tried.seen,
        tried_at=now,
    )
    session.add(row)
    session.flush()
    return row


def apply(
    session: Session, import_id: int, programme_id: str, *, seen: str, actor_id: int | None, now: datetime
) -> int:
    """Do what was shown, all or nothing; returns how many certificates were added. None the second time.

    Refused when it would no longer do what was shown: somebody was certified, renamed or imported meanwhile.
    """
    kept = session.scalars(
        select(CertificateImport)
        .where(CertificateImport.id == import_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if kept.applied_at is not None:
        return 0
    rows = [_unpacked(each) for each in kept.rows]
    _lock_people(session, rows)
    tried = rehearse(session, programme_id, rows, (), now=now)
    if tried.outcome is None or seen != tried.seen:
        raise Refused(because("certificates-import-changed"))
    try:
        with session.begin_nested():
            _add_all(session, programme_id, tried.plan, kept, actor_id=actor_id, now=now)
    except IntegrityError as error:  # a number or a person that came in between
        raise Refused(because("certificates-import-changed")) from error
    kept.applied_at = now
    audit.record(
        session,
        actor_id=actor_id,
        action="certificates-imported",
        subject=("certificate-import", kept.id),
        details={"added": len(tried.plan.added), "there": len(tried.plan.there), "sha256": kept.digest},
        now=now,
    )
    return len(tried.plan.added)


def _lock_people(session: Session, rows: Sequence[ImportRow]) -> None:
    """Everybody in the list who is here, locked in one order: who renews one of them waits, and the other way round."""
    emails = sorted({row.email for row in rows})
    for start in range(0, len(emails), 500):
        session.execute(
            select(Person.id)
            .where(Person.email.in_(emails[start : start + 500]))
            .order_by(Person.id)
            .with_for_update(key_share=True)
        ).all()


def _add_all(
    session: Session, programme_id: str, found: Plan, kept: CertificateImport, *, actor_id: int | None, now: datetime
) -> None:
    by_email: defaultdict[str, list[ImportRow]] = defaultdict(list)
    for row in found.added:
        by_email[row.email].append(row)
    version = in_force(session, programme_id, now=now)
    rules = stored(session, version.id)
    places = {unit.code: (unit, region_of(session, unit).name) for unit in session.scalars(select(Unit))}
    register = register_for(session, programme_id, found.added, on=local_date(now))
    owners = {email: _owner(session, own, places, register, now=now) for email, own in by_email.items()}
    session.execute(select(AuditHead.id).where(AuditHead.id == 1).with_for_update())
    for email, own in by_email.items():
        held = (
            issued_to(session, programme_id, [owners[email].id])[owners[email].id] if email in register.people else ()
        )
        first = held[-1].cycle + 1 if held else 1
        for cycle, row in enumerate(own, first):
            _add(session, rules, version, owners[email], row, cycle, places[row.unit], kept, actor_id=actor_id, now=now)


def _owner(
    session: Session,
    own: Sequence[ImportRow],
    places: Mapping[str, tuple[Unit, str]],
    register: Register,
    *,
    now: datetime,
) -> Person:
    """The person the rows are about; made where nobody has the address, in the units of the rows from their days."""
    known = register.people.get(own[0].email)
    if known is not None:
        return session.get_one(Person, known.id)
    person = people.add_person(session, name=own[0].name, email=own[0].email, locale=Locale.NB, now=now)
    present: tuple[str, str] | None = None
    for row in own:
        if (row.unit, row.sector) != present:
            since = min(row.valid_from, local_date(now))
            units.join_unit(session, person, places[row.unit][0], Sector(row.sector), on=since)
            present = (row.unit, row.sector)
    return person


def _add(
    session: Session,
    rules: Programme,
    version: ProgrammeVersion,
    person: Person,
    row: ImportRow,
    cycle: int,
    place: tuple[Unit, str],
    kept: CertificateImport,
    *,
    actor_id: int | None,
    now: datetime,
) -> None:
    today, (unit, region_name) = local_date(now), place
    period = period_of(row, rules.policy, today)
    certificate = Certificate(
        number=row.number,
        person_id=person.id,
        programme=rules.id,
        cycle=cycle,
        valid_from=period.valid_from,
        valid_through=period.valid_through,
        window_opens=period.window_opens,
        grace_through=grace_ends(period, rules.policy),
        programme_version_id=version.id,
        derivation=imported_record(period, ROUTE, rules, version.number, note=row.note),
        evidence=[],
        issued_at=now,
        issued_on=today,
        issued_by=actor_id,
        verify_code=ids.new_token(),
        print_code=print_code(secrets.randbelow(PRINT_CODES)),
    )
    session.add(certificate)
    session.flush()
    edition = CertificateEdition(
        certificate_id=certificate.id,
        edition=1,
        holder_name=row.name,
        unit_id=unit.id,
        unit_name=unit.name,
        region_name=region_name,
        sector=row.sector,
        reason="",
        issued_at=now,
        issued_on=today,
        issued_by=actor_id,
    )
    session.add(edition)
    event = add_event(session, certificate.id, IMPORTED, effective_on=today, reason="", actor_id=actor_id, now=now)
    details = {
        "number": row.number,
        "person": person.id,
        "programme": rules.id,
        "cycle": cycle,
        "valid_from": period.valid_from,
        "valid_through": period.valid_through,
        "import": kept.id,
        "row": row.row,
    }
    record_event(session, event, also=(certificate, edition), details=details)
    issued = Issued(id=certificate.id, cycle=cycle, period=period, policy=rules.policy)
    for stage in stages_past(issued, rules.policy, on=today):
        session.add(Reminder(certificate_id=certificate.id, stage=stage, mail_id=None, claimed_at=now))


def _seen(found: Plan, outcome: Outcome) -> str:
    """The same for the same rows with the same outcome on the same people, and for no other."""
    rows = [str(_packed(row)) for row in (*found.added, *found.there)]
    return hashlib.sha256("\n".join([*rows, outcome.impact.digest, str(outcome.new_people)]).encode()).hexdigest()


def _packed(row: ImportRow) -> dict[str, Any]:
    return asdict(row) | {"valid_from": row.valid_from.isoformat(), "valid_through": row.valid_through.isoformat()}


def _unpacked(kept: dict[str, Any]) -> ImportRow:
    days = {name: date.fromisoformat(kept[name]) for name in ("valid_from", "valid_through")}
    return ImportRow(**{**kept, **days})
